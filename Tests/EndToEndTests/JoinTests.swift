import Foundation
import JSON
import SeededRandom
import TestSupport
import Testing

/// A workspace of blocks that are coloured by the cases inside them, for tests that change both.
private struct BlockTown {
  struct Case {
    var number: String
    /// Nil and codes of no block are there too.
    var block: String?
    var size: Int?
    var depth: Double?
    var isPublic = true
  }

  private let folder: TemporaryFolder
  let machizu: Machizu
  let blocks: [String]
  var cases: [Case]

  static let joins = """
    {"name": "件数", "type": "integer", "join": {"layer": "cases", "on": "符号", "key": "区", "aggregate": "count"}},
    {"name": "全件数", "type": "integer", "audience": "staff",
     "join": {"layer": "cases", "on": "符号", "key": "区", "aggregate": "count"}},
    {"name": "規模計", "type": "integer",
     "join": {"layer": "cases", "on": "符号", "key": "区", "aggregate": "sum", "of": "規模"}},
    {"name": "深さ平均", "type": "real",
     "join": {"layer": "cases", "on": "符号", "key": "区", "aggregate": "mean", "of": "深さ"}},
    {"name": "最小", "type": "integer",
     "join": {"layer": "cases", "on": "符号", "key": "区", "aggregate": "min", "of": "規模"}},
    {"name": "最大", "type": "real",
     "join": {"layer": "cases", "on": "符号", "key": "区", "aggregate": "max", "of": "深さ"}}
    """

