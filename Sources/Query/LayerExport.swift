public import Features
public import Formats
internal import Geometry
public import LayerStore
public import Projection
internal import Workspace

/// What an export writes and how.
public struct ExportOptions: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    case gpkg
    case geojson
    case ndjson
    case csv
    case shp

    /// By the ending of a file's name; nil for any other ending.
    public init?(path: String) {
      let ending = path.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
      self.init(rawValue: ending.lowercased())
    }
  }

  public var format: Format
  public var path: String
  /// Nil for the format's own: degrees for GeoJSON, else the layer's system.
  public var reference: ReferenceSystem?
  /// Nil for the format's own: CP932 for Shapefiles, UTF-8 with a byte-order mark for CSV.
  public var encoding: TextEncoding?
  /// PROJ's grid files of the operator.
  public var gridFolder: String?
  /// The day that a Shapefile's table bears.
  public var day: CalendarDay

  public init(format: Format, path: String, day: CalendarDay) {
    self.format = format
    self.path = path
    self.day = day
  }
}

/// What an export wrote, and what the format could not hold of it.
public struct ExportReport: Sendable {
  public struct Note: Sendable {
    /// Nil for what concerns the whole file.
    public let key: FeatureKey?
    public let column: String?
    public let what: Title
  }

  public let layer: LayerID
  public let path: String
  public var count = 0
  /// Rows with a place.
  public var placed = 0
  public let reference: ReferenceSystem
  /// Nil for formats that store Unicode by definition.
  public let encoding: TextEncoding?
  /// The national data set whose columns were written; nil for none.
  public var dataset: String?
  /// What is worth knowing of the file, and what was lost of single rows.
  public var notes: [Note] = []
  /// Rows of which something could not be written.
  public var lossyCount = 0
}

/// Why an export was refused or failed; no file was touched.
public enum ExportError: Error, Sendable, CustomStringConvertible {
  case format(FormatError)
  case store(StoreError)
  case query(QueryError)
  case encoding(TextEncoding, ExportOptions.Format)
  case changed(layer: String)
  case unreadable(String)

  public var description: String {
    switch self {
    case .format(let error): error.description
    case .store(let error): error.description
    case .query(let error): error.description
    case .encoding(let encoding, let format):
      "A \(format.rawValue) file cannot be written in \(encoding.name); allowed: "
        + (format == .shp ? "CP932, UTF-8." : "UTF-8.")
    case .changed(let layer):
      "Layer \(layer) was changed while it was being written; run the export again."
    case .unreadable(let reason): reason
    }
  }
}

/// A row on its way into a file.
struct ExportRow {
  let key: FeatureKey
  /// One value a visible column.
  let values: [Attribute]
  /// In the file's reference system.
  let shape: Shape<Native>?
  /// The place as it came in, in the file's reference system, where it holds more than the shape.
  let wkb: [UInt8]?
}

/// A file format on its way to the disk.
protocol ExportTarget {
  func write(_ row: ExportRow, _ report: inout ExportReport) throws
  /// Completes the file and gives it its name.
  func finish(_ report: inout ExportReport) throws
}

extension QueryEngine {
  /// Writes a layer, as the audience sees it, into a file that appears only when it is whole.
  ///
  /// A row that came in the file's reference system is written with exactly the coordinates that it
  /// came with, whatever system the layer is kept in and whatever repair was made for drawing.
  public func export(
    _ layer: LayerID, _ options: ExportOptions
  ) throws(ExportError) -> ExportReport {
    do {
      return try store.readingOneState { try LayerExport(self, layer, options).run() }
    } catch let error as ExportError {
      throw error
    } catch let error as FormatError {
      throw .format(error)
    } catch let error as StoreError {
      throw .store(error)
    } catch let error as QueryError {
      throw .query(error)
    } catch {
      throw .unreadable("\(error)")
    }
  }
}

