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
    search(window, into: &found, usesAVX2: ci_has_x86_64_v3())
  }

  /// - Parameter usesAVX2: which of the two compares to take; the processor must have what is asked.
  package func search(_ window: IndexBox, into found: inout HitBuffer, usesAVX2: Bool) {
    found.removeAll()
    unsafe order.withUnsafeBufferPointer { order in
      guard let items = order.baseAddress else { return }
      withView { unsafe $0.collect(window, items, into: &found, usesAVX2: usesAVX2) }
    }
  }
}

extension PackedRTreeView {
  /// - Precondition: `items` holds `count` numbers.
  fileprivate func collect(
    _ window: IndexBox, _ items: UnsafePointer<UInt32>, into found: inout HitBuffer, usesAVX2: Bool
  ) {
    guard let nodes = unsafe nodes, count > 0 else { return }
    unsafe withUnsafePointer(to: window) { window in
      let bounds = unsafe UnsafeRawPointer(window).assumingMemoryBound(to: Int32.self)
      let search = unsafe WindowSearch(
        nodes: nodes, items: items, window: bounds, count: count, levelStarts: levelStarts,
        usesAVX2: usesAVX2)
      search.collect(level: levelCount - 1, node: 0, into: &found)
    }
  }
}

/// What stays the same from node to node.
@safe
private struct WindowSearch {
  let nodes: UnsafePointer<IndexNode>
  let items: UnsafePointer<UInt32>
  let window: UnsafePointer<Int32>
  let count: Int
  let levelStarts: SIMD8<UInt32>
  let usesAVX2: Bool

  func collect(level: Int, node: Int, into found: inout HitBuffer) {
    let bits = 4 &* level
    let width = 1 &<< bits
    let first = node &* PackedRTree.nodeSize
    let children = min(((count &+ width &- 1) &>> bits) &- first, PackedRTree.nodeSize)
    let existing = UInt32(0xFFFF) &>> UInt32(PackedRTree.nodeSize &- children)
    let place = unsafe UnsafeRawPointer(nodes + Int(levelStarts[level]) + node)
    let lanes = unsafe place.assumingMemoryBound(to: Int32.self)
    let hits =
      unsafe (usesAVX2 ? ci_index_hits_avx2(lanes, window) : ci_index_hits(lanes, window))
    if level == 0 {
      unsafe found.append(items + first, mask: hits & existing)
      return
    }
    let within = (hits &>> 16) & existing
    let partly = hits & existing & ~within
    let below = unsafe nodes + Int(levelStarts[level &- 1]) + first
    var rest = partly
    while rest != 0 {
      unsafe ci_index_prefetch(below + rest.trailingZeroBitCount)
      rest &= rest &- 1
    }
    rest = partly | within
    while rest != 0 {
      let lane = rest.trailingZeroBitCount
      let child = first &+ lane
      if within &>> UInt32(lane) & 1 != 0 {
        // Neighbours that also lie within are copied together.
        let run = (~(within &>> UInt32(lane))).trailingZeroBitCount
        rest &= ~(((1 &<< UInt32(run)) &- 1) &<< UInt32(lane))
        let start = child &<< bits
        unsafe found.append(
          items + start, count: min((child &+ run) &<< bits, count) &- start)
      } else {
        rest &= rest &- 1
        collect(level: level &- 1, node: child, into: &found)
      }
    }
  }
}
