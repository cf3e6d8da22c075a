import Features
import Testing

@testable import Styling

@Suite("How long labels can become")
struct TextBoundsTests {
  private func layer(_ field: String, more: String = "") throws -> StyleLayer {
    let text = """
      {"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [
        {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "things",
         "layout": {"text-field": \(field)\(more)}}]}
      """
    return try #require(try StyleDocument(parsing: Array(text.utf8), id: "test").layers.first)
  }

  private static let columns = [
    "name": TextLength(ems: 9, newlines: 1), "kana": TextLength(ems: 14, newlines: 0),
  ]

  @Test(
    "an expression's texts are never longer than it is told",
    arguments: [
      (#"["get", "name"]"#, 9, 1),
      (#"["concat", ["get", "name"], "（", ["get", "kana"], "）"]"#, 25, 1),
      (#"["coalesce", ["get", "name"], ["get", "kana"]]"#, 14, 1),
      (#"["case", ["has", "kana"], ["get", "kana"], "なし"]"#, 14, 0),
      (#"["match", ["get", "class"], "a", "あいう", "か"]"#, 3, 0),
      (#"["step", ["zoom"], "", 12, ["get", "name"]]"#, 9, 1),
      (#"["let", "n", ["get", "name"], ["concat", ["var", "n"], ["var", "n"]]]"#, 18, 2),
      (#"["format", ["get", "name"], {}, "\n", {}, ["get", "kana"], {"font-scale": 0.8}]"#, 24, 2),
      (#""{name} {kana}""#, 24, 1),
      (#"["get", "absent"]"#, 0, 0),
    ])
  func textsAreBounded(field: String, ems: Int, newlines: Int) throws {
    let longest = try layer(field).longestText { Self.columns[$0] ?? .none }
    #expect(longest == TextLength(ems: ems, newlines: newlines))
  }

  @Test("what cannot be told is not guessed")
  func unknownLengths() throws {
    let formatted = try layer(#"["number-format", ["get", "width"], {}]"#)
    #expect(formatted.longestText { _ in .none } == nil)
    let computed = try layer(#"["get", ["get", "name"]]"#)
    #expect(computed.longestText { _ in .none } == nil)
  }

  @Test("letters that are wider than their em count more than once")
  func wideLetters() {
    #expect(TextLength("町図") == TextLength(ems: 2, newlines: 0))
    #expect(TextLength("⸺😀\n") == TextLength(ems: 5, newlines: 1))
  }

  @Test("the greatest number of a property is that of its branches")
  func numbersAreBounded() throws {
    let sized = try layer(
      #""x""#,
      more:
        #", "text-size": ["interpolate", ["linear"], ["zoom"], 10, ["match", ["get", "class"], "a", 9, 7], 16, 24]"#
    )
    #expect(sized.largestNumber("text-size") == 24)
    #expect(!sized.isFeatureConstant("text-size"))
    #expect(sized.featureDependentProperties == ["text-size"])
    let free = try layer(#""x""#, more: #", "text-size": ["get", "width"]"#)
    #expect(free.largestNumber("text-size") == nil)
  }
}
