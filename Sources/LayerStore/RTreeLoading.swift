internal import Geometry
internal import SQLite

/// Fills the R-tree of a table that was made in the same transaction, all boxes at once.
///
/// SQLite keeps an R-tree in three plain tables, of nodes and of the ways from rows and from nodes to
/// the nodes above them. Put in one by one, each box searches its place and many split a node; packed
/// along a Hilbert curve each node is written once, and neighbours lie in one node.
///
/// Source: the comment on the database format at the head of SQLite's ext/rtree/rtree.c.
struct RTreeLoading {
  private struct Entry {
    var number: Int64
    var minX: Float
    var maxX: Float
    var minY: Float
    var maxY: Float
  }

  private static let headBytes = 4
  private static let cellBytes = 24

  private var entries: [Entry] = []

  mutating func add(_ number: Int64, _ box: Box<Native>) {
    entries.append(
      Entry(
        number: number, minX: Self.down(box.minX), maxX: -Self.down(-box.maxX),
        minY: Self.down(box.minY), maxY: -Self.down(-box.maxY)))
  }

  /// The nearest number of 32 bits that is not above the value.
  private static func down(_ value: Double) -> Float {
    let rounded = Float(value)
    return Double(rounded) > value ? rounded.nextDown : rounded
  }

  /// Writes all boxes; the tree is empty before.
  func write(to tree: String, in database: Database) throws(SQLiteError) {
    guard !entries.isEmpty else { return }
    let nodes = Database.quoted(tree + "_node")
    guard
      case .integer(let bytes)? = try database.rows(
        "SELECT length(data) FROM \(nodes) WHERE nodeno = 1"
      ).first?.first
    else { return }
    let nodeBytes = Int(bytes)
    // A tenth stays free, so that rows which come later do not split every node that they meet.
    let most = max(2, (nodeBytes - Self.headBytes) / Self.cellBytes * 9 / 10)
    let insertNode = try database.prepare("INSERT OR REPLACE INTO \(nodes) VALUES (?, ?)")
    let insertParent = try database.prepare(
      "INSERT INTO \(Database.quoted(tree + "_parent")) VALUES (?, ?)")

    var level = inCurveOrder()
    var leaves: [(number: Int64, node: Int64)] = []
    leaves.reserveCapacity(level.count)
    var depth = 0
    var next: Int64 = 2
    while true {
      // Nodes of even size, so that none is left with a single box.
      let nodeCount = (level.count + most - 1) / most
      var above: [Entry] = []
      above.reserveCapacity(nodeCount)
      for node in 0..<nodeCount {
        let cells = level[
          node * level.count / nodeCount..<(node + 1) * level.count / nodeCount]
        let number = nodeCount == 1 ? 1 : next
        next += 1
        for cell in cells {
          if depth == 0 {
            leaves.append((cell.number, number))
          } else {
            try insertParent.bind([.integer(cell.number), .integer(number)])
            while try insertParent.step() {}
          }
        }
        let data = Self.node(cells, depth: nodeCount == 1 ? depth : 0, byteCount: nodeBytes)
        try insertNode.bind([.integer(number), .blob(data)])
        while try insertNode.step() {}
        above.append(Self.box(of: cells, number: number))
      }
      if nodeCount == 1 { break }
      level = above
      depth += 1
    }

    // In the order of rows, so that each goes to the end of its table.
    leaves.sort { $0.number < $1.number }
    let insertRow = try database.prepare(
      "INSERT INTO \(Database.quoted(tree + "_rowid")) VALUES (?, ?)")
    for leaf in leaves {
      try insertRow.bind([.integer(leaf.number), .integer(leaf.node)])
      while try insertRow.step() {}
    }
  }

