/// A stroke in 1/256 px.
struct Pen {
  /// A corner whose miter and bevel differ by less is drawn with one vertex on either side. The
  /// bevel's middle lies half · (1 - cos θ) / 4 inside of the arc.
  static let flatness = 32.0

  let half: Double
  let cap: Stroke.Cap
  let join: Stroke.Join
  let miterLimitSquared: Double
  /// How far from its line a stroke can draw, rounding included.
  let reach: Int64

  init(_ stroke: Stroke) {
    half = min(stroke.width, Stroke.maximumWidth) * 128
    cap = stroke.cap
    join = stroke.join
    let limit = stroke.miterLimit >= 1 ? min(stroke.miterLimit, Stroke.maximumMiterLimit) : 1
    miterLimitSquared = limit * limit
    let factor = max(join == .miter ? limit : 1, cap == .square ? 1.5 : 1, 1.25)
    reach = Int64(half * factor) + 512
  }

  /// Goes from the right of `direction` round its front to the left.
  func cap(
    _ point: SIMD2<Int64>, _ direction: SIMD2<Double>, _ arc: inout ArcTable, _ right: inout Side
  ) {
    switch cap {
    case .butt: break
    case .square:
      let u = direction * half
      let n = SIMD2(-u.y, u.x)
      right.add(point &+ rounded(u + n))
      right.add(point &+ rounded(u - n))
    case .round:
      let n = SIMD2(-direction.y, direction.x)
      arc.backward(from: n, to: direction) { right.add(point &+ $0) }
      arc.backward(from: direction, to: -n) { right.add(point &+ $0) }
    }
  }

  /// The corners at a vertex between two segments, on both sides.
  @inline(__always)
  func join(
    _ point: SIMD2<Int64>, _ a: Segment, _ b: Segment, _ arc: inout ArcTable,
    _ right: inout Side, _ left: inout Side
  ) {
    let dot = a.direction.x * b.direction.x + a.direction.y * b.direction.y
    guard dot > 0 && (1 - dot) * half < Pen.flatness else {
      return corner(point, a, b, dot, &arc, &right, &left)
    }
    // Round, bevel and miter agree here to within a fraction of a level of grey.
    let n = rounded((a.normal + b.normal) * (half / (1 + dot)))
    right.add(point &+ n)
    left.add(point &- n)
  }

  @inline(never)
  private func corner(
    _ point: SIMD2<Int64>, _ a: Segment, _ b: Segment, _ dot: Double, _ arc: inout ArcTable,
    _ right: inout Side, _ left: inout Side
  ) {
    let cross = a.direction.x * b.direction.y - a.direction.y * b.direction.x
    let na = rounded(a.normal * half)
    let nb = rounded(b.normal * half)
    let turnsRight = cross > 0
    // On the inner side the two parallels meet, if both segments reach that far.
    let along = half * abs(cross) / (1 + dot)
    if dot > -0.999 && 2 * along <= min(a.length, b.length) {
      let n = rounded((a.normal + b.normal) * (half / (1 + dot)))
      if turnsRight { right.add(point &+ n) } else { left.add(point &- n) }
    } else if turnsRight {
      right.add(point &+ na)
      right.add(point)
      right.add(point &+ nb)
    } else {
      left.add(point &- na)
      left.add(point)
      left.add(point &- nb)
    }
    if join == .miter && (1 + dot) * miterLimitSquared >= 2 {
      let n = rounded((a.normal + b.normal) * (half / (1 + dot)))
      if turnsRight { left.add(point &- n) } else { right.add(point &+ n) }
      return
    }
    if turnsRight {
      left.add(point &- na)
      if join == .round {
        arc.forward(from: -a.normal, to: -b.normal) { left.add(point &+ $0) }
      }
      left.add(point &- nb)
    } else {
      right.add(point &+ na)
      if join == .round {
        arc.backward(from: a.normal, to: b.normal) { right.add(point &+ $0) }
      }
      right.add(point &+ nb)
    }
  }

