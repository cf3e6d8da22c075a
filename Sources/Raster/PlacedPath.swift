/// The contours of a path, each point put where it is to be, and the box round them; its memory is kept.
public struct PlacedPath: Sendable {
  @usableFromInline var path = Path()
  // In parts: vectors of two would be compared in more steps.
  @usableFromInline var minX: Int64 = .max
  @usableFromInline var minY: Int64 = .max
  @usableFromInline var maxX: Int64 = .min
  @usableFromInline var maxY: Int64 = .min

  public init() {}

  /// Replaces the contours by those of `other`, each point where `place` puts it.
  @inlinable @inline(__always)
  public mutating func set(
    _ other: borrowing Path, _ place: (_ x: Int64, _ y: Int64) -> (x: Int64, y: Int64)
  ) {
    var (minX, minY, maxX, maxY) = (Int64.max, Int64.max, Int64.min, Int64.min)
    path.removeAll()
    path.append(other) { point in
      let (x, y) = place(point.x, point.y)
      (minX, minY, maxX, maxY) = (min(minX, x), min(minY, y), max(maxX, x), max(maxY, y))
      return SIMD2(x, y)
    }
    (self.minX, self.minY, self.maxX, self.maxY) = (minX, minY, maxX, maxY)
  }
}
