internal import Features
internal import Geometry

/// Which of the items that were found for a frame can touch each of its tiles.
struct FoundCells {
  private var columns = 0
  /// Where each cell's positions begin, rows from the top; one more for the end.
  private var starts: [Int] = []
  private var positions: [Int32] = []

  /// - Parameters:
  ///   - side: of a cell, in pixels.
  ///   - marginPixels: how far an item is drawn beyond its box.
  mutating func fill(
    with found: borrowing Selection, of frame: PictureFrame, side: Int, marginPixels: Int
  ) {
    columns = (frame.width + side - 1) / side
    let rows = (frame.height + side - 1) / side
    let grid = Grid(frame, columns: columns, rows: rows, side: side, marginPixels: marginPixels)
    starts.removeAll(keepingCapacity: true)
    starts.append(contentsOf: repeatElement(0, count: columns * rows + 1))
    for item in found.items.indices {
      let (across, down) = grid.cells(of: found.items[item].box)
      for row in down {
        for column in across { starts[row * columns + column + 1] += 1 }
      }
    }
    for cell in 0..<columns * rows { starts[cell + 1] += starts[cell] }
    positions.removeAll(keepingCapacity: true)
    positions.append(contentsOf: repeatElement(0, count: starts[columns * rows]))
    var next = starts
    for item in found.items.indices {
      let (across, down) = grid.cells(of: found.items[item].box)
      for row in down {
        for column in across {
          positions[next[row * columns + column]] = Int32(item)
          next[row * columns + column] += 1
        }
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
    let side: Int64
    let margin: Int64
    let columns: Int
    let rows: Int

    /// In grid units.
    init(_ frame: PictureFrame, columns: Int, rows: Int, side: Int, marginPixels: Int) {
      let bits = Int64(frame.unitBits)
      originX = frame.originX << bits
      originY = frame.originY << bits
      self.side = Int64(side) << bits
      margin = Int64(marginPixels) << bits
      self.columns = columns
      self.rows = rows
    }

    func cells(of box: GridBox) -> (across: Range<Int>, down: Range<Int>) {
      (
        range(box.minX - originX, box.maxX - originX, columns),
        range(box.minY - originY, box.maxY - originY, rows)
      )
    }

    private func range(_ low: Int64, _ high: Int64, _ count: Int) -> Range<Int> {
      let first = max(low - margin, 0) / side
      let last = high + margin < 0 ? -1 : (high + margin) / side
      let from = min(Int(first), count)
      return from..<max(from, min(Int(last) + 1, count))
    }
  }
}