  init(seed: Int, cases count: Int = 200) throws {
    folder = try TemporaryFolder("joins")
    machizu = Machizu(workspace: folder.path)
    var random = SeededGenerator(seed: seed)
    // The fifth is written as a number of the other ledger is, the last has no case.
    blocks = ["001", "002", "が1", "が1", "5", "999"]
    let codes = Array(blocks.dropLast()) + ["404"]
    cases = (0..<count).map { index in
      Case(
        number: "C-\(1000 + index)", block: codes.randomElement(using: &random),
        size: Int.random(in: 0..<5, using: &random) == 0
          ? nil : Int.random(in: -20...90, using: &random),
        depth: Int.random(in: 0..<5, using: &random) == 0
          ? nil : Double.random(in: 0...3, using: &random),
        isPublic: Bool.random(using: &random))
    }
    cases[3].block = nil
    try folder.write(
      "machizu.json", #"{"town": {"name": {"ja": "小町", "en": "Small"}}, "fonts": ["IPAexGothic"]}"#)
    try declareBlocks(Self.joins)
    try declareCases()
    try folder.write(
      "Styles/counts.json",
      """
      {"version": 8, "name": "counts", "sources": {"machizu": {"type": "vector"}},
       "metadata": {"machizu:tile-size": 256, "machizu:minzoom": 10, "machizu:maxzoom": 18},
       "layers": [{"id": "blocks", "type": "fill", "source": "machizu", "source-layer": "blocks",
         "metadata": {"machizu:legend": {"title": "件数", "steps": "fill-color", "unit": "件"}},
         "paint": {"fill-color": ["step", ["get", "件数"], "#ffffcc", 10, "#fd8d3c", 20, "#bd0026"]}},
        {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "blocks",
         "layout": {"text-field": ["concat", ["get", "符号"], " ", ["to-string", ["get", "規模計"]]],
                    "text-font": ["IPAexGothic"], "text-size": 11}}]}
      """)
    var text = ""
    for (index, block) in blocks.enumerated() {
      let west = 140.91 + Double(index) * 0.004
      text +=
        #"{"type": "Feature", "properties": {"番号": "B\#(index)", "符号": "\#(block)"}, "geometry": "#
      text += #"{"type": "Polygon", "coordinates": [[[\#(west), 35.3], [\#(west + 0.0035), 35.3], "#
      text += "[\(west + 0.0035), 35.303], [\(west), 35.303], [\(west), 35.3]]]}}\n"
    }
    try folder.write("Layers/blocks/blocks.ndjson", text)
    try write()
  }

  func declareBlocks(_ fields: String) throws {
    try folder.write(
      "Layers/blocks/layer.json",
      """
      {"title": "街区", "audience": "public", "geometry": "polygon",
       "source": {"files": ["blocks.ndjson"]}, "key": "番号",
       "fields": [{"name": "番号", "type": "text"}, {"name": "符号", "type": "text"}, \(fields)]}
      """)
  }

  func declareCases(publicWhere: String = "開示 = '1'", sizeAudience: String = "public") throws {
    try folder.write(
      "Layers/cases/layer.json",
      """
      {"title": "事案", "audience": "public", "geometry": "none",
       "source": {"files": ["cases.csv"], "encoding": "UTF-8"}, "key": "番号",
       "fields": [{"name": "番号", "type": "text"}, {"name": "区", "type": "text"},
         {"name": "規模", "type": "integer", "audience": "\(sizeAudience)"},
         {"name": "深さ", "type": "real"}, {"name": "開示", "type": "text", "audience": "staff"}],
       "public_where": "\(publicWhere)"}
      """)
  }

  /// Writes the cases as they are now.
  func write() throws {
    var text = "番号,区,規模,深さ,開示\n"
    for row in cases {
      text += "\(row.number),\(row.block ?? ""),\(row.size.map(String.init) ?? ""),"
      text += "\(row.depth.map { "\($0)" } ?? ""),\(row.isPublic ? 1 : 0)\n"
    }
    try folder.write("Layers/cases/cases.csv", text)
  }

  func path(_ name: String) -> String { folder.path + "/" + name }

  func revisions() throws -> [String: Int64] {
    let layers = try machizu.json("layers", ["--audience", "restricted"]).array ?? []
    return Dictionary(
      uniqueKeysWithValues: layers.map { ($0["id"]?.string ?? "", $0["revision"]?.int64 ?? 0) })
  }

  /// The blocks' columns as an audience gets them, by key.
  func columns(_ audience: String) throws -> [String: [String: JSONValue]] {
    let features = try machizu.features(["blocks", "--audience", audience])
    return Dictionary(uniqueKeysWithValues: features.map { ($0["番号"], $0.properties) })
  }

  /// Compares every joined column with a plain loop over the cases.
  func expectTrue(_ sourceLocation: SourceLocation = #_sourceLocation) throws {
    let seen = try columns("staff")
    #expect(seen.count == blocks.count, sourceLocation: sourceLocation)
    for (index, block) in blocks.enumerated() {
      let row = try #require(seen["B\(index)"])
      var all = 0
      var open = 0
      var sizes: [Int] = []
      var depths: [Double] = []
      for one in cases where one.block.map({ Array($0.utf8) == Array(block.utf8) }) ?? false {
        all += 1
        guard one.isPublic else { continue }
        open += 1
        if let size = one.size { sizes.append(size) }
        if let depth = one.depth { depths.append(depth) }
      }
      #expect(row["件数"]?.int64 == Int64(open), "\(block)", sourceLocation: sourceLocation)
      #expect(row["全件数"]?.int64 == Int64(all), "\(block)", sourceLocation: sourceLocation)
      #expect(
        row["規模計"]?.int64 == Int64(sizes.reduce(0, +)), "\(block)", sourceLocation: sourceLocation)
      #expect(
        row["最小"]?.int64 == sizes.min().map(Int64.init), "\(block)", sourceLocation: sourceLocation)
      #expect(row["最大"]?.number?.double == depths.max(), "\(block)", sourceLocation: sourceLocation)
      let mean = depths.isEmpty ? nil : depths.reduce(0, +) / Double(depths.count)
      let found = row["深さ平均"]?.number?.double
      #expect((found == nil) == (mean == nil), "\(block)", sourceLocation: sourceLocation)
      if let found, let mean {
        #expect(abs(found - mean) < 1e-9, "\(block)", sourceLocation: sourceLocation)
      }
    }
  }
}

@Suite("Columns that are worked out of another layer's rows")
struct JoinTests {
  @Test(
    "hold what a plain loop finds, after imports of either layer in any order", arguments: 1...3)
  func twin(seed: Int) throws {
    var town = try BlockTown(seed: seed)
    // Before the other layer is there nothing is known of it.
    _ = try town.machizu.importing(["blocks"])
    #expect(try town.columns("staff").values.allSatisfy { $0["全件数"]?.int64 == nil })
    _ = try town.machizu.importing(["cases"])
    try town.expectTrue()
    let first = try town.revisions()
    #expect(first["blocks"] == first["cases"])
    _ = try town.machizu.importing()
    #expect(try town.revisions() == first, "an import of the same makes no commit")

    var random = SeededGenerator(seed: seed + 100)
    for _ in 0..<3 {
      for _ in 0..<20 {
        let index = Int.random(in: 0..<town.cases.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: town.cases.remove(at: index)
        case 1: town.cases[index].block = town.blocks.randomElement(using: &random)
        case 2: town.cases[index].isPublic.toggle()
        default: town.cases[index].size = Int.random(in: -500...500, using: &random)
        }
      }
      try town.write()
      _ = try town.machizu.importing(["cases", "--allow-removal", "100%"])
      try town.expectTrue()
    }
    let history = try town.machizu("history", ["blocks", "B0", "--audience", "restricted"])
    #expect(history.text.contains("cases.csv"), "\(history.text)")
  }

