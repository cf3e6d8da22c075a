import Formats
import Geometry
import Testing

@Suite struct GeoJSONReaderTests {
  private func read(_ text: String) throws -> (header: SourceHeader, items: [SourceItem]) {
    var reader = try GeoJSONReader(bytes: Array(text.utf8), path: "t.geojson")
    return (reader.header, try reader.all())
  }

  private func geometry(_ text: String) throws -> SourceRecord {
    let record = try read("{\"type\":\"Feature\",\"properties\":null,\"geometry\":\(text)}").items
      .records.first
    return try #require(record)
  }

  private let square: [Point<Native>] = [
    Point(x: 0, y: 0), Point(x: 2, y: 0), Point(x: 2, y: 1), Point(x: 0, y: 0),
  ]

  @Test("a FeatureCollection is read in order, with the columns of all its features")
  func featureCollection() throws {
    let (header, items) = try read(
      """
      {"type": "FeatureCollection", "name": "x", "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [138.5, 34.5]},
         "properties": {"名称": "～①", "数": 1, "幅": 2.5, "公開": true}},
        {"geometry": null, "properties": {"数": 12, "幅": 3, "備考": null, "詳細": {"a": [1, 2]}}, "type": "Feature"}
      ]}
      """)
    #expect(
      header.columns == [
        SourceColumn(name: "名称", kind: .text), SourceColumn(name: "数", kind: .integer),
        SourceColumn(name: "幅", kind: .real), SourceColumn(name: "公開", kind: .boolean),
        SourceColumn(name: "備考", kind: .unknown), SourceColumn(name: "詳細", kind: .text),
      ])
    #expect(header.reference?.epsg == 4326)
    #expect(header.announcedCount == 2)
    let records = items.records
    #expect(records.map(\.place.row) == [1, 2])
    #expect(records[0].geometry == .point(Point(x: 138.5, y: 34.5)))
    #expect(
      records[0].values
        == [.text("～①"), .integer(1), .real(2.5), .boolean(true), .null, .null])
    #expect(
      records[1].values
        == [.null, .integer(12), .integer(3), .null, .null, .text("{\"a\": [1, 2]}")])
    #expect(records[1].geometry == nil)
    #expect(records[1].geometryFaults == ["the geometry is null"])
  }

  @Test(
    "the reference system of the older format is found by its code",
    arguments: [
      ("{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::2450\"}}", 2450),
      ("{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:6676\"}}", 6676),
      ("{\"type\":\"EPSG\",\"properties\":{\"code\":4612}}", 4612),
      ("{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:OGC:1.3:CRS84\"}}", 4326),
      (
        "{\"type\":\"name\",\"properties\":{\"name\":\"http://www.opengis.net/def/crs/EPSG/0/6668\"}}",
        6668
      ),
    ])
  func olderReference(crs: String, code: Int) throws {
    // The member may stand after the features.
    let (header, _) = try read("{\"type\":\"FeatureCollection\",\"features\":[],\"crs\":\(crs)}")
    #expect(header.reference?.epsg == code)
  }

  @Test("an unknown reference system keeps its name, a null one is unknown")
  func unknownReference() throws {
    let named = try read(
      "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"local\"}},\"type\":\"FeatureCollection\",\"features\":[]}"
    )
    #expect(named.header.reference == SourceReference(epsg: nil, text: "local"))
    let null = try read("{\"crs\":null,\"type\":\"FeatureCollection\",\"features\":[]}")
    #expect(null.header.reference == nil)
  }

  @Test("every geometry type is read, the type after the coordinates too")
  func geometryTypes() throws {
    let ring = "[[0,0],[2,0],[2,1],[0,0]]"
    let expected: [(String, Shape<Native>)] = [
      ("{\"coordinates\":[1,2],\"type\":\"Point\"}", .point(Point(x: 1, y: 2))),
      (
        "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[3,4]]}",
        .multiPoint([Point(x: 1, y: 2), Point(x: 3, y: 4)])
      ),
      ("{\"type\":\"LineString\",\"coordinates\":\(ring)}", .line(square)),
      (
        "{\"type\":\"MultiLineString\",\"coordinates\":[\(ring),\(ring)]}",
        .multiLine([square, square])
      ),
      ("{\"type\":\"Polygon\",\"coordinates\":[\(ring),\(ring)]}", .polygon([square, square])),
      (
        "{\"type\":\"MultiPolygon\",\"coordinates\":[[\(ring)],[\(ring)]]}",
        .multiPolygon([[square], [square]])
      ),
      (
        "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]},"
          + "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"LineString\",\"coordinates\":\(ring)}]}]}",
        .collection([.point(Point(x: 1, y: 2)), .collection([.line(square)])])
      ),
    ]
    for (text, shape) in expected {
      #expect(try geometry(text).geometry == shape)
      // A document may be a bare geometry.
      #expect(try read(text).items.records.first?.geometry == shape)
    }
  }

  @Test("heights are dropped with a word and kept in the original")
  func heights() throws {
    let record = try geometry("{\"type\":\"Point\",\"coordinates\":[1,2,3.5]}")
    #expect(record.geometry == .point(Point(x: 1, y: 2)))
    #expect(record.geometryFaults == ["the heights are dropped, the original is kept"])
    var expected: [UInt8] = [1, 0xE9, 3, 0, 0]
    for value in [1.0, 2.0, 3.5] {
      for index in 0..<8 {
        expected.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64(index))))
      }
    }
    #expect(record.originalWKB == expected)
    let mixed = try geometry(
      "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0,1],[2,0],[2,1,5],[0,0,1]]],[[[0,0],[1,1]]]]}"
    )
    let original = try #require(mixed.originalWKB)
    var reader = WKBReader(original)
    #expect(try reader.read(Native.self) == mixed.geometry)
    #expect(reader.droppedOrdinates)
  }

  @Test("one bad position never costs the feature")
  func badPositions() throws {
    let line = try geometry(
      "{\"type\":\"LineString\",\"coordinates\":[[0,0],[null,1],\"x\",[2,0],[3]]}")
    #expect(line.geometry == .line([Point(x: 0, y: 0), Point(x: 2, y: 0)]))
    #expect(line.geometryFaults == ["3 positions that are not two numbers are left out"])
    let open = try geometry("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,1]]]}")
    #expect(open.geometry == .polygon([square]))
    #expect(open.geometryFaults == ["1 rings did not end where they begin and are closed"])
    let hole = try geometry(
      "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,1],[0,0]],[[1,1],[1,1]]]}")
    #expect(hole.geometry == .polygon([square]))
  }

  @Test(
    "a geometry that cannot be used leaves the row and says why",
    arguments: [
      "{\"type\":\"Point\",\"coordinates\":[\"1\",2]}", "{\"type\":\"Point\",\"coordinates\":[]}",
      "{\"type\":\"Point\"}", "{\"coordinates\":[1,2]}",
      "{\"type\":\"Circle\",\"coordinates\":[1,2]}", "false", "[]",
      "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1]]]}",
      "{\"type\":\"MultiPolygon\",\"coordinates\":[1,2]}",
      "{\"type\":\"LineString\",\"coordinates\":[[1,2]]}",
      "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
      "{\"type\":\"GeometryCollection\",\"geometries\":{}}",
    ])
  func unusableGeometry(text: String) throws {
    let record = try geometry(text)
    #expect(record.geometry == nil)
    #expect(!record.geometryFaults.isEmpty)
  }

  @Test("a collection nested too deep is left out and no stack is used up")
  func deepCollections() throws {
    let deep =
      String(repeating: "{\"type\":\"GeometryCollection\",\"geometries\":[", count: 40)
      + "{\"type\":\"Point\",\"coordinates\":[1,2]}" + String(repeating: "]}", count: 40)
    #expect(try geometry(deep).geometry == nil)
    let hostile = String(repeating: "[", count: 1_000_000)
    #expect(throws: FormatError.self) {
      try read("{\"type\":\"Feature\",\"properties\":\(hostile)")
    }
  }

  @Test("numbers keep what a double would lose")
  func numbers() throws {
    let record = try #require(
      try read(
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"a\":1234567890123456789012,\"b\":9007199254740993,\"c\":1.0,\"d\":-0,\"e\":1e3}}"
      ).items.records.first)
    #expect(
      record.values
        == [
          .text("1234567890123456789012"), .integer(9_007_199_254_740_993), .real(1), .integer(0),
          .real(1000),
        ])
  }

  @Test("the features' own ids become a column")
  func identifiers() throws {
    let (header, items) = try read(
      "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":7,\"properties\":{\"a\":1},\"geometry\":null},{\"type\":\"Feature\",\"id\":\"x\",\"properties\":{\"a\":2},\"geometry\":null}]}"
    )
    #expect(header.columns.map(\.name) == ["a", "id"])
    #expect(items.records.map { $0.values[1] } == [.text("7"), .text("x")])
    let both = try read(
      "{\"type\":\"Feature\",\"id\":7,\"properties\":{\"id\":\"own\"},\"geometry\":null}")
    #expect(both.header.columns.map(\.name) == ["id", "feature_id"])
    #expect(both.items.records.map(\.values) == [[.text("own"), .text("7")]])
  }

  @Test("elements that are no features are rejected one by one")
  func rejectedElements() throws {
    let (_, items) = try read(
      "{\"type\":\"FeatureCollection\",\"features\":[1,{\"type\":\"Featre\"},{},{\"type\":\"Feature\",\"geometry\":null,\"properties\":{}}]}"
    )
    #expect(items.rejections.map(\.row) == [1, 2, 3])
    #expect(items.records.map(\.place.row) == [4])
  }

  @Test(
    "what is no GeoJSON is refused with what it is",
    arguments: [
      "", "[]", "{}", "\"x\"", "{\"type\":\"Topology\",\"objects\":{}}",
      "{\"type\":\"FeatureCollection\"}",
      "{\"type\":\"featurecollection\",\"features\":[]}",
      "{\"type\":\"FeatureCollection\",\"features\":{}}",
      "{\"type\":\"Feature\"} x", "{\"type\":\"Feature\",}",
    ])
  func refused(text: String) {
    #expect(throws: FormatError.self) { try read(text) }
  }

  @Test("every prefix of a document is refused before its first row")
  func prefixes() throws {
    let whole = Array(
      "{\"type\":\"FeatureCollection\",\"crs\":null,\"features\":[{\"type\":\"Feature\",\"id\":1,\"properties\":{\"名\":\"a\\u3042\",\"b\":[1,{}]},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,1],[0,0]]]}}]}"
        .utf8)
    _ = try GeoJSONReader(bytes: whole, path: "t")
    for count in 0..<whole.count {
      #expect(throws: FormatError.self) {
        try GeoJSONReader(bytes: Array(whole.prefix(count)), path: "t")
      }
    }
  }

  @Test("a document in UTF-16, or in CP932 where that is declared, is read")
  func encodings() throws {
    let scratch = try Scratch()
    let text = "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"n\":\"名称\"}}"
    let utf16: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    var first = try GeoJSONReader(path: try scratch.file("a.geojson", utf16))
    #expect(try first.all().records.map(\.values) == [[.text("名称")]])
    let parts = text.split(separator: "名称").map { Array($0.utf8) }
    let path = try scratch.file("b.geojson", parts[0] + CP932.name + parts[1])
    #expect(throws: FormatError.self) { try GeoJSONReader(path: path) }
    var second = try GeoJSONReader(path: path, options: SourceOptions(encoding: .cp932))
    #expect(try second.all().records.map(\.values) == [[.text("名称")]])
  }
}

