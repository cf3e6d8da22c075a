internal import Features
internal import Formats
internal import Geometry
internal import JSON
internal import LayerStore
internal import Projection
internal import Query
internal import Workspace

extension Service {
  /// OGC API – Features, the core with GeoJSON.
  func ogc(_ parts: [String], _ request: Request) throws -> Answer {
    let parts = parts.last == "" ? parts.dropLast() : parts[...]
    switch parts.first {
    case nil: return .now(try landing(request))
    case "conformance" where parts.count == 1: return .now(try conformance(request))
    case "collections":
      let rest = Array(parts.dropFirst())
      if rest.isEmpty { return .now(try collections(request)) }
      if rest.count == 1 { return .now(try collection(rest[0], request)) }
      guard rest[1] == "items", rest.count <= 3 else { throw Problem.notFound }
      return try items(of: rest[0], key: rest.count == 3 ? rest[2] : nil, request)
    default: throw Problem.notFound
    }
  }

  private func landing(_ request: Request) throws -> Response {
    try allow(["f"], request)
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("title", workspace.town.name.text(in: workspace.town.language))
    writer.key("links")
    writer.beginArray()
    writer.link("self", "application/json", "/ogc")
    writer.link("conformance", "application/json", "/ogc/conformance")
    writer.link("data", "application/json", "/ogc/collections")
    writer.endArray()
    writer.endObject()
    return .json(writer)
  }

  private func conformance(_ request: Request) throws -> Response {
    try allow(["f"], request)
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("conformsTo")
    writer.beginArray()
    writer.value("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core")
    writer.value("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson")
    writer.endArray()
    writer.endObject()
    return .json(writer)
  }

  private func collections(_ request: Request) throws -> Response {
    try allow(["f"], request)
    let source = try contents().source(for: audience)
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("links")
    writer.beginArray()
    writer.link("self", "application/json", "/ogc/collections")
    writer.endArray()
    writer.key("collections")
    writer.beginArray()
    for declaration in source.declarations {
      if let view = try source.view(of: declaration.id) {
        write(declaration, view: view, withFields: false, to: &writer)
      }
    }
    writer.endArray()
    writer.endObject()
    return .json(writer)
  }

  private func collection(_ name: String, _ request: Request) throws -> Response {
    try allow(["f"], request)
    let (declaration, view) = try layer(name, in: contents().source(for: audience))
    var writer = JSONWriter()
    write(declaration, view: view, withFields: true, to: &writer)
    return .json(writer)
  }

  /// A layer by its name; what the audience may not see is not there.
  private func layer(
    _ name: String, in source: CatalogueSource
  ) throws -> (LayerDeclaration, any LayerView) {
    guard let id = LayerID(name), let view = try source.view(of: id),
      let declaration = source.declarations.first(where: { $0.id == id })
    else { throw Problem(404, "There is no layer “\(name.shortened)”.") }
    return (declaration, view)
  }

  private func write(
    _ declaration: LayerDeclaration, view: any LayerView, withFields: Bool,
    to writer: inout JSONWriter
  ) {
    let language = workspace.town.language
    let address = "/ogc/collections/\(declaration.id)"
    writer.beginObject()
    writer.member("id", declaration.id.text)
    writer.member("title", declaration.title.text(in: language))
    writer.member("itemType", "feature")
    if let extent = view.bounds.degrees {
      writer.key("extent")
      writer.beginObject()
      writer.key("spatial")
      writer.beginObject()
      writer.key("bbox")
      writer.beginArray()
      writer.beginArray()
      for side in extent { writer.value(side) }
      writer.endArray()
      writer.endArray()
      writer.member("crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84")
      writer.endObject()
      writer.endObject()
    }
    writer.key("links")
    writer.beginArray()
    writer.link("self", "application/json", address)
    writer.link("items", "application/geo+json", address + "/items")
    writer.endArray()
    writer.key("machizu")
    writer.beginObject()
    writer.member("title", declaration.title)
    writer.member("group", declaration.group)
    writer.member("count", view.count)
    writer.member("geometry", declaration.geometry.rawValue)
    for (key, value) in [
      ("department", declaration.department), ("updated", declaration.updated),
      ("licence", declaration.licence), ("attribution", declaration.attribution),
    ] {
      if let value { writer.member(key, value) }
    }
    if let label = declaration.label, view.schema.position(of: label) != nil {
      writer.member("label", label)
    }
    if case .fields(let names) = declaration.key {
      writer.key("key")
      writer.beginArray()
      for name in names { writer.value(name) }
      writer.endArray()
    }
    if withFields {
      writer.key("fields")
      writer.beginArray()
      for field in view.schema.fields { write(field, to: &writer) }
      writer.endArray()
    }
    writer.endObject()
    writer.endObject()
  }

