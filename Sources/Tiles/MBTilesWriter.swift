internal import SQLite

/// Writes an MBTiles archive, version 1.3, of PNG tiles; equal contents are stored once.
///
/// The tables are `images` and `map` with the view `tiles` over them, as other writers have them.
/// The file stands under `path + ".part"`, locked, until `finish`. Memory: about 40 bytes for each
/// different content.
public final class MBTilesWriter {
  private let path: String
  private let partialPath: String
  /// Holds the lock; SQLite writes through a connection of its own.
  private let file: ArchiveFile
  private let database: Database
  private let insertImage: Statement
  private let insertTile: Statement
  private let readImage: Statement
  private var numbers: [UInt64: Int64] = [:]
  private var imageCount: Int64 = 0

  public init(path: String) throws(ArchiveError) {
    self.path = path
    partialPath = path + ".part"
    file = try ArchiveFile(path: partialPath, mode: .create)
    do {
      database = try Database(path: partialPath, mode: .readWrite)
      // A partial file is of no use after a crash: nothing is kept for taking steps back.
      _ = try database.rows("PRAGMA journal_mode = OFF")
      try database.execute(
        """
        PRAGMA synchronous = OFF;
        PRAGMA application_id = 0x4d504258;
        BEGIN;
        CREATE TABLE metadata (name TEXT, value TEXT);
        CREATE UNIQUE INDEX metadata_name ON metadata (name);
        CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB);
        CREATE TABLE map (
          zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id INTEGER);
        CREATE UNIQUE INDEX map_place ON map (zoom_level, tile_column, tile_row);
        CREATE VIEW tiles AS
          SELECT map.zoom_level AS zoom_level, map.tile_column AS tile_column,
            map.tile_row AS tile_row, images.tile_data AS tile_data
          FROM map JOIN images ON images.tile_id = map.tile_id;
        """)
      insertImage = try database.prepare("INSERT INTO images VALUES (?, ?)")
      insertTile = try database.prepare("INSERT INTO map VALUES (?, ?, ?, ?)")
      readImage = try database.prepare("SELECT tile_data FROM images WHERE tile_id = ?")
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// Adds a tile; a second one at its place is an error.
  public func add(_ bytes: [UInt8], for tile: TileID) throws(ArchiveError) {
    do {
      try insertTile.bind([
        .integer(Int64(tile.zoom)), .integer(Int64(tile.column)),
        .integer(Int64(tile.tmsRow)), .integer(try number(of: bytes)),
      ])
      _ = try insertTile.step()
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// Completes the archive and gives it its name.
  ///
  /// - Parameter metadata: the rows of the table of this name.
  public func finish(metadata: [(name: String, value: String)]) throws(ArchiveError) {
    do {
      for row in metadata {
        try database.run(
          "INSERT INTO metadata VALUES (?, ?)", [.text(row.name), .text(row.value)])
      }
      try database.execute("COMMIT")
    } catch {
      throw Self.failure(path, error)
    }
    try file.synchronize()
    try ArchiveFile.rename(partialPath, to: path)
  }

  /// Removes what was written.
  public func cancel() { ArchiveFile.remove(partialPath) }

  private func number(of bytes: [UInt8]) throws(SQLiteError) -> Int64 {
    let hash = ContentHash.value(of: bytes)
    if let known = numbers[hash] {
      try readImage.bind([.integer(known)])
      let isEqual = try readImage.step() && readImage.blob(0) == bytes
      if isEqual { return known }
    }
    imageCount += 1
    try insertImage.bind([.integer(imageCount), .blob(bytes)])
    _ = try insertImage.step()
    // Two contents with one hash: the first keeps the place, the other is not shared.
    if numbers[hash] == nil { numbers[hash] = imageCount }
    return imageCount
  }

  private static func failure(_ path: String, _ error: SQLiteError) -> ArchiveError {
    ArchiveError(path: path, fault: .system(action: "written", reason: error.description))
  }
}
