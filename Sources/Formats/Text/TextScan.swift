/// Looks at every byte of a text file once, in chunks, and decides its encoding.
struct TextScan {
  private var byteCount = 0
  private var head: [UInt8] = []
  private var zeroAtEven = 0
  private var zeroAtOdd = 0
  private var highCount = 0
  private var escapes = EscapeState.none
  private var hasJapaneseEscape = false
  private var utf8 = UTF8Walk()
  private var cp932 = CP932Walk()

  private enum EscapeState { case none, escape, dollar }

  mutating func add(_ bytes: [UInt8]) {
    if head.count < 4 { head += bytes.prefix(4 - head.count) }
    let span = bytes.span
    for index in span.indices {
      let byte = span[index]
      if byte == 0 {
        if (byteCount + index) & 1 == 0 { zeroAtEven += 1 } else { zeroAtOdd += 1 }
      }
      if byte >= 0x80 { highCount += 1 }
      switch (escapes, byte) {
      case (_, 0x1B): escapes = .escape
      case (.escape, 0x24): escapes = .dollar
      case (.dollar, 0x40), (.dollar, 0x42):
        hasJapaneseEscape = true
        escapes = .none
      default: escapes = .none
      }
      utf8.step(byte, at: byteCount + index)
      cp932.step(byte)
    }
    byteCount += bytes.count
  }

  private static let marks: [([UInt8], TextEncoding)] = [
    ([0xEF, 0xBB, 0xBF], .utf8), ([0xFF, 0xFE], .utf16LE), ([0xFE, 0xFF], .utf16BE),
  ]

  struct Finding {
    var encoding: SourceEncoding
    /// Bytes of a byte-order mark to skip.
    var markBytes: Int
  }

  /// The encoding that the bytes show. A `declared` one is taken, and the evidence says how it fits.
  func finding(declared: TextEncoding?, file: String) throws(FormatError) -> Finding {
    for (mark, encoding) in Self.marks where head.starts(with: mark) {
      guard (declared ?? encoding) == encoding else {
        throw FormatError(
          .encoding, file: file,
          reason:
            "it is declared as \(declared?.name ?? "") and begins with the byte-order mark of "
            + "\(encoding.name); declare “auto”")
      }
      return found(encoding, "byte-order mark", markBytes: mark.count)
    }
    if let declared { return found(declared, "as declared, \(fit(declared))", markBytes: 0) }
    let zeros = zeroAtEven + zeroAtOdd
    if zeros > 0 {
      guard byteCount % 2 == 0, zeros * 100 >= byteCount,
        max(zeroAtEven, zeroAtOdd) * 10 >= zeros * 9
      else {
        throw FormatError(
          .encoding, file: file, reason: "it holds \(zeros) zero bytes and is no text file")
      }
      let encoding: TextEncoding = zeroAtOdd >= zeroAtEven ? .utf16LE : .utf16BE
      return found(
        encoding, "no byte-order mark, \(zeros) zero bytes in every second place", markBytes: 0)
    }
    if highCount == 0 {
      return hasJapaneseEscape
        ? found(.iso2022JP, "its escape sequences", markBytes: 0)
        : found(.utf8, "every byte is ASCII", markBytes: 0)
    }
    if utf8.isValidAtEnd { return found(.utf8, fit(.utf8), markBytes: 0) }
    let place = utf8.firstFault ?? byteCount
    return found(.cp932, "no UTF-8 (byte \(place)), \(fit(.cp932))", markBytes: 0)
  }

  private func fit(_ encoding: TextEncoding) -> String {
    switch encoding {
    case .utf8:
      utf8.isValidAtEnd
        ? "all \(utf8.characterCount) characters beyond ASCII decode"
        : "but byte \(utf8.firstFault ?? byteCount) is no UTF-8"
    case .cp932:
      "\(cp932.characterCount) of \(cp932.characterCount + cp932.faultCount) characters beyond ASCII are well formed"
    default: "\(highCount) bytes beyond ASCII"
    }
  }

  private func found(_ encoding: TextEncoding, _ why: String, markBytes: Int) -> Finding {
    Finding(
      encoding: SourceEncoding(encoding: encoding, evidence: "\(encoding.name): \(why)"),
      markBytes: markBytes)
  }
}

/// Walks UTF-8 byte by byte (Unicode 15, table 3-7).
private struct UTF8Walk {
  private(set) var firstFault: Int?
  private(set) var characterCount = 0
  private var pending = 0
  private var allowed: ClosedRange<UInt8> = 0x80...0xBF

  var isValidAtEnd: Bool { firstFault == nil && pending == 0 }

  mutating func step(_ byte: UInt8, at place: Int) {
    guard firstFault == nil else { return }
    if pending > 0 {
      guard allowed.contains(byte) else {
        firstFault = place
        return
      }
      allowed = 0x80...0xBF
      pending -= 1
      if pending == 0 { characterCount += 1 }
      return
    }
    switch byte {
    case 0x00...0x7F: return
    case 0xC2...0xDF: pending = 1
    case 0xE0: (pending, allowed) = (2, 0xA0...0xBF)
    case 0xED: (pending, allowed) = (2, 0x80...0x9F)
    case 0xE1...0xEF: pending = 2
    case 0xF0: (pending, allowed) = (3, 0x90...0xBF)
    case 0xF4: (pending, allowed) = (3, 0x80...0x8F)
    case 0xF1...0xF3: pending = 3
    default: firstFault = place
    }
  }
}

/// Walks the byte structure of CP932: pairs of (81–9F, E0–FC) and (40–7E, 80–FC), single A1–DF.
private struct CP932Walk {
  private(set) var characterCount = 0
  private(set) var faultCount = 0
  private var hasLead = false

  mutating func step(_ byte: UInt8) {
    if hasLead {
      hasLead = false
      switch byte {
      case 0x40...0x7E, 0x80...0xFC: characterCount += 1
      default: faultCount += 1
      }
      return
    }
    switch byte {
    case 0x00...0x7F: return
    case 0x81...0x9F, 0xE0...0xFC: hasLead = true
    case 0xA1...0xDF: characterCount += 1
    default: faultCount += 1
    }
  }
}
