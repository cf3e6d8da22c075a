/// A packed tree with edits upon it: boxes that were set since it was built, and tombstones for those
/// that left their place.
///
/// Items bear numbers that stay theirs: at first their positions in the array that the tree was built
/// from. Edits lie beside the tree, sixteen boxes a node, and are scanned one after another; when they
/// are many, the tree is built again.
public struct EditedRTree: Sendable {
  /// Edits beyond which the tree is built again, however small it is; a larger one bears a share.
  private static let leastEdits = 512
  private static let shareOfTree = 32

  private var tree: PackedRTree
  /// Numbers of the items that the tree was built from.
  private var numbers: [UInt32]
  /// The position along the curve of each item in the tree.
  private var positions: [UInt32: UInt32]
  /// A bit for each position along the curve whose box counts no more.
  private var tombstones: [UInt64]
  private var deadCount = 0
  private var nodes: [IndexNode] = []
  private var added: [UInt32] = []
  /// Where each added item stands in `added`.
  private var slots: [UInt32: Int] = [:]

  /// - Precondition: no more than 2³² − 1 boxes.
  public init(_ boxes: [IndexBox]) {
    self.init(boxes, numbers: (0..<UInt32(boxes.count)).map { $0 })
  }

  private init(_ boxes: [IndexBox], numbers: [UInt32]) {
    tree = PackedRTree(boxes)
    self.numbers = numbers
    positions = [:]
    positions.reserveCapacity(boxes.count)
    for (position, source) in tree.order.enumerated() {
      positions[numbers[Int(source)]] = UInt32(position)
    }
    tombstones = [UInt64](repeating: 0, count: (boxes.count + 63) / 64)
  }

  /// How many items there are.
  public var count: Int { tree.count - deadCount + added.count }

  /// How many edits lie beside the tree.
  public var editCount: Int { deadCount + added.count }

  /// Gives an item a box: one that is not there is added, another moves.
  public mutating func set(_ item: UInt32, to box: IndexBox) {
    if let slot = slots[item] {
      nodes[slot / PackedRTree.nodeSize].set(slot % PackedRTree.nodeSize, box)
      return
    }
    bury(item)
    let slot = added.count
    if slot % PackedRTree.nodeSize == 0 { nodes.append(IndexNode()) }
    nodes[slot / PackedRTree.nodeSize].set(slot % PackedRTree.nodeSize, box)
    added.append(item)
    slots[item] = slot
    packIfMany()
  }

  /// Takes an item out; nothing happens where it is not there.
  public mutating func remove(_ item: UInt32) {
    guard let slot = slots.removeValue(forKey: item) else {
      bury(item)
      packIfMany()
      return
    }
    let last = added.count - 1
    let lastBox = nodes[last / PackedRTree.nodeSize].box(last % PackedRTree.nodeSize)
    if slot != last {
      nodes[slot / PackedRTree.nodeSize].set(slot % PackedRTree.nodeSize, lastBox)
      added[slot] = added[last]
      slots[added[slot]] = slot
    }
    added.removeLast()
    if last % PackedRTree.nodeSize == 0 {
      nodes.removeLast()
    } else {
      nodes[last / PackedRTree.nodeSize].set(
        last % PackedRTree.nodeSize,
        IndexBox(minX: .max, minY: .max, maxX: .min, maxY: .min))
    }
  }

  /// Calls `visit` with the number of every item whose box meets `window`, in no particular order,
  /// until it answers false.
  ///
  /// - Returns: whether the search came to its end.
  @discardableResult
  public func search(_ window: IndexBox, _ visit: (UInt32) -> Bool) -> Bool {
    let ended = tree.withView { view in
      view.forEachRange(in: window) { range in
        for position in range where !isDead(position) {
          if !visit(number(at: position)) { return false }
        }
        return true
      }
    }
    guard ended else { return false }
    for (slot, item) in added.enumerated() where box(slot).intersects(window) {
      if !visit(item) { return false }
    }
    return true
  }

  /// An item that was found near a place.
  public struct Neighbour: Hashable, Sendable {
    public let item: UInt32
    /// From the place to the closed box, 0 inside of it.
    public let distanceSquared: Double
  }

  /// The `limit` items whose boxes are nearest to a place, nearest first; equal distances in the order
  /// of numbers, but which of those at the greatest distance are left out is open.
  ///
  /// - Parameters:
  ///   - maximumDistanceSquared: items farther than this are left out.
  ///   - search: lends its memory.
  public func nearest(
    x: Int32, y: Int32, limit: Int, maximumDistanceSquared: Double = .infinity,
    using search: inout NearestSearch
  ) -> [Neighbour] {
    guard limit > 0 else { return [] }
    var found: [Neighbour] = []
    for (slot, item) in added.enumerated() {
      let distance = NearestSearch.distanceSquared(x: x, y: y, box(slot))
      if distance <= maximumDistanceSquared {
        found.append(Neighbour(item: item, distanceSquared: distance))
      }
    }
    tree.withView { view in
      search.search(view, limit: limit, maximumDistance: maximumDistanceSquared) { box in
        NearestSearch.distanceSquared(x: x, y: y, box)
      } itemDistance: { position, distance in
        isDead(position) ? nil : distance
      }
    }
    for neighbour in search.neighbours {
      found.append(
        Neighbour(item: number(at: neighbour.position), distanceSquared: neighbour.distance))
    }
    found.sort { ($0.distanceSquared, $0.item) < ($1.distanceSquared, $1.item) }
    return Array(found.prefix(limit))
  }

  /// Builds the tree again with the edits in it; numbers stay as they are.
  public mutating func pack() {
    guard editCount > 0 else { return }
    var boxes: [IndexBox] = []
    var kept: [UInt32] = []
    boxes.reserveCapacity(count)
    kept.reserveCapacity(count)
    for position in 0..<tree.count where !isDead(position) {
      boxes.append(
        tree.nodes[position / PackedRTree.nodeSize].box(position % PackedRTree.nodeSize))
      kept.append(number(at: position))
    }
    for (slot, item) in added.enumerated() {
      boxes.append(box(slot))
      kept.append(item)
    }
    self = EditedRTree(boxes, numbers: kept)
  }

  private mutating func packIfMany() {
    if editCount > max(Self.leastEdits, tree.count / Self.shareOfTree) { pack() }
  }

  private mutating func bury(_ item: UInt32) {
    guard let position = positions.removeValue(forKey: item) else { return }
    tombstones[Int(position >> 6)] |= 1 << UInt64(position & 63)
    deadCount += 1
  }

  private func isDead(_ position: Int) -> Bool {
    tombstones[position >> 6] >> UInt64(position & 63) & 1 != 0
  }

  private func number(at position: Int) -> UInt32 { numbers[Int(tree.order[position])] }

  private func box(_ slot: Int) -> IndexBox {
    nodes[slot / PackedRTree.nodeSize].box(slot % PackedRTree.nodeSize)
  }
}
