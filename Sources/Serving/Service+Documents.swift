internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import PNG
internal import Raster
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

extension JSONWriter {
  mutating func member(_ key: String, _ title: Title?) {
    guard let title else { return }
    self.key(key)
    beginObject()
    member("ja", title.japanese)
    if let english = title.english { member("en", english) }
    endObject()
  }

  mutating func link(_ relation: String, _ type: String, _ address: String) {
    beginObject()
    member("rel", relation)
    member("type", type)
    member("href", address)
    endObject()
  }

  mutating func numbers(_ key: String, _ values: [Double]) {
    self.key(key)
    beginArray()
    for value in values { self.value(value) }
    endArray()
  }
}

extension GridBox {
  /// West, south, east, north in degrees, to a centimetre; nil for an empty box.
  var degrees: [Double]? {
    guard !isEmpty else { return nil }
    let southWest = WorldGrid.degrees(GridPoint(x: minX, y: maxY))
    let northEast = WorldGrid.degrees(GridPoint(x: maxX, y: minY))
    return [southWest.x, southWest.y, northEast.x, northEast.y].map { ($0 * 1e7).rounded() / 1e7 }
  }
}

extension Service {
  func styles(_ parts: [String], _ request: Request) throws -> Answer {
    if parts.count == 2 { return try legend(parts, request) }
    return .now(try styleDocuments(parts, request))
  }

  /// `/styles/{style}/legend.png` and `legend.json`, with `zoom`, `bbox`, `layers`, `lang` and `scale`.
  private func legend(_ parts: [String], _ request: Request) throws -> Answer {
    guard ["legend.png", "legend.json"].contains(parts[1]) else { throw Problem.notFound }
    let map = try map(parts[0])
    try allow(["zoom", "bbox", "layers", "lang", "scale"], request)
    let zooms = 0...WorldGrid.highestZoom
    let zoom = request["zoom"].map { TileID.number($0) ?? -1 }
    if let zoom, !zooms.contains(zoom) {
      throw Problem(400, "“zoom” must be a whole number from 0 to \(zooms.upperBound).")
    }
    let scale = request["scale"].map { TileID.number($0) ?? 0 } ?? 1
    guard (1...2).contains(scale) else { throw Problem(400, "“scale” must be 1 or 2.") }
    let source = try contents().source(for: audience)
    let selection = MapSelection(
      layers: try layers(request["layers"], of: map, source: source),
      language: try language(request["lang"]))
    let area = try area(request["bbox"])
    let isPicture = parts[1] == "legend.png"
    return tiles.perform {
      do {
        let legend = try Legend(
          of: map, selection: selection, zoom: zoom, area: area, source: source)
        guard isPicture else {
          return .tagged(type: "application/json", body: legend.document(of: map))
        }
        let picture = TileRenderer(map, selection: selection).render(legend, scale: scale)
        var encoder = PNGEncoder()
        return .tagged(
          type: "image/png",
          body: try encoder.encode(
            premultiplied: picture.bytes.span, width: picture.width, height: picture.height))
      } catch {
        return .problem(500, "The legend could not be drawn.")
      }
    }
  }

  private func area(_ text: String?) throws(Problem) -> GridBox? {
    guard let box = try box(text, in: nil) else { return nil }
    guard abs(box.minX) <= 180, abs(box.maxX) <= 180, abs(box.minY) <= 90, abs(box.maxY) <= 90,
      let degrees = Box<Geographic>(
        minX: box.minX, minY: box.minY, maxX: box.maxX, maxY: box.maxY)
    else { throw Problem(400, "“bbox” is “\((text ?? "").shortened)”; it must be on the earth.") }
    return WorldGrid.box(degrees) ?? .empty
  }

  private func styleDocuments(_ parts: [String], _ request: Request) throws -> Response {
    try allow([], request)
    if parts.isEmpty || parts == [""] { return styleList() }
    guard parts.count == 1, parts[0].hasSuffix(".json") else { throw Problem.notFound }
    return try styleDocument(of: map(String(parts[0].dropLast(5))))
  }

  private func styleList() -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    if let first = maps.first(where: { $0.id == "general" }) ?? maps.first {
      writer.member("default", first.id)
    }
    writer.key("styles")
    writer.beginArray()
    for map in maps {
      writer.beginObject()
      writer.member("id", map.id)
      writer.member("title", map.document.title)
      writer.member("group", map.document.group)
      writer.member("href", "/styles/\(map.id).json")
      writer.member("tilejson", "/tiles/\(map.id).json")
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return .json(writer)
  }

