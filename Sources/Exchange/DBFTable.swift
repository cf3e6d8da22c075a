internal import Formats

/// The attribute table of a Shapefile (dBase III), read by bytes, so that its text is decoded by our
/// own rules and no number loses digits.
struct DBFTable {
  struct Field {
    let name: [UInt8]
    /// `C` text, `N` and `F` numbers, `D` date, `L` logical, `M` memo.
    let type: UInt8
    let width: Int
    let decimals: Int
    /// Bytes from the start of a record.
    let offset: Int
  }

  let recordCount: Int
  /// The language driver id: 0x13 and 0x7B are Japanese, 0 says nothing.
  let languageByte: UInt8
  let fields: [Field]
  private let file: VirtualFile
  private let headerBytes: Int
  private let recordBytes: Int
  private var block: [UInt8] = []
  private var blockStart = 0

  private static let blockRecords = 512

  /// - Parameter shownAs: the name of the source in messages.
  init(path: String, shownAs source: String) throws(FormatError) {
    guard let file = VirtualFile(path: path) else {
      throw FormatError(.unreadable, file: source, reason: "its .dbf cannot be read")
    }
    let head = file.read(at: 0, count: 32)
    guard head.count == 32 else {
      throw FormatError(
        .truncated, file: source,
        reason: "its .dbf has \(file.byteCount) bytes and ends inside its header")
    }
    func word(_ bytes: [UInt8], _ offset: Int) -> Int {
      Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
    }
    recordCount = word(head, 4) | word(head, 6) << 16
    headerBytes = word(head, 8)
    recordBytes = word(head, 10)
    languageByte = head[29]
    self.file = file
    let descriptors = file.read(at: 32, count: max(0, headerBytes - 32))
    guard headerBytes > 32, descriptors.count == headerBytes - 32 else {
      throw FormatError(
        .truncated, file: source, reason: "its .dbf ends inside the descriptions of its fields")
    }
    var fields: [Field] = []
    var offset = 1
    var at = 0
    while at + 32 <= descriptors.count, descriptors[at] != 0x0D {
      let type = descriptors[at + 11]
      let low = Int(descriptors[at + 16])
      let high = Int(descriptors[at + 17])
      // Text wider than 255 bytes keeps the rest of its width where numbers keep their decimals.
      let isText = type == UInt8(ascii: "C")
      fields.append(
        Field(
          name: Array(descriptors[at..<at + 11].prefix { $0 != 0 }), type: type,
          width: isText ? low | high << 8 : low, decimals: isText ? 0 : high, offset: offset))
      offset += fields[fields.count - 1].width
      at += 32
    }
    self.fields = fields
    guard offset <= recordBytes, recordBytes > 0 else {
      throw FormatError(
        .malformed, file: source,
        reason: "the fields of its .dbf take \(offset) bytes where a record has \(recordBytes)")
    }
    let needed = headerBytes + recordCount * recordBytes
    guard file.byteCount >= needed else {
      let whole = max(0, file.byteCount - headerBytes) / recordBytes
      throw FormatError(
        .truncated, file: source,
        reason:
          "its .dbf announces \(recordCount) records and holds \(whole); deliver the file again")
    }
  }

  /// The bytes of a record, the deletion mark first; nil outside the table or when reading fails.
  mutating func record(_ index: Int) -> [UInt8]? {
    guard index >= 0, index < recordCount else { return nil }
    if index < blockStart || (index - blockStart + 1) * recordBytes > block.count {
      blockStart = index
      let count = min(Self.blockRecords, recordCount - index)
      block = file.read(at: headerBytes + index * recordBytes, count: count * recordBytes)
    }
    let start = (index - blockStart) * recordBytes
    guard start + recordBytes <= block.count else { return nil }
    return Array(block[start..<start + recordBytes])
  }

  static func isDeleted(_ record: [UInt8]) -> Bool { record.first == UInt8(ascii: "*") }

  /// The content of a field: up to the first zero byte, without spaces at either end.
  static func content(of field: Field, in record: [UInt8]) -> ArraySlice<UInt8> {
    var bytes = record[field.offset..<field.offset + field.width]
    if let zero = bytes.firstIndex(of: 0) { bytes = bytes[..<zero] }
    while bytes.last == 0x20 { bytes.removeLast() }
    while bytes.first == 0x20 { bytes.removeFirst() }
    return bytes
  }

  static func kind(of field: Field) -> SourceColumnKind {
    switch field.type {
    case UInt8(ascii: "N"): field.decimals == 0 ? .integer : .real
    case UInt8(ascii: "F"): .real
    case UInt8(ascii: "D"): .date
    case UInt8(ascii: "L"): .boolean
    default: .text
    }
  }

  /// A field that is no text as a value; nil when its content does not fit its type and is to stay
  /// text (systems write words into numeric fields).
  static func value(of field: Field, content: ArraySlice<UInt8>) -> SourceValue? {
    if content.isEmpty { return .null }
    let text = String(decoding: content, as: UTF8.self)
    switch field.type {
    case UInt8(ascii: "N"), UInt8(ascii: "F"): return number(text, field)
    case UInt8(ascii: "D"): return date(text)
    case UInt8(ascii: "L"):
      switch text {
      case "T", "t", "Y", "y": return .boolean(true)
      case "F", "f", "N", "n": return .boolean(false)
      case "?": return .null
      default: return nil
      }
    default: return nil
    }
  }

  private static func number(_ text: String, _ field: Field) -> SourceValue? {
    // Asterisks are what dBase writes for a number too wide for its field.
    if text.allSatisfy({ $0 == "*" }) { return .null }
    if field.type == UInt8(ascii: "N"), field.decimals == 0, let integer = Int64(text) {
      return .integer(integer)
    }
    guard let real = Double(text), real.isFinite else { return nil }
    // From 2^53 on a double skips integers: the digits of an id would change.
    let isBeyondDouble = real.magnitude >= 9_007_199_254_740_992
    let isPlain = text.allSatisfy { $0.isNumber || $0 == "-" || $0 == "." }
    return isBeyondDouble && isPlain ? .text(text) : .real(real)
  }

  private static func date(_ text: String) -> SourceValue? {
    guard text.utf8.count == 8, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    if text == "00000000" { return .null }
    let year = text.prefix(4)
    let month = text.dropFirst(4).prefix(2)
    let day = text.suffix(2)
    guard let m = Int(month), (1...12).contains(m), let d = Int(day), (1...31).contains(d) else {
      return nil
    }
    return .text("\(year)-\(month)-\(day)")
  }
}
