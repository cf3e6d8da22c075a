internal import Features

/// A column of a dBASE III table: its form, and how wide its values are.
struct DBFColumn: Sendable {
  enum Form: UInt8, Sendable {
    case text = 0x43
    case number = 0x4E
    case logical = 0x4C
    case date = 0x44
  }

  /// At most ten bytes.
  let name: [UInt8]
  let form: Form
  /// Bytes.
  let width: Int
  /// Digits after the point.
  let decimals: Int
}

/// Encodes a dBASE III table.
///
/// Source: the format as ESRI's Shapefiles use it; readers agree on text, numbers, logicals, dates.
struct DBFWriter {
  static let widthLimit = 254
  static let nameLimit = 10
  static let columnLimit = 255

  let columns: [DBFColumn]
  private let languageByte: UInt8
  private let day: CalendarDay
  private(set) var rowCount = 0

  init(columns: [DBFColumn], encoding: TextEncoding, day: CalendarDay) {
    self.columns = columns
    // 0x13 is Shift-JIS of Windows; for the others the .cpg beside it decides.
    languageByte = encoding == .cp932 ? 0x13 : 0
    self.day = day
  }

  func header() -> [UInt8] {
    let headerBytes = 32 + 32 * columns.count + 1
    let rowBytes = 1 + columns.reduce(0) { $0 + $1.width }
    var bytes: [UInt8] = [
      0x03, UInt8(clamping: day.year - 1900), UInt8(clamping: day.month), UInt8(clamping: day.day),
    ]
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: rowCount >> shift))
    }
    for number in [headerBytes, rowBytes] {
      bytes.append(UInt8(truncatingIfNeeded: number))
      bytes.append(UInt8(truncatingIfNeeded: number >> 8))
    }
    bytes += [UInt8](repeating: 0, count: 17)
    bytes += [languageByte, 0, 0]
    for column in columns {
      bytes += column.name + [UInt8](repeating: 0, count: 11 - column.name.count)
      bytes += [column.form.rawValue, 0, 0, 0, 0]
      bytes += [UInt8(clamping: column.width), UInt8(clamping: column.decimals)]
      bytes += [UInt8](repeating: 0, count: 14)
    }
    return bytes + [0x0D]
  }

  /// A row from cells that are already encoded and fit their columns; an empty one is null.
  mutating func row(_ cells: [[UInt8]]) -> [UInt8] {
    rowCount += 1
    var bytes: [UInt8] = [0x20]
    for (column, cell) in zip(columns, cells) {
      let gap = [UInt8](repeating: 0x20, count: max(0, column.width - cell.count))
      switch column.form {
      case .number: bytes += gap + cell.prefix(column.width)
      case .logical: bytes += cell.isEmpty ? [0x3F] : cell.prefix(1)
      case .text, .date: bytes += cell.prefix(column.width) + gap
      }
    }
    return bytes
  }
}

extension Decimals {
  /// The shortest decimal that reads back the same, without an exponent and with a point, for
  /// readers that know neither; very large and very small numbers keep their exponent.
  static func plain(_ value: Double) -> String {
    let text = value.description
    guard let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }),
      let exponent = Int(text[text.index(after: mark)...]), abs(exponent) <= 20
    else { return text }
    let isNegative = text.hasPrefix("-")
    let mantissa = text[..<mark].drop { $0 == "-" }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    var fraction = parts.count > 1 ? String(parts[1]) : ""
    if fraction == "0" { fraction = "" }
    let digits = String(parts[0]) + fraction
    let point = parts[0].count + exponent
    let sign = isNegative ? "-" : ""
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count {
      return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
    }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }
}
