import Formats
import Geometry
import Testing

@Suite struct RecordStreamTests {
  private let header = SourceHeader(
    columns: SourceColumnKind.allCases.map { SourceColumn(name: "列\($0)", kind: $0) },
    reference: SourceReference(epsg: 2450, text: "PROJCS[…]"),
    encoding: SourceEncoding(encoding: .cp932, evidence: "CP932: 3 of 3 values decode"),
    geometry: .polygon, announcedCount: 3, warnings: ["the .prj is missing", ""])

  private func items() -> [SourceItem] {
    let values: [SourceValue] = [
      .null, .text("～①"), .integer(.min), .real(-0.0), .boolean(true), .boolean(false), .text(""),
    ]
    return [
      .record(
        SourceRecord(
          place: SourcePlace(file: "a.shp", row: 1), values: values,
          damages: [
            ValueDamage(column: 1, damage: .cutMidCharacter(byteOffset: 9)),
            ValueDamage(column: 6, damage: .undecodable(byteOffset: 0)),
          ],
          geometry: .polygon([
            [Point(x: 0, y: 0), Point(x: 1, y: 0), Point(x: 1, y: 1), Point(x: 0, y: 0)]
          ]),
          originalWKB: [1, 2, 3], geometryFaults: ["heights are dropped"])),
      .rejected(SourcePlace(file: "a.shp", row: 2), reason: "damaged"),
      .record(SourceRecord(place: SourcePlace(file: "a.shp", row: 3), values: values)),
    ]
  }

  private func stream() -> [UInt8] {
    var encoder = RecordStreamEncoder()
    encoder.header(header)
    for item in items() { encoder.item(item) }
    encoder.end()
    return encoder.take()
  }

  private func decode(_ bytes: [UInt8], pieces: Int = .max) throws(FormatError)
    -> [RecordStreamItem]
  {
    var decoder = RecordStreamDecoder(path: "a.shp")
    var found: [RecordStreamItem] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      decoder.append(Array(rest.prefix(pieces)))
      rest = rest.dropFirst(pieces)
      while let item = try decoder.next() { found.append(item) }
    }
    try decoder.finish()
    return found
  }

  @Test(
    "what is encoded is decoded the same, whole and byte by byte",
    arguments: [Int.max, 1, 2, 7, 64])
  func roundTrip(pieces: Int) throws {
    #expect(
      try decode(stream(), pieces: pieces) == [.header(header)] + items().map { .item($0) } + [.end]
    )
  }

  @Test("a geometry given as WKB is the same stream")
  func wkbTwin() {
    var first = RecordStreamEncoder()
    var second = RecordStreamEncoder()
    for case .record(let record) in items() {
      first.item(.record(record))
      second.record(record, geometry: record.geometry?.wkb())
    }
    #expect(first.take() == second.take())
  }

  @Test("every prefix of a stream is refused, with the last row")
  func prefixes() throws {
    let whole = stream()
    for count in 0..<whole.count {
      let error = #expect(throws: FormatError.self) { try decode(Array(whole.prefix(count))) }
      #expect(error?.fault == .truncated)
    }
    let error = #expect(throws: FormatError.self) { try decode(Array(whole.dropLast())) }
    #expect(error?.row == 3)
  }

  @Test(
    "no byte of a stream can be changed into a trap",
    arguments: [0x00, 0x01, 0x7F, 0x80, 0xFF] as [UInt8])
  func changedBytes(value: UInt8) {
    let whole = stream()
    for index in whole.indices {
      var changed = whole
      changed[index] = value
      // Many changes make another valid text or number: what matters is that nothing else happens.
      _ = try? decode(changed)
    }
  }

  @Test("what is no stream, another version, and bytes after the end are refused")
  func refused() {
    let garbage = #expect(throws: FormatError.self) { try decode(Array("Segmentation fault".utf8)) }
    #expect(garbage?.fault == .process)
    var other = stream()
    other[6] = 99
    let version = #expect(throws: FormatError.self) { try decode(other) }
    #expect(version?.reason.contains("version 99") == true)
    #expect(throws: FormatError.self) { try decode(stream() + [0]) }
  }

  @Test("a frame that announces more than its limit is refused before it is waited for")
  func hugeFrame() {
    let bytes = Array(stream().prefix(8)) + [1, 0xFF, 0xFF, 0xFF, 0xFF]
    let error = #expect(throws: FormatError.self) { try decode(bytes) }
    #expect(error?.fault == .malformed)
  }

  @Test("a count that its frame has no room for is refused before it is allocated")
  func hugeCount() {
    // A header of 0xFFFFFFFF columns.
    let bytes = Array(stream().prefix(8)) + [1, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    let error = #expect(throws: FormatError.self) { try decode(bytes) }
    #expect(error?.reason.contains("4294967295") == true)
  }

  @Test("an end that counts other rows than came is refused")
  func wrongCounts() {
    var encoder = RecordStreamEncoder()
    encoder.header(header)
    let begun = encoder.take()
    for item in items() { encoder.item(item) }
    _ = encoder.take()
    encoder.end()
    let bytes = begun + encoder.take()
    #expect(throws: FormatError.self) { try decode(bytes) }
  }

  @Test("an error of the other side arrives as it was thrown")
  func failure() {
    var encoder = RecordStreamEncoder()
    let error = FormatError(.truncated, file: "a.shp", row: 7, reason: "its .shp ends")
    encoder.failure(error)
    let bytes = encoder.take()
    #expect(throws: error) { try decode(bytes) }
  }

  @Test("a record before the header is refused")
  func recordFirst() {
    var encoder = RecordStreamEncoder()
    encoder.item(items()[2])
    let bytes = encoder.take()
    #expect(throws: FormatError.self) { try decode(bytes) }
  }

  @Test("a geometry that cannot be used leaves the row with its bytes")
  func unusableGeometry() throws {
    var encoder = RecordStreamEncoder()
    encoder.header(header)
    guard case .record(let record) = items()[2] else { return }
    encoder.record(record, geometry: [1, 16, 0, 0, 0])
    encoder.end()
    guard case .item(.record(let read)) = try decode(encoder.take())[1] else {
      Issue.record("no record")
      return
    }
    #expect(read.geometry == nil)
    #expect(read.originalWKB == [1, 16, 0, 0, 0])
    #expect(read.geometryFaults.count == 1)
  }

  @Test("names of layers travel alone")
  func layers() throws {
    var encoder = RecordStreamEncoder()
    encoder.layers(["用途地域", "b"])
    #expect(try decode(encoder.take()) == [.layers(["用途地域", "b"])])
  }
}
