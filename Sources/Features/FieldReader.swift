/// A written value, read as a column wants it.
public enum ValueReading: Hashable, Sendable {
  case value(Attribute, notes: [ValueNote])
  case unreadable(ValueFault)

  /// Reads one value; for many values of a column prepare one `FieldReader`.
  ///
  /// - Throws: when the field's pattern is no regular expression that is understood.
  public static func read(
    _ text: String, as field: Field, isKey: Bool = false
  ) throws(PatternError) -> ValueReading {
    try FieldReader(field, isKey: isKey).read(text)
  }

  public var attribute: Attribute? {
    if case .value(let attribute, _) = self { attribute } else { nil }
  }

  public var notes: [ValueNote] {
    if case .value(_, let notes) = self { notes } else { [] }
  }

  static func plain(_ attribute: Attribute) -> ValueReading { .value(attribute, notes: []) }
}

/// Reads the written values of one column.
///
/// - Empty text, and text of spaces alone, is null. Plain text is kept as it is written.
/// - Numbers may be full width, carry thousands separators, a leading ▲ for minus or the column's
///   unit; a unit other than the declared one is refused, not converted.
/// - `999`, `999.99`, `9999`, `9999.99`, `-9999` and `-1` are null in number columns whose unit is one
///   of 度, m, cm, mm, ‰ or their like, with these exceptions: −1 stays in ‰ (a slope may fall), and
///   999 counts only when written without decimals or with zeros in two or three places, because
///   `999.0` m is a length that a road may have. Columns without a unit and with units of counting
///   keep every number.
/// - Codes: a listed value, else a listed meaning, else another way to write a listed value; what is
///   not listed is kept and noted.
/// - Keys, codes and texts with a pattern lose spaces around them and full-width digits where that
///   gives them the declared form. A key that does not get there is refused; another value is kept.
public struct FieldReader: Sendable {
  public let field: Field
  public let isKey: Bool
  /// Takes Excel's serial numbers in date columns.
  public var allowsSerialDates: Bool

  private let pattern: TextPattern?
  private let codes: CodeList?
  private let numbers: NumberReader
  private let isPlainText: Bool

  /// - Throws: when the field's pattern is no regular expression that is understood.
  public init(
    _ field: Field, isKey: Bool = false, allowsSerialDates: Bool = true
  ) throws(PatternError) {
    self.field = field
    self.isKey = isKey
    self.allowsSerialDates = allowsSerialDates
    if let source = field.pattern {
      pattern = try TextPattern(source)
    } else {
      pattern = nil
    }
    codes = field.codes.isEmpty ? nil : CodeList(field.codes)
    numbers = NumberReader(unit: field.unit)
    isPlainText =
      field.type == .text && field.codes.isEmpty && field.pattern == nil && field.padWidth == nil
  }

  /// Reads a text.
  public func read(_ text: String) -> ValueReading {
    if text.utf8.isEmpty { return .plain(.null) }
    if field.type == .integer, codes == nil, let number = NumberReader.plainInteger(text) {
      return numbers.integer(number, written: text)
    }
    if isBlank(text) { return .plain(.null) }
    if isDitto(text) {
      let attribute = field.type == .text && !isKey ? Attribute.text(text) : .null
      return .value(attribute, notes: [.dittoMark(written: text)])
    }
    if isPlainText { return .plain(.text(text)) }
    if let codes { return read(text, from: codes) }
    return readTyped(text)
  }

  /// Reads a value that a source has already typed; a text as `read` above does.
  public func read(_ value: Attribute) -> ValueReading {
    switch (value, field.type) {
    case (.null, _): return .plain(.null)
    case (.text(let text), _): return read(text)
    case (.integer(let number), .integer) where codes == nil:
      return numbers.integer(number, written: String(number))
    case (.real(let number), .real) where codes == nil:
      return numbers.real(number, written: Attribute.format(number))
    case (.boolean, .boolean) where codes == nil: return .plain(value)
    case (.date, .date): return .plain(value)
    default: return read(value.displayText)
    }
  }

  // MARK: - Types

  private func readTyped(_ text: String) -> ValueReading {
    switch field.type {
    case .text: return readText(text)
    case .url: return readAddress(text)
    case .integer: return numbers.readInteger(text)
    case .real: return numbers.readReal(text)
    case .boolean: return readBoolean(text)
    case .date: return readDate(text)
    case .datetime: return readDateTime(text)
    }
  }

  private func readText(_ text: String) -> ValueReading {
    if let width = field.padWidth, let filled = Self.filled(text, to: width) {
      if pattern?.matches(filled) ?? true {
        return .value(.text(filled), notes: [.padded(written: text, value: filled)])
      }
    }
    guard let pattern else { return .plain(.text(text)) }
    if pattern.matches(text) { return .plain(.text(text)) }
    let narrowed = Self.narrowed(text)
    let candidate = field.padWidth.flatMap { Self.filled(narrowed, to: $0) } ?? narrowed
    if pattern.matches(candidate) {
      return .value(.text(candidate), notes: [.readAs(written: text, value: candidate)])
    }
    guard isKey else {
      return .value(.text(text), notes: [.otherForm(written: text, pattern: pattern.source)])
    }
    return .unreadable(
      Self.isExcelDate(text)
        ? .keyMadeADate(written: text, pattern: pattern.source)
        : .otherForm(written: text, pattern: pattern.source))
  }

