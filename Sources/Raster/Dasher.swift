/// A line without repeated points.
struct Polyline: Sendable {
  private(set) var points: [SIMD2<Int64>] = []
  private(set) var isClosed = false
  /// Of a line that is a single point.
  private(set) var direction = SIMD2(1.0, 0.0)

  mutating func clear(direction: SIMD2<Double> = SIMD2(1, 0)) {
    points.removeAll(keepingCapacity: true)
    isClosed = false
    self.direction = direction
  }

  mutating func append(_ point: SIMD2<Int64>) {
    if points.last != point { points.append(point) }
  }

  /// A contour; a closed one drops a last point that repeats the first.
  mutating func load(_ source: Span<SIMD2<Int64>>, isClosed: Bool) {
    clear()
    for i in source.indices { append(source[i]) }
    guard isClosed else { return }
    if points.count > 1, points[0] == points[points.count - 1] { points.removeLast() }
    self.isClosed = points.count > 1
  }

  /// The parallel of `line` at `offset` (1/256 px, right positive). Corners are mitered up to
  /// twice the offset and cut beyond, or where the inner parallels do not meet.
  mutating func load(_ line: borrowing Polyline, offset: Double) {
    clear(direction: line.direction)
    let source = line.points
    let count = source.count
    guard count > 1 else {
      for point in source { append(point) }
      return
    }
    let segmentCount = line.isClosed ? count : count - 1
    var before =
      line.isClosed ? Segment(source[count - 1], source[0]) : Segment(source[0], source[1])
    for i in 0..<count {
      let after =
        i < segmentCount ? Segment(source[i], source[i + 1 == count ? 0 : i + 1]) : before
      let dot = before.direction.x * after.direction.x + before.direction.y * after.direction.y
      let cross = before.direction.x * after.direction.y - before.direction.y * after.direction.x
      let meets = abs(offset * cross) <= (1 + dot) * min(before.length, after.length)
      let isInner = (cross > 0) == (offset > 0)
      if dot >= -0.5 && (meets || !isInner) {
        append(source[i] &+ Polyline.scaled(before.normal + after.normal, offset / (1 + dot)))
      } else {
        append(source[i] &+ Polyline.scaled(before.normal, offset))
        append(source[i] &+ Polyline.scaled(after.normal, offset))
      }
      before = after
    }
    if line.isClosed, points.count > 1, points[0] == points[points.count - 1] {
      points.removeLast()
    }
    isClosed = line.isClosed && points.count > 1
  }

  @inline(__always)
  static func scaled(_ v: SIMD2<Double>, _ factor: Double) -> SIMD2<Int64> {
    SIMD2(rounded(v.x * factor), rounded(v.y * factor))
  }
}

/// Cuts lines into dashes.
///
/// A dash's ends are lengths along its contour that are computed from the dash's own number, so
/// that dashes out of sight can be skipped without moving the others.
struct Dasher: Sendable {
  /// Lengths of the parts in 1/256 px, an even number of them, and where each begins.
  private var starts: [Double] = []
  private var ends: [Double] = []
  private var period = 0.0
  private var phase = 0.0

  /// A contour's dashes end after 2^40 px: lengths in 1/256 px stay exact to a part of a unit.
  private static let longestLength = 0x1p48

  /// Where the cutting of a line stands.
  struct Place {
    /// Number of the next drawn part since the contour's start.
    var period: Int
    var part: Int
    /// The segment that holds it, and the line's length up to that segment's start.
    var segment = 0
    var length = 0.0
  }

  /// Takes the dashes of a stroke; false if it has none.
  mutating func prepare(_ stroke: Stroke) -> Bool {
    starts.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    guard !stroke.dashes.isEmpty, stroke.dashes.allSatisfy({ $0 >= 0 && $0 <= 0x1p20 }) else {
      return false
    }
    period = 0
    let repeats = stroke.dashes.count % 2 == 0 ? 1 : 2
    var isDrawn = true
    for _ in 0..<repeats {
      for dash in stroke.dashes {
        if isDrawn {
          starts.append(period)
          ends.append(period + dash * 256)
        }
        period += dash * 256
        isDrawn.toggle()
      }
    }
    // Nobody can see such dashes, and there would be any number of them.
    let shortest = max(Stroke.shortestPeriod, min(stroke.width, Stroke.maximumWidth) / 64)
    guard period >= shortest * 256 else { return false }
    let offset = stroke.dashOffset.isFinite ? stroke.dashOffset * 256 : 0
    phase = offset.truncatingRemainder(dividingBy: period)
    if phase < 0 { phase += period }
    return true
  }

