import JSON
import TestSupport
import Testing

@Suite("Import of the demonstration town")
struct TownImportTests {
  private let town: Town

  init() throws {
    town = try Town.shared()
  }

  @Test("every declared layer of the town is imported, without an error")
  func everyLayer() throws {
    let declared = TestFile.list("\(Repository.root)/Layers")
      .filter { $0.hasSuffix("/layer.json") }.map { String($0.dropLast(11)) }
    #expect(declared.count >= 20)
    #expect(town.firstImport.status == 0)
    #expect(town.firstImport.errors == "")
    #expect(town.reports.map(\.layer).sorted() == declared.sorted())
  }

  @Test("every row of every source file is accounted for, refused ones with file, row and reason")
  func accounts() throws {
    #expect(!town.reports.isEmpty)
    for report in town.reports {
      #expect(
        report.read
          == report.added + report.changed + report.unchanged + report.rejected
          + report.conflicts, "\(report.layer)")
      #expect(report.files.map(\.read).reduce(0, +) == report.read, "\(report.layer)")
      #expect(report.rejections.count == report.rejected, "\(report.layer)")
      for row in report.rows {
        #expect(report.files.contains { $0.path == row.file }, "\(report.layer) \(row)")
        #expect(row.row > 0 && !row.reason.isEmpty, "\(report.layer) \(row)")
      }
    }
  }

  @Test("as many rows are read as the files hold")
  func fileCounts() throws {
    var checked = 0
    for report in town.reports {
      let declaration = try JSONParser.parse(
        try town.source("\(report.layer)/layer.json"))
      for file in report.files {
        let path = file.path.hasPrefix("/") ? file.path : "\(Repository.root)/\(file.path)"
        guard
          let count = try sourceRowCount(
            path, comment: declaration["source"]?["comment"]?.string, encoding: file.encoding)
        else { continue }
        #expect(file.read == count, "\(file.path)")
        checked += 1
      }
    }
    #expect(checked >= 30)
  }

  @Test("layers lists what was added, and every listed layer is in the town's area")
  func layers() throws {
    let listed = try town.machizu.json("layers", ["--audience", "restricted"]).array ?? []
    #expect(listed.count == town.reports.count)
    for report in town.reports {
      let layer = try #require(listed.first { $0["id"]?.string == report.layer })
      #expect(layer["count"]?.int64 == Int64(report.added), "\(report.layer)")
      #expect((layer["revision"]?.int64 ?? 0) > 0)
      #expect(["public", "staff", "restricted"].contains(layer["audience"]?.string))
    }
  }

  @Test("a second import of the same files changes nothing, and says so")
  func secondImport() throws {
    let copy = try TemporaryFolder("again")
    let again = Machizu(workspace: Repository.root, store: copy.path)
    let layers = ["garbage_points", "districts", "public_facilities", "disaster_areas", "parks"]
    let first = try again.importing(layers)
    let before = try again.state()
    let second = try again.importing(layers)
    #expect(try again.state() == before)
    for (old, new) in zip(first, second) {
      #expect(old.added + old.rejected == old.read && old.added > 0, "\(old.layer)")
      #expect(new.added + new.changed + new.removed + new.conflicts == 0, "\(new.layer)")
      #expect(new.unchanged == old.added && new.rejected == old.rejected, "\(new.layer)")
    }
  }

  @Test("a dry run reports what an import would do, and does nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder("dry")
    let dry = Machizu(workspace: Repository.root, store: folder.path)
    let planned = try dry.importing(["districts", "--dry-run"])
    #expect(planned.first?.added == (try town.report(of: "districts").added))
    #expect(try dry.json("layers").array?.isEmpty == true)
  }
}

@Suite("Import of changed sources")
struct ChangedSourceTests {
  @Test("one row added, one changed and one removed are counted as that, and only that layer moves")
  func changes() throws {
    var town = try SmallTown()
    #expect(try town.machizu.importing().allSatisfy { $0.rejected == 0 && $0.added > 0 })
    let before = try town.revisions()
    let count = town.wells.count
    let removed = town.wells.removeLast().number
    town.wells[0].name = "改名した井戸"
    town.wells.append(SmallTown.Well(number: "W-900", name: "新井戸"))
    try town.write()
    let report = try #require(try town.machizu.importing(["wells"]).first)
    #expect(report.added == 1 && report.changed == 1 && report.removed == 1)
    #expect(report.unchanged == count - 2)
    let after = try town.revisions()
    #expect(after["wells"] ?? 0 > before["wells"] ?? 0)
    #expect(after["streets"] == before["streets"] && after["graves"] == before["graves"])
    let rows = try town.machizu.features(["wells"])
    #expect(rows.map(\.id) == town.wells.map(\.number).sorted())
    #expect(rows.map { $0["名称"] }.sorted() == town.wells.map(\.name).sorted())
    #expect(!rows.contains { $0.id == removed })
  }

  @Test("a dry run over changed sources leaves the old rows")
  func dryRunOverChanges() throws {
    var town = try SmallTown()
    _ = try town.machizu.importing()
    let before = try town.machizu.state()
    let rows = try town.machizu.output("query", ["wells", "--format", "csv"])
    for index in town.wells.indices { town.wells[index].name = "別名" }
    try town.write()
    let report = try #require(try town.machizu.importing(["wells", "--dry-run"]).first)
    #expect(report.changed == town.wells.count)
    #expect(try town.machizu.state() == before)
    #expect(try town.machizu.output("query", ["wells", "--format", "csv"]) == rows)
  }

  @Test("an import that would remove most rows is refused until it is allowed")
  func removal() throws {
    var town = try SmallTown()
    _ = try town.machizu.importing()
    let before = try town.machizu.state()
    let count = town.wells.count
    town.wells = Array(town.wells.prefix(2))
    try town.write()
    let refused = try town.machizu("import", ["wells"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("--allow-removal"))
    #expect(try town.machizu.state() == before)
    let allowed = try town.machizu.importing(["wells", "--allow-removal", "100%"])
    #expect(allowed.first?.removed == count - 2 && allowed.first?.unchanged == 2)
    #expect(try town.machizu.count(["wells"]) == 2)
  }

  @Test("with --strict a layer with one refused row is not taken at all")
  func strict() throws {
    var town = try SmallTown()
    _ = try town.machizu.importing()
    let before = try town.machizu.state()
    town.wells[1].number = town.wells[0].number
    town.wells.append(SmallTown.Well(number: "W-901", name: "新"))
    try town.write()
    let strict = try town.machizu("import", ["wells", "--strict"])
    #expect(strict.status == 1)
    #expect(try town.machizu.state() == before)
    let lenient = try town.machizu.importing(["wells"])
    #expect(lenient.first?.rejected == 1 && lenient.first?.added == 1)
    #expect(try town.machizu.state() != before)
  }
}
