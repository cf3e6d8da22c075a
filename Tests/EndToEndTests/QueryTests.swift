import JSON
import TestSupport
import Testing

@Suite("Queries on the demonstration town")
struct QueryTests {
  private let town: Town
  private var machizu: Machizu { town.machizu }

  init() throws {
    town = try Town.shared()
  }

  @Test(
    "--bbox in degrees finds the points that a plain comparison finds",
    arguments: [
      "140.91,35.30,140.92,35.31", "140.9,35.29,140.905,35.295", "140,35,142,36",
      "139,34,139.5,34.5",
    ])
  func boxOfDegrees(_ box: String) throws {
    let sides = box.split(separator: ",").compactMap { Double($0) }
    let all = try machizu.features(["garbage_points"])
    // Coordinates are written to seven places: whoever stands that close to a side is left out.
    func inside(_ margin: Double) -> Set<String> {
      Set(
        all.filter {
          $0.stands(
            inWest: sides[0] - margin, south: sides[1] - margin, east: sides[2] + margin,
            north: sides[3] + margin)
        }.map(\.id))
    }
    let found = Set(try machizu.features(["garbage_points", "--bbox", box]).map(\.id))
    #expect(inside(-2e-7).isSubset(of: found))
    #expect(found.isSubset(of: inside(2e-7)))
    #expect(try machizu.count(["garbage_points", "--bbox", box]) == found.count)
  }

