internal import CInline

/// The checksum of a zlib stream (RFC 1950, section 8.2).
enum Adler {
  private static let modulus: UInt64 = 65_521

  /// Of all rows, each after a filter byte of zero, straight from the pixels; nil where alphas do not
  /// count and one is below 255.
  static func sum(_ picture: PixelRows, usesAVX2: Bool) -> UInt32? {
    let (width, channels) = (picture.width, picture.channels)
    let eights = width / 8
    var low: UInt64 = 1
    var high: UInt64 = 0
    for y in 0..<picture.height {
      let row = unsafe picture[y].assumingMemoryBound(to: UInt8.self)
      let sums =
        unsafe usesAVX2
        ? ci_sum_bytes_avx2(row, Int64(eights), channels == 4)
        : ci_sum_bytes(row, Int64(eights), channels == 4)
      guard channels == 4 || sums.is_opaque else { return nil }
      // Bytes b₀ … of number n make `low` greater by Σ bᵢ and `high` by n · low + Σ (n − i) bᵢ; the filter
      // byte is the first.
      let rest = (width &- eights &* 8) &* channels
      high &+= low &* UInt64(picture.rowSize)
      high &+= sums.weighted &+ sums.before &* UInt64(8 &* channels)
      high &+= sums.total &* UInt64(rest)
      low &+= sums.total
      var weight = UInt64(rest)
      for x in eights &* 8..<width {
        guard unsafe channels == 4 || row[x &* 4 &+ 3] == 255 else { return nil }
        for channel in 0..<channels {
          let byte = unsafe UInt64(row[x &* 4 &+ channel])
          low &+= byte
          high &+= byte &* weight
          weight &-= 1
        }
      }
      low %= modulus
      high %= modulus
    }
    return UInt32(high << 16 | low)
  }
}
