import Features
import Testing
import Workspace

@Suite("layer.json")
struct LayerDeclarationTests {
  @Test("every key is read")
  func everyKey() throws {
    let read = try declaration(
      """
      {
        "title": {"ja": "ごみ集積所", "en": "Garbage collection points"},
        "group": {"ja": "環境", "en": "Environment"}, "department": "環境政策課",
        "audience": "public", "geometry": "point",
        "source": {"files": ["garbage_*.csv",
                             {"glob": "old/*/*.shp", "crs": "EPSG:30169", "encoding": "cp932",
                              "layer": "点", "set": {"年度": "$1", "名称": "-$2"}}],
                   "encoding": "utf-8", "crs": "EPSG:6677",
                   "columns": {"north": "X座標", "east": "Y座標"},
                   "headerRow": 3, "delimiter": ";", "comment": "#"},
        "key": ["管理番号", "年度"], "label": "名称",
        "fields": [
          {"name": "管理番号", "type": "text", "pattern": "[0-9]{2}-[0-9]{3}", "pad": 6},
          {"name": "名称", "type": "text", "title": {"ja": "名前", "en": "Name"}},
          {"name": "年度", "type": "integer", "unit": "年度"},
          {"name": "設置日", "type": "date", "from": ["設置日", "設置年月日"]},
          {"name": "廃止日", "type": "date", "from": "廃止"},
          {"name": "状態", "type": "text",
           "codes": {"1": {"ja": "使用中", "en": "in use"}, "3": "廃止"}},
          {"name": "管理者氏名", "type": "text", "audience": "restricted"}],
        "time": {"from": "設置日", "to": "廃止日"},
        "relates": {"管理番号": "wards"},
        "public_where": "状態 <> '3'",
        "licence": "CC-BY-4.0", "attribution": "○○市", "updated": "2026-04-01"
      }
      """)
    #expect(read.id.text == "shelters")
    #expect(read.folder == "/w/Layers/shelters")
    #expect(read.title == Title(japanese: "ごみ集積所", english: "Garbage collection points"))
    #expect(read.group == Title(japanese: "環境", english: "Environment"))
    #expect(read.department == "環境政策課")
    #expect(read.audience == .public)
    #expect(read.geometry == .point)
    let source = try #require(read.source)
    try #require(source.files.count == 2)
    #expect(source.files[0].glob == "garbage_*.csv")
    #expect(source.files[0].set.isEmpty && source.files[0].crs == nil)
    #expect(source.files[1].glob == "old/*/*.shp")
    #expect(source.files[1].crs == "EPSG:30169")
    #expect(source.files[1].encoding == "cp932")
    #expect(source.files[1].layer == "点")
    #expect(source.files[1].set == ["年度": "$1", "名称": "-$2"])
    #expect(source.encoding == "utf-8")
    #expect(source.crs == "EPSG:6677")
    #expect(source.columns == .metres(east: "Y座標", north: "X座標"))
    #expect(source.headerRow == 3)
    #expect(source.delimiter == ";")
    #expect(source.comment == "#")
    #expect(read.key == .fields(["管理番号", "年度"]))
    #expect(read.label == "名称")
    #expect(read.fields.map(\.name) == ["管理番号", "名称", "年度", "設置日", "廃止日", "状態", "管理者氏名"])
    #expect(read.fields[0].pattern == "[0-9]{2}-[0-9]{3}")
    #expect(read.fields[0].padWidth == 6)
    #expect(read.fields[1].title == Title(japanese: "名前", english: "Name"))
    #expect(read.fields[2].unit == "年度")
    #expect(read.fields[2].type == .integer)
    #expect(read.fields[3].sourceNames == ["設置日", "設置年月日"])
    #expect(read.fields[4].sourceNames == ["廃止"])
    #expect(read.fields[5].codes.map(\.value) == ["1", "3"])
    #expect(read.fields[5].meaning(of: .text("1"))?.english == "in use")
    #expect(read.fields[5].meaning(of: .text("3")) == Title(japanese: "廃止"))
    #expect(read.fields.map(\.audience) == Array(repeating: .public, count: 6) + [.restricted])
    #expect(read.time == .interval(from: "設置日", to: "廃止日"))
    #expect(read.relates == ["管理番号": try #require(LayerID("wards"))])
    #expect(read.publicWhere == "状態 <> '3'")
    #expect(read.licence == "CC-BY-4.0")
    #expect(read.attribution == "○○市")
    #expect(read.updated == "2026-04-01")
  }

