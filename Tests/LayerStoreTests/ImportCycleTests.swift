import Features
import Geometry
import LayerStore
import Projection
import SQLite
import Testing

@Suite("Import into the store")
struct ImportCycleTests {
  @Test(
    "rows are added, changed, left and removed, each with its history and one revision a change")
  func cycle() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    #expect(try store.lastCommit() == 0)
    let first = try bring([shelter("a", "甲"), shelter("b", "乙"), shelter("c", "丙")], into: store)
    #expect(first.rows == [.added, .added, .added])
    #expect(try store.lastCommit() == 1)
    #expect(try store.layer(shelters)?.revision == 1)

    let second = try bring([shelter("a", "甲"), shelter("b", "乙2"), shelter("d", "丁")], into: store)
    #expect(second.rows == [.unchanged, .changed, .added])
    #expect(second.removed == 1)
    #expect(try store.layer(shelters)?.revision == 2)
    #expect(try rows(store).map(\.key.text) == ["a", "b", "d"])
    #expect(try rows(store).map { $0.values[0] } == [.text("甲"), .text("乙2"), .text("丁")])

    let third = try bring([shelter("a", "甲"), shelter("b", "乙2"), shelter("d", "丁")], into: store)
    #expect(third.rows == [.unchanged, .unchanged, .unchanged])
    #expect(try store.lastCommit() == 2)
    #expect(try store.layer(shelters)?.revision == 2)

