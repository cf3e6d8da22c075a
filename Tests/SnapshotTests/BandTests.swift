import Features
import Geometry
import Snapshot
import Testing

@Suite("Zoom bands")
struct BandTests {
  /// The grid of each zoom in units: an eighth of a pixel at the highest zoom of its band.
  private func cell(zoom: Int) -> Int64 {
    let top = [20, 17, 15, 13, 11, 9].last { zoom <= $0 } ?? 20
    return top == 20 ? 1 : WorldGrid.unitsPerPixel(zoom: top) / 8
  }

  private func selection(
    _ shapes: [GridShape], zoom: Int, _ body: (Selection) throws -> Void
  ) throws {
    let ledger = Ledger(
      fields: [],
      rows: shapes.enumerated().map {
        SnapshotRow(
          key: FeatureKey(String(100 + $0.offset)), storeRow: 0, audience: .public, values: [],
          shapes: [$0.element])
      })
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .public)
    var selection = Selection()
    view.search(everywhere, zoom: zoom, columns: [], into: &selection)
    selection.sortByKey()
    try body(selection)
  }

  /// Two polygons that share a jagged edge of 200 vertices, and each its own rest.
  private func neighbours(scale: Int64, seed: Int) -> [GridShape] {
    var random = SeededGenerator(seed: seed)
    let corner = GridPoint(x: 20_000_000_123, y: 21_000_000_457)
    var edge: [GridPoint] = []
    for step in 0...200 {
      edge.append(
        GridPoint(
          x: corner.x + 100 * scale + .random(in: -20 * scale...20 * scale, using: &random),
          y: corner.y + Int64(step) * scale))
    }
    let west = [
      GridPoint(x: corner.x, y: corner.y + 200 * scale), GridPoint(x: corner.x, y: corner.y),
    ]
    let east = [
      GridPoint(x: corner.x + 190 * scale, y: corner.y + 3),
      GridPoint(x: corner.x + 190 * scale, y: corner.y + 200 * scale + 11),
    ]
    return [
      GridShape(kind: .polygon, parts: [edge + west]),
      GridShape(kind: .polygon, parts: [edge.reversed() + east]),
    ]
  }

  @Test(
    "the edge that two polygons share stays shared at every zoom",
    arguments: [0, 5, 9, 10, 11, 13, 15, 17, 18, 20], [1, 1000, 90_000, 40_000_000] as [Int64])
  func sharedEdges(zoom: Int, scale: Int64) throws {
    let shapes = neighbours(scale: scale, seed: zoom)
    let cell = cell(zoom: zoom)
    try selection(shapes, zoom: zoom) { selection in
      guard selection.items.count == 2 else {
        // Too small for the band: both together, since both are of one size.
        #expect(selection.items.isEmpty || 100 * scale < 4 * cell)
        return
      }
      let west = selection.vertices(of: selection.items[0])[0]
      let east = selection.vertices(of: selection.items[1])[0]
      // The shared edge lies between the two outer corners: the west ring without its last two
      // vertices, run against the east ring without its last two.
      let limit = shapes[0].parts[0][0].x - 100 * scale + 30 * scale
      let farther = limit + 130 * scale
      let westEdge = west.filter { $0.x > limit }
      let eastEdge = east.filter { $0.x < farther }
      #expect(westEdge == eastEdge.reversed())
      #expect(!westEdge.isEmpty)
    }
  }

  @Test(
    "no vertex moves by more than half the band's grid, and none is made up",
    arguments: [0, 9, 11, 13, 15, 17, 18, 20])
  func snapping(zoom: Int) throws {
    let ledger = randomLedger(seed: zoom, count: 60)
    let shapes = ledger.rows.flatMap(\.shapes)
    let cell = cell(zoom: zoom)
    try selection(shapes, zoom: zoom) { selection in
      for item in selection.items {
        let shape = shapes[Int(item.row)]
        let originals = shape.parts.flatMap { $0 }
        for part in selection.vertices(of: item) {
          for vertex in part {
            let isNear = originals.contains {
              abs($0.x - vertex.x) <= cell / 2 && abs($0.y - vertex.y) <= cell / 2
            }
            #expect(isNear)
          }
          if item.kind != .point {
            #expect(!zip(part, part.dropFirst()).contains { $0 == $1 }, "a repeated vertex")
          }
        }
        #expect(item.box == shape.bounds)
      }
      // What is left out is smaller than the grid.
      let drawn = Set(selection.items.map(\.row))
      for (number, shape) in shapes.enumerated() where !drawn.contains(UInt32(number)) {
        #expect(shape.kind != .point)
        let isSmall = shape.parts.allSatisfy { part in
          Set(part.map { GridPoint(x: ($0.x + cell / 2) / cell, y: ($0.y + cell / 2) / cell) })
            .count
            < (shape.kind == .line ? 2 : 3)
        }
        #expect(isSmall)
      }
    }
  }

  @Test("points stay where they are at every zoom", arguments: [0, 9, 14, 20])
  func points(zoom: Int) throws {
    let place = GridPoint(x: 60_500_000_001, y: 27_000_000_003)
    try selection([GridShape(kind: .point, parts: [[place]])], zoom: zoom) { selection in
      try #require(selection.items.count == 1)
      #expect(selection.vertices(of: selection.items[0]) == [[place]])
    }
  }

  @Test(
    "forms as wide as a continent keep their place to the stored grain",
    arguments: [
      (1 << 31) - 65_536 - 2, (1 << 31) - 40_000, (1 << 31) - 1, 1 << 31, (1 << 31) + 5, 1 << 33,
      (1 << 36) - 1_000_003,
    ] as [Int64], [0, 9, 20])
  func bigForms(width: Int64, zoom: Int) throws {
    let line = [
      GridPoint(x: 1_000_003, y: 77), GridPoint(x: 1_000_003 + width / 3, y: width / 2),
      GridPoint(x: 1_000_003 + width, y: 99),
    ]
    let grain = max(cell(zoom: zoom), width >> 30)
    try selection([GridShape(kind: .line, parts: [line])], zoom: zoom) { selection in
      try #require(selection.items.count == 1)
      let item = selection.items[0]
      let found = selection.vertices(of: item)[0]
      try #require(found.count == 3)
      for (vertex, original) in zip(found, line) {
        #expect(abs(vertex.x - original.x) <= grain && abs(vertex.y - original.y) <= grain)
      }
      let box = GridShape(kind: .line, parts: [line]).bounds
      #expect(item.box.minX <= box.minX && item.box.maxX >= box.maxX)
      #expect(item.box.minY <= box.minY && item.box.maxY >= box.maxY)
    }
  }
}
