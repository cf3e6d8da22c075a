import Foundation
import JSON
import SQLite
import TestSupport
import Testing
import Tiles

/// Pyramids of a small town that changes: what is drawn anew equals what is drawn from nothing.
@Suite("Pyramids that are brought up to date, parted and joined")
struct PyramidUpdateTests {
  private static let options = ["plain", "--zoom", "12-18", "--bbox", "140.9,35.28,140.94,35.32"]

  private func path(_ town: SmallTown, _ name: String) -> String { town.path("out/" + name) }

  private func render(
    _ town: SmallTown, _ name: String, _ more: [String] = [], options: [String] = options
  ) throws -> String {
    try FileManager.default.createDirectory(
      atPath: town.path("out"), withIntermediateDirectories: true)
    let run = try town.machizu("render", options + more + ["-o", path(town, name)])
    guard run.status == 0 else { throw TestSupportError("render: \(run.status) \(run.errors)") }
    return run.errors
  }

  private static func changeWells(_ town: inout SmallTown) throws {
    town.wells[0].name = "たいへん長い名前になった井戸"
    town.wells[1].longitude += 0.004
    town.wells[2].isPublic = false
    town.wells[3].depth = 99
    town.wells.remove(at: 7)
    town.wells.append(
      SmallTown.Well(number: "W-900", name: "新井戸", longitude: 140.926, latitude: 35.303))
    try town.write()
    _ = try town.machizu.importing(["--allow-removal", "100%"])
  }

  @Test(
    "an update equals a full run and draws few tiles; diff lists what changed, verify agrees",
    arguments: ["town.pmtiles", "town.mbtiles", "town/"], ["public", "staff"])
  func update(name: String, audience: String) throws {
    var town = try SmallTown()
    _ = try town.machizu.importing()
    let who = ["--audience", audience]
    _ = try render(town, name, who)
    _ = try render(town, "old.pmtiles", who)
    let untouched = try render(town, name, who + ["--update"])
    #expect(untouched.contains("up to date"), "\(untouched)")

    try Self.changeWells(&town)
    let words = try render(town, name, who + ["--update"])
    _ = try render(town, "full-" + name, who)
    #expect(
      try archiveState(path(town, name)) == archiveState(path(town, "full-" + name)))
    let most = try #require(words.split(separator: " ").compactMap { Int($0) }.first)
    let old = try PMTilesReader(path: path(town, "old.pmtiles"))
    let total = Int(old.header.addressedTileCount)
    #expect(words.contains("have changed") && most > 0 && most < total / 2, "\(words)")

    let new = try ArchiveTiles(path: path(town, name))
    var changed: Set<String> = []
    for number in new.ranges.joined() {
      let tile = try #require(TileID(hilbertNumber: number))
      if try old.tile(tile) != new.tile(tile) { changed.insert(tile.description) }
    }
    #expect(!changed.isEmpty && changed.count <= most)
    let differences = try town.machizu.json(
      "pyramid", ["diff", path(town, "old.pmtiles"), path(town, name)])
    #expect(Set((differences.array ?? []).compactMap { $0["tile"]?.string }) == changed)
    #expect((differences.array ?? []).allSatisfy { $0["change"]?.string == "changed" })

