/// Dates from the forms in which ledgers write them.
///
/// Read are ISO 8601, `20230401`, `2023/4/1`, `2023年4月1日`, era dates (`R5.4.1`, `R050401`,
/// `令和5年4月1日`, `㍻`, 元年, kanji numerals), fiscal years (`平成25年度`), dates without day or month
/// (`S61.8`, `1986-08-00`), words around them (頃, 上旬, 末, 以前, 不明) and, where the caller allows
/// them, Excel's serial numbers.
public enum DateReading {
  public enum Outcome: Hashable, Sendable {
    case date(LedgerDate, notes: [ValueNote])
    case unreadable(ValueFault)
  }

  /// Excel's serial numbers that are taken for dates: 1954-10-03 to 2064-04-08.
  public static let serials = 20_000...60_000

  /// Reads one date.
  ///
  /// An imprecise date becomes the interval of the days that it may mean, cut to its era. A precise
  /// day with 頃 is as good as its month. A day outside its era (`昭和64年1月10日`) is counted on and
  /// noted. Days before 1873-01-01 written in 明治 belong to the lunisolar calendar: only their year
  /// is taken.
  public static func parse(_ text: String, allowingSerials: Bool = false) -> Outcome {
    if let day = CalendarDay(iso: text) { return .date(LedgerDate(day: day), notes: []) }
    var scanner = DateScanner(text)
    if scanner.isAtEnd { return .unreadable(.empty) }
    let whole = scanner.rest
    if unknownWords.contains(whole) {
      let date = LedgerDate(interval: nil, precision: .unknown, written: text)
      return .date(date, notes: [.unknownDate(written: text)])
    }
    if allowingSerials, let outcome = serial(whole, written: text) { return outcome }
    switch scanner.scan(written: text) {
    case .failure(let failure): return .unreadable(failure.fault)
    case .success(let parts): return outcome(parts, written: text)
    }
  }

  private static let unknownWords: Set<String> = [
    "不明", "未詳", "不詳", "年月日不明", "年月日不詳", "年月日未詳", "日付不明", "時期不明", "年代不明",
    "設置日不明", "?", "unknown",
  ]

