/// Turns lines into outlines to be filled under the non-zero rule.
///
/// Every corner of an outline is a vertex of the line plus a rounded offset that depends only on
/// differences of neighbouring vertices, so that an outline moves exactly with its line. Segments
/// that cannot touch the picture are left out together with their corners; a drawn segment's
/// corners are always made from its true neighbours.
struct Stroker: Sendable {
  private(set) var result = Path()
  private var line = Polyline()
  private var shifted = Polyline()
  private var dashed = Polyline()
  private var left: [SIMD2<Int64>] = []
  private var segments: [Segment] = []
  private var kept: [Bool] = []
  private var arc = ArcTable()
  private var dasher = Dasher()
  private var links = LineLinks()

  /// Makes `result` the outline of `path`, complete where it can touch a picture of the size.
  mutating func outline(_ path: borrowing Path, _ stroke: Stroke, width: Int, height: Int) {
    result.removeAll()
    guard stroke.width > 0, width > 0, height > 0, path.isInRange else { return }
    var pen = Pen(stroke)
    if stroke.join == .round || stroke.cap == .round { arc.prepare(radius: pen.half) }
    let window = Window(width: width, height: height, reach: pen.reach)
    let dashes = dasher.prepare(stroke)
    let offset = stroke.offset.isFinite ? max(-0x1p20, min(stroke.offset, 0x1p20)) * 256 : 0
    if !dashes, offset == 0 {
      links.find(path, window, cap: stroke.cap)
      for c in path.starts.indices {
        guard let caps = links.take(c, of: path, into: &line) else { continue }
        trace(&pen, window, capStart: caps.capStart, capEnd: caps.capEnd)
      }
      return
    }
    for c in path.starts.indices {
      let points = path.contour(c)
      guard points.count > 1, offset != 0 || window.touches(path.points, points) else { continue }
      line.load(path.points, points, isClosed: path.isClosed[c])
      if offset != 0 {
        shifted.load(line, offset: offset)
        swap(&line, &shifted)
      }
      if dashes {
        var from = dasher.begin()
        while dasher.next(line, window, &from, into: &dashed) {
          swap(&line, &dashed)
          trace(&pen, window)
          swap(&line, &dashed)
        }
      } else {
        trace(&pen, window)
      }
    }
  }

  /// Outlines `line`, or the runs of it that can be seen.
  private mutating func trace(
    _ pen: inout Pen, _ window: Window, capStart: Bool = true, capEnd: Bool = true
  ) {
    let count = line.points.count
    guard count > 1 else {
      if let point = line.points.first { dot(point, line.direction, pen, window) }
      return
    }
    let segmentCount = line.isClosed ? count : count - 1
    guard !window.holds(line.points) else {
      measure(segmentCount)
      if line.isClosed { return ring(pen) }
      return run(0, segmentCount, pen, capStart: capStart, capEnd: capEnd)
    }
    guard look(segmentCount, window) else { return }
    measureKept(segmentCount)
    var from = 0
    if line.isClosed {
      // A closed line is cut at a segment out of sight, so that no visible run is split.
      guard let hidden = kept.firstIndex(of: false) else { return ring(pen) }
      from = hidden + 1
    }
    let end = line.isClosed ? from + segmentCount - 1 : segmentCount
    while from < end {
      while from < end, !kept[from % segmentCount] { from += 1 }
      var to = from
      while to < end, kept[to % segmentCount] { to += 1 }
      if from < to {
        let isStart = !line.isClosed && from == 0
        let isEnd = !line.isClosed && to == segmentCount
        run(from, to, pen, capStart: isStart && capStart, capEnd: isEnd && capEnd)
      }
      from = to
    }
  }

  /// Finds for each segment whether it or one of its neighbours can touch the picture; false if none.
  private mutating func look(_ count: Int, _ window: Window) -> Bool {
    kept.removeAll(keepingCapacity: true)
    kept.append(contentsOf: repeatElement(false, count: count))
    let points = line.points
    var isSeen = false
    var from = points[0]
    for i in 0..<count {
      let to = points[i + 1 == points.count ? 0 : i + 1]
      if window.touches(from, to) {
        isSeen = true
        kept[i] = true
        if i > 0 || line.isClosed { kept[i == 0 ? count - 1 : i - 1] = true }
        if i + 1 < count || line.isClosed { kept[i + 1 == count ? 0 : i + 1] = true }
      }
      from = to
    }
    return isSeen
  }

