/// Why a filter was refused, and where.
public struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was refused.
  public enum Fault: Sendable, Hashable {
    /// More bytes of UTF-8 than a filter may have.
    case tooLong(limit: Int)
    /// More brackets, functions and operators inside one another than a filter may have.
    case tooDeep(limit: Int)
    case unexpected(found: String, expected: FilterExpectation)
    case unclosedText
    case unclosedName
    /// A sign that CQL2 does not have, and what is written for it.
    case foreignSign(found: String, write: String)
    /// `nearest` are names that the audience may see.
    case unknownProperty(name: String, nearest: [String], isQuoted: Bool)
    case unknownFunction(name: String)
    case argumentCount(function: String, expected: Int, found: Int)
    /// A number beside a text column, or the other way round: how to write it.
    case writtenAs(column: String, type: FilterValueKind, write: String)
    case notComparable(left: FilterValueKind, right: FilterValueKind)
    case wrongKind(found: FilterValueKind, expected: FilterValueKind)
    case unreadableDate(ValueFault)
    case emptyInterval
    /// A longitude or latitude beyond the Earth.
    case badCoordinate(longitude: Double, latitude: Double)
    /// A pair of ordinates that is no place in the system of the filter's geometries.
    case outsideSystem(first: Double, second: Double)
    case badGeometry(FilterGeometryFault)
    /// A spatial function compares the layer's geometry with one that is written out.
    case spatialArguments(function: String)
  }

  public let fault: Fault
  /// Counted in characters, from 1; one past the last where something is missing at the end.
  public let column: Int

  public init(_ fault: Fault, column: Int) {
    self.fault = fault
    self.column = column
  }

  public var description: String { text(in: .english) }

  /// One sentence that says where, what was found and what is allowed.
  public func text(in language: Language) -> String {
    switch language {
    case .japanese: "絞り込みの式の\(column)文字目: \(japanese)"
    case .english: "Filter, character \(column): \(english)"
    }
  }

  /// The line of `text` that holds the error, and below it a caret under the place.
  ///
  /// Japanese characters count as two columns, as terminals draw them. Of a long line the part
  /// around the place is shown.
  public func caretLines(for text: String) -> [String] {
    let reach = 36
    let characters = Array(text)
    let place = min(max(column - 1, 0), characters.count)
    var first = characters[..<place].lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
    var last = characters[place...].firstIndex(where: \.isNewline) ?? characters.count
    var mark = ""
    if place - first > reach {
      first = place - reach
      mark = "…"
    }
    let isCut = last - place > reach
    if isCut { last = place + reach }
    let line = characters[first..<last].map { $0 == "\t" ? " " : $0 }
    let before = line[..<(place - first)].reduce(mark.isEmpty ? 0 : 1) { $0 + Self.width($1) }
    return [
      mark + String(line) + (isCut ? "…" : ""), String(repeating: " ", count: before) + "^",
    ]
  }

  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first?.value else { return 0 }
    switch scalar {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

/// What may stand at a place of a filter.
public enum FilterExpectation: Sendable, Hashable {
  case value
  case operatorOrEnd
  case sign(String)
  case textLiteral
  case number
  case coordinates
  case geometry
  case end

  func text(in language: Language) -> String {
    let isJapanese = language == .japanese
    switch self {
    case .value: return isJapanese ? "項目名、値または関数" : "a property, a value or a function"
    case .operatorOrEnd:
      return isJapanese
        ? "演算子（=、<>、<、>、LIKE、IN、BETWEEN、IS NULL、AND、ORなど）"
        : "an operator (=, <>, <, >, LIKE, IN, BETWEEN, IS NULL, AND, OR, …)"
    case .sign(let sign): return isJapanese ? "「\(sign)」" : "“\(sign)”"
    case .textLiteral: return isJapanese ? "'…'で囲んだ文字" : "a text in '…'"
    case .number: return isJapanese ? "数" : "a number"
    case .coordinates: return isJapanese ? "座標（経度 緯度）" : "coordinates (longitude latitude)"
    case .geometry:
      return isJapanese ? "図形（POINT(…)、BBOX(…)など）" : "a geometry such as POINT(…) or BBOX(…)"
    case .end: return isJapanese ? "式の終わり" : "the end"
    }
  }
}

/// The kinds of values in a filter.
public enum FilterValueKind: Sendable, Hashable {
  case number, text, boolean, date, timestamp, interval, geometry, condition

  func text(in language: Language) -> String {
    let isJapanese = language == .japanese
    switch self {
    case .number: return isJapanese ? "数" : "a number"
    case .text: return isJapanese ? "文字" : "text"
    case .boolean: return isJapanese ? "真偽（TRUE・FALSE）" : "true or false"
    case .date: return isJapanese ? "日付" : "a date"
    case .timestamp: return isJapanese ? "日時" : "a timestamp"
    case .interval: return isJapanese ? "期間" : "an interval"
    case .geometry: return isJapanese ? "図形" : "a geometry"
    case .condition: return isJapanese ? "条件" : "a condition"
    }
  }
}

/// What is wrong with a geometry that is written out.
public enum FilterGeometryFault: Sendable, Hashable {
  case lineTooShort, ringTooShort, ringNotClosed, boxTurned, tooManyOrdinates

  func text(in language: Language) -> String {
    let isJapanese = language == .japanese
    switch self {
    case .lineTooShort: return isJapanese ? "線には2点以上が必要です。" : "a line has at least two points."
    case .ringTooShort: return isJapanese ? "面の輪には4点以上が必要です。" : "a ring has at least four points."
    case .ringNotClosed:
      return isJapanese ? "面の輪の最後の点を最初の点と同じにしてください。" : "a ring ends where it begins."
    case .boxTurned:
      return isJapanese
        ? "BBOXは西、南、東、北の順に書いてください。" : "BBOX is written west, south, east, north."
    case .tooManyOrdinates:
      return isJapanese ? "1点の座標は経度と緯度です。" : "a point is a longitude and a latitude."
    }
  }
}

extension FilterError {
  private var japanese: String {
    switch fault {
    case .tooLong(let limit): return "式が長すぎます。\(limit)バイトまでにしてください。"
    case .tooDeep(let limit): return "式の入れ子が深すぎます。\(limit)段までにしてください。"
    case .unexpected(let found, let expected):
      let what = found.isEmpty ? "式の終わり" : "「\(found)」"
      return "\(expected.text(in: .japanese))が必要ですが、\(what)があります。"
    case .unclosedText: return "文字の終わりの「'」がありません。"
    case .unclosedName: return "項目名の終わりの「\"」がありません。"
    case .foreignSign(let found, let write): return "「\(found)」は使えません。「\(write)」と書いてください。"
    case .unknownProperty(let name, let nearest, let isQuoted):
      let hint = nearest.isEmpty ? "" : "近い名前: \(nearest.joined(separator: "、"))。"
      let quotes = isQuoted ? "文字は'…'で囲んでください。" : ""
      return "「\(name)」という項目はありません。\(hint)\(quotes)"
    case .unknownFunction(let name): return "「\(name)」という関数はありません。"
    case .argumentCount(let function, let expected, let found):
      return "\(function)の引数は\(expected)個ですが、\(found)個あります。"
    case .writtenAs(let column, let type, let write):
      return "「\(column)」は\(type.text(in: .japanese))の項目です。\(write)と書いてください。"
    case .notComparable(let left, let right):
      return "\(left.text(in: .japanese))と\(right.text(in: .japanese))は比べられません。"
    case .wrongKind(let found, let expected):
      return "\(expected.text(in: .japanese))が必要ですが、\(found.text(in: .japanese))です。"
    case .unreadableDate(let fault): return fault.text(in: .japanese)
    case .emptyInterval: return "期間の終わりが始まりより前です。"
    case .badCoordinate(let longitude, let latitude):
      return "経度\(longitude)、緯度\(latitude)は地球上にありません。経度、緯度の順に書いてください。"
    case .outsideSystem(let first, let second):
      return "\(first) \(second) は指定された座標系の範囲にありません。座標の順序はその座標系の定義に従います。"
    case .badGeometry(let fault): return fault.text(in: .japanese)
    case .spatialArguments(let function):
      return "\(function)には、geometryと、POINT(…)などの図形を1つずつ書いてください。"
    }
  }

  private var english: String {
    switch fault {
    case .tooLong(let limit): return "the filter is too long; at most \(limit) bytes are allowed."
    case .tooDeep(let limit):
      return "the filter is nested too deeply; at most \(limit) levels are allowed."
    case .unexpected(let found, let expected):
      let what = found.isEmpty ? "the end" : "“\(found)”"
      return "expected \(expected.text(in: .english)), but found \(what)."
    case .unclosedText: return "the text that begins here has no closing “'”."
    case .unclosedName: return "the name that begins here has no closing “\"”."
    case .foreignSign(let found, let write):
      return "“\(found)” is not understood; write “\(write)”."
    case .unknownProperty(let name, let nearest, let isQuoted):
      let hint = nearest.isEmpty ? "" : "; nearest: \(nearest.joined(separator: ", "))"
      let quotes = isQuoted ? "; text is written in '…'" : ""
      return "there is no property “\(name)”\(hint)\(quotes)."
    case .unknownFunction(let name): return "there is no function “\(name)”."
    case .argumentCount(let function, let expected, let found):
      return "\(function) takes \(expected) arguments, but \(found) are written."
    case .writtenAs(let column, let type, let write):
      return "“\(column)” holds \(type.text(in: .english)): write \(write)."
    case .notComparable(let left, let right):
      return "\(left.text(in: .english)) and \(right.text(in: .english)) cannot be compared so."
    case .wrongKind(let found, let expected):
      return "expected \(expected.text(in: .english)), but this is \(found.text(in: .english))."
    case .unreadableDate(let fault): return fault.text(in: .english)
    case .emptyInterval: return "the interval ends before it begins."
    case .badCoordinate(let longitude, let latitude):
      return "longitude \(longitude), latitude \(latitude) is not on the Earth; "
        + "longitude is written first."
    case .outsideSystem(let first, let second):
      return "\(first) \(second) is no place in the system of the filter's geometries; "
        + "the order of axes is that of the system's definition."
    case .badGeometry(let fault): return fault.text(in: .english)
    case .spatialArguments(let function):
      return "\(function) takes geometry and one geometry that is written out, such as POINT(…)."
    }
  }
}
