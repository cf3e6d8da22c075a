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
    let place = snapshot.section(.rows).lowerBound + Int(row)
    return snapshot.file.byte(at: place) <= audience.rawValue
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
    return Int64(bitPattern: snapshot.file.word(at: place))
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

  public func search(
    _ window: GridBox, zoom: Int, columns wanted: [Int], into selection: inout Selection
  ) {
    guard !window.isEmpty else { return }
    let band = SnapshotFormat.band(forZoom: zoom)
    let sources = wanted.map { columns[$0] }
    snapshot.forEachItem(in: snapshot.index.rounded(window)) { position in
      append(position, band: band, window: window, columns: sources, to: &selection)
    }
  }

  private func append(
    _ position: Int, band: Int, window: GridBox, columns: [Int], to selection: inout Selection
  ) {
    let file = snapshot.file
    let place = snapshot.section(.items).lowerBound + SnapshotFormat.itemBytes * position
    guard file.byte(at: place + 6) <= audience.rawValue,
      let kind = GeometryKind(rawValue: file.byte(at: place + 4))
    else { return }
    let shift = file.byte(at: place + 5)
    let originX = Int64(bitPattern: file.word(at: place + 8))
    let originY = Int64(bitPattern: file.word(at: place + 16))
    let world = -SnapshotFormat.placeLimit...SnapshotFormat.placeLimit
    guard shift <= SnapshotFormat.shiftLimit, world.contains(originX), world.contains(originY)
    else { return }
    func moved(_ origin: Int64, _ offset: Int) -> Int64 {
      origin + Int64(Int32(bitPattern: file.half(at: place + offset))) << Int64(shift)
    }
    let box = GridBox(
      minX: originX, minY: originY, maxX: moved(originX, 24), maxY: moved(originY, 28))
    guard box.intersects(window) else { return }
    let firstPart = selection.parts.count
    guard appendParts(position, band: band, kind: kind, to: &selection) else { return }
    let row = file.half(at: place)
    selection.items.append(
      Selection.Item(
        row: row, kind: kind, firstPart: Int32(firstPart),
        partCount: Int32(selection.parts.count - firstPart),
        firstCode: Int32(selection.codes.count), shift: shift, originX: originX, originY: originY,
        box: box, anchor: GridPoint(x: moved(originX, 32), y: moved(originY, 36))))
    for column in columns {
      selection.codes.append(snapshot.code(row: Int(row), column: column))
    }
  }

  /// Copies the band's parts; false where the form is too small for the band.
  private func appendParts(
    _ position: Int, band: Int, kind: GeometryKind, to selection: inout Selection
  ) -> Bool {
    let file = snapshot.file
    let offsets =
      snapshot.section(.bandOffsets).lowerBound + 8 * (band * (snapshot.itemCount + 1) + position)
    let geometry = snapshot.section(.geometry)
    let first = file.word(at: offsets)
    let last = file.word(at: offsets + 8)
    guard first <= last, last <= UInt64(geometry.count) else { return false }
    if first == last {
      guard kind == .point else { return false }
      selection.parts.append(
        Selection.Part(firstVertex: Int32(selection.vertices.count), vertexCount: 1))
      selection.vertices.append(SIMD2(0, 0))
      return true
    }
    var place = geometry.lowerBound + Int(first)
    let end = geometry.lowerBound + Int(last)
    let partCount = Int(file.half(at: place))
    guard partCount <= (end - place) / 4 else { return false }
    // Vertices start at a multiple of 8 bytes.
    var vertexPlace = (place + 4 + 4 * partCount + 7) / 8 * 8
    guard vertexPlace <= end else { return false }
    for _ in 0..<partCount {
      place += 4
      let count = Int(file.half(at: place))
      guard count <= (end - vertexPlace) / 8 else { return false }
      selection.parts.append(
        Selection.Part(
          firstVertex: Int32(selection.vertices.count), vertexCount: Int32(count)))
      file.appendPairs(at: vertexPlace, count: count, to: &selection.vertices)
      vertexPlace += 8 * count
    }
    return true
  }
}
