import Foundation

/// The textbook formulas of the tile grid, apart from the program's own.
func column(_ longitude: Double, zoom: Int) -> Int {
  Int((longitude + 180) / 360 * Double(1 << zoom))
}

func row(_ latitude: Double, zoom: Int) -> Int {
  Int((1 - asinh(tan(latitude * .pi / 180)) / .pi) / 2 * Double(1 << zoom))
}

/// The longitude of a place in columns from the west.
func longitude(_ column: Double, zoom: Int) -> Double {
  column / Double(1 << zoom) * 360 - 180
}

/// The latitude of a place in rows from the north.
func latitude(_ row: Double, zoom: Int) -> Double {
  atan(sinh(.pi * (1 - 2 * row / Double(1 << zoom)))) * 180 / .pi
}
