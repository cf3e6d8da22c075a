internal import Geometry

/// A form's vertices while they are thinned for one zoom band after another, the finest first.
///
/// Thinning is local: what happens to a vertex in a pass depends on its own place and its next
/// neighbours', the same in both directions, so that an edge which two features share is thinned alike
/// in both.
struct ThinnedParts {
  private let kind: GeometryKind
  /// In place, not yet snapped to a band's grid.
  private var parts: [[GridPoint]]

  init(_ shape: GridShape) {
    kind = shape.kind
    parts = shape.parts
  }

  /// The parts for a band: thinned to an eighth of a pixel, snapped to the band's grid and without
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
        Self.thin(&parts[number], isRing: kind == .polygon, tolerance: 1 << Int64(bits))
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
  /// which no two neighbours go: of those that could, the one that strays least.
  private static func thin(_ vertices: inout [GridPoint], isRing: Bool, tolerance: Int64) {
    let limit = Double(tolerance) * Double(tolerance)
    var squares = vertices.indices.map { square($0, of: vertices, isRing: isRing) }
    // Passes in which little goes are not worth their time.
    for _ in 0..<24 where vertices.count > 4 {
      let last = vertices.count - 1
      // What goes is told by what was before the pass.
      var goes = [Bool](repeating: false, count: last + 1)
      var count = 0
      for position in 0...last where squares[position] <= limit {
        let before = position == 0 ? last : position - 1
        let after = position == last ? 0 : position + 1
        guard goesFirst(position, before), goesFirst(position, after) else { continue }
        goes[position] = true
        count += 1
      }
      func goesFirst(_ position: Int, _ other: Int) -> Bool {
        squares[position] < squares[other]
          || squares[position] == squares[other]
            && hash(vertices[position]) < hash(vertices[other])
      }
      guard count > 0, last + 1 - count >= (isRing ? 3 : 2) else { return }
      var left = 0
      for position in 0...last where !goes[position] {
        // The neighbours of what goes stray otherwise now.
        let isStale =
          goes[position == 0 ? last : position - 1] || goes[position == last ? 0 : position + 1]
        vertices[left] = vertices[position]
        squares[left] = isStale ? .nan : squares[position]
        left += 1
      }
      vertices.removeLast(count)
      squares.removeLast(count)
      for position in squares.indices where squares[position].isNaN {
        squares[position] = square(position, of: vertices, isRing: isRing)
      }
    }
  }

  /// How far a vertex strays from the straight way between its neighbours, squared; infinite where the
  /// way through it bends by a right angle or more, and at the ends of a line.
  private static func square(_ position: Int, of vertices: [GridPoint], isRing: Bool) -> Double {
    let last = vertices.count - 1
    guard isRing || position > 0 && position < last else { return .infinity }
    let vertex = vertices[position]
    let before = vertices[position == 0 ? last : position - 1]
    let after = vertices[position == last ? 0 : position + 1]
    let ax = Double(vertex.x - before.x)
    let ay = Double(vertex.y - before.y)
    let bx = Double(after.x - vertex.x)
    let by = Double(after.y - vertex.y)
    guard ax * bx + ay * by > 0 else { return .infinity }
    let cross = ax * by - ay * bx
    let x = ax + bx
    let y = ay + by
    return cross * cross / (x * x + y * y)
  }

  private static func hash(_ vertex: GridPoint) -> UInt64 {
    var word =
      UInt64(bitPattern: vertex.x) &* 0x9E37_79B9_7F4A_7C15
      ^ UInt64(bitPattern: vertex.y) &* 0xC2B2_AE3D_27D4_EB4F
    word = (word ^ word >> 29) &* 0xBF58_476D_1CE4_E5B9
    return word ^ word >> 32
  }
}
