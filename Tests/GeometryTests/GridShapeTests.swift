import Geometry
import SeededRandom
import Testing

@Suite("Shapes on the grid")
struct GridShapeTests {
  /// A closed ring of degrees.
  private func ring(_ corners: [(Double, Double)], reversed: Bool = false) -> [Point<Geographic>] {
    let points = (reversed ? corners.reversed() : corners).map { place($0.0, $0.1) }
    return points + [points[0]]
  }

  private let outer = [(138.0, 34.0), (139.0, 34.0), (139.0, 35.0), (138.0, 35.0)]
  private let hole = [(138.2, 34.2), (138.6, 34.2), (138.6, 34.6), (138.2, 34.6)]

  @Test(
    "outer rings turn clockwise on the screen, holes against, however they came",
    arguments: [false, true], [false, true])
  func orientation(outerReversed: Bool, holeReversed: Bool) throws {
    let shapes = GridShape.shapes(
      of: .multiPolygon([
        [ring(outer, reversed: outerReversed), ring(hole, reversed: holeReversed)],
        [ring(outer, reversed: holeReversed)],
      ]))
    let shape = try #require(shapes.first)
    #expect(shapes.count == 1)
    #expect(shape.parts.count == 3)
    #expect(GridShape.signedDoubleArea(shape.parts[0]) > 0)
    #expect(GridShape.signedDoubleArea(shape.parts[1]) < 0)
    #expect(GridShape.signedDoubleArea(shape.parts[2]) > 0)
  }

  @Test("the closing vertex is left out and no other")
  func closingVertex() throws {
    let shape = try #require(GridShape.shapes(of: .polygon([ring(outer)])).first)
    #expect(shape.parts == [shape.parts[0]])
    #expect(shape.parts[0].count == 4)
    #expect(Set(shape.parts[0]).count == 4)
    let expected = outer.compactMap { WorldGrid.point(place($0.0, $0.1)) }
    #expect(Set(shape.parts[0]) == Set(expected))
    // A closed line keeps its last vertex.
    let line = try #require(GridShape.shapes(of: .line(ring(outer))).first)
    #expect(line.parts[0].count == 5)
  }

  @Test("rings with fewer than three vertices and lines of one are no forms")
  func degenerate() {
    let point = place(138, 34)
    #expect(GridShape.shapes(of: .polygon([[point, place(139, 35), point]])).isEmpty)
    #expect(GridShape.shapes(of: .line([point])).isEmpty)
    #expect(GridShape.shapes(of: .collection([])).isEmpty)
    #expect(GridShape.shapes(of: .point(place(138, 88))).isEmpty)
  }

  @Test("a collection gives one form a kind, polygons first")
  func collections() {
    let shapes = GridShape.shapes(
      of: .collection([
        .point(place(138, 34)), .line([place(138, 34), place(139, 35)]),
        .collection([.polygon([ring(outer)]), .multiPoint([place(1, 2), place(3, 4)])]),
      ]))
    #expect(shapes.map(\.kind) == [.polygon, .line, .point])
    #expect(shapes.map(\.parts.count) == [1, 1, 3])
  }

  @Test("the box holds every vertex and no more", arguments: 0..<5)
  func bounds(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let parts = (0..<4).map { _ in
      (0..<7).map { _ in
        GridPoint(
          x: .random(in: 0..<1 << 36, using: &random), y: .random(in: 0..<1 << 36, using: &random))
      }
    }
    let all = parts.joined()
    let box = GridShape(kind: .line, parts: parts).bounds
    #expect(box.minX == all.map(\.x).min())
    #expect(box.minY == all.map(\.y).min())
    #expect(box.maxX == all.map(\.x).max())
    #expect(box.maxY == all.map(\.y).max())
    #expect(GridShape(kind: .point, parts: []).bounds.isEmpty)
  }
}
