internal import CInline

/// The boxes nearest to a place, nearest first; keeps its memory from search to search.
public struct NearestSearch: Sendable {
  /// A box that was found.
  public struct Neighbour: Hashable, Sendable {
    /// The position along the curve.
    public let position: Int
    /// What the search was ordered by: a squared distance unless the metric says otherwise.
    public let distance: Double
  }

  /// What the last search found; equal distances in the order of positions.
  public private(set) var neighbours: [Neighbour] = []
  /// A heap of the nodes whose children are not all visited, by the nearest of these.
  private var frontier: [Branch] = []
  /// Sixteen keys for each node that was ever in the frontier; before them, room for a leaf's.
  private var keys: [Double] = []

  /// A node above the leaves.
  private struct Branch {
    /// The least of the keys of its children: see `ci_index_reach`.
    var least: Double
    let level: Int32
    let node: UInt32
    /// Where its keys begin.
    let start: Int

    /// What no item below the nearest child falls short of.
    var distance: Double { Double(bitPattern: least.bitPattern & ~15) }
    var lane: Int { Int(least.bitPattern & 15) }
  }

  public init() {}

  /// Finds the `limit` boxes nearest to a place by the squared distance to the closed box.
  ///
  /// - Parameter maximumDistanceSquared: boxes farther than this are left out.
  public mutating func search(
    _ view: PackedRTreeView, x: Int32, y: Int32, limit: Int,
    maximumDistanceSquared: Double = .infinity
  ) {
    search(
      view, x: x, y: y, limit: limit, maximumDistanceSquared: maximumDistanceSquared,
      usesAVX2: ci_has_x86_64_v3())
  }

  /// - Parameter usesAVX2: which of the two kernels to take; the processor must have what is asked.
  package mutating func search(
    _ view: PackedRTreeView, x: Int32, y: Int32, limit: Int, maximumDistanceSquared: Double,
    usesAVX2: Bool
  ) {
    let (x, y) = (Double(x), Double(y))
    unsafe search(view, limit: limit, maximumDistance: maximumDistanceSquared) {
      node, bound, keys in
      let isLeaf = node.level == 0
      return unsafe usesAVX2
        ? ci_index_reach_avx2(node.lanes, x, y, bound, Int64(node.children), !isLeaf, keys)
        : ci_index_reach(node.lanes, x, y, bound, Int64(node.children), !isLeaf, keys)
    } itemDistance: {
      $1
    }
  }

  /// Finds the `limit` items nearest by any metric.
  ///
  /// - Parameters:
  ///   - maximumDistance: items farther than this are left out.
  ///   - boxDistance: a distance, not negative, that nothing within the box falls short of.
  ///   - itemDistance: the distance of the item at a position along the curve, given that of its box;
  ///     nil hides it. Called only for items whose boxes are near enough.
  public mutating func search(
    _ view: PackedRTreeView, limit: Int, maximumDistance: Double,
    boxDistance: (IndexBox) -> Double, itemDistance: (Int, Double) -> Double?
  ) {
    unsafe search(view, limit: limit, maximumDistance: maximumDistance) { node, bound, keys in
      var reached: UInt32 = 0
      for lane in 0..<PackedRTree.nodeSize {
        let distance = lane < node.children ? boxDistance(node.box(lane)) : .infinity
        let isReached = lane < node.children && distance <= bound
        if isReached { reached |= 1 << UInt32(lane) }
        if node.level == 0 {
          unsafe keys[lane] = distance
        } else {
          let finite = min(max(distance, 0), .greatestFiniteMagnitude)
          unsafe keys[lane] =
            isReached ? Double(bitPattern: finite.bitPattern & ~15 | UInt64(lane)) : .infinity
        }
      }
      return reached
    } itemDistance: {
      itemDistance($0, $1)
    }
  }

