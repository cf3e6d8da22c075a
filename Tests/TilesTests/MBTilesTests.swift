import FoundationEssentials
import Geometry
import SQLite
import Testing
import Tiles

@Suite("MBTiles archives")
struct MBTilesTests {
  @Test("what is written is read, by the reader and by plain SQL with rows from the south")
  func roundTrip() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).mbtiles"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tiles = (0...4).flatMap { zoom in
      TileRange(zoom: zoom, columns: 0...(1 << zoom) - 1, rows: 0...(1 << zoom) - 1)?.tiles ?? []
    }
    func content(_ tile: TileID) -> [UInt8] {
      tile.column % 3 == 0 ? [9, 9] : Array(tile.description.utf8)
    }
    let writer = try MBTilesWriter(path: path)
    #expect(throws: ArchiveError.self) { try MBTilesWriter(path: path) }
    for tile in tiles { try writer.add(content(tile), for: tile) }
    #expect(!FileManager.default.fileExists(atPath: path))
    try writer.finish(metadata: [("name", "町"), ("format", "png")])
    #expect(!FileManager.default.fileExists(atPath: path + ".part"))

    let reader = try MBTilesReader(path: path)
    #expect(try reader.metadata() == ["name": "町", "format": "png"])
    for tile in tiles { #expect(try reader.tile(tile) == content(tile)) }
    let outside = try #require(TileID("5/0/0"))
    #expect(try reader.tile(outside) == nil)

    let database = try Database(path: path, mode: .readOnly)
    #expect(
      try database.rows(
        "SELECT tile_data FROM tiles WHERE zoom_level = 4 AND tile_column = 5 AND tile_row = 13")
        == [[.blob(Array("4/5/2".utf8))]])
    let shared = tiles.count { $0.column % 3 == 0 }
    #expect(
      try database.rows("SELECT count(*) FROM images")
        == [[.integer(Int64(tiles.count - shared + 1))]])
    #expect(try database.rows("PRAGMA integrity_check") == [[.text("ok")]])
  }

  @Test("a second tile at one place is refused, and a cancelled archive is gone")
  func refusesTwice() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).mbtiles"
    let writer = try MBTilesWriter(path: path)
    let tile = try #require(TileID("1/0/1"))
    try writer.add([1], for: tile)
    #expect(throws: ArchiveError.self) { try writer.add([2], for: tile) }
    writer.cancel()
    #expect(!FileManager.default.fileExists(atPath: path + ".part"))
  }

  @Test("a file that is no archive is refused")
  func refuses() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).mbtiles"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: ArchiveError.self) { try MBTilesReader(path: path) }
    for bytes in [[], Array("SQLite format 3\0 and nothing more".utf8)] as [[UInt8]] {
      #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
      #expect(throws: ArchiveError.self) { try MBTilesReader(path: path) }
    }
  }
}
