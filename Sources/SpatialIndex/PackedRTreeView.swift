internal import CInline

/// A packed R-tree over memory that somebody else keeps alive: an array's or a mapped file's.
///
/// Nothing that the memory holds makes a search read beside it: children are implicit, so that a
/// damaged node can only lose or invent hits.
@safe
public struct PackedRTreeView {
  /// Sixteen children a node: 2³² items need eight levels.
  private static let levelLimit = 8

  let nodes: UnsafePointer<IndexNode>?
  let count: Int
  let levelCount: Int
  /// First node of each level, leaves first.
  let levelStarts: SIMD8<UInt32>

  /// - Precondition: `nodes` holds at least `PackedRTree.nodeCount(count:)` nodes and outlives the
  ///   view; `count` fits into 32 bits.
  public init(nodes: UnsafeBufferPointer<IndexNode>, count: Int) {
    precondition(count >= 0 && count <= Int(UInt32.max))
    var starts = SIMD8<UInt32>(repeating: 0)
    var levels = 0
    var total = 0
    var remaining = count
    while remaining > 0 {
      remaining = (remaining + PackedRTree.nodeSize - 1) / PackedRTree.nodeSize
      starts[levels] = UInt32(total)
      total += remaining
      levels += 1
      if remaining == 1 { break }
    }
    precondition(nodes.count >= total && levels <= Self.levelLimit)
    unsafe self.nodes = nodes.baseAddress
    self.count = count
    levelCount = levels
    levelStarts = starts
  }

  /// Calls `visit` with the position along the curve of every box that meets `window`, in curve order.
  public func search(_ window: IndexBox, _ visit: (Int) -> Void) {
    _ = forEachRange(in: window) { range in
      for position in range { visit(position) }
      return true
    }
  }

  /// Calls `visit` with ranges of positions along the curve, in curve order, that together are the
  /// boxes that meet `window`, until it answers false. A subtree within the window is one range: none
  /// of its nodes is read.
  ///
  /// - Parameter willRead: called with the number of each node before it is read.
  /// - Returns: whether the search came to its end.
  /// - Complexity: no memory is allocated.
  @discardableResult
  public func forEachRange(
    in window: IndexBox, willRead: (Int) -> Void = { _ in }, _ visit: (Range<Int>) -> Bool
  ) -> Bool {
    forEachRange(in: window, usesAVX2: ci_has_x86_64_v3(), willRead: willRead, visit)
  }

  /// - Parameter usesAVX2: which of the two compares to take; the processor must have what is asked.
  package func forEachRange(
    in window: IndexBox, usesAVX2: Bool, willRead: (Int) -> Void, _ visit: (Range<Int>) -> Bool
  ) -> Bool {
    guard let nodes = unsafe nodes, count > 0 else { return true }
    return unsafe withUnsafePointer(to: window) { window in
      let bounds = unsafe UnsafeRawPointer(window).assumingMemoryBound(to: Int32.self)
      let search = unsafe RangeSearch(
        nodes: nodes, window: bounds, count: count, levelStarts: levelStarts, usesAVX2: usesAVX2)
      return search.descend(level: levelCount - 1, node: 0, willRead, visit)
    }
  }
}

/// What stays the same from node to node.
@safe
private struct RangeSearch {
  let nodes: UnsafePointer<IndexNode>
  let window: UnsafePointer<Int32>
  let count: Int
  let levelStarts: SIMD8<UInt32>
  let usesAVX2: Bool

  func descend(
    level: Int, node: Int, _ willRead: (Int) -> Void, _ visit: (Range<Int>) -> Bool
  ) -> Bool {
    // Boxes that a child at this level stands for.
    let width = 1 << (4 * level)
    let first = node * PackedRTree.nodeSize
    let children = min(((count + width - 1) >> (4 * level)) - first, PackedRTree.nodeSize)
    let place = Int(levelStarts[level]) + node
    willRead(place)
    let lanes = unsafe UnsafeRawPointer(nodes + place).assumingMemoryBound(to: Int32.self)
    let existing = UInt32(0xFFFF) >> UInt32(PackedRTree.nodeSize - children)
    let found = unsafe usesAVX2 ? ci_index_hits_avx2(lanes, window) : ci_index_hits(lanes, window)
    let answer = found & (existing << 16 | existing)
    var hits = answer & 0xFFFF
    while hits != 0 {
      let lane = hits.trailingZeroBitCount
      let child = first + lane
      if level == 0 {
        // Neighbours are one range.
        let run = (~(hits >> UInt32(lane))).trailingZeroBitCount
        hits &= ~(((1 << UInt32(run)) - 1) << UInt32(lane))
        if !visit(child..<child + run) { return false }
      } else if answer >> UInt32(16 + lane) & 1 != 0 {
        // Neighbours that also lie within belong to the same range.
        let run = (~(answer >> UInt32(16 + lane))).trailingZeroBitCount
        hits &= ~(((1 << UInt32(run)) - 1) << UInt32(lane))
        if !visit(child * width..<min((child + run) * width, count)) { return false }
      } else {
        hits &= hits - 1
        if !descend(level: level - 1, node: child, willRead, visit) { return false }
      }
    }
    return true
  }
}
