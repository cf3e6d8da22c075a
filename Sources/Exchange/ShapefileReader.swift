internal import Formats

/// Reads a Shapefile: shapes by GDAL, attributes by our own reader, record by record.
final class ShapefileReader: ForeignRecords {
  let header: SourceHeader
  private let file: String
  private let layer: GDALLayer?
  private let shapeCount: Int
  private let rowCount: Int
  private var table: DBFTable?
  private let decoder: TextDecoder
  private var row = 0
  /// Keeps a private view of the files until reading ends.
  private let workFolder: WorkFolder?

  /// - Parameters:
  ///   - path: the .shp in the library's virtual file system.
  ///   - file: the source as it is called in places and messages.
  init(path: String, shownAs file: String, encoding: TextEncoding?) throws(FormatError) {
    self.file = file
    let parts = ShapefileParts(path: path)
    var warnings: [String] = []
    let shapeCount = try parts.shapeCount(shownAs: file, warnings: &warnings)
    self.shapeCount = shapeCount

    var table: DBFTable?
    if let dbf = parts.dbf {
      table = try DBFTable(path: dbf, shownAs: file)
    } else {
      warnings.append("the .dbf is missing: the rows have shapes and no attributes")
    }
    if parts.shx == nil {
      warnings.append("the .shx is missing; the shapes were counted in the .shp")
    }
    let workFolder = try Self.workFolder(
      for: parts, isTableEven: table.map { $0.recordCount == shapeCount } ?? true, shownAs: file)
    self.workFolder = workFolder
    let dataset = try GDALDataset(
      path: workFolder?.shp ?? path, drivers: ["ESRI Shapefile"], options: ["ENCODING="],
      shownAs: file)
    guard let layer = dataset.layer(at: 0) else {
      throw FormatError(.malformed, file: file, reason: "the Shapefile has no layer")
    }
    self.layer = layer

    let finding = try Self.encoding(
      of: &table, parts: parts, declared: encoding, file: file, warnings: &warnings)
    let decoder = try TextDecoder(finding.encoding ?? .cp932, file: file)
    self.decoder = decoder
    rowCount = max(shapeCount, table?.recordCount ?? 0)
    if let count = table?.recordCount, count != shapeCount {
      warnings.append("there are \(shapeCount) shapes and \(count) rows of attributes")
    }

    let prj = ShapefileParts.text(parts.prj)
    var reference: SourceReference?
    if let prj {
      reference =
        (GDALReference(wkt: prj) ?? layer.reference).map {
          ReferenceIdentification.identify($0, text: prj)
        } ?? SourceReference(epsg: nil, text: prj)
    } else {
      warnings.append("the .prj is missing: the reference system is not declared")
    }
    header = SourceHeader(
      columns: Self.columns(of: table, decoder: decoder, warnings: &warnings),
      reference: reference, encoding: finding, geometry: layer.geometryHint,
      announcedCount: rowCount, warnings: warnings)
    self.table = table
  }

  func next() throws(FormatError) -> ForeignItem? {
    guard row < rowCount else { return nil }
    let index = row
    row += 1
    let place = SourcePlace(file: file, row: row)
    var record = SourceRecord(place: place, values: [])
    if table != nil {
      let bytes = table?.record(index)
      if let bytes {
        if DBFTable.isDeleted(bytes) {
          return .rejected(place, reason: "the row is marked as deleted in the .dbf")
        }
        attributes(bytes, into: &record)
      } else if index < (table?.recordCount ?? 0) {
        throw FormatError(
          .unreadable, file: file, row: row, reason: "its .dbf cannot be read further")
      } else {
        record.values = Array(repeating: .null, count: header.columns.count)
        record.geometryFaults.append("the .dbf has no attributes for this shape")
      }
    }
    guard index < shapeCount else {
      record.geometryFaults.append("the .shp has no shape for this row")
      return .record(record, geometry: nil)
    }
    guard let feature = layer?.feature(id: index) else {
      let reason = GDALLibrary.failure.map(GDALDataset.clause) ?? "it is empty"
      return .rejected(place, reason: "the shape cannot be read: \(reason)")
    }
    if let failure = GDALLibrary.failure {
      return .rejected(place, reason: "the shape is damaged: \(GDALDataset.clause(failure))")
    }
    let geometry = feature.geometry(turned: false)
    record.originalWKB = geometry.original
    record.geometryFaults += geometry.faults
    return .record(record, geometry: geometry.wkb)
  }

