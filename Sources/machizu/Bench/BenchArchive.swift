internal import Geometry
internal import Tiles

/// Times the reading of tiles at random places of an archive, in µs a tile, as its server does it.
func benchArchive(_ path: String, json: Bool) throws {
  let archive = try TileArchive(path: path)
  let world = Box<Geographic>(minX: -180, minY: -85, maxX: 180, maxY: 85)
  guard let area = (archive.bounds ?? world).flatMap(WorldGrid.box),
    let range = TileRange(zoom: archive.zooms.upperBound, covering: area)
  else { throw CommandError.failed("\(path): its bounds hold no tile.") }
  var state: UInt64 = 1
  func random(_ numbers: ClosedRange<Int>) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return numbers.lowerBound + Int(state >> 33) % numbers.count
  }
  let tiles = (0..<4096).compactMap { _ in
    TileID(zoom: range.zoom, column: random(range.columns), row: random(range.rows))
  }
  var found = 0
  let times = try BenchTimes("archive/random", minimumRuns: 5, scale: 1 / Double(tiles.count)) {
    found = 0
    for tile in tiles where try archive.tile(tile) != nil { found += 1 }
  }
  Console.write(times.line(json: json, extra: [("tiles", range.count), ("found", found)]))
}
