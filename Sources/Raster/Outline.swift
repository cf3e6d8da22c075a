internal import CInline

/// What a fill reads: contours of points, each closed.
struct Shape {
  /// More than `count` of them may be there.
  let points: [SIMD2<Int64>]
  let count: Int
  /// For each contour its first point.
  let starts: [Int64]
}

extension Path {
  var shape: Shape { Shape(points: points, count: points.count, starts: starts) }
}

/// The closed contours of a stroke, in memory that is kept at its largest size.
struct Outline: Sendable {
  private var points: [SIMD2<Int64>] = []
  private var pointCount = 0
  private var starts: [Int64] = []
  /// Points of the side that is made backwards.
  private var back: [SIMD2<Int64>] = []

  var shape: Shape { Shape(points: points, count: pointCount, starts: starts) }

  mutating func removeAll() {
    pointCount = 0
    starts.removeAll(keepingCapacity: true)
  }

  /// Adds one contour: what `body` adds to its first side, then to its second from the last to the
  /// first, then what `end` adds.
  ///
  /// - Parameter expected: points a side that most likely suffice; if there are more, both closures
  ///   are called once more.
  @inline(__always)
  mutating func addContour(
    expected: Int, _ body: (inout Side, inout Side) -> Void, end: (inout Side) -> Void
  ) {
    var needed = pointCount + 2 * expected
    var neededBack = expected
    while true {
      if points.count < needed { grow(&points, needed) }
      if back.count < neededBack { grow(&back, neededBack) }
      var forward = Side(count: pointCount)
      var backward = Side(count: 0)
      unsafe points.withUnsafeMutableBufferPointer { points in
        unsafe back.withUnsafeMutableBufferPointer { back in
          unsafe forward.lend(points)
          unsafe backward.lend(back)
          body(&forward, &backward)
          forward.addReversed(backward)
          end(&forward)
        }
      }
      if forward.count <= points.count && backward.count <= back.count {
        starts.append(Int64(pointCount))
        pointCount = forward.count
        return
      }
      needed = forward.count
      neededBack = backward.count
    }
  }

  /// Adds two contours: those of `body`, the second from the last point to the first.
  @inline(__always)
  mutating func addRing(expected: Int, _ body: (inout Side, inout Side) -> Void) {
    let start = pointCount
    var turn = 0
    addContour(
      expected: expected,
      { forward, backward in
        body(&forward, &backward)
        turn = forward.count
      }, end: { _ in })
    if turn > start, turn < pointCount { starts.append(Int64(turn)) }
  }

  /// Adds the two outlines of each closed contour that lies in the window and whose corners are one
  /// point on either side, as most of a building's are.
  ///
  /// - Parameter isAdded: gets for each contour whether it was added.
  /// - Returns: whether all were.
  mutating func addRings(
    of path: borrowing Path, _ pen: Pen, _ window: Window, isAdded: inout [Bool]
  ) -> Bool {
    let contours = path.starts.count
    let needed = pointCount + 2 * path.points.count
    if points.count < needed { grow(&points, needed) }
    let miter = pen.join == .miter ? pen.miterLimitSquared : 0
    let low = SIMD2(window.minX, window.minY)
    let high = SIMD2(window.maxX, window.maxY)
    var end = pointCount
    var addedCount = 0
    isAdded.removeAll(keepingCapacity: true)
    isAdded.append(addingCapacity: contours) { isAdded in
      starts.append(addingCapacity: 2 * contours) { starts in
        unsafe path.points.withUnsafeBytes { source in
          unsafe points.withUnsafeMutableBytes { target in
            for c in 0..<contours {
              let count = path.isClosed[c] ? path.ring(c).count : 0
              let from = unsafe source.baseAddress! + Int(path.starts[c]) &<< 4
              let to = unsafe target.baseAddress! + end &<< 4
              let isDone =
                unsafe count > 0
                && ci_parallels(
                  from.assumingMemoryBound(to: Int64.self), Int64(count), low, high, pen.half,
                  miter, Pen.flatness, to.assumingMemoryBound(to: Int64.self))
              isAdded.append(isDone)
              guard isDone else { continue }
              starts.append(Int64(end))
              starts.append(Int64(end &+ count))
              end &+= 2 &* count
              addedCount &+= 1
            }
          }
        }
      }
    }
    pointCount = end
    return addedCount == contours
  }

  private func grow(_ array: inout [SIMD2<Int64>], _ count: Int) {
    let larger = max(count, 2 * array.count, 1024)
    array.append(contentsOf: repeatElement(SIMD2(), count: larger - array.count))
  }
}

/// One side of a contour in the making. Points that its memory does not hold are only counted.
@safe struct Side {
  private var points: UnsafeMutablePointer<SIMD2<Int64>>?
  private var capacity = 0
  private(set) var count: Int

  fileprivate init(count: Int) { self.count = count }

  fileprivate mutating func lend(_ buffer: UnsafeMutableBufferPointer<SIMD2<Int64>>) {
    unsafe points = buffer.baseAddress
    capacity = buffer.count
  }

  @inline(__always)
  mutating func add(_ point: SIMD2<Int64>) {
    if count < capacity { unsafe points.unsafelyUnwrapped[count] = point }
    count &+= 1
  }

  fileprivate mutating func addReversed(_ other: Side) {
    let total = count + other.count
    if total <= capacity, other.count <= other.capacity, other.count > 0 {
      let target = unsafe points.unsafelyUnwrapped + count
      let source = unsafe other.points.unsafelyUnwrapped + (other.count &- 1)
      for i in 0..<other.count { unsafe target[i] = unsafe source[0 &- i] }
    }
    count = total
  }
}
