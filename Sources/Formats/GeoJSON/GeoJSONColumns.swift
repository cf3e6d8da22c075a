internal import JSON

/// Gathers the properties of features into columns, in the order in which they are first met.
struct GeoJSONColumns {
  private var names: [String] = []
  private var kinds: [SourceColumnKind?] = []
  private var places: [String: Int] = [:]
  private var hasIdentifiers = false
  /// Where the member "id" of the features goes, when one has it.
  private(set) var identifier: Int?

  /// Passes over a feature and takes note of its properties.
  mutating func note(_ scanner: inout JSONScanner) throws(JSONError) {
    guard try scanner.peek() == .object else { return try scanner.skipValue() }
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "properties" where try scanner.peek() == .object:
        try noteProperties(&scanner)
      case "id":
        let kind = try scanner.peek()
        if kind == .string || kind == .number { hasIdentifiers = true }
        try scanner.skipValue()
      default: try scanner.skipValue()
      }
    }
  }

  private mutating func noteProperties(_ scanner: inout JSONScanner) throws(JSONError) {
    try scanner.beginObject()
    var expected = 0
    while let name = try scanner.nextKey() {
      let column = place(of: name, expected: expected)
      expected = column + 1
      let kind: SourceColumnKind? =
        switch try scanner.peek() {
        case .null: nil
        case .bool: .boolean
        case .number: GeoJSONValue.isInteger(try scanner.number()) ? .integer : .real
        case .string, .array, .object: .text
        }
      // A number has been read already.
      if kind != .integer, kind != .real { try scanner.skipValue() }
      kinds[column] = Self.merged(kinds[column], kind)
    }
  }

  private mutating func place(of name: String, expected: Int) -> Int {
    if expected < names.count, names[expected] == name { return expected }
    if let place = places[name] { return place }
    places[name] = names.count
    names.append(name)
    kinds.append(nil)
    return names.count - 1
  }

  private static func merged(
    _ first: SourceColumnKind?, _ second: SourceColumnKind?
  ) -> SourceColumnKind? {
    guard let first, let second else { return first ?? second }
    if first == second { return first }
    let both: Set = [first, second]
    return both == [.integer, .real] ? .real : .unknown
  }

  /// Ends the gathering: adds the column of the features' own ids.
  mutating func close(warnings: inout [String]) {
    guard hasIdentifiers, identifier == nil else { return }
    var name = "id"
    while places[name] != nil { name = "feature_" + name }
    if name != "id" {
      warnings.append(
        "the features' own ids stand in the column “\(name)” beside the property “id”")
    }
    identifier = place(of: name, expected: names.count)
    kinds[names.count - 1] = .text
  }

  var columns: [SourceColumn] {
    zip(names, kinds).map { SourceColumn(name: $0, kind: $1 ?? .unknown) }
  }

  var count: Int { names.count }

  /// The position of a property, tried first where the last one makes it likely.
  func index(of name: String, expected: Int) -> Int? {
    if expected < names.count, names[expected] == name { return expected }
    return places[name]
  }
}

enum GeoJSONValue {
  /// Whether a number was written as an integer of 64 bits.
  static func isInteger(_ number: JSONNumber) -> Bool { Int64(number.text) != nil }

  /// The next value as a cell: an object or array as its JSON text, an integer beyond 64 bits as its
  /// digits.
  static func read(_ scanner: inout JSONScanner) throws(JSONError) -> SourceValue {
    switch try scanner.peek() {
    case .null:
      try scanner.null()
      return .null
    case .bool: return .boolean(try scanner.bool())
    case .string: return .text(try scanner.string())
    case .number:
      let number = try scanner.number()
      if let integer = Int64(number.text) { return .integer(integer) }
      let isReal = number.text.utf8.contains { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 }
      return isReal ? .real(number.double) : .text(number.text)
    case .array, .object:
      let range = try scanner.rawValue()
      return .text(String(decoding: scanner.bytes[range], as: UTF8.self))
    }
  }
}
