import Features
import Geometry
import Testing

@Suite("The order of found features")
struct SelectionOrderTests {
  private static func item(row: UInt32, kind: GeometryKind, mark: Int32) -> Selection.Item {
    Selection.Item(
      row: row, kind: kind, firstPart: mark, partCount: 0, firstCode: 0, shift: 0, originX: 0,
      originY: 0, box: GridBox(minX: 0, minY: 0, maxX: 0, maxY: 0), anchor: GridPoint(x: 0, y: 0))
  }

  @Test(
    "many items come in the order of row and kind, equals as they were found",
    arguments: [0, 1, 2, 12, 13, 63, 64, 257, 5000], [UInt32(3), 70_000, .max])
  func order(count: Int, highest: UInt32) {
    var state: UInt64 = 7
    var selection = Selection()
    let kinds: [GeometryKind] = [.point, .line, .polygon]
    for mark in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let row = UInt32(truncatingIfNeeded: (state >> 32) % (UInt64(highest) + 1))
      selection.items.append(
        Self.item(row: row, kind: kinds[Int((state >> 20) % 3)], mark: Int32(mark)))
    }
    let expected = selection.items.sorted {
      ($0.row, $0.kind.rawValue, $0.firstPart) < ($1.row, $1.kind.rawValue, $1.firstPart)
    }
    selection.sortByKey()
    #expect(selection.items.map(\.firstPart) == expected.map(\.firstPart))
  }
}
