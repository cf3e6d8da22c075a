internal import CInline

/// A prefix code for one block of a deflate stream (RFC 1951, section 3.2.2): shortest where symbols
/// are frequent, no code longer than a limit.
struct HuffmanCode: Sendable {
  /// Bits of each symbol's code, 0 where the symbol does not occur.
  private(set) var lengths: [UInt8]
  /// Each symbol's code; of no bits where the symbol does not occur.
  private(set) var entries: [ci_code]
  private let limit: Int
  /// Count and symbol of those that occur, least first; then what sorting and the tree need.
  private var keys: [UInt32] = []
  private var spare: [UInt32] = []
  private var places = [Int](repeating: 0, count: 256)

  init(count: Int, limit: Int) {
    lengths = [UInt8](repeating: 0, count: count)
    entries = [ci_code](repeating: ci_code(), count: count)
    self.limit = limit
  }

  /// - Parameter counts: below 2²³ each; at least two symbols must occur.
  mutating func build(_ counts: [UInt32]) {
    keys.removeAll(keepingCapacity: true)
    for (symbol, count) in counts.enumerated() where count > 0 {
      keys.append(count << 9 | UInt32(symbol))
    }
    HuffmanCode.sort(&keys, &spare, &places)
    var ofLength = HuffmanCode.leaves(keys, &spare, limit: limit)
    shorten(&ofLength)
    for symbol in lengths.indices { lengths[symbol] = 0 }
    var length = limit
    for key in keys {
      while ofLength[length] == 0 { length -= 1 }
      ofLength[length] -= 1
      lengths[Int(key & 511)] = UInt8(length)
    }
    number()
  }

  /// Sorts the keys, which come in the order of the symbols, by their counts, a byte after the other.
  private static func sort(
    _ keys: inout [UInt32], _ spare: inout [UInt32], _ places: inout [Int]
  ) {
    let most = keys.max() ?? 0
    var shift: UInt32 = 9
    while most >> shift > 0 {
      spare.removeAll(keepingCapacity: true)
      spare.append(contentsOf: keys)
      var keys = keys.mutableSpan
      var places = places.mutableSpan
      for digit in places.indices { places[digit] = 0 }
      for key in spare { places[Int(key >> shift & 255)] += 1 }
      var next = 0
      for digit in places.indices {
        next += places[digit]
        places[digit] = next - places[digit]
      }
      for key in spare {
        let digit = Int(key >> shift & 255)
        keys[places[digit]] = key
        places[digit] += 1
      }
      shift += 8
    }
  }

  /// How many leaves of the best tree have each depth, those below the limit counted there, by the way
  /// of Moffat and Katajainen: in place of the counts come first the parents, then the depths of inner
  /// nodes.
  private static func leaves(
    _ keys: [UInt32], _ spare: inout [UInt32], limit: Int
  ) -> [Int] {
    var ofDepth = [Int](repeating: 0, count: limit + 1)
    let n = keys.count
    guard n > 2 else {
      ofDepth[1] = n
      return ofDepth
    }
    spare.removeAll(keepingCapacity: true)
    spare.append(contentsOf: keys)
    var tree = spare.mutableSpan
    for i in tree.indices { tree[i] >>= 9 }
    tree[0] += tree[1]
    var root = 0
    var leaf = 2
    for next in 1..<n - 1 {
      if leaf >= n || tree[root] < tree[leaf] {
        tree[next] = tree[root]
        tree[root] = UInt32(next)
        root += 1
      } else {
        tree[next] = tree[leaf]
        leaf += 1
      }
      if leaf >= n || (root < next && tree[root] < tree[leaf]) {
        tree[next] += tree[root]
        tree[root] = UInt32(next)
        root += 1
      } else {
        tree[next] += tree[leaf]
        leaf += 1
      }
    }
    tree[n - 2] = 0
    for node in stride(from: n - 3, through: 0, by: -1) {
      tree[node] = tree[Int(tree[node])] + 1
    }
    var available = 1
    var depth = 0
    var inner = n - 2
    while available > 0 {
      var used = 0
      while inner >= 0 && tree[inner] == depth {
        used += 1
        inner -= 1
      }
      ofDepth[min(depth, limit)] += available - used
      available = 2 * used
      depth += 1
    }
    return ofDepth
  }

  /// Makes codes that are too long shorter, at the cost of the longest of the others.
  private func shorten(_ ofLength: inout [Int]) {
    // The sum of 2^-length must be 1.
    var total = 0
    for length in 1...limit { total += ofLength[length] << (limit - length) }
    while total > 1 << limit {
      // One code of the full length goes; a shorter one becomes two that are longer by one.
      ofLength[limit] -= 1
      var length = limit - 1
      while ofLength[length] == 0 { length -= 1 }
      ofLength[length] -= 1
      ofLength[length + 1] += 2
      total -= 1
    }
  }

  /// Codes in the order of the symbols, those of one length one after another.
  private mutating func number() {
    var next = [UInt32](repeating: 0, count: limit + 2)
    for length in lengths where length > 0 { next[Int(length) + 1] += 1 }
    for length in 1...limit { next[length + 1] = (next[length + 1] + next[length]) << 1 }
    entries.removeAll(keepingCapacity: true)
    for length in lengths {
      let (code, count) = (next[Int(length)], UInt32(length))
      next[Int(length)] += 1
      entries.append(
        count > 0 ? ci_code(bits: UInt64(mirrored(code, count)), count: UInt64(count)) : ci_code())
    }
  }

  private func mirrored(_ code: UInt32, _ length: UInt32) -> UInt32 {
    var bits = code
    bits = (bits & 0x5555) << 1 | (bits >> 1) & 0x5555
    bits = (bits & 0x3333) << 2 | (bits >> 2) & 0x3333
    bits = (bits & 0x0F0F) << 4 | (bits >> 4) & 0x0F0F
    bits = (bits & 0x00FF) << 8 | (bits >> 8) & 0x00FF
    return bits >> (16 - length)
  }
}
