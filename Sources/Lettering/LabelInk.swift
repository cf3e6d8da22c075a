internal import Raster

/// The coverage of one label's ink or halo while its glyphs are gathered.
///
/// Glyphs are joined here and laid on the pixels once: where the halos of two letters overlap, a
/// translucent halo must not be denser than elsewhere. Shares of a pixel are joined as if they were
/// independent (a + b − ab); their maximum would leave a pale seam where two halos meet within a pixel.
struct LabelInk {
  private var left = 0
  private var top = 0
  private var width = 0
  private var height = 0
  private var bytes: [UInt8] = []

  /// Begins a label that stays within the given pixels, right and bottom excluded.
  mutating func begin(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    width = max(0, right - left)
    height = max(0, bottom - top)
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: repeatElement(0, count: width * height))
  }

  /// Joins a block of coverage whose upper left pixel is (`left`, `top`); what lies outside is cut.
  mutating func join(
    _ coverage: Span<UInt8>, offset: Int, left: Int, top: Int, width: Int, height: Int
  ) {
    let firstColumn = max(left, self.left)
    let lastColumn = min(left + width, self.left + self.width)
    let firstRow = max(top, self.top)
    let lastRow = min(top + height, self.top + self.height)
    guard firstColumn < lastColumn, firstRow < lastRow else { return }
    let (stride, originColumn, originRow) = (self.width, self.left, self.top)
    var target = bytes.mutableSpan
    for row in firstRow..<lastRow {
      let from = offset + (row - top) * width + firstColumn - left
      let to = (row - originRow) * stride + firstColumn - originColumn
      for column in 0..<(lastColumn - firstColumn) {
        let (here, there) = (UInt32(target[to + column]), UInt32(coverage[from + column]))
        target[to + column] = UInt8(truncatingIfNeeded: here + there - Self.product(here, there))
      }
    }
  }

  /// Lays what was gathered on the pixels, once.
  func blend(_ colour: Colour, into pixmap: inout Pixmap) {
    guard width > 0, height > 0 else { return }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(bytes.count * 4)
    let alpha = UInt32(colour.alpha)
    for share in bytes {
      let cover = Self.product(UInt32(share), alpha)
      pixels.append(UInt8(Self.product(UInt32(colour.red), cover)))
      pixels.append(UInt8(Self.product(UInt32(colour.green), cover)))
      pixels.append(UInt8(Self.product(UInt32(colour.blue), cover)))
      pixels.append(UInt8(cover))
    }
    guard let layer = Pixmap(width: width, height: height, premultiplied: pixels) else { return }
    pixmap.blend(layer, x: left, y: top)
  }

  /// Two shares of 255, multiplied and rounded to the nearest.
  private static func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let scaled = left * right + 128
    return (scaled + scaled >> 8) >> 8
  }
}
