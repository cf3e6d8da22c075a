internal import Features
internal import Import
internal import LayerStore
internal import Lettering
internal import Workspace

extension Command {
  static let `import` = Command(
    name: "import",
    usage: "[LAYER…] [--dry-run] [--strict] [--allow-removal SHARE]\n"
      + "machizu import FILE --as LAYER [--encoding E] [--crs C] [--key FIELD]\n"
      + "  [--layer NAME | --each]",
    summary: "Bring declared layers, or a file for the first time, into the store",
    options: [
      Option("--dry-run", nil, "report only, change nothing"),
      Option("--strict", nil, "refuse a layer if one of its rows is refused"),
      Option(
        "--allow-removal", "SHARE", "share of rows that may disappear, such as 50% (default: 30%)"),
      Option("--report", "FILE", "write the report into FILE.csv or FILE.json, too"),
      Option("--as", "LAYER", "declare FILE as a new layer, keep a copy beside its layer.json"),
      Option("--encoding", "E", "with --as: the encoding, where the bytes do not tell"),
      Option("--crs", "EPSG:N", "with --as: the reference system, where the file does not say it"),
      Option("--key", "FIELD", "with --as: the column that names the rows"),
      Option("--layer", "NAME", "with --as: the layer of a file that holds several"),
      Option("--each", nil, "with --as: every layer of the file, as LAYER-name"),
    ], run: runImport)
}

private func runImport(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let workspace = try session.workspace()
  let language = try session.messageLanguage()
  var options = ImportOptions(time: Session.now())
  options.isDryRun = arguments.has("--dry-run")
  options.isStrict = arguments.has("--strict")
  options.author = Session.author()
  options.makesSnapshot = true
  if let share = arguments["--allow-removal"] {
    options.allowedRemovalPercent = try percent(share)
  }
  let reportFile = try ReportFile(arguments["--report"])
  let firsts =
    try arguments["--as"].map { name in
      try FirstFile.all(
        arguments.operand("a file"), as: name, arguments, in: workspace, language: language)
    } ?? []
  let ofFirst = ["--encoding", "--crs", "--key", "--layer", "--each"]
  if firsts.isEmpty, let option = ofFirst.first(where: arguments.has) {
    throw CommandError.usage("\(option) needs --as LAYER; of declared layers layer.json says it.")
  }
  let wanted =
    firsts.isEmpty ? try arguments.operands.map { try Session.layerID($0, in: workspace) } : []
  let declarations =
    firsts.isEmpty
    ? workspace.layersInImportOrder.filter { layer in
      wanted.isEmpty ? layer.source != nil : wanted.contains(layer.id)
    } : firsts.map(\.declaration)
  guard !declarations.isEmpty else {
    throw CommandError.usage("The workspace declares no layer with a source.")
  }
  try FileContents.makeFolder(workspace.varFolder)
  let store = try LayerStore(path: workspace.storePath, access: .write)
  for first in firsts { try first.place() }
  // A font that cannot be loaded is told by the commands that draw.
  let letterer = (try? Session.fonts(of: workspace)).map { Letterer($0) }
  var reports: [ImportReport] = []
  var failures: [CommandError] = []
  for declaration in declarations {
    do {
      var report = try LayerImport(
        declaration, in: workspace, options: options,
        missingCharacters: letterer.map { letterer in { letterer.missingCharacters(in: $0) } }
      ).run(into: store)
      if let first = firsts.first(where: { $0.declaration.id == declaration.id }) {
        report.files[0].warnings = first.findings + report.files[0].warnings
      }
      reports.append(report)
      if !session.isJSON { tell(report, language: language) }
      if !options.isDryRun, let stored = try store.layer(declaration.id) {
        _ = try SnapshotFiles(workspace).open(stored, in: store, declaration: declaration)
      }
    } catch {
      let failure = CommandError(error, language: language)
      Console.tell(failure.message)
      failures.append(failure)
    }
  }
  try FirstFile.settle(firsts, imported: options.isDryRun ? [] : Set(reports.map(\.layer)))
  try reportFile?.write(reports, language: language)
  if session.isJSON { Console.write(ImportReport.json(reports, language: language)) }
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
  Console.write("\(report.layer): \(report.counts(in: language))")
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
  let place = note.row > 0 ? "\(note.file):\(note.row)" : note.file
  let column = note.column.map { " [\($0)]" } ?? ""
  return "\(note.kind.word(in: language)) \(place)\(column) \(note.reason.text(in: language))"
}
