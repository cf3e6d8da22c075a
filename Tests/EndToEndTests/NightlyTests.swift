import Foundation
import JSON
import TestSupport
import Testing
import Tiles

/// `machizu nightly`: one command for cron.
@Suite("The night job")
struct NightlyTests {
  private let folder: TemporaryFolder
  private var town: SmallTown

  init() throws {
    folder = try TemporaryFolder("nightly")
    town = try SmallTown()
    _ = try town.machizu.importing()
  }

  private var archive: String { folder.path + "/town.pmtiles" }

  private func draw(_ more: [String] = []) throws {
    _ = try town.machizu.output(
      "render",
      ["plain", "--zoom", "13-15", "--bbox", "140.91,35.29,140.93,35.31", "-o", archive] + more)
  }

  private func night(_ more: [String] = []) throws -> JSONValue {
    try town.machizu.json("nightly", more)
  }

  private func imported(_ report: JSONValue) -> [String] {
    (report["imports"]?.array ?? []).compactMap { $0["layer"]?.string }
  }

  @Test("reads the layers whose bytes changed, and no others")
  mutating func imports() throws {
    #expect(imported(try night()).sorted() == ["graves", "streets", "wells"])
    let state = try town.machizu.state()
    #expect(imported(try night()) == [])
    town.wells[2].name = "夜の井戸"
    try town.write()
    let report = try night()
    #expect(imported(report) == ["wells"])
    #expect(report["imports"]?[0]?["changed"]?.int64 == 1 && report["status"]?.int64 == 0)
    #expect(try town.machizu.state() != state)
    #expect(try town.machizu.features(["wells", "--where", "名称 = '夜の井戸'"]).count == 1)
    // An import by hand has changed the layer meanwhile, or the store is another: it is looked at.
    town.wells[3].name = "昼の井戸"
    try town.write()
    _ = try town.machizu.importing(["wells"])
    #expect(imported(try night()) == ["wells"])
    let backup = folder.path + "/b.gpkg"
    _ = try town.machizu.output("backup", [backup])
    _ = try town.machizu.output("restore", [backup])
    #expect(imported(try night()).count == 3)
    // What reads the rows is part of what they were read by.
    let declaration = try town.read("Layers/streets/layer.json")
    try town.write("Layers/streets/layer.json", declaration + "\n")
    #expect(imported(try night()) == ["streets"])
    // A companion of a source file, as a .prj beside a .shp, is read with it.
    try town.write("Layers/streets/streets.prj", "GEOGCS[…]")
    #expect(imported(try night()) == ["streets"])
    #expect(imported(try night()) == [])
  }

  @Test("draws an archive again when what it shows has changed, as a new render would")
  mutating func pyramids() throws {
    try draw(["--audience", "public", "--layers", "wells", "--language", "en", "--scale", "2"])
    func drawn(_ report: JSONValue) -> Bool? { report["pyramids"]?[0]?["drawn"]?.bool }
    let words = ["--pyramid", archive]
    #expect(drawn(try night(words)) == false)
    town.wells[0].longitude += 0.001
    try town.write()
    #expect(drawn(try night(words)) == true)
    let night = try TestFile.read(archive)
    try draw(["--audience", "public", "--layers", "wells", "--language", "en", "--scale", "2"])
    #expect(try TestFile.read(archive) == night)
    // A layer that is not drawn changes nothing; who may see the rows does, without any new commit.
    town.graves[0].name = "無名墓地"
    try town.write()
    #expect(drawn(try self.night(words)) == false)
    let declaration = try town.read("Layers/wells/layer.json")
    try town.write(
      "Layers/wells/layer.json", declaration.replacing("開示 = '1'", with: "番号 = 'W-101'"))
    #expect(drawn(try self.night(words)) == true)
    #expect(try TestFile.read(archive) != night)
    // A folder of tiles is brought up to date as well.
    let tiles = folder.path + "/tiles"
    _ = try town.machizu.output(
      "render",
      ["plain", "--zoom", "14-15", "--bbox", "140.91,35.29,140.93,35.31", "-o", tiles + "/"])
    #expect(drawn(try self.night(["--pyramid", tiles])) == false)
    town.wells[5].name = "別の井戸"
    try town.write()
    #expect(drawn(try self.night(["--pyramid", tiles])) == true)
  }

