internal import Features
internal import Workspace

/// The text that goes with published data: where they come from, on what terms they may be used, what
/// their columns mean.
struct PublicNotes {
  let town: TownDeclaration
  let day: String
  let layers: [PublicData.Written]

  /// Japanese first, then English; CR LF and a byte-order mark, for the editors of office computers.
  var bytes: [UInt8] {
    let parts = [
      heading(.japanese), layers.map { entry(of: $0, in: .japanese) }.joined(separator: "\n"),
      heading(.english), layers.map { entry(of: $0, in: .english) }.joined(separator: "\n"),
    ]
    let lines = parts.joined(separator: "\n").split(
      separator: "\n", omittingEmptySubsequences: false)
    return [0xEF, 0xBB, 0xBF] + Array(lines.joined(separator: "\r\n").utf8) + [0x0D, 0x0A]
  }

  private func heading(_ language: Language) -> String {
    let name = town.name.text(in: language)
    switch language {
    case .japanese:
      return """
        \(name) 公開データについて（\(day) 作成）

        ・CSV は UTF-8（BOM 付き）です。点の位置は緯度・経度の列に、線と面の形は WKT の列にあります。
        ・座標はすべて経度・緯度（JGD2011、10 進度）です。
        ・公開の対象でないレイヤ・行・列は含まれていません。
        ・出典と利用条件はレイヤごとに異なります。利用するときは次の記載に従ってください。

        """
    case .english:
      return """
        ----------------------------------------------------------------
        Open data of \(name) (made on \(day))

        - CSV files are UTF-8 with a byte-order mark; points stand in columns of latitude (緯度) and
          longitude (経度), lines and areas in a column of well-known text.
        - All coordinates are longitude and latitude in degrees (JGD2011).
        - Layers, rows and columns that are not for the public are not contained.
        - Source and licence differ from layer to layer; keep to what is said below.

        """
    }
  }

  private func entry(of layer: PublicData.Written, in language: Language) -> String {
    let isJapanese = language == .japanese
    let declaration = layer.declaration
    let none = isJapanese ? "記載なし" : "not stated"
    var lines = [
      "■ \(declaration.title.text(in: language)) (\(declaration.id))",
      (isJapanese ? "  ファイル: " : "  files: ")
        + layer.files.map(\.name).joined(separator: ", ")
        + (isJapanese ? "（\(layer.count) 件）" : " (\(layer.count) entries)"),
      (isJapanese ? "  出典: " : "  source: ") + (declaration.attribution ?? none),
      (isJapanese ? "  利用条件: " : "  licence: ") + (declaration.licence ?? none),
      (isJapanese ? "  時点: " : "  as of: ") + (declaration.updated ?? none),
    ]
    if let dataset = layer.dataset {
      lines.append(
        (isJapanese ? "  自治体標準オープンデータセットの列: " : "  columns of the national data set: ")
          + dataset)
    }
    for field in layer.fields { lines.append("  - " + Self.text(of: field, in: language)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(of field: Field, in language: Language) -> String {
    var text = field.name
    if let title = field.title?.text(in: language), title != field.name { text += " (\(title))" }
    if let unit = field.unit { text += " [\(unit)]" }
    guard !field.codes.isEmpty else { return text }
    let codes = field.codes.map { "\($0.value)=\($0.title.text(in: language))" }
    return text + ": " + codes.joined(separator: ", ")
  }
}