  @Test("what is not said has its default: staff, automatic encoding, nothing else")
  func defaults() throws {
    let read = try declaration(layer(#""source": {"files": ["a.csv"]}"#))
    #expect(read.audience == .staff)
    #expect(read.fields.allSatisfy { $0.audience == .staff })
    #expect(read.source?.encoding == "auto")
    #expect(read.source?.crs == nil && read.source?.columns == nil)
    #expect(read.group == nil && read.department == nil && read.label == nil && read.time == nil)
    #expect(read.relates.isEmpty && read.publicWhere == nil && read.updated == nil)
    #expect(try declaration(layer()).source == nil)
  }

  @Test("a column is never for more people than its layer")
  func columnAudience() throws {
    let read = try declaration(
      layer(
        #""audience": "restricted""#,
        fields: #"{"name": "番号", "type": "text", "audience": "public"}"#))
    #expect(read.fields[0].audience == .restricted)
  }

  @Test("a moment, content keys and the three kinds of place columns are read")
  func otherForms() throws {
    let moment = try declaration(layer(#""time": {"at": "番号", "precision": "名称"}"#))
    #expect(moment.time == .moment(at: "番号", precision: "名称"))
    let open = try declaration(layer(#""time": {"from": "番号"}"#))
    #expect(open.time == .interval(from: "番号", to: nil))
    #expect(try declaration(layer(key: #""machizu:content""#)).key == .content)
    for (text, columns) in [
      (#"{"longitude": "経度", "latitude": "緯度"}"#, .degrees(longitude: "経度", latitude: "緯度")),
      (#"{"east": "Y", "north": "X"}"#, .metres(east: "Y", north: "X")),
      (#"{"wkt": "形"}"#, .wkt("形")),
    ] as [(String, LayerDeclaration.Columns)] {
      let read = try declaration(layer("\"source\": {\"files\": [\"a\"], \"columns\": \(text)}"))
      #expect(read.source?.columns == columns)
    }
    for form in LayerDeclaration.Geometry.allCases {
      #expect(try declaration(layer(geometry: "\"\(form.rawValue)\"")).geometry == form)
    }
    for type in FieldType.allCases {
      let fields = "{\"name\": \"番号\", \"type\": \"\(type.rawValue)\"}"
      #expect(try declaration(layer(fields: fields)).fields[0].type == type)
    }
  }

  @Test("x and y are refused, since X is north in half of the files")
  func xAndY() {
    for columns in [#"{"x": "X", "y": "Y"}"#, #"{"x": "X", "north": "Y"}"#, #"{"y": "Y"}"#] {
      let found = faults(layer("\"source\": {\"files\": [\"a\"], \"columns\": \(columns)}"))
      #expect(found.count == 1)
      #expect(found.first?.contains("east and north") == true)
    }
  }

  @Test(
    "an unknown key is told with its place and the nearest known one",
    arguments: [
      (layer(#" "lable": "名称""#), "layer.json:3:2:", "“label”"),
      (layer(#""public-where": "1=1""#), "layer.json:3:1:", "“public_where”"),
      (layer(#""source": {"file": ["a"], "files": ["a"]}"#), "layer.json:3:12:", "“files”"),
      (layer(#""source": {"files": [{"glob": "a", "srs": "x"}]}"#), "layer.json:3:36:", "crs"),
      (layer(fields: #"{"name": "番号", "type": "text", "padd": 3}"#), "layer.json:2:44:", "“pad”"),
      (layer(#""time": {"frm": "番号", "from": "番号"}"#), "layer.json:3:10:", "“from”"),
      (layer(#""group": {"ja": "a", "eng": "b"}"#), "layer.json:3:22:", "“en”"),
    ])
  func unknownKeys(text: String, place: String, hint: String) {
    let found = faults(text)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(place) == true, "\(found)")
    #expect(found.first?.contains(hint) == true, "\(found)")
  }

  @Test(
    "a value of the wrong type or outside its range is told where it stands",
    arguments: [
      #""group": 5"#, #""department": ["a"]"#, #""audience": "everyone""#, #""audience": 1"#,
      #""label": true"#, #""time": "番号""#, #""time": {"to": "番号"}"#, #""relates": ["a"]"#,
      #""relates": {"番号": "Not An Id"}"#, #""relates": {"番号": 1}"#, #""public_where": {}"#,
      #""licence": 4"#, #""attribution": null"#, #""updated": 20260401"#, #""source": "a.csv""#,
      #""source": {}"#, #""source": {"files": "a.csv"}"#, #""source": {"files": []}"#,
      #""source": {"files": [5]}"#, #""source": {"files": [{"crs": "EPSG:6677"}]}"#,
      #""source": {"files": [{"glob": ""}]}"#, #""source": {"files": [{"glob": "a", "set": "x"}]}"#,
      #""source": {"files": [{"glob": "a", "set": {"名称": 5}}]}"#,
      #""source": {"files": ["a"], "headerRow": 0}"#,
      #""source": {"files": ["a"], "headerRow": 1.5}"#,
      #""source": {"files": ["a"], "headerRow": "3"}"#,
      #""source": {"files": ["a"], "headerRow": 1e30}"#,
      #""source": {"files": ["a"], "delimiter": "||"}"#,
      #""source": {"files": ["a"], "delimiter": ""}"#,
      #""source": {"files": ["a"], "columns": "wkt"}"#,
      #""source": {"files": ["a"], "columns": {}}"#,
      #""source": {"files": ["a"], "columns": {"east": "a"}}"#,
      #""source": {"files": ["a"], "columns": {"longitude": "a", "latitude": ""}}"#,
    ])
  func wrongTypes(member: String) {
    let found = faults(layer(member))
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.hasPrefix("layer.json:3:") }, "\(found)")
  }

  @Test(
    "a field that says too little or something wrong is refused",
    arguments: [
      #""番号""#, #"{"type": "text"}"#, #"{"name": "番号"}"#, #"{"name": "番号", "type": "varchar"}"#,
      #"{"name": "", "type": "text"}"#, #"{"name": "番号", "type": ""}"#,
      #"{"name": 5, "type": "text"}"#,
      #"{"name": "番号", "type": "text", "pad": 0}"#, #"{"name": "番号", "type": "text", "pad": 65}"#,
      #"{"name": "番号", "type": "text", "codes": ["1"]}"#,
      #"{"name": "番号", "type": "text", "codes": {"1": 1}}"#,
      #"{"name": "番号", "type": "text", "codes": {"1": {"en": "one"}}}"#,
      #"{"name": "番号", "type": "text", "from": 3}"#,
      #"{"name": "番号", "type": "text", "from": ["a", 3]}"#,
      #"{"name": "番号", "type": "text", "audience": "boss"}"#,
      #"{"name": "番号", "type": "text", "unit": 1}"#,
      #"{"name": "番号", "type": "text", "pattern": []}"#,
    ])
  func wrongFields(field: String) {
    let found = faults(layer(key: #""machizu:content""#, fields: field))
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.hasPrefix("layer.json:2:") }, "\(found)")
  }

  @Test(
    "names that the store needs for itself are refused, in any case",
    arguments: ["fid", "FID", "geom", "Geom", "machizu_key", "MACHIZU_x"])
  func reservedNames(name: String) {
    let found = faults(
      layer(key: #""machizu:content""#, fields: "{\"name\": \"\(name)\", \"type\": \"text\"}"))
    #expect(found.count == 1)
    #expect(found.first?.contains("“\(name)”") == true)
    #expect(found.first?.contains("“from”") == true)
  }

  @Test("two fields of one name are refused, also where only the case of a Latin letter differs")
  func duplicateFields() {
    for (one, two, isRefused) in [
      ("番号", "番号", true), ("No", "NO", true), ("番号a", "番号A", true), ("No", "Ｎｏ", false),
    ] {
      let fields =
        "{\"name\": \"\(one)\", \"type\": \"text\"}, {\"name\": \"\(two)\", \"type\": \"text\"}"
      let found = faults(layer(key: "\"\(one)\"", fields: fields))
      #expect(found.isEmpty != isRefused, "\(one) and \(two)")
    }
  }

  @Test("every name that a key uses must be a declared field; the nearest is shown")
  func undeclaredNames() {
    for member in [
      #""label": "名前""#, #""time": {"from": "名前"}"#, #""time": {"from": "番号", "to": "名前"}"#,
      #""time": {"at": "名前"}"#, #""time": {"at": "番号", "precision": "名前"}"#,
      #""relates": {"名前": "wards"}"#,
      #""source": {"files": [{"glob": "*.csv", "set": {"名前": "$1"}}]}"#,
    ] {
      let found = faults(layer(member))
      #expect(found.count == 1, "\(member): \(found)")
      #expect(found.first?.contains("“名前”") == true)
    }
    let key = faults(layer(key: #""番后""#))
    #expect(key.count == 1)
    #expect(key.first?.contains("Did you mean “番号”?") == true)
    #expect(!faults(layer(key: "[]")).isEmpty)
    #expect(!faults(layer(key: #"["番号", "machizu:content"]"#)).isEmpty)
  }

  @Test("all faults are told at once, in one list")
  func allFaults() {
    let found = faults(#"{"titel": "a", "geometry": "points", "audience": "x", "fields": []}"#)
    #expect(found.count == 5)
    for part in ["titel", "“title” is missing", "points", "“key” is missing", "“audience”"] {
      #expect(found.contains { $0.contains(part) }, "\(part)")
    }
    #expect(!faults(layer(geometry: #""""#)).isEmpty)
  }

  @Test("text that is no JSON object is refused with its place, at every length")
  func truncation() {
    let whole = layer(#""source": {"files": ["a.csv", {"glob": "b", "set": {"名称": "$1"}}]}"#)
    #expect(faults(whole).isEmpty)
    let bytes = Array(whole.utf8)
    for length in 0..<bytes.count {
      do {
        _ = try LayerDeclaration(
          parsing: Array(bytes.prefix(length)), id: #require(LayerID("a")), file: "f", folder: "/")
        Issue.record("\(length) bytes of \(bytes.count) were taken")
      } catch {
        #expect(error is WorkspaceError)
      }
    }
    for text in ["[]", "null", "5", #""a""#] { #expect(!faults(text).isEmpty) }
    #expect(faults(#"{"title": "a", "title": "b"}"#).first?.hasPrefix("layer.json:1:16:") == true)
  }
}
