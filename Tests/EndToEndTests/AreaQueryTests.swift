import JSON
import TestSupport
import Testing

@Suite("Questions of areas, days and counts on the demonstration town")
struct AreaQueryTests {
  private let town: Town
  private var machizu: Machizu { town.machizu }

  init() throws {
    town = try Town.shared()
  }

  /// Whether a place lies in a ring, by the crossings of a ray to the east.
  private func holds(_ ring: [SIMD2<Double>], _ place: SIMD2<Double>) -> Bool {
    var isInside = false
    for (a, b) in zip(ring, ring.dropFirst()) where (a.y > place.y) != (b.y > place.y) {
      if place.x < a.x + (place.y - a.y) / (b.y - a.y) * (b.x - a.x) { isInside.toggle() }
    }
    return isInside
  }

  /// What one JSON row of counts says.
  private func counts(_ query: [String], _ name: String) throws -> [String: Int] {
    let rows = try machizu.json("query", query).array ?? []
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        (row[name]?.string ?? "", Int(row["count"]?.int64 ?? -1))
      })
  }

  @Test("--inside finds what a plain test of each point finds, and --per-area counts the same")
  func inside() throws {
    let districts = try machizu.features(["districts"]).filter { district in
      // One ring: its first vertex comes again at the end and nowhere else.
      district.vertices.first.map { district.vertices.dropFirst().firstIndex(of: $0) }
        == district.vertices.count - 1
    }
    let points = try machizu.features(["garbage_points"]).filter { !$0.vertices.isEmpty }
    let perArea = try counts(["garbage_points", "--per-area", "districts"], "key")
    #expect(perArea.count == (try machizu.count(["districts"])))
    try #require(districts.count > 8)
    var found = 0
    for district in districts.prefix(8) {
      let keys = try machizu.features(["garbage_points", "--inside", "districts:\(district.id)"])
        .map(\.id)
      let expected = points.filter { holds(district.vertices, $0.vertices[0]) }.map(\.id)
      #expect(keys == expected, "\(district.id)")
      #expect(perArea[district.id] == keys.count, "\(district.id)")
      found += keys.count
    }
    #expect(found > 50)
  }

  @Test("--polygon of a WKT or GeoJSON file, S_INTERSECTS and --bbox agree on one box")
  func polygon() throws {
    let folder = try TemporaryFolder("polygon")
    let ring = "140.91 35.3,140.92 35.3,140.92 35.31,140.91 35.31,140.91 35.3"
    let pairs = ring.split(separator: ",").map {
      "[" + $0.split(separator: " ").joined(separator: ",") + "]"
    }
    let wkt = try folder.write("box.wkt", "POLYGON((\(ring)))")
    let json = try folder.write(
      "box.geojson",
      "{\"type\":\"Polygon\",\"coordinates\":[[\(pairs.joined(separator: ","))]]}")
    // The same corners, said to be in a system of its own, and in one that nobody knows.
    let stated = try folder.write(
      "stated.geojson",
      "{\"type\":\"Polygon\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        + "\"urn:ogc:def:crs:EPSG::6668\"}},\"coordinates\":[[\(pairs.joined(separator: ","))]]}")
    let unknown = try folder.write(
      "unknown.geojson",
      "{\"type\":\"Polygon\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        + "\"urn:local:plan\"}},\"coordinates\":[[\(pairs.joined(separator: ","))]]}")
    let refused = try machizu("query", ["garbage_points", "--count", "--polygon", unknown])
    #expect(refused.status == 2 && refused.errors.contains("urn:local:plan"), "\(refused.errors)")
    let box = ["--bbox", "140.91,35.3,140.92,35.31"]
    let expected = try machizu.features(["garbage_points"] + box).map(\.id)
    #expect(expected.count > 10)
    for query in [
      ["--polygon", wkt], ["--polygon", json], ["--polygon", stated],
      ["--polygon", stated, "--crs", "EPSG:6677"],
      ["--where", "S_INTERSECTS(geometry, POLYGON((\(ring))))"],
      ["--where", "S_WITHIN(geometry, BBOX(140.91,35.3,140.92,35.31))"],
      ["--where", "NOT S_DISJOINT(geometry, BBOX(140.91,35.3,140.92,35.31))"],
    ] {
      #expect(try machizu.features(["garbage_points"] + query).map(\.id) == expected, "\(query)")
      #expect(try machizu.count(["garbage_points"] + query) == expected.count, "\(query)")
    }
  }

  @Test("--as-of finds the entries whose days hold the day")
  func asOf() throws {
    let dated = try machizu.features(["garbage_points"]).filter { $0["設置日"].utf8.count == 10 }
    for day in ["1985-06-15", "2000-01-01", "2020-04-01"] {
      let expected = Set(
        dated.filter {
          $0["設置日"] <= day && ($0["廃止日"].isEmpty || $0["廃止日"] >= day)
        }.map(\.id))
      let found = Set(
        try machizu.features(["garbage_points", "--as-of", day]).map(\.id))
      #expect(!expected.isEmpty && found.intersection(dated.map(\.id)) == expected, "\(day)")
    }
    #expect(
      try machizu.features(["garbage_points", "--as-of", "H12.1.1"]).map(\.id)
        == machizu.features(["garbage_points", "--as-of", "2000-01-01"]).map(\.id))
  }

  @Test("--group-by counts each value once, under every other condition")
  func groups() throws {
    for query in [[], ["--where", "利用世帯数 > 20"], ["--bbox", "140.91,35.3,140.92,35.31"]] {
      let rows = try machizu.features(["garbage_points"] + query)
      let expected = Dictionary(grouping: rows) { $0["形態"] }.mapValues(\.count)
      #expect(expected.count > 2)
      #expect(try counts(["garbage_points", "--group-by", "形態"] + query, "value") == expected)
    }
  }

  @Test(
    "a wrong question is refused in one sentence that names what is wrong",
    arguments: [
      (["--inside", "districts"], "LAYER:KEY"), (["--inside", "districts:9"], "9"),
      (["--inside", "nowhere:1"], "nowhere"), (["--polygon", "/nowhere.wkt"], "/nowhere.wkt"),
      (["--inside", "districts:0001001", "--polygon", "x"], "exclude"),
      (["--as-of", "いつか"], "いつか"), (["--as-of", "2023-02-30"], "2023-02-30"),
      (["--group-by", "形"], "形"), (["--per-area", "nowhere"], "nowhere"),
      (["--per-area", "districts", "--group-by", "形態"], "exclude"),
      (["--per-area", "curve_mirrors"], "curve_mirrors holds no areas"),
    ])
  func refusals(_ words: [String], _ named: String) throws {
    let run = try machizu("query", ["garbage_points", "--count"] + words)
    #expect(run.status != 0 && run.output.isEmpty)
    #expect(run.errors.contains(named), "\(run.errors)")
  }

  @Test("a wrong condition is shown with a caret under the place")
  func caret() throws {
    let text = "S_INTERSECTS(geometry, POINT(1))"
    let run = try machizu("query", ["garbage_points", "--where", text])
    #expect(run.status != 0 && run.output.isEmpty)
    let lines = run.errors.split(separator: "\n").map(String.init)
    #expect(lines.suffix(2) == [text, String(repeating: " ", count: 30) + "^"])
  }

  @Test("items take a filter in CQL2 text, keep it in their links, and refuse a wrong one with 400")
  func filteredItems() throws {
    let http = town.public.http
    let items = "/ogc/collections/garbage_points/items"
    for text in [
      "状態 = '1' AND 管理番号 LIKE '01%'", "S_INTERSECTS(geometry, BBOX(140.91,35.3,140.92,35.31))",
    ] {
      let asked = try machizu.features(
        ["garbage_points", "--audience", "public", "--where", text])
      let filter = "filter=\(text.percentEncoded)&filter-lang=cql2-text"
      let all = try Feature.collection(http.get("\(items)?limit=1000&\(filter)").body)
      #expect(asked.count > 6 && all.map(\.id) == asked.map(\.id), "\(text)")
      var path: String? = "\(items)?limit=5&\(filter)"
      var ids: [String] = []
      for _ in 0..<3 {
        let page = try JSONParser.parse(try http.get(try #require(path)).body)
        ids += (page["features"]?.array ?? []).compactMap { $0["id"]?.string }
        path = page["links"]?.array?.first { $0["rel"]?.string == "next" }?["href"]?.string
        if path == nil { break }
      }
      #expect(ids == asked.prefix(15).map(\.id), "\(text)")
    }
    for wrong in ["状態 = ", "形態 = '4'", "S_INTERSECTS(geometry, POINT(1))", ""] {
      let answer = try http.get("\(items)?filter=\(wrong.percentEncoded)")
      #expect(answer.status == 400 && answer.text.contains("filter"), "\(wrong): \(answer.text)")
    }
    let language = try http.get("\(items)?filter=TRUE&filter-lang=cql2-json")
    #expect(language.status == 400 && language.text.contains("filter-lang"))
  }

  @Test("a limit above the greatest page is served as the greatest page")
  func clampedLimit() throws {
    let answer = try town.public.http.get("/ogc/collections/garbage_points/items?limit=2000000")
    #expect(answer.status == 200)
    let page = try JSONParser.parse(answer.body)
    let all = try machizu.count(["garbage_points", "--audience", "public"])
    #expect(page["numberReturned"]?.int64 == Int64(all))
  }
}
