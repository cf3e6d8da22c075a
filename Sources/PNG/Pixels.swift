/// Passes over all pixels of a picture.
enum Pixels {
  /// Whether every alpha is 255.
  static func isOpaque(_ rgba: Span<UInt8>) -> Bool {
    unsafe rgba.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return true }
      var i = 0
      // Blocks of 1024 pixels, so that a transparent picture is known early.
      while i < bytes.count {
        let end = min(i + 4096, bytes.count)
        var all = SIMD16<UInt32>(repeating: ~0)
        while i + 64 <= end {
          unsafe all &= (base + i).loadUnaligned(as: SIMD16<UInt32>.self)
          i += 64
        }
        var word: UInt32 = ~0
        for lane in 0..<16 { word &= all[lane] }
        while i + 4 <= end {
          unsafe word &= (base + i).loadUnaligned(as: UInt32.self)
          i += 4
        }
        if word < 0xFF00_0000 { return false }
      }
      return true
    }
  }

  /// Divides colours by alpha, rounded to the nearest; a channel above its alpha becomes 255.
  static func unpremultiply(_ rgba: Span<UInt8>, into straight: inout [UInt8]) {
    let count = rgba.count
    if straight.count != count { straight = [UInt8](repeating: 0, count: count) }
    unsafe rgba.withUnsafeBytes { from in
      unsafe straight.withUnsafeMutableBytes { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        var last: UInt32 = 0
        var lastStraight: UInt32 = 0
        for i in stride(from: 0, to: count, by: 4) {
          let pixel = unsafe (from + i).loadUnaligned(as: UInt32.self)
          if pixel != last {
            last = pixel
            lastStraight = unpremultiplied(pixel)
          }
          unsafe (to + i).storeBytes(of: lastStraight, as: UInt32.self)
        }
      }
    }
  }

  static func unpremultiplied(_ pixel: UInt32) -> UInt32 {
    let alpha = pixel >> 24
    guard alpha != 0 else { return 0 }
    guard alpha != 255 else { return pixel }
    var result = alpha << 24
    for shift: UInt32 in [0, 8, 16] {
      let channel = pixel >> shift & 255
      result |= min((channel * 255 + alpha / 2) / alpha, 255) << shift
    }
    return result
  }

  /// Rows of three or four channels, each after a filter byte of zero.
  static func pack(
    _ rgba: Span<UInt8>, width: Int, height: Int, channels: Int, into rows: inout [UInt8]
  ) {
    let stride = width * channels + 1
    if rows.count != stride * height { rows = [UInt8](repeating: 0, count: stride * height) }
    unsafe rgba.withUnsafeBytes { from in
      unsafe rows.withUnsafeMutableBytes { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        for y in 0..<height {
          let source = unsafe from + y &* width &* 4
          let target = unsafe to + y &* stride
          unsafe target.storeBytes(of: 0, as: UInt8.self)
          if channels == 4 {
            unsafe (target + 1).copyMemory(from: source, byteCount: width &* 4)
          } else {
            unsafe packRGB(source, target + 1, width)
          }
        }
      }
    }
  }

  /// Drops the alpha of `count` pixels.
  private static func packRGB(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int
  ) {
    var i = 0
    // Two pixels at once; the eight bytes stored reach two into the next pixels, which come later.
    while i &+ 3 <= count {
      let pair = unsafe UInt64(littleEndian: (source + i &* 4).loadUnaligned(as: UInt64.self))
      let packed = (pair & 0xFF_FFFF) | ((pair &>> 8) & 0xFFFF_FF00_0000)
      unsafe (target + i &* 3).storeBytes(of: packed.littleEndian, as: UInt64.self)
      i &+= 2
    }
    while i < count {
      for c in 0..<3 {
        let byte = unsafe source.load(fromByteOffset: i &* 4 &+ c, as: UInt8.self)
        unsafe target.storeBytes(of: byte, toByteOffset: i &* 3 &+ c, as: UInt8.self)
      }
      i &+= 1
    }
  }
}
