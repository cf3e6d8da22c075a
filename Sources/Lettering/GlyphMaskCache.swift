/// Coverage of a glyph, ready to be laid on pixels.
struct GlyphMask {
  /// From the glyph's whole-pixel origin to the mask's upper left pixel.
  var left: Int
  var top: Int
  var width: Int
  var height: Int
  /// Where its rows begin in the cache's bytes; row by row, without gaps.
  var offset: Int
}

/// What a glyph's coverage depends on.
struct GlyphMaskKey: Hashable {
  var glyph: UInt32
  var font: UInt16
  /// Quarters of a pixel to the right of a whole pixel, 0–3.
  var phase: UInt16
  /// 24.8 pixels.
  var size: Int32

  /// In one word: fonts and phases meet in one place now and then.
  func hash(into hasher: inout Hasher) {
    let other = size ^ Int32(font) << 24 ^ Int32(phase) << 22
    hasher.combine(UInt64(glyph) | UInt64(UInt32(bitPattern: other)) << 32)
  }
}

/// Coverage of glyphs in one block of bytes; emptied when it would outgrow its limit.
///
/// One block instead of an array a glyph: no object is made or counted for a glyph that is drawn.
struct GlyphMaskCache {
  private let byteLimit: Int
  private var bytes: [UInt8] = []
  private var masks: [GlyphMaskKey: GlyphMask] = [:]

  init(byteLimit: Int) {
    self.byteLimit = byteLimit
  }

  /// A place in the dictionary takes about twice the size of key and value.
  private static let entryByteCount =
    2 * (MemoryLayout<GlyphMaskKey>.stride + MemoryLayout<GlyphMask>.stride)

  var byteCount: Int { bytes.count + masks.count * Self.entryByteCount }

  subscript(key: GlyphMaskKey) -> GlyphMask? { masks[key] }

  /// Joins `mask` to a label's ink, the glyph's origin at the given whole pixel.
  func join(_ mask: GlyphMask, atColumn column: Int, row: Int, to ink: inout LabelInk) {
    ink.join(
      bytes.span, offset: mask.offset, left: column + mask.left, top: row + mask.top,
      width: mask.width, height: mask.height)
  }

  mutating func removeAll() {
    masks.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Keeps the shares of `coverage`; what was returned before this call may have been forgotten by it.
  mutating func insert(
    _ coverage: GlyphCoverage, _ shares: [UInt8], for key: GlyphMaskKey
  ) -> GlyphMask {
    let count = coverage.width * coverage.height
    if byteCount + count + Self.entryByteCount > byteLimit { removeAll() }
    let mask = GlyphMask(
      left: coverage.left, top: coverage.top, width: coverage.width, height: coverage.height,
      offset: bytes.count)
    bytes.append(contentsOf: shares.prefix(count))
    masks[key] = mask
    return mask
  }
}
