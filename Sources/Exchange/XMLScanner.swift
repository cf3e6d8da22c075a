internal import Formats

/// A pull reader for XML without a document type: elements, attributes and text, nothing else is
/// needed for registry maps and nothing else is done for a hostile file.
struct XMLScanner {
  enum Event {
    /// The name without its prefix.
    case start(String, attributes: [(name: String, value: String)])
    /// The characters since the last event, references resolved.
    case text(String)
    case end(String)
  }

  private static let chunkBytes = 256 << 10
  /// A tag, or the text between two tags, of more bytes is refused.
  private static let tokenLimit = 1 << 20
  private static let depthLimit = 64

  private let file: VirtualFile
  private let source: String
  private var buffer: [UInt8] = []
  private var at = 0
  private var fileOffset = 0
  private var open: [String] = []
  private var hasRoot = false
  /// The end of an element that was written as one tag.
  private var pendingEnd: String?

  /// - Parameter source: the name of the file in messages.
  init(_ file: VirtualFile, shownAs source: String) {
    self.file = file
    self.source = source
  }

  /// The next event; nil after the end of the root element.
  mutating func next() throws(FormatError) -> Event? {
    if let name = pendingEnd {
      pendingEnd = nil
      return .end(name)
    }
    while true {
      guard let byte = try peek() else {
        guard open.isEmpty, hasRoot else { throw truncated() }
        return nil
      }
      guard byte == UInt8(ascii: "<") else {
        let raw = try take(until: [UInt8(ascii: "<")], including: false)
        if open.isEmpty { continue }
        return .text(try resolve(raw))
      }
      if let event = try markup() { return event }
    }
  }

  private mutating func markup() throws(FormatError) -> Event? {
    if try starts(with: "<?") {
      let declaration = String(
        decoding: try take(until: Array("?>".utf8), including: true), as: UTF8.self)
      try check(declaration)
      return nil
    }
    if try starts(with: "<!--") {
      _ = try take(until: Array("-->".utf8), including: true)
      return nil
    }
    if try starts(with: "<![CDATA[") {
      let raw = try take(until: Array("]]>".utf8), including: true)
      return .text(String(decoding: raw.dropFirst(9).dropLast(3), as: UTF8.self))
    }
    if try starts(with: "<!") {
      throw FormatError(.refused, file: source, reason: "XML with a document type is not read")
    }
    let tag = try take(until: [UInt8(ascii: ">")], including: true)
    return try event(tag.dropFirst().dropLast())
  }

  /// The event of a tag, given without its angle brackets.
  private mutating func event(_ tag: ArraySlice<UInt8>) throws(FormatError) -> Event {
    if tag.first == UInt8(ascii: "/") {
      let name = Self.local(tag.dropFirst())
      guard open.popLast() == name else {
        throw malformed("the end of “\(name.prefix(40))” has no beginning")
      }
      return .end(name)
    }
    let isWhole = tag.last == UInt8(ascii: "/")
    let body = isWhole ? tag.dropLast() : tag
    let nameEnd = body.firstIndex(where: Self.isSpace) ?? body.endIndex
    let name = Self.local(body[..<nameEnd])
    guard !name.isEmpty else { throw malformed("a tag has no name") }
    guard !open.isEmpty || !hasRoot else { throw malformed("there are two root elements") }
    hasRoot = true
    if isWhole {
      pendingEnd = name
    } else {
      guard open.count < Self.depthLimit else {
        throw malformed("elements are nested deeper than \(Self.depthLimit)")
      }
      open.append(name)
    }
    return .start(name, attributes: try attributes(body[nameEnd...]))
  }

  private func attributes(
    _ text: ArraySlice<UInt8>
  ) throws(FormatError) -> [(name: String, value: String)] {
    var attributes: [(name: String, value: String)] = []
    var rest = text.drop(while: Self.isSpace)
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else {
        throw malformed("an attribute has no value")
      }
      let name = Self.local(rest[..<equals].drop(while: Self.isSpace))
      let value = rest[(equals + 1)...].drop(while: Self.isSpace)
      guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
        let end = value.dropFirst().firstIndex(of: quote)
      else { throw malformed("the value of “\(name.prefix(40))” is not quoted") }
      attributes.append((name, try resolve(Array(value[(value.startIndex + 1)..<end]))))
      rest = value[(end + 1)...].drop(while: Self.isSpace)
    }
    return attributes
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// A name without its prefix and the white space after it.
  private static func local(_ bytes: ArraySlice<UInt8>) -> String {
    var name = bytes
    while let last = name.last, isSpace(last) { name.removeLast() }
    if let colon = name.lastIndex(of: UInt8(ascii: ":")) { name = name[(colon + 1)...] }
    return String(decoding: name, as: UTF8.self)
  }

