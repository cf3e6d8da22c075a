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
    var low = points[range.lowerBound]
    var high = low
    for i in range {
      low = pointwiseMin(low, points[i])
      high = pointwiseMax(high, points[i])
    }
    return touches(low, high)
  }

  /// Whether all points lie within the window.
  func holds(_ points: [SIMD2<Int64>]) -> Bool {
    var low = points[0]
    var high = low
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    return low.x >= minX && high.x <= maxX && low.y >= minY && high.y <= maxY
  }

  @inline(__always)
  func touches(_ a: SIMD2<Int64>, _ b: SIMD2<Int64>) -> Bool {
    max(a.x, b.x) >= minX && min(a.x, b.x) <= maxX && max(a.y, b.y) >= minY
      && min(a.y, b.y) <= maxY
  }
}
