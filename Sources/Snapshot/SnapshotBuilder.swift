public import Features
public import Geometry
internal import SpatialIndex

/// One ledger row as a snapshot takes it.
public struct SnapshotRow: Sendable {
  public var key: FeatureKey
  /// The number under which the store keeps the row.
  public var storeRow: Int64
  /// Who may see the row.
  public var audience: Audience
  /// One value a column.
  public var values: [Attribute]
  /// What is drawn; empty for a row without a place.
  public var shapes: [GridShape]

  public init(
    key: FeatureKey, storeRow: Int64, audience: Audience, values: [Attribute],
    shapes: [GridShape]
  ) {
    self.key = key
    self.storeRow = storeRow
    self.audience = audience
    self.values = values
    self.shapes = shapes
  }
}

/// Makes the bytes of a snapshot from a layer's rows.
public struct SnapshotBuilder {
  /// Rows and items are numbered with 32 bits.
  public static let rowLimit = Int(UInt32.max) - 1

  private let revision: Revision
  private let columnCount: Int
  private var keys: [FeatureKey] = []
  private var storeRows: [Int64] = []
  private var audiences: [Audience] = []
  private var columns: [Column]
  private var shapes: [(row: Int, shape: GridShape)] = []

  private struct Column {
    var codes: [UInt32] = []
    var dictionary: [ExactValue: UInt32] = [:]
    var values: [Attribute] = []

    mutating func append(_ value: Attribute) {
      let exact = ExactValue(value: value)
      if let code = dictionary[exact] {
        codes.append(code)
        return
      }
      let code = UInt32(values.count)
      dictionary[exact] = code
      values.append(value)
      codes.append(code)
    }
  }

  public init(revision: Revision, columnCount: Int) {
    self.revision = revision
    self.columnCount = columnCount
    columns = Array(repeating: Column(), count: columnCount)
  }

  /// - Precondition: `row.values` has one value a column.
  public mutating func append(_ row: SnapshotRow) throws(SnapshotError) {
    precondition(row.values.count == columnCount)
    guard keys.count < Self.rowLimit else {
      throw SnapshotError.tooLarge(what: "rows", limit: Self.rowLimit)
    }
    for (index, value) in row.values.enumerated() { columns[index].append(value) }
    for shape in row.shapes where shape.parts.contains(where: { !$0.isEmpty }) {
      shapes.append((keys.count, shape))
    }
    keys.append(row.key)
    storeRows.append(row.storeRow)
    audiences.append(row.audience)
  }

  /// The whole file.
  public consuming func build() throws(SnapshotError) -> [UInt8] {
    let order = keys.indices.sorted { keys[$0] < keys[$1] }
    var rowOf = [Int](repeating: 0, count: keys.count)
    for (row, source) in order.enumerated() { rowOf[source] = row }

    var file = FileLayout()
    let items = shapes.map { Item($0.shape, row: rowOf[$0.row], audience: audiences[$0.row]) }
    let strata = appendItems(items, to: &file)
    file.begin(.rows)
    for source in order { file.bytes.append(audiences[source].rawValue) }
    file.begin(.storeRows)
    for source in order { file.append(UInt64(bitPattern: storeRows[source])) }
    var text: [UInt8] = []
    file.begin(.keyOffsets)
    for source in order {
      file.append(UInt64(text.count))
      text.append(contentsOf: keys[source].text.utf8)
    }
    file.append(UInt64(text.count))
    file.begin(.keys)
    file.bytes += text
    appendColumns(order: order, to: &file)

    file.header[SnapshotFormat.HeaderWord.revision] = UInt64(bitPattern: revision)
    file.header[SnapshotFormat.HeaderWord.rowCount] = UInt64(keys.count)
    file.header[SnapshotFormat.HeaderWord.publicRowCount] =
      UInt64(audiences.count { $0 == .public })
    file.header[SnapshotFormat.HeaderWord.staffRowCount] = UInt64(
      audiences.count { Audience.staff.sees($0) })
    file.header[SnapshotFormat.HeaderWord.itemCount] = UInt64(items.count)
    file.header[SnapshotFormat.HeaderWord.columnCount] = UInt64(columnCount)
    for (stratum, count) in strata.enumerated() {
      file.header[SnapshotFormat.HeaderWord.strata + stratum] = UInt64(count)
    }
    file.setBounds(items.lazy.map(\.box), at: SnapshotFormat.HeaderWord.bounds)
    file.setBounds(
      items.lazy.filter { Audience.public.sees($0.audience) }.map(\.box),
      at: SnapshotFormat.HeaderWord.publicBounds)
    file.setBounds(
      items.lazy.filter { Audience.staff.sees($0.audience) }.map(\.box),
      at: SnapshotFormat.HeaderWord.staffBounds)
    return file.finish()
  }

