internal import CInline
internal import Raster

/// The coverage of one label while its glyphs are gathered, and of the halo round it.
///
/// Glyphs are joined here and laid on the pixels once: where letters or their halos overlap, what is
/// translucent must not be denser than elsewhere.
struct LabelInk {
  /// Pixels kept free on each side, so that the halo's kernel may look over the edge of a row.
  private var margin = 0
  /// The column and row of the first byte, margin included.
  private var left = 0
  private var top = 0
  private var width = 0
  private var height = 0
  private var ink: [UInt8] = []
  /// Rows of all pixels, those kept free included, and some bytes behind them.
  var bytes: [UInt8] { ink }
  private var halo: [UInt8] = []

  /// Begins a label of which the given pixels matter, right and bottom excluded.
  ///
  /// - Parameter reach: how far from them ink counts, whole pixels.
  mutating func begin(left: Int, top: Int, right: Int, bottom: Int, reach: Int) {
    margin = reach
    self.left = left - reach
    self.top = top - reach
    width = max(0, right - left) + 2 * reach
    height = max(0, bottom - top) + 2 * reach
    ink.removeAll(keepingCapacity: true)
    ink.append(contentsOf: repeatElement(0, count: width * height + HaloKernel.padding))
  }

  /// Joins a block of coverage whose upper left pixel is (`left`, `top`); what lies outside is cut.
  ///
  /// Two shares of a pixel are joined as if they were independent, a + b − ab.
  mutating func join(
    _ coverage: Span<UInt8>, offset: Int, left: Int, top: Int, width: Int, height: Int
  ) {
    let firstColumn = max(left, self.left)
    let lastColumn = min(left + width, self.left + self.width)
    let firstRow = max(top, self.top)
    let lastRow = min(top + height, self.top + self.height)
    guard firstColumn < lastColumn, firstRow < lastRow else { return }
    let count = lastColumn - firstColumn
    let (stride, originColumn, originRow) = (self.width, self.left, self.top)
    precondition(
      coverage.count >= offset + (lastRow - 1 - top) * width + lastColumn - left && offset >= 0)
    unsafe ink.withUnsafeMutableBufferPointer { target in
      unsafe coverage.withUnsafeBufferPointer { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        for row in firstRow..<lastRow {
          // The rows and columns are those that both blocks have.
          unsafe ci_join(
            target + ((row - originRow) * stride + firstColumn - originColumn),
            source + (offset + (row - top) * width + firstColumn - left), Int64(count))
        }
      }
    }
  }

  /// Whether a glyph whose contours lie in a box may leave ink here, wherever the grid of pixels
  /// moves it.
  func mayMeet(_ box: InkArea) -> Bool {
    box.maxX >> 8 &+ 1 >= Int64(left) && box.minX >> 8 &- 1 < Int64(left + width)
      && box.maxY >> 8 &+ 1 >= Int64(top) && box.minY >> 8 &- 1 < Int64(top + height)
  }

  /// Lays the gathered ink on the pixels, once, and before it a halo of it.
  ///
  /// - Parameter kernel: whose `reach` the ink was begun with.
  mutating func blend(
    _ colour: Colour, halo: Halo?, _ kernel: inout HaloKernel, into pixmap: inout Pixmap
  ) {
    let (columns, rows) = (width - 2 * margin, height - 2 * margin)
    guard columns > 0, rows > 0 else { return }
    let first = margin * width + margin
    if halo != nil {
      kernel.spread(ink, count: width * height, stride: width, into: &self.halo)
    }
    let shares = ink.span.extracting(droppingFirst: first)
    if let halo {
      pixmap.blend(
        halo: self.halo.span.extracting(droppingFirst: first), halo.colour, ink: shares, colour,
        stride: width, width: columns, height: rows, x: left + margin, y: top + margin)
    } else {
      let clear = Colour(red: 0, green: 0, blue: 0, alpha: 0)
      pixmap.blend(
        halo: shares, clear, ink: shares, colour, stride: width, width: columns, height: rows,
        x: left + margin, y: top + margin)
    }
  }
}