  private func readAddress(_ text: String) -> ValueReading {
    let trimmed = Self.narrowed(text)
    let lowercased = trimmed.prefix(8).lowercased()
    if lowercased.hasPrefix("https://") || lowercased.hasPrefix("http://") {
      guard trimmed != text else { return .plain(.text(text)) }
      return .value(.text(trimmed), notes: [.readAs(written: text, value: trimmed)])
    }
    return .value(.text(text), notes: [.notAnAddress(written: text)])
  }

  private func readBoolean(_ text: String) -> ValueReading {
    let word = Self.narrowed(text).lowercased()
    guard let flag = BooleanWords.value(of: word) else {
      if NumberReader.emptyWords.contains(word) {
        return .value(.null, notes: [.standsForNothing(written: text)])
      }
      return .unreadable(.notABoolean(written: text))
    }
    if ["0", "1", "true", "false"].contains(word) { return .plain(.boolean(flag)) }
    return .value(.boolean(flag), notes: [.readAs(written: text, value: flag ? "true" : "false")])
  }

  private static let emptyDates: Set<String> = [
    "0000-00-00", "0000/00/00", "00000000", "0", "1900/1/0", "1900-01-00", "9999-99-99",
    "9999/99/99", "99999999", "-", "/", "//", "null", "n/a", "#n/a", "#value!", "なし", "無し",
  ]

  private func readDate(_ text: String) -> ValueReading {
    if let day = CalendarDay(iso: text) { return .plain(.date(LedgerDate(day: day))) }
    if Self.emptyDates.contains(Self.narrowed(text).lowercased()) {
      return .value(.null, notes: [.standsForNothing(written: text)])
    }
    switch DateReading.parse(text, allowingSerials: allowsSerialDates) {
    case .date(let date, let notes): return .value(.date(date), notes: notes)
    case .unreadable(let fault): return .unreadable(fault)
    }
  }

  private func readDateTime(_ text: String) -> ValueReading {
    if Self.emptyDates.contains(Self.narrowed(text).lowercased()) {
      return .value(.null, notes: [.standsForNothing(written: text)])
    }
    guard let (normalised, notes) = DateTimeReading.read(text) else {
      return .unreadable(.notADateTime(written: text))
    }
    return .value(.text(normalised), notes: notes)
  }

  // MARK: - Codes

  private func read(_ text: String, from codes: CodeList) -> ValueReading {
    if codes.lists(text) { return typed(text, written: text, notes: []) }
    let narrowed = Self.narrowed(text)
    if codes.lists(narrowed) {
      return typed(narrowed, written: text, notes: [.readAs(written: text, value: narrowed)])
    }
    if let value = codes.value(meaning: text) {
      return typed(value, written: text, notes: [.codeByMeaning(written: text, value: value)])
    }
    if let width = field.padWidth, let filled = Self.filled(narrowed, to: width),
      codes.lists(filled)
    {
      return typed(filled, written: text, notes: [.padded(written: text, value: filled)])
    }
    if let value = codes.value(equalTo: narrowed) {
      return typed(value, written: text, notes: [.readAs(written: text, value: value)])
    }
    let reading = readTyped(text)
    guard case .value(let attribute, let notes) = reading, !attribute.isNull else { return reading }
    return .value(attribute, notes: notes + [.unlistedCode(written: text)])
  }

  private func typed(_ value: String, written: String, notes: [ValueNote]) -> ValueReading {
    if field.type == .text { return .value(.text(value), notes: notes) }
    switch readTyped(value) {
    case .value(let attribute, let more): return .value(attribute, notes: notes + more)
    case .unreadable(let fault): return .unreadable(fault)
    }
  }

  // MARK: - Forms

  private func isBlank(_ text: String) -> Bool {
    guard let first = text.utf8.first, first <= 32 || first >= 0x80 else { return false }
    return text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
  }

  private func isDitto(_ text: String) -> Bool {
    guard text.utf8.count <= 12, text.utf8.contains(where: { $0 >= 0xE3 }) else { return false }
    return ["〃", "々", "同上", "仝", "〃〃"].contains(Self.narrowed(text))
  }

  /// Digits filled with zeros on the left; nil when there is nothing to fill.
  private static func filled(_ text: String, to width: Int) -> String? {
    let count = text.utf8.count
    guard count > 0, count < width, width <= 64, text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return String(repeating: "0", count: width - count) + text
  }

  /// The text in ASCII forms where it has full-width ones, without spaces around it.
  static func narrowed(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "−", "‐", "‑", "–", "―": scalars.append("-")
      default: scalars.append(JapaneseNumber.narrowed(scalar))
      }
    }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    return String(scalars)
  }

  /// Whether a text is what Excel makes of a key such as `4-12`: `4月12日`, `12-Apr`.
  static func isExcelDate(_ text: String) -> Bool {
    switch DateReading.parse(text) {
    case .unreadable(.dateWithoutYear): true
    case .unreadable: false
    case .date(let date, _): date.interval != nil
    }
  }
}
