import Foundation
import JSON
import TestSupport
import Testing

/// A workspace whose layers are exported and brought back as other layers.
private final class ExportTown {
  let folder: TemporaryFolder
  let machizu: Machizu

  static let markFields = """
    {"name": "番号", "type": "text"}, {"name": "名称", "type": "text"},
    {"name": "設置日", "type": "date"}, {"name": "撤去日", "type": "date"},
    {"name": "数", "type": "integer"}, {"name": "高さ", "type": "real"},
    {"name": "有効", "type": "boolean"},
    {"name": "備考", "type": "text", "audience": "staff"},
    {"name": "氏名", "type": "text", "audience": "restricted"}
    """

  /// 北 first, with every kind of value that files tend to lose.
  static let marks = """
    番号,名称,設置日,撤去日,数,高さ,有効,備考,氏名,X座標,Y座標
    007,～①㈱髙﨑Ⅲ,1999-04-01,S61.8,12,2.5,1,"二行
    目と""引用"", 読点",個人甲,-76543.21,98765.4321
    008,第１集積所,2001-12-31,昭和57年9月頃,-3,0.1,0,,個人乙,-76000.0000001,98000.1
    009,無名,,不明,9007199254740993,1e-7,,内部メモ,個人丙,-76100.5,98100.25
    010,場所なし,2020-02-29,,,,1,メモ,個人丁,,
    """

