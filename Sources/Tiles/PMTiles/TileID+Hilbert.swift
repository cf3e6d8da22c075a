extension TileID {
  /// Where the tile stands in a PMTiles archive: all tiles of the zooms above it, then its place on
  /// its zoom's Hilbert curve.
  ///
  /// Source: PMTiles specification, version 3, section 3.1 (tile ids).
  public var hilbertNumber: UInt64 {
    var x = UInt64(column)
    var y = UInt64(row)
    var number = Self.firstNumber(zoom: zoom)
    var side: UInt64 = (1 << UInt64(zoom)) >> 1
    while side > 0 {
      let right: UInt64 = x & side == 0 ? 0 : 1
      let lower: UInt64 = y & side == 0 ? 0 : 1
      number += side * side * ((3 * right) ^ lower)
      if lower == 0 {
        if right == 1 {
          x = side &- 1 &- (x & (side &- 1))
          y = side &- 1 &- (y & (side &- 1))
        }
        swap(&x, &y)
      }
      side >>= 1
    }
    return number
  }

  /// The numbers of the tiles of a zoom, this tile's or a higher one, in the tile's square: the curve
  /// goes through a square without leaving it.
  public func hilbertNumbers(zoom higher: Int) -> ClosedRange<UInt64> {
    let bits = 2 * UInt64(max(higher - zoom, 0))
    let first =
      Self.firstNumber(zoom: zoom + Int(bits / 2))
      + (hilbertNumber - Self.firstNumber(zoom: zoom)) << bits
    return first...first + (1 << bits - 1)
  }

  /// The tile at a place in an archive; nil beyond the highest zoom.
  public init?(hilbertNumber: UInt64) {
    var zoom = 0
    while zoom <= 20, hilbertNumber >= Self.firstNumber(zoom: zoom + 1) { zoom += 1 }
    guard zoom <= 20 else { return nil }
    var rest = hilbertNumber - Self.firstNumber(zoom: zoom)
    var x: UInt64 = 0
    var y: UInt64 = 0
    var side: UInt64 = 1
    for _ in 0..<zoom {
      let right = 1 & (rest >> 1)
      let lower = 1 & (rest ^ right)
      if lower == 0 {
        if right == 1 {
          x = side - 1 - x
          y = side - 1 - y
        }
        swap(&x, &y)
      }
      x += side * right
      y += side * lower
      rest >>= 2
      side <<= 1
    }
    self.init(zoom: zoom, column: Int(x), row: Int(y))
  }

  /// How many tiles the zooms above one have: (4ᶻ − 1) / 3.
  private static func firstNumber(zoom: Int) -> UInt64 { ((1 << (2 * UInt64(zoom))) - 1) / 3 }
}
