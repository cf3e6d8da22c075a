import JSON
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
  private func text(_ layout: JSONWriter.Layout = .compact, _ write: (inout JSONWriter) -> Void)
    -> String
  {
    var writer = JSONWriter(layout)
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func write(_ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("名称")
    writer.value("第\"1\"\\\n\u{1}\u{7F}/")
    writer.key("list")
    writer.beginArray()
    writer.value(1)
    writer.value(-2.5)
    writer.value(true)
    writer.null()
    writer.beginArray()
    writer.endArray()
    writer.endArray()
    writer.key("raw")
    writer.value(json: "{\"a\":1}".utf8)
    writer.key("empty")
    writer.beginObject()
    writer.endObject()
    writer.endObject()
  }

  @Test("puts commas, colons and escapes where they belong")
  func compact() {
    #expect(
      text(.compact, write)
        == "{\"名称\":\"第\\\"1\\\"\\\\\\n\\u0001\u{7F}/\",\"list\":[1,-2.5,true,null,[]],"
        + "\"raw\":{\"a\":1},\"empty\":{}}")
  }

  @Test("lays out lines when asked to")
  func indented() {
    let expected = """
      {
        "名称": "第\\"1\\"\\\\\\n\\u0001\u{7F}/",
        "list": [
          1,
          -2.5,
          true,
          null,
          []
        ],
        "raw": {"a":1},
        "empty": {}
      }
      """
    #expect(text(.indented(2), write) == expected)
  }

  @Test(
    "writes numbers so that they read back the same",
    arguments: [
      (0, "0.0"), (-0.0, "-0.0"), (0.1, "0.1"), (1e300, "1e+300"),
      (Double.leastNonzeroMagnitude, "5e-324"),
      (140.889_123_456_789_1, "140.8891234567891"), (.infinity, "null"), (.nan, "null"),
    ] as [(Double, String)])
  func doubles(value: Double, expected: String) {
    #expect(text { $0.value(value) } == expected)
  }

  @Test("writes every integer", arguments: [0, 7, -7, 10, 1_234_567_890, .max, .min] as [Int64])
  func integers(value: Int64) {
    #expect(text { $0.value(value) } == value.description)
  }

  @Test("hands over its bytes in pieces")
  func pieces() {
    var writer = JSONWriter()
    var whole: [UInt8] = []
    writer.beginArray()
    for index in 0..<100 {
      writer.value(index)
      if index % 7 == 0 { whole += writer.take() }
    }
    writer.endArray()
    whole += writer.take()
    #expect(writer.bytes.isEmpty)
    let expected = "[" + (0..<100).map(\.description).joined(separator: ",") + "]"
    #expect(String(decoding: whole, as: UTF8.self) == expected)
  }

  @Test("writes a document a line")
  func lines() {
    let lines = text {
      $0.beginObject()
      $0.endObject()
      $0.endLine()
      $0.value(1)
      $0.endLine()
    }
    #expect(lines == "{}\n1\n")
  }

  @Test(
    "writes a tree that reads back the same", arguments: [JSONWriter.Layout.compact, .indented(4)])
  func roundTrip(layout: JSONWriter.Layout) throws {
    let first = try JSONParser.parse(JSONParserTests.sample).serialized(layout)
    #expect(try JSONParser.parse(first).serialized(layout) == first)
    #expect(try JSONParser.parse(first)["zoom"]?[2]?.number?.text == "-1e-3")
  }

  @Test("escapes every character so that it reads back", arguments: [0...0x3000, 0xFFF0...0x10050])
  func strings(range: ClosedRange<UInt32>) throws {
    for scalar in range.compactMap(Unicode.Scalar.init) {
      let string = "a\(scalar)b"
      let json = text { $0.value(string) }
      let read = try #require(try JSONParser.parse(json).string)
      #expect(read.utf8.elementsEqual(string.utf8))
    }
  }

  @Test("stops a program that calls out of order")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.beginObject()
      writer.value(1)
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.beginArray()
      writer.endObject()
    }
  }
}
