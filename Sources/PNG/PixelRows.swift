/// Where a picture's pixels are, and how many of their bytes count.
@safe struct PixelRows {
  let base: UnsafeRawPointer
  let width: Int
  let height: Int
  /// 3 or 4.
  let channels: Int

  init(_ base: UnsafeRawPointer, width: Int, height: Int, channels: Int) {
    unsafe self.base = base
    self.width = width
    self.height = height
    self.channels = channels
  }

  /// Whether rows but the first can be compared where they stand, which is done 64 pixels at a time.
  var isComparable: Bool {
    unsafe width & 63 == 0 && UInt(bitPattern: base) & 3 == 0
  }

  /// Bytes of a row as a PNG's stream holds it, with its filter byte.
  var rowSize: Int { width &* channels &+ 1 }

  @inline(__always)
  subscript(y: Int) -> UnsafeRawPointer { unsafe base + y &* width &* 4 }

  @inline(__always)
  func pixels(_ y: Int) -> UnsafePointer<UInt32> {
    unsafe self[y].assumingMemoryBound(to: UInt32.self)
  }
}

/// Bits of a row's pixels, the first lowest, in words of little-endian bytes with one more behind them.
@safe struct PixelBits {
  let words: UnsafeMutablePointer<UInt64>

  /// The bits from a pixel on, at least 57 of them.
  @inline(__always)
  private func window(_ x: Int) -> UInt64 {
    let place = unsafe UnsafeRawPointer(words) + x &>> 3
    return unsafe UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
  }

  /// The first pixel from one on whose bit is set; one must be.
  @inline(__always)
  func firstSet(from x: Int) -> Int {
    let near = window(x) &>> UInt64(truncatingIfNeeded: x & 7)
    if near != 0 { return x &+ near.trailingZeroBitCount }
    return firstFar(from: x, 0)
  }

  /// The first pixel from one on whose bit is clear; one must be.
  @inline(__always)
  func firstClear(from x: Int) -> Int {
    let near = ~window(x) &>> UInt64(truncatingIfNeeded: x & 7)
    if near != 0 { return x &+ near.trailingZeroBitCount }
    return firstFar(from: x, ~0)
  }

  /// The first pixel from one on whose bit is not that of `other`.
  private func firstFar(from x: Int, _ other: UInt64) -> Int {
    var i = x &>> 6
    var word =
      unsafe (UInt64(littleEndian: words[i]) ^ other) & (~0 &<< UInt64(truncatingIfNeeded: x & 63))
    while word == 0 {
      i &+= 1
      word = unsafe UInt64(littleEndian: words[i]) ^ other
    }
    return i &<< 6 &+ word.trailingZeroBitCount
  }
}
