internal import JSON
internal import PNG
internal import Tiles

/// Lists tiles as they are found: a line each, or one JSON array.
struct TileDifferences {
  private let isJSON: Bool
  private var writer = JSONWriter()
  private(set) var count = 0

  init(isJSON: Bool) {
    self.isJSON = isJSON
    if isJSON { writer.beginArray() }
  }

  /// - Parameter what: `changed`, `added` or `removed`.
  mutating func add(_ tile: TileID, _ what: String) {
    count += 1
    guard isJSON else {
      Console.write("\(what) \(tile)")
      return
    }
    writer.beginObject()
    writer.member("tile", tile.description)
    writer.member("change", what)
    writer.endObject()
  }

  mutating func close() {
    guard isJSON else { return }
    writer.endArray()
    Console.write(String(decoding: writer.bytes, as: UTF8.self))
  }
}

enum TileContent {
  /// Whether two contents show the same pixels.
  static func isSame(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    if first == second { return true }
    guard let one = try? PNGDecoder.decode(first), let other = try? PNGDecoder.decode(second) else {
      return false
    }
    return one.width == other.width && one.height == other.height && one.rgba == other.rgba
  }
}

/// The tiles of rising ranges, counted from 0.
struct TileNumbers {
  private let ranges: [ClosedRange<UInt64>]
  /// How many tiles stand before each range.
  private let starts: [UInt64]

  init(_ ranges: [ClosedRange<UInt64>]) {
    self.ranges = ranges
    var start: UInt64 = 0
    starts = ranges.map { range in
      defer { start += UInt64(range.count) }
      return start
    }
  }

  /// - Precondition: `index` is below the count of tiles.
  subscript(index: UInt64) -> UInt64 {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle + 1 } else { high = middle }
    }
    return ranges[low - 1].lowerBound + (index - starts[low - 1])
  }

  /// The tiles that are in any of several lists.
  static func union(_ lists: [[ClosedRange<UInt64>]]) -> [ClosedRange<UInt64>] {
    var union: [ClosedRange<UInt64>] = []
    for range in lists.joined().sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = union.last, range.lowerBound <= last.upperBound + 1 {
        union[union.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        union.append(range)
      }
    }
    return union
  }
}
