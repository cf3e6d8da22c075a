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
  private var placed = Path()
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
    guard !outline.path.isEmpty else { return GlyphCoverage() }
    var (minX, minY, maxX, maxY) = (Int64.max, Int64.max, Int64.min, Int64.min)
    placed.removeAll()
    placed.append(outline.path) { point in
      let (x, y) = place(point.x, point.y)
      (minX, minY, maxX, maxY) = (min(minX, x), min(minY, y), max(maxX, x), max(maxY, y))
      return SIMD2(x, y)
    }
    return cover(SIMD2(minX, minY), SIMD2(maxX, maxY), size: size, &rasterizer)
  }

  private mutating func cover(
    _ low: SIMD2<Int64>, _ high: SIMD2<Int64>, size: Int32, _ rasterizer: inout Rasterizer
  ) -> GlyphCoverage {
    let (left, top) = (low.x >> 8, low.y >> 8)
    let (width, height) = (high.x >> 8 - left + 1, high.y >> 8 - top + 1)
    guard (1...4096).contains(width), (1...4096).contains(height) else { return GlyphCoverage() }
    placed.move(byX: -left << 8, y: -top << 8)
    mask.resize(width: Int(width), height: Int(height))
    rasterizer.fill(placed, into: &mask)
    mask.raise(strength: Self.strength(size: size))
    return GlyphCoverage(
      left: Int(left), top: Int(top), width: Int(width), height: Int(height))
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
