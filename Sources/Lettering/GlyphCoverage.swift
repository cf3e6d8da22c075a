internal import Raster

/// The share of each pixel that a glyph covers.
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
  ///   - x: where the path is moved, 24.8 pixels, less than a pixel; `y` likewise.
  ///   - size: the glyph's em, 24.8 pixels.
  mutating func coverage(
    _ path: borrowing Path, x: Int64, y: Int64, size: Int32, _ rasterizer: inout Rasterizer
  ) -> GlyphCoverage {
    guard let box = path.bounds else { return GlyphCoverage() }
    let (left, top) = ((box.minX + x) >> 8, (box.minY + y) >> 8)
    let (width, height) = ((box.maxX + x) >> 8 - left + 1, (box.maxY + y) >> 8 - top + 1)
    guard (1...4096).contains(width), (1...4096).contains(height) else { return GlyphCoverage() }
    moved.removeAll()
    moved.append(path, x: x - left << 8, y: y - top << 8)
    mask.resize(width: Int(width), height: Int(height))
    rasterizer.fill(moved, into: &mask)
    var result = GlyphCoverage(
      left: Int(left), top: Int(top), width: Int(width), height: Int(height), bytes: mask.bytes)
    strengthen(&result.bytes, size: size)
    return result
  }

  /// Raises partial coverage of small letters.
  ///
  /// A stem of a 10-pixel ideograph is thinner than a pixel and would be drawn in a pale mixture of its
  /// colour and the ground's; up to 12 pixels half coverage becomes 0.65, from 20 pixels on nothing
  /// changes.
  private func strengthen(_ bytes: inout [UInt8], size: Int32) {
    let strength = UInt32(min(max(20 * 256 - Int(size), 0), 8 * 256) * 3 / 40)
    guard strength > 0 else { return }
    var span = bytes.mutableSpan
    for index in span.indices {
      let value = UInt32(span[index])
      let raised = value &+ value &* (255 &- value) &* strength / (255 * 256)
      span[index] = UInt8(truncatingIfNeeded: raised)
    }
  }
}
