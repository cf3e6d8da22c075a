import Geometry
import Testing

@Suite("Shapes and boxes")
struct ShapeTests {
  @Test("the box of a shape is the box of its points", arguments: oneOfEveryKind)
  func boundsAgreeWithPoints(shape: Shape<Native>) {
    var points: [Point<Native>] = []
    shape.forEachPoint { points.append($0) }
    #expect(shape.bounds == Box(around: points))
    #expect(shape.pointCount == points.count)
    #expect(shape.isEmpty == points.isEmpty)
    #expect((shape.kind == nil) == points.isEmpty)
  }

  @Test("mapping keeps the form and the order", arguments: oneOfEveryKind)
  func mapping(shape: Shape<Native>) {
    let there: Shape<Geographic> = shape.map { Point(x: $0.y, y: $0.x) }
    let back: Shape<Native> = there.map { Point(x: $0.y, y: $0.x) }
    #expect(back == shape)
    #expect(there.typeName == shape.typeName)
  }

  @Test("a box is refused when it is inverted or has a side that is no number")
  func refusedBoxes() {
    #expect(Box<Native>(minX: 1, minY: 0, maxX: 0, maxY: 1) == nil)
    #expect(Box<Native>(minX: 0, minY: 2, maxX: 1, maxY: 1) == nil)
    #expect(Box<Native>(minX: .nan, minY: 0, maxX: 1, maxY: 1) == nil)
    #expect(Box<Native>(minX: 0, minY: 0, maxX: .infinity, maxY: 1) == nil)
    #expect(Box<Native>(minX: 1, minY: 1, maxX: 1, maxY: 1) != nil)
    #expect(Box<Native>(around: []) == nil)
  }

  @Test("boxes are closed: shared edges and corners meet")
  func closedBoxes() throws {
    let box = try #require(Box<Native>(minX: 0, minY: 0, maxX: 2, maxY: 2))
    let touching = try #require(Box<Native>(minX: 2, minY: 2, maxX: 3, maxY: 3))
    let apart = try #require(Box<Native>(minX: 2.001, minY: 0, maxX: 3, maxY: 2))
    #expect(box.intersects(touching))
    #expect(!box.intersects(apart))
    #expect(box.contains(native(2, 0)))
    #expect(!box.contains(native(2.001, 0)))
    #expect(box.union(apart) == Box(minX: 0, minY: 0, maxX: 3, maxY: 2))
  }
}
