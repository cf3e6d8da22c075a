/// Encodes text for export and refuses what the encoding cannot express. Not for use from two
/// threads at once.
public final class TextEncoder {
  public let encoding: TextEncoding
  private let conversion: Iconv?
  private let reverse: Iconv?

  public init(_ encoding: TextEncoding, file: String) throws(FormatError) {
    self.encoding = encoding
    let name: String? =
      switch encoding {
      case .utf8: nil
      case .eucJP: "EUC-JP-MS"
      case .windows1252: "CP1252"
      default: encoding.name
      }
    guard let name else {
      conversion = nil
      reverse = nil
      return
    }
    guard let forth = Iconv(from: "UTF-8", to: name), let back = Iconv(from: name, to: "UTF-8")
    else {
      throw FormatError(
        .encoding, file: file, reason: "the system's C library cannot convert to \(name)")
    }
    conversion = forth
    reverse = back
  }

  /// Appends `text` in the encoding.
  ///
  /// - Returns: the characters that the encoding cannot express or would bring back as others, each
  ///   once, in order; when there are any, nothing was appended.
  public func append(_ text: String, to output: inout [UInt8]) -> [Character] {
    let utf8 = Array(text.utf8)
    guard let conversion, let reverse else {
      output += utf8
      return []
    }
    if encoding.keepsASCIIBytesApart, TextDecoder.isASCII(utf8.span) {
      output += utf8
      return []
    }
    if let bytes = encode(utf8, conversion, reverse) {
      output += bytes
      return []
    }
    var refused: [Character] = []
    for character in text where encode(Array(character.utf8), conversion, reverse) == nil {
      if !refused.contains(character) { refused.append(character) }
    }
    return refused
  }

  /// The bytes of the mark that begins a file in this encoding, empty where there is none.
  public var byteOrderMark: [UInt8] {
    switch encoding {
    case .utf8: [0xEF, 0xBB, 0xBF]
    case .utf16LE: [0xFF, 0xFE]
    case .utf16BE: [0xFE, 0xFF]
    default: []
    }
  }

  private func encode(_ utf8: [UInt8], _ conversion: Iconv, _ reverse: Iconv) -> [UInt8]? {
    var bytes: [UInt8] = []
    conversion.reset()
    guard case .done = conversion.convert(utf8.span, from: 0, into: &bytes) else { return nil }
    if encoding == .iso2022JP { bytes += [0x1B, 0x28, 0x42] }
    // iconv writes 〜 (U+301C) as the byte pair that is read as ～ (U+FF5E): only what comes back
    // the same is accepted.
    var back: [UInt8] = []
    reverse.reset()
    guard case .done = reverse.convert(bytes.span, from: 0, into: &back), back == utf8 else {
      return nil
    }
    return bytes
  }
}
