import Features
import Geometry
import Lettering
import Raster
import Rendering
import Styling
import Testing
import Tiles

/// What a style can say about a label, each seen in the ink that it leaves.
@Suite("What a style says about labels")
struct LabelFeatureTests {
  private let tile: TileID
  private let frame: PictureFrame

  init() throws {
    tile = try #require(TileID("16/58424/25911"))
    frame = try #require(PictureFrame(tile))
  }

  /// Pixels, all bounds included.
  private struct Ink: Equatable {
    var minX: Int
    var minY: Int
    var maxX: Int
    var maxY: Int
    var width: Int { maxX - minX + 1 }
    var height: Int { maxY - minY + 1 }
    var middleX: Double { Double(minX + maxX) / 2 }
    var middleY: Double { Double(minY + maxY) / 2 }
  }

  private func place(_ x: Double, _ y: Double) -> GridPoint {
    let pixel = Double(tile.bounds.maxX - tile.bounds.minX) / 256
    return GridPoint(
      x: tile.bounds.minX + Int64(x * pixel), y: tile.bounds.minY + Int64(y * pixel))
  }

  private func thing(
    _ key: String, _ kind: GeometryKind, _ points: [(Double, Double)], name: String,
    kind code: String = "a"
  ) -> RandomTown.Thing {
    var ring = points.map { place($0.0, $0.1) }
    if kind == .polygon, GridShape.signedDoubleArea(ring) < 0 { ring.reverse() }
    return RandomTown.Thing(
      key: key, values: [.text(code), .text(name), .real(1)],
      shape: GridShape(kind: kind, parts: [ring]))
  }

  private func point(_ name: String, _ x: Double, _ y: Double, _ kind: String = "a")
    -> RandomTown.Thing
  {
    thing("\(name)-\(x)-\(y)", .point, [(x, y)], name: name, kind: kind)
  }

  private func layer(_ layout: String, id: String = "names", more: String = "") -> String {
    """
    {"id": "\(id)", "type": "symbol", "source": "machizu", "source-layer": "things", \(more)
     "layout": {"text-field": ["get", "name"], "text-size": 16, "text-padding": 0\(layout.isEmpty ? "" : ", " + layout)},
     "paint": {"text-color": "#000000"}}
    """
  }

  private func map(_ layers: [String]) throws -> MapStyle {
    let style = """
      {"version": 8, "metadata": {"machizu:tile-size": 256},
       "sources": {"machizu": {"type": "vector"}}, "layers": [
        {"id": "ground", "type": "background", "paint": {"background-color": "#FFFFFF"}},
        \(layers.joined(separator: ","))]}
      """
    let bytes = Array(style.utf8)
    let dot =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"12\" height=\"12\">"
      + "<rect width=\"12\" height=\"12\" fill=\"#ff0000\"/></svg>"
    return MapStyle(
      try StyleDocument(parsing: bytes, id: "test"), documentBytes: bytes, fonts: try FontSet(),
      symbols: try SymbolSet(files: ["dot": Array(dot.utf8)]))
  }

  private func picture(_ things: [RandomTown.Thing], _ layers: [String]) throws -> Pixmap {
    try TileRenderer(try map(layers), selection: MapSelection())
      .render(frame, from: try RandomTown(things))
  }

  private func count(_ things: [RandomTown.Thing], _ layers: [String]) throws -> [String: Int] {
    try TileRenderer(try map(layers), selection: MapSelection())
      .labelCounts(frame, from: try RandomTown(things))
  }

  /// The box around pixels that `isInk` says yes to, of rows `rows`.
  private func ink(
    _ pixmap: Pixmap, rows: Range<Int> = 0..<256,
    isInk: (_ red: UInt8, _ green: UInt8) -> Bool = { red, _ in red < 128 }
  ) -> Ink? {
    var box: Ink?
    let bytes = pixmap.bytes
    for y in rows {
      for x in 0..<256 where isInk(bytes[(y * 256 + x) * 4], bytes[(y * 256 + x) * 4 + 1]) {
        guard let known = box else {
          box = Ink(minX: x, minY: y, maxX: x, maxY: y)
          continue
        }
        box = Ink(
          minX: min(known.minX, x), minY: min(known.minY, y), maxX: max(known.maxX, x),
          maxY: max(known.maxY, y))
      }
    }
    return box
  }

  private func ink(_ name: String, _ layout: String) throws -> Ink {
    try #require(ink(try picture([point(name, 128, 128)], [layer(layout)])))
  }

