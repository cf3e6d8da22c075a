internal import Features

/// One value of a column's dictionary as bytes: a tag, then the value.
enum AttributeCoding {
  static func append(_ value: Attribute, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(0)
    case .text(let text):
      bytes.append(1)
      bytes.append(contentsOf: text.utf8)
    case .integer(let number):
      bytes.append(2)
      append(UInt64(bitPattern: number), to: &bytes)
    case .real(let number):
      bytes.append(3)
      append(number.bitPattern, to: &bytes)
    case .boolean(let flag):
      bytes.append(4)
      bytes.append(flag ? 1 : 0)
    case .date(let date):
      bytes.append(5)
      bytes.append(precisions.firstIndex(of: date.precision).map(UInt8.init) ?? 3)
      append(day(date.interval?.lowerBound), to: &bytes)
      append(day(date.interval?.upperBound), to: &bytes)
      if let written = date.written {
        bytes.append(1)
        bytes.append(contentsOf: written.utf8)
      }
    }
  }

  /// Null for bytes that are no value: a damaged file shows nothing rather than something wrong.
  static func decode(_ bytes: [UInt8]) -> Attribute {
    guard let tag = bytes.isEmpty ? nil : bytes[0] else { return .null }
    switch tag {
    case 1: return .text(text(bytes, from: 1))
    case 2: return word(bytes, at: 1).map { .integer(Int64(bitPattern: $0)) } ?? .null
    case 3: return word(bytes, at: 1).map { .real(Double(bitPattern: $0)) } ?? .null
    case 4: return bytes.count > 1 ? .boolean(bytes[1] != 0) : .null
    case 5: return date(bytes).map(Attribute.date) ?? .null
    default: return .null
    }
  }

  private static let precisions: [LedgerDate.Precision] = [.day, .month, .year, .unknown]
  private static let noDay = UInt64.max

  private static func date(_ bytes: [UInt8]) -> LedgerDate? {
    guard bytes.count >= 18, Int(bytes[1]) < precisions.count, let from = word(bytes, at: 2),
      let to = word(bytes, at: 10)
    else { return nil }
    var interval: ClosedRange<CalendarDay>?
    if let first = day(from), let last = day(to), first <= last { interval = first...last }
    let written = bytes.count > 18 ? text(bytes, from: 19) : nil
    return LedgerDate(interval: interval, precision: precisions[Int(bytes[1])], written: written)
  }

  private static func day(_ day: CalendarDay?) -> UInt64 {
    day.map { UInt64(bitPattern: Int64($0.daysSinceEpoch)) } ?? noDay
  }

  private static func day(_ word: UInt64) -> CalendarDay? {
    guard word != noDay, let days = Int(exactly: Int64(bitPattern: word)) else { return nil }
    return CalendarDay(daysSinceEpoch: days)
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  private static func word(_ bytes: [UInt8], at start: Int) -> UInt64? {
    guard bytes.count >= start + 8 else { return nil }
    var word: UInt64 = 0
    for index in 0..<8 { word |= UInt64(bytes[start + index]) << UInt64(8 * index) }
    return word
  }

  private static func text(_ bytes: [UInt8], from start: Int) -> String {
    guard start < bytes.count else { return "" }
    return String(decoding: bytes[start...], as: UTF8.self)
  }
}
