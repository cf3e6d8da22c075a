/// A number of a JSON text, kept as it was written, so that nothing is lost before its type is known.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
  /// The number as written, in the grammar of RFC 8259.
  public let text: String
  /// The nearest double, always finite: a text that overflows is refused when read.
  public let double: Double

  init(text: String, double: Double) {
    self.text = text
    self.double = double
  }

  /// A number with the text of `value`.
  public init(_ value: Int64) {
    text = value.description
    double = Double(value)
  }

  /// A number with the shortest text that reads back as `value`; nil when `value` is not finite.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
    double = value
  }

  /// The integer that the text means exactly (`1`, `1.0`, `1e3`), nil when there is none in 64 bits.
  public var int64: Int64? {
    if let plain = Int64(text) { return plain }
    var digits: [UInt8] = []
    var isNegative = false
    var fractionDigitCount = 0
    var sawPoint = false
    var exponentText: Substring.UTF8View?
    let utf8 = text[...].utf8
    for index in utf8.indices {
      let byte = utf8[index]
      if byte == UInt8(ascii: "-") {
        isNegative = true
      } else if byte == UInt8(ascii: ".") {
        sawPoint = true
      } else if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
        exponentText = utf8[utf8.index(after: index)...]
        break
      } else {
        digits.append(byte &- UInt8(ascii: "0"))
        if sawPoint { fractionDigitCount += 1 }
      }
    }
    while digits.last == 0 {
      digits.removeLast()
      fractionDigitCount -= 1
    }
    if digits.isEmpty { return 0 }
    var scale = -fractionDigitCount
    if let exponentText {
      // An exponent past 32 bits cannot be balanced by the digits of a text that fits in memory.
      guard let exponent = Int32(Substring(exponentText)) else { return nil }
      scale += Int(exponent)
    }
    guard scale >= 0, scale <= 19 else { return nil }
    digits.append(contentsOf: repeatElement(0, count: scale))
    var value: Int64 = 0
    for digit in digits {
      let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
      let step = isNegative ? -Int64(digit) : Int64(digit)
      let (sum, overflowedAgain) = shifted.addingReportingOverflow(step)
      if overflowed || overflowedAgain { return nil }
      value = sum
    }
    return value
  }

  public var description: String { text }
}
