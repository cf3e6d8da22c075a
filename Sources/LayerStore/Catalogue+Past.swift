public import Features
public import Geometry
internal import JSON
internal import Projection
internal import SQLite
internal import Snapshot
internal import Workspace

/// What a store held at earlier revisions, and where it has changed since.
public struct PastContents: Sendable {
  public let contents: CatalogueContents
  /// By layer id the world boxes of all features added, changed or removed since: of a changed one
  /// both the old and the new.
  public let changes: [String: [GridBox]]
  /// The layers of which the history does not tell what they held; `contents` has them as they are.
  public let unknown: Set<LayerID>
}

extension Catalogue {
  /// The contents as they were, told by the history.
  ///
  /// - Parameters:
  ///   - revisions: of every layer that is asked for; other layers are taken as they are.
  ///   - reads: whether the caller looks at a column. Of dates the history keeps the day and not the
  ///     words, so that the past of a layer whose dates are looked at is not known.
  /// - Returns: nil where the store is another, or has changed since `contents` was read.
  public func past(
    of contents: CatalogueContents, revisions: [LayerID: Revision],
    reads: (LayerID, String) -> Bool
  ) throws(StoreError) -> PastContents? {
    let store = try LayerStore(path: workspace.storePath, access: .read)
    guard store.epoch == contents.epoch else { return nil }
    let files = SnapshotFiles(workspace)
    return try store.reading {
      var layers = contents.layers
      var changes: [String: [GridBox]] = [:]
      var unknown: Set<LayerID> = []
      for (id, revision) in revisions {
        guard let layer = contents.layers[id], let stored = try store.layer(id),
          stored == layer.stored
        else { return nil }
        if revision == stored.revision { continue }
        guard revision < stored.revision,
          !stored.fields.contains(where: { $0.type == .date && reads(id, $0.name) }),
          let past = try store.past(of: stored, at: revision)
        else {
          unknown.insert(id)
          continue
        }
        let old = StoredLayer(
          id: id, revision: revision, reference: stored.reference, fields: stored.fields)
        layers[id] = CatalogueContents.Layer(
          stored: old, declaration: layer.declaration, fields: layer.fields,
          snapshot: try files.openPast(old, declaration: layer.declaration, rows: past.rows))
        changes[id.text] = past.boxes
      }
      return PastContents(
        contents: CatalogueContents(epoch: contents.epoch, layers: layers), changes: changes,
        unknown: unknown)
    }
  }
}

extension LayerStore {
  /// The rows of a layer as they were at an earlier revision, in the order of keys, and the boxes of
  /// what has changed; nil where places were kept in another reference system then.
  fileprivate func past(
    of layer: StoredLayer, at revision: Revision
  ) throws -> (rows: [StoredRow], boxes: [GridBox])? {
    let places = try GridPlaces(layer)
    var boxes: [GridBox] = []
    func note(_ row: StoredRow) {
      for shape in places.shapes(of: row.shape) where !shape.bounds.isEmpty {
        boxes.append(shape.bounds)
      }
    }
    // The first change after the revision tells the state at it; nil where there was no row.
    var former: [FeatureKey: StoredRow?] = [:]
    let history = try database.prepare(
      "SELECT key, before, before_geom, operation FROM machizu_history "
        + "WHERE layer = ? AND commit_id > ? AND operation IN ('add', 'change', 'remove') "
        + "ORDER BY commit_id, rowid")
    try history.bind([.text(layer.id.text), .integer(revision)])
    while try history.step() {
      let key = FeatureKey(history.text(0))
      guard former[key] == nil else { continue }
      guard history.text(3) != "add" else {
        former.updateValue(nil, forKey: key)
        continue
      }
      let blob = history.isNull(2) ? nil : history.blob(2)
      guard blob.map({ GeoPackageBlob.epsg($0) == layer.reference.epsg }) ?? true,
        let values = try? JSONParser.parse(Array(history.text(1).utf8))
      else { return nil }
      let row = StoredRow(
        number: 0, key: key, wasEdited: false,
        shape: try blob.map { try GeoPackageBlob.decode($0) },
        values: layer.fields.map { field in
          StoredValue.attribute(SQLValue(json: values[field.name]), field: field, notes: nil)
        }, unread: [:])
      note(row)
      former.updateValue(row, forKey: key)
    }
    var rows: [StoredRow] = []
    try forEachRow(of: layer) { row in
      if former[row.key] == nil { rows.append(row) } else { note(row) }
    }
    rows += former.values.compactMap { $0 }
    rows.sort { $0.key < $1.key }
    return (rows, boxes)
  }
}

extension SQLValue {
  /// What SQLite's json_object made of a value.
  fileprivate init(json: JSONValue?) {
    if let text = json?.string {
      self = .text(text)
    } else if let number = json?.number {
      self =
        number.text.contains(where: { ".eE".contains($0) })
        ? .real(number.double) : number.int64.map(SQLValue.integer) ?? .real(number.double)
    } else {
      self = .null
    }
  }
}
