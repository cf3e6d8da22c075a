internal import Geometry

/// Reads the fields of one frame; every length is checked before it is used.
struct StreamPayload {
  struct Fault: Error {
    var what: String
  }

  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int

  init(bytes: [UInt8], offset: Int, end: Int) {
    self.bytes = bytes
    self.offset = offset
    self.end = end
  }

  var isAtEnd: Bool { offset == end }

  mutating func number<N: FixedWidthInteger>(_ type: N.Type = N.self) throws(Fault) -> N {
    let width = N.bitWidth / 8
    guard end - offset >= width else { throw Fault(what: "a frame ends inside a number") }
    var value: N = 0
    for index in 0..<width { value |= N(truncatingIfNeeded: bytes[offset + index]) << (8 * index) }
    offset += width
    return value
  }

  mutating func row() throws(Fault) -> Int {
    let row = try number(Int64.self)
    guard row > 0 else { throw Fault(what: "row \(row)") }
    return Int(row)
  }

  /// A count of things that take at least `bytesEach` bytes.
  private mutating func count(bytesEach: Int) throws(Fault) -> Int {
    let count = Int(try number(UInt32.self))
    guard count <= (end - offset) / bytesEach else {
      throw Fault(what: "a count of \(count) in a frame that has no room for it")
    }
    return count
  }

  mutating func text() throws(Fault) -> String {
    let length = try count(bytesEach: 1)
    let range = offset..<offset + length
    offset += length
    guard let text = TextDecoder.string(bytes.span.extracting(range)) else {
      throw Fault(what: "a text that is no UTF-8")
    }
    return text
  }

  mutating func texts() throws(Fault) -> [String] {
    var texts: [String] = []
    for _ in 0..<(try count(bytesEach: 4)) { texts.append(try text()) }
    return texts
  }

  private mutating func blob() throws(Fault) -> [UInt8]? {
    let length = try count(bytesEach: 1)
    guard length > 0 else { return nil }
    defer { offset += length }
    return Array(bytes[offset..<offset + length])
  }

  private mutating func code<E: RawRepresentable<UInt8>>(_ type: E.Type) throws(Fault) -> E {
    let byte = try number(UInt8.self)
    guard let value = E(rawValue: byte) else { throw Fault(what: "\(byte) as a \(type)") }
    return value
  }

  mutating func header() throws(Fault) -> SourceHeader {
    var columns: [SourceColumn] = []
    for _ in 0..<(try count(bytesEach: 5)) {
      columns.append(SourceColumn(name: try text(), kind: try code(SourceColumnKind.self)))
    }
    var reference: SourceReference?
    if try number(UInt8.self) != 0 {
      let epsg = Int(try number(UInt32.self))
      reference = SourceReference(epsg: epsg == 0 ? nil : epsg, text: try text())
    }
    let encodingCode = try number(UInt8.self)
    let encoding = SourceEncoding(
      encoding: TextEncoding(rawValue: encodingCode), evidence: try text())
    let geometry = try code(SourceGeometryHint.self)
    let announced = try number(Int64.self)
    return SourceHeader(
      columns: columns, reference: reference, encoding: encoding, geometry: geometry,
      announcedCount: announced < 0 ? nil : Int(announced), warnings: try texts())
  }

  mutating func record(path: String, columnCount: Int?) throws(Fault) -> SourceRecord {
    guard let columnCount else { throw Fault(what: "a row before the header") }
    var record = SourceRecord(place: SourcePlace(file: path, row: try row()), values: [])
    let valueCount = try count(bytesEach: 1)
    guard valueCount == columnCount else {
      throw Fault(what: "\(valueCount) values for \(columnCount) columns")
    }
    record.values.reserveCapacity(valueCount)
    for _ in 0..<valueCount { record.values.append(try value()) }
    for _ in 0..<(try count(bytesEach: 9)) {
      let column = Int(try number(UInt32.self))
      guard column < columnCount else { throw Fault(what: "damage in column \(column)") }
      let tag = try code(RecordStream.DamageTag.self)
      let place = Int(try number(UInt32.self))
      let damage: TextDamage =
        tag == .cutMidCharacter
        ? .cutMidCharacter(byteOffset: place) : .undecodable(byteOffset: place)
      record.damages.append(ValueDamage(column: column, damage: damage))
    }
    let wkb = try blob()
    record.originalWKB = try blob()
    record.geometryFaults = try texts()
    if let wkb {
      do throws(WKBError) {
        record.geometry = try Shape(wkb: wkb)
      } catch {
        // The frame is whole: the row stays, its geometry is kept as it came.
        if record.originalWKB == nil { record.originalWKB = wkb }
        record.geometryFaults.append("the geometry cannot be used: \(error.clause)")
      }
    }
    return record
  }

  private mutating func value() throws(Fault) -> SourceValue {
    switch try code(RecordStream.ValueTag.self) {
    case .null: .null
    case .text: .text(try text())
    case .integer: .integer(try number(Int64.self))
    case .real: .real(Double(bitPattern: try number(UInt64.self)))
    case .false: .boolean(false)
    case .true: .boolean(true)
    }
  }
}

extension WKBError {
  /// The description as a clause, without its final stop.
  fileprivate var clause: String {
    let text = description
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
