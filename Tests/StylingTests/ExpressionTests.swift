import Features
import JSON
import Testing

@testable import Styling

/// Compiles an expression for a property of any type.
func compile(_ text: String) throws -> StyleExpression {
  var compiler = ExpressionCompiler()
  let root = compiler.compile(try JSONParser.parse(text), expecting: nil)
  return StyleExpression(
    root: try #require(root, "\(compiler.faults.map(\.message))"), fallback: .null)
}

@Suite("Expressions")
struct ExpressionTests {
  @Test("say what their value depends on")
  func dependencies() throws {
    let expression = try compile(
      """
      ["let", "a", ["number", ["get", "幅員"]], ["interpolate", ["linear"], ["zoom"], 10,
        ["case", ["has", "橋名"], ["var", "a"], 1], 12, ["to-number", ["id"]]]]
      """)
    #expect(expression.dependencies.properties == ["幅員", "橋名"])
    #expect(expression.dependencies.usesZoom && expression.dependencies.usesID)
    #expect(!expression.dependencies.usesGeometryType && !expression.dependencies.usesLanguage)
    #expect(!expression.dependencies.usesAllProperties)
    #expect(try compile(#"["get", ["get", "x"]]"#).dependencies.usesAllProperties)
    #expect(try compile(#"["get", "x", ["properties"]]"#).dependencies.usesAllProperties)
    #expect(try compile(#"["geometry-type"]"#).dependencies.usesGeometryType)
    #expect(try compile(#"["global-state", "language"]"#).dependencies.usesLanguage)
    #expect(try compile(#"["+", 1, ["*", 2, 3]]"#).constant == .number(7))
    #expect(try compile(#"["+", 1, 2]"#).dependencies == ExpressionDependencies())
  }

  @Test("agree in contexts that agree in what they depend on", arguments: 0..<200)
  func dependenciesAreComplete(seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    let expression = try compile(random.expression(depth: 4))
    let full = random.context()
    var reduced = full
    if !expression.dependencies.usesAllProperties {
      reduced.properties = full.properties.filter {
        expression.dependencies.properties.contains($0.key)
      }
    }
    if !expression.dependencies.usesZoom { reduced.zoom = 3 }
    if !expression.dependencies.usesID { reduced.id = .null }
    if !expression.dependencies.usesGeometryType { reduced.geometryType = nil }
    #expect(expression.outcome(in: full) == expression.outcome(in: reduced))
  }

  @Test("see a ledger's values as numbers, texts, booleans and absence")
  func attributes() throws {
    let date = LedgerDate(day: try #require(CalendarDay(year: 2023, month: 4, day: 1)))
    let context = EvaluationContext(
      zoom: 10, geometryType: .polygon, id: .text("00101/010"),
      properties: [
        "整数": .integer(3), "実数": .real(4.5), "文字": .text("第1"), "真": .boolean(true),
        "日付": .date(date), "空": .null,
      ])
    let cases: [(String, StyleValue)] = [
      (#"["get", "整数"]"#, .number(3)), (#"["+", ["get", "実数"], 1]"#, .number(5.5)),
      (#"["get", "文字"]"#, .string("第1")), (#"["get", "真"]"#, .boolean(true)),
      (#"["get", "日付"]"#, .string("2023-04-01")), (#"["get", "空"]"#, .null),
      (#"["has", "空"]"#, .boolean(false)), (#"["has", "整数"]"#, .boolean(true)),
      (#"["id"]"#, .string("00101/010")), (#"["geometry-type"]"#, .string("Polygon")),
      (#"["to-string", ["get", "整数"]]"#, .string("3")),
      (#"["==", ["get", "整数"], 3]"#, .boolean(true)),
    ]
    for (text, value) in cases {
      #expect(try compile(text).outcome(in: context) == .value(value), "\(text)")
    }
  }

  @Test("tell texts apart that only normalisation makes equal")
  func codePoints() throws {
    let composed = EvaluationContext(zoom: 1, properties: ["x": .text("が")])
    let decomposed = EvaluationContext(zoom: 1, properties: ["x": .text("か\u{3099}")])
    for text in [#"["==", ["get", "x"], "が"]"#, #"["match", ["get", "x"], "が", true, false]"#] {
      let expression = try compile(text)
      #expect(expression.outcome(in: composed) == .value(.boolean(true)))
      #expect(expression.outcome(in: decomposed) == .value(.boolean(false)))
    }
  }

  @Test("fall back to the property's default when they fail")
  func fallback() throws {
    let style = try StyleDocument(
      parsing: document(
        layers: layer(
          "line", paint: #"{"line-width": ["get", "x"], "line-color": ["to-color", ["get", "x"]]}"#,
          layout: #"{"line-cap": ["get", "x"]}"#)), id: "test")
    let paint = style.layers[0].linePaint(
      in: EvaluationContext(zoom: 1, properties: ["x": .text("no")]))
    #expect(paint.width == 1 && paint.colour == .black && paint.cap == .butt)
  }

  @Test(
    "write numbers for people",
    arguments: [
      (#"["number-format", 1234567.891, {}]"#, "1,234,567.891"),
      (#"["number-format", 0.5, {"max-fraction-digits": 0}]"#, "1"),
      (#"["number-format", -2.5, {"max-fraction-digits": 0}]"#, "-3"),
      (#"["number-format", -0.4, {"max-fraction-digits": 0}]"#, "0"),
      (#"["number-format", 4, {"min-fraction-digits": 2}]"#, "4.00"),
      (#"["number-format", 999.9996, {}]"#, "1,000"),
      (#"["number-format", 1e21, {}]"#, "1,000,000,000,000,000,000,000"),
      (#"["number-format", 0.0004, {}]"#, "0"),
      (#"["number-format", 1234.5, {"locale": "de"}]"#, "1.234,5"),
    ])
  func numberFormat(text: String, expected: String) throws {
    #expect(try compile(text).constant == .string(expected))
  }
}

/// A small reproducible source of expressions and contexts (SplitMix64).
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func context() -> EvaluationContext {
    EvaluationContext(
      zoom: Double.random(in: 0...20, using: &self), geometryType: .line, id: .text("k"),
      properties: [
        "a": .integer(Int64.random(in: 0...3, using: &self)), "b": .text("x"), "c": .real(2.5),
        "d": .boolean(Bool.random(using: &self)),
      ])
  }

  /// An expression of any type that compiles and may fail.
  mutating func expression(depth: Int) -> String {
    guard depth > 0 else {
      return [
        "1", "\"x\"", "true", "null", #"["get", "a"]"#, #"["get", "b"]"#, #"["get", "c"]"#,
        #"["zoom"]"#, #"["id"]"#, #"["geometry-type"]"#, #"["has", "d"]"#, #"["properties"]"#,
      ].randomElement(using: &self) ?? "1"
    }
    let (p, q, r) = (
      expression(depth: depth - 1), expression(depth: depth - 1), expression(depth: depth - 1)
    )
    return [
      #"["concat", \#(p), \#(q)]"#, #"["to-string", \#(p)]"#, #"["to-number", \#(p), \#(q), 0]"#,
      #"["case", ["to-boolean", \#(p)], ["to-string", \#(q)], ["to-string", \#(r)]]"#,
      #"["+", ["to-number", \#(p), 0], ["to-number", \#(q), 0]]"#,
      #"["let", "v", \#(p), ["concat", ["var", "v"], ["var", "v"], \#(q)]]"#,
      #"["match", ["to-string", \#(p)], "x", ["to-string", \#(q)], "1", "one", ["to-string", \#(r)]]"#,
      #"["step", ["to-number", \#(p), 0], ["to-string", \#(q)], 1, ["to-string", \#(r)]]"#,
      #"["typeof", \#(p)]"#,
    ].randomElement(using: &self) ?? "1"
  }
}