  @Test("change no layer that the changed rows do not reach")
  func unreached() throws {
    var town = try BlockTown(seed: 7)
    _ = try town.machizu.importing()
    let before = try town.revisions()
    town.cases[0].block = "404"
    town.cases.append(BlockTown.Case(number: "C-1", block: "404", size: 1, depth: 1))
    try town.write()
    _ = try town.machizu.importing(["cases"])
    let between = try town.revisions()
    #expect(between["cases"] != before["cases"])
    town.cases[town.cases.count - 1].size = 2
    try town.write()
    _ = try town.machizu.importing(["cases"])
    let after = try town.revisions()
    #expect(after["cases"] != between["cases"] && after["blocks"] == between["blocks"])
    try town.expectTrue()
  }

  @Test("are as secret as the rows and columns that they are worked out of")
  func secrecy() throws {
    let town = try BlockTown(seed: 11)
    try town.declareCases(sizeAudience: "restricted")
    _ = try town.machizu.importing()
    for row in try town.columns("public").values {
      #expect(row["件数"] != nil && row["深さ平均"] != nil)
      for name in ["全件数", "規模計", "最小"] { #expect(row[name] == nil, "\(name)") }
    }
    for row in try town.columns("staff").values {
      #expect(row["全件数"] != nil && row["規模計"] == nil && row["最小"] == nil)
    }
    #expect(try town.columns("restricted").values.allSatisfy { $0["最小"] != nil })
    for words in [["--where", "規模計 > 0"], ["--sort", "全件数"], ["--fields", "規模計"]] {
      let run = try town.machizu("query", ["blocks", "--audience", "public"] + words)
      #expect(run.status == 2, "\(words): \(run.errors)")
    }
    // The legend of a statistic that is not seen has no classes; that of one that is has all.
    func classes() throws -> Int {
      try town.machizu.json("legend", ["counts", "--audience", "public"])["legend"]?.array?.first?[
        "items"]?.array?.count ?? 0
    }
    #expect(try classes() == 3)
    try town.declareBlocks(
      BlockTown.joins.replacing(
        #""name": "件数", "#, with: #""name": "件数", "audience": "staff", "#))
    #expect(try classes() == 0)
  }

  @Test("are for nobody while they are worked out otherwise than is declared")
  func stale() throws {
    let town = try BlockTown(seed: 13)
    _ = try town.machizu.importing()
    // Fewer rows are public from now on: the old count would tell of the others.
    try town.declareCases(publicWhere: "開示 = '1' AND 規模 > 10")
    #expect(try town.columns("public").values.allSatisfy { $0["件数"] == nil })
    #expect(try town.columns("staff").values.allSatisfy { $0["件数"] == nil && $0["全件数"] != nil })
    let told = try town.machizu("check")
    #expect(told.status == 0 && told.errors.contains("machizu import blocks"), "\(told.errors)")
    _ = try town.machizu.importing(["cases"])
    #expect(try !town.machizu("check").errors.contains("joined"))
    for (key, row) in try town.columns("public") {
      let index = try #require(Int(key.dropFirst()))
      let expected = town.cases.count { one in
        one.isPublic && (one.size ?? 0) > 10
          && one.block.map { Array($0.utf8) == Array(town.blocks[index].utf8) } ?? false
      }
      #expect(row["件数"]?.int64 == Int64(expected))
    }
  }

  @Test("reach pictures, archives and a running server with the import of the other layer")
  func pictures() throws {
    var town = try BlockTown(seed: 17)
    _ = try town.machizu.importing()
    let options = ["counts", "--zoom", "12-16", "--bbox", "140.905,35.295,140.94,35.31"]
    _ = try town.machizu.output("render", options + ["-o", town.path("a.pmtiles")])
    let server = try town.machizu.serving()
    let tile = "/tiles/counts/14/14605/6472.png"
    let before = try server.http.get(tile)
    #expect(before.status == 200)

    for index in town.cases.indices where index % 2 == 0 { town.cases[index].block = "999" }
    try town.write()
    _ = try town.machizu.importing(["cases"])
    try town.expectTrue()
    _ = try town.machizu.output("render", options + ["--update", "-o", town.path("a.pmtiles")])
    _ = try town.machizu.output("render", options + ["-o", town.path("b.pmtiles")])
    #expect(try archiveState(town.path("a.pmtiles")) == archiveState(town.path("b.pmtiles")))
    usleep(60_000)
    let after = try server.http.get(tile)
    #expect(after.status == 200 && after.body != before.body)
    _ = try town.machizu.output(
      "render",
      ["counts", "--audience", "public", "--tile", "14/14605/6472", "-o", town.path("t.png")])
    #expect(try TestFile.read(town.path("t.png")) == after.body)
  }
}
