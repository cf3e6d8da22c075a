public import Features
public import Geometry
public import Projection
internal import SQLite

/// The ledgers of a town in one GeoPackage: layers, their commits and their history.
///
/// One object serves one thread; any number of processes may read while one writes.
public final class LayerStore {
  public enum Access: Sendable {
    case read
    /// Makes the store where there is none.
    case write
  }

  let database: Database
  /// A random number that is renewed when the store is restored, so that revisions of two stores are
  /// never taken for each other.
  public let epoch: String

  public init(path: String, access: Access) throws(StoreError) {
    let database: Database
    do {
      if access == .read {
        database = try Database(path: path, mode: .readWrite)
        // What is left where the first import of all was ended while it made the file.
        if try database.rows("SELECT 1 FROM sqlite_master LIMIT 1").isEmpty {
          throw StoreError.missing(path: path)
        }
      } else {
        database = try Database(path: path, mode: .create)
        try Self.prepare(database)
      }
      guard
        case .text(let epoch)? = try database.rows(
          "SELECT value FROM machizu_store WHERE name = 'epoch'"
        ).first?.first
      else { throw StoreError.notAStore(path: path, reason: "it has no epoch") }
      self.epoch = epoch
      // Only now, so that a file that is no store is left as it is.
      try database.execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;")
      // A quarter of a gigabyte, so that a large import does not write its pages again and again.
      if access == .write { try database.execute("PRAGMA cache_size = -262144") }
      try GeoPackage.defineFunctions(in: database)
    } catch let error as SQLiteError {
      // 14: the file cannot be opened, for reading because there is none.
      if error.code & 0xFF == 14, access == .read { throw .missing(path: path) }
      if error.code & 0xFF == 26 || error.message.contains("no such table") {
        throw .notAStore(path: path, reason: error.message)
      }
      throw .database(error)
    } catch let error as StoreError {
      throw error
    } catch {
      throw .folder("\(error)")
    }
    self.database = database
  }

  private static func prepare(_ database: Database) throws {
    try database.transaction {
      guard
        case .integer(0)? = try database.rows("SELECT count(*) FROM sqlite_master").first?.first
      else {
        // A store of an earlier version; a file that is no store is left as it is.
        if try !database.rows("SELECT 1 FROM sqlite_master WHERE name = 'machizu_store'").isEmpty {
          try database.execute(attachmentTable)
        }
        return
      }
      try GeoPackage.create(in: database)
      try database.run(
        "INSERT INTO machizu_store VALUES ('epoch', ?), ('format', '1')", [.text(newEpoch())])
    }
  }

  private static func newEpoch() -> String {
    String(UInt64.random(in: .min ... .max), radix: 16)
  }

  /// A number that changes when another connection has committed.
  public func dataVersion() throws(StoreError) -> Int64 {
    try StoreError.wrapping { try database.dataVersion() }
  }

