internal import Formats

/// Reads one layer of a dataset by GDAL.
final class LayerReader: ForeignRecords {
  struct Manner {
    /// Whether degrees in Japan that come with latitude first are to be turned.
    var turnsDegrees = false
    /// A reference system that is known better than GDAL reads it.
    var reference: SourceReference?
    /// Whether texts are bytes as stored, to be decided upon by our own rules.
    var hasRawText = false
    /// What the source says of the encoding of raw texts, and how it says it.
    var encodingHint: TextEncoding?
    var encodingHintName = "no declaration"
    var warnings: [String] = []
  }

  let header: SourceHeader
  private let file: String
  private let layer: GDALLayer
  private let manner: Manner
  private let decoder: TextDecoder
  private let hasIdentifiers: Bool
  private var row = 0

  /// - Parameter encoding: the declared encoding of texts, which are UTF-8 otherwise.
  init(
    _ layer: GDALLayer, shownAs file: String, encoding: TextEncoding?, manner: Manner
  ) throws(FormatError) {
    self.file = file
    self.layer = layer
    self.manner = manner
    let found = try Self.encoding(of: layer, file: file, declared: encoding, manner: manner)
    let decoder = try TextDecoder(found.encoding ?? .utf8, file: file)
    self.decoder = decoder
    hasIdentifiers = layer.identifierColumn != nil
    var columns = layer.fields.map { field in
      SourceColumn(name: decoder.decode(field.name).text, kind: Self.kind(of: field))
    }
    if let name = layer.identifierColumn {
      columns.insert(SourceColumn(name: name, kind: .integer), at: 0)
    }
    var warnings = manner.warnings
    if layer.geometryColumnCount > 1 {
      warnings.append(
        "the layer has \(layer.geometryColumnCount) geometries a row, the first is read")
    }
    let reference =
      manner.reference
      ?? layer.reference.map { ReferenceIdentification.identify($0, text: nil) }
    header = SourceHeader(
      columns: columns, reference: reference, encoding: found, geometry: layer.geometryHint,
      announcedCount: layer.announcedCount, warnings: warnings)
    layer.rewind()
  }

  func next() throws(FormatError) -> ForeignItem? {
    guard let feature = layer.next() else {
      if let failure = GDALLibrary.failure {
        throw FormatError(
          .malformed, file: file, row: row,
          reason: "nothing can be read after this row: \(GDALDataset.clause(failure))")
      }
      return nil
    }
    row += 1
    var record = SourceRecord(place: SourcePlace(file: file, row: row), values: [])
    record.values.reserveCapacity(header.columns.count)
    if hasIdentifiers { record.values.append(.integer(feature.identifier)) }
    for (index, field) in layer.fields.enumerated() {
      let column = record.values.count
      guard !feature.isNull(index) else {
        record.values.append(.null)
        continue
      }
      record.values.append(value(field, index, column, feature, &record.damages))
    }
    let geometry = feature.geometry(turned: manner.turnsDegrees)
    record.originalWKB = geometry.original
    // A table without geometries lacks nothing.
    if header.geometry != .none || geometry.wkb != nil { record.geometryFaults = geometry.faults }
    return .record(record, geometry: geometry.wkb)
  }

  private func value(
    _ field: GDALField, _ index: Int, _ column: Int, _ feature: borrowing GDALFeature,
    _ damages: inout [ValueDamage]
  ) -> SourceValue {
    switch field.kind {
    case .integer: return .integer(feature.integer(index))
    case .boolean: return .boolean(feature.integer(index) != 0)
    case .real: return .real(feature.real(index))
    case .date:
      return feature.moment(index, hasDate: true, hasTime: false).map { .text($0) } ?? .null
    case .time:
      return feature.moment(index, hasDate: false, hasTime: true).map { .text($0) } ?? .null
    case .dateTime:
      return feature.moment(index, hasDate: true, hasTime: true).map { .text($0) } ?? .null
    case .binary:
      return .text(
        feature.binary(index).map { byte in
          (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined())
    case .text, .list:
      let decoded = decoder.decode(feature.bytes(index))
      if let damage = decoded.damage {
        damages.append(ValueDamage(column: column, damage: damage))
      }
      return decoded.text.isEmpty ? .null : .text(decoded.text)
    }
  }

  private static func kind(of field: GDALField) -> SourceColumnKind {
    switch field.kind {
    case .integer: .integer
    case .boolean: .boolean
    case .real: .real
    case .date: .date
    case .dateTime: .dateTime
    case .text, .time, .list, .binary: .text
    }
  }

  private static func encoding(
    of layer: GDALLayer, file: String, declared: TextEncoding?, manner: Manner
  ) throws(FormatError) -> SourceEncoding {
    if let declared {
      return SourceEncoding(encoding: declared, evidence: "\(declared.name): as declared")
    }
    guard manner.hasRawText else {
      return SourceEncoding(encoding: .utf8, evidence: "UTF-8: as the format says")
    }
    var evidence = try EncodingEvidence(declared: manner.encodingHint, file: file)
    let texts = layer.fields.indices.filter { layer.fields[$0].kind == .text }
    layer.rewind()
    while let feature = layer.next() {
      for index in texts where !feature.isNull(index) { evidence.add(feature.bytes(index).span) }
    }
    return evidence.decide(hint: manner.encodingHint, hintName: manner.encodingHintName)
  }
}