@Suite struct NDJSONReaderTests {
  private func read(_ text: String) throws -> (header: SourceHeader, items: [SourceItem]) {
    let scratch = try Scratch()
    var reader = try NDJSONReader(path: try scratch.file("t.ndjson", text))
    return (reader.header, try reader.all())
  }

  private func feature(_ value: String) -> String {
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},\"properties\":{\(value)}}"
  }

  @Test("each line is a feature, and rows are lines")
  func lines() throws {
    let (header, items) = try read(
      "\(feature("\"a\":1"))\r\n\n\(feature("\"b\":\"x\""))\n{\"type\":\"Point\",\"coordinates\":[3,4]}"
    )
    #expect(header.columns.map(\.name) == ["a", "b"])
    #expect(items.records.map(\.place.row) == [1, 3, 4])
    #expect(items.records[2].geometry == .point(Point(x: 3, y: 4)))
  }

  @Test("a broken line is rejected by itself")
  func brokenLines() throws {
    let (_, items) = try read(
      "\(feature("\"a\":1"))\n{\"type\":\n\(feature("\"a\":2"))\n{} {}\n[1]\n\(feature("\"a\":3")) x\n"
    )
    #expect(items.records.map { $0.values[0] } == [.integer(1), .integer(2)])
    #expect(items.rejections.map(\.row) == [2, 4, 5, 6])
  }

  @Test("texts after record separators may span lines")
  func textSequence() throws {
    let spread = feature("\"a\":2").replacing(",", with: ",\n")
    let (_, items) = try read(
      "\u{1E}\(feature("\"a\":1"))\n\u{1E}\(spread)\n\u{1E}\(feature("\"a\":3"))\n")
    #expect(items.records.map { $0.values[0] } == [.integer(1), .integer(2), .integer(3)])
    #expect(items.records.map(\.place.row) == [1, 2, 7])
  }

  @Test("every prefix of a file gives the rows before the cut")
  func prefixes() throws {
    let lines = [feature("\"a\":1"), feature("\"a\":2")]
    let whole = lines.joined(separator: "\n")
    for count in 0...whole.utf8.count {
      let (_, items) = try read(String(whole.prefix(count)))
      let expected = count >= whole.utf8.count ? 2 : count >= lines[0].utf8.count ? 1 : 0
      #expect(items.records.count == expected)
      #expect(items.rejections.count <= 1)
    }
  }
}