  /// `45017`, `45017.0`, `45017.5`.
  private static func serial(_ text: String, written: String) -> Outcome? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts[0].utf8.count == 5, let number = Int(parts[0]),
      serials.contains(number), let day = CalendarDay(daysSinceEpoch: number - 25_569)
    else { return nil }
    var notes = [ValueNote.serialDate(written: written, meant: day)]
    if parts.count == 2 {
      guard !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (48...57).contains($0) }) else {
        return nil
      }
      if parts[1].utf8.contains(where: { $0 != 48 }) {
        notes.append(.droppedTime(written: written))
      }
    }
    return .date(LedgerDate(interval: day...day, precision: .day, written: written), notes: notes)
  }

  /// Whether a text is a date with a time of day.
  static func hasTime(_ text: String) -> Bool {
    var scanner = DateScanner(text)
    if case .success(let parts) = scanner.scan(written: text) { return parts.time != nil }
    return false
  }

  // MARK: - From parts to days

  static func outcome(_ parts: DateParts, written: String) -> Outcome {
    var parts = parts
    if parts.month == 0 {
      guard (parts.day ?? 0) == 0 else { return .unreadable(.noSuchDay(written: written)) }
      parts.month = nil
    }
    if parts.day == 0 || parts.month == nil { parts.day = nil }
    if parts.era == .meiji, parts.year <= lunisolarYears.count, !parts.isFiscalYear {
      return lunisolar(parts, written: written)
    }
    let year = parts.era.map { $0.firstYear + parts.year - 1 } ?? parts.year
    guard (1...9999).contains(year) else { return .unreadable(.noSuchDay(written: written)) }
    if parts.day != nil { return precise(parts, year: year, written: written) }
    if let month = parts.month, !(1...12).contains(month) {
      return .unreadable(.noSuchDay(written: written))
    }
    return imprecise(parts, year: year, written: written)
  }

  private static func precise(_ parts: DateParts, year: Int, written: String) -> Outcome {
    guard let month = parts.month, let number = parts.day,
      let day = CalendarDay(year: year, month: month, day: number)
    else { return .unreadable(.noSuchDay(written: written)) }
    var notes: [ValueNote] = []
    if let era = parts.era, !era.contains(day) {
      notes.append(.impossibleInEra(written: written, meant: day))
    }
    if let time = parts.time, !time.isMidnight { notes.append(.droppedTime(written: written)) }
    let interval: ClosedRange<CalendarDay>
    switch parts.qualifier {
    case nil:
      let isISO = written == day.iso
      return .date(
        LedgerDate(interval: day...day, precision: .day, written: isISO ? nil : written),
        notes: notes)
    case .about: interval = days(year: year, month: month)
    case .before: interval = earliest...day
    case .after: interval = day...latest
    case .early, .middle, .late: return .unreadable(.notADate(written: written))
    }
    return noted(interval, precision: .month, notes: notes, written: written)
  }

  private static func imprecise(_ parts: DateParts, year: Int, written: String) -> Outcome {
    var interval: ClosedRange<CalendarDay>
    if parts.isFiscalYear {
      guard year < 9999 else { return .unreadable(.noSuchDay(written: written)) }
      let first = CalendarDay(clampedYear: year, month: 4, day: 1)
      interval = first...CalendarDay(clampedYear: year + 1, month: 3, day: 31)
    } else {
      interval = days(year: year, month: parts.month)
    }
    if let month = parts.month {
      switch parts.qualifier {
      case .early: interval = days(year: year, month: month, from: 1, to: 10)
      case .middle: interval = days(year: year, month: month, from: 11, to: 20)
      case .late: interval = days(year: year, month: month, from: 21, to: 31)
      default: break
      }
    }
    var notes: [ValueNote] = []
    if let era = parts.era, !parts.isFiscalYear {
      let clamped = era.clamping(interval)
      if !era.contains(clamped.lowerBound) {
        notes.append(.impossibleInEra(written: written, meant: clamped.lowerBound))
      }
      interval = clamped
    }
    switch parts.qualifier {
    case .before: interval = earliest...interval.upperBound
    case .after: interval = interval.lowerBound...latest
    default: break
    }
    let precision: LedgerDate.Precision = parts.month == nil ? .year : .month
    return noted(interval, precision: precision, notes: notes, written: written)
  }

  private static func noted(
    _ interval: ClosedRange<CalendarDay>, precision: LedgerDate.Precision, notes: [ValueNote],
    written: String
  ) -> Outcome {
    let date = LedgerDate(interval: interval, precision: precision, written: written)
    let note = ValueNote.impreciseDate(
      written: written, first: interval.lowerBound, last: interval.upperBound)
    return .date(date, notes: notes + [note])
  }

  /// Gregorian first days of the lunisolar years 明治 1 to 5; the last of them ended with 1872.
  private static let lunisolarYears: [(Int, Int, Int)] = [
    (1868, 1, 25), (1869, 2, 11), (1870, 2, 1), (1871, 2, 19), (1872, 2, 9),
  ]

  private static func lunisolar(_ parts: DateParts, written: String) -> Outcome {
    func firstDay(_ index: Int) -> CalendarDay {
      guard index < lunisolarYears.count else {
        return CalendarDay(clampedYear: 1873, month: 1, day: 1)
      }
      let (year, month, day) = lunisolarYears[index]
      return CalendarDay(clampedYear: year, month: month, day: day)
    }
    guard (1...13).contains(parts.month ?? 1), (1...30).contains(parts.day ?? 1) else {
      return .unreadable(.noSuchDay(written: written))
    }
    let first = firstDay(parts.year - 1)
    let last = CalendarDay(daysSinceEpoch: firstDay(parts.year).daysSinceEpoch - 1) ?? first
    let date = LedgerDate(interval: first...last, precision: .year, written: written)
    return .date(date, notes: [.lunisolarDate(written: written)])
  }

  private static let earliest = CalendarDay(clampedYear: 1, month: 1, day: 1)
  private static let latest = CalendarDay(clampedYear: 9999, month: 12, day: 31)

  private static func days(year: Int, month: Int?) -> ClosedRange<CalendarDay> {
    guard let month else {
      return CalendarDay(
        clampedYear: year, month: 1, day: 1)...CalendarDay(
          clampedYear: year, month: 12, day: 31)
    }
    return days(year: year, month: month, from: 1, to: 31)
  }

  private static func days(
    year: Int, month: Int, from first: Int, to last: Int
  ) -> ClosedRange<CalendarDay> {
    CalendarDay(
      clampedYear: year, month: month, day: first)...CalendarDay(
        clampedYear: year, month: month, day: last)
  }
}

/// Points of time from the forms in which ledgers write them.
public enum DateTimeReading {
  /// `YYYY-MM-DDThh:mm:ss` with `Z` or `±hh:mm`, and the fraction of the second where one is
  /// written; nil when the text is no point of time.
  ///
  /// A text without a zone is Japan's time (+09:00), one without a time the start of its day.
  /// 24:00 is 00:00 of the next day.
  public static func parse(_ text: String) -> String? { read(text)?.text }

  static func read(_ written: String) -> (text: String, notes: [ValueNote])? {
    var scanner = DateScanner(written)
    guard !scanner.isAtEnd, case .success(let parts) = scanner.scan(written: written),
      parts.qualifier == nil, parts.day != nil
    else { return nil }
    var dayParts = parts
    dayParts.time = nil
    guard case .date(let date, var notes) = DateReading.outcome(dayParts, written: written),
      var day = date.day
    else { return nil }
    var time =
      parts.time ?? TimeOfDay(hour: 0, minute: 0, second: 0, fraction: "", zone: nil)
    if time.hour == 24 {
      guard let next = CalendarDay(daysSinceEpoch: day.daysSinceEpoch + 1) else { return nil }
      day = next
      time.hour = 0
    }
    if parts.time == nil {
      notes.append(.assumedMidnight(written: written))
    } else if time.zone == nil {
      notes.append(.assumedZone(written: written))
    }
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(padded(time.hour)):\(padded(time.minute)):\(padded(time.second))"
    let fraction = time.fraction.isEmpty ? "" : ".\(time.fraction)"
    return ("\(day.iso)T\(clock)\(fraction)\(time.zone ?? "+09:00")", notes)
  }
}
