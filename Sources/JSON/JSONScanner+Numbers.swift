extension JSONScanner {
  /// Reads a number as the nearest double, exactly rounded.
  public mutating func double() throws(JSONError) -> Double {
    skipWhitespace()
    let decimal = try decimal(at: offset)
    offset = decimal.range.upperBound
    return try double(of: decimal)
  }

  /// Reads a number and keeps its text.
  public mutating func number() throws(JSONError) -> JSONNumber {
    skipWhitespace()
    let decimal = try decimal(at: offset)
    offset = decimal.range.upperBound
    return JSONNumber(text: text(of: decimal.range), double: try double(of: decimal))
  }

  mutating func skipNumber() throws(JSONError) {
    skipWhitespace()
    let decimal = try decimal(at: offset)
    offset = decimal.range.upperBound
    _ = try double(of: decimal)
  }

  /// A number as its digits: ± significand · 10^exponent.
  private struct Decimal {
    var range: Range<Int>
    var significand: UInt64 = 0
    var exponent = 0
    var isNegative = false
    /// False when the significand or the exponent was too long to be held.
    var isExact = true

    @inline(__always)
    mutating func append(_ digit: UInt8) {
      // 19 digits always fit; further zeros could, but are rare enough for the slow way.
      if significand < 1_000_000_000_000_000_000 {
        significand = significand &* 10 &+ UInt64(digit)
      } else {
        isExact = false
      }
    }
  }

  private func decimal(at start: Int) throws(JSONError) -> Decimal {
    var decimal = Decimal(range: start..<start)
    let span = bytes.span
    var index = start
    if index < span.count, span[index] == UInt8(ascii: "-") {
      decimal.isNegative = true
      index += 1
    }
    let integerStart = index
    while index < span.count, case let digit = span[index] &- 0x30, digit <= 9 {
      decimal.append(digit)
      index += 1
    }
    if index == integerStart {
      throw unexpected("a digit", at: index)
    }
    if span[integerStart] == 0x30, index - integerStart > 1 {
      throw error("a number must not start with a zero that is followed by digits", at: start)
    }
    if index < span.count, span[index] == UInt8(ascii: ".") {
      index += 1
      let fractionStart = index
      while index < span.count, case let digit = span[index] &- 0x30, digit <= 9 {
        decimal.append(digit)
        index += 1
      }
      if index == fractionStart {
        throw unexpected("a digit after the point", at: index)
      }
      decimal.exponent = fractionStart - index
    }
    if index < span.count, span[index] | 0x20 == UInt8(ascii: "e") {
      try readExponent(of: &decimal, at: &index)
    }
    decimal.range = start..<index
    return decimal
  }

  private func readExponent(
    of decimal: inout Decimal, at index: inout Int
  ) throws(JSONError) {
    index += 1
    var isNegative = false
    if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    let start = index
    var exponent = 0
    while index < bytes.count, case let digit = bytes[index] &- 0x30, digit <= 9 {
      if exponent < 100_000 { exponent = exponent * 10 + Int(digit) }
      index += 1
    }
    if index == start {
      throw unexpected("a digit of the exponent", at: index)
    }
    decimal.exponent += isNegative ? -exponent : exponent
  }

  private func double(of decimal: Decimal) throws(JSONError) -> Double {
    if decimal.isExact,
      let magnitude = Self.round(decimal.significand, tenTo: decimal.exponent)
    {
      return decimal.isNegative ? -magnitude : magnitude
    }
    guard let value = Double(text(of: decimal.range)), value.isFinite else {
      throw error("the number does not fit a 64-bit float", at: decimal.range.lowerBound)
    }
    return value
  }

  private func text(of range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// The double nearest to significand · 10^exponent, ties to even; nil where this short way does not lead.
  static func round(_ significand: UInt64, tenTo exponent: Int) -> Double? {
    if significand == 0 { return 0 }
    if significand <= 1 << 53, (-22...22).contains(exponent) {
      // Both operands are exact, so the one operation rounds once (Clinger 1990).
      return exponent < 0
        ? Double(significand) / exactPowersOfTen[-exponent]
        : Double(significand) * exactPowersOfTen[exponent]
    }
    guard (-27...0).contains(exponent) else { return nil }
    return quotient(significand, byTenTo: -exponent)
  }

  /// significand / 10^power by one 128-by-64-bit division whose remainder decides the rounding.
  ///
  /// 10^p = 5^p · 2^p and 5^27 < 2^63. With both operands shifted to their top bit the quotient has 63 or
  /// 64 bits, more than the 54 that rounding needs; the result lies far from subnormals.
  private static func quotient(_ significand: UInt64, byTenTo power: Int) -> Double {
    let divisor = powersOfFive[power]
    let divisorShift = divisor.leadingZeroBitCount
    let dividendShift = significand.leadingZeroBitCount
    let dividend = significand << UInt64(dividendShift)
    // The high word is below 2^63 and the divisor is not, so the quotient fits in one word.
    let division = (divisor << UInt64(divisorShift)).dividingFullWidth(
      (dividend >> 1, dividend << 63))
    var quotient = division.quotient
    var scale = divisorShift - dividendShift - power - 63
    let zeros = quotient.leadingZeroBitCount
    quotient <<= UInt64(zeros)
    scale -= zeros
    // 64 bits are rounded to 53: the lowest eleven and the remainder are what is cut off.
    let cut = quotient & 0x7FF
    var kept = quotient >> 11
    if cut > 0x400 || (cut == 0x400 && (division.remainder != 0 || kept & 1 == 1)) { kept += 1 }
    return Double(sign: .plus, exponent: scale + 11, significand: Double(kept))
  }

  private static let exactPowersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  private static let powersOfFive: [UInt64] = (0...27).map { power in
    (0..<power).reduce(1) { product, _ in product * 5 }
  }
}
