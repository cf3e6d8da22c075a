extension JSONScanner {
  /// Reads a string: escapes resolved, code points as written, not normalised.
  public mutating func string() throws(JSONError) -> String {
    skipWhitespace()
    let (content, hasEscapes) = try stringContent(at: offset)
    offset = content.upperBound + 1
    if hasEscapes {
      let unescaped = try unescape(content)
      // Raw parts were checked above and escapes yield whole scalars.
      return String(decoding: unescaped, as: UTF8.self)
    }
    let part = bytes.span.extracting(content)
    do {
      return String(copying: try UTF8Span(validating: part))
    } catch {
      throw self.error("the string is not valid UTF-8", at: content.lowerBound + error.firstBad)
    }
  }

  mutating func skipString() throws(JSONError) {
    skipWhitespace()
    let (content, hasEscapes) = try stringContent(at: offset)
    offset = content.upperBound + 1
    if hasEscapes {
      _ = try unescape(content)
    } else {
      try checkUTF8(content)
    }
  }

  /// The bytes between the quotation marks of the string that starts at `offset`.
  private func stringContent(at offset: Int) throws(JSONError) -> (Range<Int>, hasEscapes: Bool) {
    guard offset < bytes.count else { throw truncated("a string") }
    guard bytes[offset] == UInt8(ascii: "\"") else { throw unexpected("a string", at: offset) }
    let start = offset + 1
    var end = start
    var hasEscapes = false
    let span = bytes.span
    while end < span.count {
      let byte = span[end]
      if byte == UInt8(ascii: "\"") {
        return (start..<end, hasEscapes)
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        end += 1
      } else if byte < 0x20 {
        throw error("a control character in a string must be written as an escape", at: end)
      }
      end += 1
    }
    throw error("the text ends inside a string", at: span.count)
  }

  private func checkUTF8(_ content: Range<Int>) throws(JSONError) {
    do {
      _ = try UTF8Span(validating: bytes.span.extracting(content))
    } catch {
      throw self.error("the string is not valid UTF-8", at: content.lowerBound + error.firstBad)
    }
  }

  private func unescape(_ content: Range<Int>) throws(JSONError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(content.count)
    var index = content.lowerBound
    var plainStart = index
    while index < content.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      try checkUTF8(plainStart..<index)
      result.append(contentsOf: bytes[plainStart..<index])
      try unescapeOne(at: &index, end: content.upperBound, into: &result)
      plainStart = index
    }
    try checkUTF8(plainStart..<content.upperBound)
    result.append(contentsOf: bytes[plainStart..<content.upperBound])
    return result
  }

  private func unescapeOne(
    at index: inout Int, end: Int, into result: inout [UInt8]
  ) throws(JSONError) {
    let start = index
    guard index + 1 < end else { throw error("an escape ends too early", at: start) }
    let letter = bytes[index + 1]
    index += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try unicodeEscape(at: &index, end: end, start: start)
      for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { result.append(byte) }
    default:
      throw error(
        "a backslash may be followed by one of \" \\ / b f n r t u only", at: start)
    }
  }

  private func unicodeEscape(
    at index: inout Int, end: Int, start: Int
  ) throws(JSONError) -> Unicode.Scalar {
    let first = try hexUnit(at: &index, end: end, start: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    else { throw error("a lone surrogate is no character", at: start) }
    index += 2
    let second = try hexUnit(at: &index, end: end, start: start)
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("a lone surrogate is no character", at: start) }
    return scalar
  }

  private func hexUnit(at index: inout Int, end: Int, start: Int) throws(JSONError) -> UInt32 {
    guard index + 4 <= end else { throw error("\\u needs four hexadecimal digits", at: start) }
    var value: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("\\u needs four hexadecimal digits", at: start)
      }
      value = value << 4 | UInt32(digit)
    }
    index += 4
    return value
  }
}

extension UTF8.ValidationError {
  /// Bytes from the start of the validated part to the first byte at fault.
  fileprivate var firstBad: Int { byteOffsets.lowerBound }
}
