import FoundationEssentials
import Geometry
import SQLite
import Testing
import Tiles

/// Writers whose run ends before the archive is whole.
@Suite("Archives that are continued")
struct ResumedWritingTests {
  private static let tiles: [TileID] = (2...5).flatMap { zoom in
    TileRange(zoom: zoom, columns: 0...(1 << zoom) - 1, rows: 0...(1 << zoom) / 2)?
      .tilesAlongCurve ?? []
  }

  /// Many tiles share a content, some of them side by side.
  private static func content(_ tile: TileID) -> [UInt8] {
    tile.row % 3 == 0 ? [7, UInt8(tile.zoom)] : Array("\(tile.column)/\(tile.row % 5)".utf8)
  }

  private let facts: ArchiveFacts

  private let folder = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"

  init() throws {
    facts = ArchiveFacts(
      bounds: try #require(Box<Geographic>(minX: 130, minY: 30, maxX: 140, maxY: 40)),
      json: Array(#"{"name":"町"}"#.utf8), rows: [("name", "町"), ("format", "png")])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func run(_ plan: String = "plan", resumed: Bool) -> UnfinishedRun {
    UnfinishedRun(plan: Array(plan.utf8), isResumed: resumed)
  }

  /// Everything that the archive holds, as one value to compare.
  private func state(_ path: String) throws -> [String: [UInt8]] {
    if path.hasSuffix(".mbtiles") {
      let database = try Database(path: path, mode: .readOnly)
      var tables: [String: [UInt8]] = [:]
      for (table, order) in [("metadata", "1"), ("images", "1"), ("map", "1, 2, 3")] {
        let rows = try database.rows("SELECT * FROM \(table) ORDER BY \(order)")
        tables[table] = Array("\(rows)".utf8)
      }
      tables["schema"] = Array(
        "\(try database.rows("SELECT type, name, sql FROM sqlite_master ORDER BY name"))".utf8)
      return tables
    }
    if path.hasSuffix("/") {
      var files: [String: [UInt8]] = [:]
      for name in try FileManager.default.subpathsOfDirectory(atPath: path)
      where name.hasSuffix(".png") || name.hasSuffix(".json") {
        files[name] = Array(try #require(FileManager.default.contents(atPath: path + name)))
      }
      return files
    }
    return ["": Array(try #require(FileManager.default.contents(atPath: path)))]
  }

  @Test(
    "a run that ends anywhere is continued to the archive of an undisturbed run",
    arguments: ["a.pmtiles", "a.mbtiles", "a/"], 0..<4)
  func continued(name: String, seed: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let kind = try #require(ArchiveKind(path: name))
    var random = UInt64(seed) &* 0x9E37_79B9 &+ 5
    func below(_ limit: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % limit
    }
    let whole = folder + "/whole-" + name
    let undisturbed = try kind.writer(path: whole)
    for tile in Self.tiles { try undisturbed.add(Self.content(tile), for: tile) }
    try undisturbed.finish(facts)

    let path = folder + "/" + name
    let bare = path.hasSuffix("/") ? String(path.dropLast()) : path
    for round in 0..<4 {
      let writer = try kind.writer(path: path, run: run(resumed: round > 0))
      let from = writer.lastNumber
      if round == 0 { #expect(from == nil) }
      let rest = Self.tiles.filter { tile in from.map { $0 < tile.hilbertNumber } ?? true }
      for tile in rest.prefix(below(300)) {
        try writer.add(Self.content(tile), for: tile)
        if below(60) == 0 { try writer.checkpoint() }
      }
      // What the end of the run left behind the last checkpoint is of no account.
      let notes = bare + ".part.run"
      if round == 1, let data = FileManager.default.contents(atPath: notes) {
        try (data + Data([1, 2, 3, 4, 5, 6, 7, 8, 9])).write(to: URL(filePath: notes))
      }
      if round == 2, let data = FileManager.default.contents(atPath: notes), data.count > 40 {
        try data.dropLast(below(30)).write(to: URL(filePath: notes))
      }
    }
    let writer = try kind.writer(path: path, run: run(resumed: true))
    let from = writer.lastNumber
    for tile in Self.tiles where from.map({ $0 < tile.hilbertNumber }) ?? true {
      try writer.add(Self.content(tile), for: tile)
    }
    #expect(!FileManager.default.fileExists(atPath: bare))
    try writer.finish(facts)
    #expect(try state(path) == state(whole))
    #expect(!FileManager.default.fileExists(atPath: bare + ".part"))
    #expect(!FileManager.default.fileExists(atPath: bare + ".part.run"))
    #expect(!FileManager.default.fileExists(atPath: bare + ".part-journal"))
  }

  @Test(
    "what was begun for another plan is not continued, and begun anew it is overwritten",
    arguments: ["a.pmtiles", "a.mbtiles", "a/"])
  func anotherPlan(name: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let kind = try #require(ArchiveKind(path: name))
    let path = folder + "/" + name
    do {
      let writer = try kind.writer(path: path, run: run(resumed: false))
      try writer.add([1], for: Self.tiles[0])
      try writer.checkpoint()
    }
    let error = #expect(throws: ArchiveError.self) {
      try kind.writer(path: path, run: run("other", resumed: true))
    }
    #expect(error?.fault == .anotherPlan)
    let same = try kind.writer(path: path, run: run(resumed: true))
    #expect(same.lastNumber == Self.tiles[0].hilbertNumber)
    same.cancel()
    let anew = try kind.writer(path: path, run: run("other", resumed: false))
    #expect(anew.lastNumber == nil)
    anew.cancel()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(
    "two writers of one archive exclude each other", arguments: ["a.pmtiles", "a.mbtiles", "a/"])
  func locked(name: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let kind = try #require(ArchiveKind(path: name))
    for run in [nil, run(resumed: false), run(resumed: true)] {
      let writer = try kind.writer(path: folder + "/" + name, run: run)
      for other in [nil, self.run(resumed: false), self.run(resumed: true)] {
        let error = #expect(throws: ArchiveError.self) {
          try kind.writer(path: folder + "/" + name, run: other)
        }
        #expect(error?.fault == .inUse)
      }
      writer.cancel()
    }
  }

  @Test(
    "an archive of any kind tells its tiles and gives each",
    arguments: ["a.pmtiles", "a.mbtiles", "a/"])
  func readBack(name: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let kind = try #require(ArchiveKind(path: name))
    let writer = try kind.writer(path: folder + "/" + name)
    let there = Self.tiles.filter { $0.column % 7 != 3 }
    for tile in there { try writer.add(Self.content(tile), for: tile) }
    try writer.finish(facts)
    let archive = try ArchiveTiles(path: folder + "/" + name)
    #expect(archive.count == UInt64(there.count))
    let numbers = Set(archive.ranges.flatMap { Array($0) })
    #expect(numbers == Set(there.map(\.hilbertNumber)))
    for (before, after) in zip(archive.ranges, archive.ranges.dropFirst()) {
      #expect(before.upperBound + 1 < after.lowerBound)
    }
    for tile in Self.tiles {
      #expect(try archive.tile(tile) == (tile.column % 7 == 3 ? nil : Self.content(tile)))
    }
    switch try archive.metadata() {
    case .document(let json): #expect(json == facts.json)
    case .rows(let rows): #expect(rows == ["name": "町", "format": "png"])
    }
  }
}
