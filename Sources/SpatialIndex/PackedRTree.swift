internal import CInline

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

  /// - Complexity: O(n); boxes whose corners are interchanged are found as a scan finds them.
  public init(_ boxes: [IndexBox]) {
    precondition(boxes.count <= Int(UInt32.max))
    let count = boxes.count
    let order = Self.hilbertOrder(boxes)
    let sizes = Self.levelSizes(count: count)
    self.count = count
    self.order = order
    nodes = Self.filled(boxes, order, sizes)
  }

  /// The nodes of all levels, of which the leaves' boxes are read only once.
  private static func filled(
    _ boxes: [IndexBox], _ order: [UInt32], _ sizes: [Int]
  ) -> [IndexNode] {
    let total = sizes.reduce(0, +)
    let count = boxes.count
    return unsafe [IndexNode](unsafeUninitializedCapacity: total) { nodes, initialized in
      // Every lane of the last node of a level may not be written.
      var end = 0
      for size in sizes {
        end += size
        unsafe nodes.initializeElement(at: end - 1, to: IndexNode())
      }
      initialized = total
      guard let start = nodes.baseAddress else { return }
      let lanes = unsafe UnsafeMutableRawPointer(start).assumingMemoryBound(to: Int32.self)
      unsafe order.withUnsafeBufferPointer { order in
        unsafe boxes.withUnsafeBytes { boxes in
          let corners = unsafe boxes.assumingMemoryBound(to: Int32.self)
          guard let corners = corners.baseAddress, let order = order.baseAddress else { return }
          let hasParents = sizes.count > 1
          let parents = unsafe lanes + 64 * (sizes.first ?? 0)
          for node in 0..<(sizes.first ?? 0) {
            let first = node * nodeSize
            unsafe ci_index_fill(
              corners, order + first, Int64(min(nodeSize, count - first)),
              Int64(count - first - 32), lanes + 64 * node,
              hasParents ? parents + 64 * (node / nodeSize) + node % nodeSize : nil)
          }
        }
      }
      var level = 0
      for size in sizes.dropFirst().dropLast() {
        level += 1
        let base = sizes.prefix(level).reduce(0, +)
        for node in 0..<size {
          let bounds = unsafe nodes[base + node].bounds
          unsafe nodes[base + size + node / nodeSize].set(node % nodeSize, bounds)
        }
      }
    }
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

  /// Lends a view of the tree for as long as `body` runs.
  public func withView<Answer>(_ body: (PackedRTreeView) -> Answer) -> Answer {
    unsafe nodes.withUnsafeBufferPointer { buffer in
      body(unsafe PackedRTreeView(nodes: buffer, count: count))
    }
  }

  /// Calls `visit` with the position (in the array that the tree was built from) of every box that
  /// meets `window`.
  public func search(_ window: IndexBox, _ visit: (Int) -> Void) {
    withView { $0.search(window) { visit(Int(order[$0])) } }
  }
}