  @Test("the anchor is the part of the text that lies on the place")
  func anchors() throws {
    let centre = try ink("町役場前", "")
    #expect(abs(centre.middleX - 128) < 2 && abs(centre.middleY - 128) < 2)
    #expect(try ink("町役場前", #""text-anchor": "left""#).minX >= 128)
    #expect(try ink("町役場前", #""text-anchor": "right""#).maxX <= 128)
    #expect(try ink("町役場前", #""text-anchor": "top""#).minY >= 128)
    let corner = try ink("町役場前", #""text-anchor": "bottom-right""#)
    #expect(corner.maxX <= 128 && corner.maxY <= 128)
  }

  @Test("the offset moves the text by ems")
  func offsets() throws {
    let plain = try ink("町役場前", "")
    let moved = try ink("町役場前", #""text-offset": [2, -1.5]"#)
    #expect(
      moved
        == Ink(
          minX: plain.minX + 32, minY: plain.minY - 24, maxX: plain.maxX + 32,
          maxY: plain.maxY - 24))
    let radial = try ink(
      "町役場前", #""text-variable-anchor": ["left"], "text-radial-offset": 3"#)
    #expect(radial.minX >= 128 + 48)
  }

  @Test("letter spacing widens the text by its share of an em between letters")
  func letterSpacing() throws {
    let plain = try ink("町役場前", "")
    let spaced = try ink("町役場前", #""text-letter-spacing": 0.5"#)
    #expect(abs(spaced.width - plain.width - 24) <= 1)
    #expect(spaced.height == plain.height)
  }

  @Test("a text longer than the greatest width becomes lines, aligned as the style says")
  func maximumWidth() throws {
    let line = try ink("若葉野市役所前広場", "")
    let broken = try ink("若葉野市役所前広場", #""text-max-width": 5"#)
    #expect(broken.width <= 5 * 16 && broken.height > line.height + 12)
    var starts: [String: Int] = [:]
    for justification in ["left", "center", "right"] {
      let pixmap = try picture(
        [point("若葉野市\n町", 128, 128)], [layer(#""text-justify": "\#(justification)""#)])
      let all = try #require(ink(pixmap))
      let last = try #require(ink(pixmap, rows: Int(all.middleY) + 1..<256))
      starts[justification] = last.minX - all.minX
    }
    let (left, centre, right) = (starts["left"] ?? 0, starts["center"] ?? 0, starts["right"] ?? 0)
    #expect(abs(left) <= 2 && abs(centre - 24) <= 2 && abs(right - 48) <= 2)
  }

  @Test("of several anchors the first that is free is taken")
  func variableAnchors() throws {
    let things = [point("若葉野", 128, 128), point("市役所", 130, 129)]
    #expect(try count(things, [layer(#""text-anchor": "left""#)])["names"] == 1)
    let free = #""text-variable-anchor": ["left", "right"], "text-radial-offset": 0.5"#
    #expect(try count(things, [layer(free)])["names"] == 2)
  }

  @Test("an area's name stands at its pole of inaccessibility")
  func poles() throws {
    // The middle of its box lies outside of this angle.
    let angle = thing(
      "A", .polygon, [(20, 20), (20, 240), (240, 240), (240, 180), (60, 180), (60, 20)], name: "町")
    let ink = try #require(ink(try picture([angle], [layer("")])))
    #expect(ink.minX > 20 && ink.maxY < 240)
    #expect(ink.maxX < 60 || ink.minY > 180)
  }

  @Test("symbol and text stand or fall together")
  func pairs() throws {
    let paired = layer(
      #""icon-image": "dot", "text-anchor": "top", "text-offset": [0, 0.6]"#)
    func red(_ pixmap: Pixmap) -> Ink? { ink(pixmap) { $0 > 200 && $1 < 60 } }
    let alone = try picture([point("町役場", 128, 128)], [paired])
    let symbol = try #require(red(alone))
    let text = try #require(ink(alone))
    #expect(symbol.width == 12 && symbol.height == 12 && text.minY > symbol.maxY)
    // The second one's symbol is free, but its text is not.
    let both = try picture([point("町役場", 128, 128), point("市役所", 148, 134)], [paired])
    #expect(try #require(red(both)).width == 12)
    #expect(
      try count([point("町役場", 128, 128), point("市役所", 148, 134)], [paired])["names"] == 1)
  }

  @Test("the smaller priority stands, whatever the order of the layers")
  func priorities() throws {
    let things = [point("町役場", 128, 128, "a"), point("市役所", 130, 128, "b")]
    for (first, second) in [(1, 2), (2, 1)] {
      let layers = [("a", first), ("b", second)].map { kind, priority in
        layer(
          "", id: kind,
          more:
            #""filter": ["==", ["get", "class"], "\#(kind)"], "metadata": {"machizu:priority": \#(priority)},"#
        )
      }
      #expect(try count(things, layers) == [first < second ? "a" : "b": 1])
    }
  }

  @Test("texts that may overlap do")
  func overlap() throws {
    let things = [point("町役場", 128, 128), point("市役所", 130, 128)]
    #expect(try count(things, [layer("")])["names"] == 1)
    #expect(try count(things, [layer(#""text-allow-overlap": true"#)])["names"] == 2)
  }

  @Test("padding keeps others away")
  func padding() throws {
    // 48 pixels wide each, with six pixels between them.
    let things = [point("町役場", 100, 128), point("市役所", 154, 128)]
    #expect(try count(things, [layer("")])["names"] == 2)
    let padded = layer("").replacing("\"text-padding\": 0", with: "\"text-padding\": 4")
    #expect(try count(things, [padded])["names"] == 1)
  }

  @Test("a line within 45° of north–south bears its name upright from top to bottom")
  func verticalNames() throws {
    func box(_ end: (Double, Double)) throws -> Ink {
      let street = thing(
        "S", .line, [(128 - end.0, 128 - end.1), (128 + end.0, 128 + end.1)], name: "一二一二")
      return try #require(
        ink(try picture([street], [layer(#""symbol-placement": "line""#)])))
    }
    let upright = try box((10, 100))
    #expect(upright.height > 50 && upright.width < 40)
    let level = try box((100, 10))
    #expect(level.width > 50 && level.height < 40)
    // Drawn upward it reads downward all the same.
    #expect(try box((-10, -100)) == upright)
  }
}
