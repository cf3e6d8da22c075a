internal import Features
internal import Import
internal import JSON
internal import LayerStore
internal import Workspace

extension Command {
  static let `import` = Command(
    name: "import", usage: "[LAYER…] [--dry-run] [--strict] [--allow-removal SHARE]",
    summary: "Bring declared layers from their source files into the store",
    options: [
      Option("--dry-run", nil, "report only, change nothing"),
      Option("--strict", nil, "refuse a layer if one of its rows is refused"),
      Option(
        "--allow-removal", "SHARE", "share of rows that may disappear, such as 50% (default: 30%)"),
    ], run: runImport)
}

private func runImport(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let workspace = try session.workspace()
  let language = try session.messageLanguage()
  let wanted = try arguments.operands.map { try Session.layerID($0, in: workspace) }
  var options = ImportOptions(time: Session.now())
  options.isDryRun = arguments.has("--dry-run")
  options.isStrict = arguments.has("--strict")
  options.author = Session.author()
  if let share = arguments["--allow-removal"] {
    options.allowedRemovalPercent = try percent(share)
  }
  let declarations = workspace.layersInImportOrder.filter { layer in
    wanted.isEmpty ? layer.source != nil : wanted.contains(layer.id)
  }
  guard !declarations.isEmpty else {
    throw CommandError.usage("The workspace declares no layer with a source.")
  }
  try FileContents.makeFolder(workspace.varFolder)
  let store = try LayerStore(path: workspace.storePath, access: .write)
  var reports: [ImportReport] = []
  var failures: [CommandError] = []
  for declaration in declarations {
    do {
      let report = try LayerImport(declaration, in: workspace, options: options).run(into: store)
      reports.append(report)
      if !session.isJSON { tell(report, language: language) }
      if !options.isDryRun, let stored = try store.layer(declaration.id) {
        _ = try SnapshotFiles(workspace).open(stored, in: store, declaration: declaration)
      }
    } catch {
      let failure = CommandError(error)
      Console.tell(failure.message)
      failures.append(failure)
    }
  }
  if session.isJSON { Console.write(json(reports, language: language)) }
  // One refused layer does not keep the others out, but the command says that it was not all.
  return failures.isEmpty ? 0 : failures.count == 1 && reports.isEmpty ? failures[0].status : 1
}

private func percent(_ text: String) throws(CommandError) -> Double {
  let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
  guard let value = Double(digits), (0...100).contains(value) else {
    throw .usage("--allow-removal is “\(text)”; a share from 0% to 100% is allowed.")
  }
  return value
}

private func tell(_ report: ImportReport, language: Language) {
  let counts: String
  switch language {
  case .japanese:
    counts =
      "\(report.layer): 読込 \(report.read)　追加 \(report.added)　変更 \(report.changed)　"
      + "変更なし \(report.unchanged)　削除 \(report.removed)　却下 \(report.rejected)　競合 \(report.conflicts)"
  case .english:
    counts =
      "\(report.layer): \(report.read) read, \(report.added) added, \(report.changed) changed, "
      + "\(report.unchanged) unchanged, \(report.removed) removed, \(report.rejected) rejected, "
      + "\(report.conflicts) conflicts"
  }
  Console.write(counts)
  for file in report.files {
    Console.write("  \(file.file): \(file.read), \(file.reference), \(file.encoding)")
    for warning in file.warnings { Console.write("    \(warning.text(in: language))") }
  }
  let shown = report.rows.filter { $0.kind != .note } + report.rows.filter { $0.kind == .note }
  for note in shown.prefix(50) { Console.write("  " + line(note, language: language)) }
  if shown.count > 50 {
    Console.write(
      language == .japanese
        ? "  ほか \(shown.count - 50) 件（--json ですべて表示）"
        : "  and \(shown.count - 50) more (--json lists all)")
  }
}

private func line(_ note: ImportReport.RowNote, language: Language) -> String {
  let kind: String =
    switch (note.kind, language) {
    case (.rejected, .japanese): "却下"
    case (.conflict, .japanese): "競合"
    case (.note, .japanese): "注意"
    case (.rejected, .english): "rejected"
    case (.conflict, .english): "conflict"
    case (.note, .english): "note"
    }
  let place = note.row > 0 ? "\(note.file):\(note.row)" : note.file
  let column = note.column.map { " [\($0)]" } ?? ""
  return "\(kind) \(place)\(column) \(note.reason.text(in: language))"
}

private func json(_ reports: [ImportReport], language: Language) -> [UInt8] {
  var writer = JSONWriter(.compact)
  writer.beginArray()
  for report in reports {
    writer.beginObject()
    writer.key("layer")
    writer.value(report.layer.text)
    for (key, value) in [
      ("read", report.read), ("added", report.added), ("changed", report.changed),
      ("unchanged", report.unchanged), ("removed", report.removed),
      ("rejected", report.rejected), ("conflicts", report.conflicts),
    ] {
      writer.key(key)
      writer.value(value)
    }
    writer.key("files")
    writer.beginArray()
    for file in report.files {
      writer.beginObject()
      writer.key("file")
      writer.value(file.file)
      writer.key("read")
      writer.value(file.read)
      writer.key("crs")
      writer.value(file.reference)
      writer.key("encoding")
      writer.value(file.encoding)
      writer.key("warnings")
      writer.beginArray()
      for warning in file.warnings { writer.value(warning.text(in: language)) }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.key("rows")
    writer.beginArray()
    for note in report.rows {
      writer.beginObject()
      writer.key("kind")
      writer.value(note.kind.rawValue)
      writer.key("file")
      writer.value(note.file)
      writer.key("row")
      writer.value(note.row)
      writer.key("column")
      if let column = note.column { writer.value(column) } else { writer.null() }
      writer.key("reason")
      writer.value(note.reason.text(in: language))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
  writer.endArray()
  return writer.bytes + [0x0A]
}
