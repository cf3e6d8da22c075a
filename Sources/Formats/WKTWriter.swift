public import Geometry

extension Shape {
  /// The shape as well-known text (OGC 06-103r4), x first, with the shortest digits that read back
  /// the same. Rings keep their direction.
  public var wellKnownText: String {
    func position(_ point: Point<S>) -> String {
      Decimals.shortest(point.x) + " " + Decimals.shortest(point.y)
    }
    func list<Part>(_ parts: [Part], _ text: (Part) -> String) -> String {
      parts.isEmpty ? "EMPTY" : "(" + parts.map(text).joined(separator: ",") + ")"
    }
    func points(_ points: [Point<S>]) -> String { list(points, position) }
    func rings(_ rings: [[Point<S>]]) -> String { list(rings, points) }
    return switch self {
    case .point(let point): "POINT (\(position(point)))"
    case .multiPoint(let source): "MULTIPOINT " + list(source) { "(\(position($0)))" }
    case .line(let source): "LINESTRING " + points(source)
    case .multiLine(let lines): "MULTILINESTRING " + rings(lines)
    case .polygon(let source): "POLYGON " + rings(source)
    case .multiPolygon(let polygons): "MULTIPOLYGON " + list(polygons, rings)
    case .collection(let members): "GEOMETRYCOLLECTION " + list(members, \.wellKnownText)
    }
  }
}
