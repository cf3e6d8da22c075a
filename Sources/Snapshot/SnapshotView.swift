public import Features
public import Geometry

/// A snapshot as one audience sees it.
public struct SnapshotView: LayerView {
  public let layer: LayerID
  public let schema: Schema
  public let audience: Audience
  private let snapshot: Snapshot
  /// The snapshot's column for each column of `schema`.
  private let columns: [Int]

  /// - Parameter fields: the snapshot's columns in their order, all audiences.
  public init(_ snapshot: Snapshot, layer: LayerID, fields: [Field], audience: Audience) {
    self.snapshot = snapshot
    self.layer = layer
    self.audience = audience
    let visible = fields.indices.filter { audience.sees(fields[$0].audience) }
    columns = visible
    schema = Schema(visible.map { fields[$0] })
  }

  public var revision: Revision { snapshot.revision }

  public var count: Int { snapshot.rowCount(for: audience) }

  public var bounds: GridBox { snapshot.bounds(for: audience) }

  public var rowLimit: UInt32 { UInt32(snapshot.rowCount) }

  public func isVisible(row: UInt32) -> Bool {
    guard Int(row) < snapshot.rowCount else { return false }
    return snapshot.audience(row: Int(row)) <= audience.rawValue
  }

  public func key(row: UInt32) -> FeatureKey {
    isVisible(row: row) ? FeatureKey(snapshot.keyText(row: Int(row))) : FeatureKey("")
  }

  public func row(key: FeatureKey) -> UInt32? {
    guard let row = snapshot.row(keyText: key.text), isVisible(row: UInt32(row)) else { return nil }
    return UInt32(row)
  }

  public func storeRow(_ row: UInt32) -> Int64 {
    guard isVisible(row: row) else { return -1 }
    let place = snapshot.section(.storeRows).lowerBound + 8 * Int(row)
    return Int64(bitPattern: snapshot.word(at: place))
  }

  public func value(column: Int, code: UInt32) -> Attribute {
    snapshot.value(column: columns[column], code: code)
  }

  public func codeCount(column: Int) -> Int {
    let position = columns[column]
    return position < snapshot.columnCount ? snapshot.columns[position].codeCount : 0
  }

  public func code(row: UInt32, column: Int) -> UInt32 {
    snapshot.code(row: Int(row), column: columns[column])
  }

  public func isEmpty(_ window: GridBox, zoom: Int) -> Bool {
    snapshot.isEmpty(window, band: SnapshotFormat.band(forZoom: zoom), audience: audience)
  }

  public func search(
    _ window: GridBox, zoom: Int, columns wanted: [Int], into selection: inout Selection
  ) {
    search(window, zoom: zoom, columns: wanted, where: { _, _ in true }, into: &selection)
  }

  public func search(
    _ window: GridBox, zoom: Int, columns wanted: [Int],
    where isWanted: (_ kind: GeometryKind, _ codes: Span<UInt32>) -> Bool,
    into selection: inout Selection
  ) {
    snapshot.search(
      window, band: SnapshotFormat.band(forZoom: zoom), audience: audience,
      columns: wanted.map { columns[$0] }, where: isWanted, into: &selection)
  }
}
