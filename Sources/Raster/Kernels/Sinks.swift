internal import CInline

/// What is done with the shares of a row, in runs of one share and groups of eight.
protocol CoverageSink {
  /// Pixels of row `y` follow, from left to right.
  mutating func begin(row y: Int)
  /// `count` pixels (1...8) from `x` on with the shares `share`, 0...65536 each.
  func group(x: Int, count: Int, share: SIMD8<Int32>)
  /// `count` pixels from `x` on with one share, 1...65536.
  func run(x: Int, count: Int, share: Int32)
}

/// A share of 65536 times an alpha of 255, rounded to the nearest of 0...255.
@inline(__always)
private func mask(_ share: SIMD8<Int32>, _ alpha: Int32) -> SIMD8<UInt32> {
  SIMD8<UInt32>(truncatingIfNeeded: (share &* alpha &+ 32768) &>> 16)
}

@inline(__always)
private func mask(_ share: Int32, _ alpha: Int32) -> UInt32 {
  UInt32(truncatingIfNeeded: (share &* alpha &+ 32768) &>> 16)
}

/// One colour.
@safe struct ColourSink: CoverageSink {
  private let pixels: UnsafeMutableRawPointer
  private let bytesPerRow: Int
  private let alpha: Int32
  private let blend: ColourBlend
  private var row: UnsafeMutableRawPointer

  @inline(__always)
  init(_ fill: ci_fill) {
    unsafe pixels = UnsafeMutableRawPointer(fill.target)
    unsafe row = pixels
    bytesPerRow = unsafe Int(fill.width) &* 4
    alpha = unsafe Int32(fill.alpha)
    blend = unsafe ColourBlend(fill.colour)
  }

  @inline(__always)
  mutating func begin(row y: Int) { unsafe row = pixels + y &* bytesPerRow }

  @inline(__always)
  func group(x: Int, count: Int, share: SIMD8<Int32>) {
    let m = mask(share, alpha)
    if count == 8 {
      unsafe blend.group(row + x &<< 2, m)
    } else {
      for i in 0..<count { unsafe blend.pixel(row + (x &+ i) &<< 2, m[i]) }
    }
  }

  @inline(__always)
  func run(x: Int, count: Int, share: Int32) {
    let m = mask(share, alpha)
    if m != 0 { unsafe blend.run(row + x &<< 2, count: count, m) }
  }
}

/// A picture, repeated.
@safe struct PictureSink: CoverageSink {
  private let pixels: UnsafeMutableRawPointer
  private let bytesPerRow: Int
  private let source: UnsafeRawPointer
  private let sourceWidth: Int, sourceHeight: Int
  private let phaseX: Int, phaseY: Int
  private let opacity: Int32
  private var row: UnsafeMutableRawPointer
  private var sourceRow: UnsafeRawPointer

  @inline(__always)
  init(_ fill: ci_fill) {
    unsafe pixels = UnsafeMutableRawPointer(fill.target)
    bytesPerRow = unsafe Int(fill.width) &* 4
    unsafe source = UnsafeRawPointer(fill.source)
    sourceWidth = unsafe Int(fill.source_width)
    sourceHeight = unsafe Int(fill.source_height)
    phaseX = unsafe Int(fill.phase_x)
    phaseY = unsafe Int(fill.phase_y)
    opacity = unsafe Int32(fill.alpha)
    unsafe row = pixels
    unsafe sourceRow = source
  }

  @inline(__always)
  mutating func begin(row y: Int) {
    unsafe row = pixels + y &* bytesPerRow
    unsafe sourceRow = source + (y &+ phaseY) % sourceHeight &* sourceWidth &* 4
  }

  @inline(__always)
  func group(x: Int, count: Int, share: SIMD8<Int32>) {
    let column = (x &+ phaseX) % sourceWidth
    unsafe blend(row + x &<< 2, column, count, mask(share, opacity))
  }

  @inline(__always)
  func run(x: Int, count: Int, share: Int32) {
    let m = SIMD8(repeating: mask(share, opacity))
    guard m[0] != 0 else { return }
    var column = (x &+ phaseX) % sourceWidth
    var i = 0
    while i < count {
      unsafe blend(row + (x &+ i) &<< 2, column, min(count &- i, 8), m)
      column = (column &+ 8) % sourceWidth
      i &+= 8
    }
  }

  /// Up to eight pixels from a column of the source on.
  @inline(__always)
  private func blend(
    _ target: UnsafeMutableRawPointer, _ column: Int, _ count: Int, _ m: SIMD8<UInt32>
  ) {
    if count == 8 && column &+ 8 <= sourceWidth {
      let s = unsafe (sourceRow + column &<< 2).loadUnaligned(as: SIMD16<UInt16>.self)
      unsafe blendOver(target, s, ci_pairs(m))
      return
    }
    var column = column
    for i in 0..<count {
      unsafe blendOver(target + i &<< 2, sourceRow + column &<< 2, m[i])
      column &+= 1
      if column == sourceWidth { column = 0 }
    }
  }
}

/// The shares themselves as bytes, 0...255.
@safe struct MaskSink: CoverageSink {
  private let bytes: UnsafeMutableRawPointer
  private let width: Int
  private var row: UnsafeMutableRawPointer

  @inline(__always)
  init(_ fill: ci_fill) {
    unsafe bytes = UnsafeMutableRawPointer(fill.target)
    unsafe row = bytes
    width = unsafe Int(fill.width)
  }

  @inline(__always)
  mutating func begin(row y: Int) { unsafe row = bytes + y &* width }

  @inline(__always)
  func group(x: Int, count: Int, share: SIMD8<Int32>) {
    let m = SIMD8<UInt8>(truncatingIfNeeded: mask(share, 255))
    if count == 8 {
      unsafe row.storeBytes(of: m, toByteOffset: x, as: SIMD8<UInt8>.self)
    } else {
      for i in 0..<count { unsafe row.storeBytes(of: m[i], toByteOffset: x &+ i, as: UInt8.self) }
    }
  }

  @inline(__always)
  func run(x: Int, count: Int, share: Int32) {
    let m = UInt8(truncatingIfNeeded: mask(share, 255))
    for i in 0..<count { unsafe row.storeBytes(of: m, toByteOffset: x &+ i, as: UInt8.self) }
  }
}
