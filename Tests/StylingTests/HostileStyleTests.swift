import Features
import Testing

@testable import Styling

@Suite("Hostile styles", .timeLimit(.minutes(1)))
struct HostileStyleTests {
  private func refusal(ofWidth expression: String) -> [StyleFault] {
    faults(of: document(layers: layer("line", paint: #"{"line-width": \#(expression)}"#)))
  }

  private func nested(_ open: String, _ core: String, _ close: String, count: Int) -> String {
    String(repeating: open, count: count) + core + String(repeating: close, count: count)
  }

  @Test("are refused when they are nested too deep or too large")
  func limits() {
    #expect(refusal(ofWidth: nested("[\"+\", 1, ", "1", "]", count: 100)).isEmpty)
    #expect(
      refusal(ofWidth: nested("[\"+\", 1, ", "1", "]", count: 200)).first?.message
        .contains("deeper than 128") == true)
    #expect(!faults(of: [UInt8](repeating: UInt8(ascii: "["), count: 4_000_000)).isEmpty)
    let large = [UInt8](repeating: UInt8(ascii: " "), count: 10 << 20)
    #expect(faults(of: large).first?.message.contains("at most 4194304 are read") == true)
  }

  @Test("do not take exponential time over variables used twice")
  func doubledVariables() throws {
    var expression = #"["var", "v40"]"#
    for index in (1...40).reversed() {
      let before = index == 1 ? #"["get", "x"]"# : #"["var", "v\#(index - 1)"]"#
      expression = #"["let", "v\#(index)", ["+", \#(before), \#(before)], \#(expression)]"#
    }
    let bytes = document(layers: layer("line", paint: #"{"line-width": \#(expression)}"#))
    let style = try StyleDocument(parsing: bytes, id: "test")
    let context = EvaluationContext(zoom: 10, properties: ["x": .real(1e-9)])
    // 2^40 times what the column holds.
    let width = style.layers[0].linePaint(in: context).width
    #expect(abs(width - 1099.511627776) < 1e-6)
  }

  @Test("do not grow texts without bound")
  func doubledTexts() throws {
    var expression = #"["length", ["var", "v60"]]"#
    for index in (1...60).reversed() {
      let before = index == 1 ? #"["get", "x"]"# : #"["var", "v\#(index - 1)"]"#
      expression = #"["let", "v\#(index)", ["concat", \#(before), \#(before)], \#(expression)]"#
    }
    let bytes = document(layers: layer("line", paint: #"{"line-width": \#(expression)}"#))
    let style = try StyleDocument(parsing: bytes, id: "test")
    let context = EvaluationContext(zoom: 10, properties: ["x": .text("ab")])
    let outcome = style.layers[0].properties["line-width"]?.outcome(in: context)
    guard case .failure(let message, _)? = outcome else {
      Issue.record("no failure: \(String(describing: outcome))")
      return
    }
    #expect(message.contains("grows over"))
    #expect(style.layers[0].linePaint(in: context).width == 1)
  }

  @Test("do not exhaust the stack by chains of variables")
  func chainedVariables() {
    // Each binding is deep itself and uses the one before, so that the chain is far deeper than the text.
    var expression = #"["var", "v50"]"#
    for index in (1...50).reversed() {
      let before = index == 1 ? #"["get", "x"]"# : #"["var", "v\#(index - 1)"]"#
      let deep = nested("[\"+\", 1, ", before, "]", count: 60)
      expression = #"["let", "v\#(index)", \#(deep), \#(expression)]"#
    }
    #expect(refusal(ofWidth: expression).first?.message.contains("deeper than 256") == true)
  }

  @Test("do not take exponential time over conditions that fail")
  func failingConditions() {
    let expression = nested("[\"all\", ", "[\"nothing\"]", ", true]", count: 110)
    #expect(refusal(ofWidth: "[\"case\", \(expression), 1, 2]").count == 1)
    let arity = nested("[\"-\", 1, 2, ", "3", "]", count: 110)
    #expect(!refusal(ofWidth: arity).isEmpty)
  }

  @Test("are read in linear time when they are long")
  func longLists() {
    let labels = (0..<60_000).map(\.description).joined(separator: ",")
    #expect(refusal(ofWidth: "[\"match\", [\"get\", \"x\"], [\(labels)], 1, 2]").isEmpty)
    let filter = "\"filter\": [\"in\", \"x\", \(labels)],"
    #expect(faults(of: document(layers: layer("line", more: filter))).isEmpty)
    let stops = (0..<60_000).map { "[\($0),\($0)]" }.joined(separator: ",")
    #expect(refusal(ofWidth: "{\"property\": \"x\", \"stops\": [\(stops)]}").isEmpty)
  }

  @Test(
    "yield no number that drawing could not hold",
    arguments: ["1e300", "-1e300", "[\"/\", 1, 0]", "[\"sqrt\", -1]", "[\"^\", 10, 400]"])
  func hugeNumbers(number: String) throws {
    let paint =
      #"{"line-width": ["*", ["get", "x"], \#(number)], "line-offset": ["*", ["get", "x"], \#(number)], "line-opacity": ["*", ["get", "x"], \#(number)]}"#
    let style = try StyleDocument(
      parsing: document(layers: layer("line", paint: paint)), id: "test")
    for x in [1.0, -1, 0, 1e300] {
      let values = style.layers[0].linePaint(
        in: EvaluationContext(zoom: 10, properties: ["x": .real(x)]))
      #expect((0...1e6).contains(values.width))
      #expect((-1e6...1e6).contains(values.offset))
      #expect((0...1).contains(values.opacity))
    }
  }
}
