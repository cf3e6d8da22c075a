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
  private var columns: [ValueColumn]
  private var items: [SnapshotItem] = []
  /// Behind the last item of each row.
  private var itemEnds: [Int] = []
  /// The coarsest band that shows each item.
  private var coarsest: [UInt8] = []
  /// The items' geometry, a list a band, and where each item's begins and the last one's ends.
  private var encoded: [[UInt8]]
  private var starts: [[Int]]

  public init(revision: Revision, columnCount: Int) {
    self.revision = revision
    self.columnCount = columnCount
    columns = Array(repeating: ValueColumn(), count: columnCount)
    encoded = Array(repeating: [], count: SnapshotFormat.bandZooms.count)
    starts = Array(repeating: [0], count: SnapshotFormat.bandZooms.count)
  }

  /// - Precondition: `row.values` has one value a column.
  public mutating func append(_ row: SnapshotRow) throws(SnapshotError) {
    precondition(row.values.count == columnCount)
    guard keys.count < Self.rowLimit else {
      throw SnapshotError.tooLarge(what: "rows", limit: Self.rowLimit)
    }
    for (index, value) in row.values.enumerated() { columns[index].append(value) }
    for shape in row.shapes where shape.parts.contains(where: { !$0.isEmpty }) {
      append(shape, audience: row.audience)
    }
    itemEnds.append(items.count)
    keys.append(row.key)
    storeRows.append(row.storeRow)
    audiences.append(row.audience)
  }

  private mutating func append(_ shape: GridShape, audience: Audience) {
    let item = SnapshotItem(shape, audience: audience)
    let bands = SnapshotFormat.bandZooms.count
    var last = item.isPlace ? bands - 1 : 0
    var parts = ThinnedParts(shape)
    for band in 0..<bands {
      let start = encoded[band].count
      if !item.isPlace {
        item.appendGeometry(
          parts.snapped(bits: SnapshotFormat.snapBits(band: band)), to: &encoded[band])
      }
      if encoded[band].count > start { last = max(last, band) }
      starts[band].append(encoded[band].count)
    }
    coarsest.append(UInt8(last))
    items.append(item)
  }

  /// The whole file, the same in whatever order the rows came.
  public consuming func build() throws(SnapshotError) -> [UInt8] {
    let order = keys.indices.sorted { keys[$0] < keys[$1] }

    var file = FileLayout()
    // Growing step by step would touch the memory of a large file twice.
    file.bytes.reserveCapacity(sizeEstimate)
    appendItems(order: order, to: &file)
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
    file.setBounds(items.lazy.map(\.box), at: SnapshotFormat.HeaderWord.bounds)
    file.setBounds(
      items.lazy.filter { Audience.public.sees($0.audience) }.map(\.box),
      at: SnapshotFormat.HeaderWord.publicBounds)
    file.setBounds(
      items.lazy.filter { Audience.staff.sees($0.audience) }.map(\.box),
      at: SnapshotFormat.HeaderWord.staffBounds)
    return file.finish()
  }

  /// About how many bytes the file will have; rather more.
  private var sizeEstimate: Int {
    let geometry = encoded.reduce(0) { $0 + $1.count }
    let perItem = SnapshotFormat.itemBytes + 32 + 8 * SnapshotFormat.bandZooms.count
    let keyBytes = keys.reduce(0) { $0 + $1.text.utf8.count }
    return geometry + items.count * perItem + keys.count * 17 + keyBytes + columnsEstimate
      + (1 << 16)
  }

  private var columnsEstimate: Int {
    columns.reduce(0) { $0 + keys.count * 4 + $1.values.count * 40 }
  }

  /// What one tree of the file holds.
  private struct Group {
    let band: Int
    let items: [Int]
  }

  /// Writes strata, index, items and geometry.
  private mutating func appendItems(order rows: [Int], to file: inout FileLayout) {
    let bands = SnapshotFormat.bandZooms.count
    var shownFrom = [[Int]](repeating: [], count: bands)
    var rowOf = [UInt32](repeating: 0, count: items.count)
    for (row, source) in rows.enumerated() {
      for number in (source == 0 ? 0 : itemEnds[source - 1])..<itemEnds[source] {
        rowOf[number] = UInt32(row)
        shownFrom[Int(coarsest[number])].append(number)
      }
    }

    let rarity = FormRarity(items, rows: sources, columns: columns)
    let strata = (0..<bands).reversed().flatMap { band in
      rarity.groups(shownFrom[band]).map { Group(band: band, items: $0) }
    }
    let space = IndexSpace(items.map(\.box))
    file.header[SnapshotFormat.HeaderWord.indexOriginX] = UInt64(bitPattern: space.originX)
    file.header[SnapshotFormat.HeaderWord.indexOriginY] = UInt64(bitPattern: space.originY)
    file.header[SnapshotFormat.HeaderWord.indexShift] = UInt64(space.shift)
    append(strata, codes: fewCodes(order: rows), to: &file)
    var order: [Int] = []
    order.reserveCapacity(items.count)
    file.begin(.nodes)
    for stratum in strata {
      let tree = PackedRTree(stratum.items.map { space.rounded(items[$0].box) })
      for node in tree.nodes { file.append(node) }
      for position in tree.order { order.append(stratum.items[Int(position)]) }
    }
    file.begin(.items)
    for number in order { items[number].append(row: Int(rowOf[number]), to: &file.bytes) }

    var length = 0
    var shown = items.count
    file.begin(.bandOffsets)
    for band in 0..<bands {
      for number in order[..<shown] {
        file.append(UInt64(length))
        length += starts[band][number + 1] - starts[band][number]
      }
      file.append(UInt64(length))
      shown -= shownFrom[band].count
    }
    shown = items.count
    file.begin(.geometry)
    for band in 0..<bands {
      for number in order[..<shown] {
        file.bytes += encoded[band][starts[band][number]..<starts[band][number + 1]]
      }
      encoded[band] = []
      shown -= shownFrom[band].count
    }
  }

  /// Writes of each tree what it holds.
  ///
  /// - Parameter codes: by column and code of arrival the code in the file; empty for columns of many.
  private func append(_ strata: [Group], codes: [[UInt32]], to file: inout FileLayout) {
    let sources = sources
    file.begin(.strata)
    for stratum in strata {
      file.append(UInt64(stratum.band))
      file.append(UInt64(stratum.items.count))
      file.append(stratum.items.reduce(0) { $0 | 1 << UInt64(items[$1].kind.rawValue) })
      for (column, known) in zip(columns, codes) {
        file.append(
          known.isEmpty
            ? 0
            : stratum.items.reduce(0) {
              $0 | 1 << UInt64(known[Int(column.codes[sources[$1]])])
            })
      }
    }
  }

  /// For each column of few codes the codes in the file by those of arrival; else nothing.
  private func fewCodes(order: [Int]) -> [[UInt32]] {
    columns.map { column in
      let count = column.values.count
      guard count <= FormCodes.codeLimit else { return [] }
      var codes = [UInt32](repeating: .max, count: count)
      var next: UInt32 = 0
      for source in order where next < count && codes[Int(column.codes[source])] == .max {
        codes[Int(column.codes[source])] = next
        next += 1
      }
      return codes
    }
  }

  /// By item its row, in the order of arrival.
  private var sources: [Int] {
    var sources: [Int] = []
    sources.reserveCapacity(items.count)
    for (row, end) in itemEnds.enumerated() {
      while sources.count < end { sources.append(row) }
    }
    return sources
  }

  private func appendColumns(order: [Int], to file: inout FileLayout) {
    var values: [UInt8] = []
    values.reserveCapacity(columnsEstimate)
    file.begin(.columns)
    for column in columns {
      let width = column.values.count <= 1 << 8 ? 1 : column.values.count <= 1 << 16 ? 2 : 4
      file.append(UInt64(width))
      file.append(UInt64(column.values.count))
      file.append(UInt64(values.count))
      // Codes are numbered anew by the order of keys, so that the order of arrival leaves no trace.
      var codes = [UInt32](repeating: .max, count: column.values.count)
      var sources: [Int] = []
      sources.reserveCapacity(column.values.count)
      for source in order {
        let former = Int(column.codes[source])
        if codes[former] == .max {
          codes[former] = UInt32(sources.count)
          sources.append(former)
        }
        let code = codes[former]
        for byte in 0..<width {
          values.append(UInt8(truncatingIfNeeded: code >> (8 * UInt32(byte))))
        }
      }
      FileLayout.pad(&values, to: 8)
      file.append(UInt64(values.count))
      var encoded: [UInt8] = []
      var offsets: [Int] = []
      let base = 8 * (column.values.count + 1)
      for former in sources {
        offsets.append(base + encoded.count)
        AttributeCoding.append(column.values[former], to: &encoded)
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
