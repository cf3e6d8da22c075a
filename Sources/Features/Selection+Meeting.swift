public import Geometry

extension Selection {
  /// Whether an item's form meets a closed box, decided exactly on the grid's integers.
  public func meets(_ box: GridBox, item: Item) -> Bool {
    guard item.box.intersects(box) else { return false }
    switch item.kind {
    case .point: return vertices(of: item).contains { $0.contains { box.contains($0) } }
    case .line:
      return vertices(of: item).contains { Self.lineMeets(box, $0, isClosed: false) }
    case .polygon:
      let rings = vertices(of: item)
      if rings.contains(where: { Self.lineMeets(box, $0, isClosed: true) }) { return true }
      // No edge meets the box: it lies wholly inside or wholly outside.
      return Self.winding(of: rings, around: GridPoint(x: box.minX, y: box.minY)) != 0
    }
  }

  /// Whether a closed box lies wholly inside a polygon; true for forms that are no polygon.
  public func encloses(_ box: GridBox, item: Item) -> Bool {
    guard item.kind == .polygon else { return true }
    let rings = vertices(of: item)
    if rings.contains(where: { Self.lineMeets(box, $0, isClosed: true) }) { return false }
    return Self.winding(of: rings, around: GridPoint(x: box.minX, y: box.minY)) != 0
  }

  private func vertices(of item: Item) -> [[GridPoint]] {
    parts[Int(item.firstPart)..<Int(item.firstPart + item.partCount)].map { part in
      (Int(part.firstVertex)..<Int(part.firstVertex + part.vertexCount)).map {
        point($0, of: item)
      }
    }
  }

  private static func lineMeets(_ box: GridBox, _ line: [GridPoint], isClosed: Bool) -> Bool {
    guard var previous = isClosed ? line.last : line.first else { return false }
    for vertex in line {
      if segmentMeets(box, previous, vertex) { return true }
      previous = vertex
    }
    return false
  }

  static func segmentMeets(_ box: GridBox, _ a: GridPoint, _ b: GridPoint) -> Bool {
    if box.contains(a) || box.contains(b) { return true }
    guard max(a.x, b.x) >= box.minX, min(a.x, b.x) <= box.maxX, max(a.y, b.y) >= box.minY,
      min(a.y, b.y) <= box.maxY
    else { return false }
    // The segment's line passes through the box unless all corners lie on one side of it.
    var sides = (left: false, right: false)
    for (x, y) in [
      (box.minX, box.minY), (box.maxX, box.minY), (box.minX, box.maxY), (box.maxX, box.maxY),
    ] {
      let side = orientation(a, b, GridPoint(x: x, y: y))
      if side >= 0 { sides.left = true }
      if side <= 0 { sides.right = true }
    }
    return sides.left && sides.right
  }

  /// The sign of the turn from `a` over `b` to `c`; differences of 37 bits need 128-bit products.
  static func orientation(_ a: GridPoint, _ b: GridPoint, _ c: GridPoint) -> Int {
    let first = Int128(b.x - a.x) * Int128(c.y - a.y)
    let second = Int128(b.y - a.y) * Int128(c.x - a.x)
    return first == second ? 0 : first > second ? 1 : -1
  }

  static func winding(of rings: [[GridPoint]], around place: GridPoint) -> Int {
    var winding = 0
    for ring in rings {
      guard var a = ring.last else { continue }
      for b in ring {
        if a.y <= place.y {
          if b.y > place.y, orientation(a, b, place) > 0 { winding += 1 }
        } else if b.y <= place.y, orientation(a, b, place) < 0 {
          winding -= 1
        }
        a = b
      }
    }
    return winding
  }
}