  private func inCurveOrder() -> [Entry] {
    let all = Self.box(of: entries[...], number: 0)
    let steps = Float(UInt16.max)
    let (scaleX, scaleY) = (steps / (all.maxX - all.minX), steps / (all.maxY - all.minY))
    func cell(_ low: Float, _ high: Float, _ from: Float, _ scale: Float) -> UInt32 {
      let place = ((low + high) / 2 - from) * scale
      // Boxes without extent make the scale infinite.
      return place.isFinite ? UInt32(min(max(place, 0), steps)) : 0
    }
    let order = entries.indices.map { index in
      let entry = entries[index]
      let place = Self.hilbert(
        cell(entry.minX, entry.maxX, all.minX, scaleX),
        cell(entry.minY, entry.maxY, all.minY, scaleY))
      return UInt64(place) << 32 | UInt64(UInt32(truncatingIfNeeded: index))
    }.sorted()
    return order.map { entries[Int($0 & 0xFFFF_FFFF)] }
  }

  /// How far along a Hilbert curve of 2¹⁶ by 2¹⁶ cells a cell lies.
  private static func hilbert(_ x: UInt32, _ y: UInt32) -> UInt32 {
    var (x, y, distance) = (x, y, UInt32(0))
    var side: UInt32 = 1 << 15
    while side > 0 {
      let right: UInt32 = x & side == 0 ? 0 : 1
      let upper: UInt32 = y & side == 0 ? 0 : 1
      distance = distance << 2 | (3 * right) ^ upper
      if upper == 0 {
        if right == 1 {
          x = ~x & 0xFFFF
          y = ~y & 0xFFFF
        }
        swap(&x, &y)
      }
      side >>= 1
    }
    return distance
  }

  private static func box(of cells: ArraySlice<Entry>, number: Int64) -> Entry {
    var box = Entry(
      number: number, minX: .infinity, maxX: -.infinity, minY: .infinity, maxY: -.infinity)
    for cell in cells {
      box.minX = min(box.minX, cell.minX)
      box.maxX = max(box.maxX, cell.maxX)
      box.minY = min(box.minY, cell.minY)
      box.maxY = max(box.maxY, cell.maxY)
    }
    return box
  }

  /// The box around everything in a tree, from its root; nil for an empty one.
  static func bounds(
    of tree: String, in database: Database
  ) throws(SQLiteError) -> (minX: Double, maxX: Double, minY: Double, maxY: Double)? {
    guard
      case .blob(let root)? = try database.rows(
        "SELECT data FROM \(Database.quoted(tree + "_node")) WHERE nodeno = 1"
      ).first?.first, root.count >= headBytes
    else { return nil }
    let count = Int(root[2]) << 8 | Int(root[3])
    guard count > 0, root.count >= headBytes + count * cellBytes else { return nil }
    func side(_ cell: Int, _ place: Int) -> Float {
      let start = headBytes + cell * cellBytes + 8 + 4 * place
      let word = root[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Float(bitPattern: word)
    }
    var box = Entry(
      number: 0, minX: .infinity, maxX: -.infinity, minY: .infinity, maxY: -.infinity)
    for cell in 0..<count {
      box.minX = min(box.minX, side(cell, 0))
      box.maxX = max(box.maxX, side(cell, 1))
      box.minY = min(box.minY, side(cell, 2))
      box.maxY = max(box.maxY, side(cell, 3))
    }
    return (Double(box.minX), Double(box.maxX), Double(box.minY), Double(box.maxY))
  }

  /// Big-endian: u16 depth of the tree (in the root only), u16 count, then i64 number and four f32 a
  /// cell; zeros fill the node.
  private static func node(
    _ cells: ArraySlice<Entry>, depth: Int, byteCount: Int
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    func append(_ value: UInt64, bits: UInt64) {
      for shift in stride(from: bits, to: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> (shift - 8)))
      }
    }
    append(UInt64(depth), bits: 16)
    append(UInt64(cells.count), bits: 16)
    for cell in cells {
      append(UInt64(bitPattern: cell.number), bits: 64)
      append(UInt64(cell.minX.bitPattern), bits: 32)
      append(UInt64(cell.maxX.bitPattern), bits: 32)
      append(UInt64(cell.minY.bitPattern), bits: 32)
      append(UInt64(cell.maxY.bitPattern), bits: 32)
    }
    bytes.append(contentsOf: repeatElement(0, count: byteCount - bytes.count))
    return bytes
  }
}
