/// Turns lines into outlines to be filled under the non-zero rule.
///
/// Every corner of an outline is a vertex of the line plus a rounded offset that depends only on
/// differences of neighbouring vertices, so that an outline moves exactly with its line. Segments
/// that cannot touch the picture are left out together with their corners; a drawn segment's
/// corners are always made from its true neighbours.
struct Stroker: Sendable {
  private(set) var result = Outline()
  private var linked = LinkedLine()
  private var line = Polyline()
  private var shifted = Polyline()
  private var dashed = Polyline()
  private var arc = ArcTable()
  private var dasher = Dasher()
  private var links = LineLinks()
  /// Which contours of a path are outlined already.
  private var isOutlined: [Bool] = []

  /// Makes `result` the outline of `path`, complete where it can touch a picture of the size.
  mutating func outline(_ path: borrowing Path, _ stroke: Stroke, width: Int, height: Int) {
    result.removeAll()
    guard stroke.width > 0, width > 0, height > 0 else { return }
    let pen = Pen(stroke)
    if stroke.join == .round || stroke.cap == .round { arc.prepare(radius: pen.half) }
    let window = Window(width: width, height: height, reach: pen.reach)
    let dashes = dasher.prepare(stroke)
    let offset = stroke.offset.isFinite ? max(-0x1p20, min(stroke.offset, 0x1p20)) * 256 : 0
    // Lines are taken out of the stroker, so that they can be read while the outline is made.
    if !dashes, offset == 0 {
      var outlined: [Bool] = []
      swap(&outlined, &isOutlined)
      defer { swap(&outlined, &isOutlined) }
      if path.isClosed.contains(true) {
        if result.addRings(of: path, pen, window, isAdded: &outlined) { return }
      } else {
        outlined.removeAll(keepingCapacity: true)
      }
      var line = LinkedLine()
      swap(&line, &linked)
      defer { swap(&line, &linked) }
      guard links.find(path, window, cap: stroke.cap, except: outlined.span) else {
        return result.removeAll()
      }
      for c in path.starts.indices {
        guard let taken = links.take(c, of: path, into: &line) else { continue }
        var course = Course(isClosed: taken.isClosed, isInside: taken.isInside)
        course.capStart = taken.capStart
        course.capEnd = taken.capEnd
        if let range = taken.range {
          trace(
            path.points.span.extracting(range), line.seams.span.extracting(first: 0), course, pen,
            window)
        } else {
          let points = line.points.span.extracting(first: line.count)
          trace(points, line.seams.span.extracting(first: line.seamCount), course, pen, window)
        }
      }
      return
    }
    guard path.isInRange else { return }
    var line = Polyline()
    swap(&line, &self.line)
    defer { swap(&line, &self.line) }
    for c in path.starts.indices {
      let points = path.contour(c)
      guard points.count > 1, offset != 0 || window.touches(path.points, points) else { continue }
      line.load(path.points.span.extracting(points), isClosed: path.isClosed[c])
      if offset != 0 {
        shifted.load(line, offset: offset)
        swap(&line, &shifted)
      }
      if dashes {
        var from = dasher.begin()
        var dash = Polyline()
        swap(&dash, &dashed)
        while dasher.next(line, window, &from, into: &dash) { trace(dash, pen, window) }
        swap(&dash, &dashed)
      } else {
        trace(line, pen, window)
      }
    }
  }

  private mutating func trace(_ line: borrowing Polyline, _ pen: Pen, _ window: Window) {
    var course = Course(isClosed: line.isClosed, isInside: window.holds(line.points))
    course.direction = line.direction
    let points = line.points.span
    let none: [Bool] = []
    trace(points, none.span, course, pen, window)
  }

  /// Outlines a line without repeated points, or the runs of it that can be seen.
  private mutating func trace(
    _ points: Span<SIMD2<Int64>>, _ seams: Span<Bool>, _ course: Course, _ pen: Pen,
    _ window: Window
  ) {
    let count = points.count
    guard count > 1 else {
      if count == 1 { dot(points[0], course.direction, pen, window) }
      return
    }
    let segmentCount = course.isClosed ? count : count - 1
    if course.isInside {
      if course.isClosed { return ring(points, seams, pen) }
      return run(points, seams, 0, segmentCount, course, pen)
    }
    // A segment is drawn if it or one of its neighbours can touch the picture.
    var hidden = course
    hidden.capStart = false
    hidden.capEnd = false
    var first = 0..<0
    var current = 0..<0
    var from = window.outerSides(points[0])
    for i in 0..<segmentCount {
      let to = window.outerSides(points[i + 1 == count ? 0 : i + 1])
      let isSeen = from & to == 0
      from = to
      guard isSeen else { continue }
      let low = course.isClosed ? i - 1 : max(i - 1, 0)
      let high = course.isClosed ? i + 2 : min(i + 2, segmentCount)
      if !current.isEmpty, low <= current.upperBound {
        current = current.lowerBound..<high
        continue
      }
      if !course.isClosed {
        runOpen(points, seams, current, segmentCount, course, pen)
      } else if first.isEmpty {
        // It may turn out to go on from the last.
        first = current
      } else {
        run(points, seams, current.lowerBound, current.upperBound, hidden, pen)
      }
      current = low..<high
    }
    guard !current.isEmpty else { return }
    guard course.isClosed else {
      return runOpen(points, seams, current, segmentCount, course, pen)
    }
    if first.isEmpty {
      guard current.count < segmentCount else { return ring(points, seams, pen) }
    } else if current.upperBound - segmentCount >= first.lowerBound {
      current = current.lowerBound..<first.upperBound + segmentCount
    } else {
      run(points, seams, first.lowerBound, first.upperBound, hidden, pen)
    }
    run(points, seams, current.lowerBound, current.upperBound, hidden, pen)
  }

