import Features
import Geometry
import LayerStore
import Projection
import Query
import Testing

@Suite("Areas and counts")
struct AreaTests {
  private let town: Town

  init() throws { town = try SharedTown.get() }

  private static let side = "138.2 34.8, 138.3 34.8, 138.3 34.9, 138.2 34.9, 138.2 34.8"

  private func points(_ audience: Audience) -> [(key: String, point: Point<Geographic>)] {
    town.visible(audience).compactMap { entry in
      if case .point(let point)? = entry.shape { (entry.key, point) } else { nil }
    }
  }

  @Test("points in a polygon are those that plain comparison finds", arguments: Audience.allCases)
  func inside(audience: Audience) throws {
    var query = FeatureQuery(layer: layerID)
    query.area = .shape(
      .polygon([
        [
          Point(x: 138.2, y: 34.8), Point(x: 138.3, y: 34.8), Point(x: 138.3, y: 34.9),
          Point(x: 138.2, y: 34.9), Point(x: 138.2, y: 34.8),
        ]
      ]))
    let expected = points(audience).filter {
      (138.2...138.3).contains($0.point.x) && (34.8...34.9).contains($0.point.y)
    }.map(\.key)
    #expect(!expected.isEmpty)
    let known = Set(points(audience).map(\.key))
    #expect(try town.keys(query, audience).filter(known.contains) == expected)
    query.area = nil
    query.condition = "S_WITHIN(geometry, POLYGON((\(Self.side))))"
    #expect(try town.keys(query, audience).filter(known.contains) == expected)
  }

  @Test("S_DISJOINT and S_INTERSECTS part the features that have a place")
  func parts() throws {
    func keys(_ condition: String) throws -> [String] {
      var query = FeatureQuery(layer: layerID)
      query.condition = condition
      return try town.keys(query)
    }
    let meeting = try keys("S_INTERSECTS(geometry, POLYGON((\(Self.side))))")
    let apart = try keys("S_DISJOINT(geometry, POLYGON((\(Self.side))))")
    #expect(!meeting.isEmpty && !apart.isEmpty)
    let placed = town.visible(.restricted).filter { $0.shape != nil }.map(\.key)
    #expect(Set(meeting).union(apart) == Set(placed))
    #expect(Set(meeting).isDisjoint(with: apart))
    #expect(try keys("NOT S_INTERSECTS(geometry, POLYGON((\(Self.side))))") == apart)
  }

  @Test("groups count every visible feature once")
  func groups() throws {
    let groups = try town.engine(.public).groups(FeatureQuery(layer: layerID), by: "種別")
    let visible = town.visible(.public)
    let schools = visible.filter { $0.name.hasPrefix("東") }.count
    #expect(groups.map(\.value.displayText) == ["1", "2"])
    #expect(groups.map(\.count) == [schools, visible.count - schools])
  }

  @Test("a group of a hidden column is refused like one that is not there")
  func hiddenGroup() throws {
    #expect(throws: QueryError.self) {
      try town.engine(.public).groups(FeatureQuery(layer: layerID), by: "所有者")
    }
  }

  @Test("counts per area are what the query inside of each area finds")
  func perArea() throws {
    let engine = try town.engine(.staff)
    let counts = try engine.counts(FeatureQuery(layer: layerID), perAreaOf: layerID)
    #expect(counts.count == town.visible(.staff).filter { $0.shape?.kind == .polygon }.count)
    for area in counts.prefix(20) {
      var query = FeatureQuery(layer: layerID)
      query.area = .feature(layerID, area.key)
      #expect(try engine.run(query).matchedCount == area.count)
      // Every area lies in itself.
      #expect(area.count >= 1)
    }
  }

  @Test("the area of a hidden feature is not there")
  func hiddenArea() throws {
    let hidden = try #require(
      town.entries.first { !$0.isPublic && $0.shape?.kind == .polygon }?.key)
    var query = FeatureQuery(layer: layerID)
    query.area = .feature(layerID, FeatureKey(hidden))
    #expect(throws: QueryError.self) { try town.keys(query, .public) }
    #expect(try !town.keys(query, .staff).isEmpty)
  }

  @Test("ordinates that are no place in the system of the condition are refused where they stand")
  func outside() throws {
    var query = FeatureQuery(layer: layerID)
    query.conditionReference = .wgs84
    query.condition = "S_INTERSECTS(geometry, POINT(95 5))"
    #expect {
      try town.keys(query)
    } throws: { error in
      guard case QueryError.condition(let fault, _) = error else { return false }
      return fault.fault == .outsideSystem(first: 95, second: 5)
    }
  }

  @Test("geometries of a condition may be in another system, in its own axis order")
  func conditionReference() throws {
    var query = FeatureQuery(layer: layerID)
    query.condition = "S_INTERSECTS(geometry, POLYGON((\(Self.side))))"
    let expected = try town.keys(query)
    // EPSG:4326 writes latitude first.
    query.conditionReference = .wgs84
    let turned = Self.side.split(separator: ",").map { pair in
      pair.split(separator: " ").reversed().joined(separator: " ")
    }.joined(separator: ",")
    query.condition = "S_INTERSECTS(geometry, POLYGON((\(turned))))"
    #expect(!expected.isEmpty)
    #expect(try town.keys(query) == expected)
    query.condition = "S_INTERSECTS(geometry, BBOX(34.8, 138.2, 34.9, 138.3))"
    #expect(try town.keys(query) == expected)
    // Mercator's metres are east first.
    query.conditionReference = .webMercator
    let reprojection = try Reprojection(from: .geographic, to: .webMercator)
    func metres(_ x: Double, _ y: Double) throws -> String {
      let place: Point<Native> = try #require(
        reprojection.forward(Point<Geographic>(x: x, y: y), as: Native.self))
      return "\(place.x),\(place.y)"
    }
    query.condition =
      "S_INTERSECTS(geometry, BBOX(\(try metres(138.2, 34.8)), \(try metres(138.3, 34.9))))"
    #expect(try town.keys(query) == expected)
  }

  @Test(
    "a period is a date, a timestamp or a span with an end",
    arguments: [
      ("2023-04-01", true), ("2023-04-01T00:00:00Z", true), ("2023-04-01/2023-05-01", true),
      ("../2023-04-01", true), ("2023-04-01/", true), ("/2023-04-01", true),
      ("2023-01-01T00:00:00+09:00/..", true), ("", false), ("..", false), ("../..", false),
      ("/", false), ("a/b", false), ("2023-04-01/2023-05-01/x", false), ("'2023'", false),
      (String(repeating: "1", count: 41), false),
    ])
  func periods(text: String, isPeriod: Bool) {
    #expect((FeatureQuery.Period(text) != nil) == isPeriod)
  }

  @Test("a layer without time cannot be asked as of a day")
  func timeless() throws {
    var query = FeatureQuery(layer: layerID)
    query.asOf = CalendarDay(year: 2023, month: 4, day: 1)
    #expect(throws: QueryError.self) { try town.keys(query) }
    query.asOf = nil
    query.period = FeatureQuery.Period("2023-04-01/..")
    #expect(throws: QueryError.self) { try town.keys(query) }
  }
}
