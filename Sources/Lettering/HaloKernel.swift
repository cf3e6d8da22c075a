internal import Raster

/// Spreads coverage by a distance, to make the halo of a whole label at once.
///
/// A pixel of which the letter covers the share a has the letter's edge at a from its far side. So a
/// halo of width r covers, of the pixel at distance d, the share a + r − d, which for edges along
/// rows and columns is exact to a sixteenth and close for others; the greatest share counts. Against
/// outlines that are drawn round each glyph, this costs a fraction and leaves no seams between letters.
struct HaloKernel {
  /// Bytes that must follow the ink, whatever they hold.
  static let padding = ShareSpreader.padding

  /// The greatest width, 24.8 pixels.
  static let widthLimit: Int32 = 8 << 8

  /// 24.8 pixels.
  let width: Int32
  /// How far ink counts, whole pixels.
  let reach: Int
  private var spreader: ShareSpreader

  init(width: Int32) {
    self.width = width
    reach = Int(width) / 256 + 2
    // The pixels at one distance count alike: what they make grows with the ink, so that only the one
    // with the most of it matters. The gain is 255 · (r − d), at most 255: beyond, nothing but the
    // ink's firmness counts.
    var byGain: [Int: [SIMD2<Int>]] = [:]
    for dy in -reach...reach {
      for dx in -reach...reach {
        let distance = Double(dx * dx + dy * dy).squareRoot()
        let gain = Int(((Double(width) / 256 - distance) * 255).rounded())
        if gain > -255 { byGain[min(gain, 255), default: []].append(SIMD2(dx, dy)) }
      }
    }
    spreader = ShareSpreader(
      byGain.sorted { $0.key > $1.key }.map { (gain: $0.key, offsets: $0.value) })
  }

  /// - Parameters:
  ///   - ink: `count` bytes in rows of `stride`, and at least `padding` more.
  ///   - halo: receives as many bytes; those within `reach` of an edge mean nothing, nor does what
  ///     follows them.
  mutating func spread(_ ink: [UInt8], count: Int, stride: Int, into halo: inout [UInt8]) {
    spreader.spread(ink, count: count, stride: stride, into: &halo)
  }
}
