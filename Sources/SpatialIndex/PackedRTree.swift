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
    nodes = Self.filled(sizes.reduce(0, +)) { nodes in
      // The boxes around the nodes of the level below.
      var bounds: [IndexBox] = []
      for node in 0..<(sizes.first ?? 0) {
        let first = node * Self.nodeSize
        var place = IndexNode()
        var all = IndexBox(minX: .max, minY: .max, maxX: .min, maxY: .min)
        for lane in 0..<min(Self.nodeSize, count - first) {
          let box = boxes[Int(order[first + lane])]
          place.set(lane, box)
          all.minX = min(all.minX, min(box.minX, box.maxX))
          all.minY = min(all.minY, min(box.minY, box.maxY))
          all.maxX = max(all.maxX, max(box.minX, box.maxX))
          all.maxY = max(all.maxY, max(box.minY, box.maxY))
        }
        nodes.append(place)
        bounds.append(all)
      }
      for size in sizes.dropFirst() {
        var parents: [IndexBox] = []
        for node in 0..<size {
          let first = node * Self.nodeSize
          var place = IndexNode()
          for lane in 0..<min(Self.nodeSize, bounds.count - first) {
            place.set(lane, bounds[first + lane])
          }
          nodes.append(place)
          parents.append(place.bounds)
        }
        bounds = parents
      }
    }
  }

  private static func filled(
    _ capacity: Int, _ body: (inout [IndexNode]) -> Void
  ) -> [IndexNode] {
    var nodes: [IndexNode] = []
    nodes.reserveCapacity(capacity)
    body(&nodes)
    return nodes
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
    sortByHighHalf(&keys)
    return keys.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// Sorts by the high 32 bits, equal ones as they were: digits of 11 bits from the lowest on.
  private static func sortByHighHalf(_ keys: inout [UInt64]) {
    let digits = 1 << 11
    var counts = [UInt32](repeating: 0, count: 3 * digits)
    for key in keys {
      counts[Int(key >> 32) & (digits - 1)] &+= 1
      counts[digits + (Int(key >> 43) & (digits - 1))] &+= 1
      counts[2 * digits + Int(key >> 54)] &+= 1
    }
    var other = [UInt64](repeating: 0, count: keys.count)
    for pass in 0..<3 {
      var start: UInt32 = 0
      for digit in pass * digits..<(pass + 1) * digits {
        let count = counts[digit]
        counts[digit] = start
        start &+= count
      }
      let shift = UInt64(32 + 11 * pass)
      for key in keys {
        let digit = pass * digits + (Int(key >> shift) & (digits - 1))
        other[Int(counts[digit])] = key
        counts[digit] &+= 1
      }
      swap(&keys, &other)
    }
  }

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