  private mutating func measure(_ count: Int) {
    segments.removeAll(keepingCapacity: true)
    let points = line.points
    segments.append(addingCapacity: count) { output in
      var from = points[0]
      for i in 1..<count {
        let to = points[i]
        output.append(Segment(from, to))
        from = to
      }
      output.append(Segment(from, points[count == points.count ? 0 : count]))
    }
  }

  /// Measures the segments that are kept; the others are not looked at.
  private mutating func measureKept(_ count: Int) {
    segments.removeAll(keepingCapacity: true)
    segments.append(contentsOf: repeatElement(Segment.none, count: count))
    let points = line.points
    for i in 0..<count where kept[i] {
      segments[i] = Segment(points[i], points[i + 1 == points.count ? 0 : i + 1])
    }
  }

  /// The outline of segments `from ..< to` as one contour.
  private mutating func run(_ from: Int, _ to: Int, _ pen: Pen, capStart: Bool, capEnd: Bool) {
    let count = segments.count
    left.removeAll(keepingCapacity: true)
    let first = segments[from % count]
    let last = segments[(to - 1) % count]
    let start = line.points[from % line.points.count]
    let end = line.points[to % line.points.count]
    result.begin()
    let n = first.normal * pen.half
    result.add(start &+ rounded(n))
    left.append(start &- rounded(n))
    var before = first
    var vertex = from % line.points.count
    var segment = from % count
    for _ in from + 1..<max(to, from + 1) {
      vertex = vertex + 1 == line.points.count ? 0 : vertex + 1
      segment = segment + 1 == count ? 0 : segment + 1
      let after = segments[segment]
      join(vertex, before, after, pen)
      before = after
    }
    let m = last.normal * pen.half
    result.add(end &+ rounded(m))
    left.append(end &- rounded(m))
    cap(end, last.direction, pen, capEnd)
    result.addReversed(left)
    cap(start, -first.direction, pen, capStart)
    result.finish()
  }

  /// The two outlines of a closed line.
  private mutating func ring(_ pen: Pen) {
    left.removeAll(keepingCapacity: true)
    result.begin()
    var before = segments[segments.count - 1]
    for i in segments.indices {
      let after = segments[i]
      join(i, before, after, pen)
      before = after
    }
    result.finish()
    result.begin()
    result.addReversed(left)
    result.finish()
  }

  /// A line without length: what its two caps make of it.
  private mutating func dot(
    _ point: SIMD2<Int64>, _ direction: SIMD2<Double>, _ pen: Pen, _ window: Window
  ) {
    guard pen.cap != .butt, window.touches(point, point) else { return }
    result.begin()
    let n = SIMD2(-direction.y, direction.x) * pen.half
    result.add(point &+ rounded(n))
    cap(point, direction, pen, true)
    result.add(point &- rounded(n))
    cap(point, -direction, pen, true)
    result.finish()
  }

  /// Goes from the right of `direction` round its front to the left.
  private mutating func cap(
    _ point: SIMD2<Int64>, _ direction: SIMD2<Double>, _ pen: Pen, _ isDrawn: Bool
  ) {
    guard isDrawn else { return }
    switch pen.cap {
    case .butt: break
    case .square:
      let u = direction * pen.half
      let n = SIMD2(-u.y, u.x)
      result.add(point &+ rounded(u + n))
      result.add(point &+ rounded(u - n))
    case .round:
      let n = SIMD2(-direction.y, direction.x)
      arc.backward(from: n, to: direction) { result.add(point &+ $0) }
      arc.backward(from: direction, to: -n) { result.add(point &+ $0) }
    }
  }