  private func attributes(_ bytes: [UInt8], into record: inout SourceRecord) {
    guard let fields = table?.fields else { return }
    record.values.reserveCapacity(fields.count)
    for (column, field) in fields.enumerated() {
      let content = DBFTable.content(of: field, in: bytes)
      if content.isEmpty {
        record.values.append(.null)
        continue
      }
      if DBFTable.kind(of: field) != .text, let value = DBFTable.value(of: field, content: content)
      {
        record.values.append(value)
        continue
      }
      let decoded = decoder.decode(Array(content))
      if let damage = decoded.damage {
        record.damages.append(ValueDamage(column: column, damage: damage))
      }
      record.values.append(decoded.text.isEmpty ? .null : .text(decoded.text))
    }
  }
}

// MARK: Beginning

extension ShapefileReader {
  /// A folder that shows GDAL the shapes without their table, where the index is to be rebuilt or
  /// where GDAL would stop at the shorter of the two; nil where the files can be read as they lie.
  private static func workFolder(
    for parts: ShapefileParts, isTableEven: Bool, shownAs file: String
  ) throws(FormatError) -> WorkFolder? {
    if parts.shx != nil, isTableEven { return nil }
    guard let folder = WorkFolder(linking: parts.shp) else {
      if parts.shx != nil { return nil }
      throw FormatError(
        .unreadable, file: file,
        reason: "its .shx is missing and cannot be rebuilt inside an archive; unpack it first")
    }
    guard let shx = parts.shx else {
      let index = try ShapefileParts.index(of: parts.shp, shownAs: file)
      try folder.write(index, ending: "shx", shownAs: file)
      return folder
    }
    return folder.link(shx, ending: "shx") ? folder : nil
  }

  /// Decides the encoding from every text of the table, its .cpg and its language byte.
  private static func encoding(
    of table: inout DBFTable?, parts: ShapefileParts, declared: TextEncoding?, file: String,
    warnings: inout [String]
  ) throws(FormatError) -> SourceEncoding {
    guard table != nil else {
      return SourceEncoding(encoding: declared ?? .cp932, evidence: "there is no text")
    }
    let cpg = ShapefileParts.text(parts.cpg)?.split(whereSeparator: \.isNewline).first.map(
      String.init)
    let named = cpg.flatMap(TextEncoding.init(named:))
    let languageByte = table?.languageByte ?? 0
    var hint = named
    var hintName: String
    if let cpg {
      hintName = ".cpg “\(cpg.prefix(40))”"
    } else {
      let hex = String(languageByte, radix: 16, uppercase: true)
      hintName =
        "no .cpg, "
        + (languageByte == 0
          ? "no language byte" : "language byte 0x\(hex.count < 2 ? "0" : "")\(hex)")
    }
    // 0x13 is Japanese Windows, 0x7B Japanese MS-DOS; 0x57 means the writer's own code page.
    if hint == nil, languageByte == 0x13 || languageByte == 0x7B { hint = .cp932 }
    if let declared {
      hint = declared
      hintName = "as declared"
    }
    var evidence = try EncodingEvidence(declared: hint, file: file)
    let fields = table?.fields ?? []
    for field in fields { evidence.add(field.name.span) }
    let texts = fields.filter { DBFTable.kind(of: $0) == .text }
    for index in 0..<(table?.recordCount ?? 0) {
      guard let record = table?.record(index) else { break }
      for field in texts { evidence.add(Array(DBFTable.content(of: field, in: record)).span) }
    }
    let found = evidence.decide(hint: hint, hintName: hintName)
    if let cpg, named == nil, declared == nil {
      guard evidence.valueCount == evidence.utf8Count else {
        throw FormatError(
          .encoding, file: file,
          reason:
            "its .cpg names the encoding “\(cpg.prefix(40))”, which is not known; allowed are "
            + "\(TextEncoding.allowedNames), to be declared for this source")
      }
      warnings.append("the .cpg names an unknown encoding “\(cpg.prefix(40))”")
    }
    if let declared, found.encoding != declared {
      return SourceEncoding(
        encoding: declared,
        evidence: "\(declared.name): as declared, though the bytes speak for \(found.evidence)")
    }
    return found
  }

  private static func columns(
    of table: DBFTable?, decoder: TextDecoder, warnings: inout [String]
  ) -> [SourceColumn] {
    var columns: [SourceColumn] = []
    var taken: Set<String> = []
    for (index, field) in (table?.fields ?? []).enumerated() {
      let decoded = decoder.decode(field.name)
      let wanted = decoded.text.isEmpty ? "column_\(index + 1)" : decoded.text
      if decoded.damage != nil {
        warnings.append("the name of column \(index + 1) was cut inside a character: “\(wanted)”")
      }
      var name = wanted
      var repetition = 2
      while !taken.insert(name).inserted {
        name = "\(wanted)_\(repetition)"
        repetition += 1
      }
      if name != wanted {
        warnings.append("column \(index + 1) is a second “\(wanted)” and is called “\(name)”")
      }
      columns.append(SourceColumn(name: name, kind: DBFTable.kind(of: field)))
    }
    return columns
  }
}
