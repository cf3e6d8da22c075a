public import Features
public import Geometry

/// A column as its values were seen before a table is written.
public enum TableColumnKind: Sendable, Hashable {
  case text
  case integer
  case real
  case boolean
  /// ISO days.
  case date
}

/// What a format could not hold of a value, or how it had to be written.
public struct WritingLoss: Sendable, Hashable {
  /// The position of the value's column; nil for the geometry.
  public let column: Int?
  public let what: Title
}

/// Learns from all rows how wide the columns of a Shapefile must be and what kind its geometry is;
/// every row that is to be written must have been looked at.
public struct ShapefileSurvey {
  fileprivate var widths: [Int]
  fileprivate var decimals: [Int]
  private var kinds: [ShapefileKind: Int] = [:]
  private let columns: [TableColumnKind]
  fileprivate let encoder: TextEncoder

  public init(
    columns: [TableColumnKind], encoding: TextEncoding, path: String
  ) throws(FormatError) {
    self.columns = columns
    widths = Array(repeating: 1, count: columns.count)
    decimals = Array(repeating: 0, count: columns.count)
    encoder = try TextEncoder(encoding, file: path)
  }

  public mutating func look(at values: [SourceValue], shape: Shape<Native>?) {
    for (index, value) in values.enumerated() {
      switch (columns[index], value) {
      case (_, .null): continue
      case (.real, .real(let number)):
        let text = Decimals.plain(number)
        widths[index] = max(widths[index], text.utf8.count)
        let fraction = text.split(separator: ".").dropFirst().first?.utf8.count ?? 0
        decimals[index] = max(decimals[index], min(fraction, 15))
      case (.boolean, _): widths[index] = 1
      case (.date, _): widths[index] = 8
      default:
        let width = encoder.replacing(value.description).bytes.count
        widths[index] = max(widths[index], min(width, DBFWriter.widthLimit))
      }
    }
    if let kind = shape.flatMap(Self.kind) { kinds[kind, default: 0] += 1 }
  }

  private static func kind(_ shape: Shape<Native>) -> ShapefileKind? {
    switch shape {
    case .point: .point
    case .multiPoint(let points): points.isEmpty ? nil : .multiPoint
    case .line, .multiLine: shape.isEmpty ? nil : .line
    case .polygon, .multiPolygon: shape.isEmpty ? nil : .polygon
    case .collection(let members): members.lazy.compactMap(kind).first
    }
  }

  /// The kind that most rows have; single points join the sets of points where there are any.
  public var kind: ShapefileKind {
    var counts = kinds
    if let sets = counts[.multiPoint] {
      counts[.multiPoint] = sets + (counts[.point] ?? 0)
      counts[.point] = nil
    }
    return counts.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .none
  }
}

/// Writes a Shapefile: .shp, .shx, .dbf, .prj and .cpg, row by row, each beside its place and named
/// together at the end.
///
/// What the format cannot hold is told: names over ten bytes are shortened, values over 254 bytes
/// are cut between characters, characters that the encoding lacks become 〓.
public final class ShapefileWriter {
  public let path: String
  public let kind: ShapefileKind
  /// The columns' names as they were written.
  public private(set) var names: [String] = []

  private let columns: [TableColumnKind]
  private let encoder: TextEncoder
  private var geometry: ShapefileGeometry
  private var table: DBFWriter
  private let main: OutputFile
  private let index: OutputFile
  private let attributes: OutputFile
  private let companions: [OutputFile]
  private let base: String

