/// Reads numbers of a column as ledgers write them.
struct NumberReader: Sendable {
  private let unit: String?
  private let nothing: Nothing?

  init(unit: String?) {
    self.unit = unit
    nothing = unit.flatMap { Nothing(unit: $0) }
  }

  /// What stands for "no value" in a unit (the rule is on `FieldReader`).
  private enum Nothing {
    case measured, slope

    init?(unit: String) {
      switch unit {
      case "‰": self = .slope
      case "度", "°", "m", "ｍ", "メートル", "cm", "㎝", "mm", "㎜", "km", "㎞": self = .measured
      default: return nil
      }
    }

    func contains(_ number: Double, written: String) -> Bool {
      switch number {
      case 999.99, 9999, 9999.99, -9999, -999.99: return true
      case -1: return self == .measured
      case 999:
        let parts = written.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count < 2 || parts[1].utf8.count >= 2
      default: return false
      }
    }
  }

  /// Words that stand for an empty cell in a column of numbers.
  static let emptyWords: Set<String> = [
    "-", "--", "―", "ー", "null", "nan", "n/a", "#n/a", "#value!", "#ref!", "#div/0!", "なし", "無し",
    "不明", "未詳", "*", "/",
  ]

  // MARK: - Plain forms

  /// Up to 18 ASCII digits with a sign; nil for every other text.
  @inline(__always)
  static func plainInteger(_ text: String) -> Int64? {
    var value: Int64 = 0
    var count = 0
    var isNegative = false
    for byte in text.utf8 {
      if byte == 45, count == 0, !isNegative {
        isNegative = true
        continue
      }
      guard byte &- 48 <= 9, count < 18 else { return nil }
      value = value &* 10 &+ Int64(byte &- 48)
      count += 1
    }
    guard count > 0 else { return nil }
    return isNegative ? -value : value
  }

  func integer(_ number: Int64, written: String) -> ValueReading {
    if let nothing, nothing.contains(Double(number), written: written) {
      return .value(.null, notes: [.standsForNothing(written: written)])
    }
    return .plain(.integer(number))
  }

  func real(_ number: Double, written: String) -> ValueReading {
    guard number.isFinite else {
      return number.isNaN
        ? .value(.null, notes: [.standsForNothing(written: written)])
        : .unreadable(.outOfRange(written: written))
    }
    if let nothing, nothing.contains(number, written: written) {
      return .value(.null, notes: [.standsForNothing(written: written)])
    }
    return .plain(.real(number == 0 ? 0 : number))
  }

  // MARK: - All forms

  func readInteger(_ text: String) -> ValueReading {
    if let number = Self.plainInteger(text) { return integer(number, written: text) }
    return read(text) { digits in
      if let number = Int64(digits) { return integer(number, written: digits) }
      guard let number = Double(digits), number.isFinite else {
        return .unreadable(.outOfRange(written: text))
      }
      if let nothing, nothing.contains(number, written: digits) {
        return .value(.null, notes: [.standsForNothing(written: text)])
      }
      guard number.rounded() == number else { return .unreadable(.notWhole(written: text)) }
      guard abs(number) <= 9_007_199_254_740_992, let whole = Int64(exactly: number) else {
        return .unreadable(.outOfRange(written: text))
      }
      return .plain(.integer(whole))
    }
  }

  func readReal(_ text: String) -> ValueReading {
    if Self.isPlainDecimal(text), let number = Double(text) { return real(number, written: text) }
    return read(text) { digits in
      guard let number = Double(digits) else { return .unreadable(.notANumber(written: text)) }
      return real(number, written: digits)
    }
  }

  /// ASCII digits, one point, a leading minus: what `Double` reads as it stands.
  private static func isPlainDecimal(_ text: String) -> Bool {
    var points = 0
    var digits = 0
    for (index, byte) in text.utf8.enumerated() {
      switch byte {
      case 48...57: digits += 1
      case 46: points += 1
      case 45 where index == 0: break
      default: return false
      }
    }
    return digits > 0 && points <= 1
  }

  /// Takes the number out of what stands around it and adds the notes that this deserves.
  private func read(_ text: String, _ finish: (String) -> ValueReading) -> ValueReading {
    let narrowed = FieldReader.narrowed(text)
    if Self.emptyWords.contains(narrowed.lowercased()) {
      return .value(.null, notes: [.standsForNothing(written: text)])
    }
    guard let (number, rest) = Self.split(narrowed) else {
      guard let value = JapaneseNumber.parse(narrowed) else {
        return .unreadable(.notANumber(written: text))
      }
      return noted(finish(String(value)), .readAs(written: text, value: String(value)))
    }
    guard !rest.isEmpty else {
      let reading = finish(number)
      return number == narrowed && narrowed == text
        ? reading : noted(reading, .readAs(written: text, value: number))
    }
    guard let found = Self.knownUnit(rest) else { return .unreadable(.notANumber(written: text)) }
    if let unit, Self.knownUnit(unit) ?? unit != found {
      return .unreadable(.otherUnit(written: text, found: rest, declared: unit))
    }
    return noted(finish(number), .unitInValue(written: text, value: number, unit: rest))
  }

