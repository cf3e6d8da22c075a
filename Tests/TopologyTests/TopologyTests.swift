import Geometry
import Testing
import Topology

private func square(_ x: Double, _ y: Double, _ side: Double) -> Shape<Native> {
  .polygon([
    [
      Point(x: x, y: y), Point(x: x + side, y: y), Point(x: x + side, y: y + side),
      Point(x: x, y: y + side), Point(x: x, y: y),
    ]
  ])
}

@Suite struct TopologyTests {
  let topology: Topology

  init() throws { topology = try Topology() }

  @Test(arguments: [
    (Relation.intersects, true, true), (.within, true, false), (.contains, false, false),
    (.disjoint, false, false), (.touches, false, true), (.crosses, false, false),
    (.overlaps, false, false), (.equals, false, false),
  ])
  func `The relation is asked of the feature: a point inside and one on the corner`(
    _ relation: Relation, _ inside: Bool, _ onCorner: Bool
  ) throws {
    let area = try topology.prepare(square(0, 0, 10))
    #expect(try area.holds(relation, for: .point(Point(x: 5, y: 5))) == inside)
    #expect(try area.holds(relation, for: .point(Point(x: 10, y: 10))) == onCorner)
  }

  @Test func `A point on the corner that four parcels share touches all four`() throws {
    for (x, y) in [(0.0, 0.0), (10, 0), (0, 10), (10, 10)] {
      let parcel = try topology.prepare(square(x, y, 10))
      #expect(try parcel.holds(.touches, for: .point(Point(x: 10, y: 10))))
    }
  }

  @Test func `A line that runs through crosses the area; an area contains what lies in it`() throws
  {
    let line = Shape<Native>.line([Point(x: -5, y: 5), Point(x: 15, y: 5)])
    #expect(try topology.prepare(square(0, 0, 10)).holds(.crosses, for: line))
    #expect(try topology.prepare(line).holds(.crosses, for: square(0, 0, 10)))
    #expect(try topology.prepare(square(2, 2, 2)).holds(.contains, for: square(0, 0, 10)))
    #expect(try topology.prepare(square(5, 5, 10)).holds(.overlaps, for: square(0, 0, 10)))
    #expect(try topology.prepare(square(0, 0, 10)).holds(.equals, for: square(0, 0, 10)))
  }

  @Test func `A bow tie is invalid where it crosses itself`() throws {
    let bowTie = Shape<Native>.polygon([
      [
        Point(x: 0, y: 0), Point(x: 10, y: 10), Point(x: 10, y: 0), Point(x: 0, y: 10),
        Point(x: 0, y: 0),
      ]
    ])
    guard case .invalid(let reason, let place) = try topology.validity(of: bowTie) else {
      Issue.record("The bow tie was called valid.")
      return
    }
    #expect(reason == "Self-intersection")
    #expect(place == Point(x: 5, y: 5))
    let repaired = try topology.repaired(bowTie)
    #expect(try topology.validity(of: repaired.shape) == .valid)
    #expect(try topology.area(repaired.shape) == 50)
    // The signed halves cancelled each other out: no one can say that the area was kept.
    #expect(repaired.areaChange > 0.001)
  }

  @Test func `A spike is cut off and the area stays`() throws {
    let spike = Shape<Native>.polygon([
      [
        Point(x: 0, y: 0), Point(x: 10, y: 0), Point(x: 20, y: 0), Point(x: 10, y: 0),
        Point(x: 10, y: 10), Point(x: 0, y: 10), Point(x: 0, y: 0),
      ]
    ])
    let repaired = try topology.repaired(spike)
    #expect(repaired.reason != nil)
    #expect(repaired.areaChange <= 0.001)
    #expect(try topology.area(repaired.shape) == 100)
  }

  @Test func `An open ring is named, and closed by the repair`() throws {
    let open = Shape<Native>.polygon([
      [Point(x: 0, y: 0), Point(x: 10, y: 0), Point(x: 10, y: 10), Point(x: 0, y: 10)]
    ])
    #expect(
      try topology.validity(of: open)
        == .invalid(reason: "A ring does not end where it begins", place: Point(x: 0, y: 10)))
    #expect(try topology.area(topology.repaired(open).shape) == 100)
  }

  @Test func `Hostile forms are errors or answers, never a trap`() throws {
    let huge = 1e308
    let hostile: [Shape<Native>] = [
      .point(Point(x: .nan, y: 0)), .point(Point(x: .infinity, y: 0)), .multiPoint([]), .line([]),
      .line([Point(x: 1, y: 1)]), .line([Point(x: 1, y: 1), Point(x: 1, y: 1)]), .polygon([]),
      .polygon([[]]), .polygon([[], [Point(x: 0, y: 0)]]), .polygon([[Point(x: 0, y: 0)]]),
      .polygon([[Point(x: 0, y: 0), Point(x: 0, y: 0)]]),
      .polygon([Array(repeating: Point(x: 3, y: 3), count: 5)]),
      .polygon([[Point(x: 0, y: 0), Point(x: .nan, y: 1), Point(x: 1, y: 1), Point(x: 0, y: 0)]]),
      .multiPolygon([[], [[]]]), .collection([.collection([]), .point(Point(x: 1, y: 1))]),
      square(-huge, -huge, huge), .multiLine([[], [Point(x: 1, y: 1)]]),
    ]
    let area = try topology.prepare(square(0, 0, 10))
    for shape in hostile {
      for relation in Relation.allCases { _ = try? area.holds(relation, for: shape) }
      _ = try? topology.validity(of: shape)
      _ = try? topology.repaired(shape)
      _ = try? topology.area(shape)
      _ = try? topology.buffer(shape, distance: 1)
      _ = try? topology.pointOnSurface(shape)
      _ = try? topology.distance(shape, square(0, 0, 1))
      _ = try? topology.prepare(shape)
    }
    #expect(throws: TopologyError.self) {
      try area.holds(.intersects, for: .point(Point(x: .nan, y: 0)))
    }
    #expect(throws: TopologyError.self) { try topology.buffer(square(0, 0, 1), distance: .nan) }
    var nested = Shape<Native>.point(Point(x: 0, y: 0))
    for _ in 0..<100 { nested = .collection([nested]) }
    #expect(throws: TopologyError.self) { try topology.area(nested) }
  }

  @Test func `Distance, buffer and a point on the surface are in the coordinates' unit`() throws {
    #expect(try topology.distance(square(0, 0, 1), square(4, 5, 1)) == 5)
    let disc = try topology.buffer(Shape<Native>.point(Point(x: 0, y: 0)), distance: 10)
    #expect(abs(try topology.area(disc) - 314.159) < 3)
    let place = try #require(try topology.pointOnSurface(square(0, 0, 10)))
    #expect(try topology.prepare(square(0, 0, 10)).holds(.within, for: .point(place)))
    #expect(try topology.distance(.multiPoint([]), square(0, 0, 1)) == nil)
  }
}