  /// The outline of some segments of an open line, with the caps of those at its ends.
  private mutating func runOpen(
    _ points: Span<SIMD2<Int64>>, _ seams: Span<Bool>, _ segments: Range<Int>, _ count: Int,
    _ course: Course, _ pen: Pen
  ) {
    guard !segments.isEmpty else { return }
    var part = course
    part.capStart = course.capStart && segments.lowerBound == 0
    part.capEnd = course.capEnd && segments.upperBound == count
    run(points, seams, segments.lowerBound, segments.upperBound, part, pen)
  }

  /// The outline of segments `from ..< to` as one contour; in a closed line they are counted on
  /// beyond its ends.
  private mutating func run(
    _ points: Span<SIMD2<Int64>>, _ seams: Span<Bool>, _ from: Int, _ to: Int, _ course: Course,
    _ pen: Pen
  ) {
    let count = points.count
    let first = from < 0 ? from + count : from
    result.addContour(expected: 2 * (to - from) + 16) { right, left in
      var vertex = first
      var here = points[vertex]
      vertex = vertex + 1 == count ? 0 : vertex + 1
      var there = points[vertex]
      var before = Segment(here, there)
      let n = rounded(before.normal * pen.half)
      right.add(here &+ n)
      left.add(here &- n)
      var rest = to &- from &- 1
      while rest > 0 {
        let corner = vertex
        vertex = vertex + 1 == count ? 0 : vertex + 1
        here = there
        there = points[vertex]
        let after = Segment(here, there)
        if !seams.isEmpty, seams[corner] {
          pen.seam(here, before, after, &arc, &right, &left)
        } else {
          pen.join(here, before, after, &arc, &right, &left)
        }
        before = after
        rest &-= 1
      }
      let m = rounded(before.normal * pen.half)
      right.add(there &+ m)
      left.add(there &- m)
      if course.capEnd { pen.cap(there, before.direction, &arc, &right) }
    } end: { right in
      guard course.capStart, pen.cap != .butt else { return }
      let start = points[first]
      let next = points[first + 1 == count ? 0 : first + 1]
      pen.cap(start, -Segment(start, next).direction, &arc, &right)
    }
  }

  /// The two outlines of a closed line.
  private mutating func ring(_ points: Span<SIMD2<Int64>>, _ seams: Span<Bool>, _ pen: Pen) {
    let count = points.count
    result.addRing(expected: count + 16) { right, left in
      var here = points[0]
      var before = Segment(points[count - 1], here)
      for i in 0..<count {
        let there = points[i + 1 == count ? 0 : i + 1]
        let after = Segment(here, there)
        if !seams.isEmpty, seams[i] {
          pen.seam(here, before, after, &arc, &right, &left)
        } else {
          pen.join(here, before, after, &arc, &right, &left)
        }
        before = after
        here = there
      }
    }
  }

  /// A line without length: what its two caps make of it.
  private mutating func dot(
    _ point: SIMD2<Int64>, _ direction: SIMD2<Double>, _ pen: Pen, _ window: Window
  ) {
    guard pen.cap != .butt, window.touches(point, point) else { return }
    let n = rounded(SIMD2(-direction.y, direction.x) * pen.half)
    result.addContour(expected: 64) { right, _ in
      right.add(point &+ n)
      pen.cap(point, direction, &arc, &right)
      right.add(point &- n)
      pen.cap(point, -direction, &arc, &right)
    } end: { _ in
    }
  }
}

/// What is known about a line that is to be traced.
private struct Course {
  let isClosed: Bool
  /// Whether all points lie within the window.
  let isInside: Bool
  /// Whether its ends have caps.
  var capStart = true, capEnd = true
  /// Of a line that is a single point.
  var direction = SIMD2(1.0, 0.0)

  init(isClosed: Bool, isInside: Bool) {
    self.isClosed = isClosed
    self.isInside = isInside
  }
}
