import Features
import Geometry
import Import
import LayerStore
import Projection
import SQLite
import Testing
import Workspace

@Suite("Import of a layer")
struct LayerImportTests {
  @Test("rows come in, change, stay and go, and the report says so")
  func cycle() throws {
    let town = try Town()
    try town.declare()
    try town.source("a.csv", "番号,名称\n001,甲\n002,乙\n003,丙\n004,丁\n")
    let first = try town.bring()
    #expect(first.addsUp)
    #expect((first.read, first.added) == (4, 4))
    #expect(first.files.map(\.file) == ["\(town.folder)/Layers/points/a.csv"])
    #expect(first.rows.isEmpty)
    #expect(try town.rows().map(\.key.text) == ["001", "002", "003", "004"])
    try town.source("a.csv", "番号,名称\n001,甲\n002,乙2\n004,丁\n005,戊\n")
    let second = try town.bring()
    #expect(second.addsUp)
    #expect(
      [second.added, second.changed, second.unchanged, second.removed] == [1, 1, 2, 1])
    let third = try town.bring()
    #expect([third.added, third.changed, third.unchanged, third.removed] == [0, 0, 4, 0])
    #expect(try town.store().lastCommit() == 2)
    let history = try town.store().history(of: FeatureKey("002"), in: points)
    #expect(history.map(\.operation) == ["change", "add"])
    #expect(history[0].cause.hasSuffix("a.csv"))
  }

  @Test("rows without a key and rows with one that is taken are rejected with file, row and reason")
  func rejectedRows() throws {
    let town = try Town()
    try town.declare(
      fields:
        #"{"name": "番号", "type": "text", "pattern": "[0-9]{3}"}, {"name": "名称", "type": "text"}"#)
    try town.source(
      "a.csv", "番号,名称\n001,甲\n,乙\n001,丙\nABC,丁\n１２３,戊\n 004 ,己\n")
    let report = try town.bring()
    #expect(report.addsUp)
    #expect(report.rejections.map(\.row) == [3, 4, 5])
    #expect(report.rejections.allSatisfy { $0.column == "番号" })
    #expect(report.rejections[1].reason.contains("“001”"))
    #expect(report.rejections[2].reason.contains("[0-9]{3}"))
    #expect(report.rows.allSatisfy { $0.file.hasSuffix("a.csv") })
    // Full-width digits and spaces are put right and noted.
    #expect(try town.rows().map(\.key.text) == ["001", "004", "123"])
    #expect(report.rows.count { $0.kind == .note } == 2)
    #expect(try town.texts()[0]["名称"] == "甲")
  }

  @Test("a joined key needs all its parts")
  func joinedKeys() throws {
    let town = try Town()
    try town.declare(
      key: #"["路線", "番号"]"#,
      fields: #"{"name": "路線", "type": "text"}, {"name": "番号", "type": "integer"}"#)
    try town.source("a.csv", "路線,番号\n1,2\n1,03\n2,\n,2\n1,2\n")
    let report = try town.bring()
    #expect(report.addsUp)
    #expect(report.rejected == 3)
    #expect(try town.rows().map(\.key.text) == ["1/2", "1/3"])
  }

  @Test("codes that lost their leading zeros get them back, with a note")
  func pads() throws {
    let town = try Town()
    try town.declare(
      fields: #"{"name": "番号", "type": "text", "pad": 4}, {"name": "名称", "type": "text"}"#)
    try town.source("a.csv", "番号,名称\n12,甲\n0034,乙\n12345,丙\n")
    let report = try town.bring()
    #expect(report.added == 3)
    #expect(try town.rows().map(\.key.text) == ["0012", "0034", "12345"])
    #expect(report.rows.count == 1)
    #expect(report.rows[0].column == "番号" && report.rows[0].row == 2)
    // The shortened and the whole code are one key.
    try town.source("a.csv", "番号,名称\n12,甲\n0012,乙\n")
    #expect(try town.bring { $0.allowedRemovalPercent = 100 }.rejected == 1)
  }

  @Test("a value that cannot be read leaves its column empty and its text in the notes")
  func unreadable() throws {
    let town = try Town()
    try town.declare(
      fields: """
        {"name": "番号", "type": "text"}, {"name": "人数", "type": "integer"},
        {"name": "設置日", "type": "date"}
        """)
    try town.source("a.csv", "番号,人数,設置日\n1,約30人,令和5年4月1日\n2,20,未定らしい\n3,,S61.8\n")
    let report = try town.bring()
    #expect(report.added == 3 && report.addsUp)
    let noted = report.rows.filter { $0.kind == .note }
    #expect(noted.contains { $0.row == 2 && $0.column == "人数" })
    #expect(noted.contains { $0.row == 3 && $0.column == "設置日" })
    let texts = try town.texts()
    #expect(texts.map { $0["人数"] } == ["", "20", ""])
    #expect(texts.map { $0["設置日"] } == ["2023-04-01", "", "S61.8"])
    let database = try Database(path: town.folder + "/var/town.gpkg", mode: .readWrite)
    #expect(
      try database.rows(
        "SELECT json_extract(machizu_notes, '$.人数.unread') FROM points WHERE machizu_key = '1'")
        == [[.text("約30人")]])
    // Unreadable in another way: that is a change.
    try town.source("a.csv", "番号,人数,設置日\n1,30人位,令和5年4月1日\n2,20,未定らしい\n3,,S61.8\n")
    let second = try town.bring()
    #expect([second.changed, second.unchanged] == [1, 2])
  }

  @Test("columns that are not declared are kept, restricted, and told")
  func undeclared() throws {
    let town = try Town()
    try town.declare(members: #""audience": "public""#)
    try town.source("a.csv", "番号,名称,電話,FID,geom,名\n1,甲,0538,9,x,y\n")
    let report = try town.bring()
    #expect(report.added == 1)
    let warning = try #require(report.files[0].warnings.last)
    for name in ["電話", "FID", "geom"] { #expect(warning.text(in: .english).contains(name)) }
    let layer = try #require(try town.layer())
    #expect(layer.fields.map(\.name) == ["番号", "名称", "電話", "source_FID", "source_geom", "名"])
    #expect(
      try town.texts()[0] == [
        "番号": "1", "名称": "甲", "電話": "0538", "source_FID": "9", "source_geom": "x", "名": "y",
      ])
    let declaration = try #require(try town.workspace()[layer: points])
    let fields = SnapshotFiles.fields(of: layer, declaration: declaration)
    #expect(
      fields.map(\.audience) == [.public, .public] + Array(repeating: .restricted, count: 4))
    // A column that comes later is added.
    try town.source("a.csv", "番号,名称,新しい列\n1,甲,値\n")
    #expect(try town.bring().changed == 1)
    #expect(try town.layer()?.fields.map(\.name) == ["番号", "名称", "新しい列"])
  }

  @Test("names that differ only in the case of a letter do not meet in one column")
  func caseOfNames() throws {
    let town = try Town()
    try town.declare(
      key: #""No""#, fields: #"{"name": "No", "type": "text"}, {"name": "名称", "type": "text"}"#)
    try town.source("a.csv", "No,NO,名称\n1,x,甲\n")
    try town.bring()
    #expect(try town.texts() == [["No": "1", "NO_": "x", "名称": "甲"]])
  }

  @Test("what a file's name says is set into its rows, also where the name is a Japanese one")
  func captures() throws {
    let town = try Town()
    try town.declare(
      key: #"["年度", "番号"]"#,
      source: #"{"files": [{"glob": "*/浸水_*年度.csv", "set": {"年度": "$2", "地区": "$1-$2-$1"}}]}"#,
      fields: """
        {"name": "番号", "type": "text"}, {"name": "年度", "type": "integer"},
        {"name": "地区", "type": "text"}
        """)
    try town.source("東/浸水_2023年度.csv", "番号\n1\n")
    try town.source("西/浸水_2024年度.csv", "番号,年度\n1,1900\n2,1900\n")
    let report = try town.bring()
    #expect(report.added == 3 && report.files.count == 2)
    #expect(try town.rows().map(\.key.text) == ["2023/1", "2024/1", "2024/2"])
    #expect(try town.texts().map { $0["地区"] } == ["東-2023-東", "西-2024-西", "西-2024-西"])
  }

  @Test("a column is found under the first of its names that a file has")
  func sourceNames() throws {
    let town = try Town()
    try town.declare(
      fields: """
        {"name": "番号", "type": "text", "from": ["管理番号", "No"]},
        {"name": "名称", "type": "text", "from": "施設名"}
        """)
    try town.source("a.csv", "No,施設名\n1,甲\n")
    try town.source("b.csv", "No,管理番号,名称\n8,2,乙\n")
    try town.source("c.csv", "番号,施設名,名称\n3,丙,ちがう\n")
    try town.bring()
    #expect(try town.rows().map(\.key.text) == ["1", "2", "3"])
    #expect(try town.texts().map { $0["名称"] } == ["甲", "乙", "丙"])
  }

  @Test("an import that would remove too much is refused, unless that is allowed")
  func removalGuard() throws {
    let town = try Town()
    try town.declare()
    try town.source("a.csv", "番号,名称\n1,a\n2,b\n3,c\n")
    try town.bring()
    try town.source("a.csv", "番号,名称\n1,a2\n4,d\n")
    do {
      try town.bring()
      Issue.record("two of three rows were removed")
    } catch let error as ImportError {
      guard case .tooManyRemoved(layer: "points", missing: 2, stored: 3, allowedPercent: 30) = error
      else {
        Issue.record("\(error)")
        return
      }
      #expect(error.description.contains("--allow-removal 67%"))
      #expect(!error.isRefusedInput)
    }
    #expect(try town.texts().map { $0["名称"] } == ["a", "b", "c"])
    #expect(try town.store().lastCommit() == 1)
    let report = try town.bring { $0.allowedRemovalPercent = 67 }
    #expect([report.removed, report.added, report.changed] == [2, 1, 1])
  }

  @Test("strict takes all rows or none")
  func strict() throws {
    let town = try Town()
    try town.declare()
    try town.source("a.csv", "番号,名称\n1,a\n1,b\n")
    do {
      try town.bring { $0.isStrict = true }
      Issue.record("a rejected row was let pass")
    } catch let error as ImportError {
      guard case .rejectedRows(let report) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(report.rejected == 1 && report.read == 2)
    }
    #expect(try town.layer() == nil)
    try town.source("a.csv", "番号,名称\n1,a\n2,b\n")
    #expect(try town.bring { $0.isStrict = true }.added == 2)
  }

  @Test("a dry run reports and keeps nothing")
  func dryRun() throws {
    let town = try Town()
    try town.declare()
    try town.source("a.csv", "番号,名称\n1,a\n2,b\n,c\n")
    let report = try town.bring { $0.isDryRun = true }
    #expect([report.added, report.rejected, report.read] == [2, 1, 3])
    #expect(try town.layer() == nil)
    #expect(try town.store().lastCommit() == 0)
  }

  @Test("an edited row is kept and told; one that is gone from the source is told too")
  func conflicts() throws {
    let town = try Town()
    try town.declare()
    try town.source("a.csv", "番号,名称\n1,a\n2,b\n3,c\n4,d\n")
    try town.bring()
    try Database(path: town.folder + "/var/town.gpkg", mode: .readWrite).execute(
      "UPDATE points SET \"名称\" = '手直し', machizu_origin = 1 WHERE machizu_key IN ('2', '3')")
    try town.source("a.csv", "番号,名称\n1,a\n2,b2\n4,d\n")
    let report = try town.bring()
    #expect(report.addsUp)
    #expect([report.conflicts, report.unchanged, report.removed] == [1, 2, 0])
    #expect(report.rows.map(\.kind) == [.conflict, .note])
    #expect(report.rows[0].row == 3)
    #expect(report.rows[1].reason.text(in: .english).contains("“3”"))
    #expect(try town.texts().map { $0["名称"] } == ["a", "手直し", "手直し", "d"])
  }

  @Test("rows without keys are told apart by their content, equal ones by their number")
  func contentKeys() throws {
    let town = try Town()
    try town.declare(key: #""machizu:content""#)
    try town.source("a.csv", "番号,名称\n1,a\n1,a\n1,a\n2,b\n")
    #expect(try town.bring().added == 4)
    try town.source("a.csv", "番号,名称\n2,b\n1,a\n1,a\n3,c\n")
    let report = try town.bring()
    #expect([report.added, report.unchanged, report.removed] == [1, 3, 1])
    #expect(try town.rows().count == 4)
  }

  @Test("sources that are not there, not readable or not declared are refused and change nothing")
  func refusals() throws {
    let town = try Town()
    try town.declare()
    func refused(_ expected: (ImportError) -> Bool) throws {
      do {
        try town.bring()
        Issue.record("the import went through")
      } catch let error as ImportError {
        #expect(expected(error), "\(error)")
        #expect(error.isRefusedInput)
        #expect(!error.description.isEmpty)
      }
      #expect(try town.layer() == nil)
    }
    try refused {
      if case .missingFiles(layer: "points", pattern: "*.csv") = $0 { true } else { false }
    }
    try town.source("a.csv", "番号,名称\n1,a\n")
    try town.declare(source: #"{"files": ["*.csv"], "encoding": "klingon"}"#)
    try refused { if case .unreadable = $0 { true } else { false } }
    try town.declare(source: #"{"files": ["a.csv", "data:b.csv"]}"#)
    try refused { if case .declaration = $0 { true } else { false } }
    try town.declare(geometry: "point", source: #"{"files": ["*.csv"], "crs": "EPSG:999999"}"#)
    try refused {
      if case .unknownReference(_, _, found: "EPSG:999999", _) = $0 { true } else { false }
    }
    try town.declare(geometry: "point", source: #"{"files": ["*.csv"], "columns": {"wkt": "番号"}}"#)
    try refused { if case .unknownReference = $0 { true } else { false } }
    try town.declare(fields: #"{"name": "番号", "type": "text", "pattern": "(["}"#)
    try refused { if case .badField = $0 { true } else { false } }
    try town.declare(source: #"{"files": [{"glob": "*.csv", "encoding": "utf-8"}]}"#)
    #expect(try town.bring().added == 1)
  }

  @Test("a file that breaks in the middle leaves the store as it was")
  func brokenFile() throws {
    let town = try Town()
    try town.declare(geometry: "any", source: #"{"files": ["*.csv", "*.geojson"]}"#)
    try town.source("a.csv", "番号,名称,緯度,経度\n1,a,34.8,138.3\n")
    try town.source("b.geojson", #"{"type": "FeatureCollection", "features": [{"type": "Feat"#)
    #expect(throws: ImportError.self) { try town.bring() }
    #expect(try town.layer() == nil)
  }
}
