internal import Features
internal import Formats
internal import Geometry
internal import JSON
internal import LayerStore
internal import Projection
internal import Query
internal import Workspace

extension Command {
  static let query = Command(
    name: "query",
    usage: "LAYER [--bbox W,S,E,N] [--near LON,LAT --within METRES] [--where CQL2] …",
    summary: "Find features and write them as a table, CSV, GeoJSON or NDJSON",
    options: [
      .audience,
      Option(
        "--bbox", "W,S,E,N", "features that meet this box, in degrees unless --crs says otherwise"),
      Option("--near", "LON,LAT", "features around this place, nearest first; needs --within"),
      Option("--within", "METRES", "the distance from --near, on the ellipsoid"),
      Option("--inside", "LAYER:KEY", "features in the area of another layer's feature"),
      Option("--polygon", "FILE", "features in the polygon of a GeoJSON or WKT file"),
      Option("--as-of", "DATE", "entries that hold on this day, by the layer's time columns"),
      Option("--where", "CQL2", "a condition, such as \"状態 = '1' AND 利用世帯数 > 20\""),
      Option("--text", "WORDS", "words that must all occur, in the folded form of search"),
      Option("--fields", "A,B", "the columns to write"),
      Option("--sort", "F,-G", "ascending by F, then descending by G"),
      Option("--limit", "N", "write at most N features"),
      Option("--offset", "N", "skip the first N"),
      Option("--count", nil, "only say how many there are"),
      Option("--group-by", "FIELD", "how many features bear each value"),
      Option("--per-area", "LAYER", "how many features lie in each area of this layer"),
      Option("--crs", "EPSG:N", "the system of --bbox, --near and of coordinates written"),
      Option("--format", "F", "table, csv, geojson or ndjson (default: table)"),
      Option("--encoding", "E", "UTF-8 or CP932, for csv"),
    ], run: runQuery)
}

private func runQuery(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let name = try arguments.operand("a layer")
  let audience = try arguments.audience(default: .staff)
  let workspace = try session.workspace()
  let layer = try Session.layerID(name, in: workspace, for: audience)
  var query = FeatureQuery(layer: layer)
  let reference = try referenceSystem(arguments["--crs"])
  if let box = try box(arguments) {
    do {
      try query.ask(for: box, in: reference)
    } catch {
      throw CommandError.usage("--bbox: \(error)")
    }
  }
  query.near = try near(arguments, reference: reference)
  if query.box != nil, query.near != nil {
    throw CommandError.usage("--bbox and --near exclude each other.")
  }
  query.area = try area(arguments, reference: reference, in: workspace, for: audience)
  query.asOf = try day(arguments["--as-of"])
  query.condition = arguments["--where"]
  query.text = arguments["--text"]
  query.fields = arguments.list("--fields")
  query.sort = (arguments.list("--sort") ?? []).map(FeatureQuery.SortKey.init)
  query.limit = try arguments.integer("--limit", in: 0...Int(Int32.max))
  query.offset = try arguments.integer("--offset", in: 0...Int(Int32.max)) ?? 0
  let format = try outputFormat(arguments["--format"])

  let store = try LayerStore(path: workspace.storePath, access: .read)
  guard try store.layer(layer) != nil else { throw StoreError.unknownLayer(layer.text) }
  var layers: Set<LayerID> = [layer]
  if case .feature(let other, _)? = query.area { layers.insert(other) }
  let areas = try arguments["--per-area"].map {
    try Session.layerID($0, in: workspace, for: audience)
  }
  if let areas { layers.insert(areas) }
  let catalogue = try Catalogue(workspace, only: layers)
  let engine = QueryEngine(try catalogue.contents(), store: store, audience: audience)
  if let field = arguments["--group-by"] {
    guard areas == nil else {
      throw CommandError.usage("--group-by and --per-area exclude each other.")
    }
    try write(engine.groups(query, by: field), field: field, session)
    return 0
  }
  if let areas {
    try write(engine.counts(query, perAreaOf: areas), areas: areas, session)
    return 0
  }
  let result = try engine.run(query)
  if arguments.has("--count") {
    if session.isJSON {
      Console.write("{\"count\":\(result.matchedCount)}")
    } else {
      Console.write(String(result.matchedCount))
    }
    return 0
  }
  switch format {
  case .table: try writeTable(result, engine, session)
  case .csv: try writeCSV(result, engine, arguments)
  case .geoJSON, .ndjson:
    try writeFeatures(
      result, engine, form: format == .geoJSON ? .featureCollection : .lines, reference: reference)
  }
  return 0
}

private enum OutputFormat {
  case table
  case csv
  case geoJSON
  case ndjson
}