@Suite struct GeoJSONWriterTests {
  private func written(_ form: GeoJSONWriter.Form, _ shapes: [Shape<Native>?], decimals: Int? = 7)
    -> String
  {
    var writer = GeoJSONWriter(form, columns: ["名", "n"], decimals: decimals)
    for shape in shapes {
      writer.write([.text("a\"b"), .real(2)], geometry: shape, identifier: "k")
    }
    writer.end()
    return String(decoding: writer.take(), as: UTF8.self)
  }

  @Test("a FeatureCollection is written as RFC 7946 says")
  func featureCollection() {
    #expect(
      written(.featureCollection, [.point(Point(x: 139, y: -35.12345675)), nil]) == """
        {"type":"FeatureCollection","features":[
        {"type":"Feature","id":"k","geometry":{"type":"Point","coordinates":[139,-35.1234568]},"properties":{"名":"a\\"b","n":2}},
        {"type":"Feature","id":"k","geometry":null,"properties":{"名":"a\\"b","n":2}}
        ]}

        """)
    #expect(
      written(.featureCollection, []) == "{\"type\":\"FeatureCollection\",\"features\":[\n]}\n")
  }

  @Test("each line of the other form is a feature by itself")
  func lines() {
    let text = written(.lines, [.multiPoint([]), .line([Point(x: 1e-8, y: .nan)])])
    #expect(text.split(separator: "\n").count == 2)
    #expect(text.contains("\"geometry\":null"))
  }

  @Test("outer rings are turned counterclockwise, holes clockwise")
  func rightHandRule() throws {
    let outer: [Point<Native>] = [
      Point(x: 0, y: 0), Point(x: 0, y: 4), Point(x: 4, y: 4), Point(x: 4, y: 0), Point(x: 0, y: 0),
    ]
    let hole: [Point<Native>] = [
      Point(x: 1, y: 1), Point(x: 2, y: 1), Point(x: 2, y: 2), Point(x: 1, y: 1),
    ]
    for shape in [Shape.polygon([outer, hole]), .polygon([outer.reversed(), hole.reversed()])] {
      var reader = try GeoJSONReader(
        bytes: Array(written(.featureCollection, [shape]).utf8), path: "t")
      #expect(
        try reader.all().records.first?.geometry == .polygon([outer.reversed(), hole.reversed()]))
    }
  }

  @Test("without rounding every double comes back the same", arguments: 0..<40)
  func exactRoundTrip(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let points = (0..<20).map { _ in
      Point<Native>(
        x: Double.random(in: -2e7...2e7, using: &random),
        y: Double(
          sign: .plus, exponent: Int.random(in: -300...300, using: &random), significand: 1.7))
    }
    let text = written(.lines, [.line(points)], decimals: nil)
    var reader = try GeoJSONReader(bytes: Array(text.utf8), path: "t")
    #expect(try reader.all().records.first?.geometry == .line(points))
  }

  @Test("rounding to seven digits is what the obvious way gives", arguments: 0..<100)
  func roundingTwin(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let value = Double.random(in: -180...180, using: &random)
    let text = written(.lines, [.point(Point(x: value, y: 0))])
    var reader = try GeoJSONReader(bytes: Array(text.utf8), path: "t")
    guard case .point(let point)? = try reader.all().records.first?.geometry else {
      Issue.record("no point in \(text)")
      return
    }
    #expect(point.x == (value * 1e7).rounded() / 1e7)
  }

  @Test("values of every kind are written, a number that is none as null")
  func values() {
    var writer = GeoJSONWriter(.lines, columns: ["a", "b", "c", "d", "e"])
    writer.write(
      [.null, .boolean(false), .integer(.min), .real(.infinity), .real(0.1)],
      geometry: Shape<Geographic>?.none)
    #expect(
      String(decoding: writer.take(), as: UTF8.self).contains(
        "{\"a\":null,\"b\":false,\"c\":-9223372036854775808,\"d\":null,\"e\":0.1}"))
  }

  @Test("another reference system is declared in the manner of 2008")
  func reference() throws {
    var writer = GeoJSONWriter(.featureCollection, columns: [], decimals: nil, epsg: 6676)
    writer.end()
    let reader = try GeoJSONReader(bytes: writer.take(), path: "t")
    #expect(reader.header.reference?.epsg == 6676)
  }
}
