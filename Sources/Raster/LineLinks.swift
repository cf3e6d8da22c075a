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

  /// What is known about a contour; nothing of those that cannot be seen or are drawn.
  private struct State: OptionSet {
    let rawValue: UInt8
    static let waiting = State(rawValue: 1)
    /// All points lie within the window.
    static let inside = State(rawValue: 2)
    /// A point may be the same as the one before it.
    static let repeating = State(rawValue: 4)
  }

  /// A line to draw.
  struct Taken {
    /// Its points in the path; nil if they were copied.
    var range: Range<Int>?
    var isClosed: Bool
    /// Whether all points lie within the window.
    var isInside: Bool
    /// Whether its start and end have caps.
    var capStart: Bool, capEnd: Bool
  }

  // Arrays are kept at their largest size; what a path does not use has any value.

  /// By end, which is twice the contour's number, one more for its last point: the end it goes on at.
  private var partners: [Int32] = []
  private var states: [State] = []
  /// By hash the last of the ends at a point, and for each end the one before it.
  private var heads: [Int32] = []
  private var earlier: [Int32] = []
  private var places: [SIMD2<Int64>] = []
  /// The slots of points where several lines end.
  private var meetings: [Int] = []
  /// Those at one point, with their directions into their lines.
  private var ends: [(end: Int32, direction: SIMD2<Double>)] = []

  /// Finds which contours of a path may be seen, and the partners of their ends.
  ///
  /// - Parameters:
  ///   - cap: square caps show beyond their points, so that those lines stay apart; lines with butt caps
  ///     are linked only where they go on nearly straight.
  ///   - drawn: for each contour whether it is drawn already; empty if none is.
  /// - Returns: false if a coordinate of the path is not legal.
  mutating func find(
    _ path: borrowing Path, _ window: Window, cap: Stroke.Cap, except drawn: Span<Bool>
  ) -> Bool {
    let count = path.starts.count
    if states.count < count {
      let size = max(2 * count, 64)
      states = Array(repeating: [], count: size)
      partners = Array(repeating: Self.capped, count: 2 * size)
      earlier = Array(repeating: -1, count: 2 * size)
      places = Array(repeating: SIMD2(), count: 2 * size)
    }
    meetings.removeAll(keepingCapacity: true)
    let links = cap != .square && path.isClosed.contains(false)
    let mask = links ? clearHeads(count) : 0
    let isLegal = look(path, window, links: links, mask: mask, except: drawn)
    guard isLegal else { return false }
    for slot in meetings { pair(path, heads[slot], needsStraight: cap == .butt) }
    return true
  }

  /// Sets the states of all contours and collects the ends of those to link.
  private mutating func look(
    _ path: borrowing Path, _ window: Window, links: Bool, mask: Int, except drawn: Span<Bool>
  ) -> Bool {
    let points = path.points.span
    let starts = path.starts.span
    let closed = path.isClosed.span
    let count = starts.count
    // Spans of the arrays, as each change of an array asks whether it is shared.
    var stateList: [State] = []
    var partnerList: [Int32] = []
    var headList: [Int32] = []
    var earlierList: [Int32] = []
    var placeList: [SIMD2<Int64>] = []
    swap(&stateList, &self.states)
    swap(&partnerList, &self.partners)
    swap(&headList, &self.heads)
    swap(&earlierList, &self.earlier)
    swap(&placeList, &self.places)
    defer {
      swap(&stateList, &self.states)
      swap(&partnerList, &self.partners)
      swap(&headList, &self.heads)
      swap(&earlierList, &self.earlier)
      swap(&placeList, &self.places)
    }
    var states = stateList.mutableSpan
    var partners = partnerList.mutableSpan
    var heads = headList.mutableSpan
    var earlier = earlierList.mutableSpan
    var places = placeList.mutableSpan
    var first = count > 0 ? Int(starts[0]) : 0
    for c in 0..<count {
      let end = c + 1 < count ? Int(starts[c + 1]) : points.count
      let range = first..<end
      first = end
      if c < drawn.count, drawn[c] {
        states[c] = []
        continue
      }
      guard let state = Self.look(points, range, window) else { return false }
      states[c] = state
      partners[2 * c] = Self.capped
      partners[2 * c + 1] = Self.capped
      guard links, state.contains(.waiting), !closed[c] else { continue }
      // A line without length has no direction to go on in.
      let start = points[range.lowerBound]
      guard points[range.lowerBound + 1] != start || range.contains(where: { points[$0] != start })
      else { continue }
      for side in 0..<2 {
        let point = side == 0 ? start : points[end - 1]
        places[2 * c + side] = point
        var slot = Self.hash(point) & mask
        var head = heads[slot]
        while head >= 0, places[Int(head)] != point {
          slot = (slot + 1) & mask
          head = heads[slot]
        }
        earlier[2 * c + side] = head
        heads[slot] = Int32(truncatingIfNeeded: 2 * c + side)
        if head >= 0, earlier[Int(head)] < 0 { meetings.append(slot) }
      }
    }
    return true
  }

  /// What can be told from a contour's points; nil if one is not legal.
  @inline(__always)
  private static func look(
    _ points: Span<SIMD2<Int64>>, _ range: Range<Int>, _ window: Window
  ) -> State? {
    let low = SIMD2(window.minX, window.minY)
    let high = SIMD2(window.maxX, window.maxY)
    let limit = SIMD2<Int64>(repeating: 1 << 50)
    // Of all of these only the signs are looked at, or the highest bits.
    var beyond = SIMD2<Int64>()
    var below = SIMD2<Int64>(repeating: -1)
    var above = below
    var size = SIMD2<Int64>()
    var distinct: Int64 = -1
    var before = SIMD2<Int64>(repeating: .max)
    for i in range {
      let point = points[i]
      let a = point &- low
      let b = high &- point
      beyond |= a | b
      below &= a
      above &= b
      size |= point &+ limit
      let change = point ^ before
      let word = change.x | change.y
      distinct &= word | (0 &- word)
      before = point
    }
    if (size.x | size.y) &>> 51 != 0 {
      for i in range where !Path.isLegal(points[i]) { return nil }
    }
    let outside = below | above
    guard range.count > 1, outside.x | outside.y >= 0 else { return [] }
    var state = State.waiting
    if beyond.x | beyond.y >= 0 { state.insert(.inside) }
    if distinct >= 0 { state.insert(.repeating) }
    return state
  }

  /// Loads the line that a contour is part of, unless nothing is left of it to draw.
  ///
  /// - Parameter line: gets the points if they do not stand in the path as they are needed.
  mutating func take(
    _ c: Int, of path: borrowing Path, into line: inout LinkedLine
  ) -> Taken? {
    let state = states[c]
    guard state.contains(.waiting) else { return nil }
    let isClosed = path.isClosed[c]
    let points = path.points.span
    if isClosed || (partners[2 * c] < 0 && partners[2 * c + 1] < 0) {
      var range = path.contour(c)
      var taken = Taken(
        range: nil, isClosed: isClosed, isInside: state.contains(.inside),
        capStart: partners[2 * c] == Self.capped, capEnd: partners[2 * c + 1] == Self.capped)
      if state.contains(.repeating) {
        line.make(isLinked: false, capacity: range.count) {
          $0.add(points.extracting(range), isReversed: false)
        }
        taken.isClosed = isClosed && line.close()
      } else {
        if isClosed {
          range = path.ring(c)
          taken.isClosed = range.count > 1
        }
        taken.range = range
      }
      return taken
    }
    // Back to where the line begins, or once round it.
    var first = 2 * c
    while partners[first] >= 0 {
      first = Int(partners[first]) ^ 1
      if first == 2 * c { break }
    }
    var taken = Taken(
      range: nil, isClosed: false, isInside: true, capStart: partners[first] == Self.capped,
      capEnd: false)
    line.make(isLinked: true, capacity: points.count) { line in
      var end = first
      while true {
        if !states[end >> 1].contains(.inside) { taken.isInside = false }
        states[end >> 1] = []
        line.add(points.extracting(path.contour(end >> 1)), isReversed: end & 1 != 0)
        let partner = Int(partners[end ^ 1])
        guard partner >= 0 else {
          taken.capEnd = partner == Int(Self.capped)
          return
        }
        guard partner != first else {
          taken.isClosed = true
          return
        }
        end = partner
      }
    }
    if taken.isClosed {
      taken.isClosed = line.close()
      taken.capStart = false
    }
    return taken
  }

  /// Makes room for the ends of some contours; returns the mask of a hash.
  private mutating func clearHeads(_ count: Int) -> Int {
    var size = 64
    while size < 4 * count { size *= 2 }
    heads.removeAll(keepingCapacity: true)
    heads.append(contentsOf: repeatElement(-1, count: size))
    return size - 1
  }

  /// Decides about the ends at one point: the straightest two go on in each other.
  private mutating func pair(_ path: borrowing Path, _ head: Int32, needsStraight: Bool) {
    let second = earlier[Int(head)]
    if !needsStraight, earlier[Int(second)] < 0 { return link(head, second) }
    ends.removeAll(keepingCapacity: true)
    var end = head
    while end >= 0 {
      guard ends.count < Self.crowd else { return }
      ends.append((end, direction(end, path)))
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

  private func direction(_ end: Int32, _ path: borrowing Path) -> SIMD2<Double> {
    let range = path.contour(Int(end >> 1))
    let point = places[Int(end)]
    let step = end & 1 == 0 ? 1 : -1
    var i = end & 1 == 0 ? range.lowerBound : range.upperBound - 1
    while range.contains(i), path.points[i] == point { i += step }
    return range.contains(i) ? Segment(point, path.points[i]).direction : SIMD2()
  }

  private static func hash(_ point: SIMD2<Int64>) -> Int {
    var word =
      UInt64(bitPattern: point.x) &* 0x9E37_79B9_7F4A_7C15
      ^ UInt64(bitPattern: point.y) &* 0xC2B2_AE3D_27D4_EB4F
    word = (word ^ word &>> 29) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: word &>> 32)
  }
}
