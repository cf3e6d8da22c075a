import Geometry
import SeededRandom
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Label anchors")
struct LabelAnchorTests {
  /// A star-shaped polygon, with a hole in every second one.
  private static func polygon(seed: Int) -> GridShape {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 5...40, using: &random)
    let size = Double.random(in: 2_000...2_000_000, using: &random)
    let stretch = Double.random(in: 0.2...1, using: &random)
    let centre = GridPoint(
      x: .random(in: 1 << 33..<1 << 35, using: &random),
      y: .random(in: 1 << 33..<1 << 35, using: &random))
    func star(_ scale: Double, _ random: inout SeededGenerator) -> [GridPoint] {
      (0..<count).map { index in
        let angle = 2 * Double.pi * Double(index) / Double(count)
        let radius = size * scale * Double.random(in: 0.4...1, using: &random)
        return GridPoint(
          x: centre.x + Int64(radius * cos(angle)),
          y: centre.y + Int64(radius * stretch * sin(angle)))
      }
    }
    var parts = [star(1, &random)]
    if seed % 2 == 1 { parts.append(star(0.3, &random).reversed()) }
    return GridShape(kind: .polygon, parts: parts)
  }

  @Test(
    "a polygon's anchor is as far from its edges as a search over a grid finds", arguments: 0..<24)
  func poleAgreesWithGridSearch(seed: Int) {
    let shape = Self.polygon(seed: seed)
    let anchor = shape.labelAnchor
    let box = shape.bounds
    let steps = 120
    var best = -Double.infinity
    for row in 0...steps {
      for column in 0...steps {
        let x = Double(box.minX) + Double(box.maxX - box.minX) * Double(column) / Double(steps)
        let y = Double(box.minY) + Double(box.maxY - box.minY) * Double(row) / Double(steps)
        best = max(best, clearance(shape.parts, x, y))
      }
    }
    let found = clearance(shape.parts, Double(anchor.x), Double(anchor.y))
    let side = Double(min(box.maxX - box.minX, box.maxY - box.minY))
    #expect(found > 0)
    #expect(found >= best - 0.02 * side)
  }

  @Test("the anchor of a thin ring, as a road or a river makes it, lies inside", arguments: 1...12)
  func thinPolygons(step: Int) {
    // A horseshoe whose arms are `width` of a side wide: its middle is far from the form.
    let side: Int64 = 4_000_000
    let width = side / Int64(1 << step)
    let far = GridPoint(x: 1 << 34, y: 1 << 34)
    func vertex(_ x: Int64, _ y: Int64) -> GridPoint { GridPoint(x: far.x + x, y: far.y + y) }
    let horseshoe = GridShape(
      kind: .polygon,
      parts: [
        [
          vertex(0, 0), vertex(side, 0), vertex(side, side), vertex(side - width, side),
          vertex(side - width, width), vertex(width, width), vertex(width, side), vertex(0, side),
        ]
      ])
    #expect(GridShape.signedDoubleArea(horseshoe.parts[0]) > 0)
    let anchor = horseshoe.labelAnchor
    #expect(clearance(horseshoe.parts, Double(anchor.x), Double(anchor.y)) > 0)
  }

  @Test(
    "a sliver of any proportions is anchored at once and within its box",
    arguments: [(1, 1 << 34), (1 << 34, 1), (3, 1 << 30), (1 << 30, 2), (2, 2)] as [(Int64, Int64)])
  func slivers(width: Int64, height: Int64) {
    let shape = GridShape(
      kind: .polygon,
      parts: [
        [
          GridPoint(x: 0, y: 0), GridPoint(x: width, y: 0), GridPoint(x: width, y: height),
          GridPoint(x: 0, y: height),
        ]
      ])
    #expect(shape.bounds.contains(shape.labelAnchor))
  }

  @Test("a slanted sliver is anchored within its box")
  func slantedSliver() {
    let shape = GridShape(
      kind: .polygon,
      parts: [
        [
          GridPoint(x: 0, y: 0), GridPoint(x: 1 << 24, y: (1 << 24) - 1),
          GridPoint(x: 1 << 24, y: 1 << 24),
        ]
      ])
    #expect(shape.bounds.contains(shape.labelAnchor))
  }

  @Test("of several polygons the largest is labelled")
  func largest() {
    func square(_ x: Int64, _ side: Int64) -> [GridPoint] {
      [
        GridPoint(x: x, y: 0), GridPoint(x: x + side, y: 0), GridPoint(x: x + side, y: side),
        GridPoint(x: x, y: side),
      ]
    }
    let shape = GridShape(
      kind: .polygon, parts: [square(0, 100), square(10_000, 1000), square(50_000, 300)])
    #expect(shape.labelAnchor == GridPoint(x: 10_500, y: 500))
  }

  @Test("a line is labelled at half its length, and the longest of several")
  func lines() {
    let shape = GridShape(
      kind: .line,
      parts: [
        [GridPoint(x: 0, y: 0), GridPoint(x: 10, y: 0)],
        [GridPoint(x: 0, y: 0), GridPoint(x: 100, y: 0), GridPoint(x: 100, y: 300)],
      ])
    #expect(shape.labelAnchor == GridPoint(x: 100, y: 100))
    let still = GridShape(kind: .line, parts: [[GridPoint(x: 5, y: 6), GridPoint(x: 5, y: 6)]])
    #expect(still.labelAnchor == GridPoint(x: 5, y: 6))
  }

  @Test("a point is its own anchor, and forms without vertices do not trap")
  func pointsAndNothing() {
    let point = GridPoint(x: 7, y: 9)
    #expect(GridShape(kind: .point, parts: [[point]]).labelAnchor == point)
    for kind in [GeometryKind.point, .line, .polygon] {
      #expect(GridShape(kind: kind, parts: []).labelAnchor == GridPoint(x: 0, y: 0))
      #expect(GridShape(kind: kind, parts: [[]]).labelAnchor == GridPoint(x: 0, y: 0))
    }
  }
}