  /// The note goes with a value that was read; a null has its own.
  private func noted(_ reading: ValueReading, _ note: ValueNote) -> ValueReading {
    guard case .value(let attribute, let notes) = reading else { return reading }
    return attribute.isNull ? reading : .value(attribute, notes: [note] + notes)
  }

  /// The number at the start, as Swift reads one, and what follows it without spaces.
  ///
  /// Commas count only where they part whole groups of three digits.
  static func split(_ text: String) -> (number: String, rest: String)? {
    var number = ""
    var bytes = Array(text.utf8)[...]
    if text.hasPrefix("▲") || text.hasPrefix("△") {
      number = "-"
      bytes = bytes.dropFirst(3)
    } else if let first = bytes.first, first == 43 || first == 45 {
      if first == 45 { number = "-" }
      bytes = bytes.dropFirst()
    }
    var group = 0
    var groups = 0
    var digits = 0
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }
    while let byte = bytes.first {
      if isDigit(byte) {
        number.unicodeScalars.append(Unicode.Scalar(byte))
        digits += 1
        group += 1
      } else if byte == 44 {
        guard groups == 0 ? (1...3).contains(group) : group == 3 else { return nil }
        groups += 1
        group = 0
      } else {
        break
      }
      bytes = bytes.dropFirst()
    }
    guard groups == 0 || group == 3 else { return nil }
    if bytes.first == 46 {
      let fraction = bytes.dropFirst().prefix { isDigit($0) }
      guard digits > 0 || !fraction.isEmpty else { return nil }
      if digits == 0 { number += "0" }
      digits += fraction.count
      if !fraction.isEmpty { number += "." }
      for byte in fraction { number.unicodeScalars.append(Unicode.Scalar(byte)) }
      bytes = bytes.dropFirst(1 + fraction.count)
    }
    guard digits > 0 else { return nil }
    if let exponent = exponent(at: bytes) {
      number += exponent.text
      bytes = bytes.dropFirst(exponent.length)
    }
    while bytes.first == 32 { bytes = bytes.dropFirst() }
    return (number, String(decoding: bytes, as: UTF8.self))
  }

  /// `e5`, `E+03`; nil where no digits follow the letter.
  private static func exponent(at bytes: ArraySlice<UInt8>) -> (text: String, length: Int)? {
    guard let first = bytes.first, first == 69 || first == 101 else { return nil }
    var rest = bytes.dropFirst()
    if let sign = rest.first, sign == 43 || sign == 45 { rest = rest.dropFirst() }
    let digits = rest.prefix { (48...57).contains($0) }
    guard !digits.isEmpty, digits.count <= 3 else { return nil }
    let taken = bytes[bytes.startIndex..<digits.endIndex]
    return (String(decoding: taken, as: UTF8.self), taken.count)
  }

  private static let units: [String: String] = {
    var names: [String: String] = [:]
    let groups = [
      ["m", "メートル", "㍍"], ["cm", "㎝", "センチ", "センチメートル"], ["mm", "㎜", "ミリ", "ミリメートル"],
      ["km", "㎞", "キロ", "キロメートル"], ["㎡", "m2", "m²", "平米", "平方メートル"], ["ha", "㏊", "ヘクタール"],
      ["度", "°"], ["%", "パーセント"], ["‰", "パーミル"], ["kg", "㎏"], ["t", "トン"], ["w", "ワット"],
      ["va"], ["kw", "㎾"], ["件"], ["戸"], ["世帯"], ["人", "名"], ["棟"],
      ["箇所", "か所", "ヶ所", "カ所", "ヵ所", "ケ所"],
      ["台"], ["本"], ["基"], ["個"], ["枚"], ["面"], ["灯"], ["年"], ["円"], ["階"], ["分"], ["時間"], ["回"],
    ]
    for group in groups {
      for name in group { names[name] = group[0] }
    }
    return names
  }()

  /// The one name of a unit; nil for what is no unit.
  private static func knownUnit(_ text: String) -> String? {
    units[FieldReader.narrowed(text).lowercased()]
  }
}
