import Foundation
import JSON
import TestSupport
import Testing

@Suite("Import of files that nobody has declared")
struct FirstContactTests {
  private let folder: TemporaryFolder
  private let machizu: Machizu

  init() throws {
    folder = try TemporaryFolder("first")
    machizu = Machizu(workspace: folder.path)
    try folder.write(
      "machizu.json",
      #"{"town": {"name": "町", "code": "999999"}, "boundary": "area", "fonts": ["IPAexGothic"]}"#)
    try folder.write(
      "Layers/area/layer.json",
      """
      {"title": "境界", "geometry": "polygon", "key": "番号",
       "source": {"files": ["area.geojson"]}, "fields": [{"name": "番号", "type": "text"}]}
      """)
    try folder.write(
      "Layers/area/area.geojson",
      """
      {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"番号": "1"},
        "geometry": {"type": "Polygon", "coordinates": [[[140.8,35.2],[141.1,35.2],[141.1,35.4],
          [140.8,35.4],[140.8,35.2]]]}}]}
      """)
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private func declaration(_ layer: String) throws -> JSONValue {
    try JSONParser.parse(try TestFile.read(path("Layers/\(layer)/layer.json")))
  }

  /// Surveyors' order, in CP932.
  private func writeWells() throws {
    let text = """
      管理番号,名称,設置日,深さ,世帯数,X座標,Y座標\r
      001,第１井戸,2001-04-01,12.5,10,-76543.21,98765.4321\r
      002,～㈱髙﨑,H14.5.1,3,0,-76000.5,98000.1\r
      003,無名,2003-12-31,7.25,,-76100.5,98100.25\r

      """
    let run = try ProgramRun(
      "/usr/bin/iconv", ["-f", "UTF-8", "-t", "CP932"], input: Array(text.utf8))
    try folder.write("in/井戸台帳.csv", run.output)
  }

  @Test("a table without a reference system is refused with proposals, and nothing is left behind")
  func proposals() throws {
    try writeWells()
    let run = try machizu(
      "import", [path("in/井戸台帳.csv"), "--as", "wells", "--language", "en"])
    #expect(run.status == 3)
    #expect(run.errors.contains("zone IX of JGD2011 (EPSG:6677): 100.0 % inside the boundary"))
    #expect(run.errors.contains("zone IX of JGD2000 (EPSG:2451)"))
    #expect(!FileManager.default.fileExists(atPath: path("Layers/wells")))
    let japanese = try machizu(
      "import", [path("in/井戸台帳.csv"), "--as", "wells", "--language", "ja"])
    #expect(japanese.errors.contains("JGD2011の平面直角座標系第9系（EPSG:6677）: 100.0 %が町の境界の内側"))
  }

  @Test("with it the file becomes a layer like any other: declared, typed, keyed, kept beside")
  func wells() throws {
    try writeWells()
    let run = try machizu(
      "import", [path("in/井戸台帳.csv"), "--as", "wells", "--crs", "EPSG:6677", "--language", "en"])
    #expect(run.status == 0, "\(run.errors)")
    let told = String(decoding: run.output, as: UTF8.self)
    #expect(told.contains("3 read, 3 added"))
    #expect(told.contains("“X座標” was read as north"))
    #expect(told.contains("“管理番号” is in every row"))
    let made = try declaration("wells")
    #expect(made["title"]?.string == "井戸台帳")
    #expect(made["key"]?.string == "管理番号")
    #expect(made["label"]?.string == "名称")
    #expect(made["geometry"]?.string == "point")
    #expect(made["source"]?["columns"]?["north"]?.string == "X座標")
    let types = (made["fields"]?.array ?? []).map {
      "\($0["name"]?.string ?? ""):\($0["type"]?.string ?? "")"
    }
    #expect(
      types == [
        "管理番号:text", "名称:text", "設置日:date", "深さ:real", "世帯数:integer", "X座標:real", "Y座標:real",
      ])
    // Removing the original changes nothing: the copy is the source now.
    try FileManager.default.removeItem(atPath: path("in"))
    let again = try machizu.importing(["wells"])
    #expect(again.first?.unchanged == 3)
    let features = try machizu.features(["wells", "--crs", "EPSG:6677"])
    #expect(features.map(\.id) == ["001", "002", "003"])
    #expect(features[0].vertices == [[98765.4321, -76543.21]])
    #expect(features[1]["名称"] == "～㈱髙﨑")
    #expect(try machizu("check").status == 0)
    // A second first contact is refused.
    try writeWells()
    let taken = try machizu(
      "import", [path("in/井戸台帳.csv"), "--as", "wells", "--crs", "EPSG:6677"])
    #expect(taken.status == 2)
  }

  @Test("a dry run and a failed import leave neither a folder nor rows")
  func nothingLeft() throws {
    try writeWells()
    let arguments = [path("in/井戸台帳.csv"), "--as", "wells", "--crs", "EPSG:6677"]
    #expect(try machizu("import", arguments + ["--dry-run"]).status == 0)
    #expect(!FileManager.default.fileExists(atPath: path("Layers/wells")))
    #expect(try machizu("import", arguments + ["--key", "番地"]).status == 3)
    #expect(try machizu("import", [path("in/none.csv"), "--as", "wells"]).status == 3)
    #expect(try machizu("import", [path("in/井戸台帳.csv"), "--as", "gpkg_x"]).status == 2)
    #expect(try machizu("import", ["area", "--key", "番号"]).status == 2)
    #expect(!FileManager.default.fileExists(atPath: path("Layers/wells")))
    #expect(try machizu.state() == "[]\n")
  }

  @Test("a Shapefile brings its companions along, and its .prj says where it is")
  func shapefile() throws {
    try writeWells()
    _ = try machizu.output(
      "import", [path("in/井戸台帳.csv"), "--as", "wells", "--crs", "EPSG:6677"])
    _ = try machizu.output("export", ["wells", "-o", path("out.shp")])
    let run = try machizu("import", [path("out.shp"), "--as", "copy", "--key", "管理番号"])
    #expect(run.status == 0, "\(run.errors)")
    let names = TestFile.list(path("Layers/copy"))
    #expect(
      names.sorted() == ["layer.json", "out.cpg", "out.dbf", "out.prj", "out.shp", "out.shx"])
    #expect(try machizu.count(["copy"]) == 3)
    #expect(try declaration("copy")["source"]?["crs"] == nil)
  }

