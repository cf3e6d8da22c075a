internal import Features
internal import Formats
internal import Geometry
internal import LayerStore
internal import Projection
internal import Workspace

/// GeoJSON, as one document or one feature a line; coordinates with all their digits.
final class GeoJSONTarget: ExportTarget {
  private var writer: GeoJSONWriter
  private let file: OutputFile
  private let writesKeys: Bool

  /// - Parameter writesKeys: whether no column holds the key, so that the member "id" must.
  init(
    _ options: ExportOptions, fields: [Field], reference: ReferenceSystem, writesKeys: Bool
  ) throws {
    self.writesKeys = writesKeys
    let isDegrees = reference == .geographic || reference == .wgs84
    writer = GeoJSONWriter(
      options.format == .geojson ? .featureCollection : .lines, columns: fields.map(\.name),
      decimals: nil, epsg: isDegrees ? nil : reference.epsg)
    file = try OutputFile(path: options.path)
  }

  func write(_ row: ExportRow, _ report: inout ExportReport) throws {
    writer.write(
      row.values.map { SourceValue(exact: $0) }, geometry: row.shape,
      identifier: writesKeys ? row.key.text : nil)
    if writer.pendingByteCount > 1 << 16 { try file.append(writer.take()) }
  }

  func finish(_ report: inout ExportReport) throws {
    writer.end()
    try file.append(writer.take())
    try file.finish()
    try file.publish()
  }
}

/// A GeoPackage of one table. Columns are typed as declared where all their values are of the type,
/// and texts where some are not, so that no value is lost.
final class GeoPackageTarget: ExportTarget {
  private let path: String
  private let file: GeoPackageFile
  private let isText: [Bool]

  init(
    _ options: ExportOptions, layer: LayerID, title: String, fields: [Field], isPlain: [Bool],
    reference: ReferenceSystem, hasGeometry: Bool
  ) throws {
    path = options.path
    isText = isPlain.map { !$0 }
    let partial = OutputFile.partialPath(of: path)
    OutputFile.remove(partial)
    let columns = zip(fields, isPlain).map { field, isPlain in
      StoredField(name: field.name, type: isPlain ? field.type : .text)
    }
    file = try GeoPackageFile(
      path: partial, layer: layer, title: title, fields: columns, reference: reference,
      hasGeometry: hasGeometry)
  }

  deinit { OutputFile.remove(OutputFile.partialPath(of: path)) }

  func write(_ row: ExportRow, _ report: inout ExportReport) throws {
    let values = zip(row.values, isText).map { value, isText -> Attribute in
      guard isText, !value.isNull else { return value }
      return .text(SourceValue(exact: value).description)
    }
    try file.write(values, shape: row.shape, wkb: row.wkb)
  }

  func finish(_ report: inout ExportReport) throws {
    try file.finish()
    try OutputFile.publish(path)
  }
}

/// A Shapefile and its companions.
final class ShapefileTarget: ExportTarget {
  private let writer: ShapefileWriter
  private let fields: [Field]
  private let kinds: [TableColumnKind]

  static func kind(of field: Field, isPlain: Bool) -> TableColumnKind {
    guard isPlain else { return .text }
    return switch field.type {
    case .integer: .integer
    case .real: .real
    case .boolean: .boolean
    case .date: .date
    case .text, .url, .datetime: .text
    }
  }

  init(
    _ options: ExportOptions, fields: [Field], kinds: [TableColumnKind], survey: ShapefileSurvey,
    reference: ReferenceSystem, encoding: TextEncoding, report: inout ExportReport
  ) throws {
    self.fields = fields
    self.kinds = kinds
    writer = try ShapefileWriter(
      path: options.path, columns: zip(fields, kinds).map { ($0.name, $1) }, survey: survey,
      encoding: encoding, reference: reference.esriText, day: options.day)
    for (field, name) in zip(fields, writer.names) where !field.name.utf8.elementsEqual(name.utf8) {
      report.notes.append(
        ExportReport.Note(
          key: nil, column: field.name,
          what: Title(
            japanese: "シェープファイルの列名は10バイトまでのため、「\(name)」としました。",
            english: "Names in a Shapefile have at most ten bytes: the column is called “\(name)”.")
        ))
    }
  }

  func write(_ row: ExportRow, _ report: inout ExportReport) throws {
    let values = zip(row.values, kinds).map { value, kind -> SourceValue in
      // Whole numbers in a column of others are written like them.
      if kind == .real, case .integer(let number) = value { return .real(Double(number)) }
      return SourceValue(exact: value)
    }
    let losses = try writer.write(values, shape: row.shape)
    if !losses.isEmpty { report.lossyCount += 1 }
    for loss in losses {
      report.notes.append(
        ExportReport.Note(
          key: row.key, column: loss.column.map { fields[$0].name }, what: loss.what))
    }
  }

  func finish(_ report: inout ExportReport) throws { try writer.finish() }
}

/// A table of text. Points have two columns, other places one of well-known text; a layer that maps
/// to a national data set gets that set's columns in its order, its own after them.
final class CSVTarget: ExportTarget {
  private enum Cell {
    case field(Int, NationalDataset.Form)
    case empty
    /// From the place, else from the field of that name.
    case longitude(Int?)
    case latitude(Int?)
    case wkt
  }

