import Features
import Geometry
import Glibc
import SeededRandom
import Snapshot
import Testing

@Suite("Zoom bands")
struct BandTests {
  /// The grid of each zoom in units: an eighth of a pixel at the highest zoom of its band.
  private func cell(zoom: Int) -> Int64 {
    let top = [20, 17, 15, 14, 13, 12, 11, 10, 9, 8].last { zoom <= $0 } ?? 20
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
      #expect(!westEdge.isEmpty)
      // Where the edge ends the neighbours differ; there both stay close to each other.
      for (edge, other) in [(westEdge, east), (eastEdge, west)] {
        for vertex in edge { #expect(distance(vertex, other) <= 2 * Double(cell)) }
      }
      let inner = { (vertex: GridPoint) in
        abs(vertex.y - shapes[0].parts[0][100].y) < 70 * scale
      }
      #expect(westEdge.filter(inner) == eastEdge.reversed().filter(inner))
    }
  }

  /// From a vertex to the nearest place of a ring.
  private func distance(_ vertex: GridPoint, _ ring: [GridPoint]) -> Double {
    var least = Double.infinity
    for (a, b) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
      let (dx, dy) = (Double(b.x - a.x), Double(b.y - a.y))
      let (px, py) = (Double(vertex.x - a.x), Double(vertex.y - a.y))
      let length = dx * dx + dy * dy
      let share = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
      let (x, y) = (px - share * dx, py - share * dy)
      least = min(least, (x * x + y * y).squareRoot())
    }
    return least
  }

  @Test(
    "a smooth line keeps few vertices and strays by less than a quarter pixel",
    arguments: 8...16
  )
  func thinnedCircle(zoom: Int) throws {
    let pixel = WorldGrid.unitsPerPixel(zoom: zoom)
    let centre = GridPoint(x: 60_000_000_000, y: 27_000_000_000)
    let radius = 40 * Double(pixel)
    let ring = (0..<4000).map { step in
      let angle = Double(step) * 2 * .pi / 4000
      return GridPoint(
        x: centre.x + Int64((cos(angle) * radius).rounded()),
        y: centre.y + Int64((sin(angle) * radius).rounded()))
    }
    try selection([GridShape(kind: .polygon, parts: [ring])], zoom: zoom) { selection in
      try #require(selection.items.count == 1)
      let found = selection.vertices(of: selection.items[0])[0]
      #expect(found.count < 120)
      for (a, b) in zip(found, found.dropFirst()) {
        let x = Double(a.x + b.x) / 2 - Double(centre.x)
        let y = Double(a.y + b.y) / 2 - Double(centre.y)
        #expect(abs((x * x + y * y).squareRoot() - radius) < Double(pixel) / 4)
      }
    }
  }

  @Test(
    "forms far below a pixel keep their area in the sum", arguments: [8, 9, 12, 13],
    [0.05, 0.11, 0.4])
  func grains(zoom: Int, side: Double) throws {
    var random = SeededGenerator(seed: zoom)
    let pixel = Double(WorldGrid.unitsPerPixel(zoom: zoom))
    var wanted = 0.0
    let shapes = (0..<6000).map { _ in
      let x = 60_000_000_000 + Double.random(in: 0...100, using: &random) * pixel
      let y = 27_000_000_000 + Double.random(in: 0...100, using: &random) * pixel
      let angle = Double.random(in: 0...1.5, using: &random)
      let (u, v) = (cos(angle) * side * pixel, sin(angle) * side * pixel)
      let ring = [(0, 0), (u, v), (u - v, v + u), (-v, u)].map {
        GridPoint(x: Int64((x + $0.0).rounded()), y: Int64((y + $0.1).rounded()))
      }
      wanted += GridShape.signedDoubleArea(ring)
      return GridShape(kind: .polygon, parts: [ring])
    }
    try selection(shapes, zoom: zoom) { selection in
      var found = 0.0
      for item in selection.items {
        for ring in selection.vertices(of: item) { found += GridShape.signedDoubleArea(ring) }
      }
      #expect(abs(found / wanted - 1) < 0.15)
      // What is left costs by its area, not by its number.
      #expect(side > 0.1 || selection.items.count < 3000)
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
