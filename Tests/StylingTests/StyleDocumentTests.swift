import Features
import JSON
import Testing

@testable import Styling

/// A document with one layer, parts of which a test replaces.
func document(
  layers: String = #"{"id": "a", "type": "fill", "source": "machizu", "source-layer": "parks"}"#,
  metadata: String = "{}", rest: String = ""
) -> [UInt8] {
  Array(
    """
    {"version": 8, "name": "test", "sources": {"machizu": {"type": "vector"}},
     "metadata": \(metadata), \(rest)
     "layers": [\(layers)]}
    """.utf8)
}

func faults(of bytes: [UInt8]) -> [StyleFault] {
  do throws(StyleError) {
    _ = try StyleDocument(parsing: bytes, id: "test")
    return []
  } catch {
    return error.faults
  }
}

func layer(
  _ type: String, id: String = "a", paint: String = "{}", layout: String = "{}", more: String = ""
) -> String {
  """
  {"id": "\(id)", "type": "\(type)", "source": "machizu", "source-layer": "parks", \(more)
   "paint": \(paint), "layout": \(layout)}
  """
}

@Suite("Style document")
struct StyleDocumentTests {
  @Test("at one zoom a layer depends only on what the zoom leaves to decide")
  func oneZoom() throws {
    let style = try StyleDocument(
      parsing: document(
        layers: layer(
          "line",
          paint: #"{"line-width": ["step", ["zoom"], 1, 10, ["get", "幅"], 15, 4]}"#,
          more: #""filter": ["step", ["zoom"], false, 9, ["==", ["get", "級"], 1], 12, true],"#)),
      id: "test")
    let layer = style.layers[0]
    let feature = { EvaluationContext(zoom: $0, properties: ["幅": .integer(7), "級": .integer(2)]) }
    for (zoom, columns, width) in [
      (8.0, [], 1.0), (9, ["級"], 1), (10, ["幅", "級"], 7), (12, ["幅"], 7), (15, [], 4),
    ] as [(Double, Set<String>, Double)] {
      let fixed = layer.fixed(atZoom: zoom)
      #expect(fixed.dependencies.properties == columns)
      #expect(fixed.matches(feature(zoom)) == (zoom >= 12))
      #expect(fixed.linePaint(in: feature(zoom)).width == width)
    }
  }

  @Test(
    "two layers have one text of looks unless what they draw may differ",
    arguments: [
      (
        ##""minzoom": 14, "maxzoom": 16, "metadata": {"machizu:legend": "a", "other:b": 1},"##, "",
        true
      ),
      (##""metadata": {"machizu:title": "a"},"##, ##""visibility": "none""##, true),
      (##""metadata": {"machizu:priority": 5},"##, "", false),
      (##""filter": ["has", "a"],"##, "", false),
      ("", ##""line-cap": "round""##, false),
    ])
  func looks(_ more: String, _ layout: String, _ isSame: Bool) throws {
    func looks(_ layers: String, rest: String = "") throws -> [UInt8] {
      try StyleDocument(parsing: document(layers: layers, rest: rest), id: "test").layers[0]
        .looksText
    }
    let (width, colour) = (##""line-width": 2"##, ##""line-color": "#111111""##)
    let plain = layer("line", paint: "{\(width), \(colour)}")
    let other = layer(
      "line", id: "b", paint: "{\(colour),  \(width)}", layout: "{\(layout)}", more: more)
    #expect(try looks(plain).elementsEqual(looks(other)) == isSame)
    #expect(try looks(plain) != looks(plain, rest: ##""state": {"a": {"default": 1}},"##))
  }

  @Test(
    "classes of a statistic need a colour with a step over the feature",
    arguments: [
      (##"["step", ["get", "a"], "#111111", 5, "#222222"]"##, "fill-color", true),
      (##"["step", ["zoom"], "#111111", 5, "#222222"]"##, "fill-color", false),
      (##"["match", ["get", "a"], "b", "#111111", "#222222"]"##, "fill-color", false),
      (##"["step", ["get", "a"], ["get", "b"], 5, "#222222"]"##, "fill-color", false),
      (##"["step", ["get", "a"], "#111111", 5, "#222222"]"##, "fill-opacity", false),
      (##""#111111""##, "fill-color", false),
    ])
  func steps(_ colour: String, _ name: String, _ isRight: Bool) {
    let bytes = document(
      layers: layer(
        "fill", paint: "{\"fill-color\": \(colour)}",
        more:
          "\"metadata\": {\"machizu:legend\": {\"title\": \"t\", \"steps\": \"\(name)\"}},"))
    let found = faults(of: bytes)
    #expect(found.isEmpty == isRight, "\(found)")
    if !isRight { #expect(found[0].path == "layers[0].metadata.machizu:legend.steps") }
  }

  @Test("is read with its layers in paint order and its titles")
  func reads() throws {
    let style = try StyleDocument(
      parsing: document(
        layers: ##"{"id": "ground", "type": "background", "paint": {"background-color": "#FFF"}},"##
          + layer("fill", paint: ##"{"fill-color": "#00FF0080"}"##, more: #""minzoom": 12, "#)
          + "," + layer("line", id: "b", layout: #"{"visibility": "none"}"#),
        metadata: """
          {"machizu:title": {"ja": "図", "en": "Map"}, "machizu:group": "町", "machizu:minzoom": 8,
           "machizu:maxzoom": 18, "maputnik:renderer": "x"}
          """, rest: #""center": [140.9, 35.3], "zoom": 12,"#), id: "test")
    #expect(style.layers.map(\.id) == ["ground", "a", "b"])
    #expect(style.title == Title(japanese: "図", english: "Map"))
    #expect(style.group?.japanese == "町")
    #expect(style.tileZooms == 8...18)
    #expect(style.center == SIMD2(140.9, 35.3))
    #expect(style.initialZoom == 12)
    #expect(style.sourceLayers == ["parks"])
    #expect(style.layers.map(\.isVisibleAtFirst) == [true, true, false])
    #expect(!style.layers[1].isDrawn(atZoom: 11.9) && style.layers[1].isDrawn(atZoom: 12))
    let paint = style.layers[1].fillPaint(in: EvaluationContext(zoom: 12))
    #expect(paint.colour == StyleColour(red: 0, green: 1, blue: 0, alpha: 128.0 / 255))
    #expect(paint.opacity == 1 && paint.outlineColour == nil && paint.pattern == nil)
  }

  @Test("counts zooms of 512-pixel tiles unless it says otherwise")
  func zooms() throws {
    let own = try StyleDocument(
      parsing: document(metadata: #"{"machizu:tile-size": 256}"#), id: "a")
    let standard = try StyleDocument(parsing: document(), id: "a")
    #expect(own.styleZoom(forTileZoom: 16) == 16)
    #expect(standard.styleZoom(forTileZoom: 16) == 15)
    #expect(standard.tileZooms == 5...20)
  }

  @Test(
    "refuses what it does not know, with path, place, what is supported and the nearest name",
    arguments: [
      (
        layer("fill", paint: ##"{"fill-colour": "#FFF"}"##), "layers[0].paint.fill-colour",
        "supported are fill-color", "did you mean \"fill-color\"?"
      ),
      (
        layer("fill", paint: #"{"fill-translate": [1, 1]}"#), "layers[0].paint.fill-translate",
        "\"paint\" of a fill layer has no \"fill-translate\"", nil
      ),
      (
        layer("fill", layout: ##"{"fill-color": "#FFF"}"##), "layers[0].layout.fill-color",
        "belongs into \"paint\"", nil
      ),
      (
        layer("fill", paint: #"{"fill-color": "greeen"}"#), "layers[0].paint.fill-color",
        "expected a CSS color, found \"greeen\"", nil
      ),
      (
        layer("fill", paint: #"{"fill-color": ["gett", "x"]}"#), "layers[0].paint.fill-color[0]",
        "Unknown expression \"gett\"", "did you mean \"get\"?"
      ),
      (
        layer("fill", paint: #"{"fill-opacity": ["case", ["within", {}], 1, 0]}"#),
        "layers[0].paint.fill-opacity[1][0]", "Unknown expression \"within\"",
        "\"within\" is not supported: an expression does not see a feature's geometry"
      ),
      (
        layer("fill", paint: #"{"fill-opacity": 1.5}"#), "layers[0].paint.fill-opacity",
        "expected a number from 0 to 1, found 1.5", nil
      ),
      (
        layer("line", layout: #"{"line-cap": "rund"}"#), "layers[0].layout.line-cap",
        "expected one of butt, round, square, found \"rund\"", "did you mean \"round\"?"
      ),
      (
        layer("line", layout: #"{"line-cap": ["match", ["get", "x"], 1, "rond", "butt"]}"#),
        "layers[0].layout.line-cap[2]", "found \"rond\"", "did you mean \"round\"?"
      ),
      (
        layer("line", paint: #"{"line-width": "3"}"#), "layers[0].paint.line-width",
        "expected a number from 0, found \"3\"", nil
      ),
      (
        layer("line", paint: #"{"line-width": ["+", 1, ["zoom"]]}"#), "layers[0].paint.line-width",
        "\"zoom\" expression may only be used as input", nil
      ),
      (
        layer("fill", paint: #"{"fill-antialias": ["get", "x"]}"#),
        "layers[0].paint.fill-antialias",
        "data expressions not supported", nil
      ),
      (
        layer("line", paint: #"{"line-color": "red", "line-pattern": "x"}"#), "layers[0]",
        "\"line-color\" has no effect beside \"line-pattern\"", nil
      ),
      (
        layer("symbol", layout: #"{"text-size": 12}"#), "layers[0]",
        "\"text-size\" has no effect without \"text-field\"", nil
      ),
      (
        layer("fill", layout: #"{"visibility": "hidden"}"#), "layers[0].layout.visibility",
        "expected \"visible\" or \"none\"", nil
      ),
      (
        layer("fill", more: #""minzom": 3,"#), "layers[0].minzom", "a layer has no \"minzom\"",
        "did you mean \"minzoom\"?"
      ),
      (
        layer("fill", more: #""minzoom": 16, "maxzoom": 12,"#), "layers[0]",
        "\"minzoom\" lies above \"maxzoom\"", nil
      ),
      (layer("heatmap"), "layers[0].type", "layers of type \"heatmap\" are not supported", nil),
      (layer("fil"), "layers[0].type", "supported are background, fill", "did you mean \"fill\"?"),
      (
        layer("fill", more: #""filter": ["all", ["==", "x", 1], ["==", ["get", "y"], 2]],"#),
        "layers[0].filter", "a filter of the older kind", "write [\"get\", \"column\"]"
      ),
      (
        layer("fill", more: #""metadata": {"machizu:titel": "x"},"#),
        "layers[0].metadata.machizu:titel", "the metadata has no \"machizu:titel\"",
        "did you mean \"machizu:title\"?"
      ),
    ] as [(String, String, String, String?)])
  func refuses(layer: String, path: String, message: String, hint: String?) throws {
    let found = faults(of: document(layers: layer))
    let fault = try #require(found.first { $0.path == path }, "\(found)")
    #expect(fault.message.contains(message), "\(fault)")
    if let hint { #expect(fault.hint?.contains(hint) == true, "\(fault)") }
    #expect(fault.position.line >= 3)
  }

  @Test("tells everything that is wrong at once, in the order of the text")
  func allFaults() {
    let bytes = Array(
      """
      {"version": 7,
       "sources": {"osm": {"type": "raster"}},
       "glyphs": "x", "spritee": 1,
       "layers": [{"id": "a", "type": "fill", "paint": {"fill-color": 1}},
                  {"id": "a", "type": "background", "source": "machizu"}]}
      """.utf8)
    let found = faults(of: bytes)
    let places = found.map { "\($0.position.line) \($0.path)" }
    #expect(
      places == [
        "1 version", "2 sources.osm", "3 glyphs", "3 spritee", "4 layers[0]", "4 layers[0]",
        "4 layers[0].paint.fill-color", "5 layers[1].id", "5 layers[1].source",
      ])
    let description = StyleError(style: "test", faults: found).description
    #expect(description.contains("style test, line 1, column 13, version: the only supported"))
  }

  @Test("is refused at every prefix, and survives every damaged byte")
  func damage() {
    let bytes = document(
      layers: layer(
        "symbol", layout: #"{"text-field": ["format", ["get", "名称"], {"font-scale": 0.8}]}"#,
        more: #""filter": ["in", "種別", "1", "2"], "#))
    #expect(faults(of: bytes).isEmpty)
    for count in 0..<bytes.count { #expect(!faults(of: Array(bytes[..<count])).isEmpty) }
    for index in bytes.indices {
      for byte in [UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "9"), 0xFF] {
        var damaged = bytes
        damaged[index] = byte
        _ = faults(of: damaged)
      }
    }
  }

  @Test("reads a legend with classes, and one that takes them from the declaration")
  func legends() throws {
    let metadata = """
      "metadata": {"machizu:legend": {"title": {"ja": "種別"}, "codes": "種別", "entries":
        [{"title": "甲", "properties": {"種別": "1"}}]}, "machizu:priority": 3,
        "machizu:inside": true, "machizu:repeat": 40, "machizu:join": false},
      """
    let style = try StyleDocument(
      parsing: document(layers: layer("line", more: metadata)), id: "test")
    let legend = try #require(style[layer: "a"]?.legend)
    #expect(legend.codesField == "種別")
    #expect(legend.entries.map(\.title.japanese) == ["甲"])
    #expect(legend.entries[0].properties == ["種別": .string("1")])
    #expect(legend.geometryType == .line)
    #expect(style[layer: "a"]?.labelPriority == 3)
    #expect(style[layer: "a"]?.fitsInside == true)
    #expect(style[layer: "a"]?.repeatDistance == 40)
    #expect(style[layer: "a"]?.joinsLines == false)
  }
}
