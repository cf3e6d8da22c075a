public import Features
public import Geometry
public import Projection
internal import SQLite

/// Writes one layer into a GeoPackage of its own, for other programs: the standard tables, typed
/// columns and an R-tree, nothing of the store's own.
public final class GeoPackageFile {
  private let database: Database
  private let insertion: Statement
  private let table: String
  private let reference: ReferenceSystem
  private let hasGeometry: Bool
  private var index = RTreeLoading()
  private var extent: Box<Native>?
  private var typeNames: Set<String> = []
  private var hasZ = false
  private var hasM = false

  /// Begins the file at `path`, in place of one that is there.
  ///
  /// - Parameters:
  ///   - layer: the table's name.
  ///   - title: what other programs show for it.
  public init(
    path: String, layer: LayerID, title: String, fields: [StoredField],
    reference: ReferenceSystem, hasGeometry: Bool
  ) throws(StoreError) {
    self.reference = reference
    self.hasGeometry = hasGeometry
    table = layer.text
    let name = Database.quoted(table)
    (database, insertion) = try StoreError.wrapping {
      let database = try Database(path: path, mode: .create)
      // The file gets its name when it is whole, so that a journal would guard nothing.
      try database.execute(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
      try GeoPackage.createStandard(in: database)
      try GeoPackage.defineFunctions(in: database)
      let columns = fields.map { ", \(Database.quoted($0.name)) \(StoredValue.sqlType($0.type))" }
      try database.execute(
        "CREATE TABLE \(name) (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"
          + (hasGeometry ? ", geom GEOMETRY" : "") + columns.joined() + ")")
      try GeoPackage.addReferenceSystem(
        epsg: reference.epsg, definition: reference.wellKnownText ?? "undefined", in: database)
      try database.run(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        [
          .text(layer.text), .text(hasGeometry ? "features" : "attributes"), .text(title),
          hasGeometry ? .integer(Int64(reference.epsg)) : .null,
        ])
      let names = (hasGeometry ? ["geom"] : []) + fields.map { Database.quoted($0.name) }
      let insertion = try database.prepare(
        names.isEmpty
          ? "INSERT INTO \(name) DEFAULT VALUES"
          : "INSERT INTO \(name) (\(names.joined(separator: ", "))) VALUES "
            + "(\(Array(repeating: "?", count: names.count).joined(separator: ", ")))")
      try database.execute("BEGIN")
      return (database, insertion)
    }
  }

  /// Appends a row, one value a field.
  ///
  /// - Parameter wkb: the geometry's bytes in place of the shape's own, where they hold more than it:
  ///   Z or M ordinates, or curves.
  public func write(
    _ values: [Attribute], shape: Shape<Native>?, wkb: [UInt8]? = nil
  ) throws(StoreError) {
    try StoreError.wrapping {
      var cells: [SQLValue] = []
      cells.reserveCapacity(values.count + 1)
      if hasGeometry {
        if let shape {
          cells.append(.blob(GeoPackageBlob.encode(shape, epsg: reference.epsg, wkb: wkb)))
          note(shape, wkb)
        } else {
          cells.append(.null)
        }
      }
      for value in values { cells.append(StoredValue.sql(value)) }
      try insertion.bind(cells)
      while try insertion.step() {}
      if hasGeometry, let box = shape?.bounds { note(box) }
    }
  }

  private func note(_ box: Box<Native>) {
    index.add(database.lastInsertedRow, box)
    extent =
      extent.flatMap { extent in
        Box(
          minX: min(extent.minX, box.minX), minY: min(extent.minY, box.minY),
          maxX: max(extent.maxX, box.maxX), maxY: max(extent.maxY, box.maxY))
      } ?? box
  }

  private func note(_ shape: Shape<Native>, _ wkb: [UInt8]?) {
    guard let wkb, wkb.count >= 5 else {
      typeNames.insert(shape.typeName)
      return
    }
    var code: UInt32 = 0
    for index in 0..<4 {
      let shift = wkb[0] == 1 ? 8 * index : 24 - 8 * index
      code |= UInt32(wkb[1 + index]) << UInt32(shift)
    }
    // ISO WKB: Z adds 1000, M 2000, both 3000; types over 7 are curves.
    let dimensions = code / 1000
    if dimensions == 1 || dimensions == 3 { hasZ = true }
    if dimensions == 2 || dimensions == 3 { hasM = true }
    typeNames.insert(code % 1000 <= 7 ? shape.typeName : "Geometry")
  }

  /// Completes the file: its index, extent and geometry type.
  public func finish() throws(StoreError) {
    try StoreError.wrapping {
      if hasGeometry {
        let type = typeNames.count == 1 ? typeNames.first?.uppercased() ?? "GEOMETRY" : "GEOMETRY"
        try database.run(
          "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, ?, ?)",
          [
            .text(table), .text(type), .integer(Int64(reference.epsg)), .integer(hasZ ? 2 : 0),
            .integer(hasM ? 2 : 0),
          ])
        try GeoPackage.createTree(table: table, in: database)
        try index.write(to: "rtree_\(table)_geom", in: database)
        try GeoPackage.createTriggers(table: table, in: database)
        if let box = extent {
          try database.run(
            """
            UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?
            WHERE table_name = ?
            """,
            [
              .real(box.minX), .real(box.minY), .real(box.maxX), .real(box.maxY), .text(table),
            ])
        }
      }
      try database.execute("COMMIT")
    }
  }
}