  private func write(_ field: Field, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", field.name)
    writer.member("type", field.type.rawValue)
    writer.member("title", field.title)
    if let unit = field.unit { writer.member("unit", unit) }
    if !field.codes.isEmpty {
      writer.key("codes")
      writer.beginArray()
      for code in field.codes {
        writer.beginObject()
        writer.member("value", code.value)
        writer.member("title", code.title)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
  }

  private func items(of name: String, key: String?, _ request: Request) throws -> Answer {
    try allow(
      key == nil ? Self.itemParameters + ["limit", "offset", "f"] : ["f"], request)
    if let form = request["f"], form != "json" {
      throw Problem(400, "“f” is “\(form.shortened)”; json is allowed.")
    }
    let contents = try contents()
    let (declaration, _) = try layer(name, in: contents.source(for: audience))
    var query = FeatureQuery(layer: declaration.id)
    try ask(for: request["bbox"], in: system("bbox-crs", request), of: &query)
    if let text = request["datetime"] {
      guard let period = FeatureQuery.Period(text) else {
        throw Problem(
          400,
          "“datetime” is “\(text.shortened)”; a date or timestamp, or two of them with / between, "
            + "one of which may be .., are needed.")
      }
      query.period = period
    }
    query.text = request["q"]
    if let language = request["filter-lang"], language != "cql2-text" {
      throw Problem(400, "“filter-lang” is “\(language.shortened)”; cql2-text is allowed.")
    }
    query.condition = request["filter"]
    query.conditionReference = try system("filter-crs", request)
    // The standard has a limit above the greatest one served as if the greatest were asked for.
    let limit = try number("limit", request, in: 1...Int(Int32.max)) ?? 10
    query.limit = min(limit, workspace.town.limits.pageFeatures)
    query.offset = try number("offset", request, in: 0...Int(Int32.max)) ?? 0
    let page = ItemsPage(
      query: query, key: key.map { FeatureKey($0) }, contents: contents, audience: audience,
      storePath: workspace.storePath,
      parameters: request.parameters.filter { Self.itemParameters.contains($0.name) })
    return tiles.perform { page.response() }
  }

  /// Those that say which features are asked for.
  private static let itemParameters = [
    "bbox", "bbox-crs", "datetime", "q", "filter", "filter-lang", "filter-crs",
  ]

  /// A reference system by its URI; nil for longitude and latitude.
  private func system(
    _ name: String, _ request: Request
  ) throws(Problem) -> ReferenceSystem? {
    guard let uri = request[name],
      uri != "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    else { return nil }
    let prefix = "http://www.opengis.net/def/crs/EPSG/0/"
    guard uri.hasPrefix(prefix), let system = ReferenceSystem(String(uri.dropFirst(prefix.count))),
      system.isKnown
    else {
      throw Problem(
        400,
        "“\(name)” is “\(uri.shortened)”; http://www.opengis.net/def/crs/OGC/1.3/CRS84 or "
          + "\(prefix) with a code such as 6677 is needed.")
    }
    return system
  }

  private func number(
    _ name: String, _ request: Request, in range: ClosedRange<Int>
  ) throws(Problem) -> Int? {
    guard let text = request[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Problem(
        400,
        "“\(name)” is “\(text.shortened)”; a whole number from \(range.lowerBound) to "
          + "\(range.upperBound) is allowed.")
    }
    return number
  }

  private func ask(
    for text: String?, in system: ReferenceSystem?, of query: inout FeatureQuery
  ) throws(Problem) {
    guard let text, let box = try box(text, in: system) else { return }
    do {
      try query.ask(for: box, in: system)
    } catch {
      throw Problem(400, "“bbox” is “\(text.shortened)”. \(error)")
    }
  }

  /// The box of `bbox`, in the axis order of its system (degrees where there is none); heights are left
  /// out.
  func box(_ text: String?, in system: ReferenceSystem?) throws(Problem) -> Box<Native>? {
    guard let text else { return nil }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let sides = parts.compactMap { Double($0) }
    let isNorthFirst = system?.isNorthFirst ?? false
    let (x, y) = isNorthFirst ? (1, 0) : (0, 1)
    let far = parts.count / 2
    guard parts.count == 4 || parts.count == 6, sides.count == parts.count,
      let box = Box<Native>(
        minX: sides[x], minY: sides[y], maxX: sides[far + x], maxY: sides[far + y])
    else {
      throw Problem(
        400,
        "“bbox” is “\(text.shortened)”; "
          + (isNorthFirst ? "south,west,north,east" : "west,south,east,north")
          + " in \(system?.description ?? "degrees") is needed.")
    }
    return box
  }
}

/// One page of a layer's features, or one feature, as GeoJSON.
private struct ItemsPage: Sendable {
  let query: FeatureQuery
  let key: FeatureKey?
  let contents: CatalogueContents
  let audience: Audience
  let storePath: String
  /// Those that the next page's address repeats.
  let parameters: [(name: String, value: String)]

  func response() -> Response {
    do {
      let store = try LayerStore(path: storePath, access: .read)
      let engine = QueryEngine(contents, store: store, audience: audience)
      guard let key else { return try page(engine) }
      let view = try engine.view(of: query.layer)
      guard let row = view.row(key: key) else {
        return .problem(404, "Layer \(query.layer) has no feature “\(key.text.shortened)”.")
      }
      return try feature(row, view: view, engine)
    } catch QueryError.condition(let error, _) {
      return .problem(400, "“filter” is refused. \(error)")
    } catch QueryError.outside(let reason) {
      return .problem(400, "“filter” is refused. \(reason)")
    } catch QueryError.timeless(let layer) {
      return .problem(400, "“datetime” is refused. \(QueryError.timeless(layer))")
    } catch QueryError.badPeriod(let period) {
      return .problem(400, "“datetime” is refused. \(QueryError.badPeriod(period))")
    } catch QueryError.damaged {
      return .problem(503, "The data are being made again; try again soon.")
    } catch {
      return .problem(500, "The features could not be read.")
    }
  }

  private func feature(
    _ row: UInt32, view: any LayerView, _ engine: QueryEngine
  ) throws -> Response {
    let place = try engine.places(of: [row], view: view).first ?? nil
    var writer = GeoJSONWriter(.lines, columns: view.schema.names)
    writer.write(
      view.schema.fields.indices.map { SourceValue(view.value(row: row, column: $0)) },
      geometry: place, identifier: view.key(row: row).text)
    try engine.confirm()
    return Response(type: "application/geo+json", body: writer.take())
  }

  private func page(_ engine: QueryEngine) throws -> Response {
    let result = try engine.run(query)
    let places = try engine.places(of: result.rows, view: result.view)
    var features = GeoJSONWriter(.lines, columns: result.fields.map(\.name))
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", "FeatureCollection")
    writer.member("numberMatched", result.matchedCount)
    writer.member("numberReturned", result.rows.count)
    writer.key("links")
    writer.beginArray()
    writer.link("self", "application/geo+json", address(offset: query.offset))
    if query.offset + result.rows.count < result.matchedCount {
      writer.link(
        "next", "application/geo+json", address(offset: query.offset + result.rows.count))
    }
    writer.endArray()
    writer.key("features")
    writer.beginArray()
    for (row, place) in zip(result.rows, places) {
      features.write(
        result.values(of: row).map { SourceValue($0) }, geometry: place,
        identifier: result.view.key(row: row).text)
      let line = features.take()
      writer.value(json: line.last == 0x0A ? line.dropLast() : line[...])
    }
    writer.endArray()
    writer.endObject()
    try engine.confirm()
    return Response(type: "application/geo+json", body: writer.bytes)
  }

  private func address(offset: Int) -> String {
    var address =
      "/ogc/collections/\(query.layer)/items?limit=\(query.limit ?? 10)&offset=\(offset)"
    for parameter in parameters {
      address += "&\(parameter.name)=\(Self.percentEncoded(parameter.value))"
    }
    return address
  }

  private static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [45, 46, 95, 126, 44].contains(byte)
      if isPlain {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
