import Features
import Foundation
import Geometry
import Import
import LayerStore
import Projection
import Testing
import Workspace

@Suite("What an import tells of rows that no single value gives away")
struct DoctorTests {
  private let fields = #"{"name": "番号", "type": "text"}, {"name": "名称", "type": "text"}"#
  /// Of the repository's tests; the grid files are no part of it.
  private static let grids = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data/grids").path
  private static let hasGrids = FileManager.default.fileExists(atPath: grids + "/TKY2JGD.tif")

  /// A town around 138.30–138.36 E, 34.84–34.90 N.
  private func townWithBoundary(grids: String? = nil) throws -> Town {
    let town = try Town()
    let folder = grids.map { ", \"grids\": \"\($0)\"" } ?? ""
    try town.write(
      "machizu.json", #"{"town": {"name": "町"}, "boundary": "town""# + folder + "}")
    try town.write(
      "Layers/town/layer.json",
      #"""
      {"title": "町", "geometry": "polygon", "key": "番号", "fields": [{"name": "番号", "type": "text"}],
       "source": {"files": ["town.geojson"]}}
      """#)
    try town.write(
      "Layers/town/town.geojson",
      #"""
      {"type": "Feature", "properties": {"番号": "1"}, "geometry": {"type": "Polygon", "coordinates":
       [[[138.30, 34.84], [138.36, 34.84], [138.36, 34.90], [138.30, 34.90], [138.30, 34.84]]]}}
      """#)
    return town
  }

  @Test("exchanged axes are proposed, places far away told, and the coordinates kept as they are")
  func places() throws {
    let town = try townWithBoundary()
    try town.declare(
      geometry: "point",
      source: #"""
        {"files": ["a.csv"], "crs": "EPSG:6676", "columns": {"north": "X", "east": "Y"}}
        """#, fields: fields)
    try town.source(
      "a.csv", "番号,名称,X,Y\n1,あ,-125000,-16500\n2,い,-16500,-125000\n3,う,-50000,90000\n")
    let report = try town.bring()
    #expect(report.added == 3 && report.placed == 3)
    let notes = report.rows.map { ($0.row, $0.reason.text(in: .english)) }
    #expect(notes.map(\.0) == [3, 4])
    #expect(notes[0].1.contains("north and east exchanged"))
    #expect(notes[1].1.contains("far outside"))
    #expect(try town.rows()[1].shape == .point(.init(x: -125_000, y: -16_500)))
  }

  @Test("a character that no font can draw is told by row, and kept")
  func missingGlyphs() throws {
    let town = try townWithBoundary()
    try town.declare(source: #"{"files": ["a.csv"]}"#, fields: fields)
    try town.source("a.csv", "番号,名称\n1,𠮷野\n2,吉野\n3,𠮷\u{E05A}\n")
    let workspace = try town.workspace()
    let declaration = try #require(workspace[layer: points])
    var asked: [String] = []
    let report = try LayerImport(
      declaration, in: workspace, options: ImportOptions(time: "2026-04-01T09:00:00+09:00"),
      missingCharacters: { text in
        asked.append(text)
        return text.unicodeScalars.filter { $0 == "𠮷" }
      }
    ).run(into: town.store())
    let told = report.rows.filter { $0.reason.text(in: .english).contains("U+20BB7") }
    #expect(told.map(\.row) == [2, 4])
    #expect(told.allSatisfy { $0.column == "名称" && $0.kind == .note })
    #expect(try town.texts().map { $0["名称"] } == ["𠮷野", "吉野", "𠮷\u{E05A}"])
    // What can be drawn is asked once, and private-use characters are told otherwise.
    #expect(asked.filter { $0 == "野" }.count <= 1)
    #expect(!asked.contains("\u{E05A}"))
  }

  @Test("names of entries that are not there, private-use characters and missing names are told")
  func values() throws {
    let town = try townWithBoundary()
    try town.declare(
      source: #"{"files": ["a.csv"]}"#,
      fields: fields + #", {"name": "町番号", "type": "text"}"#,
      members: #""label": "名称", "relates": {"町番号": "town"}"#)
    let rows = (1...12).map { number in
      switch number {
      case 2: "2,,1"
      case 3: "3,外\u{E05A},1"
      case 4: "4,え,9"
      case 5: "5,お,"
      default: "\(number),名,1"
      }
    }
    try town.source("a.csv", "番号,名称,町番号\n" + rows.joined(separator: "\n") + "\n")
    // Nothing is said of entries of a layer that is not imported.
    #expect(try town.bring { $0.isDryRun = true }.rows.map(\.column) == ["名称", "名称"])
    let workspace = try town.workspace()
    #expect(workspace.layersInImportOrder.map(\.id.text) == ["town", "points"])
    let boundary = try #require(workspace.layersInImportOrder.first)
    let time = ImportOptions(time: "2026-04-01T09:00:00+09:00")
    _ = try LayerImport(boundary, in: workspace, options: time).run(into: town.store())
    let found = try town.bring().rows.sorted { $0.row < $1.row }
    #expect(found.map(\.row) == [3, 4, 5])
    #expect(found.map(\.column) == ["名称", "名称", "町番号"])
    #expect(found[1].reason.text(in: .english).contains("U+E05A"))
    #expect(found[2].reason.text(in: .japanese).contains("「9」はtownにありません"))
  }

  @Test("a column of names that most rows leave empty is not told row by row")
  func emptyNames() throws {
    let town = try Town()
    try town.declare(fields: fields, members: #""label": "名称""#)
    try town.source("a.csv", "番号,名称\n1,\n2,\n3,川\n")
    #expect(try town.bring().rows.isEmpty)
  }

  @Test("the reference system of most rows, not of most files, is the layer's")
  func commonest() throws {
    let town = try Town()
    try town.declare(
      geometry: "point",
      source: #"""
        {"files": [{"glob": "old*.csv", "crs": "EPSG:2450"}, {"glob": "new.csv", "crs": "EPSG:6676"}],
         "columns": {"north": "X", "east": "Y"}}
        """#, fields: fields)
    for file in ["old1", "old2"] {
      try town.source("\(file).csv", "番号,名称,X,Y\n\(file),a,-125000,-16500\n")
    }
    let rows = (1...3).map { "n\($0),b,-125000,-1650\($0)\n" }.joined()
    try town.source("new.csv", "番号,名称,X,Y\n" + rows)
    _ = try town.bring()
    #expect(try town.layer()?.reference == ReferenceSystem(epsg: 6676))
  }

  @Test("the Tokyo datum without a grid file is told with what it may be off")
  func tokyoWithoutGrid() throws {
    let words = try tokyoWarnings(grids: nil)
    #expect(words.count == 1)
    #expect(words[0].contains("without a grid file") && words[0].contains("10 m"))
  }

  @Test("the Tokyo datum goes through the operator's grid file", .enabled(if: hasGrids))
  func tokyoWithGrid() throws {
    let words = try tokyoWarnings(grids: Self.grids)
    #expect(words.count == 1 && words[0].contains("converted by the grid file TKY2JGD.tif"))
  }

  private func tokyoWarnings(grids: String?) throws -> [String] {
    let town = try townWithBoundary(grids: grids)
    try town.declare(
      geometry: "point",
      source: #"""
        {"files": [{"glob": "old.csv", "crs": "EPSG:30168"}, {"glob": "new.csv", "crs": "EPSG:6676"}],
         "columns": {"north": "X", "east": "Y"}}
        """#, fields: fields)
    try town.source("old.csv", "番号,名称,X,Y\n1,a,-125000,-16500\n")
    try town.source("new.csv", "番号,名称,X,Y\n2,a,-125000,-16500\n3,a,-125000,-16600\n")
    let report = try town.bring()
    #expect(report.placed == 3)
    return report.files.flatMap(\.warnings).map { $0.text(in: .english) }
  }
}