  /// Runs `body` on one state of the store, whatever others commit meanwhile.
  func reading<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    try StoreError.wrapping { try database.reading(body) }
  }

  /// The newest commit; 0 for an empty store.
  public func lastCommit() throws(StoreError) -> Revision {
    try StoreError.wrapping {
      guard
        case .integer(let commit)? = try database.rows("SELECT max(id) FROM machizu_commits")
          .first?.first
      else { return 0 }
      return commit
    }
  }

  /// Every imported layer, in the order of ids.
  public func layers() throws(StoreError) -> [StoredLayer] {
    try StoreError.wrapping {
      var layers: [StoredLayer] = []
      for row in try database.rows(
        "SELECT layer, revision, epsg FROM machizu_layers ORDER BY layer")
      {
        guard case .text(let name) = row[0], let id = LayerID(name),
          case .integer(let revision) = row[1], case .integer(let epsg) = row[2]
        else { continue }
        var fields: [StoredField] = []
        for field in try database.rows(
          "SELECT name, type FROM machizu_fields WHERE layer = ? ORDER BY position", [.text(name)])
        {
          guard case .text(let name) = field[0], case .text(let type) = field[1],
            let type = FieldType(rawValue: type)
          else { continue }
          fields.append(StoredField(name: name, type: type))
        }
        layers.append(
          StoredLayer(
            id: id, revision: revision, reference: ReferenceSystem(epsg: Int(epsg)),
            fields: fields))
      }
      return layers
    }
  }

  public func layer(_ id: LayerID) throws(StoreError) -> StoredLayer? {
    try layers().first { $0.id == id }
  }

  /// Calls `body` with every row of a layer, in the order of keys.
  public func forEachRow(
    of layer: StoredLayer, _ body: (StoredRow) throws -> Void
  ) throws(StoreError) {
    try StoreError.wrapping {
      let statement = try database.prepare(Self.selection(layer) + " ORDER BY machizu_key")
      while try statement.step() { try body(Self.row(statement, layer)) }
    }
  }

  /// The keys of a layer's rows.
  public func keys(of layer: LayerID) throws(StoreError) -> Set<FeatureKey> {
    try StoreError.wrapping {
      let statement = try database.prepare(
        "SELECT machizu_key FROM \(Database.quoted(layer.text))")
      var keys: Set<FeatureKey> = []
      while try statement.step() { keys.insert(FeatureKey(statement.text(0))) }
      return keys
    }
  }

  /// The rows with these store numbers, in the order asked; missing ones are left out.
  public func rows(
    of layer: StoredLayer, numbers: [Int64]
  ) throws(StoreError) -> [StoredRow] {
    try StoreError.wrapping {
      let statement = try database.prepare(Self.selection(layer) + " WHERE fid = ?")
      var rows: [StoredRow] = []
      rows.reserveCapacity(numbers.count)
      for number in numbers {
        try statement.bind([.integer(number)])
        if try statement.step() { rows.append(try Self.row(statement, layer)) }
      }
      return rows
    }
  }

  /// The place that a row came with, where it is not the stored one; nil for most rows.
  public func original(
    of key: FeatureKey, in layer: LayerID
  ) throws(StoreError) -> (wkb: [UInt8], reference: ReferenceSystem)? {
    try StoreError.wrapping {
      guard
        let row = try database.rows(
          "SELECT wkb, epsg FROM machizu_originals WHERE layer = ? AND key = ?",
          [.text(layer.text), .text(key.text)]
        ).first, case .blob(let wkb) = row[0], case .integer(let epsg) = row[1]
      else { return nil }
      return (wkb, ReferenceSystem(epsg: Int(epsg)))
    }
  }

  static let fixedColumns = "fid, geom, machizu_key, machizu_origin, machizu_notes"
  static let fixedColumnCount = 5

  private static func selection(_ layer: StoredLayer) -> String {
    let columns = layer.fields.map { ", " + Database.quoted($0.name) }.joined()
    return "SELECT \(fixedColumns)\(columns) FROM \(Database.quoted(layer.id.text))"
  }

  static func row(_ statement: Statement, _ layer: StoredLayer) throws(StoreError) -> StoredRow {
    let key = FeatureKey(statement.text(2))
    var shape: Shape<Native>?
    if !statement.isNull(1) {
      do {
        shape = try GeoPackageBlob.decode(statement.blob(1))
      } catch {
        throw .damagedRow(layer: layer.id.text, key: key.text, reason: error.description)
      }
    }
    let notes = StoredValue.parseNotes(statement.value(4))
    var unread: [String: String] = [:]
    var values: [Attribute] = []
    values.reserveCapacity(layer.fields.count)
    for (index, field) in layer.fields.enumerated() {
      values.append(
        StoredValue.attribute(
          statement.value(fixedColumnCount + index), field: field, notes: notes))
      if let text = StoredValue.unread(field, notes: notes) { unread[field.name] = text }
    }
    return StoredRow(
      number: statement.integer(0), key: key, wasEdited: statement.integer(3) == 1, shape: shape,
      values: values, unread: unread)
  }
}

/// A layer as the store holds it.
public struct StoredLayer: Sendable, Hashable {
  public let id: LayerID
  public let revision: Revision
  /// The system of the stored coordinates.
  public let reference: ReferenceSystem
  /// The columns in the order of the table.
  public let fields: [StoredField]
}

/// One ledger entry as the store holds it.
public struct StoredRow: Sendable {
  public let number: Int64
  public let key: FeatureKey
  /// Whether an edit, not an import, wrote it last.
  public let wasEdited: Bool
  /// In the layer's reference system; nil for an entry without a place.
  public let shape: Shape<Native>?
  /// One value a column.
  public let values: [Attribute]
  /// Texts that could not be read as their column's type, whose value is null, by column.
  public let unread: [String: String]
}
