import JSON
import Testing

/// The message of the refusal, nil when the text is accepted.
func refusal(of text: [UInt8]) -> String? {
  do throws(JSONError) {
    _ = try JSONParser.parse(text)
    return nil
  } catch {
    return error.description
  }
}

func refusal(of text: String) -> String? { refusal(of: Array(text.utf8)) }

@Suite("JSON parser")
struct JSONParserTests {
  static let sample = """
    {"title": {"ja": "ごみ集積所", "en": "Garbage\\u0020points"}, "zoom": [5, 20.5, -1e-3],
     "on": true, "off": false, "none": null, "empty": {}, "list": [], "\\ud842\\udfb7": "𠮷\\/\\\\"}
    """

  @Test(
    "accepts what RFC 8259 accepts",
    arguments: [
      "[]", "{}", "null", "true", "false", "0", "-0", "1", "-1.5", "1e5", "1E+5", "1e-5", "0.1e1",
      "\"\"", "\"a\"", " [1 , 2 ] ", "\t\r\n1\n", "[[[]]]", "{\"\":0}", "{\"a\":{\"b\":[]}}",
      "\"\\u0000\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\uD834\\uDD1E\"", "\"\u{7F}\"",
      "\"\u{2028}\"", "\"\u{FEFF}\"", "[0.5,-0.5]", "123456789012345678901234567890", "1e-400",
      "\u{FEFF}[1]", "[\"\u{10FFFF}\"]",
    ])
  func accepts(text: String) {
    #expect(refusal(of: text) == nil)
  }

