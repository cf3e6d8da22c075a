import Features
import FoundationEssentials
import Geometry
import Lettering
import Rendering
import Snapshot
import Styling

/// Random features of every kind around one tile, through a real snapshot.
struct RandomTown: FeatureSource {
  let audience = Audience.staff
  let epoch: String
  let snapshot: Snapshot
  private let fields = [
    Field(name: "class", type: .text, audience: .public),
    Field(name: "name", type: .text, audience: .public),
    Field(name: "width", type: .real, audience: .public),
  ]

  struct Thing {
    var key: String
    var values: [Attribute]
    var shape: GridShape
  }

  /// - Parameter box: where the features lie, on the world grid.
  init(seed: UInt64, count: Int, in box: GridBox) throws {
    var random = SeededGenerator(seed: seed)
    let side = box.maxX - box.minX
    try self.init(
      (0..<count).map { Self.thing($0, in: box, side: side / 8, using: &random) }
        + Self.streets(count / 30, in: box, side: side / 30, using: &random))
  }

  /// A point, line or area, by its number.
  ///
  /// - Parameter side: how far its vertices lie from its first place at most.
  static func thing(
    _ number: Int, in box: GridBox, side: Int64, using random: inout SeededGenerator
  ) -> Thing {
    func point() -> GridPoint {
      GridPoint(
        x: Int64.random(in: box.minX...box.maxX, using: &random),
        y: Int64.random(in: box.minY...box.maxY, using: &random))
    }
    let start = point()
    func near() -> GridPoint {
      GridPoint(
        x: start.x + Int64.random(in: -side...side, using: &random),
        y: start.y + Int64.random(in: -side...side, using: &random))
    }
    let shape: GridShape
    switch number % 3 {
    case 0: shape = GridShape(kind: .point, parts: [[start]])
    case 1: shape = GridShape(kind: .line, parts: [(0..<6).map { _ in near() }])
    default:
      var ring = (0..<5).map { _ in near() }
      if GridShape.signedDoubleArea(ring) < 0 { ring.reverse() }
      shape = GridShape(kind: .polygon, parts: [ring])
    }
    let names = ["緑が丘三丁目", "市道11-045号線", "Wakabano", "①第2集積所", ""]
    return Thing(
      key: "K\(number)",
      values: [
        .text(["a", "b", "c"][Int.random(in: 0..<3, using: &random)]),
        .text(names[Int.random(in: 0..<names.count, using: &random)]),
        .real(Double.random(in: 0.4...9, using: &random)),
      ], shape: shape)
  }

  /// Streets of short sections, each of which begins where the last one ended and bears the same name,
  /// as do side streets at some of these places.
  ///
  /// - Parameter side: the length of a section at most.
  static func streets(
    _ count: Int, in box: GridBox, side: Int64, using random: inout SeededGenerator
  ) -> [Thing] {
    (0..<count).flatMap { street -> [Thing] in
      var place = GridPoint(
        x: Int64.random(in: box.minX...box.maxX, using: &random),
        y: Int64.random(in: box.minY...box.maxY, using: &random))
      let (east, south) = (
        Int64.random(in: -side...side, using: &random),
        Int64.random(in: -side...side, using: &random)
      )
      let name = ["本町通り", "市道12号線", "River Street"][street % 3]
      return (0..<12).flatMap { section -> [Thing] in
        let next = GridPoint(
          x: place.x + east + Int64.random(in: -side / 8...side / 8, using: &random),
          y: place.y + south + Int64.random(in: -side / 8...side / 8, using: &random))
        // Sections are digitised either way.
        let ends = section % 3 == 1 ? [next, place] : [place, next]
        let aside = GridPoint(
          x: place.x - south + Int64.random(in: -side / 2...side / 2, using: &random),
          y: place.y + east + Int64.random(in: -side / 2...side / 2, using: &random))
        let sideStreet = [place, aside]
        place = next
        return (section % 4 == 2 ? [ends, sideStreet] : [ends]).enumerated().map { number, ends in
          Thing(
            key: "S\(street)-\(section)-\(number)", values: [.text("a"), .text(name), .real(2)],
            shape: GridShape(kind: .line, parts: [ends]))
        }
      }
    }
  }

