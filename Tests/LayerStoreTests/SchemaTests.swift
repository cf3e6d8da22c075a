import Features
import Geometry
import JSON
import LayerStore
import Projection
import SQLite
import Testing

@Suite("Changes of schema")
struct SchemaTests {
  @Test("a new column is added, alone makes a revision, and empty changes no row")
  func newColumn() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲"), shelter("b", "乙")], into: store)
    try scratch.database().execute(
      "UPDATE shelters SET machizu_origin = 1, \"名称\" = '手直し' WHERE machizu_key = 'b'")
    let wider = shelterFields + [StoredField(name: "電話", type: .text)]
    func wide(_ key: String, _ name: String, _ phone: Attribute) -> IncomingRow {
      var row = shelter(key, name)
      row.values.append(phone)
      return row
    }
    let outcome = try bring(
      [wide("a", "甲", .null), wide("b", "乙", .null)], into: store, fields: wider)
    // The edited row of which the source is as it was is no conflict.
    #expect(outcome.rows == [.unchanged, .unchanged])
    #expect(try store.layer(shelters)?.revision == 2)
    #expect(try store.layer(shelters)?.fields == wider)
    #expect(try rows(store).map(\.values.count) == [4, 4])
    #expect(
      try bring([wide("a", "甲", .text("1")), wide("b", "乙", .null)], into: store, fields: wider)
        .rows == [.changed, .unchanged])
    #expect(try rows(store).map { $0.values[3] } == [.text("1"), .null])
  }

  @Test("a column that goes and comes back begins empty")
  func columnReturns() throws {
    let store = try Scratch().keeping { try $0.store() }
    let wider = shelterFields + [StoredField(name: "電話", type: .text)]
    var row = shelter("a", "甲")
    row.values.append(.text("0538"))
    try bring([row], into: store.value, fields: wider)
    #expect(try bring([shelter("a", "甲")], into: store.value).rows == [.changed])
    #expect(try rows(store.value).first?.values.count == 3)
    row.values[3] = .null
    try bring([row], into: store.value, fields: wider)
    #expect(try rows(store.value).first?.values == row.values)
  }

  @Test("fields in another order are found by their names")
  func reordered() throws {
    let store = try Scratch().keeping { try $0.store() }
    try bring([shelter("a", "甲", 30)], into: store.value)
    let turned = [shelterFields[2], shelterFields[1], shelterFields[0]]
    var row = shelter("a", "甲", 30)
    row.values.reverse()
    try bring([row], into: store.value, fields: turned)
    #expect(try rows(store.value).first?.values == [.null, .integer(30), .text("甲")])
  }

  @Test(
    "a column of another type holds values of that type, exactly",
    arguments: [
      (FieldType.text, Attribute.text("007"), FieldType.integer, Attribute.integer(7)),
      (.integer, .integer(.max), .text, .text("0099")),
      (.text, .text("x"), .real, .real(0.1 + 0.2)),
      (.real, .real(2.5), .integer, .integer(3)), (.text, .text("はい"), .boolean, .boolean(true)),
      (.integer, .integer(1), .boolean, .boolean(false)),
      (.boolean, .boolean(true), .text, .text("有")),
      (.integer, .integer(5), .real, .real(5.5)),
    ])
  func typeChange(from: FieldType, old: Attribute, to: FieldType, new: Attribute) throws {
    let store = try Scratch().keeping { try $0.store() }
    func row(_ key: String, _ value: Attribute) -> IncomingRow {
      IncomingRow(key: FeatureKey(key), shape: nil, values: [value])
    }
    func fields(_ type: FieldType) -> [StoredField] { [StoredField(name: "値", type: type)] }
    try bring([row("a", old), row("b", .null)], into: store.value, fields: fields(from))
    #expect(
      try bring([row("a", new), row("b", .null)], into: store.value, fields: fields(to)).rows
        == [.changed, .unchanged])
    #expect(try rows(store.value).map(\.values) == [[new], [.null]])
    #expect(try store.value.layer(shelters)?.fields == fields(to))
  }

  @Test("an edited row keeps its value when its column changes its type")
  func typeChangeOfEdited() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲", 30)], into: store)
    try scratch.database().execute("UPDATE shelters SET machizu_origin = 1, \"人数\" = 31")
    var fields = shelterFields
    fields[1] = StoredField(name: "人数", type: .text)
    var row = shelter("a", "甲")
    row.values[1] = .text("30")
    #expect(try bring([row], into: store, fields: fields).rows == [.conflict])
    #expect(try rows(store).first?.values[1] == .text("31"))
  }

  @Test("a new reference system is taken with the rows")
  func referenceChange() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲"), shelter("b", "乙")], into: store)
    let other = ReferenceSystem(epsg: 6677)
    #expect(
      try bring([shelter("a", "甲"), shelter("b", "乙")], into: store, reference: other).rows
        == [.changed, .changed])
    #expect(try store.layer(shelters)?.reference == other)
    let codes = try scratch.database().rows(
      """
      SELECT c.srs_id, g.srs_id, (SELECT count(*) FROM gpkg_spatial_ref_sys WHERE srs_id = 6677)
      FROM gpkg_contents c JOIN gpkg_geometry_columns g USING (table_name)
      """)
    #expect(codes == [[.integer(6677), .integer(6677), .integer(1)]])
  }

  @Test("a ledger without places becomes a layer with places, and back")
  func geometryComesAndGoes() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    var bare = shelter("a", "甲")
    bare.shape = nil
    try bring([bare], into: store, hasGeometry: false)
    let database = try scratch.database()
    #expect(try database.rows("SELECT data_type FROM gpkg_contents") == [[.text("attributes")]])
    #expect(try database.rows("SELECT * FROM gpkg_geometry_columns").isEmpty)
    #expect(try bring([shelter("a", "甲")], into: store).rows == [.changed])
    #expect(try database.rows("SELECT data_type FROM gpkg_contents") == [[.text("features")]])
    #expect(
      try database.rows("SELECT count(*) FROM rtree_shelters_geom") == [[.integer(1)]])
    #expect(try bring([bare], into: store, hasGeometry: false).rows == [.changed])
    #expect(
      try database.rows("SELECT count(*) FROM rtree_shelters_geom") == [[.integer(0)]])
  }

  @Test("a table of 200 columns with difficult names works, history included")
  func wideTable() throws {
    let store = try Scratch().keeping { try $0.store() }
    let fields = (0..<200).map { StoredField(name: "列 '\($0)\" %", type: .integer) }
    func row(_ start: Int64) -> IncomingRow {
      IncomingRow(
        key: FeatureKey("a"), shape: nil,
        values: (0..<200).map { $0 % 7 == 3 ? .null : .integer(start + $0) })
    }
    try bring([row(0)], into: store.value, fields: fields)
    try bring([row(5)], into: store.value, fields: fields)
    #expect(try rows(store.value).first?.values == row(5).values)
    let before = try #require(
      try store.value.history(of: FeatureKey("a"), in: shelters).first?.before)
    #expect(before.contains(#""列 '0\" %":0"#))
    #expect(before.contains(#""列 '199\" %":null"#) == (199 % 7 == 3))
    let document = try JSONParser.parse(before)
    #expect(document.object?.count == 200)
    for (number, member) in (document.object ?? []).enumerated() {
      #expect(member.key == fields[number].name)
      #expect(member.value.int64 == (number % 7 == 3 ? nil : Int64(number)))
    }
  }
}
