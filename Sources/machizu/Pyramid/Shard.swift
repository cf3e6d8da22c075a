internal import Tiles

/// One of several equal parts of a pyramid, for as many machines.
///
/// Blocks of 4 × 4 metatiles go to the parts in turn along the Hilbert curve, so that each has its
/// share of the town and of the fields around it.
struct Shard: Hashable, Sendable, CustomStringConvertible {
  /// log₂ of a block's side in metatiles.
  static let blockBits = 2
  static let limit = 10_000

  /// From 1.
  let number: Int
  let count: Int

  /// `I/N`; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = TileID.number(parts[0]),
      let count = TileID.number(parts[1]),
      (1...Self.limit).contains(count), (1...count).contains(number)
    else { return nil }
    self.number = number
    self.count = count
  }

  var description: String { "\(number)/\(count)" }

  /// Whether the part has the tiles below a metatile's square.
  func has(_ metatile: TileID) -> Bool {
    let bits = min(Self.blockBits, metatile.zoom)
    let block = TileID(
      zoom: metatile.zoom - bits, column: metatile.column >> bits, row: metatile.row >> bits)
    return (block?.hilbertNumber ?? 0) % UInt64(count) == UInt64(number - 1)
  }
}