  /// - Parameter reach: writes the keys of a node's children as `ci_index_reach` does.
  @inline(__always)
  private mutating func search(
    _ view: PackedRTreeView, limit: Int, maximumDistance: Double,
    reach: (IndexChildren, Double, UnsafeMutablePointer<Double>) -> UInt32,
    itemDistance: (Int, Double) -> Double?
  ) {
    neighbours.removeAll(keepingCapacity: true)
    frontier.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    guard limit > 0, view.levelCount > 0 else { return }
    keys.append(contentsOf: repeatElement(.infinity, count: PackedRTree.nodeSize))
    var level = view.levelCount - 1
    var node = 0
    while true {
      guard let children = view.children(level: level, node: node) else { return }
      let bound = bound(limit, maximumDistance)
      if level == 0 {
        var reached = unsafe keys.withUnsafeMutableBufferPointer { keys in
          guard let room = keys.baseAddress else { return UInt32(0) }
          return unsafe reach(children, bound, room)
        }
        while reached != 0 {
          let lane = reached.trailingZeroBitCount
          reached &= reached &- 1
          let position = children.first &+ lane
          guard keys[lane] <= self.bound(limit, maximumDistance) else { continue }
          if let exact = itemDistance(position, keys[lane]), exact <= maximumDistance {
            insert(Neighbour(position: position, distance: exact), limit: limit)
          }
        }
      } else {
        let start = keys.count
        keys.append(contentsOf: repeatElement(.infinity, count: PackedRTree.nodeSize))
        let least = unsafe keys.withUnsafeMutableBufferPointer { keys in
          guard let all = keys.baseAddress else { return Double.infinity }
          _ = unsafe reach(children, bound, all + start)
          return unsafe ci_index_least(all + start)
        }
        if least < .infinity {
          push(Branch(least: least, level: Int32(level), node: UInt32(node), start: start))
        }
      }
      guard var nearest = frontier.first, nearest.distance <= self.bound(limit, maximumDistance)
      else { return }
      level = Int(nearest.level) - 1
      node = Int(nearest.node) * PackedRTree.nodeSize + nearest.lane
      view.prefetch(level: level, node: node)
      nearest.least = unsafe keys.withUnsafeMutableBufferPointer { keys in
        unsafe keys[nearest.start + nearest.lane] = .infinity
        guard let all = keys.baseAddress else { return Double.infinity }
        return unsafe ci_index_least(all + nearest.start)
      }
      replaceNearest(nearest.least < .infinity ? nearest : nil)
    }
  }

  /// The squared distance from a place to a closed box, 0 inside of it.
  public static func distanceSquared(x: Int32, y: Int32, _ box: IndexBox) -> Double {
    let (x, y) = (Int64(x), Int64(y))
    let dx = Double(max(Int64(box.minX) - x, x - Int64(box.maxX), 0))
    let dy = Double(max(Int64(box.minY) - y, y - Int64(box.maxY), 0))
    return dx * dx + dy * dy
  }

  private func bound(_ limit: Int, _ maximum: Double) -> Double {
    neighbours.count < limit ? maximum : neighbours[limit - 1].distance
  }

  private mutating func insert(_ found: Neighbour, limit: Int) {
    func isBefore(_ a: Neighbour, _ b: Neighbour) -> Bool {
      (a.distance, a.position) < (b.distance, b.position)
    }
    var place = neighbours.count
    if place == limit {
      guard isBefore(found, neighbours[limit - 1]) else { return }
      place -= 1
      neighbours[place] = found
    } else {
      neighbours.append(found)
    }
    while place > 0, isBefore(found, neighbours[place - 1]) {
      neighbours[place] = neighbours[place - 1]
      place -= 1
    }
    neighbours[place] = found
  }

  private mutating func push(_ branch: Branch) {
    frontier.append(branch)
    var child = frontier.count - 1
    while child > 0, branch.least < frontier[(child - 1) / 2].least {
      frontier[child] = frontier[(child - 1) / 2]
      child = (child - 1) / 2
    }
    frontier[child] = branch
  }

  /// Puts `replacement`, or the last one, into the place of the nearest.
  private mutating func replaceNearest(_ replacement: Branch?) {
    guard let branch = replacement ?? frontier.popLast(), !frontier.isEmpty else { return }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < frontier.count else { break }
      if child + 1 < frontier.count, frontier[child + 1].least < frontier[child].least {
        child += 1
      }
      guard frontier[child].least < branch.least else { break }
      frontier[hole] = frontier[child]
      hole = child
    }
    frontier[hole] = branch
  }
}

/// The boxes of a node's children.
@safe
struct IndexChildren {
  /// Sixteen minX, minY, maxX and maxY.
  let lanes: UnsafePointer<Int32>
  /// How many children there are.
  let children: Int
  let level: Int
  /// The number of the first child at the level below, or its position among the items.
  let first: Int

  /// - Precondition: `lane` is in `0 ..< 16`.
  func box(_ lane: Int) -> IndexBox {
    precondition(lane >= 0 && lane < PackedRTree.nodeSize)
    return unsafe IndexBox(
      minX: lanes[lane], minY: lanes[lane + 16], maxX: lanes[lane + 32], maxY: lanes[lane + 48])
  }
}

extension PackedRTreeView {
  /// - Precondition: the node is one of the level's.
  @inline(__always)
  func children(level: Int, node: Int) -> IndexChildren? {
    guard let nodes = unsafe nodes else { return nil }
    let width = 1 << (4 * level)
    let first = node * PackedRTree.nodeSize
    let place = unsafe UnsafeRawPointer(nodes + Int(levelStarts[level]) + node)
    return unsafe IndexChildren(
      lanes: place.assumingMemoryBound(to: Int32.self),
      children: min(((count + width - 1) >> (4 * level)) - first, PackedRTree.nodeSize),
      level: level, first: first)
  }

  /// Asks for a node that will be read soon.
  @inline(__always)
  func prefetch(level: Int, node: Int) {
    if let nodes = unsafe nodes { unsafe ci_index_prefetch(nodes + Int(levelStarts[level]) + node) }
  }
}