  @Test(
    "refuses what RFC 8259 does not allow",
    arguments: [
      "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", "{\"a\"}",
      "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "[}",
      "{]", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "-", "+1", ".5", "1.", "1.e1",
      "01", "-01", "1e", "1e+", "0x10", "1_000", "1e400", "-1e400", "\"", "\"a", "\"\\\"",
      "\"\\x\"",
      "\"\\u12\"", "\"\\u123g\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
      "\"\\ud800\\ud800\"", "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "// c\n1", "/* c */1", "1 2",
      "[] []",
      "\u{FEFF}\u{FEFF}1", "\u{A0}1", "\u{0C}1", "１", "{\"a\":1,\"a\":2}",
      "{\"a\":1,\"\\u0061\":2}",
    ])
  func refuses(text: String) {
    #expect(refusal(of: text) != nil)
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [
      [0x80], [0xC3], [0xC0, 0x80], [0xE3, 0x81], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0x83, 0x65],
    ] as [[UInt8]])
  func refusesInvalidUTF8(bytes: [UInt8]) {
    #expect(refusal(of: [0x22] + bytes + [0x22])?.contains("not valid UTF-8") == true)
    #expect(refusal(of: [0x22, 0x5C, 0x6E] + bytes + [0x22])?.contains("not valid UTF-8") == true)
    #expect(refusal(of: bytes) != nil)
    var scanner = JSONScanner([0x22] + bytes + [0x22])
    #expect(throws: JSONError.self) { try scanner.skipValue() }
  }

  @Test("names line and column, counting characters and not bytes")
  func positions() {
    #expect(refusal(of: "{\n  \"町図\": x\n}")?.hasPrefix("line 2, column 9: ") == true)
    #expect(refusal(of: "[1,\n\n2")?.hasPrefix("line 3, column 2: ") == true)
    #expect(
      refusal(of: "{\"a\": 1,\n \"a\": 2}")?.hasPrefix("line 2, column 2: the key \"a\"") == true)
    #expect(
      refusal(of: "\u{FEFF}x")
        == "line 1, column 1: expected a value, found \"x\"")
  }

  @Test("gives each value and each key its place")
  func treePositions() throws {
    let tree = try JSONParser.parse("{\"鍵\": [1,\n  true], \"b\": {}}")
    let members = try #require(tree.object)
    #expect(tree.position == JSONPosition(line: 1, column: 1))
    #expect(members[0].keyPosition == JSONPosition(line: 1, column: 2))
    #expect(members[0].value.position == JSONPosition(line: 1, column: 7))
    #expect(members[0].value[1]?.position == JSONPosition(line: 2, column: 3))
    #expect(members[1].keyPosition == JSONPosition(line: 2, column: 10))
    #expect(members[1].value.position == JSONPosition(line: 2, column: 15))
  }

  @Test("reads every kind of value")
  func values() throws {
    let tree = try JSONParser.parse(Self.sample)
    #expect(tree["title"]?["ja"]?.string == "ごみ集積所")
    #expect(tree["title"]?["en"]?.string == "Garbage points")
    #expect(tree["zoom"]?.array?.map(\.double) == [5, 20.5, -0.001])
    #expect(tree["zoom"]?[0]?.int64 == 5)
    #expect(tree["zoom"]?[3] == nil)
    #expect(tree["on"]?.bool == true)
    #expect(tree["off"]?.bool == false)
    #expect(tree["none"]?.isNull == true)
    #expect(tree["empty"]?.object?.isEmpty == true)
    #expect(tree["list"]?.array?.isEmpty == true)
    #expect(tree["𠮷"]?.string == "𠮷/\\")
    #expect(tree["missing"] == nil)
    #expect(tree.object?.map(\.key).prefix(3) == ["title", "zoom", "on"])
  }

  @Test("tells keys apart that only normalisation makes equal")
  func keysAreCodePoints() throws {
    let tree = try JSONParser.parse("{\"が\": 1, \"か\u{3099}\": 2}")
    #expect(tree["が"]?.int64 == 1)
    #expect(tree["か\u{3099}"]?.int64 == 2)
  }

  @Test("finds a repeated key among many", arguments: [2, 15, 16, 17, 40, 1000])
  func repeatedKeys(count: Int) {
    let members = (0..<count).map { "\"k\($0)\": 0" }
    #expect(refusal(of: "{" + members.joined(separator: ",") + "}") == nil)
    for repeated in [0, count / 2, count - 1] {
      let text = "{" + (members + ["\"k\(repeated)\": 1"]).joined(separator: ",\n") + "}"
      #expect(refusal(of: text)?.hasPrefix("line \(count + 1), column 1: the key") == true)
    }
  }

  @Test("refuses every proper prefix of a document, and never stops the program")
  func prefixes() {
    let bytes = Array(Self.sample.utf8)
    #expect(refusal(of: bytes) == nil)
    for count in 0..<bytes.count { #expect(refusal(of: Array(bytes[..<count])) != nil) }
  }

  @Test("survives every single damaged byte")
  func damage() {
    let bytes = Array(Self.sample.utf8)
    for index in bytes.indices {
      for byte: UInt8 in [0x00, 0x22, 0x5C, 0x7B, 0x5D, 0x2C, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] = byte
        let tree = try? JSONParser.parse(damaged)
        var scanner = JSONScanner(damaged)
        let isSkipped = (try? scanner.skipValue()) != nil && (try? scanner.end()) != nil
        // Skipping checks what parsing checks, but for repeated keys, which no damage here makes.
        #expect(isSkipped == (tree != nil))
      }
    }
  }

  @Test("keeps to the limits of depth and size")
  func limits() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(refusal(of: nested(128)) == nil)
    #expect(refusal(of: nested(129))?.contains("deeper than 128") == true)
    #expect(refusal(of: String(repeating: "[", count: 1_000_000)) != nil)
    #expect(refusal(of: String(repeating: "{\"a\":", count: 1_000_000)) != nil)
    #expect(throws: JSONError.self) {
      try JSONParser.parse("[1, 2]", limits: .init(byteCount: 5))
    }
    #expect(throws: JSONError.self) {
      try JSONParser.parse(nested(5_000), limits: .init(depth: .max))
    }
  }

  @Test("reads a span as it reads an array")
  func spans() throws {
    let bytes = Array(Self.sample.utf8)
    #expect(try JSONParser.parse(bytes.span).serialized() == JSONParser.parse(bytes).serialized())
  }
}