    let changed = try store.history(of: FeatureKey("b"), in: shelters)
    #expect(changed.map(\.operation) == ["change", "add"])
    #expect(changed.map(\.commit) == [2, 1])
    #expect(changed[0].before == #"{"名称":"乙","人数":0,"設置日":null}"#)
    #expect(changed[1].before == nil)
    #expect(changed.allSatisfy { $0.author == "試験" && $0.cause == "a.csv" })
    #expect(changed[0].time == "2026-04-01T09:00:00+09:00")
    let removed = try store.history(of: FeatureKey("c"), in: shelters)
    #expect(removed.map(\.operation) == ["remove", "add"])
    #expect(removed[0].before?.contains("丙") == true)
    #expect(try store.history(of: FeatureKey("a"), in: shelters).map(\.operation) == ["add"])
    #expect(try store.history(of: FeatureKey("none"), in: shelters).isEmpty)
  }

  @Test("the history keeps the geometry that a row had, byte for byte")
  func historyGeometry() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲", x: 1.25)], into: store)
    try bring([shelter("a", "甲", x: 2.5)], into: store)
    let before = try scratch.database().rows(
      "SELECT before_geom FROM machizu_history WHERE operation = 'change'")
    guard case .blob(let bytes)? = before.first?.first else {
      Issue.record("no geometry was kept")
      return
    }
    #expect(try GeoPackageBlob.decode(bytes) == .point(Point(x: 1.25, y: -120_000)))
  }

  @Test("a dry run tells the same and keeps nothing")
  func dryRun() throws {
    let store = try Scratch().keeping { try $0.store() }
    try bring([shelter("a", "甲"), shelter("b", "乙")], into: store.value)
    let dry = try bring([shelter("a", "甲2"), shelter("c", "丙")], into: store.value, isDryRun: true)
    #expect(dry.rows == [.changed, .added])
    #expect(dry.removed == 1)
    #expect(try store.value.lastCommit() == 1)
    #expect(try rows(store.value).map { $0.values[0] } == [.text("甲"), .text("乙")])
    #expect(try store.value.history(of: FeatureKey("a"), in: shelters).count == 1)
  }

  @Test("an import that throws leaves the store as it was, new layers included")
  func allOrNothing() throws {
    struct Stop: Error {}
    let store = try Scratch().keeping { try $0.store() }
    #expect(throws: Stop.self) {
      _ = try store.value.importLayer(
        shelters, title: "避難所", fields: shelterFields, reference: zone8, hasGeometry: true,
        author: "", cause: "", time: "", isDryRun: false
      ) { writer -> (result: Int, changed: Bool) in
        _ = try writer.put(shelter("a", "甲"))
        throw Stop()
      }
    }
    #expect(try store.value.layers().isEmpty)
    #expect(try store.value.lastCommit() == 0)
    try bring([shelter("a", "甲")], into: store.value)
    #expect(try store.value.lastCommit() == 1)
  }

  @Test("a row that somebody edited is kept, and told only where the source has changed too")
  func conflicts() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲"), shelter("b", "乙"), shelter("c", "丙")], into: store)
    try scratch.database().execute(
      "UPDATE shelters SET \"名称\" = '手直し', machizu_origin = 1 WHERE machizu_key IN ('a', 'b', 'c')")
    // a is unchanged in the source, b has changed there, c is gone.
    let outcome = try store.importLayer(
      shelters, title: "避難所", fields: shelterFields, reference: zone8, hasGeometry: true,
      author: "", cause: "", time: "", isDryRun: false
    ) { writer in
      let rows = [try writer.put(shelter("a", "甲")), try writer.put(shelter("b", "乙2"))]
      #expect(writer.missingCount == 0)
      #expect(writer.missingEditedKeys == [FeatureKey("c")])
      try writer.removeMissing()
      return (rows, true)
    }
    #expect(outcome == [.unchanged, .conflict])
    let kept = try rows(store)
    #expect(kept.map(\.key.text) == ["a", "b", "c"])
    #expect(kept.allSatisfy { $0.values[0] == .text("手直し") && $0.wasEdited })
  }

  @Test("a second row with a key is a duplicate, and keys are compared by code points")
  func duplicates() throws {
    let store = try Scratch().keeping { try $0.store() }
    let outcome = try bring(
      [shelter("が", "1"), shelter("か\u{3099}", "2"), shelter("が", "3"), shelter("", "4")],
      into: store.value)
    #expect(outcome.rows == [.added, .added, .duplicate(FeatureKey("が")), .added])
    #expect(try rows(store.value).count == 3)
  }

  @Test("equal rows without keys stay apart, and only come and go")
  func contentKeys() throws {
    let store = try Scratch().keeping { try $0.store() }
    func row(_ name: String) -> IncomingRow {
      var row = shelter("", name)
      row.key = nil
      return row
    }
    #expect(
      try bring([row("甲"), row("甲"), row("乙")], into: store.value).rows == [.added, .added, .added])
    #expect(
      try bring([row("乙"), row("甲"), row("甲")], into: store.value).rows == [
        .unchanged, .unchanged, .unchanged,
      ])
    let third = try bring([row("甲"), row("丙")], into: store.value)
    #expect(third.rows == [.unchanged, .added])
    #expect(third.removed == 2)
    #expect(try rows(store.value).count == 2)
  }

  @Test("rows are visited in the order of their keys' code points")
  func order() throws {
    let store = try Scratch().keeping { try $0.store() }
    let keys = ["第10", "第2", "b", "B", "ａ", "9", "10", "🧑‍🌾", "\u{FFFD}", "﨑", "崎"]
    try bring(keys.map { shelter($0, $0) }, into: store.value)
    #expect(try rows(store.value).map(\.key) == keys.map { FeatureKey($0) }.sorted())
    let layer = try #require(try store.value.layer(shelters))
    let numbers = try rows(store.value).map(\.number)
    let asked = Array(numbers.reversed()) + [-1, 9999]
    #expect(try store.value.rows(of: layer, numbers: asked).map(\.number) == numbers.reversed())
  }

  @Test("every value comes back as it went, exactly")
  func values() throws {
    let fields = [
      StoredField(name: "text", type: .text), StoredField(name: "quote\"d '", type: .integer),
      StoredField(name: "実数", type: .real), StoredField(name: "有無", type: .boolean),
      StoredField(name: "日", type: .date), StoredField(name: "時", type: .datetime),
      StoredField(name: "url", type: .url),
    ]
    let day = try #require(CalendarDay(iso: "1986-08-01"))
    let last = try #require(CalendarDay(iso: "1986-08-31"))
    let lines: [[Attribute]] = [
      [
        .text(""), .integer(.min), .real(0.1 + 0.2), .boolean(false), .date(LedgerDate(day: day)),
        .text("2026-04-01T09:00:00+09:00"), .text("https://a/?b=%20"),
      ],
      [
        .text("～①㈱髙﨑\u{FA19}"), .integer(.max), .real(5), .boolean(true),
        .date(LedgerDate(interval: day...last, precision: .month, written: "S61.8")), .null, .null,
      ],
      [
        .text("か\u{3099}"), .null, .real(-1e-300), .null,
        .date(LedgerDate(interval: nil, precision: .unknown, written: "不明")), .null, .null,
      ],
      [
        .text("a\0b"), .integer(0), .real(.infinity), .null,
        .date(LedgerDate(interval: day...day, precision: .day, written: "S61.8.1")), .null, .null,
      ],
      [
        .text("12"), .integer(7), .real(1e22), .null, .null, .text("2026-04-01T00:00:00Z"),
        .text("007"),
      ],
      Array(repeating: .null, count: 7),
    ]
    let store = try Scratch().keeping { try $0.store() }
    try bring(
      lines.enumerated().map {
        IncomingRow(key: FeatureKey(String($0.offset)), shape: nil, values: $0.element)
      }, into: store.value, fields: fields)
    let found = try rows(store.value)
    for (row, line) in zip(found, lines) {
      for (value, expected) in zip(row.values, line) {
        #expect(value == expected)
        if case .text(let a) = value, case .text(let b) = expected {
          #expect(a.utf8.elementsEqual(b.utf8))
        }
      }
    }
    #expect(found.count == lines.count)
  }

  @Test(
    "coordinates and forms come back bit for bit",
    arguments: [
      Shape<Native>.point(Point(x: -20_000.123456789, y: 0.1 + 0.2)),
      .multiPoint([]), .line([Point(x: 1, y: 2), Point(x: 3, y: 4)]),
      .multiPolygon([
        [[Point(x: 0, y: 0), Point(x: 1, y: 0), Point(x: 1, y: 1), Point(x: 0, y: 0)]]
      ]),
      .collection([.point(Point(x: 1, y: 2)), .line([])]),
    ])
  func geometry(shape: Shape<Native>) throws {
    let store = try Scratch().keeping { try $0.store() }
    try bring(
      [IncomingRow(key: FeatureKey("a"), shape: shape, values: [.null, .null, .null])],
      into: store.value)
    #expect(try rows(store.value).first?.shape == shape)
  }

  @Test("an unread text is kept in the row's notes and makes a change by itself")
  func unread() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    var row = shelter("a", "甲")
    row.values[1] = .null
    try bring([row], into: store)
    row.unread = ["人数": "約\"30\"人\0"]
    #expect(try bring([row], into: store).rows == [.changed])
    #expect(try bring([row], into: store).rows == [.unchanged])
    let notes = try scratch.database().rows(
      "SELECT json_extract(machizu_notes, '$.人数.unread') FROM shelters")
    guard case .text(let text)? = notes.first?.first else {
      Issue.record("nothing was noted")
      return
    }
    #expect(text.hasPrefix("約\"30\"人"))
    #expect(try rows(store).first?.values[1] == .null)
  }

  @Test("the place that a row came with is kept beside it until the row has none")
  func originals() throws {
    let store = try Scratch().keeping { try $0.store() }
    var row = shelter("a", "甲")
    row.original = ([1, 2, 3], ReferenceSystem(epsg: 30_168))
    try bring([row], into: store.value)
    let kept = try #require(try store.value.original(of: FeatureKey("a"), in: shelters))
    #expect(kept.wkb == [1, 2, 3])
    #expect(kept.reference.epsg == 30_168)
    row.original = ([1, 2, 4], ReferenceSystem(epsg: 30_168))
    #expect(try bring([row], into: store.value).rows == [.changed])
    #expect(try store.value.original(of: FeatureKey("a"), in: shelters)?.wkb == [1, 2, 4])
    row.original = nil
    #expect(try bring([row], into: store.value).rows == [.changed])
    #expect(try store.value.original(of: FeatureKey("a"), in: shelters) == nil)
    row.original = ([9], ReferenceSystem(epsg: 4612))
    try bring([row], into: store.value)
    try bring([], into: store.value)
    #expect(try store.value.original(of: FeatureKey("a"), in: shelters) == nil)
  }
}
