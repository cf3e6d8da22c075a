internal import Raster

/// Where the pixels lie of which a glyph covers a share.
struct GlyphCoverage {
  /// The upper left pixel, from the pixel that holds the glyph's origin.
  var left = 0
  var top = 0
  var width = 0
  var height = 0
}

/// Makes coverage of glyphs; keeps its memory between them.
struct GlyphInker {
  private var placed = PlacedPath()
  private var mask = Mask()

  /// The coverage made last, row by row, without gaps.
  var shares: [UInt8] { mask.bytes }

  /// - Parameters:
  ///   - size: the glyph's em, 24.8 pixels.
  ///   - place: puts the outline's points near the origin of pixels; 24.8 pixels, y down.
  /// - Returns: where `shares` lie; without pixels for a glyph without ink.
  @inline(__always)
  mutating func coverage(
    _ outline: SizedOutline, size: Int32, _ rasterizer: inout Rasterizer,
    _ place: (_ x: Int64, _ y: Int64) -> (x: Int64, y: Int64)
  ) -> GlyphCoverage {
    placed.set(outline.path, place)
    return cover(size: size, &rasterizer)
  }

  private mutating func cover(size: Int32, _ rasterizer: inout Rasterizer) -> GlyphCoverage {
    guard let corner = rasterizer.fill(placed, into: &mask) else { return GlyphCoverage() }
    mask.raise(strength: Self.strength(size: size))
    return GlyphCoverage(
      left: corner.left, top: corner.top, width: mask.width, height: mask.height)
  }

  /// By how much partial coverage of small letters is raised.
  ///
  /// A stem of a 10-pixel ideograph is thinner than a pixel and would be drawn in a pale mixture of its
  /// colour and the ground's; up to 12 pixels half coverage becomes 0.65, from 20 pixels on nothing
  /// changes.
  private static func strength(size: Int32) -> UInt32 {
    UInt32(min(max(20 * 256 - Int(size), 0), 8 * 256) * 3 / 40)
  }
}
