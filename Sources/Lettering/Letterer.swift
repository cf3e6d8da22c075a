internal import Raster

/// Sets and draws text for one worker: the libraries' handles and the caches of glyphs.
///
/// Not for use by two threads; make one for each from the shared `FontSet`. What it draws does not
/// depend on what it has drawn before.
public final class Letterer {
  public let fonts: FontSet
  let outlines: OutlineReader
  let shaper: Shaper
  var outlineCache: BoundedCache<UInt64, GlyphOutline>
  var pathCache: BoundedCache<SizedGlyph, SizedOutline>
  var rawGlyphs: [RawGlyph] = []
  var maskCache: GlyphMaskCache
  var inker = GlyphInker()
  var ink = LabelInk()
  var haloKernel = HaloKernel(width: 256)
  /// Two for each font, for lines from left to right and from top to bottom; nil until asked for.
  var settledGlyphs: [SettledGlyphs?]
  /// Of each font.
  let unitsPerEm: [Int]
  /// Whether texts are set character by character where that makes no difference.
  let setsSingly: Bool

  /// - Parameter cacheByteLimit: how large the drawn glyphs kept for reuse may grow, in bytes; when it
  ///   is reached they are forgotten and made anew.
  public convenience init(_ fonts: FontSet, cacheByteLimit: Int = 16 << 20) {
    self.init(fonts, cacheByteLimit: cacheByteLimit, setsSingly: true)
  }

  init(_ fonts: FontSet, cacheByteLimit: Int = 16 << 20, setsSingly: Bool) {
    self.fonts = fonts
    self.setsSingly = setsSingly
    let data = fonts.entries.map(\.data)
    unitsPerEm = fonts.entries.map(\.metrics.unitsPerEm)
    outlines = OutlineReader(fonts: data)
    shaper = Shaper(fonts: data, unitsPerEm: unitsPerEm)
    settledGlyphs = Array(repeating: nil, count: 2 * data.count)
    outlineCache = BoundedCache(byteLimit: cacheByteLimit / 4)
    pathCache = BoundedCache(byteLimit: cacheByteLimit / 4)
    maskCache = GlyphMaskCache(byteLimit: cacheByteLimit / 2)
  }

  /// Bytes that the caches hold at the moment.
  public var cacheByteCount: Int {
    outlineCache.byteCount + pathCache.byteCount + maskCache.byteCount
  }

  /// Forgets the coverage of all glyphs but keeps their outlines: what a measurement that must draw
  /// everything anew calls between its tiles.
  public func forgetCoverage() {
    maskCache.removeAll()
  }

  func outline(font: Int, glyph: UInt32) -> GlyphOutline {
    let key = UInt64(font) << 32 | UInt64(glyph)
    if let known = outlineCache[key] { return known }
    let outline = outlines.outline(font: font, glyph: glyph)
    outlineCache.insert(
      outline, byteCount: outline.points.count * MemoryLayout<GlyphOutline.Point>.stride, for: key)
    return outline
  }

  /// Font units to 24.8 pixels at `size`, halves rounded up.
  func scaled(_ units: Int, font: Int, size: Int32) -> Int {
    scaleUnits(units, size: Int(size), unitsPerEm: unitsPerEm[font])
  }
}

/// `units * size / unitsPerEm`, rounded to the nearest integer, halves upward.
///
/// Floor division, because truncation toward zero would place what lies left of the origin differently.
func scaleUnits(_ units: Int, size: Int, unitsPerEm: Int) -> Int {
  let numerator = 2 * units * size + unitsPerEm
  let denominator = 2 * unitsPerEm
  let quotient = numerator / denominator
  return numerator % denominator < 0 ? quotient - 1 : quotient
}

/// A glyph at a size in 24.8 pixels.
struct SizedGlyph: Hashable {
  var font: Int32
  var glyph: UInt32
  var size: Int32

  /// In one word: a font less than others makes few keys equal.
  func hash(into hasher: inout Hasher) {
    hasher.combine(UInt64(glyph) | UInt64(UInt32(bitPattern: size ^ font << 24)) << 32)
  }
}

/// Values of which the bytes are counted; emptied when it would outgrow its limit.
struct BoundedCache<Key: Hashable, Value> {
  private let byteLimit: Int
  private(set) var byteCount = 0
  private var values: [Key: Value] = [:]

  init(byteLimit: Int) {
    self.byteLimit = byteLimit
  }

  subscript(key: Key) -> Value? { values[key] }

  mutating func insert(_ value: Value, byteCount size: Int, for key: Key) {
    // 256 bytes for the places in the dictionary and the headers of a value's arrays.
    let size = size + 256
    if byteCount + size > byteLimit {
      values.removeAll(keepingCapacity: true)
      byteCount = 0
    }
    guard size <= byteLimit else { return }
    values[key] = value
    byteCount += size
  }
}

/// `value` as a 24.8 coordinate, kept within ±2²⁹ (two million pixels) so that sums of three cannot
/// overflow whatever a damaged font says.
func fixed(_ value: Int) -> Int32 {
  Int32(min(max(value, -(1 << 29)), 1 << 29))
}