  /// The document without the layers that draw what the audience may not see.
  private func styleDocument(of map: MapStyle) throws -> Response {
    let source = try contents().source(for: audience)
    let bytes: [UInt8]
    do {
      bytes = try FileContents.read(workspace.stylePath(map.id), limitBytes: 4 << 20)
    } catch {
      throw Problem(500, "The style could not be read.")
    }
    var document = try JSONParser.parse(bytes)
    guard case .object(var members) = document.kind else { throw Problem.notFound }
    for index in members.indices where members[index].key == "layers" {
      let visible = try (members[index].value.array ?? []).filter { layer in
        try isVisible(layer, of: map, source: source)
      }
      members[index].value.kind = .array(visible)
    }
    document.kind = .object(members)
    return Response(type: "application/json", body: document.serialized())
  }

  private func isVisible(
    _ layer: JSONValue, of map: MapStyle, source: CatalogueSource
  ) throws -> Bool {
    guard let name = layer["source-layer"]?.string else { return true }
    guard let id = LayerID(name), let view = try source.view(of: id) else { return false }
    guard let style = layer["id"]?.string.flatMap({ map.document[layer: $0] }) else { return false }
    return style.dependencies.properties.allSatisfy { view.schema.position(of: $0) != nil }
  }

  func tileJSON(of map: MapStyle) throws -> Response {
    let contents = try contents()
    let source = contents.source(for: audience)
    let declarations = source.declarations
    let drawn = map.document.sourceLayers.compactMap { name in
      declarations.first { $0.id.text == name }
    }
    var extent = GridBox.empty
    let boundary = workspace.town.boundary.flatMap { id in declarations.first { $0.id == id } }
    for declaration in boundary.map({ [$0] }) ?? drawn {
      if let view = try source.view(of: declaration.id) { extent.formUnion(view.bounds) }
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("tilejson", "3.0.0")
    writer.member("name", map.document.title.text(in: workspace.town.language))
    writer.key("tiles")
    writer.beginArray()
    writer.value("/tiles/\(map.id)/{z}/{x}/{y}.png")
    writer.endArray()
    writer.key("vector_layers")
    writer.beginArray()
    writer.endArray()
    writer.member("minzoom", map.document.tileZooms.lowerBound)
    writer.member("maxzoom", map.document.tileZooms.upperBound)
    if let bounds = extent.degrees {
      writer.numbers("bounds", bounds)
      writer.numbers(
        "center",
        [
          ((bounds[0] + bounds[2]) / 2 * 1e7).rounded() / 1e7,
          ((bounds[1] + bounds[3]) / 2 * 1e7).rounded() / 1e7, 14,
        ])
    }
    var credits: [String] = []
    for declaration in drawn {
      if let credit = declaration.attribution, !credits.contains(credit) { credits.append(credit) }
    }
    writer.member("attribution", credits.joined(separator: ", "))
    writer.key("machizu")
    writer.beginObject()
    writer.key("town")
    writer.beginObject()
    writer.member("ja", workspace.town.name.japanese)
    if let english = workspace.town.name.english { writer.member("en", english) }
    if let zone = contents.planeZone { writer.member("zone", zone) }
    writer.endObject()
    writer.member("language", workspace.town.language.rawValue)
    writer.member("audience", audience.name)
    writer.key("layers")
    writer.beginArray()
    for declaration in drawn { write(declaration, of: map, to: &writer) }
    writer.endArray()
    writer.key("search")
    writer.beginArray()
    for declaration in declarations { writer.value(declaration.id.text) }
    writer.endArray()
    writer.endObject()
    writer.endObject()
    return .json(writer)
  }

  private func write(
    _ declaration: LayerDeclaration, of map: MapStyle, to writer: inout JSONWriter
  ) {
    let layers = map.document.layers.filter { $0.sourceLayer == declaration.id.text }
    let shift = map.document.tileSize == 256 ? 0 : 1
    let first = layers.map { Int($0.minimumZoom.rounded(.up)) + shift }.min() ?? 0
    let last = layers.map { Int(($0.maximumZoom + Double(shift)).rounded(.up)) - 1 }.max() ?? 20
    writer.beginObject()
    writer.member("id", declaration.id.text)
    writer.member("title", declaration.title)
    writer.member("group", declaration.group)
    if let department = declaration.department { writer.member("department", department) }
    writer.member("geometry", declaration.geometry.rawValue)
    writer.key("visible")
    writer.value(layers.contains(where: \.isVisibleAtFirst))
    writer.member("minzoom", max(first, map.document.tileZooms.lowerBound))
    writer.member("maxzoom", min(last, map.document.tileZooms.upperBound))
    writer.endObject()
  }
}
