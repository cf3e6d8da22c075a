/// The picture, grown by the reach of a pen, in 1/256 px.
struct Window {
  let minX: Int64, minY: Int64, maxX: Int64, maxY: Int64

  init(width: Int, height: Int, reach: Int64) {
    minX = -reach
    minY = -reach
    maxX = Int64(width) << 8 + reach
    maxY = Int64(height) << 8 + reach
  }

  /// Whether the box around some points touches the window.
  func touches(_ points: [SIMD2<Int64>], _ range: Range<Int>) -> Bool {
    // Most lines that are asked about touch it, which their first points tell.
    var sides = -1
    for i in range {
      sides &= outerSides(points[i])
      if sides == 0 { return true }
    }
    return false
  }

  /// Whether all points lie within the window.
  func holds(_ points: [SIMD2<Int64>]) -> Bool {
    for point in points where outerSides(point) != 0 { return false }
    return true
  }

  /// A bit for each side of the window that a point lies beyond.
  @inline(__always)
  func outerSides(_ point: SIMD2<Int64>) -> Int {
    (point.x < minX ? 1 : 0) | (point.x > maxX ? 2 : 0) | (point.y < minY ? 4 : 0)
      | (point.y > maxY ? 8 : 0)
  }

  @inline(__always)
  func touches(_ a: SIMD2<Int64>, _ b: SIMD2<Int64>) -> Bool {
    max(a.x, b.x) >= minX && min(a.x, b.x) <= maxX && max(a.y, b.y) >= minY
      && min(a.y, b.y) <= maxY
  }
}
