/// One row of a table as bytes: quotes resolved, not yet decoded.
struct CSVRow {
  /// The contents of all cells, one after the other.
  var bytes: [UInt8] = []
  /// Where each cell ends in `bytes`.
  var ends: [Int] = []
  /// The line on which the row starts, from 1.
  var line = 0

  var cellCount: Int { ends.count }
  var isBlank: Bool { bytes.isEmpty }

  func range(_ cell: Int) -> Range<Int> { (cell == 0 ? 0 : ends[cell - 1])..<ends[cell] }

  func isEmpty(_ cell: Int) -> Bool { cell >= ends.count || range(cell).isEmpty }

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }
}

/// Cuts a stream of bytes into rows and cells by RFC 4180, and by what real files do besides: any
/// line end, text after a closing quotation mark, a quotation mark inside a bare cell.
struct CSVTokenizer {
  enum Token {
    case row
    /// A quotation mark that opens on this line is never closed: the line is passed over alone.
    case unclosed(line: Int)
    case end
  }

  /// A row may take this many bytes; more is a quotation mark that was never closed.
  static let rowLimit = 4 << 20
  private static let chunkBytes = 256 << 10

  private let delimiter: UInt8
  private let rowLimit: Int
  private var source: CSVByteSource
  private var buffer: [UInt8] = []
  private var rowStart = 0
  private var isAtEnd = false
  private var line = 1

  init(_ source: CSVByteSource, delimiter: UInt8, rowLimit: Int = Self.rowLimit) {
    self.source = source
    self.delimiter = delimiter
    self.rowLimit = rowLimit
  }

  private enum Scan {
    case row(end: Int, lineCount: Int)
    case needsMore
    case unclosed
  }

  /// Reads the next row into `row`.
  mutating func next(into row: inout CSVRow) throws(FormatError) -> Token {
    while true {
      if rowStart >= buffer.count, isAtEnd { return .end }
      switch scan(into: &row) {
      case .row(let end, let lineCount):
        row.line = line
        line += lineCount
        rowStart = end
        return .row
      case .needsMore where buffer.count - rowStart <= rowLimit:
        try refill()
      case .needsMore, .unclosed:
        let start = line
        skipLine()
        return .unclosed(line: start)
      }
    }
  }

  private mutating func refill() throws(FormatError) {
    buffer.removeFirst(rowStart)
    rowStart = 0
    // As much again as a long row has already, so that rescanning it stays linear.
    let chunk = try source.next(upTo: max(Self.chunkBytes, buffer.count))
    if chunk.isEmpty { isAtEnd = true }
    buffer += chunk
  }

  private mutating func skipLine() {
    let bytes = buffer
    let span = bytes.span
    var index = rowStart
    while index < span.count, span[index] != 0x0A, span[index] != 0x0D { index += 1 }
    if index + 1 < span.count, span[index] == 0x0D, span[index + 1] == 0x0A { index += 1 }
    rowStart = min(index + 1, span.count)
    line += 1
  }

  private func scan(into row: inout CSVRow) -> Scan {
    row.clear()
    let span = buffer.span
    let count = span.count
    var index = rowStart
    var lineCount = 0
    let quote = UInt8(ascii: "\"")
    while true {
      if index < count, span[index] == quote {
        index += 1
        var runStart = index
        quoted: while true {
          guard index < count else { return isAtEnd ? .unclosed : .needsMore }
          let byte = span[index]
          if byte == quote {
            guard index + 1 < count || isAtEnd else { return .needsMore }
            row.bytes += buffer[runStart..<index]
            index += 1
            guard index < count, span[index] == quote else { break quoted }
            runStart = index
          } else if byte == 0x0A
            || (byte == 0x0D && !(index + 1 < count && span[index + 1] == 0x0A))
          {
            lineCount += 1
          }
          index += 1
        }
      }
      let runStart = index
      while index < count {
        let byte = span[index]
        if byte == delimiter || byte == 0x0A || byte == 0x0D { break }
        index += 1
      }
      guard index < count || isAtEnd else { return .needsMore }
      row.bytes += buffer[runStart..<index]
      row.ends.append(row.bytes.count)
      guard index < count else { return .row(end: index, lineCount: lineCount + 1) }
      let byte = span[index]
      index += 1
      if byte == delimiter { continue }
      if byte == 0x0D {
        guard index < count || isAtEnd else { return .needsMore }
        if index < count, span[index] == 0x0A { index += 1 }
      }
      return .row(end: index, lineCount: lineCount + 1)
    }
  }
}

/// Where a tokenizer's bytes come from: a file, transcoded where its encoding cannot be cut bytewise.
struct CSVByteSource {
  private let file: InputFile?
  private var sample: [UInt8]
  private let transcoder: StreamTranscoder?

  /// Reads on from where `file` stands.
  init(_ file: InputFile, encoding: TextEncoding) throws(FormatError) {
    self.file = file
    sample = []
    transcoder =
      encoding.keepsASCIIBytesApart ? nil : try StreamTranscoder(encoding, file: file.path)
  }

  /// Yields `bytes` alone.
  init(_ bytes: [UInt8]) {
    file = nil
    sample = bytes
    transcoder = nil
  }

  mutating func next(upTo limit: Int) throws(FormatError) -> [UInt8] {
    guard let file else {
      defer { sample = [] }
      return sample
    }
    guard let transcoder else { return try file.read(upTo: limit) }
    while true {
      let chunk = try file.read(upTo: limit)
      let text = transcoder.transcode(chunk, atEnd: chunk.isEmpty)
      if !text.isEmpty || chunk.isEmpty { return text }
    }
  }
}
