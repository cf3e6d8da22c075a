import Features
import Foundation
import Geometry
import Import
import LayerStore
import SQLite
import Workspace

/// A town of one layer, `points`, for one test, removed with its owner.
final class Town {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "machizu-import-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/var", withIntermediateDirectories: true)
    try write("machizu.json", #"{"town": {"name": "町"}}"#)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = URL(filePath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  /// Writes a source file beside the declaration.
  func source(_ name: String, _ text: String) throws { try write("Layers/points/\(name)", text) }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(folder)/Layers/points/\(name)")
  }

  func declare(
    key: String = #""番号""#, geometry: String = "none", source: String = #"{"files": ["*.csv"]}"#,
    fields: String = #"{"name": "番号", "type": "text"}, {"name": "名称", "type": "text"}"#,
    members: String = ""
  ) throws {
    try write(
      "Layers/points/layer.json",
      """
      {"title": "点", "geometry": "\(geometry)", "key": \(key), "source": \(source),
       "fields": [\(fields)]\(members.isEmpty ? "" : ", " + members)}
      """)
  }

  func workspace() throws -> Workspace { try Workspace(folder: folder) }

  func store() throws -> LayerStore {
    try LayerStore(path: folder + "/var/town.gpkg", access: .write)
  }

  @discardableResult
  func bring(_ change: (inout ImportOptions) -> Void = { _ in }) throws -> ImportReport {
    let workspace = try workspace()
    guard let declaration = workspace[layer: points] else {
      throw WorkspaceError(file: folder, message: "no declaration")
    }
    var options = ImportOptions(time: "2026-04-01T09:00:00+09:00")
    change(&options)
    return try LayerImport(declaration, in: workspace, options: options).run(into: store())
  }

  func rows() throws -> [StoredRow] {
    let store = try store()
    var rows: [StoredRow] = []
    guard let layer = try store.layer(points) else { return [] }
    try store.forEachRow(of: layer) { rows.append($0) }
    return rows
  }

  func layer() throws -> StoredLayer? { try store().layer(points) }

  /// The rows as texts by column.
  func texts() throws -> [[String: String]] {
    let names = try layer()?.fields.map(\.name) ?? []
    return try rows().map { row in
      Dictionary(uniqueKeysWithValues: zip(names, row.values.map(\.displayText)))
    }
  }
}

let points = LayerID("points") ?? { preconditionFailure("the id is well formed") }()

extension ImportReport {
  /// Whether every row that was read is accounted for.
  var addsUp: Bool {
    read == added + changed + unchanged + rejected + conflicts
      && rejected == rows.count { $0.kind == .rejected }
      && conflicts == rows.count { $0.kind == .conflict }
      && read == files.map(\.read).reduce(0, +)
  }

  var rejections: [(row: Int, column: String?, reason: String)] {
    rows.filter { $0.kind == .rejected }.map { ($0.row, $0.column, $0.reason.text(in: .english)) }
  }
}
