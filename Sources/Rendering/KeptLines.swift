internal import Lettering

/// Lines for the labels that will be set on them, one behind the other.
struct KeptLines {
  private var points: [SIMD2<Int64>] = []
  private var distances: [Int64] = []
  /// Where each line begins.
  private var starts: [Int] = []

  /// Returns the line's number.
  mutating func append(_ points: [SIMD2<Int64>], distances: [Int64]) -> Int32 {
    starts.append(self.points.count)
    self.points.append(contentsOf: points)
    self.distances.append(contentsOf: distances)
    return Int32(starts.count - 1)
  }

  subscript(number: Int32) -> MeasuredLine {
    let number = Int(number)
    let end = number + 1 < starts.count ? starts[number + 1] : points.count
    let range = starts[number]..<end
    return MeasuredLine(points: Array(points[range]), distances: Array(distances[range]))
  }

  /// The memory is kept.
  mutating func removeAll() {
    points.removeAll(keepingCapacity: true)
    distances.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
  }
}
