internal import Features
internal import Import
internal import LayerStore
internal import Rendering
internal import Snapshot
internal import Styling
internal import Tiles
internal import Workspace

/// An error of this program that tells itself in both languages.
struct BilingualError: Error {
  let title: Title
  /// Whether the input, rather than the work, was at fault.
  var isRefusedInput = true
}

/// Sentences for clerks on the errors of modules that tell English ones only.
enum JapaneseErrors {
  /// Nil for errors that are not known here.
  static func text(of error: any Error) -> String? {
    switch error {
    case ImportError.store(let error): text(of: error)
    case ImportError.declaration(let error): text(of: error)
    case let error as ArchiveError: "\(error.path): \(text(of: error.fault))。"
    case let error as StoreError: text(of: error)
    case let error as RenderError: text(of: error)
    case let error as SourceError: text(of: error)
    case let error as SnapshotError: text(of: error)
    case let error as StyleError: "スタイルに誤りがあります。\(error.description)"
    case let error as WorkspaceError: error.text(in: .japanese)
    default: nil
    }
  }

  private static func text(of fault: ArchiveError.Fault) -> String {
    switch fault {
    case .notAnArchive: "PMTilesでもMBTilesでもないファイルです"
    case .unsupportedVersion(let found): "PMTilesの版が\(found)です。読めるのは3です"
    case .truncated: "途中で切れています。ファイル全体を取り直してください"
    case .unsupportedCompression(let found): "目録の圧縮方式\(found)は読めません（1: なし、2: gzip）"
    case .damagedCompression: "gzipのデータが壊れているか、大きすぎます"
    case .damagedDirectory: "目録が壊れています"
    case .directoryTooDeep(let limit): "目録の入れ子が\(limit)段を超えています"
    case .unsupportedTiles(let found): "タイルが\(found)です。出せるのはPNG・JPEG・WebP・AVIFの画像です"
    case .damagedMetadata: "説明（メタデータ）が壊れています"
    case .outOfOrder(let tile): "タイル\(tile)が順序どおりに書かれていません"
    case .inUse: "別の処理が書き込んでいます。終わるのを待ってください"
    case .anotherPlan: "書きかけのファイルは、別のデータ・スタイル・指定で始められたものです。--resume を付けずに始めてください"
    case .exists: "すでにあります。別の名前にするか、削除するか、--update を付けてください"
    case .unknownKind: "*.pmtiles、*.mbtiles、タイルのフォルダのどれでもありません"
    case .system(let action, let reason): "\(actions[action] ?? "処理できません")（\(system(reason))）"
    }
  }

  /// What `ArchiveError` says of a failed call of the system.
  private static let actions = [
    "made": "作れません", "opened": "開けません", "read": "読めません", "written": "書き込めません",
    "written to the disk": "ディスクに書き込めません", "measured": "大きさがわかりません",
    "cut down": "切り詰められません", "given its name": "名前を付けられません", "removed": "削除できません",
  ]

  /// A reason of the system, or of SQLite, as far as people can do something about it.
  static func system(_ reason: String) -> String {
    let known = [
      ("No space left", "ディスクに空きがありません"), ("disk is full", "ディスクに空きがありません"),
      ("Disk quota", "使えるディスクの量を超えました"), ("Permission denied", "権限がありません"),
      ("Operation not permitted", "権限がありません"), ("Read-only", "書き込みのできない場所です"),
      ("readonly", "書き込みのできない場所です"), ("No such file", "ファイルまたはフォルダがありません"),
      ("unable to open", "開けません。場所と権限を確かめてください"), ("Is a directory", "フォルダです"),
      ("Not a directory", "フォルダではありません"), ("Input/output", "ディスクの読み書きに失敗しました"),
      ("disk I/O", "ディスクの読み書きに失敗しました"), ("malformed", "データベースが壊れています"),
      ("not a database", "データベースではありません"),
    ]
    return known.first { reason.contains($0.0) }?.1 ?? reason
  }

  private static func text(of error: StoreError) -> String {
    switch error {
    case .database:
      error.isBusy
        ? "別の処理が台帳に書き込んでいます。終わってからもう一度実行してください。"
        : "台帳を読み書きできません（\(system(error.description))）。"
    case .snapshot(let error): text(of: error)
    case .projection(let error): "座標の変換ができません。\(error)"
    case .missing(let path): "台帳の本体\(path)がまだありません。先に machizu import を実行してください。"
    case .notAStore(let path, _): "\(path)は町図の台帳ではありません。"
    case .unknownLayer(let name): "台帳にレイヤ「\(name)」がありません。先に取り込んでください。"
    case .unknownKey(let layer, let key): "台帳のレイヤ「\(layer)」にキー「\(key)」の行がありません。"
    case .damagedRow(let layer, let key, _):
      "台帳のレイヤ\(layer)の行\(key)が壊れています。バックアップから戻してください。"
    case .unreadableDeclaration(let layer, let reason): "レイヤ\(layer)の宣言に誤りがあります。\(reason)"
    case .folder(let message): "フォルダを作れないか、書き込めません。\(message)"
    }
  }

  private static func text(of error: SnapshotError) -> String {
    switch error {
    case .unreadable(let path, let reason): "\(path)を読めません（\(system(reason))）。"
    case .notASnapshot(let path), .otherVersion(let path, _, _):
      "\(path)はこのプログラムの描画用ファイルではありません。削除すれば作り直されます。"
    case .damaged(let path, _): "描画用ファイル\(path)が壊れています。もう一度実行すれば作り直されます。"
    case .unwritable(let path, let reason): "\(path)を書き込めません（\(system(reason))）。"
    case .tooLarge(let what, let limit): "レイヤが大きすぎます（\(what)は\(limit)まで）。"
    }
  }

  private static func text(of error: SourceError) -> String {
    switch error {
    case .unreadable(let layer, let reason): "レイヤ\(layer)を読めません（\(system(reason))）。"
    case .damaged(let layer, _): "レイヤ\(layer)の描画用ファイルが壊れています。もう一度実行すれば作り直されます。"
    }
  }

  private static func text(of error: RenderError) -> String {
    switch error {
    case .source(let error): text(of: error)
    case .symbol(let name, let reason): "記号「\(name)」を描けません。\(reason)"
    case .unknownLayer(let name, let known):
      "地図にレイヤ「\(name)」がありません。あるのは\(known.joined(separator: "、"))です。"
    case .font(let reason): "フォントを使えません。\(reason)"
    case .legendTooLong(let limit): "凡例が\(limit)件を超えます。"
    }
  }
}