  func begin() -> Place { Place(period: 0, part: 0) }

  /// Makes `dash` the next dash that can be seen; false after the last.
  func next(
    _ line: borrowing Polyline, _ window: Window, _ place: inout Place, into dash: inout Polyline
  ) -> Bool {
    let points = line.points
    let count = points.count
    guard count > 1 else { return false }
    let segmentCount = line.isClosed ? count : count - 1
    while place.segment < segmentCount {
      let a = points[place.segment]
      let b = points[place.segment + 1 == count ? 0 : place.segment + 1]
      let segment = Segment(a, b)
      let segmentEnd = place.length + segment.length
      skipHidden(a, b, segment, window, &place)
      let start = max(start(of: place), 0)
      let end = end(of: place)
      guard start < Dasher.longestLength else { return false }
      if start >= segmentEnd {
        place.segment += 1
        place.length = segmentEnd
        continue
      }
      advance(&place)
      guard end > start || (end == start && start >= place.length) else { continue }
      guard end >= place.length else { continue }
      dash.clear(direction: segment.direction)
      dash.append(Dasher.point(a, segment, max(start - place.length, 0)))
      var length = place.length
      var i = place.segment
      var current = segment
      var from = a
      while end > length + current.length, i + 1 < segmentCount {
        length += current.length
        i += 1
        from = points[i]
        dash.append(from)
        current = Segment(from, points[i + 1 == count ? 0 : i + 1])
      }
      dash.append(Dasher.point(from, current, min(end - length, current.length)))
      return true
    }
    return false
  }

  private func start(of place: Place) -> Double {
    Double(place.period) * period + starts[place.part] - phase
  }

  private func end(of place: Place) -> Double {
    Double(place.period) * period + ends[place.part] - phase
  }

  private func advance(_ place: inout Place) {
    place.part += 1
    if place.part == starts.count {
      place.part = 0
      place.period += 1
    }
  }

  /// Passes over the dashes that lie wholly on the hidden first part of a segment, or on the rest
  /// of it if nothing more of it can be seen.
  private func skipHidden(
    _ a: SIMD2<Int64>, _ b: SIMD2<Int64>, _ segment: Segment, _ window: Window,
    _ place: inout Place
  ) {
    guard segment.length > 4 * period else { return }
    let begin = start(of: place)
    guard begin < place.length + segment.length else { return }
    let here = max(begin - place.length, 0)
    let visible = window.visible(a, segment)
    let target: Double
    if here < visible.lowerBound {
      target = visible.lowerBound
    } else if here > visible.upperBound {
      target = segment.length
    } else {
      return
    }
    // A period less than the target, so that rounding cannot skip a dash that reaches it.
    let jump = ((place.length + target + phase) / period).rounded(.down) - 1
    if jump > Double(place.period), jump < 0x1p62 {
      place.period = Int(jump)
      place.part = 0
    }
  }

  /// The point of a segment at a length from its start.
  private static func point(
    _ from: SIMD2<Int64>, _ segment: Segment, _ length: Double
  ) -> SIMD2<Int64> {
    from &+ Polyline.scaled(segment.direction, length)
  }
}

extension Window {
  /// The lengths along a segment between which it can touch the window, with a margin for
  /// rounding; an empty range at the segment's end if it cannot.
  func visible(_ a: SIMD2<Int64>, _ segment: Segment) -> ClosedRange<Double> {
    var low = 0.0
    var high = segment.length
    for axis in 0..<2 {
      let from = Double(a[axis])
      let along = segment.direction[axis]
      let least = Double(axis == 0 ? minX : minY) - 256
      let most = Double(axis == 0 ? maxX : maxY) + 256
      if along == 0 {
        if from < least || from > most { return segment.length...segment.length }
        continue
      }
      let t0 = (least - from) / along
      let t1 = (most - from) / along
      low = max(low, min(t0, t1))
      high = min(high, max(t0, t1))
    }
    return low <= high ? low...high : segment.length...segment.length
  }
}