  @Test(
    "--bbox in the plane system finds the points whose own coordinates lie in it",
    arguments: [
      (98_000.0, -77_500.0, 99_500.0, -76_000.0), (97_000.0, -76_500.0, 101_000.0, -76_000.0),
    ])
  func boxOfMetres(_ west: Double, _ south: Double, _ east: Double, _ north: Double) throws {
    let table = try SourceTable(
      town.source("garbage_points/garbage_points.csv"), encoding: "CP932")
    let refused = Set(try town.report(of: "garbage_points").rejections.map(\.row))
    // X is north and Y is east in the survey's columns.
    let expected = Set(
      table.rows.filter { row in
        guard !refused.contains(row.line), let x = Double(table.value(row, "X座標")),
          let y = Double(table.value(row, "Y座標"))
        else { return false }
        return y >= west && y <= east && x >= south && x <= north
      }.map { table.value($0, "管理番号") })
    #expect(!expected.isEmpty)
    let found = try machizu.features(
      ["garbage_points", "--bbox", "\(west),\(south),\(east),\(north)", "--crs", "EPSG:6677"])
    #expect(Set(found.map(\.id)) == expected)
    for feature in found {
      let vertex = try #require(feature.vertices.first)
      let row = try #require(
        table.rows.first {
          table.value($0, "管理番号") == feature.id && !refused.contains($0.line)
        })
      // Written coordinates are east, north, as the file has them.
      #expect(abs(vertex.x - (Double(table.value(row, "Y座標")) ?? 0)) < 0.002)
      #expect(abs(vertex.y - (Double(table.value(row, "X座標")) ?? 0)) < 0.002)
    }
  }

  @Test("--bbox in the plane system finds areas and lines that pass through it, and none beside it")
  func boxAcrossAreas() throws {
    let plane = ["--crs", "EPSG:6677"]
    let parks = try machizu.features(["parks"] + plane)
    // A rectangle's middle holds none of its vertices.
    let rectangles = parks.filter { $0.vertices.count == 5 }
    try #require(!rectangles.isEmpty)
    for park in rectangles.prefix(5) {
      let middle = park.vertices.prefix(4).reduce(SIMD2(0, 0), +) / 4
      let box = "\(middle.x - 1),\(middle.y - 1),\(middle.x + 1),\(middle.y + 1)"
      #expect(try machizu.features(["parks", "--bbox", box] + plane).map(\.id) == [park.id])
    }
    let sections = try machizu.features(["road_sections"] + plane)
      .filter { $0.geometryType == "LineString" }
    try #require(sections.count > 10)
    for index in stride(from: 0, to: sections.count, by: sections.count / 10) {
      let section = sections[index]
      let middle = (section.vertices[0] + section.vertices[1]) / 2
      let box = "\(middle.x - 0.1),\(middle.y - 0.1),\(middle.x + 0.1),\(middle.y + 0.1)"
      let found = try machizu.features(["road_sections", "--bbox", box] + plane)
      #expect(found.contains { $0.id == section.id })
      for other in found {
        let (xs, ys) = (other.vertices.map(\.x), other.vertices.map(\.y))
        #expect((xs.min() ?? 0) <= middle.x + 0.11 && (xs.max() ?? 0) >= middle.x - 0.11)
        #expect((ys.min() ?? 0) <= middle.y + 0.11 && (ys.max() ?? 0) >= middle.y - 0.11)
      }
    }
  }

  @Test(
    "--near and --within find what lies within the distance on the ellipsoid, nearest first",
    arguments: [(140.92, 35.305, 300.0), (140.91, 35.3, 1_000.0), (140.93, 35.31, 2_500.0)])
  func near(_ longitude: Double, _ latitude: Double, _ within: Double) throws {
    let place = SIMD2(longitude, latitude)
    let all = try machizu.features(["garbage_points"])
    let found = try machizu.features(
      ["garbage_points", "--near", "\(longitude),\(latitude)", "--within", "\(within)"])
    let keys = Set(found.map(\.id))
    var near = 0
    for feature in all {
      let distance = feature.vertices.first.map { metres($0, place) } ?? .infinity
      if distance < within * 0.995 { near += 1 }
      if distance < within * 0.995 { #expect(keys.contains(feature.id)) }
      if distance > within * 1.005 { #expect(!keys.contains(feature.id)) }
    }
    #expect(near > 0)
    let distances = found.compactMap { $0.vertices.first.map { metres($0, place) } }
    // Written coordinates are good to a centimetre.
    for (first, second) in zip(distances, distances.dropFirst()) { #expect(first <= second + 0.03) }
    let line = try machizu.features(
      [
        "road_sections", "--near", "\(longitude),\(latitude)", "--within", "\(within)", "--limit",
        "5",
      ])
    let closest = line.compactMap { section in
      section.vertices.map { metres($0, place) }.min()
    }
    #expect(!closest.isEmpty)
  }

  /// Conditions beside what they mean, row by row.
  private static let conditions: [(String, @Sendable (Feature) -> Bool)] = [
    ("状態 = '1'", { $0["状態"] == "1" }),
    ("状態 <> '1'", { !$0["状態"].isEmpty && $0["状態"] != "1" }),
    ("利用世帯数 > 30", { $0.number("利用世帯数") ?? -1 > 30 }),
    ("利用世帯数 >= 20 AND 利用世帯数 < 25", { 20..<25 ~= $0.number("利用世帯数") ?? -1 }),
    ("利用世帯数 BETWEEN 20 AND 25", { 20...25 ~= $0.number("利用世帯数") ?? -1 }),
    ("設置区分 IN ('1', '4')", { ["1", "4"].contains($0["設置区分"]) }),
    ("NOT (設置区分 IN ('1', '4'))", { !["", "1", "4"].contains($0["設置区分"]) }),
    ("廃止日 IS NULL", { $0["廃止日"].isEmpty }),
    ("廃止日 IS NOT NULL", { !$0["廃止日"].isEmpty }),
    ("名称 LIKE '本町%'", { $0["名称"].hasPrefix("本町") }),
    ("名称 LIKE '%1集積所'", { $0["名称"].hasSuffix("1集積所") }),
    ("管理番号 < '05-000'", { $0["管理番号"].utf8.lexicographicallyPrecedes("05-000".utf8) }),
    ("状態 = '3' OR 利用世帯数 > 45", { $0["状態"] == "3" || $0.number("利用世帯数") ?? -1 > 45 }),
    ("利用世帯数 * 2 > 80", { ($0.number("利用世帯数") ?? 0) * 2 > 80 }),
    ("可燃 = '火・金'", { $0["可燃"] == "火・金" }),
  ]

  @Test("--where means what its words say, nulls included", arguments: conditions.indices)
  func condition(_ index: Int) throws {
    let (text, holds) = Self.conditions[index]
    let all = try machizu.features(["garbage_points"])
    let expected = all.filter(holds).map(\.id)
    #expect(!expected.isEmpty && expected.count < all.count, "\(text)")
    #expect(
      try machizu.features(["garbage_points", "--where", text]).map(\.id) == expected, "\(text)")
    #expect(try machizu.count(["garbage_points", "--where", text]) == expected.count)
  }

  @Test("--where compares dates as dates, however the source wrote them")
  func dates() throws {
    let all = try machizu.features(["garbage_points"])
    // ISO texts sort as their days do.
    let dated = all.filter { $0["設置日"].utf8.count == 10 }
    #expect(dated.count > all.count / 2)
    for (text, holds) in [
      ("設置日 >= DATE('2005-01-01')", { (day: String) in day >= "2005-01-01" }),
      ("設置日 < DATE('1990-06-15')", { (day: String) in day < "1990-06-15" }),
      ("設置日 >= '平成17年1月1日'", { (day: String) in day >= "2005-01-01" }),
    ] {
      let found = Set(try machizu.features(["garbage_points", "--where", text]).map(\.id))
      let expected = Set(dated.filter { holds($0["設置日"]) }.map(\.id))
      #expect(!expected.isEmpty && found.intersection(dated.map(\.id)) == expected, "\(text)")
    }
  }

  @Test(
    "--text finds one word however it is written",
    arguments: [
      (["ごみ", "ゴミ", "ｺﾞﾐ", "ゴミ "], ["W-101", "W-102", "W-103"]),
      (["本町1", "本町１", "本町１丁目"], ["W-104", "W-105"]),
      (["A棟", "ａ棟", "Ａ棟"], ["W-109", "W-110"]), (["㈱若葉", "(株)若葉"], ["W-107"]),
      (["第III", "第Ⅲ"], ["W-111"]), (["ごみ 集積", "集積　ゴミ"], ["W-101"]),
      (["どこにもない"], []), (["W-10"], (101...109).map { "W-\($0)" }),
    ])
  func text(_ spellings: [String], _ expected: [String]) throws {
    let small = try Self.smallTown.get()
    for spelling in spellings {
      let found = try small.machizu.features(["wells", "--text", spelling]).map(\.id)
      #expect(found == expected, "\(spelling)")
    }
  }

  private static let smallTown = Result {
    let town = try SmallTown()
    _ = try town.machizu.importing()
    return town
  }

  @Test("--text on the town finds the rows whose texts or code meanings hold the word")
  func townText() throws {
    let all = try machizu.features(["garbage_points"])
    let expected = all.filter {
      $0.properties.values.contains { $0.string?.contains("本町") == true }
    }
    let found = try machizu.features(["garbage_points", "--text", "本町"])
    #expect(!expected.isEmpty && found.map(\.id) == expected.map(\.id))
    // 閉 is nowhere in the rows; 廃止 is what the code 3 of 状態 means.
    let closed = try machizu.features(["garbage_points", "--where", "状態 = '3'"]).map(\.id)
    let meant = try machizu.features(["garbage_points", "--text", "廃止"]).map(\.id)
    #expect(!closed.isEmpty && Set(closed).isSubset(of: meant))
  }

  @Test("--sort orders by each column in turn, ties in the order of keys")
  func sort() throws {
    let rows = try machizu.features(["garbage_points", "--sort", "状態,-利用世帯数"])
    let expected = try machizu.features(["garbage_points"]).sorted { a, b in
      if a["状態"] != b["状態"] { return a["状態"] < b["状態"] }
      let (x, y) = (a.number("利用世帯数") ?? -1, b.number("利用世帯数") ?? -1)
      if x != y { return x > y }
      return a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
    }
    #expect(rows.map(\.id) == expected.map(\.id))
    let ascending = try machizu.features(["garbage_points", "--sort", "利用世帯数"])
    let numbers = ascending.compactMap { $0.number("利用世帯数") }
    #expect(numbers == numbers.sorted() && Set(numbers).count > 5)
  }

  @Test("pages of --limit and --offset put together are the whole answer")
  func paging() throws {
    let query = ["garbage_points", "--sort", "-利用世帯数", "--where", "状態 = '1'"]
    let whole = try machizu.features(query).map(\.id)
    var pages: [String] = []
    while true {
      let page = try machizu.features(query + ["--limit", "97", "--offset", "\(pages.count)"])
      pages += page.map(\.id)
      if page.count < 97 { break }
    }
    #expect(whole.count > 200 && pages == whole)
    #expect(try machizu.count(query + ["--limit", "5"]) == whole.count)
    #expect(try machizu.features(query + ["--offset", "100000"]).isEmpty)
    #expect(try machizu.features(query + ["--limit", "0"]).isEmpty)
  }

  @Test("all formats tell the same rows and values")
  func formats() throws {
    let query = ["garbage_points", "--where", "状態 = '2' OR 名称 LIKE '%髙%' OR 名称 LIKE '%～%'"]
    let features = try machizu.features(query)
    #expect(features.count > 3)
    let collection = try Feature.collection(
      try machizu.output("query", query + ["--format", "geojson"]))
    #expect(collection.map(\.id) == features.map(\.id))
    #expect(collection.map(\.vertices) == features.map(\.vertices))
    let utf8 = try SourceTable(machizu.output("query", query + ["--format", "csv"]))
    let cp932 = try SourceTable(
      machizu.output("query", query + ["--format", "csv", "--encoding", "CP932"]), encoding: "CP932"
    )
    #expect(utf8.columns == cp932.columns && utf8.rows.map(\.cells) == cp932.rows.map(\.cells))
    #expect(utf8.rows.count == features.count)
    let table = try machizu("query", query).text
    for (row, feature) in zip(utf8.rows, features) {
      for column in utf8.columns { #expect(utf8.value(row, column) == feature[column]) }
      #expect(table.contains(feature["名称"]))
    }
    #expect(Set(utf8.columns) == Set(features[0].properties.keys))
    let chosen = try SourceTable(
      machizu.output("query", query + ["--format", "csv", "--fields", "名称,管理番号"]))
    #expect(chosen.columns == ["名称", "管理番号"])
    #expect(chosen.values("管理番号") == features.map(\.id))
  }

  @Test("a query whose reader goes away ends quietly")
  func brokenPipe() throws {
    let run = try ProgramRun(
      "/bin/sh",
      [
        "-c", "\"$0\" \"$@\" | head -c 100", try Repository.machizu(), "query", "buildings",
        "--format", "ndjson",
      ] + machizu.place)
    #expect(run.status == 0 && run.output.count == 100 && run.errors.isEmpty)
  }
}
