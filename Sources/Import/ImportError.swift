public import Features
public import Formats
public import LayerStore
public import Workspace

/// Why a layer was not imported; the store is as it was before.
public enum ImportError: Error, Sendable, CustomStringConvertible {
  case noSource(layer: String)
  case missingFiles(layer: String, pattern: String)
  case unreadable(FormatError)
  case declaration(WorkspaceError)
  case store(StoreError)
  case unknownReference(
    layer: String, file: String, found: String?, proposals: [ReferenceProposal])
  case badField(layer: String, reason: String)
  case tooManyRemoved(layer: String, missing: Int, stored: Int, allowedPercent: Double)
  case rejectedRows(ImportReport)

  public var description: String { text(in: .english) }

  /// The sentence that a person acts on.
  public func text(in language: Language) -> String { title.text(in: language) }

  private var title: Title {
    switch self {
    case .noSource(let layer):
      Title(
        japanese: "レイヤ\(layer)にはsourceの宣言がないため、取り込むものがありません。",
        english: "Layer \(layer) declares no source, so there is nothing to import.")
    case .missingFiles(let layer, let pattern):
      Title(
        japanese: "レイヤ\(layer): 「\(pattern)」に当たるファイルがありません。ファイルを置くか、layer.jsonを直してください。",
        english:
          "Layer \(layer): no file matches “\(pattern)”; put the file there or correct layer.json.")
    case .unreadable(let error):
      Title(japanese: error.text(in: .japanese), english: error.description)
    case .declaration(let error):
      Title(japanese: error.text(in: .japanese), english: error.description)
    case .store(let error): Title(japanese: error.description)
    case .unknownReference(let layer, let file, let found, let proposals):
      Self.unknownReference(layer, file, found, proposals)
    case .badField(let layer, let reason): Title(japanese: "Layer \(layer): \(reason)")
    case .tooManyRemoved(let layer, let missing, let stored, let allowed):
      Self.tooManyRemoved(layer, missing, stored, allowed)
    case .rejectedRows(let report):
      Title(
        japanese: "レイヤ\(report.layer): \(report.read)行のうち\(report.rejected)行が却下されました。"
          + "--strict は全行か無かのどちらかなので、何も変えていません。",
        english:
          "Layer \(report.layer): \(report.rejected) of \(report.read) rows are refused, and "
          + "--strict takes all or none; nothing was changed.")
    }
  }

  private static func unknownReference(
    _ layer: String, _ file: String, _ found: String?, _ proposals: [ReferenceProposal]
  ) -> Title {
    var japanese =
      "レイヤ\(layer): \(file)の座標系が" + (found.map { "「\($0)」で、わかりません" } ?? "書かれていません")
      + "。layer.jsonに \"crs\": \"EPSG:…\" と宣言してください。"
    var english =
      "Layer \(layer): the reference system of \(file) is "
      + (found.map { "“\($0)”, which is not known" } ?? "not stated")
      + "; declare it in layer.json as \"crs\": \"EPSG:…\"."
    if let best = proposals.first {
      japanese += "\(best.triedCount)箇所を町の境界と比べた結果（採用はしていません）:"
      english +=
        " Of \(best.triedCount) places compared with the town's boundary (nothing is taken):"
    }
    for proposal in proposals.prefix(3) {
      let words = proposal.description
      japanese += "\n  \(words.japanese)"
      english += "\n  \(words.text(in: .english))"
    }
    return Title(japanese: japanese, english: english)
  }

  private static func tooManyRemoved(
    _ layer: String, _ missing: Int, _ stored: Int, _ allowed: Double
  ) -> Title {
    let needed = percent(100 * Double(missing) / Double(max(stored, 1)) + 1)
    return Title(
      japanese: "レイヤ\(layer): この取込では\(stored)行のうち\(missing)行が消え、許された\(percent(allowed))を超えます。"
        + "それでよければ --allow-removal \(needed) を付けてください。",
      english:
        "Layer \(layer): this import would remove \(missing) of \(stored) rows, more than the "
        + "\(percent(allowed)) that are allowed; if that is meant, repeat it with "
        + "--allow-removal \(needed).")
  }

  private static func percent(_ value: Double) -> String {
    "\(min(Int(value.rounded(.down)), 100))%"
  }

  /// Whether the input, rather than the work, was at fault.
  public var isRefusedInput: Bool {
    switch self {
    case .missingFiles, .unreadable, .unknownReference, .declaration, .badField, .noSource: true
    case .store, .tooManyRemoved, .rejectedRows: false
    }
  }
}
