import Features
import Geometry
import SeededRandom
import Snapshot
import Testing

@Suite("Damaged snapshots")
struct DamageTests {
  /// Reads everything that a view offers; what comes out does not matter, that it comes does.
  func walk(_ snapshot: Snapshot, _ ledger: Ledger) {
    for audience in Audience.allCases {
      let view = view(snapshot, ledger, audience)
      var selection = Selection()
      for zoom in [0, 12, 20] {
        selection.removeAll()
        view.search(
          everywhere, zoom: zoom, columns: Array(view.schema.fields.indices), into: &selection)
        for item in selection.items {
          _ = selection.vertices(of: item)
          _ = view.key(row: item.row)
          _ = selection.meets(GridBox(minX: 0, minY: 0, maxX: 1 << 36, maxY: 1 << 36), item: item)
        }
      }
      for row in 0..<min(view.rowLimit, 50) {
        _ = view.key(row: row)
        _ = view.storeRow(row)
        for column in view.schema.fields.indices {
          let code = view.code(row: row, column: column)
          #expect(Int(code) < max(view.codeCount(column: column), 1))
          _ = view.value(column: column, code: code).displayText
        }
      }
      for row in ledger.rows { _ = view.row(key: row.key) }
      if !view.schema.fields.isEmpty { _ = view.value(column: 0, code: .max) }
      _ = view.bounds.isEmpty
    }
  }

  @Test("a file cut at any length is refused")
  func truncation() throws {
    let ledger = randomLedger(seed: 1, count: 12)
    let bytes = try ledger.bytes()
    let scratch = Scratch()
    for length in 0..<bytes.count {
      #expect(throws: SnapshotError.self) { try scratch.open(Array(bytes.prefix(length))) }
    }
    #expect(throws: SnapshotError.self) { try scratch.open(bytes + [0]) }
    walk(try scratch.open(bytes), ledger)
  }