private func outputFormat(_ name: String?) throws(CommandError) -> OutputFormat {
  switch name {
  case nil, "table": return .table
  case "csv": return .csv
  case "geojson": return .geoJSON
  case "ndjson": return .ndjson
  case let name?:
    throw .usage("--format is “\(name)”; table, csv, geojson or ndjson is allowed.")
  }
}

private func referenceSystem(_ text: String?) throws(CommandError) -> ReferenceSystem? {
  guard let text else { return nil }
  guard let system = ReferenceSystem(text), system.isKnown else {
    throw .usage("--crs is “\(text)”; a code such as EPSG:6677 is needed.")
  }
  return system
}

private func box(_ arguments: Arguments) throws -> Box<Native>? {
  guard let sides = try arguments.numbers("--bbox", count: 4) else { return nil }
  guard let box = Box<Native>(minX: sides[0], minY: sides[1], maxX: sides[2], maxY: sides[3]) else {
    throw CommandError.usage(
      "--bbox must name west, south, east and north in this order, none of them turned round.")
  }
  return box
}

private func day(_ text: String?) throws(CommandError) -> CalendarDay? {
  guard let text else { return nil }
  guard case .date(let date, _) = DateReading.parse(text), let days = date.interval,
    days.lowerBound == days.upperBound
  else {
    throw .usage("--as-of is “\(text)”; one day such as 2023-04-01 or R5.4.1 is needed.")
  }
  return days.lowerBound
}

private func area(
  _ arguments: Arguments, reference: ReferenceSystem?, in workspace: Workspace,
  for audience: Audience
) throws -> FeatureQuery.Area? {
  if let text = arguments["--inside"] {
    guard arguments["--polygon"] == nil else {
      throw CommandError.usage("--inside and --polygon exclude each other.")
    }
    guard let colon = text.firstIndex(of: ":") else {
      throw CommandError.usage("--inside is “\(text)”; LAYER:KEY is needed.")
    }
    let layer = try Session.layerID(String(text[..<colon]), in: workspace, for: audience)
    return .feature(layer, FeatureKey(String(text[text.index(after: colon)...])))
  }
  guard let path = arguments["--polygon"] else { return nil }
  let (shape, stated) = try polygon(path)
  let degrees: Shape<Geographic>?
  if let system = stated ?? reference {
    degrees = try Reprojection(from: system, to: .geographic).forward(shape)
  } else {
    degrees = shape.map { Point<Geographic>(x: $0.x, y: $0.y) }
  }
  guard let degrees, let bounds = degrees.bounds, bounds.minX >= -180, bounds.maxX <= 180,
    bounds.minY >= -90, bounds.maxY <= 90
  else {
    throw CommandError.usage(
      "--polygon \(path) is outside of ±180 and ±90 degrees; name its system with --crs.")
  }
  return .shape(degrees)
}

/// The polygons of a file as one shape, in the file's own coordinates, and the system that the file
/// states for them.
private func polygon(
  _ path: String
) throws -> (shape: Shape<Native>, reference: ReferenceSystem?) {
  let bytes = try FileContents.read(path)
  var shapes: [Shape<Native>] = []
  var reference: ReferenceSystem?
  if bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) == UInt8(ascii: "{") {
    var reader = try GeoJSONReader(bytes: bytes, path: path)
    if let stated = reader.header.reference, stated != .rfc7946 {
      guard let system = stated.epsg.map(ReferenceSystem.init), system.isKnown else {
        throw CommandError.usage(
          "--polygon \(path) is in the system “\(stated.text)”, which is not known; "
            + "convert it to longitude and latitude.")
      }
      reference = system
    }
    while let item = try reader.next() {
      guard case .record(let record) = item, let shape = record.geometry else {
        throw CommandError.usage("--polygon \(path), row \(item.place.row) has no readable place.")
      }
      shapes.append(shape)
    }
  } else {
    var reader = WKTReader(String(decoding: bytes, as: UTF8.self))
    switch reader.read() {
    case .shape(let shape): shapes = [shape]
    case .refused(let reason): throw CommandError.usage("--polygon \(path): \(reason).")
    }
  }
  var polygons: [[[Point<Native>]]] = []
  for shape in shapes {
    switch shape {
    case .polygon(let rings): polygons.append(rings)
    case .multiPolygon(let parts): polygons += parts
    default:
      throw CommandError.usage(
        "--polygon \(path) holds a \(shape.typeName); Polygon or MultiPolygon is needed.")
    }
  }
  guard !polygons.isEmpty else { throw CommandError.usage("--polygon \(path) holds no polygon.") }
  return (polygons.count == 1 ? .polygon(polygons[0]) : .multiPolygon(polygons), reference)
}

