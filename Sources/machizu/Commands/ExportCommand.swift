internal import Features
internal import Formats
internal import JSON
internal import LayerStore
internal import Projection
internal import Query
internal import Workspace

extension Command {
  static let export = Command(
    name: "export", usage: "LAYER -o FILE.{gpkg,geojson,ndjson,csv,shp} [--crs C] [--encoding E]",
    summary: "Write a layer into a file for other programs",
    options: [
      Option("-o", "FILE", "the file; its ending names the format"),
      .audience,
      Option(
        "--crs", "EPSG:N",
        "the system of coordinates (default: the layer's own; degrees for GeoJSON)"),
      Option(
        "--encoding", "E", "UTF-8 or CP932, for csv (default: UTF-8) and shp (default: CP932)"),
    ], run: runExport)
}

private func runExport(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let name = try arguments.operand("a layer")
  let language = try session.messageLanguage()
  guard let path = arguments["-o"] else {
    throw CommandError.usage("Name the file to write with -o FILE.")
  }
  guard let format = ExportOptions.Format(path: path) else {
    let allowed = ExportOptions.Format.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
    throw CommandError.usage("The ending of “\(path)” names no format; allowed: \(allowed).")
  }
  let audience = try arguments.audience(default: .staff)
  let workspace = try session.workspace()
  let layer = try Session.layerID(name, in: workspace, for: audience)
  guard let today = CalendarDay(iso: Session.now().prefix(10)) else {
    throw CommandError.failed("The system's clock tells no day.")
  }
  var options = ExportOptions(format: format, path: path, day: today)
  options.gridFolder = workspace.town.grids.map { FileContents.join(workspace.folder, $0) }
  if let text = arguments["--crs"] {
    guard let system = ReferenceSystem(text), system.isKnown else {
      throw CommandError.usage("--crs is “\(text)”; a code such as EPSG:6677 is needed.")
    }
    options.reference = system
  }
  if let text = arguments["--encoding"] {
    guard let encoding = TextEncoding(named: text) else {
      throw CommandError.usage("--encoding is “\(text)”; UTF-8 or CP932 is allowed.")
    }
    options.encoding = encoding
  }
  let store = try LayerStore(path: workspace.storePath, access: .read)
  guard try store.layer(layer) != nil else { throw StoreError.unknownLayer(layer.text) }
  let catalogue = try Catalogue(workspace, only: [layer])
  let engine = QueryEngine(try catalogue.contents(), store: store, audience: audience)
  let report = try engine.export(layer, options)
  if session.isJSON {
    Console.write(json(report, language: language))
  } else {
    tell(report, language: language)
  }
  return report.lossyCount == 0 ? 0 : 1
}

private func tell(_ report: ExportReport, language: Language) {
  var facts = [report.reference.description]
  if let encoding = report.encoding { facts.append(encoding.name) }
  if let dataset = report.dataset { facts.append(dataset) }
  let details = facts.joined(separator: ", ")
  switch language {
  case .japanese:
    Console.write(
      "\(report.layer): \(report.count) 件（場所あり \(report.placed) 件）を \(report.path) に書き出しました"
        + "（\(details)）。")
  case .english:
    Console.write(
      "\(report.layer): \(report.count) rows, \(report.placed) with a place, written to "
        + "\(report.path) (\(details)).")
  }
  for note in report.notes.prefix(50) {
    let key = note.key.map { "\($0) " } ?? ""
    let column = note.column.map { "[\($0)] " } ?? ""
    Console.write("  \(key)\(column)\(note.what.text(in: language))")
  }
  if report.notes.count > 50 {
    let rest = report.notes.count - 50
    Console.write(
      language == .japanese
        ? "  ほか \(rest) 件（--json ですべて表示）" : "  and \(rest) more (--json lists all)")
  }
  if report.lossyCount > 0 {
    Console.tell(
      language == .japanese
        ? "\(report.lossyCount) 件は、この形式では元のとおりに書けませんでした。"
        : "\(report.lossyCount) rows could not be written as they are in this format.")
  }
}

private func json(_ report: ExportReport, language: Language) -> [UInt8] {
  var writer = JSONWriter(.compact)
  writer.beginObject()
  for (key, text) in [
    ("layer", report.layer.text), ("file", report.path), ("crs", report.reference.description),
    ("encoding", report.encoding?.name), ("dataset", report.dataset),
  ] {
    writer.key(key)
    if let text { writer.value(text) } else { writer.null() }
  }
  for (key, count) in [
    ("count", report.count), ("placed", report.placed), ("lossy", report.lossyCount),
  ] {
    writer.key(key)
    writer.value(count)
  }
  writer.key("notes")
  writer.beginArray()
  for note in report.notes {
    writer.beginObject()
    for (key, text) in [
      ("key", note.key?.text), ("column", note.column), ("reason", note.what.text(in: language)),
    ] {
      writer.key(key)
      if let text { writer.value(text) } else { writer.null() }
    }
    writer.endObject()
  }
  writer.endArray()
  writer.endObject()
  return writer.bytes + [0x0A]
}
