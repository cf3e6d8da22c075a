internal import Geometry

/// Writes a record stream into bytes that the caller takes when it likes.
public struct RecordStreamEncoder: Sendable {
  /// The version of the stream that is written.
  public static let version = RecordStream.version

  private var bytes: [UInt8]
  private var recordCount: UInt64 = 0
  private var rejectedCount: UInt64 = 0

  /// Begins with the handshake.
  public init() {
    bytes = RecordStream.magic
    append(RecordStream.version)
  }

  /// The bytes since the last call.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// How many bytes `take()` would return.
  public var pendingByteCount: Int { bytes.count }

  public mutating func header(_ header: SourceHeader) {
    frame(.header) { stream in
      stream.append(UInt32(clamping: header.columns.count))
      for column in header.columns {
        stream.append(column.name)
        stream.bytes.append(column.kind.rawValue)
      }
      stream.bytes.append(header.reference == nil ? 0 : 1)
      if let reference = header.reference {
        stream.append(UInt32(clamping: reference.epsg ?? 0))
        stream.append(reference.text)
      }
      stream.bytes.append(header.encoding.encoding?.rawValue ?? 0)
      stream.append(header.encoding.evidence)
      stream.bytes.append(header.geometry.rawValue)
      stream.append(Int64(clamping: header.announcedCount ?? -1))
      stream.append(header.warnings)
    }
  }

  /// Appends a record or a rejected row.
  ///
  /// A record that is too large for a frame becomes a rejected row that says so.
  public mutating func item(_ item: SourceItem) {
    switch item {
    case .record(let record): self.record(record, geometry: record.geometry?.wkb())
    case .rejected(let place, let reason): rejected(row: place.row, reason: reason)
    }
  }

  /// Appends a record whose geometry is at hand as ISO WKB of two dimensions; the record's own
  /// geometry is not looked at.
  public mutating func record(_ record: SourceRecord, geometry: [UInt8]?) {
    let start = bytes.count
    frame(.record) { stream in
      stream.append(Int64(record.place.row))
      stream.append(UInt32(clamping: record.values.count))
      for value in record.values { stream.append(value) }
      stream.append(UInt32(clamping: record.damages.count))
      for damage in record.damages { stream.append(damage) }
      stream.append(blob: geometry)
      stream.append(blob: record.originalWKB)
      stream.append(record.geometryFaults)
    }
    guard bytes.count - start - RecordStream.headBytes <= RecordStream.Kind.record.byteLimit else {
      bytes.removeLast(bytes.count - start)
      rejected(
        row: record.place.row,
        reason: "the row takes more than \(RecordStream.Kind.record.byteLimit) bytes")
      return
    }
    recordCount += 1
  }

  private mutating func rejected(row: Int, reason: String) {
    frame(.rejected) { stream in
      stream.append(Int64(row))
      stream.append(reason)
    }
    rejectedCount += 1
  }

  /// Ends the stream.
  public mutating func end() {
    let counts = (recordCount, rejectedCount)
    frame(.end) { stream in
      stream.append(counts.0)
      stream.append(counts.1)
    }
  }

  /// Ends the stream with an error.
  public mutating func failure(_ error: FormatError) {
    let code = RecordStream.faults.first { $0.1 == error.fault }?.0 ?? 3
    frame(.failure) { stream in
      stream.bytes.append(code)
      stream.append(Int64(error.row ?? 0))
      stream.append(error.reason)
    }
  }

  public mutating func layers(_ names: [String]) {
    frame(.layers) { stream in stream.append(names) }
  }

  private mutating func frame(_ kind: RecordStream.Kind, _ body: (inout Self) -> Void) {
    bytes.append(kind.rawValue)
    let lengthAt = bytes.count
    append(UInt32(0))
    body(&self)
    let length = UInt32(clamping: bytes.count - lengthAt - 4)
    for index in 0..<4 {
      bytes[lengthAt + index] = UInt8(truncatingIfNeeded: length >> (8 * index))
    }
  }

  private mutating func append(_ value: SourceValue) {
    func tag(_ tag: RecordStream.ValueTag) { bytes.append(tag.rawValue) }
    switch value {
    case .null: tag(.null)
    case .text(let text):
      tag(.text)
      append(text)
    case .integer(let number):
      tag(.integer)
      append(number)
    case .real(let number):
      tag(.real)
      append(number.bitPattern)
    case .boolean(let flag): tag(flag ? .true : .false)
    }
  }

  private mutating func append(_ damage: ValueDamage) {
    append(UInt32(clamping: damage.column))
    switch damage.damage {
    case .cutMidCharacter(let offset):
      bytes.append(RecordStream.DamageTag.cutMidCharacter.rawValue)
      append(UInt32(clamping: offset))
    case .undecodable(let offset):
      bytes.append(RecordStream.DamageTag.undecodable.rawValue)
      append(UInt32(clamping: offset))
    }
  }

  private mutating func append(_ texts: [String]) {
    append(UInt32(clamping: texts.count))
    for text in texts { append(text) }
  }

  private mutating func append(_ text: String) {
    let utf8 = text.utf8
    append(UInt32(clamping: utf8.count))
    bytes += utf8
  }

  /// A length of 0 stands for nil: no WKB is empty.
  private mutating func append(blob: [UInt8]?) {
    append(UInt32(clamping: blob?.count ?? 0))
    if let blob { bytes += blob }
  }

  private mutating func append(_ number: some FixedWidthInteger) {
    for index in 0..<(number.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index)))
    }
  }
}
