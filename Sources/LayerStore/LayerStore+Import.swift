public import Features
public import Projection
internal import SQLite
public import Workspace

extension LayerStore {
  /// Ends a transaction on purpose, so that nothing of it is kept.
  private struct Discarded<Result: Sendable>: Error {
    let result: Result
  }

  /// Brings a layer to the state that `body` writes, in one transaction: all of it or nothing.
  ///
  /// A commit is made only if something changed. With `isDryRun` nothing is kept. Columns of the
  /// workspace's layers that are joined from this layer, and its own, change in the same commit.
  ///
  /// - Parameter snapshots: where the snapshot of a new layer is written beside the import, for the
  ///   layer as declared; that of a layer which is there is made from the store.
  /// - Throws: `StoreError`, and what `body` throws.
  public func importLayer<Result: Sendable>(
    _ layer: LayerID, title: String, fields: [StoredField], reference: ReferenceSystem,
    hasGeometry: Bool, author: String, cause: String, time: String, isDryRun: Bool,
    workspace: Workspace? = nil,
    snapshots: (files: SnapshotFiles, declaration: LayerDeclaration)? = nil,
    _ body: (LayerWriter) throws -> (result: Result, changed: Bool)
  ) throws -> Result {
    var gathered: (layer: StoredLayer, gathering: SnapshotGathering)?
    do {
      let result = try database.transaction {
        let previous = try self.layer(layer)
        try database.run(
          "INSERT INTO machizu_commits (time, author, cause) VALUES (?, ?, ?)",
          [.text(time), .text(author), .text(cause)])
        let commit = database.lastInsertedRow
        let joined = workspace?[layer: layer]?.joinedFields ?? []
        // What is joined is known only when all rows are there.
        if previous == nil, !isDryRun, joined.isEmpty, let snapshots {
          let made = StoredLayer(
            id: layer, revision: commit, reference: reference, fields: fields)
          gathered = (made, SnapshotGathering(made, declaration: snapshots.declaration))
        }
        let writer = try LayerWriter(
          database: database, layer: layer, title: title, fields: fields, reference: reference,
          hasGeometry: hasGeometry, commit: commit, previous: previous,
          joined: joined, gathering: gathered?.gathering)
        let (result, changed) = try body(writer)
        try writer.finish()
        try register(
          layer, fields: writer.storedFields, reference: reference,
          commit: changed || writer.schemaChanged ? commit : previous?.revision ?? commit)
        let joinsChanged = try workspace.map { try refreshJoins(of: layer, in: $0, commit: commit) }
        if isDryRun || !(changed || writer.schemaChanged || joinsChanged == true) {
          throw Discarded(result: result)
        }
        try updateContents(layer, reference: reference, hasGeometry: hasGeometry)
        return result
      }
      if let snapshots, let gathered, let bytes = gathered.gathering.take() {
        try snapshots.files.put(
          bytes, for: gathered.layer, epoch: epoch, declaration: snapshots.declaration)
      }
      return result
    } catch let discarded as Discarded<Result> {
      return discarded.result
    } catch let error as SQLiteError {
      throw StoreError.database(error)
    }
  }

  private func register(
    _ layer: LayerID, fields: [StoredField], reference: ReferenceSystem, commit: Revision
  ) throws {
    try database.run(
      "INSERT OR REPLACE INTO machizu_layers VALUES (?, ?, ?)",
      [.text(layer.text), .integer(commit), .integer(Int64(reference.epsg))])
    try database.run("DELETE FROM machizu_fields WHERE layer = ?", [.text(layer.text)])
    for (position, field) in fields.enumerated() {
      try database.run(
        "INSERT INTO machizu_fields VALUES (?, ?, ?, ?)",
        [
          .text(layer.text), .integer(Int64(position)), .text(field.name),
          .text(field.type.rawValue),
        ])
    }
  }

  private func updateContents(
    _ layer: LayerID, reference: ReferenceSystem, hasGeometry: Bool
  ) throws {
    guard hasGeometry else {
      try database.run(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') "
          + "WHERE table_name = ?", [.text(layer.text)])
      return
    }
    try GeoPackage.addReferenceSystem(
      epsg: reference.epsg, definition: reference.wellKnownText ?? "undefined", in: database)
    let box = try RTreeLoading.bounds(of: "rtree_\(layer.text)_geom", in: database)
    func side(_ value: Double?) -> SQLValue { value.map(SQLValue.real) ?? .null }
    try database.run(
      """
      UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now'), srs_id = ?,
        min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?
      """,
      [
        .integer(Int64(reference.epsg)), side(box?.minX), side(box?.minY), side(box?.maxX),
        side(box?.maxY), .text(layer.text),
      ])
    try database.run(
      "UPDATE gpkg_geometry_columns SET srs_id = ? WHERE table_name = ?",
      [.integer(Int64(reference.epsg)), .text(layer.text)])
  }
}