  /// - Parameters:
  ///   - path: ends in `.shp`.
  ///   - reference: the reference system as ESRI's well-known text.
  ///   - day: the table's date of last update.
  public init(
    path: String, columns: [(name: String, kind: TableColumnKind)], survey: ShapefileSurvey,
    encoding: TextEncoding, reference: String?, day: CalendarDay
  ) throws(FormatError) {
    guard columns.count <= DBFWriter.columnLimit else {
      throw FormatError(
        .refused, file: path,
        reason: "\(columns.count) columns are more than the \(DBFWriter.columnLimit) that a "
          + "Shapefile can hold; choose GeoPackage")
    }
    self.path = path
    self.columns = columns.map(\.kind)
    encoder = survey.encoder
    kind = survey.kind
    geometry = ShapefileGeometry(kind: kind)
    base = path.lowercased().hasSuffix(".shp") ? String(path.dropLast(4)) : path
    var taken: Set<[UInt8]> = []
    var shaped: [DBFColumn] = []
    for (position, column) in columns.enumerated() {
      let (text, bytes) = Self.shortened(column.name, encoder, taken: &taken)
      names.append(text)
      let form: DBFColumn.Form =
        switch column.kind {
        case .text: .text
        case .integer, .real: .number
        case .boolean: .logical
        case .date: .date
        }
      shaped.append(
        DBFColumn(
          name: bytes, form: form,
          width: form == .date ? 8 : form == .logical ? 1 : survey.widths[position],
          decimals: survey.decimals[position]))
    }
    let rowBytes = 1 + shaped.reduce(0) { $0 + $1.width }
    guard rowBytes <= 65_535 else {
      throw FormatError(
        .refused, file: path,
        reason: "a row would take \(rowBytes) bytes, and a Shapefile's table allows 65535; choose "
          + "GeoPackage")
    }
    table = DBFWriter(columns: shaped, encoding: encoding, day: day)
    main = try OutputFile(path: base + ".shp")
    index = try OutputFile(path: base + ".shx")
    attributes = try OutputFile(path: base + ".dbf")
    let label = try OutputFile(path: base + ".cpg")
    // “932” is read as CP932 by every reader; “Shift_JIS” is taken literally by some.
    try label.append(Array((encoding == .cp932 ? "932" : encoding.name).utf8))
    var companions = [label]
    if let reference {
      let projection = try OutputFile(path: base + ".prj")
      try projection.append(Array(reference.utf8))
      companions.append(projection)
    }
    self.companions = companions
    try main.append(geometry.header(byteCount: 0))
    try index.append(geometry.header(byteCount: 0))
    try attributes.append(table.header())
  }

  /// Appends a row; tells what the format could not hold of it.
  public func write(
    _ values: [SourceValue], shape: Shape<Native>?
  ) throws(FormatError) -> [WritingLoss] {
    var losses: [WritingLoss] = []
    var cells: [[UInt8]] = []
    for (position, value) in values.enumerated() {
      cells.append(cell(value, position, &losses))
    }
    try attributes.append(table.row(cells))
    if let shape, !shape.isEmpty, !ShapefileGeometry.holds(shape, as: kind) {
      losses.append(
        WritingLoss(
          column: nil,
          what: Title(
            japanese: "シェープファイルは1種類の図形だけを持てるため、\(shape.typeName)は書けません。",
            english: "A Shapefile holds one kind of geometry, so all or part of this "
              + "\(shape.typeName) is left out.")))
    }
    let record = geometry.record(shape)
    try main.append(record.main)
    try index.append(record.index)
    guard geometry.mainByteCount <= ShapefileGeometry.byteLimit,
      attributes.byteCount <= ShapefileGeometry.byteLimit
    else {
      throw FormatError(
        .refused, file: path, row: table.rowCount,
        reason: "the Shapefile would grow over 2 GB, which readers refuse; choose GeoPackage")
    }
    return losses
  }

  /// Completes all files and gives them their names, the main file last.
  public func finish() throws(FormatError) {
    try attributes.append([0x1A])
    try attributes.replaceStart(table.header())
    try main.replaceStart(geometry.header(byteCount: main.byteCount))
    try index.replaceStart(geometry.header(byteCount: index.byteCount))
    let files = companions + [attributes, index, main]
    for file in files { try file.finish() }
    // Indexes of a file that had the name before do not fit this one.
    for ending in [".qix", ".sbn", ".sbx"] { OutputFile.remove(base + ending) }
    for file in files { try file.publish() }
  }

