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
    let index = IndexSpace(items.map(\.box))
    let tree = PackedRTree(items.map { index.rounded($0.box) })
    let ordered = tree.order.map { items[Int($0)] }

    file.begin(.nodes)
    for node in tree.nodes { file.append(node) }
    file.begin(.items)
    for item in ordered { item.append(to: &file.bytes) }
    var geometry: [UInt8] = []
    file.begin(.bandOffsets)
    for band in SnapshotFormat.bandZooms.indices {
      for item in ordered {
        file.append(UInt64(geometry.count))
        item.appendGeometry(band: band, to: &geometry)
      }
      file.append(UInt64(geometry.count))
    }
    file.begin(.geometry)
    file.bytes += geometry
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
    file.header[SnapshotFormat.HeaderWord.itemCount] = UInt64(ordered.count)
    file.header[SnapshotFormat.HeaderWord.columnCount] = UInt64(columnCount)
    file.header[SnapshotFormat.HeaderWord.indexOriginX] = UInt64(bitPattern: index.originX)
    file.header[SnapshotFormat.HeaderWord.indexOriginY] = UInt64(bitPattern: index.originY)
    file.header[SnapshotFormat.HeaderWord.indexShift] = UInt64(index.shift)
    file.setBounds(ordered, at: SnapshotFormat.HeaderWord.bounds)
    file.setBounds(
      ordered.filter { Audience.public.sees($0.audience) },
      at: SnapshotFormat.HeaderWord.publicBounds)
    file.setBounds(
      ordered.filter { Audience.staff.sees($0.audience) },
      at: SnapshotFormat.HeaderWord.staffBounds)
    return file.finish()
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

  /// Vertices snapped to the band's grid with repeats dropped: a vertex's fate depends on its own
  /// place and its neighbours' only, so edges that two features share stay shared.
  func appendGeometry(band: Int, to bytes: inout [UInt8]) {
    if shape.kind == .point, shape.parts.count == 1, shape.parts[0].count == 1 { return }
    let bits = Int64(SnapshotFormat.snapBits(band: band))
    let half: Int64 = bits > 0 ? 1 << (bits - 1) : 0
    let least = shape.kind == .polygon ? 3 : shape.kind == .line ? 2 : 1
    var kept: [[GridPoint]] = []
    for part in shape.parts {
      var vertices: [GridPoint] = []
      vertices.reserveCapacity(part.count)
      for vertex in part {
        let snapped = GridPoint(
          x: ((vertex.x + half) >> bits) << bits, y: ((vertex.y + half) >> bits) << bits)
        if shape.kind == .point || vertices.last != snapped { vertices.append(snapped) }
      }
      if shape.kind == .polygon, vertices.count > 1, vertices.first == vertices.last {
        vertices.removeLast()
      }
      if vertices.count >= least { kept.append(vertices) }
    }
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

/// The frame of the index: boxes as 32-bit numbers from an origin, rounded outward.
struct IndexSpace {
  let originX: Int64
  let originY: Int64
  let shift: Int

  init(_ boxes: [GridBox]) {
    var all = GridBox.empty
    for box in boxes { all.formUnion(box) }
    guard !all.isEmpty else {
      originX = 0
      originY = 0
      shift = 0
      return
    }
    originX = all.minX
    originY = all.minY
    let side = max(all.maxX - all.minX, all.maxY - all.minY)
    var shift = 0
    while side >> Int64(shift) >= Int64(Int32.max) { shift += 1 }
    self.shift = shift
  }

  init(originX: Int64, originY: Int64, shift: Int) {
    self.originX = originX
    self.originY = originY
    self.shift = shift
  }

  func rounded(_ box: GridBox) -> IndexBox {
    IndexBox(
      minX: down(box.minX, originX), minY: down(box.minY, originY),
      maxX: up(box.maxX, originX), maxY: up(box.maxY, originY))
  }

  private func down(_ value: Int64, _ origin: Int64) -> Int32 {
    let (difference, overflow) = value.subtractingReportingOverflow(origin)
    if overflow { return value < 0 ? .min : .max }
    return Int32(clamping: difference >> Int64(shift))
  }

  private func up(_ value: Int64, _ origin: Int64) -> Int32 {
    let (difference, overflow) = value.subtractingReportingOverflow(origin)
    if overflow { return value < 0 ? .min : .max }
    let mask: Int64 = (1 << Int64(shift)) - 1
    let whole = difference >> Int64(shift)
    return Int32(clamping: difference & mask == 0 ? whole : whole + 1)
  }
}

/// The file under construction: sections one after another, aligned, with their table in the header.
private struct FileLayout {
  var header = [UInt64](repeating: 0, count: SnapshotFormat.headerWords)
  var bytes = [UInt8](repeating: 0, count: SnapshotFormat.headerWords * 8)
  private var open: SnapshotFormat.Section?

  mutating func begin(_ section: SnapshotFormat.Section) {
    end()
    Self.pad(&bytes, to: SnapshotFormat.alignment)
    open = section
    header[SnapshotFormat.HeaderWord.sections + 2 * section.rawValue] = UInt64(bytes.count)
  }

  private mutating func end() {
    guard let open else { return }
    let place = SnapshotFormat.HeaderWord.sections + 2 * open.rawValue
    header[place + 1] = UInt64(bytes.count) - header[place]
  }

  mutating func append(_ word: UInt64) { Self.append(word, to: &bytes) }

  mutating func append(_ node: IndexNode) {
    for lanes in [node.minX, node.minY, node.maxX, node.maxY] {
      for lane in 0..<PackedRTree.nodeSize {
        Self.append(UInt32(bitPattern: lanes[lane]), to: &bytes)
      }
    }
  }

  mutating func setBounds(_ items: [Item], at word: Int) {
    var box = GridBox.empty
    for item in items { box.formUnion(item.box) }
    header[word] = UInt64(bitPattern: box.minX)
    header[word + 1] = UInt64(bitPattern: box.minY)
    header[word + 2] = UInt64(bitPattern: box.maxX)
    header[word + 3] = UInt64(bitPattern: box.maxY)
  }

  consuming func finish() -> [UInt8] {
    end()
    Self.pad(&bytes, to: SnapshotFormat.alignment)
    header[SnapshotFormat.HeaderWord.magic] = SnapshotFormat.magic
    header[SnapshotFormat.HeaderWord.version] = UInt64(SnapshotFormat.version)
    header[SnapshotFormat.HeaderWord.fileBytes] = UInt64(bytes.count)
    header[SnapshotFormat.HeaderWord.checksum] = 0
    header[SnapshotFormat.HeaderWord.checksum] = SnapshotFormat.checksum(header)
    for (index, word) in header.enumerated() {
      for byte in 0..<8 {
        bytes[8 * index + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))
      }
    }
    return bytes
  }

  static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    append(UInt32(truncatingIfNeeded: word), to: &bytes)
    append(UInt32(truncatingIfNeeded: word >> 32), to: &bytes)
  }

  static func append(_ word: UInt32, to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: word))
    bytes.append(UInt8(truncatingIfNeeded: word >> 8))
    bytes.append(UInt8(truncatingIfNeeded: word >> 16))
    bytes.append(UInt8(truncatingIfNeeded: word >> 24))
  }

  static func pad(_ bytes: inout [UInt8], to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }
}
