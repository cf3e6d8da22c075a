public import Features
internal import Geometry
internal import Projection
public import Snapshot
public import Workspace

/// The snapshot files of a workspace: one a layer and revision, made from the store when missing.
public struct SnapshotFiles: Sendable {
  private let folder: String

  public init(_ workspace: Workspace) {
    folder = workspace.snapshotsFolder
  }

  /// The columns of a stored layer as the declaration describes them; a column that is not declared
  /// is restricted.
  public static func fields(of layer: StoredLayer, declaration: LayerDeclaration) -> [Field] {
    layer.fields.map { stored in
      if let declared = declaration.fields.first(where: { $0.name == stored.name }) {
        return declared
      }
      return Field(name: stored.name, type: stored.type, audience: .restricted)
    }
  }

  /// Where the layer's snapshot lies: its name holds all that its bytes depend on.
  public func path(_ layer: StoredLayer, epoch: String, declaration: LayerDeclaration) -> String {
    var digest = ContentDigest()
    digest.add(epoch)
    digest.add(declaration.publicWhere ?? "")
    digest.add(declaration.geometry.rawValue)
    for field in layer.fields {
      digest.add(field.name)
      digest.add(field.type.rawValue)
    }
    let name = "\(layer.id)-\(layer.revision)-\(digest.hexadecimal.prefix(12)).mzs"
    return FileContents.join(folder, name)
  }

  /// Opens the layer's snapshot, building it first where it is missing, damaged or of another
  /// version.
  public func open(
    _ layer: StoredLayer, in store: LayerStore, declaration: LayerDeclaration
  ) throws(StoreError) -> Snapshot {
    let path = path(layer, epoch: store.epoch, declaration: declaration)
    if FileContents.exists(path), let snapshot = try? Snapshot(path: path),
      snapshot.revision == layer.revision, snapshot.columnCount == layer.fields.count,
      snapshot.damage == nil
    {
      return snapshot
    }
    return try build(layer, in: store, declaration: declaration, path: path)
  }

  private func build(
    _ layer: StoredLayer, in store: LayerStore, declaration: LayerDeclaration, path: String
  ) throws(StoreError) -> Snapshot {
    try write(layer, declaration: declaration, path: path) { body in
      try store.forEachRow(of: layer) { row in try body(row) }
    }
  }

  /// Puts a snapshot that was made beside an import into its place.
  func put(_ bytes: [UInt8], for layer: StoredLayer, epoch: String, declaration: LayerDeclaration)
    throws(StoreError)
  {
    let path = path(layer, epoch: epoch, declaration: declaration)
    try place(bytes, at: path)
  }

  /// The layer as it was, of rows in the order of keys, in a file that nobody else opens.
  func openPast(
    _ layer: StoredLayer, declaration: LayerDeclaration, rows: [StoredRow]
  ) throws(StoreError) -> Snapshot {
    let name = "past-\(layer.id)-\(String(UInt64.random(in: .min ... .max), radix: 16)).mzs"
    let path = FileContents.join(folder, name)
    // What is mapped lives on without its name.
    defer { FileContents.remove(path) }
    return try write(layer, declaration: declaration, path: path) { body in
      for row in rows { try body(row) }
    }
  }

  private func write(
    _ layer: StoredLayer, declaration: LayerDeclaration, path: String,
    forEachRow: ((StoredRow) throws -> Void) throws -> Void
  ) throws(StoreError) -> Snapshot {
    let bytes = try StoreError.wrapping {
      let places = try GridPlaces(layer)
      let publicRows = try PublicRows(layer, declaration: declaration)
      var builder = SnapshotBuilder(revision: layer.revision, columnCount: layer.fields.count)
      try forEachRow { row in
        try builder.append(
          SnapshotRow(
            key: row.key, storeRow: row.number, audience: publicRows.audience(of: row.values),
            values: row.values, shapes: places.shapes(of: row.shape)))
      }
      return try builder.build()
    }
    try place(bytes, at: path)
    return try StoreError.wrapping { try Snapshot(path: path) }
  }

  private func place(_ bytes: [UInt8], at path: String) throws(StoreError) {
    do {
      try FileContents.makeFolder(folder)
    } catch {
      throw .folder(error.description)
    }
    try StoreError.wrapping { try Snapshot.write(bytes, to: path) }
  }

  /// Looks at every page of every file; removes those that cannot be used, which are made again when
  /// their layer is next asked for.
  ///
  /// - Returns: how many are whole, and what was wrong with the others.
  public func verify() -> (wholeCount: Int, faults: [SnapshotError]) {
    var wholeCount = 0
    var faults: [SnapshotError] = []
    for name in FileContents.list(folder) where name.hasSuffix(".mzs") {
      let path = FileContents.join(folder, name)
      do {
        try Snapshot(path: path).verify()
        wholeCount += 1
      } catch {
        faults.append(error)
        FileContents.remove(path)
      }
    }
    return (wholeCount, faults)
  }

  /// Deletes the files that no layer of the store needs any more, and what was begun by processes that
  /// are no more; mapped ones live on in memory.
  public func removeStale(keeping paths: Set<String>) {
    for name in FileContents.list(folder) {
      let path = FileContents.join(folder, name)
      if name.hasSuffix(".mzs") ? !paths.contains(path) : Snapshot.isAbandoned(name) {
        FileContents.remove(path)
      }
    }
  }
}

/// Brings a layer's places onto the world grid.
struct GridPlaces {
  private let reprojection: Reprojection

  init(_ layer: StoredLayer) throws {
    reprojection = try Reprojection(from: layer.reference, to: .geographic)
  }

  func shapes(of shape: Shape<Native>?) -> [GridShape] {
    guard let shape, let place: Shape<Geographic> = reprojection.forward(shape) else {
      return []
    }
    return GridShape.shapes(of: place)
  }
}

/// Decides which rows the public may see.
struct PublicRows {
  private let filter: Filter?

  init(_ layer: StoredLayer, declaration: LayerDeclaration) throws(StoreError) {
    guard let text = declaration.publicWhere else {
      filter = nil
      return
    }
    let schema = Schema(SnapshotFiles.fields(of: layer, declaration: declaration))
    do {
      filter = try Filter(parsing: text, schema: schema)
    } catch {
      throw .unreadableDeclaration(layer: layer.id.text, reason: "“public_where”: \(error)")
    }
  }

  /// A row of which the condition is unknown is not for the public.
  func audience(of values: [Attribute]) -> Audience {
    guard let filter else { return .public }
    return filter.evaluate({ values[$0] }, geometry: nil) == .true ? .public : .staff
  }
}
