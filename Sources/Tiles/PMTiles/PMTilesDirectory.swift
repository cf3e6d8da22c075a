/// A line of a directory: a run of tiles with one content, or a leaf directory.
public struct PMTilesEntry: Hashable, Sendable {
  /// The first tile's `TileID.hilbertNumber`.
  public var number: UInt64
  /// From the start of the tiles, or of the leaf directories.
  public var offset: UInt64
  public var length: UInt32
  /// Tiles in the run; 0 for a leaf directory.
  public var runLength: UInt32
}

/// Directories as bytes: four columns of variable-length numbers.
///
/// Source: PMTiles specification, version 3, section 4 (directories).
enum PMTilesDirectory {
  static func encode(_ entries: some Collection<PMTilesEntry>) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ number: UInt64) {
      var rest = number
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    append(UInt64(entries.count))
    var last: UInt64 = 0
    for entry in entries {
      append(entry.number - last)
      last = entry.number
    }
    for entry in entries { append(UInt64(entry.runLength)) }
    for entry in entries { append(UInt64(entry.length)) }
    var next: UInt64?
    for entry in entries {
      append(entry.offset == next ? 0 : entry.offset + 1)
      next = entry.offset + UInt64(entry.length)
    }
    return bytes
  }

  /// - Returns: the entries, rising by number; or why the bytes are no directory.
  static func decode(_ bytes: [UInt8]) -> Result<[PMTilesEntry], Refusal> {
    var position = 0
    func number() -> UInt64? {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        guard shift < 63 || byte <= 1 else { return nil }
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    // Four numbers of at least a byte each belong to an entry.
    guard let count = number(), count <= bytes.count / 4 else {
      return .failure(Refusal("it has not the bytes for its entries"))
    }
    var entries = [PMTilesEntry](
      repeating: PMTilesEntry(number: 0, offset: 0, length: 0, runLength: 0), count: Int(count))
    var last: UInt64 = 0
    for index in entries.indices {
      guard let step = number() else { return .failure(Refusal("a tile number is cut off")) }
      let (sum, overflow) = last.addingReportingOverflow(step)
      guard !overflow, index == 0 || step > 0 else {
        return .failure(Refusal("the tile numbers do not rise"))
      }
      entries[index].number = sum
      last = sum
    }
    for index in entries.indices {
      guard let run = number().flatMap({ UInt32(exactly: $0) }) else {
        return .failure(Refusal("a run length is cut off or too long"))
      }
      entries[index].runLength = run
    }
    for index in entries.indices {
      guard let length = number().flatMap({ UInt32(exactly: $0) }), length > 0 else {
        return .failure(Refusal("a length is cut off, zero or too long"))
      }
      entries[index].length = length
    }
    for index in entries.indices {
      guard let stored = number() else { return .failure(Refusal("an offset is cut off")) }
      guard stored == 0 else {
        entries[index].offset = stored - 1
        continue
      }
      guard index > 0 else { return .failure(Refusal("the first entry has no offset")) }
      let before = entries[index - 1]
      let (sum, overflow) = before.offset.addingReportingOverflow(UInt64(before.length))
      guard !overflow else { return .failure(Refusal("an offset is too large")) }
      entries[index].offset = sum
    }
    return .success(entries)
  }

  struct Refusal: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  /// The last entry that begins at or before a tile.
  static func entry(for number: UInt64, in entries: [PMTilesEntry]) -> PMTilesEntry? {
    position(of: number, in: entries).map { entries[$0] }
  }

  /// Where the last entry stands that begins at or before a tile.
  static func position(of number: UInt64, in entries: [PMTilesEntry]) -> Int? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].number <= number { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
