internal import CInline

/// The place of a cell along the Hilbert curve of a 65536 × 65536 grid.
///
/// - Precondition: `x` and `y` are below 65536.
public func hilbertIndex(x: UInt32, y: UInt32) -> UInt32 { ci_hilbert_index(x, y) }

extension PackedRTree {
  /// The numbers of the boxes along the curve through their centres; equal cells as they were.
  static func hilbertOrder(_ boxes: [IndexBox]) -> [UInt32] {
    var keys = unsafe [UInt64](unsafeUninitializedCapacity: boxes.count) { keys, count in
      count = boxes.count
      guard let keys = keys.baseAddress else { return }
      unsafe boxes.withUnsafeBytes { boxes in
        let corners = unsafe boxes.assumingMemoryBound(to: Int32.self)
        guard let corners = corners.baseAddress else { return }
        unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 4) { around in
          guard let around = around.baseAddress else { return }
          unsafe ci_index_around(corners, Int64(count), around)
          unsafe ci_index_keys(corners, Int64(count), around, keys)
        }
      }
    }
    return sortedByHighHalf(&keys)
  }

  /// The low 32 bits in the order of the high 32, equal ones as they were: digits of 11 bits from
  /// the lowest on.
  private static func sortedByHighHalf(_ keys: inout [UInt64]) -> [UInt32] {
    let digits = 1 << 11
    var counts = [UInt32](repeating: 0, count: 3 * digits)
    for key in keys {
      counts[Int(key >> 32) & (digits - 1)] &+= 1
      counts[digits + (Int(key >> 43) & (digits - 1))] &+= 1
      counts[2 * digits + Int(key >> 54)] &+= 1
    }
    for pass in 0..<3 {
      var start: UInt32 = 0
      for digit in pass * digits..<(pass + 1) * digits {
        let count = counts[digit]
        counts[digit] = start
        start &+= count
      }
    }
    let total = keys.count
    var other = unsafe [UInt64](unsafeUninitializedCapacity: total) { other, count in
      for key in keys {
        let digit = Int(key >> 32) & (digits - 1)
        unsafe other[Int(counts[digit])] = key
        counts[digit] &+= 1
      }
      count = total
    }
    for key in other {
      let digit = digits + (Int(key >> 43) & (digits - 1))
      keys[Int(counts[digit])] = key
      counts[digit] &+= 1
    }
    other = []
    return unsafe [UInt32](unsafeUninitializedCapacity: total) { order, count in
      for key in keys {
        let digit = 2 * digits + Int(key >> 54)
        unsafe order[Int(counts[digit])] = UInt32(truncatingIfNeeded: key)
        counts[digit] &+= 1
      }
      count = total
    }
  }
}
