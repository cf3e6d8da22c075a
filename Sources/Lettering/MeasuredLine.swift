/// A line whose points are known by their distance from its start; 24.8 pixels, y down.
///
/// Distances are sums of the sections' lengths, each rounded to 1/256 pixel: integers, so that moving the
/// line by any whole number of 1/256 pixels changes nothing but the places.
public struct MeasuredLine: Sendable {
  /// No two in a row at the same place.
  public let points: [SIMD2<Int64>]
  /// The distance of each point from the first.
  private let distances: [Int64]

  /// Farther coordinates than any map picture has are kept within this bound.
  private static let coordinateLimit: Int64 = 1 << 40

  /// - Parameter points: 24.8 pixels; repeated points count once.
  public init(_ points: [SIMD2<Int64>]) {
    var kept: [SIMD2<Int64>] = []
    var distances: [Int64] = []
    for point in points {
      let point = SIMD2(Self.bounded(point.x), Self.bounded(point.y))
      guard let last = kept.last else {
        kept.append(point)
        distances.append(0)
        continue
      }
      let length = Self.distance(last, point)
      guard length > 0 else { continue }
      kept.append(point)
      distances.append(distances[distances.count - 1] + length)
    }
    self.points = kept
    self.distances = distances
  }

  /// A line of which the distances are known.
  ///
  /// - Parameters:
  ///   - points: within ±2⁴⁰, no two in a row at the same place.
  ///   - distances: of each point from the first, as `distance` tells them.
  public init(points: [SIMD2<Int64>], distances: [Int64]) {
    precondition(points.count == distances.count, "one distance for each point")
    self.points = points
    self.distances = distances
  }

  /// Rounded to 1/256 pixel.
  public static func distance(_ from: SIMD2<Int64>, _ to: SIMD2<Int64>) -> Int64 {
    let (dx, dy) = (Double(to.x - from.x), Double(to.y - from.y))
    return nearest((dx * dx + dy * dy).squareRoot())
  }

  private static func bounded(_ value: Int64) -> Int64 {
    min(max(value, -coordinateLimit), coordinateLimit)
  }

  /// The whole length, 24.8 pixels.
  public var length: Int64 { distances.last ?? 0 }

  /// The place at `distance` from the start; nil past either end.
  public func point(at distance: Int64) -> SIMD2<Int64>? {
    Self.point(at: distance, points: points, distances: distances)
  }

  /// The place at `distance` from the start of a line; nil past either end.
  ///
  /// - Parameters:
  ///   - points: no two in a row at the same place.
  ///   - distances: of each point from the first.
  public static func point(
    at distance: Int64, points: [SIMD2<Int64>], distances: [Int64]
  ) -> SIMD2<Int64>? {
    guard points.count > 1, points.count == distances.count, distance >= 0,
      distance <= distances[distances.count - 1]
    else { return nil }
    var low = 0
    var high = distances.count - 1
    // distances[low] <= distance <= distances[high]
    while high - low > 1 {
      let middle = (low + high) / 2
      if distances[middle] <= distance { low = middle } else { high = middle }
    }
    let section = distances[high] - distances[low]
    let share = Double(distance - distances[low]) / Double(section)
    let (from, to) = (points[low], points[high])
    return SIMD2(
      from.x + nearest(Double(to.x - from.x) * share),
      from.y + nearest(Double(to.y - from.y) * share))
  }

  /// From the place `length / 2` before `middle` to the one as far behind it; nil past either end.
  public func chord(around middle: Int64, length: Int64) -> SIMD2<Int64>? {
    guard middle.magnitude < 1 << 60, length >= 0, length < 1 << 60,
      let start = point(at: middle - length / 2), let end = point(at: middle + length / 2)
    else { return nil }
    return end &- start
  }
}

/// `value` rounded to the nearest integer, halves away from zero, without the mathematics library's
/// call; within ±2⁵¹.
func nearest(_ value: Double) -> Int64 {
  let whole = Int64(value)
  // Exact: both have the same exponent, or the difference is the value itself.
  let rest = value - Double(whole)
  return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole
}