  /// The corners at a vertex between two segments, on both sides.
  @inline(__always)
  private mutating func join(_ vertex: Int, _ a: Segment, _ b: Segment, _ pen: Pen) {
    let point = line.points[vertex]
    if !line.seams.isEmpty, line.seams[vertex] { return seam(point, a, b, pen) }
    let half = pen.half
    let dot = a.direction.x * b.direction.x + a.direction.y * b.direction.y
    let cross = a.direction.x * b.direction.y - a.direction.y * b.direction.x
    if dot > 0 && (1 - dot) * half < Pen.flatness {
      // Round, bevel and miter agree here to within a fraction of a level of grey.
      let n = rounded((a.normal + b.normal) * (half / (1 + dot)))
      result.add(point &+ n)
      left.append(point &- n)
      return
    }
    let na = rounded(a.normal * half)
    let nb = rounded(b.normal * half)
    let turnsRight = cross > 0
    // On the inner side the two parallels meet, if both segments reach that far.
    let along = half * abs(cross) / (1 + dot)
    if dot > -0.999 && 2 * along <= min(a.length, b.length) {
      let n = rounded((a.normal + b.normal) * (half / (1 + dot)))
      if turnsRight { result.add(point &+ n) } else { left.append(point &- n) }
    } else if turnsRight {
      result.add(point &+ na)
      result.add(point)
      result.add(point &+ nb)
    } else {
      left.append(point &- na)
      left.append(point)
      left.append(point &- nb)
    }
    if pen.join == .miter && (1 + dot) * pen.miterLimitSquared >= 2 {
      let n = rounded((a.normal + b.normal) * (half / (1 + dot)))
      if turnsRight { left.append(point &- n) } else { result.add(point &+ n) }
      return
    }
    if turnsRight {
      left.append(point &- na)
      if pen.join == .round {
        arc.forward(from: -a.normal, to: -b.normal) { left.append(point &+ $0) }
      }
      left.append(point &- nb)
    } else {
      result.add(point &+ na)
      if pen.join == .round {
        arc.backward(from: a.normal, to: b.normal) { result.add(point &+ $0) }
      }
      result.add(point &+ nb)
    }
  }
}

extension Stroker {
  /// The corners where two lines were linked. Each line's own are those that it has alone, because
  /// where this vertex is out of sight the other line need not be known.
  fileprivate mutating func seam(_ point: SIMD2<Int64>, _ a: Segment, _ b: Segment, _ pen: Pen) {
    let na = rounded(a.normal * pen.half)
    let nb = rounded(b.normal * pen.half)
    if na == nb {
      result.add(point &+ na)
      left.append(point &- na)
      return
    }
    let dot = a.direction.x * b.direction.x + a.direction.y * b.direction.y
    let cross = a.direction.x * b.direction.y - a.direction.y * b.direction.x
    let turnsRight = cross > 0
    // On the inner side either line's corner lies within the other line, unless that is too short.
    let isInside = dot > 0 && pen.half * abs(cross) <= min(a.length, b.length)
    if turnsRight {
      result.add(point &+ na)
      if !isInside { result.add(point) }
      result.add(point &+ nb)
      left.append(point &- na)
    } else {
      left.append(point &- na)
      if !isInside { left.append(point) }
      left.append(point &- nb)
      result.add(point &+ na)
    }
    let isFlat = dot > 0 && (1 - dot) * pen.half < Pen.flatness
    if pen.cap == .butt, pen.join == .miter, (1 + dot) * pen.miterLimitSquared >= 2 {
      let n = rounded((a.normal + b.normal) * (pen.half / (1 + dot)))
      if turnsRight { left.append(point &- n) } else { result.add(point &+ n) }
    } else if !isFlat, pen.cap == .round || pen.join == .round {
      if turnsRight {
        arc.forward(from: -a.normal, to: -b.normal) { left.append(point &+ $0) }
      } else {
        arc.backward(from: a.normal, to: b.normal) { result.add(point &+ $0) }
      }
    }
    if turnsRight { left.append(point &- nb) } else { result.add(point &+ nb) }
  }
}

@inline(__always)
private func rounded(_ v: SIMD2<Double>) -> SIMD2<Int64> {
  SIMD2(roundedInRange(v.x), roundedInRange(v.y))
}

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
}

/// One side of a line.
struct Segment: Sendable {
  let direction: SIMD2<Double>
  /// 1/256 px.
  let length: Double

  /// Stands for a segment that nobody looks at.
  static let none = Segment(SIMD2(), SIMD2())

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
