internal import CInline

/// Spreads coverage by a distance, to make the halo of a whole label at once.
///
/// A pixel of which the letter covers the share a has the letter's edge at a from its far side. So a
/// halo of width r covers, of the pixel at distance d, the share a + r − d, which for edges along
/// rows and columns is exact to a sixteenth and close for others; the greatest share counts. Against
/// outlines that are drawn round each glyph, this costs a fraction and leaves no seams between letters.
struct HaloKernel {
  /// The pixels at one distance, all of which count alike: what they make grows with the ink, so that
  /// only the one with the most of it matters.
  private struct Ring {
    /// 255 · (r − d), at most 255: beyond, nothing but the ink's firmness counts.
    let gain: Int
    let offsets: [SIMD2<Int>]
  }

  /// Bytes that must follow the ink, whatever they hold: as many pixels are made at once.
  static let padding = 64

  /// The greatest width, 24.8 pixels.
  static let widthLimit: Int32 = 8 << 8

  /// 24.8 pixels.
  let width: Int32
  /// How far ink counts, whole pixels.
  let reach: Int
  private let rings: [Ring]
  private let gains: [Int64]

  init(width: Int32) {
    self.width = width
    reach = Int(width) / 256 + 2
    var byGain: [Int: [SIMD2<Int>]] = [:]
    for dy in -reach...reach {
      for dx in -reach...reach {
        let distance = Double(dx * dx + dy * dy).squareRoot()
        let gain = Int(((Double(width) / 256 - distance) * 255).rounded())
        if gain > -255 { byGain[min(gain, 255), default: []].append(SIMD2(dx, dy)) }
      }
    }
    rings = byGain.sorted { $0.key > $1.key }.map { Ring(gain: $0.key, offsets: $0.value) }
    gains = rings.map { Int64($0.gain) }
  }

  /// - Parameters:
  ///   - ink: `count` bytes in rows of `stride`, and at least `padding` more.
  ///   - halo: receives as many bytes; those within `reach` of an edge mean nothing, nor does what
  ///     follows them.
  func spread(_ ink: [UInt8], count: Int, stride: Int, into halo: inout [UInt8]) {
    precondition(count >= 0 && ink.count >= count + Self.padding)
    if halo.count < ink.count {
      halo.append(contentsOf: repeatElement(0, count: ink.count - halo.count))
    }
    // Whole rows in one run: what wraps from one row's end to the next one's beginning lands in the margin.
    let edge = reach * stride + reach
    let inside = count - 2 * edge
    guard inside > 0 else { return }
    var deltas: [Int64] = []
    var ends: [Int64] = []
    for ring in rings {
      for offset in ring.offsets { deltas.append(Int64(offset.y * stride + offset.x)) }
      ends.append(Int64(deltas.count))
    }
    unsafe halo.withUnsafeMutableBufferPointer { halo in
      unsafe ink.withUnsafeBufferPointer { ink in
        guard let halo = halo.baseAddress, let ink = ink.baseAddress else { return }
        for place in Swift.stride(from: edge, to: edge + inside, by: Self.padding) {
          // A delta is at most `edge` bytes, so that all reads lie in the ink and its padding.
          unsafe ci_halo(ink + place, deltas, ends, gains, Int64(gains.count), halo + place)
        }
      }
    }
  }
}
