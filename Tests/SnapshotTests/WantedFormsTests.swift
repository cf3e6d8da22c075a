import Features
import Geometry
import SeededRandom
import Snapshot
import Testing

@Suite("Searches for what is wanted")
struct WantedFormsTests {
  /// Points, lines and areas with a class of 0 to 5.
  private func ledger(seed: Int, count: Int, size: Int64 = 1) -> Ledger {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<count).map { number in
      let corner = GridPoint(
        x: 60_000_000_000 + .random(in: 0..<40_000_000, using: &random),
        y: 27_000_000_000 + .random(in: 0..<40_000_000, using: &random))
      let far = GridPoint(x: corner.x + 90_000 * size, y: corner.y + 40_000 * size)
      let shape =
        switch number % 3 {
        case 0: GridShape(kind: .point, parts: [[corner]])
        case 1: GridShape(kind: .line, parts: [[corner, far]])
        default:
          GridShape(kind: .polygon, parts: [[corner, GridPoint(x: far.x, y: corner.y), far]])
        }
      return SnapshotRow(
        key: FeatureKey(String(10_000 + number)), storeRow: 0,
        audience: Int.random(in: 0..<5, using: &random) == 0 ? .restricted : .public,
        values: [.integer(.random(in: 0..<6, using: &random))], shapes: [shape])
    }
    return Ledger(fields: [Field(name: "class", type: .integer, audience: .public)], rows: rows)
  }

  @Test("rare forms of a large layer are found alike, and without a look at the others")
  func rareForms() throws {
    var random = SeededGenerator(seed: 7)
    var ledger = ledger(seed: 7, count: 6000, size: 10)
    for row in ledger.rows.indices {
      let lot = Int.random(in: 0..<64, using: &random)
      ledger.rows[row].values = [.integer(lot == 0 ? 9 : lot < 6 ? 8 : lot < 30 ? 7 : 6)]
    }
    let scratch = Scratch()
    let bytes = try ledger.bytes()
    let everywhere = GridBox(minX: 0, minY: 0, maxX: 1 << 36, maxY: 1 << 36)
    for value in 6...10 {
      for zoom in [8, 13, 20] {
        let snapshot = try scratch.open(bytes)
        let view = view(snapshot, ledger, .public)
        let code = (0..<UInt32(view.codeCount(column: 0))).first {
          view.value(column: 0, code: $0).displayText == String(value)
        }
        var found = Selection()
        var looks = 0
        view.search(
          everywhere, zoom: zoom, columns: [0],
          where: {
            looks += 1
            return $1[0] == code
          }, into: &found)
        found.sortByKey()
        var all = Selection()
        view.search(everywhere, zoom: zoom, columns: [0], into: &all)
        all.sortByKey()
        let expected = all.items.filter { all.codes[Int($0.firstCode)] == code }
        #expect(found.items.map(\.row) == expected.map(\.row))
        #expect(found.items.isEmpty == (value == 10))
        #expect(value < 9 || looks < all.items.count / 4)
      }
    }
  }

  @Test(
    "the answer is the same as of all that is there, again and again",
    arguments: 0..<4, [[0], []] as [[Int]])
  func sameAnswer(seed: Int, columns: [Int]) throws {
    var random = SeededGenerator(seed: seed + 100)
    let ledger = ledger(seed: seed, count: 700)
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .public)
    // More searches than it takes until the column is numbered.
    for round in 0..<12 {
      let kind = try #require(GeometryKind(rawValue: UInt8(round % 3)))
      let code = UInt32.random(in: 0..<6, using: &random)
      let corner = GridPoint(
        x: 60_000_000_000 + .random(in: 0..<20_000_000, using: &random),
        y: 27_000_000_000 + .random(in: 0..<20_000_000, using: &random))
      let window =
        round % 2 == 0
        ? GridBox(minX: 0, minY: 0, maxX: 1 << 36, maxY: 1 << 36)
        : GridBox(
          minX: corner.x, minY: corner.y, maxX: corner.x + 20_000_000, maxY: corner.y + 20_000_000)
      var all = Selection()
      view.search(window, zoom: 14, columns: columns, into: &all)
      all.sortByKey()
      var found = Selection()
      view.search(
        window, zoom: 14, columns: columns,
        where: { $0 == kind && (columns.isEmpty || $1[0] == code) }, into: &found)
      found.sortByKey()
      let expected = all.items.filter {
        $0.kind == kind && (columns.isEmpty || all.codes[Int($0.firstCode)] == code)
      }
      #expect(found.items.map(\.row) == expected.map(\.row))
      #expect(found.items.map(\.box) == expected.map(\.box))
      // Items of one form share its number and its codes.
      #expect(found.items.allSatisfy { $0.form >= 0 && Int($0.form) < found.formCount })
      #expect(found.codes.count == found.formCount * columns.count)
      #expect(!all.items.isEmpty)
    }
  }
}
