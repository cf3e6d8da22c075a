internal import Geometry

/// A form's vertices while they are thinned for one zoom band after another, the finest first.
///
/// Thinning is local: what happens to a vertex depends on its own place and its two neighbours', the
/// same in both directions, so that an edge which two features share is thinned alike in both.
struct ThinnedParts {
  private let kind: GeometryKind
  /// In place, not yet snapped to a band's grid.
  private var parts: [[GridPoint]]

  init(_ shape: GridShape) {
    kind = shape.kind
    parts = shape.parts
  }

  /// The parts for a band: thinned to a tenth of a pixel, snapped to the band's grid and without
  /// repeats. Parts that become a point are left out.
  ///
  /// Snapping keeps the area of small forms in the mean, since it rounds up as often as down: what is
  /// under a pixel becomes nothing or a grain of the grid, and many of them have the right tone.
  ///
  /// - Parameter bits: log₂ of the grid's cell, an eighth of a pixel; not less than before.
  mutating func snapped(bits: Int) -> [[GridPoint]] {
    guard kind != .point else { return parts.map { $0.map { Self.rounded($0, bits) } } }
    let least = kind == .polygon ? 3 : 2
    var kept: [[GridPoint]] = []
    for number in parts.indices {
      if bits > 0, parts[number].count > least + 1 {
        Self.thin(&parts[number], isRing: kind == .polygon, tolerance: 3 << Int64(bits - 2))
      }
      var vertices: [GridPoint] = []
      vertices.reserveCapacity(parts[number].count)
      for vertex in parts[number] {
        let place = Self.rounded(vertex, bits)
        if vertices.last != place { vertices.append(place) }
      }
      if kind == .polygon, vertices.count > 1, vertices.first == vertices.last {
        vertices.removeLast()
      }
      if vertices.count >= least { kept.append(vertices) }
    }
    return kept
  }

  private static func rounded(_ vertex: GridPoint, _ bits: Int) -> GridPoint {
    guard bits > 0 else { return vertex }
    let half: Int64 = 1 << Int64(bits - 1)
    return GridPoint(
      x: ((vertex.x + half) >> Int64(bits)) << Int64(bits),
      y: ((vertex.y + half) >> Int64(bits)) << Int64(bits))
  }

  /// Takes out vertices that lie within `tolerance` of the line between their neighbours, in passes in
  /// which no two neighbours go: of those that could, the one with the smaller hash of its place.
  private static func thin(_ vertices: inout [GridPoint], isRing: Bool, tolerance: Int64) {
    let limit = Double(tolerance) * Double(tolerance)
    // A pass takes a third of what can go; what is left after these is not worth more.
    for _ in 0..<12 where vertices.count > 4 {
      let count = vertices.count
      var left: [GridPoint] = []
      left.reserveCapacity(count)
      for (position, vertex) in vertices.enumerated() {
        if !isRing, position == 0 || position == count - 1 {
          left.append(vertex)
          continue
        }
        let before = vertices[position == 0 ? count - 1 : position - 1]
        let after = vertices[position == count - 1 ? 0 : position + 1]
        let rank = hash(vertex)
        if rank >= hash(before) || rank >= hash(after)
          || !isFlat(before, vertex, after, limit: limit)
        {
          left.append(vertex)
        }
      }
      guard left.count < count, left.count >= (isRing ? 3 : 2) else { return }
      vertices = left
    }
  }

  /// Whether the way through `vertex` bends by less than a right angle and strays little from the
  /// straight one.
  ///
  /// - Parameter limit: the square of the distance.
  private static func isFlat(
    _ before: GridPoint, _ vertex: GridPoint, _ after: GridPoint, limit: Double
  ) -> Bool {
    let ax = Double(vertex.x - before.x)
    let ay = Double(vertex.y - before.y)
    let bx = Double(after.x - vertex.x)
    let by = Double(after.y - vertex.y)
    guard ax * bx + ay * by > 0 else { return false }
    let cross = ax * by - ay * bx
    let x = ax + bx
    let y = ay + by
    return cross * cross <= limit * (x * x + y * y)
  }

  private static func hash(_ vertex: GridPoint) -> UInt64 {
    var word =
      UInt64(bitPattern: vertex.x) &* 0x9E37_79B9_7F4A_7C15
      ^ UInt64(bitPattern: vertex.y) &* 0xC2B2_AE3D_27D4_EB4F
    word = (word ^ word >> 29) &* 0xBF58_476D_1CE4_E5B9
    return word ^ word >> 32
  }
}
