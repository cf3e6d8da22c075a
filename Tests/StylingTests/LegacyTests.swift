import Features
import JSON
import Testing

@testable import Styling

@Suite("Filters and functions of the older specification")
struct LegacyTests {
  private func layerWith(filter: String) throws -> StyleLayer {
    let bytes = document(layers: layer("fill", more: "\"filter\": \(filter),"))
    return try StyleDocument(parsing: bytes, id: "test").layers[0]
  }

  private static let rows: [[String: Attribute]] = [
    [:], ["a": .integer(1)], ["a": .integer(2), "b": .text("x")], ["a": .text("1")],
    ["b": .text("y")], ["a": .boolean(true), "b": .text("x")], ["a": .real(1.5)],
  ]

  @Test(
    "select the same rows as the expressions they mean",
    arguments: [
      (#"["==", "a", 1]"#, [1]), (#"["!=", "a", 1]"#, [0, 2, 3, 4, 5, 6]),
      (#"[">", "a", 1]"#, [2, 6]), (#"["<=", "a", 1]"#, [1]), (#"["in", "a", 1, 2]"#, [1, 2]),
      (#"["in", "a", 1, "1", true]"#, [1, 3, 5]), (#"["!in", "b", "x"]"#, [0, 1, 3, 4, 6]),
      (#"["in", "a", 1.5]"#, [6]), (#"["has", "b"]"#, [2, 4, 5]),
      (#"["!has", "b"]"#, [0, 1, 3, 6]),
      (#"["all", [">", "a", 1], ["==", "b", "x"]]"#, [2]),
      (#"["any", [">", "a", 1], ["==", "b", "y"]]"#, [2, 4, 6]),
      (#"["none", [">", "a", 1], ["==", "b", "y"]]"#, [0, 1, 3, 5]),
      (#"["==", "$type", "Polygon"]"#, [0, 1, 2, 3, 4, 5, 6]), (#"["==", "$type", "Point"]"#, []),
      (#"["all"]"#, [0, 1, 2, 3, 4, 5, 6]), (#"["any"]"#, []), (#"["in", "a"]"#, []),
      (#"["!=", ["get", "b"], "x"]"#, [0, 1, 3, 4, 6]), ("true", [0, 1, 2, 3, 4, 5, 6]),
      ("false", []), (#"[">", ["get", "a"], 1]"#, [2, 6]),
    ])
  func filters(filter: String, expected: [Int]) throws {
    let layer = try layerWith(filter: filter)
    let found = Self.rows.indices.filter {
      layer.matches(EvaluationContext(zoom: 1, geometryType: .polygon, properties: Self.rows[$0]))
    }
    #expect(found == expected)
  }

  @Test(
    "refuse what is no filter",
    arguments: [
      "1", "\"a\"", "{}", "[]", "[\"==\", 1, 2]", "[\"has\"]", "[\"in\"]", "[\"==\", \"a\"]",
      "[\"==\", \"a\", {}]", "[\"!has\", \"a\", \"b\"]", "[\"get\", \"a\", 1]",
      "[\"foo\", \"a\", 1]",
    ])
  func refusals(filter: String) {
    #expect(!faults(of: document(layers: layer("fill", more: "\"filter\": \(filter),"))).isEmpty)
  }

  private func width(_ function: String, zoom: Double, _ properties: [String: Attribute] = [:])
    throws -> Double
  {
    let bytes = document(layers: layer("line", paint: "{\"line-width\": \(function)}"))
    let style = try StyleDocument(parsing: bytes, id: "test")
    return style.layers[0].linePaint(in: EvaluationContext(zoom: zoom, properties: properties))
      .width
  }

  @Test("functions of the zoom go from stop to stop")
  func zoomFunctions() throws {
    #expect(try width(#"{"stops": [[10, 1], [12, 3]]}"#, zoom: 11) == 2)
    #expect(try width(#"{"base": 2, "stops": [[10, 0], [12, 3]]}"#, zoom: 11) == 1)
    #expect(try width(#"{"stops": [[10, 1], [10, 2], [12, 3]]}"#, zoom: 10) == 1)
    #expect(try width(#"{"type": "interval", "stops": [[10, 1], [12, 3]]}"#, zoom: 11) == 1)
    #expect(try width(#"{"type": "interval", "stops": [[10, 4]]}"#, zoom: 9) == 4)
  }

  @Test("functions of a column know classes, steps, slopes and their default")
  func propertyFunctions() throws {
    let categorical =
      #"{"property": "a", "type": "categorical", "default": 9, "stops": [["x", 1], ["y", 2]]}"#
    #expect(try width(categorical, zoom: 1, ["a": .text("y")]) == 2)
    #expect(try width(categorical, zoom: 1, ["a": .text("z")]) == 9)
    #expect(try width(categorical, zoom: 1) == 9)
    let slope = #"{"property": "a", "default": 7, "stops": [[0, 0], [10, 5]]}"#
    #expect(try width(slope, zoom: 1, ["a": .integer(4)]) == 2)
    #expect(try width(slope, zoom: 1, ["a": .text("4")]) == 7)
    #expect(try width(#"{"property": "a"}"#, zoom: 1, ["a": .real(3.5)]) == 3.5)
    let both =
      #"{"property": "a", "stops": [[{"zoom": 10, "value": 0}, 0], [{"zoom": 10, "value": 10}, 10], [{"zoom": 12, "value": 0}, 10], [{"zoom": 12, "value": 10}, 30]]}"#
    #expect(try width(both, zoom: 11, ["a": .integer(5)]) == 12.5)
  }

  @Test(
    "refuse what is no function",
    arguments: [
      "{}", #"{"stops": []}"#, #"{"stops": [[1]]}"#, #"{"stops": 1}"#, #"{"stop": [[1, 2]]}"#,
      #"{"base": "x", "stops": [[1, 2]]}"#, #"{"type": "odd", "stops": [[1, 2]]}"#,
      #"{"type": "categorical", "stops": [[1, 2]]}"#, #"{"stops": [["a", 2], ["b", 3]]}"#,
      #"{"property": "a", "type": "identity", "stops": [[1, 2]]}"#,
      #"{"property": "a", "stops": [[{"zoom": 1}, 2]]}"#,
    ])
  func functionRefusals(function: String) {
    let bytes = document(layers: layer("line", paint: "{\"line-width\": \(function)}"))
    #expect(!faults(of: bytes).isEmpty)
  }

  @Test(
    "fill columns into texts",
    arguments: [
      ("{名称}", "第1"), ("No.{番号}", "No.7"), ("{名称} {番号}号", "第1 7号"), ("plain", "plain"),
      ("{", "{"), ("{}", "{}"), ("{{番号}}", "{7}"), ("{ない}", ""), ("a}b{番号", "a}b{番号"),
    ])
  func tokens(text: String, expected: String) throws {
    let bytes = document(layers: layer("symbol", layout: "{\"text-field\": \"\(text)\"}"))
    let style = try StyleDocument(parsing: bytes, id: "test")
    let context = EvaluationContext(
      zoom: 1, properties: ["名称": .text("第1"), "番号": .integer(7)])
    #expect(style.layers[0].symbolLayout(in: context).text.field.text == expected)
  }
}