  private func cell(
    _ value: SourceValue, _ position: Int, _ losses: inout [WritingLoss]
  ) -> [UInt8] {
    switch (columns[position], value) {
    case (_, .null): return []
    case (.boolean, .boolean(let flag)): return [flag ? 0x54 : 0x46]
    case (.date, .text(let text)): return text.utf8.filter { $0 != 0x2D }
    case (.real, .real(let number)): return Array(Decimals.plain(number).utf8)
    default: break
    }
    let text = value.description
    var (bytes, refused) = encoder.replacing(text)
    if !refused.isEmpty {
      losses.append(
        WritingLoss(column: position, what: encoder.title(ofRefused: refused)))
    }
    if bytes.count > DBFWriter.widthLimit {
      losses.append(
        WritingLoss(
          column: position,
          what: Title(
            japanese: "値は\(bytes.count)バイトあり、シェープファイルの上限254バイトで切りました。",
            english: "The value has \(bytes.count) bytes and was cut at the 254 that a Shapefile "
              + "allows.")))
      bytes = encoder.prefix(of: text, bytes: DBFWriter.widthLimit)
    } else if bytes.first == 0x20 || bytes.last == 0x20 {
      losses.append(
        WritingLoss(
          column: position,
          what: Title(
            japanese: "値の前後の空白は、シェープファイルでは残りません。",
            english: "Spaces at the ends of the value are lost in a Shapefile.")))
    }
    return bytes
  }

  /// A name of at most ten bytes that no column before has, cut between characters.
  private static func shortened(
    _ name: String, _ encoder: TextEncoder, taken: inout Set<[UInt8]>
  ) -> (text: String, bytes: [UInt8]) {
    func folded(_ bytes: [UInt8]) -> [UInt8] {
      bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
    }
    var number = 0
    while true {
      let suffix = number == 0 ? "" : "_\(number)"
      var kept = ""
      var bytes: [UInt8] = []
      for character in name {
        let longer = encoder.replacing(kept + String(character) + suffix).bytes
        guard longer.count <= DBFWriter.nameLimit else { break }
        kept.append(character)
        bytes = longer
      }
      if kept.isEmpty { bytes = Array("F\(taken.count + 1)\(suffix)".utf8.prefix(10)) }
      if taken.insert(folded(bytes)).inserted { return (kept + suffix, bytes) }
      number += 1
    }
  }
}

extension TextEncoder {
  /// The text's bytes with 〓 (or `?` where the encoding lacks that too) in place of each character
  /// that the encoding cannot express, and those characters.
  public func replacing(_ text: String) -> (bytes: [UInt8], refused: [Character]) {
    var bytes: [UInt8] = []
    let refused = append(text, to: &bytes)
    guard !refused.isEmpty else { return (bytes, []) }
    _ = append(replaced(text, refused), to: &bytes)
    return (bytes, refused)
  }

  /// The text with 〓 or `?` in place of these characters.
  public func replaced(_ text: String, _ refused: [Character]) -> String {
    var mark: [UInt8] = []
    let sign: Character = append("〓", to: &mark).isEmpty ? "〓" : "?"
    return String(text.map { refused.contains($0) ? sign : $0 })
  }

  /// The longest beginning of the text, in whole characters, that takes at most so many bytes.
  func prefix(of text: String, bytes limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for character in text {
      let next = replacing(String(character)).bytes
      guard bytes.count + next.count <= limit else { break }
      bytes += next
    }
    return bytes
  }

  /// What is to be told of characters that were replaced.
  public func title(ofRefused characters: [Character]) -> Title {
    let names = characters.prefix(10).map { character in
      let codes = character.unicodeScalars.map { scalar in
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      }
      return "“\(character)” (\(codes.joined(separator: " ")))"
    }.joined(separator: ", ")
    return Title(
      japanese: "\(encoding.name)で表せない文字を〓に置き換えました: \(names)（--encoding UTF-8 なら残ります）",
      english:
        "\(encoding.name) cannot express \(names); 〓 stands in their place, UTF-8 would keep "
        + "them.")
  }
}
