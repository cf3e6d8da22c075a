import Features
import Foundation
import Testing
import Workspace

@Suite("Writing a layer.json")
struct DeclarationWritingTests {
  private static let full = """
    {"title": {"ja": "ごみ", "en": "Waste"}, "group": "環境", "department": "環境課", "audience": "public",
     "geometry": "point",
     "source": {"files": ["a.csv", {"glob": "h*.csv", "crs": "EPSG:2451", "encoding": "CP932",
                  "layer": "層", "set": {"年度": "$1"}}],
                "encoding": "UTF-8", "crs": "EPSG:6677", "headerRow": 2, "delimiter": ";",
                "comment": "#", "columns": {"north": "X", "east": "Y"}},
     "key": ["番号", "枝"], "label": "名称",
     "fields": [{"name": "番号", "type": "text", "pattern": "[0-9]+", "pad": 3},
                {"name": "枝", "type": "text", "from": ["枝番", "枝"]},
                {"name": "名称", "type": "text", "title": {"ja": "名称", "en": "Name"}},
                {"name": "年度", "type": "integer", "unit": "年"},
                {"name": "状態", "type": "text", "codes": {"1": {"ja": "使用中", "en": "in use"}, "3": "廃止"}},
                {"name": "開始", "type": "date", "audience": "staff"},
                {"name": "件数", "type": "integer", "unit": "件",
                 "join": {"layer": "calls", "on": "枝", "aggregate": "count"}},
                {"name": "重さ", "type": "real",
                 "join": {"layer": "calls", "on": "枝", "key": "枝番", "aggregate": "mean", "of": "kg"}},
                {"name": "氏名", "type": "text", "audience": "restricted"}],
     "time": {"from": "開始"}, "relates": {"枝": "branches"}, "public_where": "状態 <> '3'",
     "licence": "CC-BY-4.0", "attribution": "町", "updated": "2026-04-01"}
    """

  @Test("a declaration reads back as the same, with every member and with few")
  func roundTrip() throws {
    let id = try #require(LayerID("waste"))
    for text in [
      Self.full,
      #"{"title": "x", "geometry": "none", "key": "machizu:content", "fields": []}"#,
      #"{"title": "x", "geometry": "any", "key": "a", "fields": [{"name": "a", "type": "text"}], "#
        + #""time": {"at": "a"}, "source": {"files": ["a"], "columns": {"wkt": "w"}}}"#,
    ] {
      let first = try LayerDeclaration(parsing: Array(text.utf8), id: id, file: "f", folder: "d")
      let again = try LayerDeclaration(parsing: first.document, id: id, file: "f", folder: "d")
      #expect(first == again)
    }
  }
}