  /// The corners where two lines were linked. Each line's own are those that it has alone, because
  /// where this vertex is out of sight the other line need not be known.
  @inline(never)
  func seam(
    _ point: SIMD2<Int64>, _ a: Segment, _ b: Segment, _ arc: inout ArcTable,
    _ right: inout Side, _ left: inout Side
  ) {
    let na = rounded(a.normal * half)
    let nb = rounded(b.normal * half)
    if na == nb {
      right.add(point &+ na)
      left.add(point &- na)
      return
    }
    let dot = a.direction.x * b.direction.x + a.direction.y * b.direction.y
    let cross = a.direction.x * b.direction.y - a.direction.y * b.direction.x
    let turnsRight = cross > 0
    // On the inner side either line's corner lies within the other line, unless that is too short.
    let isInside = dot > 0 && half * abs(cross) <= min(a.length, b.length)
    if turnsRight {
      right.add(point &+ na)
      if !isInside { right.add(point) }
      right.add(point &+ nb)
      left.add(point &- na)
    } else {
      left.add(point &- na)
      if !isInside { left.add(point) }
      left.add(point &- nb)
      right.add(point &+ na)
    }
    let isFlat = dot > 0 && (1 - dot) * half < Pen.flatness
    if cap == .butt, join == .miter, (1 + dot) * miterLimitSquared >= 2 {
      let n = rounded((a.normal + b.normal) * (half / (1 + dot)))
      if turnsRight { left.add(point &- n) } else { right.add(point &+ n) }
    } else if !isFlat, cap == .round || join == .round {
      if turnsRight {
        arc.forward(from: -a.normal, to: -b.normal) { left.add(point &+ $0) }
      } else {
        arc.backward(from: a.normal, to: b.normal) { right.add(point &+ $0) }
      }
    }
    if turnsRight { left.add(point &- nb) } else { right.add(point &+ nb) }
  }
}

@inline(__always)
func rounded(_ v: SIMD2<Double>) -> SIMD2<Int64> {
  SIMD2(roundedInRange(v.x), roundedInRange(v.y))
}

/// One side of a line.
struct Segment: Sendable {
  let direction: SIMD2<Double>
  /// 1/256 px.
  let length: Double

  @inline(__always)
  init(_ from: SIMD2<Int64>, _ to: SIMD2<Int64>) {
    let d = to &- from
    let x = Double(d.x)
    let y = Double(d.y)
    length = (x * x + y * y).squareRoot()
    let scale = length > 0 ? 1 / length : 0
    direction = SIMD2(x * scale, y * scale)
  }

  /// To the right of the direction, y being down.
  @inline(__always)
  var normal: SIMD2<Double> { SIMD2(-direction.y, direction.x) }
}

/// A circle of the pen's radius, cut at fixed directions; arcs use the corners between their ends.
struct ArcTable: Sendable {
  private var radius = 0.0
  private var directions: [SIMD2<Double>] = []
  private var offsets: [SIMD2<Int64>] = []
  /// Some recent direction's place: the sector that begins at this index.
  private var sector = 0

  mutating func prepare(radius: Double) {
    guard radius != self.radius else { return }
    self.radius = radius
    sector = 0
    directions.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    let count = CircleTable.cornerCount(radius: radius)
    for i in 0..<count {
      let d = CircleTable.direction(i, of: count)
      directions.append(d)
      offsets.append(rounded(d * radius))
    }
  }

  /// The corners strictly between two directions of less than half a turn, by growing angle.
  @inline(__always)
  mutating func forward(
    from: SIMD2<Double>, to: SIMD2<Double>, _ emit: (SIMD2<Int64>) -> Void
  ) {
    var i = find(from)
    var steps = 0
    while steps < directions.count {
      i = i + 1 == directions.count ? 0 : i + 1
      guard cross(directions[i], to) > 0, cross(from, directions[i]) >= 0 else { break }
      emit(offsets[i])
      steps += 1
    }
    sector = i
  }

  /// The same by falling angle.
  @inline(__always)
  mutating func backward(
    from: SIMD2<Double>, to: SIMD2<Double>, _ emit: (SIMD2<Int64>) -> Void
  ) {
    var i = find(from)
    var steps = 0
    while steps < directions.count {
      guard cross(to, directions[i]) > 0, cross(directions[i], from) >= 0 else { break }
      emit(offsets[i])
      i = i == 0 ? directions.count - 1 : i - 1
      steps += 1
    }
    sector = i
  }

  /// The sector that holds `direction`: its first corner lies before, its last behind.
  private func find(_ direction: SIMD2<Double>) -> Int {
    let count = directions.count
    var i = sector
    if directions[i].x * direction.x + directions[i].y * direction.y < 0 {
      i = i + count / 2
      if i >= count { i -= count }
    }
    for _ in 0..<count where cross(directions[i], direction) < 0 {
      i = i == 0 ? count - 1 : i - 1
    }
    for _ in 0..<count {
      let next = i + 1 == count ? 0 : i + 1
      guard cross(directions[next], direction) >= 0 else { break }
      i = next
    }
    return i
  }

  @inline(__always)
  private func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }
}
