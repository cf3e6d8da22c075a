internal import Raster

/// The share of each pixel that a glyph, or its halo, covers.
struct GlyphCoverage {
  /// The upper left pixel, from the pixel that holds the path's origin.
  var left = 0
  var top = 0
  var width = 0
  var height = 0
  /// Row by row, without gaps.
  var bytes: [UInt8] = []
}

/// Makes coverage of glyphs; keeps its memory between them.
struct GlyphInker {
  private var moved = Path()
  private var mask = Mask()

  /// - Parameters:
  ///   - path: 24.8 pixels, y down.
  ///   - size: the glyph's em, 24.8 pixels.
  ///   - halo: how far to reach from the glyph, 24.8 pixels; 0 for the glyph itself.
  mutating func coverage(
    _ path: borrowing Path, size: Int32, halo: Int32, _ rasterizer: inout Rasterizer
  ) -> GlyphCoverage {
    guard let box = path.bounds else { return GlyphCoverage() }
    // A pixel more on each side for round corners, which are drawn a little outside of their circle.
    let reach = halo > 0 ? Int64(halo) + 256 : 0
    let (left, top) = ((box.minX - reach) >> 8, (box.minY - reach) >> 8)
    let (width, height) = (
      ((box.maxX + reach) >> 8) - left + 1, ((box.maxY + reach) >> 8) - top + 1
    )
    guard (1...4096).contains(width), (1...4096).contains(height) else { return GlyphCoverage() }
    moved.removeAll()
    moved.append(path, x: -(left << 8), y: -(top << 8))
    mask.resize(width: Int(width), height: Int(height))
    rasterizer.fill(moved, into: &mask)
    var result = GlyphCoverage(
      left: Int(left), top: Int(top), width: Int(width), height: Int(height), bytes: mask.bytes)
    if halo > 0 {
      let stroke = Stroke(width: Double(halo) / 128, join: .round)
      rasterizer.stroke(moved, stroke, into: &mask)
      join(mask.bytes.span, to: &result.bytes)
    } else {
      strengthen(&result.bytes, size: size)
    }
    return result
  }

  private func join(_ other: Span<UInt8>, to bytes: inout [UInt8]) {
    var span = bytes.mutableSpan
    for index in span.indices { span[index] = max(span[index], other[index]) }
  }

  /// Raises partial coverage of small letters.
  ///
  /// A stem of a 10-pixel ideograph is thinner than a pixel and would be drawn in a pale mixture of its
  /// colour and the ground's; up to 12 pixels half coverage becomes 0.65, from 20 pixels on nothing
  /// changes.
  private func strengthen(_ bytes: inout [UInt8], size: Int32) {
    let strength = min(max(20 * 256 - Int(size), 0), 8 * 256) * 3 / 40
    guard strength > 0 else { return }
    var span = bytes.mutableSpan
    for index in span.indices {
      let value = Int(span[index])
      span[index] = UInt8(value + value * (255 - value) * strength / (255 * 256))
    }
  }
}
