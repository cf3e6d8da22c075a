public import Features
public import Geometry
public import Projection
internal import SQLite

/// A row that an import hands to the store.
public struct IncomingRow: Sendable {
  /// Nil for a layer whose rows are named by their content.
  public var key: FeatureKey?
  /// In the layer's reference system; nil for an entry without a place.
  public var shape: Shape<Native>?
  /// One value a column of the writer.
  public var values: [Attribute]
  /// Texts that could not be read as their column's type, by column: kept beside.
  public var unread: [String: String]
  /// The place as it came in, where `shape` is not it.
  public var original: (wkb: [UInt8], reference: ReferenceSystem)?

  public init(
    key: FeatureKey?, shape: Shape<Native>?, values: [Attribute], unread: [String: String] = [:],
    original: (wkb: [UInt8], reference: ReferenceSystem)? = nil
  ) {
    self.key = key
    self.shape = shape
    self.values = values
    self.unread = unread
    self.original = original
  }
}

/// What became of an incoming row.
public enum RowOutcome: Sendable, Hashable {
  case added
  case changed
  case unchanged
  /// An edit wrote the stored row last: it is kept.
  case conflict
  /// Another row of this import has the key.
  case duplicate(FeatureKey)
}

/// Brings one layer's table to the state of an import, row by row, inside a transaction.
public final class LayerWriter {
  private let database: Database
  private let layer: LayerID
  private let fields: [StoredField]
  /// The columns of the table: those of the rows, then those that are joined from other layers.
  let storedFields: [StoredField]
  private let reference: ReferenceSystem
  private let commit: Revision
  private var stored: [FeatureKey: Stored] = [:]
  private var seen: Set<FeatureKey> = []
  private let insertion: Statement
  private let update: Statement
  private let history: Statement
  private let addition: Statement
  /// Takes the rows of a new layer.
  private let newRows: NewRows?
  /// The boxes of a new layer, whose index is filled at the end; nil where triggers keep it.
  private var newIndex: RTreeLoading?
  /// The snapshot of a new layer in the making; nil where it is made from the store.
  private let gathering: SnapshotGathering?
  private let originalInsertion: Statement
  private let originalDeletion: Statement
  /// How often each content occurred, so that equal rows without keys stay apart.
  private var contentCounts: [String: Int] = [:]

  private struct Stored {
    var number: Int64
    var digest: [UInt8]
    var wasEdited: Bool
  }

  public private(set) var removedCount = 0
  /// Rows that the store held before.
  public let storedCount: Int
  /// Whether the schema or the reference system changed, which alone makes a new revision.
  public let schemaChanged: Bool

  init(
    database: Database, layer: LayerID, title: String, fields: [StoredField],
    reference: ReferenceSystem, hasGeometry: Bool, commit: Revision, previous: StoredLayer?,
    joined: [StoredField], gathering: SnapshotGathering?
  ) throws {
    self.gathering = previous == nil ? gathering : nil
    self.database = database
    self.layer = layer
    self.fields = fields
    let storedFields = fields + joined
    self.storedFields = storedFields
    self.reference = reference
    self.commit = commit
    let table = Database.quoted(layer.text)
    schemaChanged = previous.map { $0.fields != storedFields || $0.reference != reference } ?? true
    var kept: [(Stored, FeatureKey)] = []
    if previous != nil {
      let statement = try database.prepare(
        "SELECT fid, machizu_key, machizu_digest, machizu_origin FROM \(table)")
      while try statement.step() {
        kept.append(
          (
            Stored(
              number: statement.integer(0), digest: statement.blob(2),
              wasEdited: statement.integer(3) == 1),
            FeatureKey(statement.text(1))
          ))
      }
    }
    if let previous, schemaChanged {
      try Self.migrate(database, from: previous, to: storedFields)
    }
    if previous != nil, hasGeometry {
      try Self.registerGeometry(database, layer: layer, reference: reference)
    } else if previous == nil {
      try Self.create(
        database, layer: layer, title: title, fields: storedFields, reference: reference,
        hasGeometry: hasGeometry)
    }
    for (row, key) in kept { stored[key] = row }
    storedCount = kept.count

    let names = fields.map { Database.quoted($0.name) }
    let columns = ["geom", "machizu_key", "machizu_digest", "machizu_notes"] + names
    insertion = try database.prepare(
      "INSERT INTO \(table) (\(columns.joined(separator: ", ")), machizu_origin) VALUES "
        + "(\(Array(repeating: "?", count: columns.count).joined(separator: ", ")), 0)")
    newRows =
      previous == nil
      ? try NewRows(database, table: table, columns: columns + ["machizu_origin"]) : nil
    let assignments = columns.map { "\($0) = ?" }.joined(separator: ", ")
    update = try database.prepare(
      "UPDATE \(table) SET \(assignments), machizu_origin = 0 WHERE fid = ?")
    history = try Self.changes(of: layer, fields: storedFields, in: database)
    addition = try database.prepare(
      "INSERT INTO machizu_history VALUES (?, ?, ?, 'add', NULL, NULL)")
    newIndex = previous == nil && hasGeometry ? RTreeLoading() : nil
    originalInsertion = try database.prepare(
      "INSERT OR REPLACE INTO machizu_originals VALUES (?, ?, ?, ?)")
    originalDeletion = try database.prepare(
      "DELETE FROM machizu_originals WHERE layer = ? AND key = ?")
  }

