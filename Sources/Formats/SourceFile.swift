/// Finds the reader for a file.
public enum SourceFile {
  /// Who reads a file.
  public enum Format: Sendable, Hashable {
    case csv
    case geoJSON
    case ndjson
    /// Read by the exchange process.
    case foreign
  }

  /// The format by the name's ending, and by the first bytes where that does not tell.
  ///
  /// - Throws: when the file cannot be read.
  public static func format(of path: String) throws(FormatError) -> Format {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let ending = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
    switch ending {
    case "csv", "tsv", "tab", "txt": return .csv
    case "geojson": return try firstText(of: path) == 0x1E ? .ndjson : .geoJSON
    case "geojsonl", "ndjson", "ndgeojson", "jsonl", "geojsons", "geojsonseq": return .ndjson
    case "json": return try firstText(of: path) == 0x1E ? .ndjson : .geoJSON
    case "shp", "dbf", "gpkg", "zip", "shz", "kml", "kmz", "gml", "xml", "dxf", "fgb":
      return .foreign
    default:
      switch try firstText(of: path) {
      case UInt8(ascii: "{"), UInt8(ascii: "["): return .geoJSON
      case 0x1E: return .ndjson
      default: return .foreign
      }
    }
  }

  /// Opens a file with the reader of its format.
  ///
  /// - Throws: when the file cannot be read, is refused, or lacks what the options name.
  public static func open(
    _ path: String, options: SourceOptions = SourceOptions()
  ) throws(FormatError) -> any RecordSource {
    switch try format(of: path) {
    case .csv: try CSVReader(path: path, options: options)
    case .geoJSON: try GeoJSONReader(path: path, options: options)
    case .ndjson: try NDJSONReader(path: path, options: options)
    case .foreign:
      // A missing file is told without starting a process.
      try foreign(path, options)
    }
  }

  private static func foreign(
    _ path: String, _ options: SourceOptions
  ) throws(FormatError) -> ExchangeClient {
    _ = try InputFile(path: path)
    return try ExchangeClient(path: path, options: options)
  }

  /// The first byte that is neither white space nor part of a byte-order mark.
  private static func firstText(of path: String) throws(FormatError) -> UInt8? {
    let head = try InputFile(path: path).read(upTo: 512)
    return head.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
  }
}
