/// A feature's form on the drawing grid, as the lists that drawing walks.
///
/// Polygon rings are open (the closing vertex is left out), outer rings turn clockwise on the screen
/// and holes counter-clockwise, so that the non-zero rule draws overlapping parts as their union.
public struct GridShape: Hashable, Sendable {
  public var kind: GeometryKind
  /// One list a point, line or ring.
  public var parts: [[GridPoint]]

  public init(kind: GeometryKind, parts: [[GridPoint]]) {
    self.kind = kind
    self.parts = parts
  }

  public var bounds: GridBox {
    var box = GridBox.empty
    for part in parts {
      for point in part { box.formUnion(point) }
    }
    return box
  }
}

extension GridShape {
  /// The drawing forms of a place, one a kind that occurs (a collection may hold all three); vertices
  /// outside Web Mercator are left out.
  public static func shapes(of shape: Shape<Geographic>) -> [GridShape] {
    var gathered: [GeometryKind: [[GridPoint]]] = [:]
    gather(shape, into: &gathered)
    let order: [GeometryKind] = [.polygon, .line, .point]
    return order.compactMap { kind in
      guard let parts = gathered[kind], !parts.isEmpty else { return nil }
      return GridShape(kind: kind, parts: parts)
    }
  }

  private static func gather(
    _ shape: Shape<Geographic>, into gathered: inout [GeometryKind: [[GridPoint]]]
  ) {
    func line(_ points: [Point<Geographic>]) {
      let vertices = points.compactMap(WorldGrid.point)
      if vertices.count >= 2 { gathered[.line, default: []].append(vertices) }
    }
    func polygon(_ rings: [[Point<Geographic>]]) {
      for (index, ring) in rings.enumerated() {
        var vertices = ring.compactMap(WorldGrid.point)
        if vertices.count > 1, vertices.first == vertices.last { vertices.removeLast() }
        guard vertices.count >= 3 else { continue }
        let isClockwise = signedDoubleArea(vertices) > 0
        if isClockwise != (index == 0) { vertices.reverse() }
        gathered[.polygon, default: []].append(vertices)
      }
    }
    switch shape {
    case .point(let point):
      if let vertex = WorldGrid.point(point) { gathered[.point, default: []].append([vertex]) }
    case .multiPoint(let points):
      for point in points {
        if let vertex = WorldGrid.point(point) { gathered[.point, default: []].append([vertex]) }
      }
    case .line(let points): line(points)
    case .multiLine(let lines): lines.forEach(line)
    case .polygon(let rings): polygon(rings)
    case .multiPolygon(let polygons): polygons.forEach(polygon)
    case .collection(let members):
      for member in members { gather(member, into: &gathered) }
    }
  }

  /// Twice the ring's area, positive when it turns clockwise on the screen (y down).
  ///
  /// Differences from the first vertex fit 37 bits; the products are summed as doubles, which decides
  /// the sign of every ring that is not a sliver of a few units.
  public static func signedDoubleArea(_ ring: [GridPoint]) -> Double {
    guard let first = ring.first else { return 0 }
    var sum = 0.0
    var previous = ring[ring.count - 1]
    for vertex in ring {
      let ax = Double(previous.x - first.x)
      let ay = Double(previous.y - first.y)
      let bx = Double(vertex.x - first.x)
      let by = Double(vertex.y - first.y)
      sum += ax * by - bx * ay
      previous = vertex
    }
    return sum
  }
}
