import FoundationEssentials
import Geometry
import Testing
import Tiles

@Suite("PMTiles archives")
struct PMTilesTests {
  /// A folder that is removed with the test.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory.path + "/pmtiles-\(UUID().uuidString)"

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
  }

  private static let metadata = Array(#"{"name":"町"}"#.utf8)
  private static let bounds = Box<Geographic>(minX: 138.25, minY: 34.8, maxX: 138.4, maxY: 35)

  /// Contents of 1 to 40 bytes, every third tile of the same one.
  private func content(_ tile: TileID) -> [UInt8] {
    let number = Int(tile.hilbertNumber)
    guard number % 3 > 0 else { return [7, 7, 7] }
    return (0..<(1 + number % 40)).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
  }

  private func write(_ tiles: [TileID], to path: String) throws {
    let writer = try PMTilesWriter(path: path)
    for tile in tiles { try writer.add(content(tile), for: tile) }
    try writer.finish(metadata: Self.metadata, bounds: try #require(Self.bounds))
  }

  private func tiles(zooms: ClosedRange<Int>) -> [TileID] {
    zooms.flatMap { zoom in
      TileRange(zoom: zoom, columns: 0...(1 << zoom) - 1, rows: 0...(1 << zoom) - 1)?.tiles ?? []
    }.sorted { $0.hilbertNumber < $1.hilbertNumber }
  }

  @Test("what is written is read", arguments: [0, 1, 4, 8])
  func roundTrip(highest: Int) throws {
    let folder = try Folder()
    let path = folder.file("a.pmtiles")
    let tiles = tiles(zooms: 0...highest).filter { $0.hilbertNumber % 11 != 5 }
    try write(tiles, to: path)
    let reader = try PMTilesReader(path: path)
    #expect(try reader.metadata() == Self.metadata)
    #expect(reader.header.addressedTileCount == UInt64(tiles.count))
    #expect(reader.header.zooms == (0, UInt8(highest)))
    #expect(reader.header.bounds == [1_382_500_000, 348_000_000, 1_384_000_000, 350_000_000])
    // Directories of the last case do not fit into the root.
    #expect((reader.header.leaves.length > 0) == (highest == 8))
    for tile in tiles where highest < 8 || tile.hilbertNumber % 97 == 0 {
      #expect(try reader.tile(tile) == content(tile))
    }
    #expect(try reader.tile(try #require(TileID(zoom: 9, column: 3, row: 4))) == nil)
    var found = 0
    try reader.forEachRun { run in
      let bytes = try reader.content(of: run)
      for step in 0..<UInt64(run.runLength) {
        let tile = try #require(TileID(hilbertNumber: run.number + step))
        #expect(bytes == content(tile))
        found += 1
      }
    }
    #expect(found == tiles.count)
  }

  @Test("equal tiles are stored once and neighbours of one content are one entry")
  func storesOnce() throws {
    let folder = try Folder()
    let path = folder.file("a.pmtiles")
    let writer = try PMTilesWriter(path: path)
    for tile in tiles(zooms: 5...5) {
      let isOdd = tile.hilbertNumber / 100 % 2 == 1
      try writer.add([UInt8](repeating: isOdd ? 1 : 2, count: 5000), for: tile)
    }
    try writer.finish(metadata: Self.metadata, bounds: try #require(Self.bounds))
    let header = try PMTilesReader(path: path).header
    #expect(header.contentCount == 2)
    #expect(header.tiles.length == 10_000)
    // The numbers 341 to 1364 lie in the hundreds 3 to 13.
    #expect(header.entryCount == 11)
    #expect(header.addressedTileCount == 1024)
  }

  @Test("equal tiles make equal bytes")
  func deterministic() throws {
    let folder = try Folder()
    let tiles = tiles(zooms: 0...6)
    try write(tiles, to: folder.file("a.pmtiles"))
    try write(tiles, to: folder.file("b.pmtiles"))
    let first = try #require(FileManager.default.contents(atPath: folder.file("a.pmtiles")))
    #expect(first == FileManager.default.contents(atPath: folder.file("b.pmtiles")))
  }

  @Test("the archive has its name only when it is whole")
  func namedWhenWhole() throws {
    let folder = try Folder()
    let path = folder.file("a.pmtiles")
    let writer = try PMTilesWriter(path: path)
    try writer.add([1], for: try #require(TileID("0/0/0")))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileManager.default.fileExists(atPath: path + ".part"))
    // What is there so far is no archive.
    #expect(throws: ArchiveError.self) { try PMTilesReader(path: path + ".part") }
    try writer.finish(metadata: Self.metadata, bounds: try #require(Self.bounds))
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(!FileManager.default.fileExists(atPath: path + ".part"))
  }

  @Test("two writers cannot have one archive, and what a dead one left is no hindrance")
  func locks() throws {
    let folder = try Folder()
    let path = folder.file("a.pmtiles")
    #expect(FileManager.default.createFile(atPath: path + ".part", contents: Data([1, 2, 3])))
    let writer = try PMTilesWriter(path: path)
    try writer.add([1], for: try #require(TileID("0/0/0")))
    let refusal = #expect(throws: ArchiveError.self) { try PMTilesWriter(path: path) }
    #expect(refusal?.fault == .inUse)
    try writer.finish(metadata: Self.metadata, bounds: try #require(Self.bounds))
    #expect(try PMTilesReader(path: path).tile(try #require(TileID("0/0/0"))) == [1])
  }

  @Test("a tile out of order is refused")
  func refusesDisorder() throws {
    let folder = try Folder()
    let writer = try PMTilesWriter(path: folder.file("a.pmtiles"))
    try writer.add([1], for: try #require(TileID("1/1/1")))
    for address in ["1/0/0", "1/1/1"] {
      let tile = try #require(TileID(address))
      #expect(throws: ArchiveError.self) { try writer.add([1], for: tile) }
    }
  }

  @Test("every prefix of an archive is refused")
  func refusesPrefixes() throws {
    let folder = try Folder()
    try write(tiles(zooms: 0...2), to: folder.file("a.pmtiles"))
    let whole = Array(
      try #require(FileManager.default.contents(atPath: folder.file("a.pmtiles"))))
    let path = folder.file("cut.pmtiles")
    // The place kept for the root directory is mostly empty: each length before and behind it.
    for length in Array(0..<400) + Array(16_300..<whole.count) {
      #expect(FileManager.default.createFile(atPath: path, contents: Data(whole[..<length])))
      #expect(throws: ArchiveError.self, "\(length) bytes") { try PMTilesReader(path: path) }
    }
  }

  @Test("a damaged byte is an error or another content, never a trap", arguments: 0..<20)
  func survivesDamage(seed: Int) throws {
    let folder = try Folder()
    let tiles = tiles(zooms: 0...3)
    try write(tiles, to: folder.file("a.pmtiles"))
    let whole = Array(
      try #require(FileManager.default.contents(atPath: folder.file("a.pmtiles"))))
    let path = folder.file("bad.pmtiles")
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    var refused = 0
    for _ in 0..<10 {
      var bytes = whole
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 33) % 400] = UInt8(truncatingIfNeeded: state >> 56)
      }
      #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
      do {
        let reader = try PMTilesReader(path: path)
        _ = try reader.metadata()
        for tile in tiles { _ = try reader.tile(tile) }
        try reader.forEachRun { _ = try reader.content(of: $0) }
      } catch is ArchiveError {
        refused += 1
      }
    }
    #expect(refused > 0)
  }
}

private enum Samples {
  /// Beside the repository; nil where it is absent.
  static let folder: String? = {
    let folder = "../shared/data/odd/pmtiles"
    let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/\(here)/\(folder)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()
}

@Suite(
  "PMTiles archives of others",
  .enabled(if: Samples.folder != nil, "the archives under ../shared are absent"))
struct PMTilesSamplesTests {
  @Test("valid archives are read", arguments: ["test_fixture_1", "test_fixture_2"])
  func reads(name: String) throws {
    let folder = try #require(Samples.folder)
    let reader = try PMTilesReader(path: "\(folder)/\(name).pmtiles")
    #expect(try reader.tile(try #require(TileID("0/0/0")))?.isEmpty == false)
    #expect(try reader.metadata().first == UInt8(ascii: "{"))
  }

  @Test("a raster archive holds a PNG for each tile of its zooms")
  func readsRaster() throws {
    let folder = try #require(Samples.folder)
    let reader = try PMTilesReader(path: "\(folder)/stamen_toner(raster)CC-BY+ODbL_z3.pmtiles")
    var count = 0
    try reader.forEachRun { run in
      let bytes = try reader.content(of: run)
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      count += Int(run.runLength)
    }
    #expect(count == 85)
  }

  @Test("invalid archives are refused", arguments: ["empty", "invalid", "invalid_v4"])
  func refuses(name: String) throws {
    let folder = try #require(Samples.folder)
    #expect(throws: ArchiveError.self) { try PMTilesReader(path: "\(folder)/\(name).pmtiles") }
  }
}
