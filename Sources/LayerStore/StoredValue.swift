public import Features
internal import JSON
internal import SQLite

/// Attributes as the columns of a layer's table hold them.
///
/// A date column holds the ISO day, or nothing where the date is imprecise; what was written and the
/// interval stand in the row's notes, a JSON object by column name. So does a text that could not be
/// read as the column's type: it is not lost.
enum StoredValue {
  static func sqlType(_ type: FieldType) -> String {
    switch type {
    case .text, .url: "TEXT"
    case .integer: "INTEGER"
    case .real: "REAL"
    case .boolean: "BOOLEAN"
    case .date: "DATE"
    case .datetime: "DATETIME"
    }
  }

  static func sql(_ value: Attribute) -> SQLValue {
    switch value {
    case .null: .null
    case .text(let text): .text(text)
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .boolean(let flag): .integer(flag ? 1 : 0)
    case .date(let date): date.day.map { .text($0.iso) } ?? .null
    }
  }

  /// The notes of a row as JSON; nil when there is nothing to note.
  static func notes(
    _ values: [Attribute], fields: [StoredField], unread: [String: String]
  ) -> SQLValue {
    var writer: JSONWriter?
    func begin(_ name: String) {
      if writer == nil {
        writer = JSONWriter()
        writer?.beginObject()
      }
      writer?.key(name)
      writer?.beginObject()
    }
    for (field, value) in zip(fields, values) {
      if let text = unread[field.name] {
        begin(field.name)
        writer?.key("unread")
        writer?.value(text)
        writer?.endObject()
      } else if case .date(let date) = value, date.day == nil || date.written != nil {
        begin(field.name)
        if date.day == nil {
          writer?.key("precision")
          writer?.value(date.precision.rawValue)
          if let interval = date.interval {
            writer?.key("from")
            writer?.value(interval.lowerBound.iso)
            writer?.key("to")
            writer?.value(interval.upperBound.iso)
          }
        }
        if let written = date.written {
          writer?.key("written")
          writer?.value(written)
        }
        writer?.endObject()
      }
    }
    guard writer != nil else { return .null }
    writer?.endObject()
    return .text(String(decoding: writer?.bytes ?? [], as: UTF8.self))
  }

  static func attribute(_ value: SQLValue, field: StoredField, notes: JSONValue?) -> Attribute {
    let note = notes?[field.name]
    switch (field.type, value) {
    case (.date, .text(let text)):
      guard let day = CalendarDay(iso: text) else { return .text(text) }
      return .date(
        LedgerDate(interval: day...day, precision: .day, written: note?["written"]?.string))
    case (.date, .null):
      guard let note, note["unread"] == nil else { return .null }
      let precision = note["precision"]?.string.flatMap(LedgerDate.Precision.init(rawValue:))
      var interval: ClosedRange<CalendarDay>?
      if let from = note["from"]?.string.flatMap({ CalendarDay(iso: $0) }),
        let to = note["to"]?.string.flatMap({ CalendarDay(iso: $0) }), from <= to
      {
        interval = from...to
      }
      return .date(
        LedgerDate(
          interval: interval, precision: precision ?? .unknown, written: note["written"]?.string))
    case (.boolean, .integer(let number)): return .boolean(number != 0)
    case (.real, .integer(let number)): return .real(Double(number))
    case (_, .integer(let number)): return .integer(number)
    case (_, .real(let number)): return .real(number)
    case (_, .text(let text)): return .text(text)
    case (_, .null), (_, .blob): return .null
    }
  }

  /// The text that could not be read as the column's type; nil where the value could be.
  static func unread(_ field: StoredField, notes: JSONValue?) -> String? {
    notes?[field.name]?["unread"]?.string
  }

  /// Whether the store surely gives a value back as it is, without a look at the stored one.
  static func isKept(_ value: Attribute, as field: StoredField) -> Bool {
    switch (value, field.type) {
    case (.null, _): true
    case (.text, .text), (.text, .url): true
    // A column of times converts what looks like a number.
    case (.text(let text), .datetime): text.utf8.contains(UInt8(ascii: "T"))
    case (.integer, .integer), (.boolean, .boolean): true
    case (.real(let number), .real): number.isFinite && number.bitPattern != (-0.0).bitPattern
    case (.date(let date), .date):
      date.day.map { date.precision == .day && CalendarDay(iso: $0.iso) == $0 } ?? false
    default: false
    }
  }

  static func parseNotes(_ value: SQLValue) -> JSONValue? {
    guard case .text(let text) = value else { return nil }
    return try? JSONParser.parse(Array(text.utf8))
  }
}

/// A column of a layer's table.
public struct StoredField: Hashable, Sendable {
  public let name: String
  public let type: FieldType

  public init(name: String, type: FieldType) {
    self.name = name
    self.type = type
  }
}
