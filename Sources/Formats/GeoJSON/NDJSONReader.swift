internal import JSON

/// Reads newline-delimited GeoJSON (one feature a line) and GeoJSON text sequences (RFC 8142, each
/// text after a record separator), in UTF-8. A text that cannot be read is rejected by itself.
public struct NDJSONReader: RecordSource {
  public let header: SourceHeader
  private let path: String
  private let columns: GeoJSONColumns
  private var texts: JSONTextSequence

  /// - Throws: when the file cannot be read.
  public init(path: String, options: SourceOptions = SourceOptions()) throws(FormatError) {
    self.path = path
    var columns = GeoJSONColumns()
    var survey = try JSONTextSequence(path: path)
    var count = 0
    while let text = try survey.next() {
      count += 1
      guard case .text(let bytes) = text.content else { continue }
      // What is wrong with a text is told when it is its turn.
      var scanner = JSONScanner(bytes)
      var noted = columns
      guard (try? noted.note(&scanner)) != nil, (try? scanner.end()) != nil else { continue }
      columns = noted
    }
    var warnings: [String] = []
    columns.close(warnings: &warnings)
    self.columns = columns
    texts = try JSONTextSequence(path: path)
    header = SourceHeader(
      columns: columns.columns, reference: GeoJSONReference.standard,
      encoding: SourceEncoding(encoding: .utf8, evidence: "UTF-8: as JSON is"),
      geometry: .unknown, announcedCount: count, warnings: warnings)
  }

  public mutating func next() throws(FormatError) -> SourceItem? {
    guard let text = try texts.next() else { return nil }
    let place = SourcePlace(file: path, row: text.line)
    guard case .text(let bytes) = text.content else {
      return .rejected(
        place, reason: "the line is longer than \(JSONTextSequence.textLimit) bytes")
    }
    do throws(JSONError) {
      var scanner = JSONScanner(bytes)
      let item = try GeoJSONFeature.read(&scanner, columns: columns, place: place)
      try scanner.end()
      return item
    } catch {
      return .rejected(
        place, reason: "no valid JSON at column \(error.position.column): \(error.message)")
    }
  }
}

/// Cuts a file into JSON texts at line feeds, or at record separators when it begins with one.
struct JSONTextSequence {
  enum Content {
    case text([UInt8])
    case tooLong
  }

  /// A feature of more bytes is rejected.
  static let textLimit = 256 << 20
  private static let chunkBytes = 1 << 20

  private let file: InputFile
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  private var line = 1
  private var separator: UInt8 = 0x0A

  init(path: String) throws(FormatError) {
    file = try InputFile(path: path)
    buffer = try file.read(upTo: Self.chunkBytes)
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    if start < buffer.count, buffer[start] == 0x1E { separator = 0x1E }
  }

  /// The next text that is not blank, and the line on which it starts.
  mutating func next() throws(FormatError) -> (line: Int, content: Content)? {
    var isTooLong = false
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: separator) ?? (isAtEnd ? buffer.count : nil) {
        if end >= buffer.count, start >= buffer.count, isAtEnd, !isTooLong { return nil }
        let text = buffer[start..<end]
        let first = line
        let leading = text.prefix { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x09 }
        line += text.count { $0 == 0x0A } + (separator == 0x0A ? 1 : 0)
        start = min(end + 1, buffer.count)
        searched = start
        if isTooLong { return (first, .tooLong) }
        if leading.count == text.count { continue }
        return (first + leading.count { $0 == 0x0A }, .text(Array(text)))
      }
      searched = buffer.count
      if buffer.count - start > Self.textLimit {
        isTooLong = true
        line += buffer[start...].count { $0 == 0x0A && separator != 0x0A }
        start = buffer.count
      }
      let chunk = try file.read(upTo: Self.chunkBytes)
      if chunk.isEmpty { isAtEnd = true }
      buffer.removeFirst(start)
      searched -= start
      start = 0
      buffer += chunk
    }
  }
}
