/// Writes a table by RFC 4180, row by row, into bytes that the caller takes when it likes.
public final class CSVWriter {
  public struct Layout: Sendable, Hashable {
    public var encoding: TextEncoding
    /// One ASCII byte; a comma unless said.
    public var delimiter: UInt8
    /// Whether the file begins with the encoding's byte-order mark, which spreadsheets want for UTF-8.
    public var hasByteOrderMark: Bool
    /// CR LF, as RFC 4180 says, or LF alone.
    public var endsLinesWithCRLF: Bool

    public init(
      encoding: TextEncoding = .utf8, delimiter: UInt8 = UInt8(ascii: ","),
      hasByteOrderMark: Bool = false, endsLinesWithCRLF: Bool = true
    ) {
      self.encoding = encoding
      self.delimiter = delimiter
      self.hasByteOrderMark = hasByteOrderMark
      self.endsLinesWithCRLF = endsLinesWithCRLF
    }
  }

  private let layout: Layout
  private let path: String
  private let columns: [String]
  private let encoder: TextEncoder
  private var bytes: [UInt8] = []
  private var rowCount = 0

  /// Begins a table with its header row.
  ///
  /// - Parameter path: the name of the target in messages.
  public init(columns: [String], layout: Layout = Layout(), path: String) throws(FormatError) {
    self.layout = layout
    self.path = path
    self.columns = columns
    encoder = try TextEncoder(layout.encoding, file: path)
    if layout.hasByteOrderMark { bytes += encoder.byteOrderMark }
    try append(columns)
  }

  /// Appends a row of as many values as there are columns; null and the empty text are an empty cell.
  ///
  /// - Throws: when a value holds characters that the encoding cannot express, naming them; the row
  ///   is then not written.
  public func write(_ values: [SourceValue]) throws(FormatError) {
    try append(values.map(\.description))
  }

  /// The bytes since the last call.
  public func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// How many bytes `take()` would return.
  public var pendingByteCount: Int { bytes.count }

  private func append(_ cells: [String]) throws(FormatError) {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line.unicodeScalars.append(Unicode.Scalar(layout.delimiter)) }
      line += quoted(cell, isOnly: cells.count == 1)
    }
    line += layout.endsLinesWithCRLF ? "\r\n" : "\n"
    let refused = encoder.append(line, to: &bytes)
    guard refused.isEmpty else { throw failure(refused, cells) }
    rowCount += 1
  }

  private func quoted(_ cell: String, isOnly: Bool) -> String {
    // A lone empty cell would be a blank line, which readers skip.
    if cell.isEmpty { return isOnly ? "\"\"" : "" }
    var needsQuotes = false
    for byte in cell.utf8
    where byte == layout.delimiter || byte == 0x22 || byte == 0x0A || byte == 0x0D {
      needsQuotes = true
      break
    }
    // White space at the ends is lost by some readers when it stands bare.
    if cell.utf8.first == 0x20 || cell.utf8.last == 0x20 { needsQuotes = true }
    guard needsQuotes else { return cell }
    var text = "\""
    for scalar in cell.unicodeScalars {
      if scalar == "\"" { text.unicodeScalars.append(scalar) }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }

  private func failure(_ refused: [Character], _ cells: [String]) -> FormatError {
    let names = refused.prefix(10).map { character in
      let codes = character.unicodeScalars.map { scalar in
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      }
      return "“\(character)” (\(codes.joined(separator: " ")))"
    }
    let column = zip(columns, cells).first { _, cell in cell.contains { refused.contains($0) } }?.0
    let place = column.map { " in the column “\($0)”" } ?? ""
    return FormatError(
      .encoding, file: path, row: rowCount + 1,
      reason: "\(layout.encoding.name) cannot express \(names.joined(separator: ", "))\(place); "
        + "choose UTF-8 or change the text")
  }
}