  /// Text with its references resolved: the five of XML and those by number.
  private func resolve(_ raw: [UInt8]) throws(FormatError) -> String {
    guard let valid = String(validating: raw, as: UTF8.self) else {
      throw FormatError(.encoding, file: source, reason: "its text is no UTF-8")
    }
    guard raw.contains(UInt8(ascii: "&")) else { return valid }
    var text = ""
    var rest = valid[...]
    while let mark = rest.firstIndex(of: "&") {
      text += rest[..<mark]
      guard let end = rest[mark...].firstIndex(of: ";") else {
        throw malformed("a reference has no end")
      }
      let name = rest[rest.index(after: mark)..<end]
      text.unicodeScalars.append(try scalar(of: name))
      rest = rest[rest.index(after: end)...]
    }
    return text + rest
  }

  private func scalar(of reference: Substring) throws(FormatError) -> Unicode.Scalar {
    switch reference {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    let number =
      reference.hasPrefix("#x")
      ? UInt32(reference.dropFirst(2), radix: 16)
      : reference.hasPrefix("#") ? UInt32(reference.dropFirst()) : nil
    guard let number, let scalar = Unicode.Scalar(number) else {
      throw malformed("the reference “&\(reference.prefix(20));” is not known")
    }
    return scalar
  }

  private func check(_ declaration: String) throws(FormatError) {
    guard declaration.hasPrefix("<?xml"), let start = declaration.firstIndex(of: "e"),
      declaration[start...].contains("encoding")
    else { return }
    let upper = declaration.uppercased()
    guard upper.contains("UTF-8") || upper.contains("UTF8") else {
      throw FormatError(
        .encoding, file: source, reason: "a registry map is UTF-8, this one declares \(declaration)"
      )
    }
  }

  // MARK: Bytes

  private mutating func refill() -> Bool {
    buffer.removeFirst(at)
    at = 0
    let chunk = file.read(at: fileOffset, count: Self.chunkBytes)
    fileOffset += chunk.count
    buffer += chunk
    return !chunk.isEmpty
  }

  private mutating func peek() throws(FormatError) -> UInt8? {
    if at >= buffer.count, !refill() { return nil }
    return buffer[at]
  }

  private mutating func starts(with text: StaticString) throws(FormatError) -> Bool {
    let expected = Array(text.description.utf8)
    while buffer.count - at < expected.count {
      guard refill() else { return false }
    }
    return buffer[at..<at + expected.count].elementsEqual(expected)
  }

  /// Takes the bytes up to `end`, which must come.
  private mutating func take(
    until end: [UInt8], including isIncluded: Bool
  ) throws(FormatError) -> [UInt8] {
    var searched = at
    while true {
      while let first = buffer[searched...].firstIndex(of: end[0]) {
        searched = first
        guard first + end.count <= buffer.count else { break }
        if buffer[first..<first + end.count].elementsEqual(end) {
          let stop = isIncluded ? first + end.count : first
          defer { at = stop }
          return Array(buffer[at..<stop])
        }
        searched = first + 1
      }
      // What may be the beginning of the end mark is looked at again with more bytes.
      searched = max(searched, buffer.count - end.count + 1)
      guard buffer.count - at <= Self.tokenLimit else {
        throw malformed("a tag or text is longer than \(Self.tokenLimit) bytes")
      }
      let held = at
      guard refill() else {
        // White space after the root element has no end mark.
        if !isIncluded, open.isEmpty {
          defer { at = buffer.count }
          return Array(buffer[at...])
        }
        throw truncated()
      }
      searched -= held
    }
  }

  private func truncated() -> FormatError {
    FormatError(.truncated, file: source, reason: "the XML ends before its root element does")
  }

  private func malformed(_ what: String) -> FormatError {
    FormatError(
      .malformed, file: source,
      reason: "the XML cannot be read near byte \(fileOffset - buffer.count + at): \(what)")
  }
}
