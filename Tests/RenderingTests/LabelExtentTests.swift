import Features
import Lettering
import Styling
import Testing

@testable import Rendering

@Suite("How far labels reach")
struct LabelExtentTests {
  private static func layer(_ text: String, _ random: inout SeededGenerator) throws -> StyleLayer {
    let anchors = ["center", "left", "right", "top", "bottom-left", "top-right"]
    func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
    let placed =
      Bool.random(using: &random)
      ? #""text-anchor": "\#(anchors[Int.random(in: 0..<6, using: &random)])", "text-offset": [\#(number(-2...2)), \#(number(-2...2))]"#
      : #""text-variable-anchor": ["left", "top"], "text-radial-offset": \#(number(0...2))"#
    let style = """
      {"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [
        {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "things",
         "layout": {"text-field": "\(text)", "text-size": \(number(6...20)), \(placed),
           "text-max-width": \(number(1...12)), "text-line-height": \(number(0.8...2)),
           "text-letter-spacing": \(number(0...0.5)), "text-padding": \(number(0...6))},
         "paint": {"text-halo-width": \(number(0...4))}}]}
      """
    return try #require(try StyleDocument(parsing: Array(style.utf8), id: "test").layers.first)
  }

  @Test("no label of ordinary letters leaves the box that is told beforehand", arguments: 0..<40)
  func labelsStayInside(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let letters = Array("若葉野市役所前（仮称）、「ー」Wakaba-no 12丁目\u{30AB}\u{3099}—…ｶﾅ")
    let text = String(
      (0..<Int.random(in: 1...14, using: &random)).map { _ in
        letters[Int.random(in: 0..<letters.count, using: &random)]
      })
    let layer = try Self.layer(text, &random)
    let scale = 1 + seed % 2
    let template = SymbolTemplate(
      layer.symbolLayout(in: EvaluationContext(zoom: 16)), scale: scale, iconSide: 0)
    let block = try #require(template.block(Letterer(try FontSet())))
    for anchor in template.anchors {
      let offset = template.offset(for: anchor)
      let origin = block.origin(for: TextAnchor(anchor))
      let (left, top) = (offset.x + Int64(origin.x), offset.y + Int64(origin.y))
      // A text of spaces alone draws nothing.
      guard let ink = block.ink else { continue }
      let margin = max(template.padding, template.rim)
      #expect(left + min(0, Int64(ink.minX)) - margin >= -template.reachX)
      #expect(left + max(Int64(block.width), Int64(ink.maxX)) + margin <= template.reachX)
      #expect(top + min(0, Int64(ink.minY)) - margin >= -template.reachY)
      #expect(top + max(Int64(block.height), Int64(ink.maxY)) + margin <= template.reachY)
    }
  }

  @Test("a layer's extent holds those of its features, and is that of a tile's blocks at most")
  func layersHoldTheirFeatures() throws {
    let style = """
      {"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [
        {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "things",
         "layout": {"text-field": ["get", "name"], "text-anchor": "left",
           "text-size": ["match", ["get", "class"], "a", 9, 14]}}]}
      """
    let layer = try #require(
      try StyleDocument(parsing: Array(style.utf8), id: "test").layers.first)
    let base = layer.symbolLayout(in: EvaluationContext(zoom: 16))
    func extent(_ ems: Int) -> LabelExtent {
      LabelExtent(of: layer, base: base, iconSide: 0) { _ in TextLength(ems: ems, newlines: 0) }
    }
    let widest = extent(8)
    for (name, kind) in [("町", "a"), ("若葉野市役所", "b"), ("若葉野市役所支所", "b")] {
      let layout = layer.symbolLayout(
        in: EvaluationContext(zoom: 16, properties: ["name": .text(name), "class": .text(kind)]))
      let own = LabelExtent(layout, text: TextLength(name), iconSide: 0)
      #expect(own.x <= widest.x && own.y <= widest.y)
    }
    #expect(widest.x < 160 && widest.y < 40)
    #expect(extent(500).x == LabelExtent.limit)
  }
}
