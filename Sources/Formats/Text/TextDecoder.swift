/// A text, and what its bytes lacked.
public struct DecodedText: Sendable, Hashable {
  public var text: String
  public var damage: TextDamage?

  public init(text: String, damage: TextDamage? = nil) {
    self.text = text
    self.damage = damage
  }
}

/// Decodes values one at a time and says what was damaged. Not for use from two threads at once.
public final class TextDecoder {
  public let encoding: TextEncoding
  private let conversion: Iconv?

  /// - Throws: when the C library lacks the conversion; `file` names the source in the message.
  public init(_ encoding: TextEncoding, file: String) throws(FormatError) {
    self.encoding = encoding
    let name: String? =
      switch encoding {
      case .utf8: nil
      case .utf16LE: "UTF-16LE"
      case .utf16BE: "UTF-16BE"
      case .cp932: "CP932"
      // The variant that holds the NEC and IBM characters too.
      case .eucJP: "EUC-JP-MS"
      case .iso2022JP: "ISO-2022-JP"
      case .windows1252: "CP1252"
      }
    guard let name else {
      conversion = nil
      return
    }
    guard let conversion = Iconv(from: name, to: "UTF-8") else {
      throw FormatError(
        .encoding, file: file,
        reason: "the system's C library cannot convert from \(name); install its gconv modules")
    }
    self.conversion = conversion
  }

  /// The text of one value. A character cut off at the end is dropped and flagged; any other byte
  /// that is no character becomes U+FFFD and the first of them is flagged.
  public func decode(_ bytes: Span<UInt8>) -> DecodedText {
    if encoding.keepsASCIIBytesApart, Self.isASCII(bytes), let text = Self.string(bytes) {
      return DecodedText(text: text, damage: nil)
    }
    guard let conversion else { return Self.decodeUTF8(bytes) }
    conversion.reset()
    var converted: [UInt8] = []
    var damage: TextDamage?
    var offset = 0
    reading: while offset < bytes.count {
      switch conversion.convert(bytes, from: offset, into: &converted) {
      case .done: break reading
      case .incomplete(let place):
        if damage == nil { damage = .cutMidCharacter(byteOffset: place) }
        break reading
      case .invalid(let place):
        if damage == nil { damage = .undecodable(byteOffset: place) }
        converted += [0xEF, 0xBF, 0xBD]
        offset = place + 1
      }
    }
    return DecodedText(text: Self.string(converted.span) ?? "", damage: damage)
  }

  /// The text of one value held in an array.
  public func decode(_ bytes: [UInt8]) -> DecodedText { decode(bytes.span) }

  static func isASCII(_ bytes: Span<UInt8>) -> Bool {
    var union: UInt8 = 0
    for index in bytes.indices { union |= bytes[index] }
    return union < 0x80
  }

  static func string(_ bytes: Span<UInt8>) -> String? {
    do {
      return String(copying: try UTF8Span(validating: bytes))
    } catch {
      return nil
    }
  }

  /// UTF-8 with the same account of damage as the other encodings.
  static func decodeUTF8(_ bytes: Span<UInt8>) -> DecodedText {
    if let text = string(bytes) { return DecodedText(text: text, damage: nil) }
    var result = ""
    var damage: TextDamage?
    var offset = 0
    while offset < bytes.count {
      let rest = bytes.extracting(offset..<bytes.count)
      do throws(UTF8.ValidationError) {
        result += String(copying: try UTF8Span(validating: rest))
        break
      } catch {
        let bad = error.byteOffsets
        if let good = string(rest.extracting(0..<bad.lowerBound)) { result += good }
        let isCut = error.kind == .truncatedScalar && bad.upperBound >= rest.count
        if damage == nil {
          let place = offset + bad.lowerBound
          damage = isCut ? .cutMidCharacter(byteOffset: place) : .undecodable(byteOffset: place)
        }
        if isCut { break }
        result += "\u{FFFD}"
        offset += max(bad.upperBound, bad.lowerBound + 1)
      }
    }
    return DecodedText(text: result, damage: damage)
  }
}

/// Turns a whole stream of an encoding that cannot be cut bytewise into UTF-8, chunk by chunk.
final class StreamTranscoder {
  private let conversion: Iconv
  private var carry: [UInt8] = []
  private let unitBytes: Int
  /// How many places held no character; each became U+FFFD.
  private(set) var replacementCount = 0

  init(_ encoding: TextEncoding, file: String) throws(FormatError) {
    guard let conversion = Iconv(from: encoding.name, to: "UTF-8") else {
      throw FormatError(
        .encoding, file: file,
        reason: "the system's C library cannot convert from \(encoding.name)")
    }
    self.conversion = conversion
    unitBytes = encoding == .iso2022JP ? 1 : 2
  }

  /// UTF-8 of `chunk` and what was carried over; with `atEnd`, a cut last character becomes U+FFFD.
  func transcode(_ chunk: [UInt8], atEnd: Bool) -> [UInt8] {
    let input = carry + chunk
    carry = []
    var output: [UInt8] = []
    output.reserveCapacity(input.count * 3 / 2)
    var offset = 0
    while offset < input.count {
      switch conversion.convert(input.span, from: offset, into: &output) {
      case .done: return output
      case .incomplete(let place):
        guard atEnd else {
          carry = Array(input[place...])
          return output
        }
        replace(&output)
        return output
      case .invalid(let place):
        replace(&output)
        offset = place + unitBytes
      }
    }
    return output
  }

  private func replace(_ output: inout [UInt8]) {
    replacementCount += 1
    output += [0xEF, 0xBF, 0xBD]
  }
}
