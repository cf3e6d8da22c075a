internal import Geometry

/// Reads a table of text, row by row. Not for use from two threads at once.
public final class CSVReader: RecordSource {
  public let header: SourceHeader
  private let path: String
  private var tokenizer: CSVTokenizer
  private let decoder: TextDecoder
  private let isTranscoded: Bool
  private let comment: String?
  private let hasLinkDataRows: Bool
  private let placing: CSVPlacing
  private var row = CSVRow()
  /// What was read to look at and is still to be delivered.
  private var pending: Pending?

  private enum Pending {
    case row(CSVRow)
    case unclosed(line: Int)
  }

  /// Bytes that the delimiter and the header are looked for in.
  private static let sampleBytes = 256 << 10

  /// - Throws: when the file cannot be read, is no text, or lacks a header or a declared column.
  public init(path: String, options: SourceOptions = SourceOptions()) throws(FormatError) {
    let file = try InputFile(path: path)
    var scan = TextScan()
    while true {
      let chunk = try file.read(upTo: Self.sampleBytes)
      if chunk.isEmpty { break }
      scan.add(chunk)
    }
    let finding = try scan.finding(declared: options.encoding, file: path)
    let encoding = finding.encoding.encoding ?? .utf8
    isTranscoded = !encoding.keepsASCIIBytesApart
    decoder = try TextDecoder(isTranscoded ? .utf8 : encoding, file: path)
    self.path = path
    comment = options.comment.flatMap { $0.isEmpty ? nil : $0 }

    try file.seek(to: finding.markBytes)
    var sampleSource = try CSVByteSource(file, encoding: encoding)
    let sample = try sampleSource.next(upTo: Self.sampleBytes)
    let isWhole = try sampleSource.next(upTo: 1).isEmpty
    let delimiter = try Self.delimiter(options, sample: sample, isWhole: isWhole, path: path)
    let firstRows = CSVLayout.rows(of: sample, isWhole: isWhole, delimiter: delimiter, limit: 33)
    let propertyRow = options.headerRow == nil ? CSVLayout.propertyRow(of: firstRows) : nil
    hasLinkDataRows = propertyRow != nil && propertyRow != 1

    try file.seek(to: finding.markBytes)
    tokenizer = CSVTokenizer(
      try CSVByteSource(file, encoding: encoding), delimiter: delimiter)
    var warnings: [String] = []
    let cells = try Self.headerCells(
      from: &tokenizer, decoder: decoder, path: path,
      headerRow: options.headerRow ?? propertyRow, comment: comment)
    let columns = Self.columns(named: cells, warnings: &warnings)
    let placing = try CSVPlacing(options, columns: columns, path: path, warnings: &warnings)
    self.placing = placing
    pending = try Self.rowAfterRemark(
      from: &tokenizer, decoder: decoder, warnings: &warnings)
    header = SourceHeader(
      columns: columns.map { SourceColumn(name: $0, kind: .text) },
      reference: placing.reference, encoding: finding.encoding, geometry: placing.hint,
      warnings: warnings)
  }

  public func next() throws(FormatError) -> SourceItem? {
    while true {
      var unclosedLine: Int?
      switch pending {
      case .row(let waiting)?: row = waiting
      case .unclosed(let line)?: unclosedLine = line
      case nil:
        switch try tokenizer.next(into: &row) {
        case .end: return nil
        case .unclosed(let line): unclosedLine = line
        case .row: break
        }
      }
      pending = nil
      if let unclosedLine {
        return .rejected(
          SourcePlace(file: path, row: unclosedLine),
          reason: "a quotation mark that opens in this row is never closed")
      }
      if row.isBlank { continue }
      if hasLinkDataRows, row.bytes[row.range(0)].first == UInt8(ascii: "#") { continue }
      if let item = item() { return item }
    }
  }

  /// The row as an item; nil for a comment.
  private func item() -> SourceItem? {
    let place = SourcePlace(file: path, row: row.line)
    let width = header.columns.count
    var record = SourceRecord(place: place, values: [])
    record.values.reserveCapacity(width)
    for column in 0..<width {
      guard !row.isEmpty(column) else {
        record.values.append(.null)
        continue
      }
      let decoded = decode(row, column)
      if column == 0, let comment, decoded.text.hasPrefix(comment) { return nil }
      if let damage = decoded.damage {
        record.damages.append(ValueDamage(column: column, damage: damage))
      }
      record.values.append(.text(decoded.text))
    }
    // Spreadsheets write empty cells, and clerks spaces, as far as somebody once clicked.
    if row.cellCount > width,
      let extra = (width..<row.cellCount).first(where: { cell in
        !row.isEmpty(cell) && !decode(row, cell).text.trimmed().isEmpty
      })
    {
      return .rejected(
        place,
        reason:
          "the row has \(row.cellCount) cells where the header has \(width), the first beyond "
          + "it holds “\(decode(row, extra).text.prefix(40))”; a value that holds the delimiter "
          + "stands in quotation marks")
    }
    placing.place(&record)
    return .record(record)
  }

