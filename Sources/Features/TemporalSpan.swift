/// The points of time from the first to the last that a value may mean, both included.
struct TemporalSpan: Hashable, Sendable {
  enum Resolution: Sendable {
    /// Days since 1970-01-01.
    case day
    /// Microseconds since 1970-01-01T00:00:00Z.
    case microsecond
  }

  var start: Int64
  var end: Int64
  var resolution: Resolution

  static let distantPast = Int64.min
  static let distantFuture = Int64.max

  init(start: Int64, end: Int64, resolution: Resolution) {
    self.start = start
    self.end = end
    self.resolution = resolution
  }

  /// Nil when nothing is known of the date.
  init?(_ date: LedgerDate) {
    guard let interval = date.interval else { return nil }
    start = Int64(interval.lowerBound.daysSinceEpoch)
    end = Int64(interval.upperBound.daysSinceEpoch)
    resolution = .day
  }

  /// A point of time; nil when the text is none.
  init?(timestamp text: String) {
    guard let instant = DateTimeReading.microseconds(text) else { return nil }
    self.init(start: instant, end: instant, resolution: .microsecond)
  }

  /// The days in Japan's time that the span touches.
  var inDays: TemporalSpan {
    guard resolution == .microsecond else { return self }
    func day(_ instant: Int64) -> Int64 {
      if instant == Self.distantPast || instant == Self.distantFuture { return instant }
      let shifted = instant + 9 * 3_600_000_000
      let day = shifted / 86_400_000_000
      return shifted < 0 && day * 86_400_000_000 != shifted ? day - 1 : day
    }
    return TemporalSpan(start: day(start), end: day(end), resolution: .day)
  }

  /// Both spans in days where one of them is.
  static func aligned(
    _ left: TemporalSpan, _ right: TemporalSpan
  ) -> (TemporalSpan, TemporalSpan) {
    if left.resolution == right.resolution { return (left, right) }
    if left.isOpen { return (left.taken(as: right.resolution), right) }
    if right.isOpen { return (left, right.taken(as: left.resolution)) }
    return (left.inDays, right.inDays)
  }

  /// Whether it says only “before everything”, “after everything” or “always”, in no resolution.
  private var isOpen: Bool {
    [Self.distantPast, Self.distantFuture].contains(start)
      && [Self.distantPast, Self.distantFuture].contains(end)
  }

  private func taken(as resolution: Resolution) -> TemporalSpan {
    TemporalSpan(start: start, end: end, resolution: resolution)
  }

  /// Compares what may be one of many days: true or false only where every day says so.
  func compare(_ relation: ComparisonOperator, _ other: TemporalSpan) -> Ternary {
    let (left, right) = Self.aligned(self, other)
    switch relation {
    case .less: return Self.decided(left.end < right.start, not: left.start >= right.end)
    case .lessOrEqual: return Self.decided(left.end <= right.start, not: left.start > right.end)
    case .greater: return Self.decided(left.start > right.end, not: left.end <= right.start)
    case .greaterOrEqual: return Self.decided(left.start >= right.end, not: left.end < right.start)
    case .equal: return left.isEqual(right)
    case .notEqual: return !left.isEqual(right)
    }
  }

  private func isEqual(_ other: TemporalSpan) -> Ternary {
    Self.decided(
      start == end && self == other, not: end < other.start || start > other.end)
  }

  private static func decided(_ isTrue: Bool, not isFalse: Bool) -> Ternary {
    isTrue ? .true : isFalse ? .false : .unknown
  }

  /// Relates the spans as wholes.
  func relates(_ relation: TemporalRelation, _ other: TemporalSpan) -> Bool {
    let (a, b) = Self.aligned(self, other)
    switch relation {
    case .after: return a.start > b.end
    case .before: return a.end < b.start
    case .contains: return a.start < b.start && a.end > b.end
    case .disjoint: return a.start > b.end || a.end < b.start
    case .during: return a.start > b.start && a.end < b.end
    case .equals: return a.start == b.start && a.end == b.end
    case .finishedBy: return a.start < b.start && a.end == b.end
    case .finishes: return a.start > b.start && a.end == b.end
    case .intersects: return a.start <= b.end && a.end >= b.start
    case .meets: return a.end == b.start
    case .metBy: return a.start == b.end
    case .overlappedBy: return a.start > b.start && a.start < b.end && a.end > b.end
    case .overlaps: return a.start < b.start && a.end > b.start && a.end < b.end
    case .startedBy: return a.start == b.start && a.end > b.end
    case .starts: return a.start == b.start && a.end < b.end
    }
  }
}

/// The temporal functions of CQL2.
///
/// Source: OGC 21-065r2, clause 7.5 (Allen's relations).
enum TemporalRelation: String, Sendable, CaseIterable {
  case after = "T_AFTER"
  case before = "T_BEFORE"
  case contains = "T_CONTAINS"
  case disjoint = "T_DISJOINT"
  case during = "T_DURING"
  case equals = "T_EQUALS"
  case finishedBy = "T_FINISHEDBY"
  case finishes = "T_FINISHES"
  case intersects = "T_INTERSECTS"
  case meets = "T_MEETS"
  case metBy = "T_METBY"
  case overlappedBy = "T_OVERLAPPEDBY"
  case overlaps = "T_OVERLAPS"
  case startedBy = "T_STARTEDBY"
  case starts = "T_STARTS"
}

extension DateTimeReading {
  /// Microseconds since 1970-01-01T00:00:00Z of a point of time in any form that `parse` reads.
  static func microseconds(_ text: String) -> Int64? {
    if let instant = normalisedMicroseconds(text) { return instant }
    return parse(text).flatMap { normalisedMicroseconds($0) }
  }

  /// The same of the form that `parse` gives; nil for any other form.
  private static func normalisedMicroseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int64(byte) - 48
      }
      return value
    }
    guard bytes.count >= 20, bytes[10] == 84, bytes[13] == 58, bytes[16] == 58,
      let day = CalendarDay(
        iso: text.utf8.prefix(10).reduce(into: "") {
          $0.unicodeScalars.append(Unicode.Scalar($1))
        }), let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var position = 19
    var fraction: Int64 = 0
    if bytes[position] == 46 {
      position += 1
      var unit: Int64 = 100_000
      while position < bytes.count, (48...57).contains(bytes[position]) {
        fraction += Int64(bytes[position] - 48) * unit
        unit /= 10
        position += 1
      }
    }
    var offsetMinutes: Int64 = 0
    switch bytes.count - position {
    case 1:
      guard bytes[position] == 90 else { return nil }
    case 6:
      let sign: Int64 = bytes[position] == 45 ? -1 : 1
      guard bytes[position] == 43 || bytes[position] == 45, bytes[position + 3] == 58,
        let hours = number(position + 1..<position + 3),
        let minutes = number(position + 4..<position + 6)
      else { return nil }
      offsetMinutes = sign * (hours * 60 + minutes)
    default: return nil
    }
    let minutes = Int64(day.daysSinceEpoch) * 1440 + hour * 60 + minute - offsetMinutes
    return (minutes * 60 + second) * 1_000_000 + fraction
  }
}
