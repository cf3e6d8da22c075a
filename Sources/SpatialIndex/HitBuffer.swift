internal import CInline

/// The items that a search found, in memory that is used again by the next search.
@safe
public struct HitBuffer: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt32>
  private var capacity: Int
  /// How many items the last search found.
  public private(set) var count = 0

  public init() {
    capacity = 1024
    unsafe memory = .allocate(capacity: capacity)
  }

  deinit { unsafe memory.deallocate() }

  /// The number of an item that the last search found, in curve order.
  ///
  /// - Precondition: `position` is in `0 ..< count`.
  public subscript(position: Int) -> UInt32 {
    precondition(position >= 0 && position < count)
    return unsafe memory[position]
  }

  fileprivate mutating func removeAll() { count = 0 }

  /// Makes room for `extra` more items.
  @inline(__always)
  fileprivate mutating func reserve(_ extra: Int) {
    if capacity - count < extra { grow(extra) }
  }

  @inline(never)
  private mutating func grow(_ extra: Int) {
    capacity = max(2 * capacity, count + extra)
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    unsafe larger.update(from: memory, count: count)
    unsafe memory.deallocate()
    unsafe memory = larger
  }

  fileprivate mutating func append(_ source: UnsafePointer<UInt32>, count extra: Int) {
    reserve(extra)
    unsafe (memory + count).update(from: source, count: extra)
    count &+= extra
  }

  /// Appends those of sixteen items whose bits are set.
  @inline(__always)
  fileprivate mutating func append(_ source: UnsafePointer<UInt32>, mask: UInt32) {
    reserve(PackedRTree.nodeSize)
    var rest = mask
    var end = unsafe memory + count
    while rest != 0 {
      unsafe end.pointee = source[rest.trailingZeroBitCount]
      unsafe end += 1
      rest &= rest &- 1
    }
    count &+= mask.nonzeroBitCount
  }
}

extension PackedRTree {
  /// Replaces what `found` holds by the numbers (in the array that the tree was built from) of the
  /// boxes that meet `window`.
  ///
  /// - Complexity: memory is allocated only while `found` grows.
  public func search(_ window: IndexBox, into found: inout HitBuffer) {
    found.removeAll()
    unsafe order.withUnsafeBufferPointer { order in
      guard let items = order.baseAddress else { return }
      withView { unsafe $0.collect(window, items, into: &found) }
    }
  }
}

extension PackedRTreeView {
  /// - Precondition: `items` holds `count` numbers.
  fileprivate func collect(
    _ window: IndexBox, _ items: UnsafePointer<UInt32>, into found: inout HitBuffer
  ) {
    guard let nodes = unsafe nodes, count > 0 else { return }
    unsafe withUnsafePointer(to: window) { window in
      let bounds = unsafe UnsafeRawPointer(window).assumingMemoryBound(to: Int32.self)
      unsafe collect(nodes, items, level: levelCount - 1, node: 0, window: bounds, into: &found)
    }
  }

  private func collect(
    _ nodes: UnsafePointer<IndexNode>, _ items: UnsafePointer<UInt32>, level: Int, node: Int,
    window: UnsafePointer<Int32>, into found: inout HitBuffer
  ) {
    let width = 1 &<< (4 &* level)
    let first = node &* PackedRTree.nodeSize
    let children = min(((count &+ width &- 1) &>> (4 &* level)) &- first, PackedRTree.nodeSize)
    let existing = UInt32(0xFFFF) &>> UInt32(PackedRTree.nodeSize &- children)
    let lanes = unsafe UnsafeRawPointer(nodes + Int(levelStarts[level]) + node)
    let answer =
      unsafe ci_index_hits(lanes.assumingMemoryBound(to: Int32.self), window)
      & (existing &<< 16 | existing)
    if level == 0 {
      unsafe found.append(items + first, mask: answer & 0xFFFF)
      return
    }
    var rest = answer & 0xFFFF
    while rest != 0 {
      let lane = rest.trailingZeroBitCount
      let child = first &+ lane
      rest &= rest &- 1
      if answer &>> UInt32(16 &+ lane) & 1 != 0 {
        let start = child &* width
        unsafe found.append(items + start, count: min(start &+ width, count) &- start)
      } else {
        unsafe collect(nodes, items, level: level &- 1, node: child, window: window, into: &found)
      }
    }
  }
}