/// One export: the rows are read twice where the format must know them all before it begins.
private struct LayerExport {
  private let engine: QueryEngine
  private let view: any LayerView
  private let stored: StoredLayer
  private let declaration: LayerDeclaration
  private let options: ExportOptions
  private let reference: ReferenceSystem
  private let encoding: TextEncoding?
  private let fields: [Field]
  /// The stored column of each field.
  private let positions: [Int]

  /// Rows that are read at once, so that a million never sit in memory.
  private static let chunk = 1000

  init(_ engine: QueryEngine, _ layer: LayerID, _ options: ExportOptions) throws {
    self.engine = engine
    self.options = options
    let view = try engine.view(of: layer)
    self.view = view
    guard let stored = engine.contents.stored(layer),
      let declaration = engine.source.declarations.first(where: { $0.id == layer })
    else { throw StoreError.unknownLayer(layer.text) }
    guard try engine.store.layer(layer) == stored else {
      throw ExportError.changed(layer: layer.text)
    }
    self.stored = stored
    self.declaration = declaration
    fields = view.schema.fields
    positions = fields.compactMap { field in
      stored.fields.firstIndex { $0.name == field.name }
    }
    let isNational =
      options.format == .csv && NationalDataset.of(fields.map(\.name)) != nil
    reference =
      options.reference ?? Self.usual(options.format, stored.reference, isNational: isNational)
    switch options.format {
    case .csv: encoding = options.encoding ?? .utf8
    case .shp:
      encoding = options.encoding ?? .cp932
      guard encoding == .cp932 || encoding == .utf8 else {
        throw ExportError.encoding(encoding ?? .utf8, options.format)
      }
    case .gpkg, .geojson, .ndjson:
      if let encoding = options.encoding, encoding != .utf8 {
        throw ExportError.encoding(encoding, options.format)
      }
      encoding = nil
    }
  }

  /// GeoJSON is in degrees unless somebody says otherwise (RFC 7946), and so are national tables.
  private static func usual(
    _ format: ExportOptions.Format, _ stored: ReferenceSystem, isNational: Bool
  ) -> ReferenceSystem {
    if isNational, !stored.isGeographic { return .geographic }
    return switch format {
    case .geojson, .ndjson: stored == .wgs84 ? stored : .geographic
    case .gpkg, .csv, .shp: stored
    }
  }

  func run() throws -> ExportReport {
    var report = ExportReport(
      layer: view.layer, path: options.path, reference: reference, encoding: encoding)
    let target = try target(&report)
    try forEachRow { row in
      report.count += 1
      if row.shape != nil { report.placed += 1 }
      try target.write(row, &report)
    }
    try target.finish(&report)
    return report
  }

  private func target(_ report: inout ExportReport) throws -> any ExportTarget {
    switch options.format {
    case .geojson, .ndjson:
      let isKeyHidden =
        if case .fields(let names) = declaration.key {
          !Set(names).isSubset(of: fields.map(\.name))
        } else {
          false
        }
      return try GeoJSONTarget(
        options, fields: fields, reference: reference, writesKeys: isKeyHidden)
    case .csv:
      return try CSVTarget(
        options, fields: fields, places: try survey().places, declaration: declaration,
        reference: reference, encoding: encoding ?? .utf8, report: &report)
    case .gpkg:
      let survey = try survey()
      return try GeoPackageTarget(
        options, layer: view.layer, title: declaration.title.japanese, fields: fields,
        isPlain: survey.isPlain, reference: reference,
        hasGeometry: declaration.geometry != .none)
    case .shp:
      let survey = try survey()
      let kinds = zip(fields, survey.isPlain).map { field, isPlain in
        ShapefileTarget.kind(of: field, isPlain: isPlain)
      }
      var widths = try ShapefileSurvey(
        columns: kinds, encoding: encoding ?? .cp932, path: options.path)
      try forEachRow { row in
        widths.look(at: row.values.map { SourceValue(exact: $0) }, shape: row.shape)
      }
      return try ShapefileTarget(
        options, fields: fields, kinds: kinds, survey: widths, reference: reference,
        encoding: encoding ?? .cp932, report: &report)
    }
  }

