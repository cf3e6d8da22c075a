/// Which columns of a table hold the place of a row.
public enum CoordinateColumns: Sendable, Hashable {
  /// By the usual names (緯度 and 経度, latitude and longitude, WKT); none found means no places.
  case automatic
  case none
  /// Decimal degrees, or degrees, minutes and seconds.
  case degrees(longitude: String, latitude: String)
  /// Metres in the plane.
  case metres(east: String, north: String)
  case wkt(String)
}

/// What is declared of a source; everything else is found out from the file.
public struct SourceOptions: Sendable, Hashable {
  /// Nil decides from the bytes.
  public var encoding: TextEncoding?
  /// The layer of a file that holds several.
  public var layer: String?
  /// From 1, as a spreadsheet counts rows; what stands above is skipped.
  public var headerRow: Int?
  /// One ASCII character that parts the cells; nil finds out among `,`, `;` and tab.
  public var delimiter: Character?
  /// Rows whose first cell begins so are skipped.
  public var comment: String?
  public var coordinates: CoordinateColumns
  /// Whether `351812.3` means 35°18′12.3″ in degree columns; never guessed.
  public var compactDegrees: Bool
  /// Where `machizu-exchange` is; nil looks beside the running program, then in ../libexec/machizu.
  public var exchangeExecutable: String?

  public init(
    encoding: TextEncoding? = nil, layer: String? = nil, headerRow: Int? = nil,
    delimiter: Character? = nil, comment: String? = nil,
    coordinates: CoordinateColumns = .automatic, compactDegrees: Bool = false,
    exchangeExecutable: String? = nil
  ) {
    self.encoding = encoding
    self.layer = layer
    self.headerRow = headerRow
    self.delimiter = delimiter
    self.comment = comment
    self.coordinates = coordinates
    self.compactDegrees = compactDegrees
    self.exchangeExecutable = exchangeExecutable
  }

  /// The encoding of a declared name: nil for `auto` or no name.
  ///
  /// - Throws: for an unknown name, with the names that are allowed.
  public static func encoding(
    named name: String?, file: String
  ) throws(FormatError) -> TextEncoding? {
    guard let name, name != "auto" else { return nil }
    guard let encoding = TextEncoding(named: name) else {
      throw FormatError(
        .encoding, file: file,
        reason: "the encoding “\(name)” is not known; allowed are \(TextEncoding.allowedNames)")
    }
    return encoding
  }
}