  private let writer: CSVWriter
  private let encoder: TextEncoder
  private let file: OutputFile
  private let cells: [Cell]
  private let names: [String]
  private let encoding: TextEncoding

  init(
    _ options: ExportOptions, fields: [Field], places: PlaceForms, declaration: LayerDeclaration,
    reference: ReferenceSystem, encoding: TextEncoding, report: inout ExportReport
  ) throws {
    self.encoding = encoding
    let dataset = NationalDataset.of(fields.map(\.name))
    report.dataset = dataset?.title.japanese
    var columns: [(name: String, cell: Cell)] = []
    if let dataset {
      var used: Set<Int> = []
      for column in dataset.columns {
        let position = fields.indices.first {
          !used.contains($0) && column.names.contains(fields[$0].name)
        }
        if let position { used.insert(position) }
        columns.append(
          (column.name, position.map { Cell.field($0, column.form) } ?? .empty))
      }
      for index in fields.indices where !used.contains(index) {
        columns.append((fields[index].name, .field(index, .plain)))
      }
    } else {
      columns = fields.indices.map { (fields[$0].name, .field($0, .plain)) }
    }
    if declaration.geometry != .none, !places.isEmpty || dataset != nil {
      Self.addPlace(
        to: &columns, places: places, declared: declaration.source?.columns, reference: reference)
    }
    cells = columns.map(\.cell)
    names = columns.map(\.name)
    encoder = try TextEncoder(encoding, file: options.path)
    writer = try CSVWriter(
      columns: names,
      layout: CSVWriter.Layout(encoding: encoding, hasByteOrderMark: encoding != .cp932),
      path: options.path)
    file = try OutputFile(path: options.path)
  }

  /// The place stands in the columns that already bear its names, else in new ones at the end.
  private static func addPlace(
    to columns: inout [(name: String, cell: Cell)], places: PlaceForms,
    declared: LayerDeclaration.Columns?, reference: ReferenceSystem
  ) {
    guard places.arePoints else {
      var name = "WKT"
      if case .wkt(let own)? = declared { name = own }
      while columns.contains(where: { $0.name == name }) { name += "_" }
      columns.append((name, .wkt))
      return
    }
    let pair: (x: String, y: String)
    switch (declared, reference.isGeographic) {
    case (.degrees(let longitude, let latitude)?, true): pair = (longitude, latitude)
    case (.metres(let east, let north)?, false): pair = (east, north)
    case (_, true): pair = ("経度", "緯度")
    case (_, false): pair = ("Y座標（東）", "X座標（北）")
    }
    // North or latitude first, as ledgers have it.
    for (name, isX) in [(pair.y, false), (pair.x, true)] {
      if let index = columns.firstIndex(where: { $0.name == name }) {
        var position: Int?
        if case .field(let field, _) = columns[index].cell { position = field }
        columns[index].cell = isX ? .longitude(position) : .latitude(position)
      } else {
        columns.append((name, isX ? .longitude(nil) : .latitude(nil)))
      }
    }
  }

  func write(_ row: ExportRow, _ report: inout ExportReport) throws {
    var place: Point<Native>?
    if case .point(let point)? = row.shape { place = point }
    var losses = 0
    var values: [SourceValue] = []
    values.reserveCapacity(cells.count)
    func own(_ position: Int?) -> SourceValue {
      position.map { SourceValue(exact: row.values[$0]) } ?? .null
    }
    for (index, cell) in cells.enumerated() {
      var value: SourceValue
      switch cell {
      case .field(let position, let form): value = form.value(of: row.values[position])
      case .empty: value = .null
      case .longitude(let position): value = place.map { .real($0.x) } ?? own(position)
      case .latitude(let position): value = place.map { .real($0.y) } ?? own(position)
      case .wkt: value = row.shape.map { .text($0.wellKnownText) } ?? .null
      }
      if encoding != .utf8, case .text(let text) = value {
        var bytes: [UInt8] = []
        let refused = encoder.append(text, to: &bytes)
        if !refused.isEmpty {
          losses += 1
          value = .text(encoder.replaced(text, refused))
          report.notes.append(
            ExportReport.Note(
              key: row.key, column: names[index], what: encoder.title(ofRefused: refused)))
        }
      }
      values.append(value)
    }
    if losses > 0 { report.lossyCount += 1 }
    try writer.write(values)
    if writer.pendingByteCount > 1 << 16 { try file.append(writer.take()) }
  }

  func finish(_ report: inout ExportReport) throws {
    try file.append(writer.take())
    try file.finish()
    try file.publish()
  }
}

extension NationalDataset.Form {
  /// A value as the set writes it.
  fileprivate func value(of attribute: Attribute) -> SourceValue {
    switch (self, attribute) {
    case (.mark, .boolean(let flag)): flag ? .text("1") : .null
    case (.presence, .boolean(let flag)): .text(flag ? "有" : "無")
    default: SourceValue(exact: attribute)
    }
  }
}