  @Test("the report is written as a table and as JSON where it is asked for")
  func reports() throws {
    try writeWells()
    _ = try machizu.output(
      "import",
      [
        path("in/井戸台帳.csv"), "--as", "wells", "--crs", "EPSG:6677", "--report",
        path("report.csv"), "--language", "ja",
      ])
    let table = try SourceTable(try TestFile.read(path("report.csv")))
    #expect(table.columns == ["レイヤ", "種類", "ファイル", "行", "列", "内容"])
    #expect(table.rows[0].cells[5].contains("追加 3"))
    #expect(
      table.rows.contains { $0.cells[1] == "注意" && $0.cells[3] == "3" && $0.cells[4] == "設置日" }
        == false)
    let json = try machizu.output("import", ["wells", "--report", path("report.json"), "--json"])
    #expect(try TestFile.read(path("report.json")) == json)
    #expect(try machizu("import", ["wells", "--report", path("report.txt")]).status == 2)
  }

  private func writeFolders() throws {
    func place(_ name: String, _ longitude: Double) -> String {
      "<Placemark><name>\(name)</name><Point><coordinates>\(longitude),35.3</coordinates></Point></Placemark>"
    }
    try folder.write(
      "in/施設.kml",
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <kml xmlns="http://www.opengis.net/kml/2.2"><Document>
      <Folder><name>避難所</name>\(place("本町小", 140.9))\(place("東中", 140.91))</Folder>
      <Folder><name>Wells 2</name>\(place("井戸", 140.92))</Folder>
      </Document></kml>
      """)
  }

  @Test("of a file with several layers one must be chosen, and is imported alone")
  func chosenLayer() throws {
    try writeFolders()
    let unclear = try machizu("import", [path("in/施設.kml"), "--as", "sites", "--language", "en"])
    #expect(unclear.status == 2)
    #expect(
      unclear.errors.contains("has 2 layers (“避難所”, “Wells 2”): choose one with --layer NAME"))
    #expect(!FileManager.default.fileExists(atPath: path("Layers/sites")))
    let unknown = try machizu(
      "import", [path("in/施設.kml"), "--as", "sites", "--layer", "学校", "--language", "ja"])
    #expect(unknown.status == 3)
    #expect(unknown.errors.contains("レイヤ「学校」がありません"))
    let run = try machizu("import", [path("in/施設.kml"), "--as", "sites", "--layer", "避難所"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(try machizu.count(["sites"]) == 2)
    let declared = try declaration("sites")
    #expect(declared["title"]?.string == "避難所")
    #expect(declared["source"]?["files"]?.array?.first?["layer"]?.string == "避難所")
    // From now on it is a layer like any other.
    #expect(try machizu.importing(["sites"])[0].unchanged == 2)
  }

  @Test("every layer of a file comes in under a name of its own, from one copy of the file")
  func eachLayer() throws {
    try writeFolders()
    let run = try machizu("import", [path("in/施設.kml"), "--as", "sites", "--each"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(try machizu.count(["sites-1"]) == 2)
    #expect(try machizu.count(["sites-wells2"]) == 1)
    #expect(try machizu("check").status == 0)
    #expect(FileManager.default.fileExists(atPath: path("Layers/sites-1/施設.kml")))
    #expect(!FileManager.default.fileExists(atPath: path("Layers/sites-wells2/施設.kml")))
    #expect(try machizu.importing(["sites-wells2"])[0].unchanged == 1)
    let both = try machizu(
      "import", [path("in/施設.kml"), "--as", "other", "--each", "--layer", "避難所"])
    #expect(both.status == 2)
  }
}