    let verified = try town.machizu("pyramid", ["verify", path(town, name)])
    #expect(verified.status == 0 && verified.output.isEmpty, "\(verified.errors)")
    let stale = try town.machizu("pyramid", ["verify", path(town, "old.pmtiles")])
    #expect(stale.status == 1)
    #expect(
      Set(stale.text.split(separator: "\n").map { String($0.dropFirst("changed ".count)) })
        == changed)
    let sample = try town.machizu("pyramid", ["verify", path(town, name), "--sample", "7"])
    #expect(sample.status == 0 && sample.errors.contains("0 of 7"), "\(sample.errors)")
  }

  @Test(
    "after a change of the style, of the area or of nothing known, an update still equals a full run"
  )
  func updateOfOther() throws {
    var town = try SmallTown()
    _ = try town.machizu.importing()
    _ = try render(town, "a.pmtiles")
    try town.write(
      "Styles/plain.json", try town.read("Styles/plain.json").replacing("#0a7d3c", with: "#7d0a3c"))
    let style = try render(town, "a.pmtiles", ["--update"])
    #expect(style.contains("all tiles are drawn at zooms 12–18"), "\(style)")
    _ = try render(town, "b.pmtiles")
    #expect(try archiveState(path(town, "a.pmtiles")) == archiveState(path(town, "b.pmtiles")))

    // Other zooms and another area: what is there is kept, the rest is drawn.
    try Self.changeWells(&town)
    let wider = ["plain", "--zoom", "11-17", "--bbox", "140.91,35.27,140.95,35.31"]
    _ = try render(town, "a.pmtiles", ["--update"], options: wider)
    _ = try render(town, "b.pmtiles", options: wider)
    #expect(try archiveState(path(town, "a.pmtiles")) == archiveState(path(town, "b.pmtiles")))

    // Dates that the map shows: the history does not keep their words.
    try town.write(
      "Styles/plain.json", try town.read("Styles/plain.json").replacing("名称", with: "設置日"))
    _ = try render(town, "d.pmtiles")
    town.wells[4].date = "R5.4.1"
    try town.write()
    _ = try town.machizu.importing()
    let dates = try render(town, "d.pmtiles", ["--update"])
    #expect(dates.contains("all tiles are drawn"), "\(dates)")
    _ = try render(town, "e.pmtiles")
    #expect(try archiveState(path(town, "d.pmtiles")) == archiveState(path(town, "e.pmtiles")))

    _ = try render(town, "new.mbtiles", ["--update"])
    _ = try render(town, "other.mbtiles")
    #expect(
      try archiveState(path(town, "new.mbtiles")) == archiveState(path(town, "other.mbtiles")))
  }

  @Test(
    "a change that a zoom's tiles do not show leaves them as they are, whatever else is drawn anew")
  func updateByZoom() throws {
    var town = try SmallTown()
    _ = try town.machizu.importing()
    let who = ["--audience", "public"]
    _ = try render(town, "a.pmtiles", who)
    func change(_ file: String, _ old: String, _ new: String) throws {
      let text = try town.read(file)
      let changed = text.replacing(old, with: new)
      try #require(text != changed)
      try town.write(file, changed)
    }
    func update(says expected: String) throws {
      let words = try render(town, "a.pmtiles", who + ["--update"])
      #expect(words.contains(expected), "\(words)")
      _ = try render(town, "b.pmtiles", who)
      #expect(try archiveState(path(town, "a.pmtiles")) == archiveState(path(town, "b.pmtiles")))
    }
    let (style, wells) = ("Styles/plain.json", "Layers/wells/layer.json")
    try change(style, #""id": "names","#, #""id": "labels", "minzoom": 16,"#)
    try update(says: "all tiles are drawn at zooms 12–15.")
    try change(style, #""minzoom": 16,"#, #""minzoom": 17, "metadata": {"machizu:title": "名"},"#)
    try update(says: "all tiles are drawn at zoom 16.")
    try change(style, #""metadata": {"machizu:title": "名"},"#, "")
    try change(wells, #""title": {"ja": "井戸""#, #""title": {"ja": "井""#)
    try change(wells, #""unit": "m""#, #""audience": "staff""#)
    try update(says: "up to date")
    try town.write(
      "Styles/symbols/dot.svg",
      #"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7v7z"/></svg>"#)
    try Self.changeWells(&town)
    try update(says: "all tiles are drawn at zooms 17–18.")
    try change(wells, #"{"name": "名称", "#, #"{"name": "名称", "audience": "staff", "#)
    try update(says: "all tiles are drawn at zooms 17–18.")
    try change(wells, "'1'", "'0'")
    try update(says: "all tiles are drawn at zooms 12–18.")

    // An archive of a version that did not tell what each zoom was drawn from.
    let archive = path(town, "a.mbtiles")
    _ = try render(town, "a.mbtiles", who)
    let database = try Database(path: archive, mode: .readWrite)
    try database.execute(
      "UPDATE metadata SET value = replace(value, 'zoom_hashes', 'hashes') WHERE name = 'machizu'")
    let older = try render(town, "a.mbtiles", who + ["--update"])
    #expect(
      older.contains("does not tell what each zoom was drawn from: all tiles are drawn"), "\(older)"
    )
    _ = try render(town, "b.mbtiles", who)
    #expect(try archiveState(archive) == archiveState(path(town, "b.mbtiles")))
    try town.write("Styles/other.json", try town.read(style))
    let other = try render(
      town, "a.mbtiles", who + ["--update"], options: ["other"] + Self.options.dropFirst())
    #expect(other.contains("was drawn with another style: all tiles are drawn"), "\(other)")
  }

  @Test(
    "parts drawn apart are joined to the archive of a single run",
    arguments: [("pmtiles", 3), ("mbtiles", 2), ("pmtiles", 7)])
  func shards(kind: String, count: Int) throws {
    let town = try SmallTown()
    _ = try town.machizu.importing()
    _ = try render(town, "whole." + kind)
    var parts: [String] = []
    var sum: UInt64 = 0
    for number in 1...count {
      _ = try render(town, "part-\(number).pmtiles", ["--shard", "\(number)/\(count)"])
      parts.append(path(town, "part-\(number).pmtiles"))
      sum += try ArchiveTiles(path: parts[number - 1]).count
    }
    #expect(try sum == ArchiveTiles(path: path(town, "whole." + kind)).count)
    let joined = path(town, "joined." + kind)
    _ = try town.machizu.output("pyramid", ["merge"] + parts.reversed() + ["-o", joined])
    #expect(try archiveState(joined) == archiveState(path(town, "whole." + kind)))
    let missing = try town.machizu(
      "pyramid", ["merge"] + parts.dropLast() + parts.prefix(1) + ["-o", path(town, "m.pmtiles")])
    #expect(
      missing.status == 3 && missing.errors.contains("missing: \(count)"), "\(missing.errors)")
    #expect(!TestFile.exists(path(town, "m.pmtiles")))
    _ = try render(town, "scaled.pmtiles", ["--scale", "2"])
    let mixed = try town.machizu(
      "pyramid",
      ["merge", parts[0], path(town, "scaled.pmtiles"), "-o", path(town, "m.pmtiles")])
    #expect(mixed.status == 3, "\(mixed.errors)")
  }

  @Test("what is cut out of an archive equals a run for the smaller area and zooms")
  func extract() throws {
    let town = try SmallTown()
    _ = try town.machizu.importing()
    _ = try render(town, "whole.mbtiles")
    let box = "140.915,35.297,140.922,35.303"
    let cut = path(town, "cut.pmtiles")
    _ = try town.machizu.output(
      "pyramid",
      ["extract", path(town, "whole.mbtiles"), "--bbox", box, "--zoom", "14-17", "-o", cut])
    _ = try render(
      town, "drawn.pmtiles", options: ["plain", "--zoom", "14-17", "--bbox", box])
    #expect(try archiveState(cut) == archiveState(path(town, "drawn.pmtiles")))
    let outside = try town.machizu(
      "pyramid", ["extract", cut, "--bbox", "10,50,11,51", "-o", path(town, "none.pmtiles")])
    #expect(outside.status == 2 && !TestFile.exists(path(town, "none.pmtiles")))
    let nothing = try town.machizu("pyramid", ["extract", cut, "-o", path(town, "none.pmtiles")])
    #expect(nothing.status == 2)
    let damaged = town.path("out/damaged.pmtiles")
    try town.write("out/damaged.pmtiles", Array("PMTiles and nothing more".utf8))
    let refused = try town.machizu("pyramid", ["diff", damaged, cut])
    #expect(refused.status == 3 && refused.errors.contains(damaged), "\(refused.errors)")
  }

  @Test("--inside has exactly the tiles that the feature touches, each as --bbox draws it")
  func inside() throws {
    let town = try SmallTown()
    let corners = [(140.9123, 35.2951), (140.9289, 35.2987), (140.9171, 35.3113)]
    try Self.declareArea(corners, in: town)
    _ = try town.machizu.importing()
    _ = try render(town, "box.pmtiles")
    _ = try render(
      town, "inside.pmtiles", options: ["plain", "--zoom", "13-18", "--inside", "areas:A:1"])
    let box = try ArchiveTiles(path: path(town, "box.pmtiles"))
    let inside = try ArchiveTiles(path: path(town, "inside.pmtiles"))
    let found = Set(inside.ranges.joined().compactMap { TileID(hilbertNumber: $0)?.description })
    var expected: Set<String> = []
    for zoom in 13...18 {
      let points = corners.map { place in
        let side = Double(1 << zoom)
        let sine = asinh(tan(place.1 * .pi / 180))
        return (x: (place.0 + 180) / 360 * side, y: (1 - sine / .pi) / 2 * side)
      }
      for x in Int(points.map(\.x).min()!)...Int(points.map(\.x).max()!) {
        for y in Int(points.map(\.y).min()!)...Int(points.map(\.y).max()!)
        where Self.triangle(points, meetsSquareAt: (Double(x), Double(y))) {
          expected.insert("\(zoom)/\(x)/\(y)")
        }
      }
    }
    #expect(found == expected)
    #expect(expected.count > 100)
    for name in found {
      let tile = try #require(TileID(name))
      #expect(try inside.tile(tile) == box.tile(tile), "\(name)")
    }
    for (option, word) in [
      ("areas:B", "no feature"), ("areas", "LAYER:KEY"), ("areals:A:1", "areas"),
    ] {
      let run = try town.machizu(
        "render", ["plain", "--zoom", "13", "--inside", option, "-o", path(town, "x.pmtiles")])
      #expect(run.status == 2 && run.errors.contains(word), "\(run.errors)")
    }
    // The public knows nothing of the staff's layer.
    let hidden = try town.machizu(
      "render",
      ["plain", "--zoom", "13", "--inside", "areas:A:1", "--audience", "public"]
        + ["-o", path(town, "x.pmtiles")])
    #expect(hidden.status == 2, "\(hidden.errors)")
  }

  /// A staff layer with one polygon, `areas:A:1`.
  private static func declareArea(
    _ corners: [(Double, Double)], in town: borrowing SmallTown
  ) throws {
    let ring = (corners + [corners[0]]).map { "[\($0.0), \($0.1)]" }.joined(separator: ",")
    try town.write(
      "Layers/areas/layer.json",
      """
      {"title": "区域", "audience": "staff", "geometry": "polygon",
       "source": {"files": ["areas.geojson"]}, "key": "番号",
       "fields": [{"name": "番号", "type": "text"}]}
      """)
    try town.write(
      "Layers/areas/areas.geojson",
      """
      {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"番号": "A:1"}, "geometry":
          {"type": "Polygon", "coordinates": [[\(ring)]]}}]}
      """)
  }

  @Test("the empty country inside of a feature is stored in large squares; killed runs go on")
  func insideOfCountry() throws {
    let town = try SmallTown()
    try Self.declareArea([(139.6, 34.5), (142.4, 34.9), (140.6, 36.1)], in: town)
    _ = try town.machizu.importing()
    let wide = ["plain", "--zoom", "10-15"]
    _ = try render(
      town, "box.pmtiles", options: wide + ["--bbox", "139.6,34.5,142.4,36.1"])
    let options = wide + ["--inside", "areas:A:1"]
    _ = try render(town, "inside.pmtiles", options: options)
    let reader = try PMTilesReader(path: path(town, "inside.pmtiles"))
    let count = reader.header.addressedTileCount
    #expect(count > 15_000 && reader.header.entryCount < count / 10)
    let difference = try town.machizu(
      "pyramid", ["diff", path(town, "box.pmtiles"), path(town, "inside.pmtiles")])
    let lines = difference.text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("removed ") })
    #expect(
      try UInt64(lines.count) + count
        == PMTilesReader(path: path(town, "box.pmtiles")).header.addressedTileCount)

    let killed = path(town, "killed.mbtiles")
    var isBegun = false
    for round in 1...4 {
      let program = try RunningProgram(
        try Repository.machizu(),
        ["render"] + town.machizu.place + options + (isBegun ? ["--resume"] : []) + ["-o", killed],
        in: town.machizu.workspace)
      usleep(60_000 * UInt32(round))
      program.send(signal: SIGKILL)
      if try program.wait() == 0 { break }
      isBegun = true
    }
    if isBegun { _ = try render(town, "killed.mbtiles", ["--resume"], options: options) }
    _ = try render(town, "inside.mbtiles", options: options)
    #expect(try archiveState(killed) == archiveState(path(town, "inside.mbtiles")))
  }

  /// By separating axes.
  private static func triangle(
    _ corners: [(x: Double, y: Double)], meetsSquareAt square: (x: Double, y: Double)
  ) -> Bool {
    var axes: [(x: Double, y: Double)] = [(1, 0), (0, 1)]
    for (index, corner) in corners.enumerated() {
      let next = corners[(index + 1) % 3]
      axes.append((corner.y - next.y, next.x - corner.x))
    }
    return axes.allSatisfy { axis in
      let own = corners.map { $0.x * axis.x + $0.y * axis.y }
      let others = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map {
        (square.x + $0.0) * axis.x + (square.y + $0.1) * axis.y
      }
      return own.max()! >= others.min()! && others.max()! >= own.min()!
    }
  }

  @Test("tiles where there is nothing have the bytes that drawing gives them")
  func empty() throws {
    let town = try SmallTown()
    _ = try town.machizu.importing()
    let zooms = ["plain", "--zoom", "15-17", "--bbox", "140.88,35.27,140.95,35.33"]
    _ = try render(town, "a.pmtiles", options: zooms)
    let archive = try ArchiveTiles(path: path(town, "a.pmtiles"))
    let numbers = Array(archive.ranges.joined())
    for number in stride(from: 0, to: numbers.count, by: 29).map({ numbers[$0] }) {
      let tile = try #require(TileID(hilbertNumber: number))
      let file = path(town, "tile.png")
      _ = try town.machizu.output("render", ["plain", "--tile", tile.description, "-o", file])
      #expect(try archive.tile(tile) == TestFile.read(file), "\(tile)")
    }
    let reader = try PMTilesReader(path: path(town, "a.pmtiles"))
    #expect(reader.header.contentCount * 4 < reader.header.addressedTileCount)
  }
}
