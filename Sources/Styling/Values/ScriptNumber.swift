/// Numbers to text and back as the specification has them: the rules of ECMAScript.
enum ScriptNumber {
  /// The shortest text that reads back as `value`: `1`, `0.1`, `1e+21`, `NaN`.
  ///
  /// Source: ECMA-262, Number::toString.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return "0" }
    let (digits, point) = shortestDigits(value.magnitude)
    return (value < 0 ? "-" : "") + layOut(digits, point: point)
  }

  private static func layOut(_ digits: [Character], point: Int) -> String {
    let count = digits.count
    func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
    switch point {
    case count...21 where count <= 21:
      return String(digits) + zeros(point - count)
    case 1...21:
      return String(digits[..<point]) + "." + String(digits[point...])
    case -5...0:
      return "0." + zeros(-point) + String(digits)
    default:
      let exponent = point - 1
      let sign = exponent < 0 ? "-" : "+"
      let fraction = count > 1 ? "." + String(digits[1...]) : ""
      return String(digits[0]) + fraction + "e" + sign + String(exponent.magnitude)
    }
  }

  /// The shortest digits d and the place p of the point such that the value is 0.d · 10^p.
  static func shortestDigits(_ magnitude: Double) -> (digits: [Character], point: Int) {
    let parts = magnitude.description.split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var digits = Array(halves[0])
    var point = digits.count + exponent
    if halves.count > 1 { digits += Array(halves[1]) }
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    while digits.count > 1, digits.first == "0" {
      digits.removeFirst()
      point -= 1
    }
    return (digits, point)
  }

  /// The number that a text means; nil where ECMAScript says not a number.
  ///
  /// Source: ECMA-262, StringToNumber, less octal and binary literals.
  static func number(of text: String) -> Double? {
    var trimmed = Substring(text)
    while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    if trimmed.isEmpty { return 0 }
    switch trimmed {
    case "Infinity", "+Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: break
    }
    let digits = trimmed.dropFirst(2)
    if trimmed.hasPrefix("0x") || trimmed.hasPrefix("0X"), digits.allSatisfy(\.isHexDigit) {
      return UInt64(digits, radix: 16).map(Double.init)
    }
    let isDecimal = trimmed.utf8.allSatisfy {
      (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
    }
    guard isDecimal, trimmed.utf8.contains(where: { (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Double(trimmed) ?? Double("0" + trimmed) ?? Double(trimmed + "0")
  }
}
