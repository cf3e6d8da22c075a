/// Spreads coverage by a distance, to make the halo of a whole label at once.
///
/// A pixel of which the letter covers the share a has the letter's edge at a from its far side. So a
/// halo of width r covers, of the pixel at distance d, the share a + r − d, which for edges along
/// rows and columns is exact to a sixteenth and close for others; the greatest share counts. Against
/// outlines that are drawn round each glyph, this costs a fraction and leaves no seams between letters.
struct HaloKernel {
  /// Where a pixel's ink reaches to, and how.
  private struct Offset {
    var dx: Int
    var dy: Int
    /// 255 · (r − d).
    var gain: Int
  }

  /// The greatest width, 24.8 pixels.
  static let widthLimit: Int32 = 8 << 8

  /// 24.8 pixels.
  let width: Int32
  /// How far ink counts, whole pixels.
  let reach: Int
  private let offsets: [Offset]

  init(width: Int32) {
    self.width = width
    reach = Int(width) / 256 + 2
    var offsets: [Offset] = []
    for dy in -reach...reach {
      for dx in -reach...reach {
        let distance = Double(dx * dx + dy * dy).squareRoot()
        let gain = Int(((Double(width) / 256 - distance) * 255).rounded())
        if gain > -255 { offsets.append(Offset(dx: dx, dy: dy, gain: gain)) }
      }
    }
    self.offsets = offsets
  }

  /// - Parameters:
  ///   - ink: rows of `stride` bytes.
  ///   - halo: receives as many bytes; those within `reach` of an edge mean nothing.
  func spread(_ ink: [UInt8], stride: Int, into halo: inout [UInt8]) {
    halo.removeAll(keepingCapacity: true)
    halo.append(contentsOf: repeatElement(0, count: ink.count))
    // Faint traces of ink do not carry a halo of their own.
    let firm = ink.map { $0 > 15 ? 255 : $0 &* 16 }
    // Whole rows in one run: what wraps from one row's end to the next one's beginning lands in the margin.
    let edge = reach * stride + reach
    let count = ink.count - 2 * edge
    guard count > 0 else { return }
    unsafe halo.withUnsafeMutableBufferPointer { halo in
      unsafe firm.withUnsafeBufferPointer { firm in
        unsafe ink.withUnsafeBufferPointer { ink in
          guard let halo = halo.baseAddress, let firm = firm.baseAddress,
            let ink = ink.baseAddress
          else { return }
          for offset in offsets {
            // Every offset's distance is at most `edge` bytes, so that all reads lie in the arrays.
            let from = edge - offset.dy * stride - offset.dx
            unsafe Self.spread(
              ink + from, firm + from, gain: offset.gain, count: count, into: halo + edge)
          }
        }
      }
    }
  }

  /// With pointers, because checked spans make this loop, the longest of a label, two thirds slower.
  @unsafe private static func spread(
    _ ink: UnsafePointer<UInt8>, _ firm: UnsafePointer<UInt8>, gain: Int, count: Int,
    into halo: UnsafeMutablePointer<UInt8>
  ) {
    if gain >= 255 {
      for index in 0..<count { unsafe halo[index] = max(halo[index], firm[index]) }
    } else if gain >= 0 {
      let gain = UInt8(gain)
      let room = 255 - gain
      for index in 0..<count {
        let sum = unsafe min(ink[index], room) &+ gain
        unsafe halo[index] = max(halo[index], min(sum, firm[index]))
      }
    } else {
      let loss = UInt8(-gain)
      for index in 0..<count {
        let share = unsafe max(ink[index], loss) &- loss
        unsafe halo[index] = max(halo[index], share)
      }
    }
  }
}