private func write(_ groups: [GroupCount], field: String, _ session: Session) throws {
  guard session.isJSON else {
    let rows = groups.map { [$0.value.displayText, String($0.count)] }
    Console.write(TextTable(headings: [field, "count"], rows: rows).text)
    return
  }
  var writer = JSONWriter()
  writer.beginArray()
  for group in groups {
    writer.beginObject()
    if group.value.isNull {
      writer.key("value")
      writer.null()
    } else {
      writer.key("value")
      writer.value(group.value.displayText)
    }
    writer.key("count")
    writer.value(group.count)
    writer.endObject()
  }
  writer.endArray()
  Console.write(writer.bytes + [0x0A])
}

private func write(_ counts: [AreaCount], areas: LayerID, _ session: Session) throws {
  guard session.isJSON else {
    let rows = counts.map { [$0.key.text, String($0.count)] }
    Console.write(TextTable(headings: [areas.text, "count"], rows: rows).text)
    return
  }
  var writer = JSONWriter()
  writer.beginArray()
  for area in counts {
    writer.beginObject()
    writer.key("key")
    writer.value(area.key.text)
    writer.key("count")
    writer.value(area.count)
    writer.endObject()
  }
  writer.endArray()
  Console.write(writer.bytes + [0x0A])
}

private func near(
  _ arguments: Arguments, reference: ReferenceSystem?
) throws -> FeatureQuery.Near? {
  guard let place = try arguments.numbers("--near", count: 2) else {
    if arguments.has("--within") { throw CommandError.usage("--within needs --near LON,LAT.") }
    return nil
  }
  guard let metres = try arguments.number("--within"), metres >= 0, metres <= 1_000_000 else {
    throw CommandError.usage("--near needs --within METRES, from 0 to 1000000.")
  }
  var degrees = Point<Geographic>(x: place[0], y: place[1])
  if let reference {
    let reprojection = try Reprojection(from: reference, to: .geographic)
    guard let converted: Point<Geographic> = reprojection.forward(degrees) else {
      throw CommandError.usage("--near lies outside of \(reference).")
    }
    degrees = converted
  }
  guard abs(degrees.x) <= 180, abs(degrees.y) <= 85 else {
    throw CommandError.usage("--near must be a longitude and a latitude, in this order.")
  }
  return FeatureQuery.Near(place: degrees, metres: metres)
}

private func writeTable(
  _ result: QueryResult, _ engine: QueryEngine, _ session: Session
) throws {
  let language = try session.messageLanguage()
  let rows = result.rows.map { row in
    [result.view.key(row: row).text]
      + zip(result.fields, result.values(of: row)).map { field, value in
        field.meaning(of: value).map { "\(value.displayText) \($0.text(in: language))" }
          ?? value.displayText
      }
  }
  let headings = [language == .japanese ? "キー" : "key"] + result.fields.map(\.name)
  try engine.confirm()
  Console.write(TextTable(headings: headings, rows: rows).text)
}

private func writeCSV(
  _ result: QueryResult, _ engine: QueryEngine, _ arguments: Arguments
) throws {
  let encoding =
    try SourceOptions.encoding(named: arguments["--encoding"], file: "--encoding") ?? .utf8
  let writer = try CSVWriter(
    columns: result.fields.map(\.name), layout: CSVWriter.Layout(encoding: encoding),
    path: "standard output")
  for row in result.rows {
    try writer.write(result.values(of: row).map { SourceValue($0) })
    guard writer.pendingByteCount > 1 << 16 else { continue }
    try engine.confirm()
    Console.write(writer.take())
  }
  try engine.confirm()
  Console.write(writer.take())
}

private func writeFeatures(
  _ result: QueryResult, _ engine: QueryEngine, form: GeoJSONWriter.Form,
  reference: ReferenceSystem?
) throws {
  var writer = GeoJSONWriter(
    form, columns: result.fields.map(\.name), decimals: reference == nil ? 7 : nil,
    epsg: reference?.epsg)
  // A thousand rows at a time: a million never sit in memory.
  var start = 0
  while start < result.rows.count {
    let rows = Array(result.rows[start..<min(start + 1000, result.rows.count)])
    let places = try engine.places(of: rows, view: result.view, in: reference ?? .geographic)
    for (row, place) in zip(rows, places) {
      writer.write(
        result.values(of: row).map { SourceValue($0) }, geometry: place,
        identifier: result.view.key(row: row).text)
    }
    try engine.confirm()
    Console.write(writer.take())
    start += rows.count
  }
  writer.end()
  Console.write(writer.take())
}
