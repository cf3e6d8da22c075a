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
  private var queue: [Branch] = []

  private struct Branch {
    let distance: Double
    let level: Int32
    let node: UInt32
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
      view, limit: limit, maximumDistance: maximumDistanceSquared,
      boxDistance: { Self.distanceSquared(x: x, y: y, $0) }, itemDistance: { $1 })
  }

  /// Finds the `limit` items nearest by any metric.
  ///
  /// - Parameters:
  ///   - maximumDistance: items farther than this are left out.
  ///   - boxDistance: a distance that nothing within the box falls short of.
  ///   - itemDistance: the distance of the item at a position along the curve, given that of its box;
  ///     nil hides it. Called only for items whose boxes are near enough.
  public mutating func search(
    _ view: PackedRTreeView, limit: Int, maximumDistance: Double,
    boxDistance: (IndexBox) -> Double, itemDistance: (Int, Double) -> Double?
  ) {
    neighbours.removeAll(keepingCapacity: true)
    queue.removeAll(keepingCapacity: true)
    guard limit > 0, view.levelCount > 0 else { return }
    push(Branch(distance: 0, level: Int32(view.levelCount - 1), node: 0))
    while let branch = popNearest() {
      if branch.distance > bound(limit, maximumDistance) { return }
      let level = Int(branch.level)
      view.forEachChild(level: level, node: Int(branch.node)) { child, box in
        let distance = boxDistance(box)
        guard distance <= bound(limit, maximumDistance) else { return }
        if level > 0 {
          push(Branch(distance: distance, level: branch.level - 1, node: UInt32(child)))
        } else if let exact = itemDistance(child, distance), exact <= maximumDistance {
          insert(Neighbour(position: child, distance: exact), limit: limit)
        }
      }
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
    queue.append(branch)
    var child = queue.count - 1
    while child > 0, branch.distance < queue[(child - 1) / 2].distance {
      queue[child] = queue[(child - 1) / 2]
      child = (child - 1) / 2
    }
    queue[child] = branch
  }

  private mutating func popNearest() -> Branch? {
    guard let nearest = queue.first, let last = queue.popLast() else { return nil }
    guard !queue.isEmpty else { return nearest }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < queue.count else { break }
      if child + 1 < queue.count, queue[child + 1].distance < queue[child].distance { child += 1 }
      guard queue[child].distance < last.distance else { break }
      queue[hole] = queue[child]
      hole = child
    }
    queue[hole] = last
    return nearest
  }
}

extension PackedRTreeView {
  /// Calls `visit` with the number and the box of each child of a node.
  @inline(__always)
  func forEachChild(level: Int, node: Int, _ visit: (Int, IndexBox) -> Void) {
    guard let nodes = unsafe nodes else { return }
    let width = 1 << (4 * level)
    let first = node * PackedRTree.nodeSize
    let children = min(((count + width - 1) >> (4 * level)) - first, PackedRTree.nodeSize)
    let place = unsafe UnsafeRawPointer(nodes + Int(levelStarts[level]) + node)
    let lanes = unsafe place.assumingMemoryBound(to: Int32.self)
    for lane in 0..<max(children, 0) {
      let box = unsafe IndexBox(
        minX: lanes[lane], minY: lanes[lane + 16], maxX: lanes[lane + 32], maxY: lanes[lane + 48])
      visit(first + lane, box)
    }
  }
}
