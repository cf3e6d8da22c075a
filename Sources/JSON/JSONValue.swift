/// A value of a JSON document with the place where it stands.
public struct JSONValue: Sendable {
  /// What the value is.
  public indirect enum Kind: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    /// Members in the order of the text; no two have the same code points as key.
    case object([JSONMember])
  }

  public var kind: Kind
  /// Where the first character of the value stands; line 1, column 1 for values made in code.
  public var position: JSONPosition

  public init(_ kind: Kind, at position: JSONPosition = JSONPosition(line: 1, column: 1)) {
    self.kind = kind
    self.position = position
  }
}

/// One member of a JSON object.
public struct JSONMember: Sendable {
  public var key: String
  /// Where the key's opening quotation mark stands.
  public var keyPosition: JSONPosition
  public var value: JSONValue

  public init(
    _ key: String, _ value: JSONValue, at position: JSONPosition = JSONPosition(line: 1, column: 1)
  ) {
    self.key = key
    self.keyPosition = position
    self.value = value
  }
}

extension JSONValue {
  /// Whether this is `null`, as opposed to a value or to no member at all.
  public var isNull: Bool {
    if case .null = kind { return true }
    return false
  }

  /// The truth value, nil for other kinds; numbers and texts are not converted.
  public var bool: Bool? {
    if case .bool(let value) = kind { return value }
    return nil
  }

  /// The number with its text, nil for other kinds.
  public var number: JSONNumber? {
    if case .number(let value) = kind { return value }
    return nil
  }

  /// The nearest double of a number, nil for other kinds.
  public var double: Double? { number?.double }

  /// The exact integer of a number, nil for other kinds and for numbers that are not integral.
  public var int64: Int64? { number?.int64 }

  /// The text with its code points as written, nil for other kinds.
  public var string: String? {
    if case .string(let value) = kind { return value }
    return nil
  }

  /// The elements, nil for other kinds.
  public var array: [JSONValue]? {
    if case .array(let value) = kind { return value }
    return nil
  }

  /// The members in the order of the text, nil for other kinds.
  public var object: [JSONMember]? {
    if case .object(let value) = kind { return value }
    return nil
  }

  /// The value of the member whose key has the same code points; nil when this is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = kind else { return nil }
    // Swift's String equality is canonical equivalence; keys of JSON are code points.
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The element at `index`; nil when this is no array or is shorter.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = kind, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// What the value is, for messages: `null`, `a boolean`, `a number`, `a string`, `an array`, `an object`.
  public var kindName: String {
    switch kind {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
