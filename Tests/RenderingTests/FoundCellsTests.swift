import Features
import Geometry
import Testing

@testable import Rendering

@Suite("The cells of found features")
struct FoundCellsTests {
  private static func item(_ box: GridBox) -> Selection.Item {
    Selection.Item(
      row: 0, kind: .polygon, firstPart: 0, partCount: 0, firstCode: 0, shift: 0,
      originX: box.minX, originY: box.minY, box: box, anchor: GridPoint(x: box.minX, y: box.minY))
  }

  @Test(
    "a cell has the items whose box and margin reach into it, in their order",
    arguments: [(1024, 1024, 256), (512, 256, 256), (300, 700, 512)], [0, 3, 64])
  func cells(_ frame: (width: Int, height: Int, side: Int), margin: Int) throws {
    var numbers = SeededGenerator(seed: UInt64(margin))
    let picture = try #require(
      PictureFrame(
        zoom: 16, scale: 1, originX: 14_500_000, originY: 6_600_000, width: frame.width,
        height: frame.height))
    let unit: Int64 = 1 << Int64(picture.unitBits)
    func place(_ origin: Int64, _ length: Int) -> Int64 {
      // Some beside the frame, some on the cells' very edges.
      let pixel = Int64.random(in: -300...Int64(length) + 300, using: &numbers)
      return Bool.random(using: &numbers)
        ? (origin + pixel & ~255) * unit + Int64.random(in: -1...1, using: &numbers)
        : (origin + pixel) * unit + Int64.random(in: 0..<unit, using: &numbers)
    }
    var cells = FoundCells()
    // The second filling has the first one's memory, the third nothing to do.
    for count in [200, 900, 0, 50] {
      var found = Selection()
      for _ in 0..<count {
        let x = place(picture.originX, frame.width)
        let y = place(picture.originY, frame.height)
        found.items.append(
          Self.item(
            GridBox(
              minX: x, minY: y, maxX: x + Int64.random(in: 0...400, using: &numbers) * unit,
              maxY: y + Int64.random(in: 0...40, using: &numbers) * unit)))
      }
      cells.fill(with: found, of: picture, side: frame.side, marginPixels: margin)
      for row in 0..<(frame.height + frame.side - 1) / frame.side {
        for column in 0..<(frame.width + frame.side - 1) / frame.side {
          let left = (picture.originX + Int64(column * frame.side - margin)) * unit
          let top = (picture.originY + Int64(row * frame.side - margin)) * unit
          let reach = Int64(frame.side + 2 * margin) * unit
          let expected = found.items.indices.filter {
            let box = found.items[$0].box
            return box.maxX >= left && box.minX < left + reach && box.maxY >= top
              && box.minY < top + reach
          }
          var shown: [Int32] = [7]
          cells.take(column: column, row: row, into: &shown)
          #expect(
            shown.map(Int.init) == expected, "column \(column), row \(row), \(count) items")
        }
      }
    }
  }
}
