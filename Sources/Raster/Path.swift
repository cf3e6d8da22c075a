/// Contours in 24.8 fixed-point pixels (1/256 px), x to the right, y down.
///
/// A fill closes every contour; a stroke closes those that `close()` ended. Coordinates within
/// ±2^50 are legal; a path that leaves this range draws nothing. `removeAll` keeps the storage, so
/// that a path which is filled again and again allocates nothing once it is warm.
public struct Path: Sendable {
  @usableFromInline package internal(set) var points: [SIMD2<Int64>] = []
  /// For each contour its first point, and whether `close()` ended it.
  @usableFromInline package internal(set) var starts: [Int64] = []
  @usableFromInline package internal(set) var isClosed: [Bool] = []
  /// Where a `line` after `close()` starts again, as in SVG.
  @usableFromInline var restart: SIMD2<Int64>?
  /// Of the last radii: the discs of a layer and their borders are drawn in turn.
  private var circles: [CircleTable] = []
  private var nextCircle = 0

  public init() {}

  /// Whether nothing was added since the last `removeAll()`.
  public var isEmpty: Bool { points.isEmpty }

  public mutating func removeAll() {
    points.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    isClosed.removeAll(keepingCapacity: true)
    restart = nil
  }

  /// Starts a contour. A contour of a single point draws nothing.
  public mutating func move(_ x: Int64, _ y: Int64) {
    restart = nil
    if let last = starts.last, last == points.count - 1, isClosed.last == false {
      points[points.count - 1] = SIMD2(x, y)
    } else {
      begin()
      points.append(SIMD2(x, y))
    }
  }

  /// Adds a straight side; without a contour under way it starts one, as `move` does.
  @inlinable @inline(__always)
  public mutating func line(_ x: Int64, _ y: Int64) {
    if points.isEmpty || restart != nil {
      guard resume() else { return move(x, y) }
    }
    points.append(SIMD2(x, y))
  }

  /// Adds a quadratic Bézier curve, flattened to within 1/16 px.
  public mutating func quad(_ cx: Int64, _ cy: Int64, _ x: Int64, _ y: Int64) {
    guard resume() else { return move(x, y) }
    let start = points[points.count - 1]
    Flattening.quad(start, SIMD2(cx, cy), SIMD2(x, y)) { points.append($0) }
  }

  /// Adds a cubic Bézier curve, flattened to within 1/16 px.
  public mutating func cubic(
    _ c1x: Int64, _ c1y: Int64, _ c2x: Int64, _ c2y: Int64, _ x: Int64, _ y: Int64
  ) {
    guard resume() else { return move(x, y) }
    let start = points[points.count - 1]
    Flattening.cubic(start, SIMD2(c1x, c1y), SIMD2(c2x, c2y), SIMD2(x, y)) { points.append($0) }
  }

  /// Ends the contour under way; a following `line` starts from its first point.
  public mutating func close() {
    guard let last = starts.last, isClosed.last == false else { return }
    finish()
    restart = points[Int(last)]
  }

  /// Adds a circle as a closed contour of its own; a radius below 1/256 px adds nothing.
  public mutating func addCircle(x: Int64, y: Int64, radius: Int64) {
    guard radius > 0 else { return }
    let place = circleTable(radius: radius)
    begin()
    finish()
    let centre = SIMD2(x, y)
    let first = points.count
    let offsets = circles[place].offsets
    points.append(addingCapacity: offsets.count) { points in
      for offset in offsets { points.append(centre &+ offset) }
    }
    restart = points[first]
  }

  private mutating func circleTable(radius: Int64) -> Int {
    if let place = circles.firstIndex(where: { $0.radius == radius }) { return place }
    let place = nextCircle
    nextCircle = (place + 1) % 4
    if place == circles.count { circles.append(CircleTable()) }
    circles[place].prepare(radius: radius)
    return place
  }

  public mutating func addRectangle(minX: Int64, minY: Int64, maxX: Int64, maxY: Int64) {
    move(minX, minY)
    line(maxX, minY)
    line(maxX, maxY)
    line(minX, maxY)
    close()
  }