  /// Writes the state of a row into the history: commit, layer, operation, and the row's number.
  static func changes(
    of layer: LayerID, fields: [StoredField], in database: Database
  ) throws -> Statement {
    // json_object takes at most 127 arguments: a wide table's columns are put together from several.
    var parts: [String] = []
    for start in stride(from: 0, to: max(fields.count, 1), by: 60) {
      let slice = fields[start..<min(start + 60, fields.count)]
      let pairs = slice.map { field in
        "'\(field.name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))', "
          + Database.quoted(field.name)
      }
      let object = "json_object(\(pairs.joined(separator: ", ")))"
      parts.append("substr(\(object), 2, length(\(object)) - 2)")
    }
    let before = "'{' || \(parts.joined(separator: " || ',' || ")) || '}'"
    return try database.prepare(
      "INSERT INTO machizu_history SELECT ?, ?, machizu_key, ?, \(before), geom "
        + "FROM \(Database.quoted(layer.text)) WHERE fid = ?")
  }

  /// Adds, changes or leaves one row.
  public func put(_ row: IncomingRow) throws(StoreError) -> RowOutcome {
    precondition(row.values.count == fields.count)
    return try StoreError.wrapping {
      let geometry = row.shape.map { GeoPackageBlob.encode($0, epsg: reference.epsg) }
      var digest = ContentDigest()
      digest.add(geometry ?? [])
      // Columns without a value do not count, so that a column that is new and empty changes no row.
      for (field, value) in zip(fields, row.values) where !value.isNull {
        digest.add(field.name)
        digest.add(value)
      }
      for (name, text) in row.unread.sorted(by: { $0.key < $1.key }) {
        digest.add(name)
        digest.add(text)
      }
      if let original = row.original {
        digest.add(original.wkb)
        digest.add(UInt64(bitPattern: Int64(original.reference.epsg)))
      }
      let content = digest.bytes
      let key = row.key ?? contentKey(digest.hexadecimal)
      guard seen.insert(key).inserted else { return .duplicate(key) }

      let old = stored.removeValue(forKey: key)
      if let old {
        if old.digest == content { return .unchanged }
        if old.wasEdited { return .conflict }
      }
      let values: [SQLValue] =
        [
          geometry.map(SQLValue.blob) ?? .null, .text(key.text), .blob(content),
          StoredValue.notes(row.values, fields: fields, unread: row.unread),
        ] + row.values.map(StoredValue.sql)
      if let old {
        try history.bind([
          .integer(commit), .text(layer.text), .text("change"), .integer(old.number),
        ])
        while try history.step() {}
        try update.bind(values + [.integer(old.number)])
        while try update.step() {}
      } else if let newRows {
        try newRows.add(values + [.integer(0)])
        let number = newRows.lastNumber
        if let box = row.shape?.bounds { newIndex?.add(number, box) }
        gathering?.add(row, key: key, number: number)
      } else {
        try insertion.bind(values)
        while try insertion.step() {}
        try addition.bind([.integer(commit), .text(layer.text), .text(key.text)])
        while try addition.step() {}
      }
      try setOriginal(row.original, key: key, hadRow: old != nil)
      return old == nil ? .added : .changed
    }
  }

  /// Completes a new layer: its last rows, their history, and its index with the triggers that keep it
  /// from now on.
  func finish() throws {
    gathering?.finish()
    if let newRows {
      try newRows.finish()
      try database.run(
        "INSERT INTO machizu_history SELECT ?, ?, machizu_key, 'add', NULL, NULL FROM "
          + "\(Database.quoted(layer.text)) ORDER BY fid",
        [.integer(commit), .text(layer.text)])
    }
    guard let newIndex else { return }
    try newIndex.write(to: "rtree_\(layer.text)_geom", in: database)
    try GeoPackage.createTriggers(table: layer.text, in: database)
  }

  private func contentKey(_ digest: String) -> FeatureKey {
    let count = contentCounts[digest, default: 0] + 1
    contentCounts[digest] = count
    return FeatureKey(count == 1 ? digest : "\(digest)-\(count)")
  }

  private func setOriginal(
    _ original: (wkb: [UInt8], reference: ReferenceSystem)?, key: FeatureKey, hadRow: Bool
  ) throws {
    if let original {
      try originalInsertion.bind([
        .text(layer.text), .text(key.text), .integer(Int64(original.reference.epsg)),
        .blob(original.wkb),
      ])
      while try originalInsertion.step() {}
    } else if hadRow {
      try originalDeletion.bind([.text(layer.text), .text(key.text)])
      while try originalDeletion.step() {}
    }
  }

