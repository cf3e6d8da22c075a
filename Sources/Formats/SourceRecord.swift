public import Geometry

/// Where in a source a record stands, for reports.
public struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
  /// The path as it was given.
  public var file: String
  /// From 1: the line on which a CSV or NDJSON record starts, the record number of a Shapefile, the
  /// position of the feature elsewhere.
  public var row: Int

  public init(file: String, row: Int) {
    self.file = file
    self.row = row
  }

  public var description: String { "\(file), row \(row)" }
}

/// One cell as the source holds it.
public enum SourceValue: Sendable, Hashable {
  case null
  case text(String)
  case integer(Int64)
  case real(Double)
  case boolean(Bool)
}

extension SourceValue: CustomStringConvertible {
  /// The value as text; the empty text for null.
  public var description: String {
    switch self {
    case .null: ""
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): String(number)
    case .boolean(let flag): flag ? "true" : "false"
    }
  }
}

/// What reading did to a text that its bytes do not hold whole.
public enum TextDamage: Sendable, Hashable {
  /// The last character's bytes were cut off at the field's width; the text is what stands before.
  case cutMidCharacter(byteOffset: Int)
  /// Bytes from this one on, counted from the start of the value, are no character of the encoding;
  /// U+FFFD stands in their place.
  case undecodable(byteOffset: Int)
}

extension TextDamage: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cutMidCharacter(let offset):
      "the last character was cut after byte \(offset), the text before it is kept"
    case .undecodable(let offset):
      "byte \(offset) of the value is no character of the encoding"
    }
  }
}

/// A damaged value and its column's position in the header.
public struct ValueDamage: Sendable, Hashable {
  public var column: Int
  public var damage: TextDamage

  public init(column: Int, damage: TextDamage) {
    self.column = column
    self.damage = damage
  }
}

/// One row of a source: its values, its place on earth in the source's own reference system, and
/// every doubt about them.
public struct SourceRecord: Sendable, Hashable {
  public var place: SourcePlace
  /// Aligned with the header's columns.
  public var values: [SourceValue]
  public var damages: [ValueDamage]
  /// East or longitude first, whatever the format's own order; nil for a row without a place.
  public var geometry: Shape<Native>?
  /// The geometry as delivered, when the shape could not hold all of it: Z or M ordinates, or curves.
  public var originalWKB: [UInt8]?
  /// Clauses that say why the geometry is absent or was changed.
  public var geometryFaults: [String]

  public init(
    place: SourcePlace, values: [SourceValue], damages: [ValueDamage] = [],
    geometry: Shape<Native>? = nil, originalWKB: [UInt8]? = nil, geometryFaults: [String] = []
  ) {
    self.place = place
    self.values = values
    self.damages = damages
    self.geometry = geometry
    self.originalWKB = originalWKB
    self.geometryFaults = geometryFaults
  }
}

/// What a source delivers for each of its rows: nothing is lost in silence.
public enum SourceItem: Sendable, Hashable {
  case record(SourceRecord)
  case rejected(SourcePlace, reason: String)

  public var place: SourcePlace {
    switch self {
    case .record(let record): record.place
    case .rejected(let place, _): place
    }
  }
}

/// A source that is pulled row by row; it never holds all rows at once unless its format forces it.
public protocol RecordSource {
  var header: SourceHeader { get }
  /// The next row, or nil after the last. An error ends the source.
  mutating func next() throws(FormatError) -> SourceItem?
}
