internal import CInline

/// Source-over of one colour onto premultiplied RGBA.
///
/// A pixel becomes (colour · m + pixel · (255 - m)) / 255, rounded once, where m of 0...255 is the
/// share of the pixel times the colour's alpha. Groups, runs and single pixels give the same bytes,
/// so the picture does not depend on how a row was split.
struct ColourBlend {
  /// The colour with alpha 255 as one word, and its even and odd bytes, eight times.
  let word: UInt32
  private let even: SIMD16<UInt16>
  private let odd: SIMD16<UInt16>

  @inline(__always)
  init(_ colour: UInt32) {
    word = colour
    even = widened(word & 0x00FF_00FF)
    odd = widened((word &>> 8) & 0x00FF_00FF)
  }

  /// Eight pixels, a mask for each.
  @inline(__always)
  func group(_ target: UnsafeMutableRawPointer, _ m: SIMD8<UInt32>) {
    let pixels = unsafe target.loadUnaligned(as: SIMD16<UInt16>.self)
    let doubled = ci_pairs(m)
    unsafe target.storeBytes(of: mixed(pixels, doubled), as: SIMD16<UInt16>.self)
  }

  /// `count` pixels with one mask.
  @inline(__always)
  func run(_ target: UnsafeMutableRawPointer, count: Int, _ m: UInt32) {
    let whole = count & ~7
    var i = 0
    if m == 255 {
      let fill = SIMD8(repeating: word)
      while i < whole {
        unsafe (target + i &<< 2).storeBytes(of: fill, as: SIMD8<UInt32>.self)
        i &+= 8
      }
    } else {
      let mask = widened(m &* 0x0001_0001)
      let rest = 255 &- mask
      let e = even &* mask &+ 128
      let o = odd &* mask &+ 128
      while i < whole {
        let p = unsafe target + i &<< 2
        let pixels = unsafe p.loadUnaligned(as: SIMD16<UInt16>.self)
        let mixed = quotients(e &+ (pixels & 0xFF) &* rest, o &+ (pixels &>> 8) &* rest)
        unsafe p.storeBytes(of: mixed, as: SIMD16<UInt16>.self)
        i &+= 8
      }
    }
    while i < count {
      unsafe pixel(target + i &<< 2, m)
      i &+= 1
    }
  }

  @inline(__always)
  func pixel(_ target: UnsafeMutableRawPointer, _ m: UInt32) {
    let d = unsafe target.loadUnaligned(as: UInt32.self)
    let rest = 255 &- m
    // Two products of up to 65,025 with their rounding stay within 16 bits.
    let e = (word & 0x00FF_00FF) &* m &+ (d & 0x00FF_00FF) &* rest &+ 0x0080_0080
    let o =
      ((word &>> 8) & 0x00FF_00FF) &* m &+ ((d &>> 8) & 0x00FF_00FF) &* rest &+ 0x0080_0080
    unsafe target.storeBytes(of: quotients(e, o), as: UInt32.self)
  }

  /// Eight pixels with the colour laid on them, a mask for each in both of its halves.
  @inline(__always)
  func mixed(_ pixels: SIMD16<UInt16>, _ m: SIMD16<UInt16>) -> SIMD16<UInt16> {
    // In words: of halves the compiler makes a long way round.
    let rest = unsafe unsafeBitCast(
      0x00FF_00FF &- unsafeBitCast(m, to: SIMD8<UInt32>.self), to: SIMD16<UInt16>.self)
    return quotients(
      even &* m &+ (pixels & 0xFF) &* rest &+ 128, odd &* m &+ (pixels &>> 8) &* rest &+ 128)
  }
}

/// Divides sums of 128 and products by 255, exactly rounded, and puts even and odd bytes together.
@inline(__always)
private func quotients(_ e: SIMD16<UInt16>, _ o: SIMD16<UInt16>) -> SIMD16<UInt16> {
  ci_divide255(e) | (ci_divide255(o) &<< 8)
}

@inline(__always)
private func quotients(_ e: UInt32, _ o: UInt32) -> UInt32 {
  (((e &+ ((e &>> 8) & 0x00FF_00FF)) &>> 8) & 0x00FF_00FF)
    | ((o &+ ((o &>> 8) & 0x00FF_00FF)) & 0xFF00_FF00)
}

/// `value / 255`, rounded to the nearest, exact for 0...65,025.
@inline(__always)
func divide255(_ value: UInt32) -> UInt32 {
  let t = value &+ 128
  return (t &+ (t &>> 8)) &>> 8
}

/// One word eight times, seen as sixteen halves.
@inline(__always)
func widened(_ word: UInt32) -> SIMD16<UInt16> {
  unsafe unsafeBitCast(SIMD8<UInt32>(repeating: word), to: SIMD16<UInt16>.self)
}

/// One premultiplied pixel over another: s = source · m / 255, then s + target · (255 - s's alpha)
/// / 255, both rounded to the nearest.
@inline(__always)
func blendOver(_ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ m: UInt32) {
  let s = unsafe multiply(source.loadUnaligned(as: UInt32.self), m)
  let d = unsafe target.loadUnaligned(as: UInt32.self)
  unsafe target.storeBytes(of: s &+ multiply(d, 255 &- (s &>> 24)), as: UInt32.self)
}

/// The same for eight pixels, each with a mask in both of its halves.
@inline(__always)
func blendOver(_ target: UnsafeMutableRawPointer, _ source: SIMD16<UInt16>, _ m: SIMD16<UInt16>) {
  let s = quotients((source & 0xFF) &* m &+ 128, (source &>> 8) &* m &+ 128)
  let alpha = unsafe unsafeBitCast(s, to: SIMD8<UInt32>.self) &>> 24
  let rest = 255 &- ci_pairs(alpha)
  let d = unsafe target.loadUnaligned(as: SIMD16<UInt16>.self)
  let faded = quotients((d & 0xFF) &* rest &+ 128, (d &>> 8) &* rest &+ 128)
  // No byte overflows: a channel is at most its alpha, and the two alphas' parts add up to 255.
  unsafe target.storeBytes(of: s &+ faded, as: SIMD16<UInt16>.self)
}

/// Each byte of a pixel times m / 255, rounded to the nearest.
@inline(__always)
private func multiply(_ pixel: UInt32, _ m: UInt32) -> UInt32 {
  quotients(
    (pixel & 0x00FF_00FF) &* m &+ 0x0080_0080, ((pixel &>> 8) & 0x00FF_00FF) &* m &+ 0x0080_0080)
}
