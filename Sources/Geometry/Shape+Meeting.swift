extension Shape {
  /// Whether the form and a closed box have a point in common; polygons are filled by the non-zero
  /// rule.
  public func meets(_ box: Box<S>) -> Bool {
    switch self {
    case .point(let point): return box.contains(point)
    case .multiPoint(let points): return points.contains { box.contains($0) }
    case .line(let points): return Self.pathMeets(box, points)
    case .multiLine(let lines): return lines.contains { Self.pathMeets(box, $0) }
    case .polygon(let rings): return Self.areaMeets(box, rings)
    case .multiPolygon(let polygons): return polygons.contains { Self.areaMeets(box, $0) }
    case .collection(let members): return members.contains { $0.meets(box) }
    }
  }

  private static func pathMeets(_ box: Box<S>, _ points: [Point<S>]) -> Bool {
    guard var previous = points.first else { return false }
    for point in points {
      if segmentMeets(box, previous, point) { return true }
      previous = point
    }
    return false
  }

  private static func areaMeets(_ box: Box<S>, _ rings: [[Point<S>]]) -> Bool {
    if rings.contains(where: { pathMeets(box, $0) }) { return true }
    // No edge meets the box: it lies wholly inside or wholly outside.
    let corner = Point<S>(x: box.minX, y: box.minY)
    var winding = 0
    for ring in rings {
      for (a, b) in zip(ring, ring.dropFirst()) {
        if a.y <= corner.y {
          if b.y > corner.y, turn(a, b, corner) > 0 { winding += 1 }
        } else if b.y <= corner.y, turn(a, b, corner) < 0 {
          winding -= 1
        }
      }
    }
    return winding != 0
  }

  private static func segmentMeets(_ box: Box<S>, _ a: Point<S>, _ b: Point<S>) -> Bool {
    if box.contains(a) || box.contains(b) { return true }
    guard max(a.x, b.x) >= box.minX, min(a.x, b.x) <= box.maxX, max(a.y, b.y) >= box.minY,
      min(a.y, b.y) <= box.maxY
    else { return false }
    // The segment's line passes through the box unless all corners lie on one side of it.
    let turns = [
      Point<S>(x: box.minX, y: box.minY), Point(x: box.maxX, y: box.minY),
      Point(x: box.minX, y: box.maxY), Point(x: box.maxX, y: box.maxY),
    ].map { turn(a, b, $0) }
    return turns.contains { $0 >= 0 } && turns.contains { $0 <= 0 }
  }

  /// Above zero where the way from `a` over `b` to `c` turns to the left.
  private static func turn(_ a: Point<S>, _ b: Point<S>, _ c: Point<S>) -> Double {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
  }
}
