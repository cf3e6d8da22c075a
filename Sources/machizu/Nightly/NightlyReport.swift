internal import Features
internal import Import
internal import JSON

/// What a night did, for the clerk who reads it in the morning.
struct NightlyReport {
  struct Imported {
    let title: Title
    let report: ImportReport
  }

  struct Pyramid {
    let path: String
    let wasDrawn: Bool
  }

  struct Backup {
    let path: String
    let removed: [String]
  }

  struct Failure {
    /// The layer, archive or folder.
    let subject: String
    let reason: Title
  }

  /// Rows of one layer that the text lists; all are in the JSON form of `machizu import`.
  private static let listedRows = 10

  let started: String
  var ended = ""
  var declaredLayers = 0
  var imports: [Imported] = []
  var pyramids: [Pyramid] = []
  var backup: Backup?
  var failures: [Failure] = []

  init(started: String) {
    self.started = started
  }

  /// 0 when everything was done, else 1.
  var status: Int32 { failures.isEmpty ? 0 : 1 }

  func text(in language: Language) -> String {
    let isJapanese = language == .japanese
    var lines: [String] = []
    let times = "\(Self.minute(started)) – \(Self.minute(ended))"
    if isJapanese {
      let result = failures.isEmpty ? "すべて終わりました" : "\(failures.count) 件できませんでした"
      lines.append("町図 夜間処理（\(times)）: \(result)")
    } else {
      let result = failures.isEmpty ? "everything was done" : "\(failures.count) could not be done"
      lines.append("Machizu, nightly run (\(times)): \(result)")
    }
    for failure in failures {
      lines.append((isJapanese ? "  ★ できなかった処理 " : "  ★ not done: ") + failure.subject)
      lines.append("      " + failure.reason.text(in: language))
    }
    lines += importLines(language)
    lines += pyramids.map { pyramid in
      let what =
        switch (pyramid.wasDrawn, isJapanese) {
        case (true, true): "変わった所を描き直しました"
        case (false, true): "変更がないのでそのままです"
        case (true, false): "brought up to date"
        case (false, false): "left as it is, nothing changed"
        }
      return (isJapanese ? "タイル " : "Tiles ") + "\(pyramid.path): \(what)"
    }
    if let backup {
      lines.append(
        isJapanese
          ? "バックアップ \(backup.path): 作成し、検査しました"
          : "Backup \(backup.path): made and verified")
      for path in backup.removed {
        lines.append((isJapanese ? "  古いものを削除: " : "  old one removed: ") + path)
      }
    }
    if !failures.isEmpty {
      lines.append(
        isJapanese
          ? "★ の処理は原因を直したあと machizu nightly をもう一度実行してください。終わった処理はそのまま有効です。"
          : "Mend what ★ names and run machizu nightly again. What was done stays valid.")
    }
    return lines.joined(separator: "\n")
  }

  private func importLines(_ language: Language) -> [String] {
    let isJapanese = language == .japanese
    var lines = [
      isJapanese
        ? "取込: \(declaredLayers) レイヤのうち、元ファイルが変わった \(imports.count) レイヤを読みました"
        : "Import: of \(declaredLayers) layers, \(imports.count) whose files changed were read"
    ]
    for imported in imports {
      let report = imported.report
      let isSilent =
        report.added + report.changed + report.removed + report.rejected + report.conflicts == 0
      guard !isSilent else { continue }
      let counts =
        isJapanese
        ? "追加 \(report.added)、変更 \(report.changed)、削除 \(report.removed)、"
          + "取り込めない行 \(report.rejected)、競合 \(report.conflicts)"
        : "\(report.added) added, \(report.changed) changed, \(report.removed) removed, "
          + "\(report.rejected) refused, \(report.conflicts) conflicts"
      lines.append("  \(imported.title.text(in: language)) (\(report.layer)): \(counts)")
      let rows = report.rows.filter { $0.kind != .note }
      for row in rows.prefix(Self.listedRows) {
        let column = row.column.map { " [\($0)]" } ?? ""
        lines.append("    \(row.file):\(row.row)\(column) \(row.reason.text(in: language))")
      }
      if rows.count > Self.listedRows {
        let rest = rows.count - Self.listedRows
        lines.append(
          isJapanese
            ? "    ほか \(rest) 行（machizu import \(report.layer) で確認できます）"
            : "    and \(rest) more rows (machizu import \(report.layer) lists them)")
      }
    }
    return lines
  }

  /// `2026-04-01 02:00`.
  private static func minute(_ time: String) -> String {
    String(time.prefix(16)).replacing("T", with: " ")
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("started", started)
    writer.member("ended", ended)
    writer.key("status")
    writer.value(Int(status))
    writer.key("layers")
    writer.value(declaredLayers)
    writer.key("imports")
    writer.beginArray()
    for imported in imports {
      let report = imported.report
      writer.beginObject()
      writer.member("layer", report.layer.text)
      for (key, value) in [
        ("read", report.read), ("added", report.added), ("changed", report.changed),
        ("unchanged", report.unchanged), ("removed", report.removed),
        ("rejected", report.rejected), ("conflicts", report.conflicts),
      ] {
        writer.key(key)
        writer.value(value)
      }
      writer.endObject()
    }
    writer.endArray()
    writer.key("pyramids")
    writer.beginArray()
    for pyramid in pyramids {
      writer.beginObject()
      writer.member("file", pyramid.path)
      writer.key("drawn")
      writer.value(pyramid.wasDrawn)
      writer.endObject()
    }
    writer.endArray()
    writer.key("backup")
    if let backup { writer.value(backup.path) } else { writer.null() }
    writer.key("failures")
    writer.beginArray()
    for failure in failures {
      writer.beginObject()
      writer.member("subject", failure.subject)
      writer.member("reason", failure.reason.text(in: .english))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes + [0x0A]
  }
}
