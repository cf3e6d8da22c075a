/// Counts how the values of a table decode, so that its encoding can be decided from its bytes.
public struct EncodingEvidence {
  /// Values that hold a byte above 0x7F.
  public private(set) var valueCount = 0
  /// Of these, values that are UTF-8, a cut last character allowed.
  public private(set) var utf8Count = 0
  /// Whether one of them holds a character of three bytes or more, as Japanese text does.
  public private(set) var hasWideUTF8 = false
  /// Of these, values that are CP932, a cut last character allowed.
  public private(set) var cp932Count = 0
  private var other: TextDecoder?
  private var otherCount = 0
  private let cp932: TextDecoder

  /// - Parameter declared: an encoding to count besides UTF-8 and CP932.
  public init(declared: TextEncoding?, file: String) throws(FormatError) {
    cp932 = try TextDecoder(.cp932, file: file)
    if let declared, declared != .utf8, declared != .cp932 {
      other = try TextDecoder(declared, file: file)
    }
  }

  public mutating func add(_ bytes: Span<UInt8>) {
    guard !TextDecoder.isASCII(bytes) else { return }
    valueCount += 1
    let asUTF8 = TextDecoder.decodeUTF8(bytes)
    if !Self.isUndecodable(asUTF8) {
      utf8Count += 1
      if asUTF8.text.utf8.contains(where: { $0 >= 0xE0 }) { hasWideUTF8 = true }
    }
    if !Self.isUndecodable(cp932.decode(bytes)) { cp932Count += 1 }
    if let other, !Self.isUndecodable(other.decode(bytes)) { otherCount += 1 }
  }

  /// Decides among what the bytes allow; `hint` is what the source says of itself and `hintName`
  /// how it says it, such as `.cpg "Shift_JIS"` or `no .cpg, language byte 0x13`.
  public func decide(hint: TextEncoding?, hintName: String) -> SourceEncoding {
    guard valueCount > 0 else {
      let encoding = hint ?? .utf8
      return SourceEncoding(
        encoding: encoding, evidence: "\(encoding.name): \(hintName), every value is ASCII")
    }
    // Half-width katakana can look like two-byte UTF-8 by chance, Japanese in three bytes cannot.
    let isUTF8 = utf8Count == valueCount && (hasWideUTF8 || hint == nil || hint == .utf8)
    let encoding: TextEncoding
    if isUTF8 {
      encoding = .utf8
    } else if let hint, hint != .utf8 {
      encoding = hint
    } else {
      encoding = hint == .utf8 && utf8Count >= cp932Count ? .utf8 : .cp932
    }
    let count =
      switch encoding {
      case .utf8: utf8Count
      case .cp932: cp932Count
      default: otherCount
      }
    let contradiction = hint != nil && hint != encoding ? ", which the bytes contradict" : ""
    return SourceEncoding(
      encoding: encoding,
      evidence:
        "\(encoding.name): \(hintName)\(contradiction), \(count) of \(valueCount) values decode")
  }

  private static func isUndecodable(_ decoded: DecodedText) -> Bool {
    if case .undecodable = decoded.damage { true } else { false }
  }
}
