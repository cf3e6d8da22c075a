import JSON
import Testing

@Suite("JSON scanner")
struct JSONScannerTests {
  @Test("reads a feature collection without a tree")
  func features() throws {
    let text = """
      {"type": "FeatureCollection", "crs": {"x": [1, {"y": "]"}]}, "features": [
        {"geometry": {"coordinates": [140.9, 35.3]}, "properties": {"名称": "第1"}},
        {"geometry": {"coordinates": [141, 35]}, "properties": null}]}
      """
    var scanner = JSONScanner(Array(text.utf8))
    var coordinates: [[Double]] = []
    var properties: [JSONValue] = []
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      guard key == "features" else {
        try scanner.skipValue()
        continue
      }
      try scanner.beginArray()
      while try scanner.nextElement() {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          if key == "properties" {
            properties.append(try scanner.value())
            continue
          }
          try scanner.beginObject()
          #expect(try scanner.nextKey() == "coordinates")
          var point: [Double] = []
          try scanner.beginArray()
          while try scanner.nextElement() { point.append(try scanner.double()) }
          coordinates.append(point)
          #expect(try scanner.nextKey() == nil)
        }
      }
    }
    try scanner.end()
    #expect(coordinates == [[140.9, 35.3], [141, 35]])
    #expect(properties[0]["名称"]?.string == "第1")
    #expect(properties[0]["名称"]?.position == JSONPosition(line: 2, column: 69))
    #expect(properties[1].isNull)
  }

  @Test(
    "tells the kind of what follows",
    arguments: [
      (" {}", .object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("7", .number),
      ("true", .bool), ("false", .bool), ("null", .null),
    ] as [(String, JSONScanner.Kind)])
  func kinds(text: String, kind: JSONScanner.Kind) throws {
    var scanner = JSONScanner(Array(text.utf8))
    #expect(try scanner.peek() == kind)
    #expect(try scanner.peek() == kind)
    try scanner.skipValue()
    try scanner.end()
  }

  @Test("gives the bytes of a value it passes over")
  func rawValues() throws {
    let bytes = Array("[ {\"a\": [1, 2]} , \"x\\n\", 12.5 ]".utf8)
    var scanner = JSONScanner(bytes)
    var raw: [String] = []
    try scanner.beginArray()
    while try scanner.nextElement() {
      raw.append(String(decoding: bytes[try scanner.rawValue()], as: UTF8.self))
    }
    #expect(raw == ["{\"a\": [1, 2]}", "\"x\\n\"", "12.5"])
  }

  @Test("refuses another kind than the one asked for")
  func mismatches() {
    func refuses(_ text: String, _ read: (inout JSONScanner) throws -> Void) -> Bool {
      var scanner = JSONScanner(Array(text.utf8))
      do { try read(&scanner) } catch { return error is JSONError }
      return false
    }
    #expect(refuses("[]") { try $0.beginObject() })
    #expect(refuses("{}") { try $0.beginArray() })
    #expect(refuses("1") { _ = try $0.string() })
    #expect(refuses("\"1\"") { _ = try $0.double() })
    #expect(refuses("1") { _ = try $0.bool() })
    #expect(refuses("1") { try $0.null() })
    #expect(refuses("1") { _ = try $0.nextElement() })
    #expect(
      refuses("[1]") {
        try $0.beginArray()
        _ = try $0.nextKey()
      })
  }

  @Test("knows the place of any byte, asked in any order")
  func positionsInAnyOrder() {
    let text = "[\"町\",\n\"図\"]"
    let scanner = JSONScanner(Array(text.utf8))
    #expect(scanner.position(at: 9) == JSONPosition(line: 2, column: 2))
    #expect(scanner.position(at: 0) == JSONPosition(line: 1, column: 1))
    #expect(scanner.position(at: 5) == JSONPosition(line: 1, column: 4))
    #expect(scanner.position(at: 1_000).line == 2)
  }
}
