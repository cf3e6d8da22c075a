/// A contour of points that are stored as offsets on a finer grid: a point is at
/// origin + offset · 2^shift.
public struct GridContour: Hashable, Sendable {
  /// How large the coordinates of a narrow contour's offsets may be.
  @inlinable @inline(__always)
  public static var narrowLimit: Int64 { 1 << 28 }

  /// Where its offsets stand among others.
  public var first: Int32
  public var count: Int32
  public var origin: SIMD2<Int64>
  public var shift: UInt8
  public var isClosed: Bool
  /// Whether offsets are known to lie within `narrowLimit`, but for what snapping to a grid adds.
  public var isNarrow: Bool

  public init(
    first: Int32, count: Int32, origin: SIMD2<Int64>, shift: UInt8, isClosed: Bool, isNarrow: Bool
  ) {
    self.first = first
    self.count = count
    self.origin = origin
    self.shift = shift
    self.isClosed = isClosed
    self.isNarrow = isNarrow
  }

  @inline(__always)
  fileprivate var range: Range<Int> { Int(first)..<Int(first) + Int(count) }
}

extension Path {
  /// Adds contours of points on a finer grid; one of a single point draws nothing.
  ///
  /// Points become (origin + offset · 2^shift) / 2^bits, rounded to the nearest (halves up), minus
  /// target, in 24.8 pixels. Below zero `bits` multiplies.
  ///
  /// - Precondition: the contours lie within `offsets`.
  public mutating func addContours(
    _ contours: Span<GridContour>, of offsets: Span<SIMD2<Int32>>, bits: Int64,
    target: SIMD2<Int64>
  ) {
    let first = points.count
    var total = 0
    var last = 0
    starts.append(addingCapacity: contours.count) { starts in
      for i in contours.indices where contours[i].count > 0 {
        last = first &+ total
        starts.append(Int64(last))
        total &+= Int(contours[i].count)
      }
    }
    guard total > 0 else { return }
    isClosed.append(addingCapacity: contours.count) { isClosed in
      for i in contours.indices where contours[i].count > 0 {
        isClosed.append(contours[i].isClosed)
      }
    }
    points.append(addingCapacity: total) { output in
      for i in contours.indices where contours[i].count > 0 {
        let contour = contours[i]
        Self.place(
          offsets.extracting(contour.range), contour, bits: bits, target: target, into: &output)
      }
    }
    restart = points[last]
  }

  @inline(__always)
  private static func place(
    _ offsets: Span<SIMD2<Int32>>, _ contour: GridContour, bits: Int64, target: SIMD2<Int64>,
    into output: inout OutputSpan<SIMD2<Int64>>
  ) {
    let shift = Int64(contour.shift)
    guard bits > 0 else {
      for i in offsets.indices {
        let offset = SIMD2<Int64>(truncatingIfNeeded: offsets[i])
        let place = contour.origin &+ offset &<< SIMD2(repeating: shift)
        output.append((place &<< SIMD2(repeating: 0 &- bits)) &- target)
      }
      return
    }
    // The target is a multiple of what is rounded away, so it can be subtracted before.
    let half = SIMD2<Int64>(repeating: 1 &<< (bits &- 1))
    let from = contour.origin &+ half &- target &<< SIMD2(repeating: bits)
    let limit = 2 * GridContour.narrowLimit
    guard contour.isNarrow, shift == 0, bits < 32, from.max() <= limit, from.min() >= -limit else {
      for i in offsets.indices {
        let x = from.x &+ Int64(offsets[i].x) &<< shift
        let y = from.y &+ Int64(offsets[i].y) &<< shift
        output.append(SIMD2(x &>> bits, y &>> bits))
      }
      return
    }
    let near = SIMD2<Int32>(truncatingIfNeeded: from)
    let steps = SIMD2<Int32>(repeating: Int32(truncatingIfNeeded: bits))
    for i in offsets.indices {
      output.append(SIMD2<Int64>(truncatingIfNeeded: (offsets[i] &+ near) &>> steps))
    }
  }
}