  /// Adds the contours of `other`, each point mapped by `transform` and rounded to 1/256 px.
  public mutating func append(_ other: borrowing Path, transform: Affine) {
    restart = nil
    appendContours(of: other)
    for point in other.points { points.append(transform.apply(point)) }
  }

  /// Adds the contours of `other`, moved by whole 1/256 px.
  public mutating func append(_ other: borrowing Path, x: Int64, y: Int64) {
    let offset = SIMD2(x, y)
    append(other) { $0 &+ offset }
  }

  /// Adds the contours of `other`, each point where `place` puts it.
  @inlinable
  public mutating func append(
    _ other: borrowing Path, _ place: (SIMD2<Int64>) -> SIMD2<Int64>
  ) {
    restart = nil
    appendContours(of: other)
    let count = other.points.count
    points.append(addingCapacity: count) { points in
      for index in 0..<count { points.append(place(other.points[index])) }
    }
  }

  /// The smallest box round all points, in 1/256 px; nil for an empty path.
  public var bounds: (minX: Int64, minY: Int64, maxX: Int64, maxY: Int64)? {
    guard let first = points.first else { return nil }
    var box = (minX: first.x, minY: first.y, maxX: first.x, maxY: first.y)
    for point in points {
      box.minX = min(box.minX, point.x)
      box.minY = min(box.minY, point.y)
      box.maxX = max(box.maxX, point.x)
      box.maxY = max(box.maxY, point.y)
    }
    return box
  }

  /// Whether every coordinate is legal.
  var isInRange: Bool {
    for point in points where !Path.isLegal(point) { return false }
    return true
  }

  @inline(__always)
  static func isLegal(_ point: SIMD2<Int64>) -> Bool {
    let limit: Int64 = 1 << 50
    let span = UInt64(2 * limit)
    // One sum for both bounds; it is allowed to overflow.
    return UInt64(bitPattern: point.x &+ limit) <= span
      && UInt64(bitPattern: point.y &+ limit) <= span
  }

  /// Starts a contour whose points follow by `add`, for makers of whole contours.
  @inline(__always)
  mutating func begin() {
    starts.append(Int64(points.count))
    isClosed.append(false)
  }

  @inline(__always)
  mutating func finish() { isClosed[isClosed.count - 1] = true }

  /// The points of a contour.
  package func contour(_ index: Int) -> Range<Int> {
    Int(starts[index])..<(index + 1 < starts.count ? Int(starts[index + 1]) : points.count)
  }

  /// The points of a closed contour, without a last one that repeats the first.
  @inline(__always)
  func ring(_ index: Int) -> Range<Int> {
    let range = contour(index)
    guard range.count > 1, points[range.lowerBound] == points[range.upperBound &- 1] else {
      return range
    }
    return range.lowerBound..<range.upperBound &- 1
  }

  @usableFromInline
  mutating func appendContours(of other: borrowing Path) {
    let base = Int64(points.count)
    for start in other.starts { starts.append(base + start) }
    isClosed.append(contentsOf: other.isClosed)
  }

  /// Makes sure that a contour is under way; false if there is no point to go on from.
  @usableFromInline
  mutating func resume() -> Bool {
    if let point = restart { move(point.x, point.y) }
    return !points.isEmpty
  }
}

/// An affine map of 24.8 coordinates: x' = xx·x + xy·y + x, y' = yx·x + yy·y + y.
///
/// The linear part works on the coordinates as they are and is rounded to 1/256 px; the
/// translation is added as integers, so that moving by whole pixels moves the picture exactly.
public struct Affine: Hashable, Sendable {
  public var xx, xy, yx, yy: Double
  /// Translation in 1/256 px.
  public var x, y: Int64

  public init(
    xx: Double = 1, xy: Double = 0, yx: Double = 0, yy: Double = 1, x: Int64 = 0, y: Int64 = 0
  ) {
    self.xx = xx
    self.xy = xy
    self.yx = yx
    self.yy = yy
    self.x = x
    self.y = y
  }

  @inline(__always)
  func apply(_ point: SIMD2<Int64>) -> SIMD2<Int64> {
    let px = Double(point.x)
    let py = Double(point.y)
    return SIMD2(rounded(xx * px + xy * py) &+ x, rounded(yx * px + yy * py) &+ y)
  }
}
