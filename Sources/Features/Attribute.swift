/// One value of a ledger entry.
public enum Attribute: Hashable, Sendable {
  case null
  case text(String)
  case integer(Int64)
  case real(Double)
  case boolean(Bool)
  case date(LedgerDate)
}

extension Attribute {
  /// The value as a person or a CSV file reads it: null is empty, a date its ISO form or, where it is
  /// imprecise, the text that was written.
  public var displayText: String {
    switch self {
    case .null: ""
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): Attribute.format(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .date(let date): date.text
    }
  }

  /// The shortest decimal that reads back as the same number, without a trailing `.0`.
  public static func format(_ number: Double) -> String {
    if let whole = Int64(exactly: number), abs(whole) < 1 << 53 { return String(whole) }
    return number.description
  }

  public var isNull: Bool {
    if case .null = self { true } else { false }
  }
}

/// A day of the proleptic Gregorian calendar.
public struct CalendarDay: Hashable, Sendable, Comparable {
  public let year: Int
  public let month: Int
  public let day: Int

  /// Nil when there is no such day; years 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.dayCount(year: year, month: month)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// `YYYY-MM-DD`, exactly; nil for anything else.
  public init?(iso text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte) - 48
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }

  public var iso: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  public static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01.
  ///
  /// Source: H. Hinnant, "chrono-compatible low-level date algorithms".
  public var daysSinceEpoch: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day a number of days after 1970-01-01; nil outside the years 1 to 9999.
  public init?(daysSinceEpoch days: Int) {
    guard (-719_162...2_932_896).contains(days) else { return nil }
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}

/// A date as a ledger holds it: the days it may mean, and the text that was written where that text
/// says less or other than one ISO day.
public struct LedgerDate: Hashable, Sendable {
  /// How much of the date is known.
  public enum Precision: String, Sendable, Hashable {
    case day = "日"
    case month = "月"
    case year = "年"
    case unknown = "不明"
  }

  /// First and last day that it may be; nil when nothing is known (`不明`).
  public let interval: ClosedRange<CalendarDay>?
  public let precision: Precision
  /// What was written, where it is not the ISO form of `day`.
  public let written: String?

  public init(interval: ClosedRange<CalendarDay>?, precision: Precision, written: String?) {
    self.interval = interval
    self.precision = precision
    self.written = written
  }

  public init(day: CalendarDay) {
    self.init(interval: day...day, precision: .day, written: nil)
  }

  /// The one day it means; nil when it is imprecise.
  public var day: CalendarDay? {
    precision == .day ? interval?.lowerBound : nil
  }

  /// The ISO day, or what was written where the date is imprecise.
  public var text: String { day?.iso ?? written ?? interval?.lowerBound.iso ?? "" }
}
