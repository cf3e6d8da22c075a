/// Where open contours of a path end at one point: there they are drawn as one line.
///
/// Of a net of short lines most corners would otherwise be those of caps that other lines hide. What
/// becomes of an end depends only on the ends at its point and on the order of the contours, never on
/// what is seen elsewhere, so that drawing stays unaffected by clipping.
struct LineLinks: Sendable {
  /// What an end has instead of a partner.
  static let capped: Int32 = -1
  /// A cap of this end would lie within the lines that go through its point.
  static let hidden: Int32 = -2
  /// At a point with more ends all keep their caps.
  private static let crowd = 8

  private enum State: UInt8 { case unseen, waiting, drawn }

  /// By end, which is twice the contour's number, one more for its last point: the end it goes on at.
  private var partners: [Int32] = []
  private var states: [State] = []
  /// By hash the last of the ends at a point, and for each end the one before it.
  private var heads: [Int32] = []
  private var earlier: [Int32] = []
  private var points: [Int] = []
  /// Those at one point, with their directions into their lines.
  private var ends: [(end: Int32, direction: SIMD2<Double>)] = []

  /// Finds which contours of a path may be seen, and the partners of their ends.
  ///
  /// - Parameter cap: square caps show beyond their points, so that those lines stay apart; lines with
  ///   butt caps are linked only where they go on nearly straight.
  mutating func find(_ path: borrowing Path, _ window: Window, cap: Stroke.Cap) {
    let count = path.starts.count
    partners.removeAll(keepingCapacity: true)
    partners.append(contentsOf: repeatElement(Self.capped, count: 2 * count))
    states.removeAll(keepingCapacity: true)
    states.append(contentsOf: repeatElement(.unseen, count: count))
    var openCount = 0
    for c in 0..<count {
      let range = path.contour(c)
      guard range.count > 1, window.touches(path.points, range) else { continue }
      states[c] = .waiting
      if !path.isClosed[c] { openCount += 1 }
    }
    guard openCount > 0, cap != .square else { return }
    collect(path, openCount)
    for head in points { pair(path, heads[head], needsStraight: cap == .butt) }
  }

  /// Loads the line that a contour is part of, unless nothing is left of it to draw.
  ///
  /// - Returns: whether the line's start and end have caps.
  mutating func take(
    _ c: Int, of path: borrowing Path, into line: inout Polyline
  ) -> (capStart: Bool, capEnd: Bool)? {
    guard states[c] == .waiting else { return nil }
    if path.isClosed[c] || (partners[2 * c] < 0 && partners[2 * c + 1] < 0) {
      states[c] = .drawn
      line.load(path.points, path.contour(c), isClosed: path.isClosed[c])
      return (partners[2 * c] == Self.capped, partners[2 * c + 1] == Self.capped)
    }
    // Back to where the line begins, or once round it.
    var first = 2 * c
    while partners[first] >= 0 {
      first = Int(partners[first]) ^ 1
      if first == 2 * c { break }
    }
    line.clear()
    var end = first
    while true {
      states[end >> 1] = .drawn
      line.link(path.points, path.contour(end >> 1), isReversed: end & 1 != 0)
      let last = end ^ 1
      let partner = Int(partners[last])
      guard partner >= 0 else {
        return (partners[first] == Self.capped, partner == Int(Self.capped))
      }
      guard partner != first else {
        line.close()
        return (false, false)
      }
      end = partner
    }
  }

  private mutating func collect(_ path: borrowing Path, _ openCount: Int) {
    var size = 64
    while size < 4 * openCount { size *= 2 }
    heads.removeAll(keepingCapacity: true)
    heads.append(contentsOf: repeatElement(-1, count: size))
    earlier.removeAll(keepingCapacity: true)
    earlier.append(contentsOf: repeatElement(-1, count: partners.count))
    points.removeAll(keepingCapacity: true)
    for c in states.indices where states[c] == .waiting && !path.isClosed[c] {
      let range = path.contour(c)
      // A line without length has no direction to go on in.
      guard range.contains(where: { path.points[$0] != path.points[range.lowerBound] }) else {
        continue
      }
      add(Int32(2 * c), path)
      add(Int32(2 * c + 1), path)
    }
  }

  private mutating func add(_ end: Int32, _ path: borrowing Path) {
    let point = Self.point(end, path)
    let mask = heads.count - 1
    var slot = Self.hash(point) & mask
    while heads[slot] >= 0, Self.point(heads[slot], path) != point { slot = (slot + 1) & mask }
    if heads[slot] < 0 { points.append(slot) }
    earlier[Int(end)] = heads[slot]
    heads[slot] = end
  }

  /// Decides about the ends at one point: the straightest two go on in each other.
  private mutating func pair(_ path: borrowing Path, _ head: Int32, needsStraight: Bool) {
    let second = earlier[Int(head)]
    guard second >= 0 else { return }
    if !needsStraight, earlier[Int(second)] < 0 { return link(head, second) }
    ends.removeAll(keepingCapacity: true)
    var end = head
    while end >= 0 {
      guard ends.count < Self.crowd else { return }
      ends.append((end, Self.direction(end, path)))
      end = earlier[Int(end)]
    }
    var best = (dot: needsStraight ? -0.5 : 2.0, first: Int32(-1), second: Int32(-1))
    for i in ends.indices {
      for j in 0..<i {
        let dot = (ends[i].direction * ends[j].direction).sum()
        if dot < best.dot { best = (dot, ends[i].end, ends[j].end) }
      }
    }
    guard best.first >= 0 else { return }
    for (end, _) in ends { partners[Int(end)] = Self.hidden }
    link(best.first, best.second)
  }

  private mutating func link(_ a: Int32, _ b: Int32) {
    partners[Int(a)] = b
    partners[Int(b)] = a
  }

  private static func point(_ end: Int32, _ path: borrowing Path) -> SIMD2<Int64> {
    let range = path.contour(Int(end >> 1))
    return path.points[end & 1 == 0 ? range.lowerBound : range.upperBound - 1]
  }

  private static func direction(_ end: Int32, _ path: borrowing Path) -> SIMD2<Double> {
    let range = path.contour(Int(end >> 1))
    let point = point(end, path)
    let next =
      end & 1 == 0
      ? range.first { path.points[$0] != point } : range.last { path.points[$0] != point }
    return next.map { Segment(point, path.points[$0]).direction } ?? SIMD2()
  }

  private static func hash(_ point: SIMD2<Int64>) -> Int {
    var word =
      UInt64(bitPattern: point.x) &* 0x9E37_79B9_7F4A_7C15
      ^ UInt64(bitPattern: point.y) &* 0xC2B2_AE3D_27D4_EB4F
    word = (word ^ word &>> 29) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: word &>> 32)
  }
}
