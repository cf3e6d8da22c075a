import Features
import FoundationEssentials
import Geometry
import Lettering
import Raster
import Rendering
import Snapshot
import Styling
import Testing

/// Ledgers without rows: one that all may see, with a column for staff, and one for staff.
private struct Ledgers: FeatureSource {
  var audience = Audience.staff
  private let snapshot: Snapshot
  private let fields = [
    Field(
      name: "kind", type: .text,
      codes: [
        CodeMeaning(value: "1", title: Title(japanese: "丸", english: "Round")),
        CodeMeaning(value: "2", title: Title(japanese: "角")),
      ], audience: .public),
    Field(name: "state", type: .text, audience: .staff),
  ]

  init(audience: Audience = .staff) throws {
    self.audience = audience
    let builder = SnapshotBuilder(revision: 1, columnCount: 2)
    let path = FileManager.default.temporaryDirectory.path + "/machizu-\(UUID().uuidString).mzs"
    try Data(try builder.build()).write(to: URL(filePath: path))
    snapshot = try Snapshot(path: path)
    try FileManager.default.removeItem(atPath: path)
  }

  func view(of layer: LayerID) throws(SourceError) -> (any LayerView)? {
    guard layer.text == "things" || (layer.text == "secrets" && audience >= .staff) else {
      return nil
    }
    return SnapshotView(snapshot, layer: layer, fields: fields, audience: audience)
  }
}

@Suite("The legend of a style")
struct LegendTests {
  private func map(_ layers: String) throws -> MapStyle {
    let bytes = Array(
      """
      {"version": 8, "sources": {"machizu": {"type": "vector"}},
       "metadata": {"machizu:tile-size": 256, "machizu:minzoom": 0, "machizu:maxzoom": 20},
       "layers": [\(layers)]}
      """.utf8)
    return MapStyle(
      try StyleDocument(parsing: bytes, id: "test"), documentBytes: bytes, fonts: try FontSet(),
      symbols: .empty)
  }

  private func layer(
    _ id: String, _ legend: String, of source: String = "things", _ more: String = "",
    paint: String = "\"fill-color\": \"#CFE5BC\""
  ) -> String {
    """
    {"id": "\(id)", "type": "fill", "source": "machizu", "source-layer": "\(source)", \(more)
     "metadata": {"machizu:legend": \(legend)}, "paint": {\(paint)}}
    """
  }

