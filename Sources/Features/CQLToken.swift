/// One word of CQL2 text.
struct CQLToken {
  enum Kind: Equatable {
    case name(String, isQuoted: Bool)
    case text(String)
    case number(Attribute)
    case sign(String)
    case end
  }

  let kind: Kind
  /// Where it begins, in scalars from 0.
  let offset: Int
  /// How it is written, shortened for messages.
  let written: String
}

/// Cuts CQL2 text into words.
///
/// Source: OGC 21-065r2, Annex B (BNF of identifiers and literals).
struct CQLLexer {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func peek(_ distance: Int) -> Unicode.Scalar? {
    position + distance < scalars.count ? scalars[position + distance] : nil
  }

  /// The place as people count it.
  func column(at offset: Int) -> Int {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[..<min(offset, scalars.count)])
    return String(text).count + 1
  }

  private func error(_ fault: FilterError.Fault, at offset: Int) -> FilterError {
    FilterError(fault, column: column(at: offset))
  }

  private func written(from start: Int) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<min(position, start + 40)])
    return String(text) + (position > start + 40 ? "…" : "")
  }

  mutating func nextToken() throws(FilterError) -> CQLToken {
    while let scalar = next, scalar.properties.isWhitespace { position += 1 }
    let start = position
    guard let scalar = next else { return CQLToken(kind: .end, offset: start, written: "") }
    let kind: CQLToken.Kind
    switch scalar {
    case "'": kind = .text(try scanText())
    case "\"": kind = .name(try scanQuotedName(), isQuoted: true)
    case "0"..."9": kind = .number(scanNumber())
    case "." where peek(1).map { ("0"..."9").contains($0) } ?? false: kind = .number(scanNumber())
    default:
      if Self.isNameStart(scalar) {
        kind = .name(scanName(), isQuoted: false)
      } else {
        kind = .sign(try scanSign())
      }
    }
    return CQLToken(kind: kind, offset: start, written: written(from: start))
  }

  // MARK: - Words

  /// `'…'`, in which `''` and `\'` are a quote.
  private mutating func scanText() throws(FilterError) -> String {
    let start = position
    var text = String.UnicodeScalarView()
    position += 1
    while let scalar = next {
      if scalar == "'" || (scalar == "\\" && peek(1) == "'") {
        if scalar == "'", peek(1) != "'" {
          position += 1
          return String(text)
        }
        text.append("'")
        position += 2
        continue
      }
      text.append(scalar)
      position += 1
    }
    throw error(.unclosedText, at: start)
  }

  private mutating func scanQuotedName() throws(FilterError) -> String {
    let start = position
    var text = String.UnicodeScalarView()
    position += 1
    while let scalar = next {
      position += 1
      guard scalar == "\"" else {
        text.append(scalar)
        continue
      }
      guard next == "\"" else { return String(text) }
      text.append("\"")
      position += 1
    }
    throw error(.unclosedName, at: start)
  }

  private mutating func scanName() -> String {
    var text = String.UnicodeScalarView()
    while let scalar = next, Self.isNamePart(scalar) {
      text.append(scalar)
      position += 1
    }
    return String(text)
  }

  private mutating func scanDigits() -> String {
    var digits = ""
    while let scalar = next, ("0"..."9").contains(scalar) {
      digits.unicodeScalars.append(scalar)
      position += 1
    }
    return digits
  }

  private mutating func scanNumber() -> Attribute {
    var written = scanDigits()
    var isWhole = true
    if next == "." {
      position += 1
      isWhole = false
      written = (written.isEmpty ? "0" : written) + "." + scanDigits()
      if written.hasSuffix(".") { written += "0" }
    }
    if next == "e" || next == "E" {
      let start = position
      position += 1
      var exponent = "e"
      if next == "+" || next == "-" {
        exponent += next == "-" ? "-" : ""
        position += 1
      }
      let digits = scanDigits()
      if digits.isEmpty {
        position = start
      } else {
        isWhole = false
        written += exponent + digits
      }
    }
    if isWhole, let number = Int64(written) { return .integer(number) }
    return .real(Double(written) ?? .nan)
  }

  private mutating func scanSign() throws(FilterError) -> String {
    let start = position
    let two = String(String.UnicodeScalarView(scalars[start..<min(start + 2, scalars.count)]))
    switch two {
    case "<>", "<=", ">=":
      position += 2
      return two
    case "!=": throw error(.foreignSign(found: two, write: "<>"), at: start)
    case "==": throw error(.foreignSign(found: two, write: "="), at: start)
    case "&&": throw error(.foreignSign(found: two, write: "AND"), at: start)
    case "||": throw error(.foreignSign(found: two, write: "OR"), at: start)
    default: break
    }
    let one = String(two.unicodeScalars.prefix(1))
    position += 1
    if "()+-*/%^=<>,".contains(one) { return one }
    if let write = Self.fullWidthSigns[one] {
      throw error(.foreignSign(found: one, write: write), at: start)
    }
    throw error(.unexpected(found: one, expected: .value), at: start)
  }

  // MARK: - Characters

  private static let fullWidthSigns = [
    "＝": "=", "＜": "<", "＞": ">", "≦": "<=", "≧": ">=", "≠": "<>", "≤": "<=", "≥": ">=", "’": "'",
    "‘": "'", "＇": "'", "“": "'", "”": "'", "×": "*", "÷": "/", ";": ",",
  ]

  /// The identifiers of the standard, without the full-width comparison signs, which clerks write for
  /// `=`, `<` and `>`.
  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3A, 0x5F, 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF,
      0x370...0x37D, 0x37F...0x1FFE, 0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF,
      0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFF06, 0xFF08...0xFF1B, 0xFF1F...0xFFFD,
      0x10000...0xEFFFF:
      true
    default: false
    }
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
    default: isNameStart(scalar)
    }
  }
}