  init() throws {
    folder = try TemporaryFolder("export")
    machizu = Machizu(workspace: folder.path)
    try folder.write(
      "machizu.json", #"{"town": {"name": "町", "code": "999999"}, "fonts": ["IPAexGothic"]}"#)
    try declare("marks", geometry: "point", Self.markFields, source: Self.markSource("marks.csv"))
    try folder.write("Layers/marks/marks.csv", Self.marks)
    try declare(
      "areas", geometry: "polygon", #"{"name": "番号", "type": "text"}"#,
      source: #"{"files": ["plane.geojson", {"glob": "degrees.geojson", "crs": "EPSG:4326"}]}"#)
    let square = "[[96000.1,-76000.2],[96100.3,-76000.4],[96100.5,-75900.6],[96000.7,-75900.8],"
    try folder.write(
      "Layers/areas/plane.geojson",
      """
      {"type": "FeatureCollection", "crs": {"type": "name",
        "properties": {"name": "urn:ogc:def:crs:EPSG::6677"}}, "features": [
        {"type": "Feature", "properties": {"番号": "A-1"}, "geometry": {"type": "Polygon",
          "coordinates": [\(square)[96000.1,-76000.2]]]}},
        {"type": "Feature", "properties": {"番号": "A-2"}, "geometry": {"type": "Polygon",
          "coordinates": [[[96000.5,-76000.5],[96100.25,-75900.75],[96100.125,-76000.5],
            [96000.375,-75900.875],[96000.5,-76000.5]]]}},
        {"type": "Feature", "properties": {"番号": "A-3"}, "geometry": null}]}
      """)
    try folder.write(
      "Layers/areas/degrees.geojson",
      """
      {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"番号": "B-1"}, "geometry": {"type": "Polygon",
          "coordinates": [[[140.90123456789,35.30123456789],[140.90223456789,35.30123456789],
            [140.90223456789,35.30223456789],[140.90123456789,35.30123456789]]]}}]}
      """)
    _ = try machizu.importing()
  }

  static func markSource(_ file: String) -> String {
    """
    {"files": ["\(file)"], "crs": "EPSG:6677",
     "columns": {"north": "X座標", "east": "Y座標"}}
    """
  }

  func declare(
    _ layer: String, geometry: String, _ fields: String, source: String, key: String = "番号"
  ) throws {
    try folder.write(
      "Layers/\(layer)/layer.json",
      """
      {"title": "\(layer)", "audience": "public", "geometry": "\(geometry)", "key": "\(key)",
       "source": \(source), "fields": [\(fields)]}
      """)
  }

  func path(_ name: String) -> String { folder.path + "/" + name }

  func text(_ name: String) throws -> String {
    String(decoding: try TestFile.read(path(name)), as: UTF8.self)
  }

  /// Rows of a layer with every column and the coordinates of the layer's own system.
  func rows(_ layer: String, crs: String = "EPSG:6677") throws -> [String] {
    try machizu.output(
      "query", [layer, "--format", "ndjson", "--crs", crs, "--audience", "restricted"]
    ).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  }
}

@Suite("Export")
struct ExportTests {
  private let town: ExportTown

  init() throws { town = try ExportTown() }

  @Test(
    "a ledger that is exported and brought back is the same in coordinates, text and types",
    arguments: ["csv", "gpkg", "geojson", "ndjson", "shp"])
  func roundTrip(ending: String) throws {
    let file = "Layers/copy/marks.\(ending)"
    if ending != "shp" {
      // The one kind of text that a Shapefile loses, and tells.
      let marks = ExportTown.marks.replacingOccurrences(of: ",第１集", with: ", 第１集")
      try town.folder.write("Layers/marks/marks.csv", marks)
      _ = try town.machizu.importing(["marks"])
    }
    try FileManager.default.createDirectory(
      atPath: town.path("Layers/copy"), withIntermediateDirectories: true)
    // Characters outside of CP932 are not there, but U+FF5E and NEC's are: both encodings keep all.
    for encoding in ending == "shp" ? ["CP932", "UTF-8"] : [nil] {
      let options = encoding.map { ["--encoding", $0] } ?? []
      let report = try town.machizu.json(
        "export",
        ["marks", "-o", town.path(file), "--crs", "EPSG:6677", "--audience", "restricted"]
          + options)
      #expect(report["count"]?.int64 == 4)
      #expect(report["placed"]?.int64 == 3)
      #expect(report["lossy"]?.int64 == 0)
      let source =
        ending == "csv"
        ? ExportTown.markSource("marks.csv")
        : "{\"files\": [\"marks.\(ending)\"], \"crs\": \"EPSG:6677\"}"
      try town.declare("copy", geometry: "point", ExportTown.markFields, source: source)
      let imported = try town.machizu.importing(["copy", "--allow-removal", "100%"])
      #expect(imported.first?.read == 4)
      #expect(imported.first?.rejected == 0)
      // A GeoPackage's own row numbers come along as a column that nobody declared.
      let copy = try town.rows("copy").enumerated().map { index, row in
        row.replacingOccurrences(of: ",\"source_fid\":\(index + 1)", with: "")
      }
      #expect(try copy == town.rows("marks"), "\(ending) \(encoding ?? "")")
    }
    let left = TestFile.list(town.path("Layers/copy")).filter { $0.hasSuffix(".part") }
    #expect(left.isEmpty)
  }

  @Test(
    "what could not be read as its type, and dates as they were written, go out as they came in")
  func writtenText() throws {
    try town.folder.write(
      "Layers/marks/marks.csv", ExportTown.marks + "\n011,数ではない,R5.4.1,,ふたつ,,,,,,\n")
    _ = try town.machizu.importing(["marks"])
    _ = try town.machizu.output("export", ["marks", "-o", town.path("out.csv")])
    let table = try SourceTable(try TestFile.read(town.path("out.csv")))
    #expect(table.values("撤去日") == ["S61.8", "昭和57年9月頃", "不明", "", ""])
    #expect(table.values("設置日").last == "R5.4.1")
    #expect(table.values("数").last == "ふたつ")
  }

  @Test("a row that came in another system, or was repaired, goes out with exactly its coordinates")
  func originals() throws {
    let plane = try town.rows("areas").count
    #expect(plane == 4)
    func rings(_ arguments: [String]) throws -> [String: String] {
      _ = try town.machizu.output(
        "export", ["areas", "-o", town.path("areas.geojson")] + arguments)
      let features = try JSONParser.parse(try TestFile.read(town.path("areas.geojson")))["features"]
      var rings: [String: String] = [:]
      for feature in features?.array ?? [] {
        let ring = feature["geometry"]?["coordinates"]?.array?.first?.array ?? []
        rings[feature["properties"]?["番号"]?.string ?? ""] = ring.map { place in
          "\(place.array?[0].double ?? .nan) \(place.array?[1].double ?? .nan)"
        }.joined(separator: ", ")
      }
      return rings
    }
    let degrees = try rings(["--crs", "EPSG:4326"])
    #expect(
      degrees["B-1"]
        == "140.90123456789 35.30123456789, 140.90223456789 35.30123456789, "
        + "140.90223456789 35.30223456789, 140.90123456789 35.30123456789")
    let metres = try rings(["--crs", "EPSG:6677"])
    let bowTie = [
      "96000.5 -76000.5", "96100.25 -75900.75", "96100.125 -76000.5", "96000.375 -75900.875",
      "96000.5 -76000.5",
    ]
    // GeoJSON turns outer rings counterclockwise.
    #expect(
      metres["A-2"] == bowTie.joined(separator: ", ")
        || metres["A-2"] == bowTie.reversed().joined(separator: ", "))
    #expect(metres["A-3"] == "")
  }