  /// How many stored rows the import did not bring again and an import wrote last.
  public var missingCount: Int { stored.values.count { !$0.wasEdited } }

  /// Keys of rows that are missing from the import although somebody edited them: they are kept.
  public var missingEditedKeys: [FeatureKey] {
    stored.filter { $0.value.wasEdited }.keys.sorted()
  }

  /// Removes the rows that the import did not bring again; edited ones are kept.
  public func removeMissing() throws(StoreError) {
    try StoreError.wrapping {
      let table = Database.quoted(layer.text)
      let deletion = try database.prepare("DELETE FROM \(table) WHERE fid = ?")
      for (key, row) in stored.sorted(by: { $0.key < $1.key }) where !row.wasEdited {
        try history.bind([
          .integer(commit), .text(layer.text), .text("remove"), .integer(row.number),
        ])
        while try history.step() {}
        try deletion.bind([.integer(row.number)])
        while try deletion.step() {}
        try setOriginal(nil, key: key, hadRow: true)
        removedCount += 1
      }
    }
  }

  private static func create(
    _ database: Database, layer: LayerID, title: String, fields: [StoredField],
    reference: ReferenceSystem, hasGeometry: Bool
  ) throws {
    let columns = fields.map { ", \(Database.quoted($0.name)) \(StoredValue.sqlType($0.type))" }
    try database.execute(
      """
      CREATE TABLE \(Database.quoted(layer.text)) (
        fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom \(hasGeometry ? "GEOMETRY" : "BLOB"),
        machizu_key TEXT NOT NULL UNIQUE, machizu_digest BLOB NOT NULL,
        machizu_origin INTEGER NOT NULL DEFAULT 1, machizu_notes TEXT\(columns.joined()));
      """)
    try GeoPackage.addReferenceSystem(
      epsg: reference.epsg, definition: reference.wellKnownText ?? "undefined", in: database)
    try database.run(
      "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
      [
        .text(layer.text), .text(hasGeometry ? "features" : "attributes"),
        .text("\(title) (\(layer.text))"), hasGeometry ? .integer(Int64(reference.epsg)) : .null,
      ])
    guard hasGeometry else { return }
    try registerGeometry(database, layer: layer, reference: reference, withTriggers: false)
  }

  /// Makes the table one of features, with an R-tree, where it is not one yet.
  private static func registerGeometry(
    _ database: Database, layer: LayerID, reference: ReferenceSystem, withTriggers: Bool = true
  ) throws {
    let name = SQLValue.text(layer.text)
    guard
      try database.rows("SELECT 1 FROM gpkg_geometry_columns WHERE table_name = ?", [name]).isEmpty
    else { return }
    try database.run(
      "UPDATE gpkg_contents SET data_type = 'features' WHERE table_name = ?", [name])
    try database.run(
      "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)",
      [name, .integer(Int64(reference.epsg))])
    if withTriggers {
      try GeoPackage.createIndex(table: layer.text, in: database)
    } else {
      try GeoPackage.createTree(table: layer.text, in: database)
    }
  }

  /// New columns are added at the end of the table; columns that are no longer declared stay there
  /// unseen, and begin empty when they come back. A column of another type is made anew with its
  /// values converted, since SQLite's columns convert what is written to them. A new reference system
  /// is taken with the rows, all of which change.
  private static func migrate(
    _ database: Database, from previous: StoredLayer, to fields: [StoredField]
  ) throws {
    let table = Database.quoted(previous.id.text)
    var present: [String: String] = [:]
    for row in try database.rows(
      "SELECT name, type FROM pragma_table_info(?)", [.text(previous.id.text)])
    {
      guard case .text(let name) = row[0], case .text(let type) = row[1] else { continue }
      present[name.lowercased()] = type
    }
    let shown = Set(previous.fields.map { $0.name.lowercased() })
    for field in fields {
      let name = Database.quoted(field.name)
      let type = StoredValue.sqlType(field.type)
      guard let found = present[field.name.lowercased()] else {
        try database.execute("ALTER TABLE \(table) ADD COLUMN \(name) \(type)")
        continue
      }
      if !shown.contains(field.name.lowercased()) {
        try database.execute("UPDATE \(table) SET \(name) = NULL WHERE machizu_origin = 0")
      }
      if found != type {
        let former = Database.quoted("machizu_former")
        try database.execute(
          """
          ALTER TABLE \(table) RENAME COLUMN \(name) TO \(former);
          ALTER TABLE \(table) ADD COLUMN \(name) \(type);
          UPDATE \(table) SET \(name) = \(former);
          ALTER TABLE \(table) DROP COLUMN \(former);
          """)
      }
    }
  }
}
