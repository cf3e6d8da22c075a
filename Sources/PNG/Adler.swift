/// The checksum of a zlib stream (RFC 1950, section 8.2).
enum Adler {
  private static let modulus: UInt64 = 65_521

  /// Of all rows, each after a filter byte of zero, straight from the pixels.
  static func sum(_ picture: PixelRows) -> UInt32 {
    var low: UInt64 = 1
    var high: UInt64 = 0
    // As many rows at once as the lanes' 32 bits hold the sums of.
    let step = max(1, 65_536 / picture.width)
    var y = 0
    while y < picture.height {
      let end = min(y &+ step, picture.height)
      add(picture, y, end, &low, &high)
      y = end
    }
    return UInt32(high << 16 | low)
  }

  /// Bytes b₀ … of number n make `low` greater by Σ bᵢ and `high` by n · low + Σ (n − i) bᵢ.
  ///
  /// A byte weighs what is left of its row from it on, and a row's size for each row after its own. Of
  /// eight pixels at once sums are kept lane by lane, and the sums of those sums before each eight and
  /// before each row: lanes are put together, with their weights, at the end alone.
  private static func add(
    _ picture: PixelRows, _ first: Int, _ end: Int, _ low: inout UInt64, _ high: inout UInt64
  ) {
    let (width, channels) = (picture.width, picture.channels)
    var inRows = Sums()
    var beforeRows = Sums()
    var beforeEights = Sums()
    // Of the pixels that make no full eight.
    var restTotal: UInt64 = 0
    var restWeighted: UInt64 = 0
    var restBefore: UInt64 = 0
    for y in first..<end {
      beforeRows.add(inRows)
      restBefore &+= restTotal
      let row = unsafe picture[y]
      var rowSums = Sums()
      var x = 0
      while x &+ 8 <= width {
        let count = min((width &- x) &>> 3, Sums.shortCount)
        unsafe rowSums.add(row + x &* 4, count, &beforeEights)
        x &+= count &* 8
      }
      inRows.add(rowSums)
      while x < width {
        for channel in 0..<channels {
          let byte = unsafe UInt64((row + (x &* 4 &+ channel)).load(as: UInt8.self))
          restTotal &+= byte
          restWeighted &+= byte &* UInt64((width &- x) &* channels &- channel)
        }
        x &+= 1
      }
    }
    var total = restTotal
    var weighted = restWeighted
    var before = restBefore
    // Bytes of a row after its last full eight.
    let tail = width % 8 * channels
    for lane in 0..<32 where lane % 4 < channels {
      let weight = UInt64(tail + (8 - lane / 4) * channels - lane % 4)
      total += inRows[lane]
      weighted += inRows[lane] * weight + beforeEights[lane] * UInt64(8 * channels)
      before += beforeRows[lane]
    }
    let rowSize = UInt64(picture.rowSize)
    high += low * rowSize * UInt64(end - first) + weighted + before * rowSize
    low += total
    low %= modulus
    high %= modulus
  }

  /// One sum for each of the 32 bytes of eight pixels.
  private struct Sums {
    /// Even bytes, which are red and blue, and odd ones.
    var even = SIMD16<UInt32>()
    var odd = SIMD16<UInt32>()

    /// Eights of pixels whose sums, and the sums of those, fit 16 bits.
    static let shortCount = 16

    subscript(byte: Int) -> UInt64 {
      UInt64(byte % 2 == 0 ? even[byte / 2] : odd[byte / 2])
    }

    mutating func add(_ other: Sums) {
      even &+= other.even
      odd &+= other.odd
    }

    /// Adds up to 16 eights of pixels, and to `before` what the sums are before each of them.
    @inline(__always)
    mutating func add(_ pixels: UnsafeRawPointer, _ count: Int, _ before: inout Sums) {
      let isEven = SIMD16<UInt16>(repeating: 255)
      var even = SIMD16<UInt16>()
      var odd = SIMD16<UInt16>()
      var evenBefore = SIMD16<UInt16>()
      var oddBefore = SIMD16<UInt16>()
      for i in 0..<count {
        let eight = unsafe (pixels + i &* 32).loadUnaligned(as: SIMD16<UInt16>.self)
        evenBefore &+= even
        oddBefore &+= odd
        even &+= eight & isEven
        odd &+= eight &>> 8
      }
      let times = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: count))
      before.even &+= self.even &* times &+ SIMD16(truncatingIfNeeded: evenBefore)
      before.odd &+= self.odd &* times &+ SIMD16(truncatingIfNeeded: oddBefore)
      self.even &+= SIMD16(truncatingIfNeeded: even)
      self.odd &+= SIMD16(truncatingIfNeeded: odd)
    }
  }
}