  @Test(
    "nothing that an audience may not see is in its file",
    arguments: ["csv", "gpkg", "geojson", "ndjson", "shp"])
  func audience(ending: String) throws {
    _ = try town.machizu.output(
      "export",
      ["marks", "-o", town.path("public.\(ending)"), "--audience", "public", "--encoding", "UTF-8"])
    var bytes = try TestFile.read(town.path("public.\(ending)"))
    if ending == "shp" { bytes = try TestFile.read(town.path("public.dbf")) }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("第１集積所"))
    for hidden in ["備考", "氏名", "個人", "内部メモ"] {
      #expect(!text.contains(hidden), "\(ending) \(hidden)")
    }
  }

  @Test("what a Shapefile cannot hold is told by row and column, and the command says 1")
  func losses() throws {
    let long = String(repeating: "長い文章", count: 40)
    try town.folder.write(
      "Layers/notes/notes.csv",
      "番号,とても長い列名,とても長い列名の二,WKT\n1,\(long),a,POINT (140.9 35.3)\n2,辻󠄀 𠮷野家,b,POINT (140.91 35.3)\n"
        + "3,短い,c,\"LINESTRING (140.9 35.3, 140.91 35.31)\"\n")
    try town.declare(
      "notes", geometry: "any",
      #"{"name": "番号", "type": "text"}, {"name": "とても長い列名", "type": "text"}, "#
        + #"{"name": "とても長い列名の二", "type": "text"}"#,
      source: #"{"files": ["notes.csv"], "crs": "EPSG:6668", "columns": {"wkt": "WKT"}}"#)
    _ = try town.machizu.importing(["notes"])
    let run = try town.machizu(
      "export", ["notes", "-o", town.path("notes.shp"), "--json", "--language", "ja"])
    #expect(run.status == 1)
    let report = try JSONParser.parse(run.output)
    #expect(report["lossy"]?.int64 == 3)
    let notes = (report["notes"]?.array ?? []).map { note in
      [note["key"]?.string ?? "-", note["column"]?.string ?? "-", note["reason"]?.string ?? ""]
    }
    #expect(notes.contains { $0[0] == "-" && $0[1] == "とても長い列名" && $0[2].contains("「とても長い」") })
    #expect(notes.contains { $0[0] == "-" && $0[1] == "とても長い列名の二" })
    #expect(notes.contains { $0[0] == "1" && $0[1] == "とても長い列名" && $0[2].contains("254") })
    #expect(notes.contains { $0[0] == "2" && $0[2].contains("U+20BB7") })
    #expect(notes.contains { $0[0] == "3" && $0[1] == "-" && $0[2].contains("LineString") })
    // The second record, after four field descriptors: the flag, the number, the cut column.
    let table = try TestFile.read(town.path("notes.dbf"))
    let first = Int(table[8]) | Int(table[9]) << 8
    let width = Int(table[10]) | Int(table[11]) << 8
    func text(_ row: Int) throws -> String {
      let bytes = Array(table[first + row * width + 2..<first + row * width + 2 + 254])
      return String(decoding: try SourceTable.decoded(bytes, from: "CP932"), as: UTF8.self)
        .trimmingCharacters(in: .whitespaces)
    }
    #expect(try text(0) == String(long.prefix(127)))
    #expect(try text(1) == "〓 〓野家")
    // UTF-8 keeps the characters.
    let whole = try town.machizu(
      "export", ["notes", "-o", town.path("notes.csv"), "--encoding", "CP932", "--json"])
    #expect(whole.status == 1)
    #expect(try town.machizu("export", ["notes", "-o", town.path("utf8.csv")]).status == 0)
  }

  @Test("an ending, a system or an encoding that is not known is refused, and nothing is written")
  func refusals() throws {
    for arguments in [
      ["marks"], ["marks", "-o", town.path("x.xlsx")], ["nothing", "-o", town.path("x.csv")],
      ["marks", "-o", town.path("x.csv"), "--crs", "EPSG:1"],
      ["marks", "-o", town.path("x.csv"), "--encoding", "EBCDIC"],
    ] {
      let run = try town.machizu("export", arguments)
      #expect(run.status == 2, "\(arguments) \(run.errors)")
    }
    let run = try town.machizu("export", ["marks", "-o", town.path("none/x.csv")])
    #expect(run.status == 1 || run.status == 3)
    #expect(run.errors.contains("none/x.csv"))
    #expect(
      try town.machizu("export", ["marks", "-o", town.path("x.gpkg"), "--encoding", "CP932"]).status
        == 2)
    #expect(!TestFile.list(town.folder.path).contains { $0.contains("x.") })
  }

  @Test("a file that is there stays until the new one is whole, and its old indexes go")
  func replacing() throws {
    try town.folder.write("old.shp", "former")
    try town.folder.write("old.sbn", "index")
    _ = try town.machizu.output("export", ["marks", "-o", town.path("old.shp")])
    let names = TestFile.list(town.folder.path).filter { $0.hasPrefix("old.") }
    #expect(names.sorted() == ["old.cpg", "old.dbf", "old.prj", "old.shp", "old.shx"])
    #expect(try TestFile.read(town.path("old.shp")).prefix(4) == [0, 0, 0x27, 0x0A])
    #expect(try town.text("old.prj").hasPrefix("PROJCS[\"JGD_2011_Japan_Zone_9\""))
  }

  @Test("a layer of a national data set is written with the set's columns, in their order")
  func national() throws {
    let town = try Town.shared()
    let folder = try TemporaryFolder("national")
    let path = folder.path + "/sites.csv"
    let report = try town.machizu.json(
      "export", ["emergency_sites", "-o", path, "--audience", "public"])
    #expect(report["dataset"]?.string == "指定緊急避難場所一覧")
    let table = try SourceTable(try TestFile.read(path))
    let first = ["全国地方公共団体コード", "ID", "地方公共団体名", "名称", "名称_カナ", "名称_英字"]
    #expect(Array(table.columns.prefix(6)) == first)
    #expect(table.columns.contains("所在地_全国地方公共団体コード"))
    #expect(table.columns.filter { $0 == "緯度" }.count == 1)
    let marks = Set(table.values("災害種別_地震"))
    #expect(marks.isSubset(of: ["", "1"]) && marks.contains("1"))
    let features = try town.machizu.features(["emergency_sites", "--audience", "public"])
    #expect(table.rows.count == features.count)
    for (row, feature) in zip(table.rows, features) {
      #expect(table.value(row, "名称") == feature["名称"])
      guard let place = feature.vertices.first else { continue }
      #expect(abs((Double(table.value(row, "経度")) ?? 0) - place.x) < 1e-7)
      #expect(abs((Double(table.value(row, "緯度")) ?? 0) - place.y) < 1e-7)
    }
  }
}
