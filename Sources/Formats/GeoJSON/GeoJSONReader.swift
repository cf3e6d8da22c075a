internal import JSON

/// Reads a GeoJSON document of RFC 7946 or of the older format: a FeatureCollection, a Feature or a
/// bare geometry. The text is held in memory, its features one at a time.
public struct GeoJSONReader: RecordSource {
  /// Above this many bytes a document is refused: NDJSON has no such limit.
  public static let byteLimit = 2 << 30

  public let header: SourceHeader
  private let path: String
  private let columns: GeoJSONColumns
  /// Stands inside the array of features, or before the single one.
  private var scanner: JSONScanner
  private let isCollection: Bool
  private var row = 0
  private var isAtEnd = false

  private struct Document {
    var type: String?
    var reference: SourceReference? = GeoJSONReference.standard
    var features: JSONScanner?
    var featureCount = 0
    var columns = GeoJSONColumns()
  }

  /// - Throws: when the file cannot be read, is no JSON from end to end, or is no GeoJSON.
  public init(path: String, options: SourceOptions = SourceOptions()) throws(FormatError) {
    let file = try InputFile(path: path)
    var bytes = try file.readAll(limit: Self.byteLimit)
    let encoding = try Self.decode(&bytes, declared: options.encoding, path: path)
    try self.init(bytes: bytes, path: path, encoding: encoding)
  }

  /// Reads a document in UTF-8 from memory.
  public init(bytes: [UInt8], path: String) throws(FormatError) {
    try self.init(
      bytes: bytes, path: path,
      encoding: SourceEncoding(encoding: .utf8, evidence: "UTF-8: as JSON is"))
  }

  private init(bytes: [UInt8], path: String, encoding: SourceEncoding) throws(FormatError) {
    self.path = path
    let start = JSONScanner(bytes)
    var document: Document
    do throws(JSONError) {
      document = try Self.survey(start)
    } catch {
      throw FormatError(.malformed, file: path, reason: "no valid JSON at \(error)")
    }
    var warnings: [String] = []
    switch document.type {
    case "FeatureCollection"?:
      guard let features = document.features else {
        throw FormatError(
          .malformed, file: path, reason: "the FeatureCollection has no array “features”")
      }
      scanner = features
      isCollection = true
    case "Feature"?:
      scanner = start
      isCollection = false
      document.featureCount = 1
      do throws(JSONError) {
        var single = start
        try document.columns.note(&single)
      } catch {
        throw FormatError(.malformed, file: path, reason: "no valid JSON at \(error)")
      }
    case let type? where GeoJSONFeature.geometryTypes.contains(type):
      scanner = start
      isCollection = false
      document.featureCount = 1
    case "Topology"?:
      throw FormatError(
        .refused, file: path, reason: "TopoJSON is not read; convert it to GeoJSON first")
    case let type?:
      throw FormatError(
        .refused, file: path,
        reason: "the type of the document is “\(type.prefix(40))”; FeatureCollection, Feature or a "
          + "geometry is expected")
    case nil:
      throw FormatError(
        .refused, file: path, reason: "this is JSON without a “type” and so no GeoJSON")
    }
    document.columns.close(warnings: &warnings)
    columns = document.columns
    header = SourceHeader(
      columns: columns.columns, reference: document.reference, encoding: encoding,
      geometry: .unknown, announcedCount: document.featureCount, warnings: warnings)
  }

  /// Reads the whole document once: its type, reference system and columns.
  private static func survey(_ start: JSONScanner) throws(JSONError) -> Document {
    var scanner = start
    var document = Document()
    guard try scanner.peek() == .object else {
      try scanner.skipValue()
      try scanner.end()
      return document
    }
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "type" where try scanner.peek() == .string: document.type = try scanner.string()
      case "crs": document.reference = try GeoJSONReference.read(&scanner)
      case "features" where try scanner.peek() == .array:
        try scanner.beginArray()
        document.features = scanner
        while try scanner.nextElement() {
          try document.columns.note(&scanner)
          document.featureCount += 1
        }
      default: try scanner.skipValue()
      }
    }
    try scanner.end()
    return document
  }

  public mutating func next() throws(FormatError) -> SourceItem? {
    guard !isAtEnd else { return nil }
    do throws(JSONError) {
      if isCollection {
        guard try scanner.nextElement() else {
          isAtEnd = true
          return nil
        }
      } else {
        isAtEnd = true
      }
      row += 1
      return try GeoJSONFeature.read(
        &scanner, columns: columns, place: SourcePlace(file: path, row: row))
    } catch {
      isAtEnd = true
      throw FormatError(
        .malformed, file: path, row: row, reason: "no valid JSON at \(error)")
    }
  }

  /// Brings the document to UTF-8; JSON is nothing else unless a mark or a person says so.
  private static func decode(
    _ bytes: inout [UInt8], declared: TextEncoding?, path: String
  ) throws(FormatError) -> SourceEncoding {
    let isUTF16LE = bytes.starts(with: [0xFF, 0xFE])
    let isUTF16BE = bytes.starts(with: [0xFE, 0xFF])
    let encoding = isUTF16LE ? .utf16LE : isUTF16BE ? .utf16BE : declared ?? .utf8
    guard encoding != .utf8 else {
      return SourceEncoding(encoding: .utf8, evidence: "UTF-8: as JSON is")
    }
    let transcoder = try StreamTranscoder(encoding, file: path)
    bytes = transcoder.transcode(
      isUTF16LE || isUTF16BE ? Array(bytes.dropFirst(2)) : bytes, atEnd: true)
    if transcoder.replacementCount > 0 {
      throw FormatError(
        .encoding, file: path,
        reason: "\(transcoder.replacementCount) places hold no character of \(encoding.name)")
    }
    let why = isUTF16LE || isUTF16BE ? "byte-order mark" : "as declared"
    return SourceEncoding(encoding: encoding, evidence: "\(encoding.name): \(why)")
  }
}
