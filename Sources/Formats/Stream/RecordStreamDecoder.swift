internal import Geometry

/// Reads a record stream from bytes that arrive in pieces of any size.
public struct RecordStreamDecoder {
  private let path: String
  private var buffer: [UInt8] = []
  private var start = 0
  private var hasShakenHands = false
  private var header: SourceHeader?
  private var hasEnded = false
  private var recordCount: UInt64 = 0
  private var rejectedCount: UInt64 = 0
  /// The row of the last record or rejected row; 0 before the first.
  public private(set) var lastRow = 0

  /// - Parameter path: the name of the source for the places of records and for messages.
  public init(path: String) {
    self.path = path
  }

  public mutating func append(_ bytes: [UInt8]) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer += bytes
  }

  /// The next whole item; nil when more bytes are needed, and after the end.
  public mutating func next() throws(FormatError) -> RecordStreamItem? {
    if !hasShakenHands {
      guard try shakeHands() else { return nil }
    }
    guard !hasEnded else {
      guard start == buffer.count else { throw malformed("bytes follow the end") }
      return nil
    }
    guard buffer.count - start >= RecordStream.headBytes else { return nil }
    guard let kind = RecordStream.Kind(rawValue: buffer[start]) else {
      throw malformed("a frame of unknown kind \(buffer[start])")
    }
    var length = 0
    for index in 0..<4 { length |= Int(buffer[start + 1 + index]) << (8 * index) }
    guard length <= kind.byteLimit else {
      throw malformed("a frame of \(length) bytes, above the limit of \(kind.byteLimit)")
    }
    let body = start + RecordStream.headBytes
    guard buffer.count - body >= length else { return nil }
    var payload = StreamPayload(bytes: buffer, offset: body, end: body + length)
    start = body + length
    let item = try read(kind, &payload)
    guard payload.isAtEnd else { throw malformed("a frame is longer than what it holds") }
    return item
  }

  /// Checks that the stream has come to its end.
  public func finish() throws(FormatError) {
    guard hasEnded else {
      throw FormatError(
        .truncated, file: path, row: lastRow > 0 ? lastRow : nil,
        reason:
          "the record stream breaks off\(lastRow > 0 ? " after this row" : " before its first row")"
      )
    }
    guard start == buffer.count else { throw malformed("bytes follow the end") }
  }

  private mutating func shakeHands() throws(FormatError) -> Bool {
    let magic = RecordStream.magic
    let shared = min(magic.count, buffer.count)
    guard buffer.prefix(shared) == magic.prefix(shared) else {
      throw FormatError(
        .process, file: path, reason: "what the exchange process writes is no record stream")
    }
    guard buffer.count >= RecordStream.handshakeBytes else { return false }
    let version = UInt16(buffer[6]) | UInt16(buffer[7]) << 8
    guard version == RecordStream.version else {
      throw FormatError(
        .process, file: path,
        reason: "the exchange process speaks version \(version) of the record stream, this program "
          + "version \(RecordStream.version); install both from one delivery")
    }
    start = RecordStream.handshakeBytes
    hasShakenHands = true
    return true
  }

  private mutating func read(
    _ kind: RecordStream.Kind, _ payload: inout StreamPayload
  ) throws(FormatError) -> RecordStreamItem {
    do throws(StreamPayload.Fault) {
      switch kind {
      case .header:
        guard header == nil else { throw StreamPayload.Fault(what: "a second header") }
        let read = try payload.header()
        header = read
        return .header(read)
      case .record:
        let record = try payload.record(path: path, columnCount: header?.columns.count)
        lastRow = record.place.row
        recordCount += 1
        return .item(.record(record))
      case .rejected:
        guard header != nil else { throw StreamPayload.Fault(what: "a row before the header") }
        lastRow = try payload.row()
        rejectedCount += 1
        return .item(
          .rejected(SourcePlace(file: path, row: lastRow), reason: try payload.text()))
      case .end:
        let counts = (try payload.number(UInt64.self), try payload.number(UInt64.self))
        guard counts == (recordCount, rejectedCount) else {
          throw StreamPayload.Fault(
            what: "\(counts.0) records and \(counts.1) rejected rows announced at the end, "
              + "\(recordCount) and \(rejectedCount) received")
        }
        hasEnded = true
        return .end
      case .layers:
        hasEnded = true
        return .layers(try payload.texts())
      case .failure: break
      }
    } catch {
      throw malformed(error.what)
    }
    throw try failure(&payload)
  }

  private func failure(_ payload: inout StreamPayload) throws(FormatError) -> FormatError {
    do throws(StreamPayload.Fault) {
      let code = try payload.number(UInt8.self)
      let row = try payload.number(Int64.self)
      let fault = RecordStream.faults.first { $0.0 == code }?.1 ?? .malformed
      return FormatError(
        fault, file: path, row: row > 0 ? Int(row) : nil, reason: try payload.text())
    } catch {
      throw malformed(error.what)
    }
  }

  private func malformed(_ what: String) -> FormatError {
    FormatError(
      .malformed, file: path, row: lastRow > 0 ? lastRow : nil,
      reason: "the record stream is damaged: \(what)")
  }
}
