/// What a written date says, before any calendar has been asked.
struct DateParts {
  /// What a word beside the numbers makes of the date.
  enum Qualifier {
    case about, early, middle, late, before, after
  }

  var era: Era?
  /// The year of the era, or the Western year.
  var year = 0
  /// Nil or 0 where it is not said.
  var month: Int?
  var day: Int?
  var isFiscalYear = false
  var qualifier: Qualifier?
  var time: TimeOfDay?
}

/// A time of day with its zone, as written.
struct TimeOfDay: Hashable {
  var hour: Int
  var minute: Int
  var second: Int
  /// Digits after the second's point, without closing zeros.
  var fraction: String
  /// `Z` or `±hh:mm`; nil where none is written.
  var zone: String?

  var isMidnight: Bool { hour == 0 && minute == 0 && second == 0 && fraction.isEmpty }
}

/// Reads the parts of one written date from a text, full-width forms and kanji numerals included.
struct DateScanner {
  private var scalars: [Unicode.Scalar] = []
  private var position = 0

  init(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "㍾": scalars += "明治".unicodeScalars
      case "㍽": scalars += "大正".unicodeScalars
      case "㍼": scalars += "昭和".unicodeScalars
      case "㍻": scalars += "平成".unicodeScalars
      case "㋿": scalars += "令和".unicodeScalars
      case "−", "‐", "‑", "–", "—", "―", "ー": scalars.append("-")
      case "\t", "\r", "\n": scalars.append(" ")
      default: scalars.append(JapaneseNumber.narrowed(scalar))
      }
    }
    while scalars.last == " " { scalars.removeLast() }
    skipSpaces()
  }

  var isAtEnd: Bool { position == scalars.count }

  /// The text that is left, in lower case where it is Latin.
  var rest: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[position...])
    return String(text).lowercased()
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func skipSpaces() {
    while next == " " { position += 1 }
  }

  private mutating func skip(_ word: String) -> Bool {
    let wanted = word.unicodeScalars
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func skipAny(_ words: [String]) -> Bool {
    for word in words where skip(word) { return true }
    return false
  }

  private mutating func skipSeparator() -> Bool {
    skipSpaces()
    return skipAny(["-", "/", ".", "・"])
  }

  /// The run of digits, kanji digits and multipliers that starts here, and moves behind it.
  private mutating func numeral() -> ArraySlice<Unicode.Scalar> {
    skipSpaces()
    let start = position
    while let scalar = next,
      JapaneseNumber.digit(scalar) != nil || JapaneseNumber.multiplier(scalar) != nil
    {
      position += 1
    }
    return scalars[start..<position]
  }

  /// A number of one or two digits or of kanji up to 99.
  private mutating func smallNumber() -> Int? {
    let start = position
    let run = numeral()
    let isLong = run.count > 2 && run.allSatisfy { JapaneseNumber.digit($0) != nil }
    if !isLong, let value = JapaneseNumber.parse(run), value <= 99 { return value }
    position = start
    return nil
  }

  // MARK: - Dates

  /// The date that fills the text; a fault that says why there is none.
  mutating func scan(written: String) -> Result<DateParts, DateFault> {
    _ = skipAny(["西暦", "約", "推定"])
    skipSpaces()
    guard let parts = scanEraDate() ?? scanWesternDate() else {
      return .failure(DateFault(fault(written: written)))
    }
    return .success(parts)
  }

  private mutating func scanEraDate() -> DateParts? {
    let start = position
    guard let (era, length) = Era.prefix(of: scalars[position...]) else { return nil }
    position += length
    skipSpaces()
    if length == 1 { _ = skip(".") }
    var parts = DateParts()
    parts.era = era
    let isComplete: Bool
    if skip("元") {
      parts.year = 1
      isComplete = scanAfterYear(&parts)
    } else {
      isComplete = scanNumbers(of: &parts, yearDigits: 2)
    }
    guard isComplete else {
      position = start
      return nil
    }
    return parts
  }

  private mutating func scanWesternDate() -> DateParts? {
    let start = position
    var parts = DateParts()
    guard scanNumbers(of: &parts, yearDigits: 4) else {
      position = start
      return nil
    }
    return parts
  }

  /// Reads a year and what follows it, or year, month and day as one run of digits.
  private mutating func scanNumbers(of parts: inout DateParts, yearDigits: Int) -> Bool {
    let run = numeral()
    let isPositional = run.allSatisfy { JapaneseNumber.digit($0) != nil }
    guard isPositional, run.count > yearDigits else {
      guard let year = JapaneseNumber.parse(run), year > 0 else { return false }
      if yearDigits == 4, year < 1000 { return false }
      if year >= (yearDigits == 4 ? 10_000 : 100) { return false }
      parts.year = year
      return scanAfterYear(&parts)
    }
    let digits = run.compactMap(JapaneseNumber.digit)
    func number(_ from: Int, _ count: Int) -> Int {
      digits[from..<from + count].reduce(0) { $0 * 10 + $1 }
    }
    parts.year = number(0, yearDigits)
    guard parts.year > 0 else { return false }
    parts.month = number(yearDigits, 2 <= digits.count - yearDigits ? 2 : 0)
    switch digits.count - yearDigits {
    case 2:
      // Six digits may also be a two-digit year with month and day: only a likely year is taken.
      if yearDigits == 4, !(1850...2199).contains(parts.year) { return false }
    case 4:
      parts.day = number(yearDigits + 2, 2)
    case 10 where yearDigits == 4:
      parts.day = number(6, 2)
      parts.time = TimeOfDay(
        hour: number(8, 2), minute: number(10, 2), second: number(12, 2), fraction: "", zone: nil)
      guard let time = parts.time, Self.isPossible(time) else { return false }
    default:
      return false
    }
    return scanEnd(&parts)
  }

  private mutating func scanAfterYear(_ parts: inout DateParts) -> Bool {
    skipSpaces()
    if skip("年度") {
      parts.isFiscalYear = true
      return scanEnd(&parts)
    }
    let beforeSeparator = position
    let isMarked = skip("年")
    guard isMarked || skipSeparator() else { return scanEnd(&parts) }
    guard let month = smallNumber() else {
      if !isMarked { position = beforeSeparator }
      return scanEnd(&parts)
    }
    parts.month = month
    skipSpaces()
    let beforeDay = position
    let monthIsMarked = skip("月")
    guard monthIsMarked || skipSeparator() else { return scanEnd(&parts) }
    guard let day = smallNumber() else {
      if !monthIsMarked { position = beforeDay }
      return scanEnd(&parts)
    }
    parts.day = day
    skipSpaces()
    _ = skip("日")
    return scanEnd(&parts)
  }

  /// Reads qualifiers, a weekday and a time; whether nothing is left after them.
  private mutating func scanEnd(_ parts: inout DateParts) -> Bool {
    skipSpaces()
    if parts.day != nil, !isAtEnd, parts.time == nil { parts.time = scanTime() }
    skipSpaces()
    while !isAtEnd {
      guard scanQualifier(&parts) else { return false }
      skipSpaces()
    }
    return true
  }

  private static let words: [(String, DateParts.Qualifier?)] = [
    ("(推定)", .about), ("推定", .about), ("頃", .about), ("ころ", .about), ("ごろ", .about),
    ("?", .about), ("前後", .about), ("上旬", .early), ("初旬", .early), ("初め", .early),
    ("中旬", .middle), ("半ば", .middle), ("下旬", .late), ("末", .late), ("以前", .before),
    ("以降", .after), ("以後", .after), ("春", nil), ("夏", nil), ("秋", nil), ("冬", nil),
  ]

  private mutating func scanQualifier(_ parts: inout DateParts) -> Bool {
    for (word, qualifier) in Self.words where skip(word) {
      if qualifier == nil && parts.day != nil { return false }
      parts.qualifier = qualifier ?? parts.qualifier
      return true
    }
    let isDay = parts.day != nil
    if !isDay, skipAny(["月日不明", "月日不詳", "月不明", "日不明", "日不詳", "不明", "不詳", "未詳"]) {
      return true
    }
    if isDay, skipAny(["付け", "付"]) { return true }
    return isDay && skipWeekday()
  }

  private mutating func skipWeekday() -> Bool {
    let start = position
    if skip("("), skipAny(["日", "月", "火", "水", "木", "金", "土"]) {
      _ = skip("曜日")
      _ = skip("曜")
      if skip(")") { return true }
    }
    position = start
    return skipAny(["日曜日", "月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日"])
  }

  // MARK: - Times

  private static func isPossible(_ time: TimeOfDay) -> Bool {
    if time.hour == 24 { return time.minute == 0 && time.second == 0 && time.fraction.isEmpty }
    return time.hour < 24 && time.minute < 60 && time.second < 60
  }

  /// `T12:34:56.7Z`, ` 12:34`, `T123456`, `12時34分56秒`; nil, at the same place, for anything else.
  private mutating func scanTime() -> TimeOfDay? {
    let start = position
    if let time = scanPossibleTime(), Self.isPossible(time) { return time }
    position = start
    return nil
  }

  private mutating func scanPossibleTime() -> TimeOfDay? {
    _ = skip("T") || skip("t")
    skipSpaces()
    let run = numeral()
    guard let first = JapaneseNumber.parse(run) else { return nil }
    var time = TimeOfDay(hour: first, minute: 0, second: 0, fraction: "", zone: nil)
    if run.count == 6 || run.count == 4 {
      let digits = run.count == 4 ? first * 100 : first
      time.hour = digits / 10_000
      time.minute = digits / 100 % 100
      time.second = digits % 100
    } else if run.count <= 2, skip("時") {
      if let minute = smallNumber() {
        guard skip("分") else { return nil }
        time.minute = minute
      }
      if let second = smallNumber() {
        guard skip("秒") else { return nil }
        time.second = second
      }
    } else if run.count <= 2, skip(":"), let minute = smallNumber() {
      time.minute = minute
      if skip(":") {
        guard let second = smallNumber() else { return nil }
        time.second = second
      }
    } else {
      return nil
    }
    if skip(".") || skip(",") {
      guard let fraction = scanFraction() else { return nil }
      time.fraction = fraction
    }
    time.zone = scanZone()
    return time
  }

  private mutating func scanFraction() -> String? {
    var digits = ""
    while let scalar = next, ("0"..."9").contains(scalar) {
      if digits.utf8.count < 9 { digits.unicodeScalars.append(scalar) }
      position += 1
    }
    guard !digits.isEmpty else { return nil }
    while digits.last == "0" { digits.removeLast() }
    return digits
  }

  private mutating func scanZone() -> String? {
    skipSpaces()
    if skip("Z") || skip("z") { return "Z" }
    if skip("JST") { return "+09:00" }
    let start = position
    let sign = skip("+") ? "+" : skip("-") ? "-" : nil
    guard let sign else { return nil }
    let run = numeral()
    var hours = JapaneseNumber.parse(run) ?? -1
    var minutes = 0
    if run.count == 4 {
      minutes = hours % 100
      hours /= 100
    } else if skip(":") {
      minutes = smallNumber() ?? -1
    }
    guard run.count == 2 || run.count == 4, (0...14).contains(hours), (0...59).contains(minutes)
    else {
      position = start
      return nil
    }
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(sign)\(padded(hours)):\(padded(minutes))"
  }

  // MARK: - Faults

  /// Why the text is no date, where that can be told.
  private mutating func fault(written: String) -> ValueFault {
    let text = rest
    if let month = Self.englishMonths.first(where: { text.contains($0) }),
      text.utf8.count <= 6,
      text.utf8.filter({ (48...57).contains($0) }).count + month.utf8.count + 1 >= text.utf8.count
    {
      return .dateWithoutYear(written: written)
    }
    guard let first = smallNumber(), first > 0 else { return .notADate(written: written) }
    guard skip("月") || skipSeparator(), let second = smallNumber(), (1...31).contains(second) else {
      return .notADate(written: written)
    }
    if skip("日") || isAtEnd {
      return isAtEnd && first <= 12
        ? .dateWithoutYear(written: written) : .notADate(written: written)
    }
    guard skipSeparator(), smallNumber() != nil, isAtEnd else { return .notADate(written: written) }
    return .eraMissing(written: written)
  }

  private static let englishMonths = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
}

/// Carries a fault through `Result`.
struct DateFault: Error {
  let fault: ValueFault

  init(_ fault: ValueFault) {
    self.fault = fault
  }
}