  private func decode(_ row: CSVRow, _ cell: Int) -> DecodedText {
    var decoded = decoder.decode(row.bytes.span.extracting(row.range(cell)))
    // Transcoding put U+FFFD where no character was, so the offset in the file is lost.
    if isTranscoded, decoded.damage == nil,
      let place = decoded.text.unicodeScalars.firstIndex(of: "\u{FFFD}")
    {
      let offset = decoded.text.utf8.distance(from: decoded.text.startIndex, to: place)
      decoded.damage = .undecodable(byteOffset: offset)
    }
    return decoded
  }
}

// MARK: Beginning

extension CSVReader {
  private static func delimiter(
    _ options: SourceOptions, sample: [UInt8], isWhole: Bool, path: String
  ) throws(FormatError) -> UInt8 {
    guard let declared = options.delimiter else {
      return CSVLayout.delimiter(of: sample, isWhole: isWhole, path: path)
    }
    guard let byte = declared.asciiValue, ![0x0A, 0x0D, 0x22].contains(byte) else {
      throw FormatError(
        .selection, file: path,
        reason: "the delimiter “\(declared)” is not usable; one ASCII character other than a "
          + "quotation mark or a line end is allowed")
    }
    return byte
  }

  private static func headerCells(
    from tokenizer: inout CSVTokenizer, decoder: TextDecoder, path: String, headerRow: Int?,
    comment: String?
  ) throws(FormatError) -> [String] {
    var row = CSVRow()
    var number = 0
    while true {
      switch try tokenizer.next(into: &row) {
      case .end:
        throw FormatError(
          .malformed, file: path,
          reason: headerRow.map {
            "the header is declared in row \($0), the file has \(number) rows"
          }
            ?? "the file is empty: a table begins with a row of column names")
      case .unclosed(let line):
        number += 1
        guard headerRow.map({ number < $0 }) ?? false else {
          throw FormatError(
            .malformed, file: path, row: line,
            reason: "a quotation mark that opens in the header is never closed")
        }
      case .row:
        number += 1
        let cells = texts(of: row, decoder: decoder)
        if let headerRow {
          if number == headerRow { return cells }
        } else if !row.isBlank, !(comment.map { cells[0].hasPrefix($0) } ?? false) {
          return cells
        }
      }
    }
  }

  private static func texts(of row: CSVRow, decoder: TextDecoder) -> [String] {
    (0..<row.cellCount).map { decoder.decode(row.bytes.span.extracting(row.range($0))).text }
  }

  /// Names without the white space around them, each once; trailing cells without a name fall away.
  private static func columns(named cells: [String], warnings: inout [String]) -> [String] {
    var names: [String] = []
    var taken: Set<String> = []
    let width = (cells.lastIndex { !$0.isEmpty } ?? -1) + 1
    for (index, cell) in cells.prefix(width).enumerated() {
      var name = cell.trimmed()
      if name.isEmpty {
        name = "column_\(index + 1)"
        warnings.append("column \(index + 1) has no name and is called “\(name)”")
      }
      let wanted = name
      var repetition = 2
      while !taken.insert(name).inserted {
        name = "\(wanted)_\(repetition)"
        repetition += 1
      }
      if name != wanted {
        warnings.append("column \(index + 1) is a second “\(wanted)” and is called “\(name)”")
      }
      names.append(name)
    }
    return names
  }

  /// Passes over a remark right under the header, with a word.
  private static func rowAfterRemark(
    from tokenizer: inout CSVTokenizer, decoder: TextDecoder, warnings: inout [String]
  ) throws(FormatError) -> Pending? {
    var row = CSVRow()
    switch try tokenizer.next(into: &row) {
    case .end: return nil
    case .unclosed(let line): return .unclosed(line: line)
    case .row: break
    }
    let cells = texts(of: row, decoder: decoder)
    guard CSVLayout.isRemark(cells) else { return .row(row) }
    let remark = cells.first { !$0.isEmpty } ?? ""
    warnings.append(
      "row \(row.line) is a remark under the header and is skipped: “\(remark.prefix(60))”")
    return nil
  }
}

extension String {
  /// Without white space of Unicode at both ends.
  func trimmed() -> String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
