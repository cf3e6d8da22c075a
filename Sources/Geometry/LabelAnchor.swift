extension GridShape {
  /// Where a label of the form is anchored: the first point, the middle of the longest line, or the
  /// pole of inaccessibility of the largest polygon.
  public var labelAnchor: GridPoint {
    switch kind {
    case .point: parts.first?.first ?? GridPoint(x: 0, y: 0)
    case .line: Self.middle(of: parts.max { Self.length($0) < Self.length($1) } ?? [])
    case .polygon: poleOfInaccessibility
    }
  }

  private static func length(_ line: [GridPoint]) -> Double {
    var sum = 0.0
    for index in line.indices.dropFirst() { sum += distance(line[index - 1], line[index]) }
    return sum
  }

  private static func distance(_ a: GridPoint, _ b: GridPoint) -> Double {
    let dx = Double(b.x - a.x)
    let dy = Double(b.y - a.y)
    return (dx * dx + dy * dy).squareRoot()
  }

  private static func middle(of line: [GridPoint]) -> GridPoint {
    guard let first = line.first else { return GridPoint(x: 0, y: 0) }
    var remaining = length(line) / 2
    for index in line.indices.dropFirst() {
      let step = distance(line[index - 1], line[index])
      if step >= remaining, step > 0 {
        let share = remaining / step
        let from = line[index - 1]
        let to = line[index]
        return GridPoint(
          x: from.x + Int64((Double(to.x - from.x) * share).rounded()),
          y: from.y + Int64((Double(to.y - from.y) * share).rounded()))
      }
      remaining -= step
    }
    return first
  }

  /// The point inside the largest polygon that is farthest from its edges, to a hundredth of the
  /// polygon's smaller side.
  ///
  /// Source: the quadtree search of "polylabel" (Agafonkin, 2016).
  private var poleOfInaccessibility: GridPoint {
    let outer = parts.filter { Self.signedDoubleArea($0) > 0 }
    guard let largest = outer.max(by: { Self.signedDoubleArea($0) < Self.signedDoubleArea($1) })
    else { return parts.first?.first ?? GridPoint(x: 0, y: 0) }
    var box = GridBox.empty
    for vertex in largest { box.formUnion(vertex) }
    // All rings that reach into the largest one's box: its holes, and neighbours that overlap it.
    let rings = parts.map { ring in
      ring.map { (x: Double($0.x - box.minX), y: Double($0.y - box.minY)) }
    }
    let edges = Self.edges(of: rings)
    let width = Double(box.maxX - box.minX)
    let height = Double(box.maxY - box.minY)
    let side = min(width, height)
    guard side > 0 else { return largest[0] }
    let precision = max(side / 100, 1)

    struct Cell {
      var x: Double
      var y: Double
      var half: Double
      var distance: Double
      var potential: Double { distance + half * 2.0.squareRoot() }
    }
    func cell(_ x: Double, _ y: Double, _ half: Double) -> Cell {
      Cell(x: x, y: y, half: half, distance: Self.signedDistance(edges, x, y))
    }
    var queue: [Cell] = []
    // A sliver's cells are wider than it, so that any proportions start with at most 64 of them.
    let cellSide = max(side, max(width, height) / 64)
    for x in stride(from: 0, to: width, by: cellSide) {
      for y in stride(from: 0, to: height, by: cellSide) {
        queue.append(cell(x + cellSide / 2, y + cellSide / 2, cellSide / 2))
      }
    }
    // A form thinner than the precision (a road, a river) is not found by cells: start inside of it.
    var best = cell(width / 2, height / 2, 0)
    for (x, y) in Self.middles(of: edges, width: width, height: height) {
      let candidate = cell(x, y, 0)
      if candidate.distance > best.distance { best = candidate }
    }
    var steps = 0
    while !queue.isEmpty, steps < 2000 {
      steps += 1
      var top = 0
      for index in queue.indices where queue[index].potential > queue[top].potential { top = index }
      let current = queue.remove(at: top)
      if current.distance > best.distance { best = current }
      if current.potential - best.distance <= precision { break }
      let half = current.half / 2
      for corner in 0..<4 {
        let x = current.x + (corner & 1 == 0 ? -half : half)
        let y = current.y + (corner & 2 == 0 ? -half : half)
        let child = cell(x, y, half)
        if child.potential - best.distance > precision { queue.append(child) }
      }
    }
    return GridPoint(
      x: box.minX + Int64(best.x.rounded()), y: box.minY + Int64(best.y.rounded()))
  }

  /// The middles of the widest inner stretches on a few rows and columns.
  private static func middles(
    of edges: [Edge], width: Double, height: Double
  ) -> [(Double, Double)] {
    var crossings: [Double] = []
    func widest() -> Double? {
      crossings.sort()
      var middle: Double?
      var most = 0.0
      for index in stride(from: 1, to: crossings.count, by: 2)
      where crossings[index] - crossings[index - 1] > most {
        most = crossings[index] - crossings[index - 1]
        middle = (crossings[index] + crossings[index - 1]) / 2
      }
      return middle
    }
    var found: [(Double, Double)] = []
    found.reserveCapacity(10)
    for share in [0.5, 0.25, 0.75, 0.1, 0.9] {
      let y = height * share
      crossings.removeAll(keepingCapacity: true)
      for edge in edges where (edge.by > y) != (edge.ay > y) {
        crossings.append((edge.ax - edge.bx) * (y - edge.by) / (edge.ay - edge.by) + edge.bx)
      }
      if let middle = widest() { found.append((middle, y)) }
      let x = width * share
      crossings.removeAll(keepingCapacity: true)
      for edge in edges where (edge.bx > x) != (edge.ax > x) {
        crossings.append((edge.ay - edge.by) * (x - edge.bx) / (edge.ax - edge.bx) + edge.by)
      }
      if let middle = widest() { found.append((x, middle)) }
    }
    return found
  }

  private struct Edge {
    let ax: Double
    let ay: Double
    let bx: Double
    let by: Double
    let dx: Double
    let dy: Double
    let lengthSquared: Double
  }

  private static func edges(of rings: [[(x: Double, y: Double)]]) -> [Edge] {
    var edges: [Edge] = []
    edges.reserveCapacity(rings.reduce(0) { $0 + $1.count })
    for ring in rings {
      guard var a = ring.last else { continue }
      for b in ring {
        let dx = b.x - a.x
        let dy = b.y - a.y
        edges.append(
          Edge(
            ax: a.x, ay: a.y, bx: b.x, by: b.y, dx: dx, dy: dy, lengthSquared: dx * dx + dy * dy))
        a = b
      }
    }
    return edges
  }

  /// The distance to the nearest edge, negative outside (even-odd).
  private static func signedDistance(_ edges: [Edge], _ x: Double, _ y: Double) -> Double {
    var inside = false
    var least = Double.infinity
    for edge in edges {
      if (edge.by > y) != (edge.ay > y),
        x < (edge.ax - edge.bx) * (y - edge.by) / (edge.ay - edge.by) + edge.bx
      {
        inside.toggle()
      }
      let along =
        edge.lengthSquared > 0
        ? min(
          max(((x - edge.ax) * edge.dx + (y - edge.ay) * edge.dy) / edge.lengthSquared, 0), 1) : 0
      let ex = x - edge.ax - along * edge.dx
      let ey = y - edge.ay - along * edge.dy
      least = min(least, ex * ex + ey * ey)
    }
    return (inside ? 1 : -1) * least.squareRoot()
  }
}