  @Test("makes a backup that can be restored, and removes old ones as told")
  mutating func backups() throws {
    let place = folder.path + "/backups"
    for day in ["2020-01-01", "2020-01-02", "2020-01-03"] {
      try folder.write("backups/town-\(day).gpkg", "old")
    }
    try folder.write("backups/town-plan.gpkg", "not a backup of ours")
    let report = try night(["--backup", place, "--keep", "1"])
    let path = try #require(report["backup"]?.string)
    #expect(
      TestFile.list(place).sorted()
        == [
          "town-2020-01-03.gpkg", "town-plan.gpkg",
          path.split(separator: "/").last.map(String.init),
        ]
        .compactMap { $0 }.sorted())
    town.wells.removeLast()
    try town.write()
    _ = try night()
    #expect(try town.machizu.count(["wells"]) == 11)
    _ = try town.machizu.output("restore", [path])
    #expect(try town.machizu.count(["wells"]) == 12)
  }

  @Test(
    "a step that fails is told, makes the status 1, and does not keep the others from being done")
  mutating func failures() throws {
    town.wells[0].name = "届いた"
    try town.write()
    try town.write("Layers/graves/graves.csv", [0x81])
    let broken = try folder.write("broken.pmtiles", "no archive")
    try draw()
    let words = [
      "--pyramid", broken, "--pyramid", folder.path + "/none.pmtiles", "--pyramid", archive,
      "--backup", folder.path + "/backups",
    ]
    let run = try town.machizu("nightly", ["--json"] + words)
    #expect(run.status == 1)
    let report = try JSONParser.parse(run.output)
    let failed = (report["failures"]?.array ?? []).compactMap { $0["subject"]?.string }
    #expect(failed == ["graves", broken, folder.path + "/none.pmtiles"])
    #expect(imported(report).contains("wells"))
    #expect(report["pyramids"]?[0]?["file"]?.string == archive)
    #expect(try #require(report["backup"]?.string).hasPrefix(folder.path))
    #expect(try town.machizu.count(["wells", "--where", "名称 = '届いた'"]) == 1)
    // What failed is tried again the next night.
    try town.write()
    #expect(imported(try night()) == ["graves"])
  }

  @Test("reasons of failures are in the report's language")
  func reasons() throws {
    try draw()
    let broken = try folder.write("broken.pmtiles", "no archive")
    let cut = try folder.write("cut.pmtiles", Array(TestFile.read(archive).prefix(2000)))
    let foreign = folder.path + "/part.pmtiles"
    _ = try town.machizu.output(
      "render", ["plain", "--zoom", "14", "--shard", "1/2", "-o", foreign])
    let styled = folder.path + "/styled.pmtiles"
    _ = try town.machizu.output("render", ["keepers", "--zoom", "14", "-o", styled])
    try FileManager.default.removeItem(atPath: town.path("Styles/keepers.json"))
    try FileManager.default.removeItem(atPath: town.path("Layers/streets/streets.geojson"))
    try town.write("Layers/graves/graves.csv", [0x81])
    var words = ["--backup", broken + "/folder"]
    for path in [broken, cut, foreign, styled, folder.path + "/none.pmtiles"] {
      words += ["--pyramid", path]
    }
    func isJapanese(_ line: Substring) -> Bool {
      line.unicodeScalars.contains { ("ぁ"..."ん").contains($0) }
    }
    for (language, star) in [("ja", "★ できなかった処理"), ("en", "★ not done")] {
      let run = try town.machizu("nightly", ["--language", language] + words)
      let lines = run.text.split(separator: "\n")
      let reasons = lines.indices.filter { lines[$0].contains(star) }.map { lines[$0 + 1] }
      #expect(run.status == 1 && reasons.count == 8, "\(run.text)")
      #expect(reasons.allSatisfy { isJapanese($0) == (language == "ja") }, "\(run.text)")
    }
  }

  @Test("the report is for people: in the town's language or as asked, and kept")
  mutating func texts() throws {
    town.wells[1].number = "壊れた番号"
    try town.write()
    let japanese = try town.machizu("nightly")
    #expect(japanese.status == 0)
    for word in [
      "町図 夜間処理", "すべて終わりました", "3 レイヤのうち", "井戸 (wells): 追加 0", "取り込めない行 1", "wells.csv:3",
    ] {
      #expect(japanese.text.contains(word), "\(word): \(japanese.text)")
    }
    let logs = TestFile.list(town.path("var/logs"))
    #expect(logs.count == 1 && logs[0].hasPrefix("nightly-20"))
    #expect(try town.read("var/logs/\(logs[0])") == japanese.text)
    let english = try town.machizu("nightly", ["--language", "en", "--pyramid", "none"])
    #expect(english.status == 1 && english.text.contains("1 could not be done"))
    #expect(english.text.contains("not done: none"))
  }

  @Test("two at once are refused")
  func locked() throws {
    let lock = town.path("var/nightly.lock")
    let holder = try RunningProgram("/usr/bin/flock", ["--no-fork", lock, "sleep", "30"])
    var refused = try town.machizu("nightly")
    let end = Date(timeIntervalSinceNow: 10)
    // The holder may still be starting.
    while refused.status == 0, Date() < end { refused = try town.machizu("nightly") }
    #expect(refused.status == 1 && refused.errors.contains("Another machizu nightly"))
    #expect(refused.output.isEmpty)
    holder.send(signal: SIGKILL)
    _ = try holder.wait()
  }

  @Test(
    "wrong words are refused",
    arguments: [["extra"], ["--keep", "3"], ["--keep", "x", "--backup", "b"]])
  func usage(_ words: [String]) throws {
    #expect(try town.machizu("nightly", words).status == 2)
  }
}