  /// What all rows have in common.
  private struct Survey {
    /// Whether each column holds nothing but values of its type.
    var isPlain: [Bool]
    var places = PlaceForms()
  }

  private func survey() throws -> Survey {
    var survey = Survey(isPlain: Array(repeating: true, count: fields.count))
    try forEachRow { row in
      for (index, value) in row.values.enumerated() where survey.isPlain[index] {
        if !value.isPlain(as: fields[index].type) { survey.isPlain[index] = false }
      }
      if let shape = row.shape { survey.places.note(shape) }
    }
    return survey
  }

  /// Every visible row in the order of keys.
  private func forEachRow(_ body: (ExportRow) throws -> Void) throws {
    let main = try Reprojection(
      from: stored.reference, to: reference, gridFolder: options.gridFolder)
    var others: [ReferenceSystem: Reprojection] = [:]
    let hasOriginals = try engine.store.hasOriginals(view.layer)
    var next: UInt32 = 0
    while next < view.rowLimit {
      var numbers: [Int64] = []
      while next < view.rowLimit, numbers.count < Self.chunk {
        if view.isVisible(row: next) { numbers.append(view.storeRow(next)) }
        next += 1
      }
      let rows = try engine.store.rows(of: stored, numbers: numbers)
      guard rows.count == numbers.count else {
        throw ExportError.changed(layer: view.layer.text)
      }
      let originals =
        hasOriginals
        ? try engine.store.originals(of: rows.map(\.key), in: view.layer) : [:]
      for row in rows {
        var shape: Shape<Native>?
        var wkb: [UInt8]?
        if let place = row.shape {
          if let original = originals[row.key] {
            (shape, wkb) = try converted(original, &others)
          }
          if shape == nil { shape = main.forward(place) }
          if let known = shape, known.isEmpty { shape = nil }
        }
        let values = positions.map { position in
          row.unread[stored.fields[position].name].map { Attribute.text($0) }
            ?? row.values[position]
        }
        try body(
          ExportRow(key: row.key, values: values, shape: shape, wkb: shape == nil ? nil : wkb))
      }
    }
  }

  /// A place as it came in, in the file's system; its bytes too where they need no conversion.
  private func converted(
    _ original: (wkb: [UInt8], reference: ReferenceSystem),
    _ others: inout [ReferenceSystem: Reprojection]
  ) throws -> (Shape<Native>?, [UInt8]?) {
    var reader = WKBReader(original.wkb)
    let place: Shape<Native>? = try? reader.read()
    if original.reference == reference {
      // Curves have no shape of ours; the stored one stands for their extent.
      return (place, place == nil || reader.droppedOrdinates ? original.wkb : nil)
    }
    guard let place else { return (nil, nil) }
    if others[original.reference] == nil {
      others[original.reference] = try Reprojection(
        from: original.reference, to: reference, gridFolder: options.gridFolder)
    }
    return (others[original.reference]?.forward(place), nil)
  }
}

/// Which forms of geometry occur.
struct PlaceForms {
  private(set) var arePoints = true
  private(set) var isEmpty = true

  mutating func note(_ shape: Shape<Native>) {
    isEmpty = false
    if case .point = shape { return }
    arePoints = false
  }
}

extension Attribute {
  /// Whether a typed column holds the value without loss; dates that were written otherwise than as
  /// ISO days are kept as text.
  fileprivate func isPlain(as type: FieldType) -> Bool {
    switch (type, self) {
    case (_, .null), (.text, _), (.url, _): true
    case (.integer, .integer), (.real, .real), (.real, .integer), (.boolean, .boolean): true
    case (.date, .date(let date)): date.day != nil && date.written == nil
    case (.datetime, .text): true
    default: false
    }
  }
}

extension SourceValue {
  /// A ledger's value as files hold it, dates as they were written.
  init(exact attribute: Attribute) {
    if case .date(let date) = attribute, let written = date.written {
      self = .text(written)
    } else {
      self.init(attribute)
    }
  }
}
