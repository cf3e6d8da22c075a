import Features
import Foundation
import Geometry
import LayerStore
import Projection
import SQLite
import Workspace

/// A workspace with one store for one test, removed with its owner.
final class Scratch {
  let folder: String
  var storePath: String { folder + "/var/town.gpkg" }

  init() throws {
    folder = NSTemporaryDirectory() + "machizu-store-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/var", withIntermediateDirectories: true)
    try write("machizu.json", #"{"town": {"name": "町"}}"#)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ name: String, _ text: String) throws {
    let file = URL(filePath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Declares the layer of `shelters`.
  func declare(_ members: String = "", fields: [StoredField] = shelterFields) throws {
    let names = fields.map { "{\"name\": \"\($0.name)\", \"type\": \"\($0.type.rawValue)\"}" }
    try write(
      "Layers/\(shelters)/layer.json",
      """
      {"title": "避難所", "geometry": "point", "key": "machizu:content", "audience": "public",
       "fields": [\(names.joined(separator: ", "))]\(members.isEmpty ? "" : ", " + members)}
      """)
  }

  func store(_ access: LayerStore.Access = .write) throws -> LayerStore {
    try LayerStore(path: storePath, access: access)
  }

  /// A second connection that knows nothing of ours, as another program has it. It can write tables
  /// with an R-tree only if it brings the functions that the triggers call.
  func database() throws -> Database {
    let database = try Database(path: storePath, mode: .readWrite, busySeconds: 0)
    try database.define("ST_IsEmpty", argumentCount: 1) { _ in .integer(0) }
    for name in ["ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"] {
      try database.define(name, argumentCount: 1) { _ in .real(0) }
    }
    return database
  }

  func workspace() throws -> Workspace { try Workspace(folder: folder) }
}

/// A value and the folder that must live as long.
struct Kept<Value> {
  let value: Value
  private let scratch: Scratch

  fileprivate init(_ value: Value, _ scratch: Scratch) {
    self.value = value
    self.scratch = scratch
  }
}

extension Scratch {
  func keeping<Value>(_ make: (Scratch) throws -> Value) rethrows -> Kept<Value> {
    Kept(try make(self), self)
  }
}

let shelters = LayerID("shelters") ?? { preconditionFailure("the id is well formed") }()

let shelterFields = [
  StoredField(name: "名称", type: .text), StoredField(name: "人数", type: .integer),
  StoredField(name: "設置日", type: .date),
]

let zone8 = ReferenceSystem(epsg: 6676)

/// A row at a place in metres, by its key.
func shelter(
  _ key: String, _ name: String, _ people: Int64 = 0, x: Double = -20_000, y: Double = -120_000
) -> IncomingRow {
  IncomingRow(
    key: FeatureKey(key), shape: .point(Point(x: x, y: y)),
    values: [.text(name), .integer(people), .null])
}

/// What became of the rows of an import, in their order, and how many rows were removed.
struct Outcome: Sendable {
  var rows: [RowOutcome] = []
  var removed = 0
}

@discardableResult
func bring(
  _ rows: [IncomingRow], into store: LayerStore, fields: [StoredField] = shelterFields,
  reference: ReferenceSystem = zone8, hasGeometry: Bool = true, isDryRun: Bool = false
) throws -> Outcome {
  try store.importLayer(
    shelters, title: "避難所", fields: fields, reference: reference, hasGeometry: hasGeometry,
    author: "試験", cause: "a.csv", time: "2026-04-01T09:00:00+09:00", isDryRun: isDryRun
  ) { writer in
    var outcome = Outcome()
    for row in rows { outcome.rows.append(try writer.put(row)) }
    try writer.removeMissing()
    outcome.removed = writer.removedCount
    let changed =
      outcome.removed > 0 || outcome.rows.contains { $0 == .added || $0 == .changed }
    return (outcome, changed)
  }
}

func rows(_ store: LayerStore) throws -> [StoredRow] {
  var rows: [StoredRow] = []
  guard let layer = try store.layer(shelters) else { return [] }
  try store.forEachRow(of: layer) { rows.append($0) }
  return rows
}
