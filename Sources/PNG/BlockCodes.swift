internal import CInline

/// The codes of one block of a deflate stream, made for what occurs in it (RFC 1951, section 3.2.7).
struct BlockCodes: Sendable {
  static let longestMatch = Int(ci_longest_match)
  static let lengthEnd = Int(ci_length_end)
  static let symbolCount = 286
  static let distanceCount = 30

  private var symbols = HuffmanCode(count: symbolCount, limit: 14)
  private var distances = HuffmanCode(count: distanceCount, limit: 15)
  private var lengthsCode = HuffmanCode(count: 19, limit: 7)
  private var counts: [UInt32] = []
  /// For a match of so many bytes, first to the left and then above, its codes with their extra bits.
  private(set) var matches = [ci_code](repeating: ci_code(), count: 2 * lengthEnd)

  var symbolEntries: [ci_code] { symbols.entries }
  /// The end of the block.
  var endOfBlock: ci_code { symbols.entries[256] }

  /// How many bytes of a longer run one match covers: no rest is shorter than a match may be.
  @inline(__always)
  static func matchLength(_ bytes: Int) -> Int {
    guard bytes > longestMatch else { return bytes }
    return bytes < longestMatch &+ 3 ? bytes &- 3 : longestMatch
  }

  /// The symbol of a distance, its extra bits and their number.
  @inline(__always)
  static func distanceSymbol(_ distance: Int) -> (symbol: Int, extra: Int, extraBits: Int) {
    let value = distance &- 1
    guard value >= 4 else { return (value, 0, 0) }
    let bits = 62 &- value.leadingZeroBitCount
    return (2 &* bits &+ 2 &+ (value &>> bits & 1), value & ((1 &<< bits) &- 1), bits)
  }

  /// The symbol of each length of a match.
  private static let lengthSymbols = (0...longestMatch).map(lengthSymbol)

  private static func lengthSymbol(_ length: Int) -> (symbol: Int, extra: Int, extraBits: Int) {
    guard length >= 3 else { return (256, 0, 0) }
    guard length < longestMatch else { return (285, 0, 0) }
    let value = length - 3
    guard value >= 8 else { return (257 + value, 0, 0) }
    let bits = 61 - value.leadingZeroBitCount
    return (4 * bits + 261 + (value >> bits & 3), value & ((1 << bits) - 1), bits)
  }

  /// Makes codes for every literal, every length and both distances, the shorter the more often they
  /// occur in a sample.
  ///
  /// - Parameter lengths: how often matches have so many bytes, those to the left before those above.
  mutating func build(
    literals: UnsafeBufferPointer<UInt32>, lengths: UnsafeBufferPointer<UInt32>,
    distances: (Int, Int)
  ) {
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(1, count: BlockCodes.symbolCount))
    for i in literals.indices { unsafe counts[i] += literals[i] }
    var distanceCounts = [UInt32](repeating: 0, count: BlockCodes.distanceCount)
    let places = [distances.0, distances.1].map(BlockCodes.distanceSymbol)
    for place in places where place.symbol < BlockCodes.distanceCount {
      distanceCounts[place.symbol] += 1
    }
    let lengthSymbols = BlockCodes.lengthSymbols
    for (number, place) in places.enumerated() where place.symbol < BlockCodes.distanceCount {
      for length in 3...BlockCodes.longestMatch {
        let count = unsafe lengths[number * BlockCodes.lengthEnd + length]
        guard count > 0 else { continue }
        counts[lengthSymbols[length].symbol] += count
        distanceCounts[place.symbol] += count
      }
    }
    // Some decoders want two symbols in every code.
    if distanceCounts.count(where: { $0 > 0 }) < 2 { distanceCounts[0] += 1 }
    symbols.build(counts)
    self.distances.build(distanceCounts)
    matches.removeAll(keepingCapacity: true)
    for place in places {
      var distance = ci_code()
      if place.symbol < BlockCodes.distanceCount {
        distance = self.distances.entries[place.symbol]
        distance.bits |= UInt64(place.extra) &<< distance.count
        distance.count += UInt64(place.extraBits)
      }
      for (symbol, extra, extraBits) in lengthSymbols {
        var match = symbols.entries[symbol]
        match.bits |= UInt64(extra) &<< match.count
        match.count &+= UInt64(extraBits)
        match.bits |= distance.bits &<< match.count
        match.count &+= distance.count
        matches.append(match)
      }
    }
  }

  /// Puts the head of the stream's last block: its kind and the lengths of its codes.
  mutating func putHeader(_ writer: inout BitWriter, _ output: UnsafeMutableRawPointer) {
    let used = 1 + (symbols.lengths.lastIndex { $0 > 0 } ?? 0)
    let usedDistances = 1 + (distances.lengths.lastIndex { $0 > 0 } ?? 0)
    let items = BlockCodes.runs(
      Array(symbols.lengths[..<used]) + distances.lengths[..<usedDistances])
    var itemCounts = [UInt32](repeating: 0, count: 19)
    for item in items { itemCounts[item.symbol] += 1 }
    for symbol in 0..<2 where itemCounts.count(where: { $0 > 0 }) < 2 {
      itemCounts[symbol] = max(itemCounts[symbol], 1)
    }
    lengthsCode.build(itemCounts)
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    let orderCount = 1 + (order.lastIndex { lengthsCode.lengths[$0] > 0 } ?? 3)
    unsafe writer.put(5, 3, output)
    unsafe writer.put(UInt64(used - 257), 5, output)
    unsafe writer.put(UInt64(usedDistances - 1), 5, output)
    unsafe writer.put(UInt64(max(orderCount, 4) - 4), 4, output)
    for symbol in order.prefix(max(orderCount, 4)) {
      unsafe writer.put(UInt64(lengthsCode.lengths[symbol]), 3, output)
    }
    for item in items {
      unsafe writer.put(lengthsCode.entries[item.symbol], output)
      unsafe writer.put(UInt64(item.extra), UInt64(item.extraBits), output)
    }
  }

  /// Code lengths with their repetitions as symbols 16 to 18.
  private static func runs(
    _ lengths: [UInt8]
  ) -> [(symbol: Int, extra: Int, extraBits: Int)] {
    var items: [(symbol: Int, extra: Int, extraBits: Int)] = []
    var i = 0
    while i < lengths.count {
      let length = lengths[i]
      var count = 1
      while i + count < lengths.count, lengths[i + count] == length { count += 1 }
      i += count
      if length == 0 {
        while count >= 3 {
          let taken = min(count, 138)
          items.append(taken > 10 ? (18, taken - 11, 7) : (17, taken - 3, 3))
          count -= taken
        }
      } else {
        items.append((Int(length), 0, 0))
        count -= 1
        while count >= 3 {
          let taken = min(count, 6)
          items.append((16, taken - 3, 2))
          count -= taken
        }
      }
      for _ in 0..<count { items.append((Int(length), 0, 0)) }
    }
    return items
  }
}
