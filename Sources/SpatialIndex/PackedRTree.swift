/// A closed rectangle of 32-bit integers, as the index stores it.
public struct IndexBox: Hashable, Sendable {
  public var minX: Int32
  public var minY: Int32
  public var maxX: Int32
  public var maxY: Int32

  @inlinable
  public init(minX: Int32, minY: Int32, maxX: Int32, maxY: Int32) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  @inlinable
  public func intersects(_ other: IndexBox) -> Bool {
    minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY
  }
}

/// Sixteen boxes side by side, so that one compare of SIMD vectors tests them all.
@frozen
public struct IndexNode: Sendable {
  public var minX: SIMD16<Int32>
  public var minY: SIMD16<Int32>
  public var maxX: SIMD16<Int32>
  public var maxY: SIMD16<Int32>

  /// Boxes that meet nothing.
  @inlinable
  public init() {
    minX = SIMD16(repeating: .max)
    minY = SIMD16(repeating: .max)
    maxX = SIMD16(repeating: .min)
    maxY = SIMD16(repeating: .min)
  }

  @inlinable
  public mutating func set(_ lane: Int, _ box: IndexBox) {
    minX[lane] = box.minX
    minY[lane] = box.minY
    maxX[lane] = box.maxX
    maxY[lane] = box.maxY
  }

  @inlinable
  public func box(_ lane: Int) -> IndexBox {
    IndexBox(minX: minX[lane], minY: minY[lane], maxX: maxX[lane], maxY: maxY[lane])
  }

  @inlinable
  public var bounds: IndexBox {
    IndexBox(minX: minX.min(), minY: minY.min(), maxX: maxX.max(), maxY: maxY.max())
  }
}

/// A static R-tree packed in the order of a Hilbert curve: sixteen children a node, levels stored
/// one after another from the leaves to the root.
///
/// Item `i` of the leaves is item `order[i]` of the boxes that it was built from. The memory layout
/// of `nodes` is also the file form.
public struct PackedRTree: Sendable {
  public static let nodeSize = 16

  public let count: Int
  public let nodes: [IndexNode]
  /// From a position along the curve to the position in the array that the tree was built from.
  public let order: [UInt32]

  /// - Complexity: O(n log n).
  public init(_ boxes: [IndexBox]) {
    count = boxes.count
    order = Self.hilbertOrder(boxes)
    var nodes: [IndexNode] = []
    let levels = Self.levelSizes(count: boxes.count)
    nodes.reserveCapacity(levels.reduce(0, +))
    var level: [IndexBox] = order.map { boxes[Int($0)] }
    for _ in levels {
      var parents: [IndexBox] = []
      parents.reserveCapacity((level.count + Self.nodeSize - 1) / Self.nodeSize)
      var start = 0
      while start < level.count {
        var node = IndexNode()
        for lane in 0..<min(Self.nodeSize, level.count - start) {
          node.set(lane, level[start + lane])
        }
        nodes.append(node)
        parents.append(node.bounds)
        start += Self.nodeSize
      }
      level = parents
    }
    self.nodes = nodes
  }

  /// Node counts of the levels, leaves first; the last one is 1. Empty for an empty tree.
  public static func levelSizes(count: Int) -> [Int] {
    var sizes: [Int] = []
    var remaining = count
    while remaining > 0 {
      remaining = (remaining + nodeSize - 1) / nodeSize
      sizes.append(remaining)
      if remaining == 1 { break }
    }
    return sizes
  }

  public static func nodeCount(count: Int) -> Int { levelSizes(count: count).reduce(0, +) }

  static func hilbertOrder(_ boxes: [IndexBox]) -> [UInt32] {
    guard let first = boxes.first else { return [] }
    var all = first
    for box in boxes {
      all.minX = min(all.minX, box.minX)
      all.minY = min(all.minY, box.minY)
      all.maxX = max(all.maxX, box.maxX)
      all.maxY = max(all.maxY, box.maxY)
    }
    let width = max(Double(all.maxX) - Double(all.minX), 1)
    let height = max(Double(all.maxY) - Double(all.minY), 1)
    // The key keeps the item's position in its low half, so that equal cells stay in a fixed order.
    var keys: [UInt64] = []
    keys.reserveCapacity(boxes.count)
    for (position, box) in boxes.enumerated() {
      let centreX = (Double(box.minX) + Double(box.maxX)) / 2 - Double(all.minX)
      let centreY = (Double(box.minY) + Double(box.maxY)) / 2 - Double(all.minY)
      let x = UInt32(65_535 * min(max(centreX / width, 0), 1))
      let y = UInt32(65_535 * min(max(centreY / height, 0), 1))
      keys.append(UInt64(hilbertIndex(x: x, y: y)) << 32 | UInt64(UInt32(position)))
    }
    keys.sort()
    return keys.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// Calls `visit` with the position (in the array that the tree was built from) of every box that
  /// meets `window`.
  public func search(_ window: IndexBox, _ visit: (Int) -> Void) {
    unsafe nodes.withUnsafeBufferPointer { buffer in
      let view = unsafe PackedRTreeView(nodes: buffer, count: count)
      view.search(window) { visit(Int(order[$0])) }
    }
  }
}
