import Features
import Geometry
import SeededRandom
import Snapshot
import Testing

@Suite("Snapshot")
struct SnapshotTests {
  @Test("the order in which rows come leaves no trace in the file", arguments: [2, 17, 300, 3000])
  func orderOfArrival(count: Int) throws {
    var ledger = randomLedger(seed: count, count: count)
    ledger.rows.sort { $0.key < $1.key }
    let inOrder = try ledger.bytes()
    var random = SeededGenerator(seed: count)
    ledger.rows.shuffle(using: &random)
    #expect(try ledger.bytes() == inOrder)
  }

  @Test(
    "rows, keys, values and numbers come back as they went", arguments: [0, 1, 2, 17, 300, 1000])
  func roundTrip(count: Int) throws {
    let ledger = randomLedger(seed: count, count: count)
    let scratch = Scratch()
    let snapshot = try scratch.open(ledger.bytes(revision: 42))
    #expect(snapshot.revision == 42)
    #expect(snapshot.columnCount == 3)
    let view = view(snapshot, ledger, .restricted)
    let expected = ledger.visible(.restricted)
    #expect(view.count == count)
    #expect(Int(view.rowLimit) == count)
    #expect(view.schema.names == ["名称", "内部", "番号"])
    for (row, entry) in expected.enumerated() {
      let row = UInt32(row)
      #expect(view.isVisible(row: row))
      #expect(view.key(row: row) == entry.key)
      #expect(view.storeRow(row) == entry.storeRow)
      for (column, value) in entry.values.enumerated() {
        #expect(isSame(view.value(row: row, column: column), value))
      }
    }
  }

