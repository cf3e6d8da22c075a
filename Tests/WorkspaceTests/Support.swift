import Features
import Foundation
import Workspace

/// A workspace's folder for one test, removed with its owner.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "machizu-workspace-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, its folders included.
  func write(_ name: String, _ text: String) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}

/// The repository's root, whatever links lead to this file.
let repositoryRoot = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// Reads a layer.json as the layer `shelters` in `/w/Layers/shelters`.
func declaration(_ text: String) throws(WorkspaceError) -> LayerDeclaration {
  guard let id = LayerID("shelters") else {
    throw WorkspaceError(file: "", message: "no id")
  }
  return try LayerDeclaration(
    parsing: Array(text.utf8), id: id, file: "layer.json", folder: "/w/Layers/shelters")
}

/// What is wrong with a layer.json, one sentence a fault; empty when it is right.
func faults(_ text: String) -> [String] {
  do {
    _ = try declaration(text)
    return []
  } catch {
    return error.faults.map(\.description)
  }
}

/// A right layer.json with one member more or other: `members` stand after the least that is needed.
func layer(
  _ members: String = "", key: String = #""番号""#, geometry: String = #""point""#,
  fields: String = #"{"name": "番号", "type": "text"}, {"name": "名称", "type": "text"}"#
) -> String {
  """
  {"title": "避難所", "geometry": \(geometry), "key": \(key),
   "fields": [\(fields)]\(members.isEmpty ? "" : ",\n" + members)}
  """
}