  /// Writes index, items and geometry; how many items each stratum has.
  private func appendItems(_ items: [Item], to file: inout FileLayout) -> [Int] {
    let bands = SnapshotFormat.bandZooms.count
    var encoded = [[UInt8]](repeating: [], count: bands)
    var starts = [[Int]](repeating: [0], count: bands)
    var strata = [[Int]](repeating: [], count: bands)
    for (number, item) in items.enumerated() {
      var coarsest = item.isPlace ? bands - 1 : 0
      var parts = ThinnedParts(item.shape)
      for band in 0..<bands {
        if !item.isPlace {
          item.appendGeometry(
            parts.snapped(bits: SnapshotFormat.snapBits(band: band)), to: &encoded[band])
        }
        if encoded[band].count > starts[band][number] { coarsest = max(coarsest, band) }
        starts[band].append(encoded[band].count)
      }
      strata[coarsest].append(number)
    }

    let space = IndexSpace(items.map(\.box))
    file.header[SnapshotFormat.HeaderWord.indexOriginX] = UInt64(bitPattern: space.originX)
    file.header[SnapshotFormat.HeaderWord.indexOriginY] = UInt64(bitPattern: space.originY)
    file.header[SnapshotFormat.HeaderWord.indexShift] = UInt64(space.shift)
    var order: [Int] = []
    order.reserveCapacity(items.count)
    file.begin(.nodes)
    for stratum in strata.reversed() {
      let tree = PackedRTree(stratum.map { space.rounded(items[$0].box) })
      for node in tree.nodes { file.append(node) }
      for position in tree.order { order.append(stratum[Int(position)]) }
    }
    file.begin(.items)
    for number in order { items[number].append(to: &file.bytes) }

    var length = 0
    var shown = items.count
    file.begin(.bandOffsets)
    for band in 0..<bands {
      for number in order[..<shown] {
        file.append(UInt64(length))
        length += starts[band][number + 1] - starts[band][number]
      }
      file.append(UInt64(length))
      shown -= strata[band].count
    }
    shown = items.count
    file.begin(.geometry)
    file.bytes.reserveCapacity(file.bytes.count + length)
    for band in 0..<bands {
      for number in order[..<shown] {
        file.bytes += encoded[band][starts[band][number]..<starts[band][number + 1]]
      }
      encoded[band] = []
      shown -= strata[band].count
    }
    return strata.map(\.count)
  }

  private func appendColumns(order: [Int], to file: inout FileLayout) {
    var values: [UInt8] = []
    file.begin(.columns)
    for column in columns {
      let width = column.values.count <= 1 << 8 ? 1 : column.values.count <= 1 << 16 ? 2 : 4
      file.append(UInt64(width))
      file.append(UInt64(column.values.count))
      file.append(UInt64(values.count))
      for source in order {
        let code = column.codes[source]
        for byte in 0..<width {
          values.append(UInt8(truncatingIfNeeded: code >> (8 * UInt32(byte))))
        }
      }
      FileLayout.pad(&values, to: 8)
      file.append(UInt64(values.count))
      var encoded: [UInt8] = []
      var offsets: [Int] = []
      let base = 8 * (column.values.count + 1)
      for value in column.values {
        offsets.append(base + encoded.count)
        AttributeCoding.append(value, to: &encoded)
      }
      offsets.append(base + encoded.count)
      for offset in offsets { FileLayout.append(UInt64(offset), to: &values) }
      values += encoded
      FileLayout.pad(&values, to: 8)
    }
    file.begin(.values)
    file.bytes += values
  }
}

/// A drawable form with the frame that its vertices are stored in.
private struct Item {
  let row: Int
  let audience: Audience
  let shape: GridShape
  let box: GridBox
  /// Vertices are stored as offsets from here in units of 2^shift.
  let originX: Int64
  let originY: Int64
  let shift: Int
  let anchor: GridPoint

  init(_ shape: GridShape, row: Int, audience: Audience) {
    self.row = row
    self.audience = audience
    self.shape = shape
    box = shape.bounds
    // Snapping moves a vertex out of the box by up to half a cell of the coarsest band.
    let reach =
      max(box.maxX - box.minX, box.maxY - box.minY)
      + 1 << Int64(SnapshotFormat.snapBits(band: SnapshotFormat.bandZooms.count - 1))
    // Forms over 1,250 km wide keep fewer bits, so that offsets stay 32-bit numbers. Their origin is
    // a multiple of what is left, so that the edges that two of them share stay shared.
    var shift = 0
    while reach >> Int64(shift) >= Int64(Int32.max) { shift += 1 }
    self.shift = shift
    originX = (box.minX >> Int64(shift)) << Int64(shift)
    originY = (box.minY >> Int64(shift)) << Int64(shift)
    anchor = shape.labelAnchor
  }

  /// Whether the place alone is the form, so that no band stores geometry.
  var isPlace: Bool { shape.kind == .point && shape.parts.count == 1 && shape.parts[0].count == 1 }

  private func offset(_ value: Int64, from origin: Int64) -> Int32 {
    Int32(truncatingIfNeeded: (value - origin) >> Int64(shift))
  }

  func append(to bytes: inout [UInt8]) {
    FileLayout.append(UInt32(row), to: &bytes)
    bytes.append(shape.kind.rawValue)
    bytes.append(UInt8(shift))
    bytes.append(audience.rawValue)
    bytes.append(0)
    FileLayout.append(UInt64(bitPattern: originX), to: &bytes)
    FileLayout.append(UInt64(bitPattern: originY), to: &bytes)
    // The far corner is rounded outward.
    let rest = (Int64(1) << Int64(shift)) - 1
    FileLayout.append(UInt32(bitPattern: offset(box.maxX + rest, from: originX)), to: &bytes)
    FileLayout.append(UInt32(bitPattern: offset(box.maxY + rest, from: originY)), to: &bytes)
    FileLayout.append(UInt32(bitPattern: offset(anchor.x, from: originX)), to: &bytes)
    FileLayout.append(UInt32(bitPattern: offset(anchor.y, from: originY)), to: &bytes)
  }

  /// - Parameter kept: the parts that the band shows.
  func appendGeometry(_ kept: [[GridPoint]], to bytes: inout [UInt8]) {
    guard !kept.isEmpty else { return }
    FileLayout.append(UInt32(kept.count), to: &bytes)
    for part in kept { FileLayout.append(UInt32(part.count), to: &bytes) }
    FileLayout.pad(&bytes, to: 8)
    for part in kept {
      for vertex in part {
        FileLayout.append(UInt32(bitPattern: offset(vertex.x, from: originX)), to: &bytes)
        FileLayout.append(UInt32(bitPattern: offset(vertex.y, from: originY)), to: &bytes)
      }
    }
  }
}