  @Test(
    "a column of every number of distinct values keeps them apart",
    arguments: [1, 2, 255, 256, 257, 65_537])
  func codeWidths(count: Int) throws {
    let ledger = Ledger(
      fields: [Field(name: "a", type: .integer, audience: .public)],
      rows: (0..<count).map {
        SnapshotRow(
          key: FeatureKey(String($0 + 1_000_000)), storeRow: Int64($0), audience: .public,
          values: [.integer(Int64($0) * 3)], shapes: [])
      })
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .public)
    #expect(view.codeCount(column: 0) == count)
    for row in 0..<count where view.value(row: UInt32(row), column: 0) != .integer(Int64(row) * 3) {
      Issue.record("row \(row) holds another value")
    }
    #expect(view.value(column: 0, code: UInt32(count)) == .null)
    #expect(view.value(column: 0, code: .max) == .null)
  }

  @Test("values that look alike stay apart")
  func difficult() throws {
    let ledger = Ledger(
      fields: [Field(name: "a", type: .text, audience: .public)],
      rows: difficultValues.enumerated().map {
        SnapshotRow(
          key: FeatureKey(String(100 + $0.offset)), storeRow: 0, audience: .public,
          values: [$0.element], shapes: [])
      })
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .public)
    #expect(view.codeCount(column: 0) == difficultValues.count)
    for (row, value) in difficultValues.enumerated() {
      #expect(isSame(view.value(row: UInt32(row), column: 0), value), "\(value)")
    }
  }

  @Test(
    "each audience sees its rows, columns, box and count, and nothing of the others'",
    arguments: Audience.allCases)
  func audiences(audience: Audience) throws {
    let ledger = randomLedger(seed: 3, count: 200)
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, audience)
    let expected = ledger.visible(audience)
    #expect(view.count == expected.count)
    #expect(
      view.schema.names
        == ledger.fields.filter { audience.sees($0.audience) }.map(\.name))
    var bounds = GridBox.empty
    for row in expected {
      for shape in row.shapes { bounds.formUnion(shape.bounds) }
    }
    #expect(view.bounds == bounds)
    let rows = (0..<view.rowLimit).filter { view.isVisible(row: $0) }
    #expect(rows.map { view.key(row: $0) } == expected.map(\.key))
    for hidden in ledger.rows where !audience.sees(hidden.audience) {
      #expect(view.row(key: hidden.key) == nil)
    }
    for row in (0..<view.rowLimit) where !view.isVisible(row: row) {
      #expect(view.key(row: row) == FeatureKey(""))
      #expect(view.storeRow(row) == -1)
    }
    // The columns that are seen are the right ones.
    let number = try #require(
      audience == .public ? 0 : view.schema.position(of: "番号"))
    for (row, entry) in zip(rows, expected) {
      #expect(
        isSame(view.value(row: row, column: number), entry.values[audience == .public ? 0 : 2]))
    }
    var selection = Selection()
    view.search(everywhere, zoom: 20, columns: [], into: &selection)
    let seen = Set(selection.items.map { view.key(row: $0.row) })
    #expect(seen == Set(expected.filter { !$0.shapes.isEmpty }.map(\.key)))
  }

  @Test("a search finds the geometry that a scan finds, vertex for vertex", arguments: 0..<6)
  func searchAgreesWithScan(seed: Int) throws {
    let ledger = randomLedger(seed: seed, count: 400)
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .staff)
    let rows = ledger.visible(.restricted)
    let shapes = rows.enumerated().flatMap { row, entry in
      Audience.staff.sees(entry.audience)
        ? entry.shapes.map { shape in
          (
            row: UInt32(row), kind: shape.kind, bounds: shape.bounds, anchor: shape.labelAnchor,
            parts: shape.parts.map { withoutRepeats($0, kind: shape.kind) }
          )
        } : []
    }
    var random = SeededGenerator(seed: seed + 100)
    var windows = [everywhere, GridBox(minX: 0, minY: 0, maxX: 0, maxY: 0)]
    for _ in 0..<40 {
      let x = Int64.random(in: 60_488_000_000...60_512_000_000, using: &random)
      let y = Int64.random(in: 26_988_000_000...27_012_000_000, using: &random)
      let size = Int64.random(in: 0...[0, 100_000, 5_000_000][Int(x % 3)], using: &random)
      windows.append(GridBox(minX: x, minY: y, maxX: x + size, maxY: y + size / 2))
    }
    for entry in shapes.prefix(20) {
      let box = entry.bounds
      windows.append(GridBox(minX: box.maxX, minY: box.maxY, maxX: box.maxX, maxY: box.maxY))
      windows.append(
        GridBox(minX: box.maxX + 1, minY: box.minY, maxX: box.maxX + 1, maxY: box.maxY))
    }
    var selection = Selection()
    for window in windows {
      selection.removeAll()
      view.search(window, zoom: 20, columns: [1, 0], into: &selection)
      selection.sortByKey()
      let expected = shapes.filter { $0.bounds.intersects(window) }
        .sorted { ($0.row, $0.kind.rawValue) < ($1.row, $1.kind.rawValue) }
      #expect(selection.items.map(\.row) == expected.map(\.row))
      #expect(selection.items.map(\.kind) == expected.map(\.kind))
      for (item, entry) in zip(selection.items, expected) {
        #expect(selection.vertices(of: item) == entry.parts)
        #expect(item.box == entry.bounds)
        #expect(item.anchor == entry.anchor)
        let codes = selection.codes[Int(item.firstCode)..<Int(item.firstCode) + 2]
        #expect(
          view.value(column: 1, code: codes[codes.startIndex]) == rows[Int(item.row)].values[2])
        #expect(
          view.value(column: 0, code: codes[codes.startIndex + 1]) == rows[Int(item.row)].values[0])
      }
    }
  }

  @Test("a key is found by its code points, whatever signs it has")
  func keys() throws {
    let texts = [
      "", "0", "00", "10", "2", "A", "a", "が", "か\u{3099}", "神田", "\u{FA19}田", "第1号", "第１号", "🧑‍🌾",
      "\u{FFFD}",
      "a\0", "a\0b", "~", "﨑",
    ]
    let ledger = Ledger(
      fields: [],
      rows: texts.enumerated().map {
        SnapshotRow(
          key: FeatureKey($0.element), storeRow: Int64($0.offset), audience: .public, values: [],
          shapes: [])
      })
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .public)
    for (number, text) in texts.enumerated() {
      let row = try #require(view.row(key: FeatureKey(text)), "\(text)")
      #expect(view.storeRow(row) == Int64(number))
      #expect(view.key(row: row) == FeatureKey(text))
    }
    for text in ["1", "000", "か", "神", "\u{10FFFF}", " "] {
      #expect(view.row(key: FeatureKey(text)) == nil)
    }
  }

  @Test("an empty layer is a layer")
  func empty() throws {
    let ledger = Ledger(fields: [Field(name: "a", type: .text, audience: .public)], rows: [])
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .restricted)
    var selection = Selection()
    view.search(everywhere, zoom: 3, columns: [0], into: &selection)
    #expect(selection.items.isEmpty && view.count == 0 && view.rowLimit == 0)
    #expect(view.bounds.isEmpty)
    #expect(view.row(key: FeatureKey("a")) == nil)
    #expect(view.key(row: 0) == FeatureKey("") && !view.isVisible(row: 0))
    #expect(view.value(row: 0, column: 0) == .null)
  }

  @Test("forms without vertices are left out")
  func nothingToDraw() throws {
    let ledger = Ledger(
      fields: [],
      rows: [
        SnapshotRow(
          key: FeatureKey("a"), storeRow: 1, audience: .public, values: [],
          shapes: [GridShape(kind: .line, parts: []), GridShape(kind: .point, parts: [[]])])
      ])
    let scratch = Scratch()
    let view = view(try scratch.open(ledger.bytes()), ledger, .public)
    var selection = Selection()
    view.search(everywhere, zoom: 20, columns: [], into: &selection)
    #expect(selection.items.isEmpty)
    #expect(view.count == 1)
  }

  @Test("a search adds to what the selection holds, and the order of building does not matter")
  func order() throws {
    var ledger = randomLedger(seed: 9, count: 120)
    let scratch = Scratch()
    let first = view(try scratch.open(ledger.bytes()), ledger, .restricted)
    ledger.rows.reverse()
    let other = Scratch()
    let second = view(try other.open(ledger.bytes()), ledger, .restricted)
    func drawn(_ view: SnapshotView, _ selection: inout Selection) -> [[[GridPoint]]] {
      let start = selection.items.count
      view.search(everywhere, zoom: 20, columns: [], into: &selection)
      return selection.items[start...].sorted {
        ($0.row, $0.kind.rawValue) < ($1.row, $1.kind.rawValue)
      }
      .map { selection.vertices(of: $0) }
    }
    var selection = Selection()
    let once = drawn(first, &selection)
    #expect(!once.isEmpty)
    #expect(drawn(second, &selection) == once)
    #expect(selection.items.count == 2 * once.count)
  }
}
