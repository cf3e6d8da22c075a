/// Lines that go on in each other, as one without repeated points, in memory that is kept.
struct LinkedLine: Sendable {
  /// More points than `count` may be there.
  private(set) var points: [SIMD2<Int64>] = []
  /// For each point whether lines were linked there.
  private(set) var seams: [Bool] = []
  private(set) var count = 0
  /// Zero if lines were linked nowhere.
  private(set) var seamCount = 0

  /// Begins anew with the lines that `body` adds.
  ///
  /// - Parameters:
  ///   - isLinked: whether there may be seams, one of them where the line is closed.
  ///   - capacity: of points that may be added.
  @inline(__always)
  mutating func make(isLinked: Bool, capacity: Int, _ body: (inout Maker) -> Void) {
    if points.count < capacity {
      let size = max(capacity, 2 * points.count, 256)
      points = Array(repeating: SIMD2(), count: size)
      seams = Array(repeating: false, count: size)
    }
    unsafe points.withUnsafeMutableBufferPointer { points in
      unsafe seams.withUnsafeMutableBufferPointer { seams in
        var maker = unsafe Maker(points, seams)
        body(&maker)
        count = maker.count
        seamCount = isLinked ? count : 0
      }
    }
  }

  /// Makes the line closed; a last point that repeats the first is dropped.
  ///
  /// - Returns: whether there are points enough to close it.
  mutating func close() -> Bool {
    if count > 1, points[0] == points[count - 1] { count -= 1 }
    if seamCount > 0 {
      seamCount = count
      seams[0] = true
    }
    return count > 1
  }

  /// Adds lines; points beyond the capacity are left out.
  @safe struct Maker {
    private let points: UnsafeMutableBufferPointer<SIMD2<Int64>>
    private let seams: UnsafeMutableBufferPointer<Bool>
    private let limit: Int
    fileprivate private(set) var count = 0

    fileprivate init(
      _ points: UnsafeMutableBufferPointer<SIMD2<Int64>>,
      _ seams: UnsafeMutableBufferPointer<Bool>
    ) {
      unsafe self.points = points
      unsafe self.seams = seams
      limit = min(points.count, seams.count)
    }

    /// Goes on with another line, which begins at the last point of this one.
    @inline(__always)
    mutating func add(_ source: Span<SIMD2<Int64>>, isReversed: Bool) {
      let added = source.count
      guard added > 0, count + added <= limit else { return }
      var i = isReversed ? added &- 1 : 0
      let step = isReversed ? -1 : 1
      if count == 0 {
        unsafe points[0] = source[i]
        unsafe seams[0] = false
        count = 1
      } else {
        unsafe seams[count &- 1] = true
      }
      var last = unsafe points[count &- 1]
      for _ in 0..<added {
        let point = source[i]
        i &+= step
        if point != last {
          unsafe points[count] = point
          unsafe seams[count] = false
          count &+= 1
        }
        last = point
      }
    }
  }
}
