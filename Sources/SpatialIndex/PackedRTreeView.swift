/// A packed R-tree over memory that somebody else keeps alive: an array's or a mapped file's.
@safe
public struct PackedRTreeView {
  @usableFromInline let nodes: UnsafeBufferPointer<IndexNode>
  @usableFromInline let count: Int
  /// First node of each level, leaves first, and the end.
  @usableFromInline let levelStarts: [Int]

  /// - Precondition: `nodes` holds at least `PackedRTree.nodeCount(count:)` nodes and outlives the
  ///   view.
  public init(nodes: UnsafeBufferPointer<IndexNode>, count: Int) {
    let sizes = PackedRTree.levelSizes(count: count)
    precondition(nodes.count >= sizes.reduce(0, +))
    unsafe self.nodes = unsafe nodes
    self.count = count
    var starts = [0]
    for size in sizes { starts.append(starts[starts.count - 1] + size) }
    levelStarts = starts
  }

  /// Calls `visit` with the position along the curve of every box that meets `window`, in curve order.
  @inlinable
  public func search(_ window: IndexBox, _ visit: (Int) -> Void) {
    guard count > 0 else { return }
    descend(level: levelStarts.count - 2, node: 0, window: window, visit)
  }

  @inlinable
  static var laneBits: SIMD16<Int32> {
    SIMD16(
      1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11,
      1 << 12, 1 << 13, 1 << 14, 1 << 15)
  }

  @inlinable
  func descend(level: Int, node: Int, window: IndexBox, _ visit: (Int) -> Void) {
    let place = levelStarts[level] + node
    guard place < levelStarts[level + 1] else { return }
    let boxes = unsafe nodes[place]
    let hits =
      (boxes.minX .<= SIMD16(repeating: window.maxX))
      .& (boxes.maxX .>= SIMD16(repeating: window.minX))
      .& (boxes.minY .<= SIMD16(repeating: window.maxY))
      .& (boxes.maxY .>= SIMD16(repeating: window.minY))
    // One bit a hit, so that the loop goes from hit to hit.
    var lanes = UInt32(
      bitPattern: SIMD16<Int32>().replacing(with: Self.laneBits, where: hits).wrappedSum())
    while lanes != 0 {
      let child = node * PackedRTree.nodeSize + lanes.trailingZeroBitCount
      lanes &= lanes &- 1
      if level == 0 {
        if child < count { visit(child) }
      } else {
        descend(level: level - 1, node: child, window: window, visit)
      }
    }
  }
}
