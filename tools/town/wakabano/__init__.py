"""The invented town of Wakabano: ground, streets, lots, ledgers and the files they are handed in as."""