  init(_ things: [Thing], revision: Revision = 1, epoch: String = "") throws {
    self.epoch = epoch
    var builder = SnapshotBuilder(revision: revision, columnCount: 3)
    for (number, thing) in things.enumerated() {
      try builder.append(
        SnapshotRow(
          key: FeatureKey(thing.key), storeRow: Int64(number), audience: .public,
          values: thing.values, shapes: [thing.shape]))
    }
    let path = FileManager.default.temporaryDirectory.path + "/machizu-\(UUID().uuidString).mzs"
    try Data(try builder.build()).write(to: URL(filePath: path))
    snapshot = try Snapshot(path: path)
    // The mapping keeps the bytes; the name is not needed any more.
    try FileManager.default.removeItem(atPath: path)
  }

  func view(of layer: LayerID) throws(SourceError) -> (any LayerView)? {
    guard layer.text == "things" else { return nil }
    return SnapshotView(snapshot, layer: layer, fields: fields, audience: audience)
  }

  /// A style with every type of layer, translucent and opaque, dashed and data-driven.
  static let style = """
    {"version": 8, "metadata": {"machizu:tile-size": 256, "machizu:minzoom": 0, "machizu:maxzoom": 20},
     "sources": {"machizu": {"type": "vector"}}, "layers": [
      {"id": "ground", "type": "background", "paint": {"background-color": "#F6F3EC"}},
      {"id": "areas", "type": "fill", "source": "machizu", "source-layer": "things",
       "paint": {"fill-color": ["match", ["get", "class"], "a", "#CFE5BC", "b", "rgba(40, 90, 200, 0.4)", "#EAE2D8"],
                 "fill-outline-color": "#806040"}},
      {"id": "casings", "type": "line", "source": "machizu", "source-layer": "things",
       "filter": ["==", ["geometry-type"], "LineString"], "layout": {"line-join": "round"},
       "paint": {"line-color": "#B0A080", "line-width": ["+", ["get", "width"], 1.6]}},
      {"id": "roads", "type": "line", "source": "machizu", "source-layer": "things",
       "filter": ["==", ["geometry-type"], "LineString"], "layout": {"line-join": "round", "line-cap": "round"},
       "paint": {"line-color": ["match", ["get", "class"], "a", "#FFFFFF", "#F3BC8C"], "line-width": ["get", "width"]}},
      {"id": "edges", "type": "line", "source": "machizu", "source-layer": "things",
       "filter": ["==", ["get", "class"], "c"],
       "paint": {"line-color": "#7C5FA8", "line-width": 1.3, "line-dasharray": [7, 2, 1.5, 2], "line-opacity": 0.7}},
      {"id": "dots", "type": "circle", "source": "machizu", "source-layer": "things",
       "filter": ["==", ["geometry-type"], "Point"],
       "paint": {"circle-radius": ["get", "width"], "circle-color": "rgba(200, 60, 40, 0.6)", "circle-stroke-width": 1, "circle-stroke-color": "#FFFFFF"}},
      {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "things",
       "filter": ["!=", ["geometry-type"], "LineString"],
       "layout": {"text-field": ["get", "name"], "text-size": 11, "text-padding": 0, "text-variable-anchor": ["left", "right", "top"], "text-radial-offset": 0.6},
       "paint": {"text-color": "#1F3566", "text-halo-color": "rgba(255, 255, 255, 0.85)", "text-halo-width": 3.5}},
      {"id": "road-names", "type": "symbol", "source": "machizu", "source-layer": "things",
       "filter": ["==", ["geometry-type"], "LineString"],
       "layout": {"text-field": ["get", "name"], "text-size": 10, "text-padding": 0, "symbol-placement": "line", "symbol-spacing": 150},
       "paint": {"text-color": "#4A453C", "text-halo-color": "#FFFFFF", "text-halo-width": 1}}
     ]}
    """

  static func map(_ style: String = style) throws -> MapStyle {
    let bytes = Array(style.utf8)
    return MapStyle(
      try StyleDocument(parsing: bytes, id: "test"), documentBytes: bytes, fonts: try FontSet(),
      symbols: .empty)
  }
}
