/// A Japanese era from 明治 on.
public enum Era: String, Sendable, Hashable, CaseIterable {
  case meiji = "明治"
  case taisho = "大正"
  case showa = "昭和"
  case heisei = "平成"
  case reiwa = "令和"

  /// `M`, `T`, `S`, `H`, `R`.
  public var letter: Unicode.Scalar {
    switch self {
    case .meiji: "M"
    case .taisho: "T"
    case .showa: "S"
    case .heisei: "H"
    case .reiwa: "R"
    }
  }

  /// The Western year of the era's year 1.
  public var firstYear: Int {
    switch self {
    case .meiji: 1868
    case .taisho: 1912
    case .showa: 1926
    case .heisei: 1989
    case .reiwa: 2019
    }
  }

  /// The era's first day as (year, month, day).
  ///
  /// 明治 was counted from the first day of its lunisolar year, 1868-01-25.
  private var firstDay: (Int, Int, Int) {
    switch self {
    case .meiji: (1868, 1, 25)
    case .taisho: (1912, 7, 30)
    case .showa: (1926, 12, 25)
    case .heisei: (1989, 1, 8)
    case .reiwa: (2019, 5, 1)
    }
  }

  /// The last day that may be written in the era: 1912-07-30 and 1926-12-25 belong to two eras.
  private var lastDay: (Int, Int, Int) {
    switch self {
    case .meiji: (1912, 7, 30)
    case .taisho: (1926, 12, 25)
    case .showa: (1989, 1, 7)
    case .heisei: (2019, 4, 30)
    case .reiwa: (9999, 12, 31)
    }
  }

  /// Whether a day may be written with the era.
  public func contains(_ day: CalendarDay) -> Bool { firstPossible <= day && day <= lastPossible }

  var firstPossible: CalendarDay { Self.day(firstDay) }
  var lastPossible: CalendarDay { Self.day(lastDay) }

  private static func day(_ parts: (Int, Int, Int)) -> CalendarDay {
    CalendarDay(clampedYear: parts.0, month: parts.1, day: parts.2)
  }

  /// The part of `interval` that lies in the era; all of it where no part does.
  func clamping(_ interval: ClosedRange<CalendarDay>) -> ClosedRange<CalendarDay> {
    let first = max(interval.lowerBound, firstPossible)
    let last = min(interval.upperBound, lastPossible)
    return first <= last ? first...last : interval
  }

  /// The era that a day is written in today: the later one on a day that belongs to two.
  static func current(on day: CalendarDay) -> Era? {
    allCases.last { $0.firstPossible <= day }
  }

  /// The eras' names and what stands for them, longest first: `平成`, `平`, `H`.
  static func prefix(of scalars: ArraySlice<Unicode.Scalar>) -> (era: Era, length: Int)? {
    guard let first = scalars.first else { return nil }
    for era in allCases where scalars.starts(with: era.rawValue.unicodeScalars) {
      return (era, era.rawValue.unicodeScalars.count)
    }
    for era in allCases {
      let lowercased = Unicode.Scalar(UInt8(truncatingIfNeeded: era.letter.value | 0x20))
      if first == era.letter || first == lowercased || first == era.rawValue.unicodeScalars.first {
        return (era, 1)
      }
    }
    return nil
  }
}

extension CalendarDay {
  /// The day with month and day of the month moved into their ranges.
  init(clampedYear year: Int, month: Int, day: Int) {
    self.year = min(max(year, 1), 9999)
    self.month = min(max(month, 1), 12)
    self.day = min(max(day, 1), Self.dayCount(year: self.year, month: self.month))
  }

  /// The day as Japan writes it: `令和5年4月1日` in Japanese (year 1 is 元年), `R5.4.1` in English.
  ///
  /// Nil before 1873-01-01, when days were counted by a lunisolar calendar.
  public func era(_ language: Language) -> String? {
    guard year >= 1873, let era = Era.current(on: self) else { return nil }
    let number = year - era.firstYear + 1
    switch language {
    case .japanese:
      return "\(era.rawValue)\(number == 1 ? "元" : String(number))年\(month)月\(day)日"
    case .english:
      return "\(era.letter)\(number).\(month).\(day)"
    }
  }

  /// The fiscal year that holds the day: the Western year in which it starts, on 1 April.
  public var fiscalYear: Int { month >= 4 ? year : year - 1 }
}
