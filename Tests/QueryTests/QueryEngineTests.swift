import Features
import Geometry
import LayerStore
import Projection
import Query
import SeededRandom
import Testing

@Suite("Query")
struct QueryEngineTests {
  private let town: Town

  init() throws { town = try SharedTown.get() }

  private var query: FeatureQuery { FeatureQuery(layer: layerID) }

  @Test(
    "without conditions all visible rows come, in the order of keys", arguments: Audience.allCases)
  func everything(audience: Audience) throws {
    #expect(try town.keys(query, audience) == town.visible(audience).map(\.key))
  }

  @Test("a box finds exactly what meets it on the grid", arguments: 0..<60)
  func boxes(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let x = Double.random(in: 138.19...138.41, using: &random)
    let y = Double.random(in: 34.79...34.96, using: &random)
    let size = [0, 0.0004, 0.01, 0.1][seed % 4]
    let box = try #require(Box<Geographic>(minX: x, minY: y, maxX: x + size, maxY: y + size / 2))
    let window = try #require(WorldGrid.box(box))
    var query = query
    query.box = box
    let audience = Audience.allCases[seed % 3]
    let expected = town.visible(audience).filter { entry in
      entry.shape.map { meets($0, window) } ?? false
    }
    #expect(try town.keys(query, audience) == expected.map(\.key))
  }

  @Test("a box of one point finds what lies on it, one outside of the world nothing or all")
  func specialBoxes() throws {
    let entries = town.visible(.staff)
    for entry in entries.prefix(100) {
      guard case .point(let point)? = entry.shape else { continue }
      var query = query
      query.box = Box(minX: point.x, minY: point.y, maxX: point.x, maxY: point.y)
      #expect(try town.keys(query, .staff).contains(entry.key))
    }
    var query = query
    query.box = Box(minX: -1e300, minY: -1e300, maxX: 1e300, maxY: 1e300)
    #expect(try town.keys(query, .staff) == entries.filter { $0.shape != nil }.map(\.key))
    query.box = Box(minX: 0, minY: 86, maxX: 1e9, maxY: 90)
    #expect(try town.keys(query, .staff).isEmpty)
  }