  private var several: String {
    [
      layer("low", #"{"ja": "下", "en": "Low"}"#, #""maxzoom": 14,"#),
      layer("high", #"{"ja": "上", "en": "High"}"#, #""minzoom": 14,"#),
      layer("off", #"{"ja": "隠"}"#, #""layout": {"visibility": "none"},"#),
      layer("codes", #"{"title": {"ja": "種類", "en": "Kinds"}, "codes": "kind"}"#),
      layer(
        "states",
        """
        {"title": {"ja": "状態"}, "entries": [
          {"title": {"ja": "済"}, "properties": {"kind": "1"}},
          {"title": {"ja": "未"}, "properties": {"state": "2"}}]}
        """),
      layer("secret", #"{"ja": "秘"}"#, of: "secrets"),
      #"{"id": "mute", "type": "line", "source": "machizu", "source-layer": "things"}"#,
    ].joined(separator: ",\n")
  }

  private func ids(_ legend: Legend) -> [String] { legend.sections.map(\.id) }

  @Test("what is drawn on top comes first; layers without a sign or switched off are left out")
  func order() throws {
    let legend = try Legend(of: map(several), source: Ledgers())
    #expect(ids(legend) == ["secret", "states", "codes", "high", "low"])
    #expect(legend.sections[3].title == Title(japanese: "上", english: "High"))
    #expect(legend.sections[3].title.text(in: .english) == "High")
    #expect(legend.sections[0].title.text(in: .english) == "秘")
  }

  @Test("a zoom leaves what is drawn there", arguments: [(13, "low"), (14, "high"), (20, "high")])
  func zoom(_ zoom: Int, _ drawn: String) throws {
    let legend = try Legend(of: map(several), zoom: zoom, source: Ledgers())
    #expect(ids(legend) == ["secret", "states", "codes", drawn])
  }

  @Test("layers that are chosen are there even if they are switched off at first, and no others")
  func selection() throws {
    let things = try Legend(
      of: map(several), selection: MapSelection(layers: ["things"]), source: Ledgers())
    #expect(ids(things) == ["states", "codes", "off", "high", "low"])
    let others = try Legend(
      of: map(several), selection: MapSelection(layers: ["others"]), source: Ledgers())
    #expect(others.sections.isEmpty)
  }

  @Test("the values of a closed list have the titles of the declaration")
  func codes() throws {
    let legend = try Legend(of: map(several), source: Ledgers())
    let section = try #require(legend.sections.first { $0.id == "codes" })
    #expect(
      section.items.map(\.title)
        == [Title(japanese: "丸", english: "Round"), Title(japanese: "角")])
    #expect(section.items.map { $0.properties["kind"] } == [.string("1"), .string("2")])
  }

  @Test("layers and classes that the audience does not see are not there")
  func audience() throws {
    let legend = try Legend(of: map(several), source: Ledgers(audience: .public))
    #expect(ids(legend) == ["states", "codes", "high", "low"])
    #expect(legend.sections[0].items.map(\.title.japanese) == ["済"])
    let staff = try Legend(of: map(several), source: Ledgers())
    #expect(staff.sections[1].items.map(\.title.japanese) == ["済", "未"])
  }

  /// A town in a box with things of the classes a and b, of some width each.
  private func town(_ things: [(x: Int64, kind: String, width: Double)]) throws -> RandomTown {
    try RandomTown(
      things.enumerated().map { number, thing in
        let corner = GridPoint(x: thing.x << 20, y: 1000 << 20)
        let side: Int64 = 1 << 18
        return RandomTown.Thing(
          key: "K\(number)", values: [.text(thing.kind), .text(""), .real(thing.width)],
          shape: GridShape(
            kind: .polygon,
            parts: [
              [
                corner, GridPoint(x: corner.x + side, y: corner.y),
                GridPoint(x: corner.x + side, y: corner.y + side),
                GridPoint(x: corner.x, y: corner.y + side),
              ]
            ]))
      })
  }

  private func box(_ first: Int64, _ last: Int64) -> GridBox {
    GridBox(minX: first << 20, minY: 1000 << 20, maxX: last << 20, maxY: 1001 << 20)
  }

  private func titles(
    _ map: MapStyle, _ area: GridBox?, zoom: Int? = nil, in town: RandomTown
  ) throws -> [[String]] {
    try Legend(of: map, zoom: zoom, area: area, source: town).sections.map {
      $0.items.map(\.title.japanese)
    }
  }

  @Test("an area leaves the classes that its features have, and no sign where nothing is drawn")
  func area() throws {
    let town = try town([(10, "a", 1), (20, "b", 2), (30, "c", 3)])
    let classes = layer(
      "classes",
      """
      {"title": {"ja": "種類"}, "entries": [
        {"title": {"ja": "甲"}, "properties": {"class": "a"}},
        {"title": {"ja": "乙・丙"}, "properties": {"class": "b", "width": 9}}]}
      """,
      paint:
        ##""fill-color": ["match", ["get", "class"], "a", "#FF0000", ["b", "c"], "#00FF00", "#0000FF"]"##
    )
    let single = layer(
      "single", #"{"ja": "狭い"}"#, #""filter": ["<", ["get", "width"], 1.5],"#)
    let map = try map(classes + "," + single)
    #expect(try titles(map, nil, in: town) == [["狭い"], ["甲", "乙・丙"]])
    #expect(try titles(map, box(10, 11), in: town) == [["狭い"], ["甲"]])
    #expect(try titles(map, box(20, 21), in: town) == [["乙・丙"]])
    let sized = layer(
      "sized",
      """
      {"title": {"ja": "道"}, "entries": [
        {"title": {"ja": "甲"}, "properties": {"class": "a", "width": 5}},
        {"title": {"ja": "乙"}, "properties": {"class": "b", "width": 7}}]}
      """, paint: #""fill-opacity": ["/", ["get", "width"], 10]"#)
    #expect(try titles(self.map(sized), box(20, 21), in: town) == [["乙"]])
    // A thing of class c looks like the class of b.
    #expect(try titles(map, box(30, 31), in: town) == [["乙・丙"]])
    #expect(try titles(map, box(10, 31), in: town) == [["狭い"], ["甲", "乙・丙"]])
    #expect(try titles(map, box(40, 50), in: town).isEmpty)
    #expect(try titles(map, .empty, in: town).isEmpty)
  }

  @Test("the classes of a statistic have its limits and colours, all or those of an area")
  func steps() throws {
    let town = try town([(10, "a", 0.5), (20, "b", 4), (30, "c", 8)])
    let map = try map(
      layer(
        "steps", #"{"title": {"ja": "幅", "en": "Width"}, "steps": "fill-color", "unit": " m"}"#,
        paint:
          ##""fill-color": ["step", ["*", 2, ["get", "width"]], "#FF0000", 2, "#00FF00", 10.5, "#0000FF"]"##
      ))
    #expect(try titles(map, nil, in: town) == [["2 m 未満", "2 m 以上 10.5 m 未満", "10.5 m 以上"]])
    #expect(try titles(map, box(20, 31), in: town) == [["2 m 以上 10.5 m 未満", "10.5 m 以上"]])
    let legend = try Legend(of: map, area: box(30, 31), source: town)
    #expect(legend.sections[0].items[0].step?.lower == 10.5)
    #expect(legend.sections[0].items[0].title.text(in: .english) == "10.5 m and more")
    // One class alone keeps its heading, which says of what it is.
    let picture = TileRenderer(map, selection: MapSelection()).render(legend, scale: 1)
    #expect(picture.height == 2 * 26 + 20)
    let index = ((26 + 23) * picture.width + 32) * 4
    #expect(Array(picture.bytes[index..<index + 4]) == [0, 0, 255, 255])
  }

  @Test("the classes of a statistic of a hidden column are hidden")
  func hiddenSteps() throws {
    let map = try map(
      layer(
        "steps", #"{"title": {"ja": "状態"}, "steps": "fill-color"}"#,
        paint:
          ##""fill-color": ["step", ["to-number", ["get", "state"]], "#FF0000", 2, "#00FF00"]"##))
    #expect(try Legend(of: map, source: Ledgers(audience: .public)).sections.isEmpty)
    #expect(try Legend(of: map, source: Ledgers()).sections.first?.items.count == 2)
  }

  @Test("the sample shows the class's colour")
  func sample() throws {
    let red = try map(layer("one", #"{"ja": "赤"}"#, paint: "\"fill-color\": \"#FF0000\""))
    let picture = TileRenderer(red, selection: MapSelection())
      .render(try Legend(of: red, source: Ledgers()), scale: 1)
    // The middle of the first sample.
    let index = (23 * picture.width + 32) * 4
    #expect(Array(picture.bytes[index..<index + 4]) == [255, 0, 0, 255])
  }

  @Test("a heading that would end a column begins the next one")
  func headings() throws {
    let codes = layer("codes", #"{"title": {"ja": "種類"}, "codes": "kind"}"#)
    func height(_ signs: Int) throws -> (width: Int, height: Int) {
      // The last layer comes first: the heading stands below the single signs.
      let singles = (0..<signs).map { layer("l\($0)", #"{"ja": "印"}"#) }
      let map = try map(([codes] + singles).joined(separator: ",\n"))
      let picture = TileRenderer(map, selection: MapSelection())
        .render(try Legend(of: map, source: Ledgers()), scale: 1)
      return (picture.width, picture.height)
    }
    // A row is 26 pixels high and the margins are 20; a column has 40 rows.
    let one = try height(37)
    #expect(one.height == 40 * 26 + 20)
    let cut = try height(38)
    #expect(cut.width == 2 * one.width && cut.height == 40 * 26 + 20)
    let moved = try height(39)
    #expect(moved.width == 2 * one.width && moved.height == 39 * 26 + 20)
  }
}