  @Test("what is no snapshot is told as such")
  func refusals() throws {
    let scratch = Scratch()
    #expect(throws: SnapshotError.self) { try Snapshot(path: scratch.path) }
    #expect(throws: SnapshotError.notASnapshot(path: scratch.path)) { try scratch.open([]) }
    let zeros = [UInt8](repeating: 0, count: 4096)
    #expect(throws: SnapshotError.notASnapshot(path: scratch.path)) { try scratch.open(zeros) }
    var bytes = try randomLedger(seed: 1, count: 3).bytes()
    bytes[8] = 99
    do {
      _ = try scratch.open(bytes)
      Issue.record("another version was read")
    } catch let error as SnapshotError {
      guard case .otherVersion(_, found: 99, expected: let expected) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.description.contains("\(expected)"))
    }
    #expect(throws: SnapshotError.self) { try Snapshot(path: "/tmp") }
  }

  @Test("every flipped bit of the header is noticed")
  func headerBits() throws {
    let bytes = try randomLedger(seed: 2, count: 5).bytes()
    let scratch = Scratch()
    for place in 0..<512 {
      var changed = bytes
      changed[place] ^= 1 << UInt8(place % 8)
      #expect(throws: SnapshotError.self) { try scratch.open(changed) }
    }
  }

  @Test("changed bytes behind the header are harmless", arguments: 0..<20)
  func changedContents(seed: Int) throws {
    let ledger = randomLedger(seed: seed, count: 40)
    let bytes = try ledger.bytes()
    var random = SeededGenerator(seed: seed)
    let scratch = Scratch()
    for _ in 0..<30 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...24, using: &random) {
        let place = Int.random(in: 512..<bytes.count, using: &random)
        changed[place] =
          [0, 0xFF, 0x7F, 0x80, .random(in: .min ... .max, using: &random)][place % 5]
      }
      // Columns are checked when the file is opened, the rest where it is read.
      if let snapshot = try? scratch.open(changed) { walk(snapshot, ledger) }
    }
  }

  @Test("a header that lies, with the right checksum, is refused or harmless", arguments: 0..<40)
  func lyingHeader(seed: Int) throws {
    let ledger = randomLedger(seed: seed, count: 20)
    let bytes = try ledger.bytes()
    var random = SeededGenerator(seed: seed)
    let scratch = Scratch()
    let extremes: [UInt64] = [
      0, 1, 63, 64, UInt64(bytes.count), UInt64(bytes.count - 64), UInt64(bytes.count + 64),
      1 << 31, 1 << 32, 1 << 62, .max - 63, .max, 1 << 63,
    ]
    for _ in 0..<30 {
      var words = (0..<64).map { word(bytes, at: 8 * $0) }
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 4..<54, using: &random)
        words[place] =
          Bool.random(using: &random)
          ? extremes[Int.random(in: 0..<extremes.count, using: &random)]
          : words[Int.random(in: 4..<54, using: &random)]
      }
      if let snapshot = try? scratch.open(sealed(words, bytes)) { walk(snapshot, ledger) }
    }
  }

  @Test("a form whose vertices would begin behind the end of the file is left out")
  func verticesBehindTheEnd() throws {
    let line = GridShape(
      kind: .line, parts: [[GridPoint(x: 5, y: 6), GridPoint(x: 500, y: 600)]])
    let ledger = Ledger(
      fields: [],
      rows: [
        SnapshotRow(
          key: FeatureKey("a"), storeRow: 1, audience: .public, values: [], shapes: [line])
      ])
    var bytes = try ledger.bytes()
    var words = (0..<64).map { word(bytes, at: 8 * $0) }
    // The geometry is said to be the contents' last four bytes, with a part of no vertices.
    let offsets = Int(words[24 + 2 * 2])
    let end = Int(words[24 + 2 * 10])
    words[24 + 2 * 3] = UInt64(end - 64)
    words[24 + 2 * 3 + 1] = 64
    for (index, value) in [60, 64].enumerated() {
      for byte in 0..<8 {
        bytes[offsets + 8 * index + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
      }
    }
    bytes[end - 4] = 1
    let scratch = Scratch()
    if let snapshot = try? scratch.open(sealed(words, bytes)) { walk(snapshot, ledger) }
  }

  @Test("every changed byte is noticed when its page is read", arguments: [0, 3, 15])
  func changedByte(count: Int) throws {
    let ledger = randomLedger(seed: count, count: count)
    let bytes = try ledger.bytes()
    let scratch = Scratch()
    for place in 512..<bytes.count {
      var changed = bytes
      changed[place] ^= 1 << UInt8(place % 8)
      guard let snapshot = try? scratch.open(changed) else { continue }
      #expect(throws: SnapshotError.self, "byte \(place)") { try snapshot.verify() }
      #expect(snapshot.damage != nil)
    }
    let whole = try scratch.open(bytes)
    try whole.verify()
    #expect(whole.damage == nil)
  }

  /// 4,000 tiny squares and one large one; bytes of a middle page of the items are changed.
  private func townWithDamage() throws -> (ledger: Ledger, bytes: [UInt8]) {
    func square(_ x: Int64, _ y: Int64, _ side: Int64) -> GridShape {
      GridShape(
        kind: .polygon,
        parts: [
          [
            GridPoint(x: x, y: y), GridPoint(x: x + side, y: y),
            GridPoint(x: x + side, y: y + side),
            GridPoint(x: x, y: y + side),
          ]
        ])
    }
    var rows: [SnapshotRow] = []
    for number in 0...4000 {
      let shape =
        number == 0
        ? square(40_000_000_000, 27_000_000_000, 40_000_000)
        : square(
          40_000_000_000 + Int64(number % 64) * 4000, 27_000_000_000 + Int64(number / 64) * 4000, 90
        )
      rows.append(
        SnapshotRow(
          key: FeatureKey(String(10_000 + number)), storeRow: 1, audience: .public, values: [],
          shapes: [shape]))
    }
    let ledger = Ledger(fields: [], rows: rows)
    var bytes = try ledger.bytes()
    let items = Int(word(bytes, at: 8 * 28))
    let page = (items + 40 * 2000) >> 16
    #expect(items >> 16 < page && page < (items + 40 * 4000) >> 16, "the page lies amid the items")
    bytes[page << 16] ^= 4
    return (ledger, bytes)
  }

  @Test("a search reads only pages of what it can show, and tells of damage that it read")
  func onlyWhatIsTouched() throws {
    let (ledger, bytes) = try townWithDamage()
    let scratch = Scratch()
    let snapshot = try scratch.open(bytes)
    let view = view(snapshot, ledger, .public)
    var selection = Selection()
    view.search(everywhere, zoom: 5, columns: [], into: &selection)
    #expect(selection.items.count == 1)
    #expect(snapshot.damage == nil, "a low zoom reads nothing of the small ones")
    #expect(snapshot.touchedBytes <= 4 << 16)
    let corner = GridBox(
      minX: 40_000_000_000, minY: 27_000_000_000, maxX: 40_000_004_000, maxY: 27_000_004_000)
    view.search(corner, zoom: 20, columns: [], into: &selection)
    #expect(selection.items.count > 2)
    #expect(snapshot.damage == nil, "a window reads only its pages")
    view.search(everywhere, zoom: 20, columns: [], into: &selection)
    #expect(snapshot.damage != nil)
  }

  func word(_ bytes: [UInt8], at place: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  /// The file with these header words and the checksum that belongs to them.
  func sealed(_ words: [UInt64], _ bytes: [UInt8]) -> [UInt8] {
    var words = words
    words[2] = 0
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for word in words {
      hash = (hash ^ word) &* 0x0000_0100_0000_01B3
      hash ^= hash >> 29
    }
    words[2] = hash
    var result = bytes
    for (index, word) in words.enumerated() {
      for byte in 0..<8 {
        result[8 * index + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))
      }
    }
    return result
  }
}