  @Test("what is near comes by its true distance, nearest first", arguments: 0..<30)
  func near(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let place = Point<Geographic>(
      x: .random(in: 138.2...138.4, using: &random), y: .random(in: 34.8...34.95, using: &random))
    let metres = [0, 30, 700, 3000, 50_000, 1e12][seed % 6]
    var query = query
    query.near = FeatureQuery.Near(place: place, metres: metres)
    let geodesic = Geodesic()
    let audience = Audience.allCases[seed % 3]
    let expected = town.visible(audience).enumerated().compactMap { order, entry in
      entry.shape.flatMap { geodesic.distanceMetres(from: place, to: $0) }
        .map { (distance: $0, order: order, key: entry.key) }
    }.filter { $0.distance <= metres }
      .sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }
    #expect(try town.keys(query, audience) == expected.map(\.key))
  }

  @Test(
    "distances that are no distance find nothing and do not trap",
    arguments: [
      Double.nan, -1.0, -Double.infinity,
    ])
  func strangeDistances(metres: Double) throws {
    var query = query
    query.near = FeatureQuery.Near(place: Point(x: 138.3, y: 34.9), metres: metres)
    #expect(try town.keys(query).isEmpty)
    query.near = FeatureQuery.Near(place: Point(x: .nan, y: 34.9), metres: 100)
    #expect(try town.keys(query).isEmpty)
    query.near = FeatureQuery.Near(place: Point(x: 1e300, y: 91), metres: 100)
    #expect(try town.keys(query).isEmpty)
  }

  @Test("conditions find what a plain loop finds")
  func conditions() throws {
    let cases: [(String, (Entry) -> Bool)] = [
      ("人数 >= 10", { $0.people.map { $0 >= 10 } ?? false }),
      ("人数 < 0 OR 高さ = 0.25", { $0.people.map { $0 < 0 } ?? false || $0.height == 0.25 }),
      ("名称 = '東小学校'", { $0.name == "東小学校" }), ("名称 LIKE '%公%'", { $0.name.contains("公") }),
      ("人数 IS NULL", { $0.people == nil }),
      ("NOT (人数 > 3)", { $0.people.map { $0 <= 3 } ?? false }),
      (
        "人数 BETWEEN 2 AND 4 AND 所有者 IN ('所有者1', '所有者2')",
        {
          ($0.people.map { (2...4).contains($0) } ?? false) && ["所有者1", "所有者2"].contains($0.owner)
        }
      ),
      ("設置日 < DATE('1972-01-01')", { $0.built.map { $0.year < 1972 } ?? false }),
      ("1 = 2", { _ in false }),
    ]
    for (condition, twin) in cases {
      var query = query
      query.condition = condition
      #expect(
        try town.keys(query) == town.visible(.restricted).filter(twin).map(\.key), "\(condition)")
    }
  }

  @Test("words are found in any form, all of them and in any column that is seen")
  func words() throws {
    func found(_ text: String, _ audience: Audience = .restricted) throws -> Set<String> {
      var query = query
      query.text = text
      return Set(try town.keys(query, audience))
    }
    func named(_ names: String..., audience: Audience = .restricted) throws -> Set<String> {
      Set(town.visible(audience).filter { names.contains($0.name) }.map(\.key))
    }
    #expect(try found("ポンプ") == named("南ﾎﾟﾝﾌﾟ場", "ポンプ場 第Ⅲ号"))
    #expect(try found("ﾎﾟﾝﾌﾟ　場") == named("南ﾎﾟﾝﾌﾟ場", "ポンプ場 第Ⅲ号"))
    #expect(try found("koban") == named("Ｋｏｂａｎ"))
    #expect(try found("場 南") == named("南ﾎﾟﾝﾌﾟ場"))
    // By what a code means.
    #expect(try found("小学校") == named("東小学校"))
    #expect(try !found("公園").isEmpty)
    #expect(try found("そんなものはない").isEmpty)
    #expect(try found("   ").count == town.entries.count)
    // Two words in two columns.
    let both = town.visible(.restricted).filter { $0.name == "西公園" && $0.owner == "所有者3" }
    #expect(try found("西公園 所有者3") == Set(both.map(\.key)))
    // What is hidden is not searched.
    #expect(try found("所有者3", .staff).isEmpty)
    #expect(try found("所有者3", .public).isEmpty)
    #expect(try found("東小学校", .public) == named("東小学校", audience: .public))
    let many = (0..<100).map { _ in "東" }.joined(separator: " ")
    #expect(try found(many) == named("東小学校"))
  }

  @Test(
    "answers are sorted by any columns; equal ones stay in the order of keys",
    arguments: [
      ["人数"], ["-人数"], ["名称", "-高さ"], ["設置日", "人数"], ["-設置日", "-名称", "高さ"], ["公開", "-人数"],
    ])
  func sorting(names: [String]) throws {
    var query = query
    query.sort = names.map(FeatureQuery.SortKey.init)
    /// Less, equal or more than zero, nothing first.
    func compare<Value: Comparable>(_ a: Value?, _ b: Value?) -> Int {
      guard let a else { return b == nil ? 0 : -1 }
      guard let b else { return 1 }
      return a < b ? -1 : a > b ? 1 : 0
    }
    let expected = town.visible(.staff).enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      for name in names {
        let order =
          switch name.drop(while: { $0 == "-" }) {
          case "人数": compare(a.people, b.people)
          case "高さ": compare(a.height, b.height)
          case "設置日": compare(a.built, b.built)
          case "公開": compare(a.isPublic ? 1 : 0, b.isPublic ? 1 : 0)
          default:
            compare(
              Array(a.name.unicodeScalars.map(\.value)).lexicographic,
              Array(b.name.unicodeScalars.map(\.value)).lexicographic)
          }
        if order != 0 { return name.hasPrefix("-") ? order > 0 : order < 0 }
      }
      return left.offset < right.offset
    }
    #expect(try town.keys(query, .staff) == expected.map(\.element.key))
  }

  @Test("pages put together are the whole answer, at any limit and offset")
  func paging() throws {
    var query = query
    query.sort = [FeatureQuery.SortKey("-人数")]
    let whole = try town.keys(query)
    for limit in [1, 7, 100, 499, 500, 501] {
      var pages: [String] = []
      var offset = 0
      repeat {
        query.limit = limit
        query.offset = offset
        let result = try town.engine(.restricted).run(query)
        #expect(result.matchedCount == whole.count)
        #expect(result.rows.count <= limit)
        pages += result.rows.map { result.view.key(row: $0).text }
        offset += limit
      } while offset < whole.count
      #expect(pages == whole)
    }
    for (limit, offset, count) in [
      (0, 0, 0), (.max, 1, whole.count - 1), (.max, .max, 0), (-5, 0, 0), (.min, .min, 0),
      (3, -7, 3), (10, whole.count - 4, 4), (1, whole.count, 0),
    ] {
      query.limit = limit
      query.offset = offset
      #expect(try town.keys(query).count == count, "limit \(limit), offset \(offset)")
    }
  }

  @Test("conditions are taken together")
  func together() throws {
    let box = try #require(Box<Geographic>(minX: 138.25, minY: 34.83, maxX: 138.35, maxY: 34.9))
    let window = try #require(WorldGrid.box(box))
    var query = query
    query.box = box
    query.condition = "人数 > 2"
    query.text = "公園"
    let near = FeatureQuery.Near(place: Point(x: 138.3, y: 34.87), metres: 4000)
    query.near = near
    let expected = town.visible(.public).filter { entry in
      guard let shape = entry.shape, let people = entry.people else { return false }
      let distance = Geodesic().distanceMetres(from: near.place, to: shape) ?? .infinity
      // Every entry that is no 東小学校 has the code of a park.
      return people > 2 && !entry.name.hasPrefix("東") && meets(shape, window)
        && distance <= near.metres
    }
    #expect(Set(try town.keys(query, .public)) == Set(expected.map(\.key)))
    #expect(!expected.isEmpty)
  }

  @Test("columns are answered as asked; values come with them")
  func columns() throws {
    var query = query
    query.fields = ["人数", "名称", "人数"]
    let result = try town.engine(.public).run(query)
    #expect(result.fields.map(\.name) == ["人数", "名称", "人数"])
    let entries = town.visible(.public)
    for (row, entry) in zip(result.rows, entries) {
      #expect(
        result.values(of: row) == [
          entry.people.map(Attribute.integer) ?? .null, .text(entry.name),
          entry.people.map(Attribute.integer) ?? .null,
        ])
    }
    query.fields = []
    #expect(try town.engine(.public).run(query).columns.isEmpty)
  }

  @Test("what an audience may not see does not exist for it", arguments: ["所有者", "公開"])
  func hiddenColumns(name: String) throws {
    let audience: Audience = name == "所有者" ? .staff : .public
    func expectUnknown(_ change: (inout FeatureQuery) -> Void) throws {
      var query = query
      change(&query)
      var told = ""
      do {
        _ = try town.keys(query, audience)
        Issue.record("a hidden column was used")
      } catch let error as QueryError {
        told = error.description
      }
      // The same words as for a column that nobody has.
      var other = ""
      var same = query
      same.fields = query.fields.map { _ in ["無い列"] }
      same.sort = query.sort.map { _ in FeatureQuery.SortKey("無い列") }
      same.condition = query.condition?.replacing(name, with: "無い列")
      do { _ = try town.keys(same, audience) } catch let error as QueryError {
        other = error.description
      }
      let words = told.replacing(name, with: "無い列")
      #expect(words.split(separator: "\n").first == other.split(separator: "\n").first)
    }
    try expectUnknown { $0.fields = [name] }
    try expectUnknown { $0.sort = [FeatureQuery.SortKey("-" + name)] }
    try expectUnknown { $0.condition = "\(name) = 'x'" }
    #expect(
      try town.keys(
        {
          var query = query
          query.fields = [name]
          return query
        }(), .restricted
      ).count == 500)
  }

  @Test("unknown layers and columns are told with the nearest that is seen")
  func refusals() throws {
    func error(_ query: FeatureQuery, _ audience: Audience = .public) throws -> QueryError? {
      do {
        _ = try town.keys(query, audience)
        return nil
      } catch let error as QueryError {
        return error
      }
    }
    let layer = try error(FeatureQuery(layer: #require(LayerID("place"))))
    #expect(layer?.description == "There is no layer “place”. Did you mean “places”?")
    var query = query
    query.fields = ["名前称"]
    #expect(try error(query)?.description.contains("Did you mean “名称”?") == true)
    query.fields = nil
    query.condition = "人数 >"
    #expect(try error(query)?.description.contains("人数 >") == true)
  }

  @Test("places are given in degrees, nothing for rows without one")
  func places() throws {
    let engine = try town.engine(.restricted)
    let result = try engine.run(query)
    let places = try engine.places(of: result.rows, view: result.view)
    for (place, entry) in zip(places, town.visible(.restricted)) {
      #expect(place == entry.shape)
    }
  }
}

extension [UInt32] {
  /// Code points in an order that the standard library compares.
  fileprivate var lexicographic: CodePoints { CodePoints(values: self) }
}

private struct CodePoints: Comparable {
  let values: [UInt32]

  static func < (left: CodePoints, right: CodePoints) -> Bool {
    left.values.lexicographicallyPrecedes(right.values)
  }
}
