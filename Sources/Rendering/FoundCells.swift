internal import Features
internal import Geometry

/// Which of the items that were found for a frame can touch each of its tiles.
struct FoundCells {
  private var columns = 0
  /// Where each cell's positions begin, rows from the top; one more for the end.
  private var starts: [Int] = []
  private var positions: [Int32] = []

  /// - Parameters:
  ///   - side: of a cell, in pixels; a power of two.
  ///   - marginPixels: how far an item is drawn beyond its box.
  mutating func fill(
    with found: borrowing Selection, of frame: PictureFrame, side: Int, marginPixels: Int
  ) {
    columns = (frame.width + side - 1) / side
    let rows = (frame.height + side - 1) / side
    let count = columns * rows
    let grid = Grid(frame, columns: columns, rows: rows, side: side, marginPixels: marginPixels)
    let items = found.items.span
    var starts: [Int] = []
    var positions: [Int32] = []
    swap(&starts, &self.starts)
    swap(&positions, &self.positions)
    defer {
      swap(&starts, &self.starts)
      swap(&positions, &self.positions)
    }
    starts.removeAll(keepingCapacity: true)
    starts.append(contentsOf: repeatElement(0, count: count + 2))
    // Each cell's count stands two behind the cell. The sums make of it where the cell's next position
    // goes, one behind the cell, and when all have gone there, each cell's start stands at the cell.
    var next = starts.mutableSpan
    for item in items.indices {
      grid.forEachCell(of: items[item].box) { cell in next[cell + 2] += 1 }
    }
    for cell in 0..<count { next[cell + 2] += next[cell + 1] }
    let total = next[count + 1]
    if positions.count < total {
      positions.append(contentsOf: repeatElement(0, count: total - positions.count))
    }
    var sorted = positions.mutableSpan
    for item in items.indices {
      grid.forEachCell(of: items[item].box) { cell in
        let place = next[cell + 1]
        sorted[place] = Int32(truncatingIfNeeded: item)
        next[cell + 1] = place + 1
      }
    }
  }

  /// Replaces `shown` by the positions of a cell's items, ascending.
  func take(column: Int, row: Int, into shown: inout [Int32]) {
    let cell = row * columns + column
    shown.removeAll(keepingCapacity: true)
    shown.append(contentsOf: positions[starts[cell]..<starts[cell + 1]])
  }

  private struct Grid {
    let originX: Int64
    let originY: Int64
    /// log₂ of a cell's side.
    let bits: Int64
    let margin: Int64
    let columns: Int
    let rows: Int

    /// In grid units.
    init(_ frame: PictureFrame, columns: Int, rows: Int, side: Int, marginPixels: Int) {
      let unitBits = Int64(frame.unitBits)
      originX = frame.originX << unitBits
      originY = frame.originY << unitBits
      bits = unitBits + Int64(side.trailingZeroBitCount)
      margin = Int64(marginPixels) << unitBits
      self.columns = columns
      self.rows = rows
    }

    @inline(__always)
    func forEachCell(of box: GridBox, _ body: (Int) -> Void) {
      let across = range(box.minX - originX, box.maxX - originX, columns)
      for row in range(box.minY - originY, box.maxY - originY, rows) {
        for column in across { body(row * columns + column) }
      }
    }

    @inline(__always)
    private func range(_ low: Int64, _ high: Int64, _ count: Int) -> Range<Int> {
      let from = min(Int(max(low - margin, 0) >> bits), count)
      return from..<max(from, min(Int((high + margin) >> bits) + 1, count))
    }
  }
}
