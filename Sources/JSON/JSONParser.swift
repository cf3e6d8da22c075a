/// Reads a whole JSON text (RFC 8259, UTF-8) into a tree.
///
/// A byte order mark at the start is skipped. Refused, with line and column: text that is not valid
/// UTF-8, lone surrogates, control characters in strings, numbers that overflow a double, two members
/// with the same key, nesting over the limit, and anything after the value.
public enum JSONParser {
  /// Bounds that a text must keep.
  public struct Limits: Sendable {
    /// How many arrays and objects may stand inside one another.
    public var depth: Int
    /// The longest text that is read, in bytes.
    public var byteCount: Int

    public init(depth: Int = 128, byteCount: Int = .max) {
      self.depth = depth
      self.byteCount = byteCount
    }
  }

  /// Reads a whole text of UTF-8 bytes.
  public static func parse(
    _ bytes: [UInt8], limits: Limits = Limits()
  ) throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.byteCount else {
      throw JSONError(
        "the text has \(bytes.count) bytes; at most \(limits.byteCount) are read",
        at: JSONPosition(line: 1, column: 1))
    }
    var scanner = JSONScanner(bytes, depthLimit: limits.depth)
    let value = try scanner.value()
    try scanner.end()
    return value
  }

  /// Reads a whole text of UTF-8 bytes, which are copied.
  public static func parse(
    _ bytes: Span<UInt8>, limits: Limits = Limits()
  ) throws(JSONError) -> JSONValue {
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.count)
    for index in bytes.indices { copy.append(bytes[index]) }
    return try parse(copy, limits: limits)
  }

  /// Reads a whole text.
  public static func parse(
    _ text: String, limits: Limits = Limits()
  ) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), limits: limits)
  }
}

extension JSONScanner {
  /// Reads the next value as a tree.
  public mutating func value() throws(JSONError) -> JSONValue {
    let kind = try peek()
    let position = positionOfNextValue()
    switch kind {
    case .null:
      try null()
      return JSONValue(.null, at: position)
    case .bool:
      return JSONValue(.bool(try bool()), at: position)
    case .number:
      return JSONValue(.number(try number()), at: position)
    case .string:
      return JSONValue(.string(try string()), at: position)
    case .array:
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try value()) }
      return JSONValue(.array(elements), at: position)
    case .object:
      return JSONValue(.object(try members()), at: position)
    }
  }

  private mutating func members() throws(JSONError) -> [JSONMember] {
    var members: [JSONMember] = []
    // Small objects, nearly all of them, are compared one by one; large ones through a set.
    var seen: Set<[UInt8]> = []
    try beginObject()
    while let key = try nextKey() {
      let position = positionOfLastKey()
      let isRepeated: Bool
      if members.count < 16 {
        isRepeated = members.contains { $0.key.utf8.elementsEqual(key.utf8) }
      } else {
        if seen.isEmpty { seen = Set(members.map { Array($0.key.utf8) }) }
        isRepeated = seen.contains(Array(key.utf8))
      }
      if isRepeated {
        throw JSONError("the key \"\(key)\" stands twice in one object", at: position)
      }
      if !seen.isEmpty { seen.insert(Array(key.utf8)) }
      members.append(JSONMember(key, try value(), at: position))
    }
    return members
  }
}
