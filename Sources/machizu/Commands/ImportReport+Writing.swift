internal import Features
internal import Formats
internal import Import
internal import JSON
internal import Workspace

/// The file that `--report` names.
struct ReportFile {
  private let path: String
  private let isTable: Bool

  /// Nil where no file is asked for.
  init?(_ path: String?) throws(CommandError) {
    guard let path else { return nil }
    self.path = path
    switch path.split(separator: ".").last?.lowercased() {
    case "csv": isTable = true
    case "json": isTable = false
    default: throw .usage("--report is “\(path)”; a file that ends in .csv or .json is allowed.")
    }
  }

  func write(_ reports: [ImportReport], language: Language) throws {
    let bytes =
      isTable
      ? try ImportReport.table(reports, language: language, path: path)
      : ImportReport.json(reports, language: language)
    try FileContents.replace(path, with: bytes)
  }
}

extension ImportReport.RowNote.Kind {
  func word(in language: Language) -> String {
    switch (self, language) {
    case (.rejected, .japanese): "却下"
    case (.conflict, .japanese): "競合"
    case (.note, .japanese): "注意"
    case (.rejected, .english): "rejected"
    case (.conflict, .english): "conflict"
    case (.note, .english): "note"
    }
  }
}

extension ImportReport {
  /// One line for each layer, file and row of which something is to be said, for a spreadsheet.
  static func table(
    _ reports: [ImportReport], language: Language, path: String
  ) throws -> [UInt8] {
    let columns =
      language == .japanese
      ? ["レイヤ", "種類", "ファイル", "行", "列", "内容"]
      : ["layer", "kind", "file", "row", "column", "reason"]
    let writer = try CSVWriter(
      columns: columns, layout: CSVWriter.Layout(hasByteOrderMark: true), path: path)
    for report in reports {
      let layer = SourceValue.text(report.layer.text)
      try writer.write([
        layer, .text(language == .japanese ? "件数" : "counts"), .null, .null, .null,
        .text(report.counts(in: language)),
      ])
      for file in report.files {
        try writer.write([
          layer, .text(language == .japanese ? "ファイル" : "file"), .text(file.file), .null, .null,
          .text("\(file.read), \(file.reference), \(file.encoding)"),
        ])
        for warning in file.warnings {
          try writer.write([
            layer, .text(RowNote.Kind.note.word(in: language)), .text(file.file), .null, .null,
            .text(warning.text(in: language)),
          ])
        }
      }
      for note in report.rows {
        try writer.write([
          layer, .text(note.kind.word(in: language)), .text(note.file),
          note.row > 0 ? .integer(Int64(note.row)) : .null,
          note.column.map(SourceValue.text) ?? .null, .text(note.reason.text(in: language)),
        ])
      }
    }
    return writer.take()
  }

  /// The counts as one clause.
  func counts(in language: Language) -> String {
    switch language {
    case .japanese:
      "読込 \(read)　追加 \(added)　変更 \(changed)　変更なし \(unchanged)　削除 \(removed)　"
        + "却下 \(rejected)　競合 \(conflicts)"
    case .english:
      "\(read) read, \(added) added, \(changed) changed, \(unchanged) unchanged, \(removed) removed, "
        + "\(rejected) rejected, \(conflicts) conflicts"
    }
  }

  /// What `import --json` writes.
  static func json(_ reports: [ImportReport], language: Language) -> [UInt8] {
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
}
