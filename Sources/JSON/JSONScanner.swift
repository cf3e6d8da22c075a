/// A pull reader for JSON texts too large for a tree: the caller says what it expects next.
///
/// ```swift
/// var scanner = JSONScanner(bytes)
/// try scanner.beginObject()
/// while let key = try scanner.nextKey() {
///   if key == "features" { try readFeatures(&scanner) } else { try scanner.skipValue() }
/// }
/// try scanner.end()
/// ```
/// Refuses the same texts as `JSONParser`, except that repeated keys are the caller's matter.
/// After an error the scanner must not be used further.
public struct JSONScanner: Sendable {
  /// What the next value is, by its first character.
  public enum Kind: Sendable, Hashable {
    case null, bool, number, string, array, object
  }

  /// The whole text.
  public let bytes: [UInt8]
  /// Bytes from the start of the text to what is read next.
  public internal(set) var offset: Int
  let depthLimit: Int
  /// One entry for each open container: true until its first element or member has been asked for.
  var isAtFirst: [Bool] = []
  var keyOffset = 0
  /// A known place behind which positions are counted, so that asking in order stays linear.
  var mark = Mark()

  struct Mark: Sendable {
    var offset = 0
    var position = JSONPosition(line: 1, column: 1)
  }

  /// A scanner at the start of `bytes`; a byte order mark is skipped.
  /// - Parameter depthLimit: how many containers may be open at once, at most 1,000.
  public init(_ bytes: [UInt8], depthLimit: Int = 128) {
    self.bytes = bytes
    // Trees are built by recursion, which a larger limit could carry over the end of the stack.
    self.depthLimit = min(depthLimit, 1_000)
    let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    offset = hasMark ? 3 : 0
    mark.offset = offset
  }

  /// How many arrays and objects are open.
  public var depth: Int { isAtFirst.count }

  /// Tells what the next value is, without reading it.
  public mutating func peek() throws(JSONError) -> Kind {
    skipWhitespace()
    guard offset < bytes.count else { throw truncated("a value") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: throw unexpected("a value")
    }
  }

  // MARK: Containers

  /// Enters an object; `nextKey` leads through its members.
  public mutating func beginObject() throws(JSONError) { try open(UInt8(ascii: "{"), "an object") }

  /// Enters an array; `nextElement` leads through its elements.
  public mutating func beginArray() throws(JSONError) { try open(UInt8(ascii: "["), "an array") }

  /// Reads the next key of the innermost object and its colon; nil when the object has ended.
  public mutating func nextKey() throws(JSONError) -> String? {
    guard try advance(to: UInt8(ascii: "}"), what: "a key or \"}\"") else { return nil }
    guard offset < bytes.count else { throw truncated("a key") }
    guard bytes[offset] == UInt8(ascii: "\"") else { throw unexpected("a key in quotation marks") }
    keyOffset = offset
    let key = try string()
    skipWhitespace()
    guard offset < bytes.count else { throw truncated("\":\"") }
    guard bytes[offset] == UInt8(ascii: ":") else { throw unexpected("\":\"") }
    offset += 1
    return key
  }

  /// Goes on to the next element of the innermost array; false when the array has ended.
  public mutating func nextElement() throws(JSONError) -> Bool {
    try advance(to: UInt8(ascii: "]"), what: "a value or \"]\"")
  }

  /// Checks that nothing but white space follows.
  public mutating func end() throws(JSONError) {
    skipWhitespace()
    guard offset == bytes.count else { throw unexpected("the end of the text") }
  }

  private mutating func open(_ bracket: UInt8, _ what: String) throws(JSONError) {
    skipWhitespace()
    guard offset < bytes.count else { throw truncated(what) }
    guard bytes[offset] == bracket else { throw unexpected(what) }
    guard isAtFirst.count < depthLimit else {
      throw error("arrays and objects are nested deeper than \(depthLimit)", at: offset)
    }
    offset += 1
    isAtFirst.append(true)
  }

  private mutating func advance(to bracket: UInt8, what: String) throws(JSONError) -> Bool {
    guard let isFirst = isAtFirst.last else {
      throw error("no array or object is open here", at: offset)
    }
    skipWhitespace()
    guard offset < bytes.count else { throw truncated(isFirst ? what : "\",\" or a bracket") }
    let byte = bytes[offset]
    if byte == bracket {
      offset += 1
      isAtFirst.removeLast()
      return false
    }
    if isFirst {
      isAtFirst[isAtFirst.count - 1] = false
      return true
    }
    guard byte == UInt8(ascii: ",") else {
      throw unexpected("\",\" or \"\(Character(Unicode.Scalar(bracket)))\"")
    }
    offset += 1
    skipWhitespace()
    if offset < bytes.count, bytes[offset] == bracket { throw unexpected("a value after \",\"") }
    return true
  }

  // MARK: Words

  /// Reads `null`; anything else is refused.
  public mutating func null() throws(JSONError) { try word("null") }

  /// Reads `true` or `false`; anything else is refused.
  public mutating func bool() throws(JSONError) -> Bool {
    skipWhitespace()
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "t") {
      try word("true")
      return true
    }
    try word("false")
    return false
  }

  private mutating func word(_ word: StaticString) throws(JSONError) {
    skipWhitespace()
    for expected in word.description.utf8 {
      guard offset < bytes.count else { throw truncated(word.description) }
      guard bytes[offset] == expected else { throw unexpected(word.description) }
      offset += 1
    }
  }

  // MARK: Skipping

  /// Passes over the next value, checking it as if it were read.
  public mutating func skipValue() throws(JSONError) {
    let outerDepth = isAtFirst.count
    // A container's kind is read back from its opening bracket.
    var isObject: [Bool] = []
    repeat {
      if let inObject = isObject.last {
        if inObject {
          guard try advance(to: UInt8(ascii: "}"), what: "a key or \"}\"") else {
            isObject.removeLast()
            continue
          }
          try skipKey()
        } else if try !nextElement() {
          isObject.removeLast()
          continue
        }
      }
      switch try peek() {
      case .null: try null()
      case .bool: _ = try bool()
      case .number: try skipNumber()
      case .string: try skipString()
      case .array:
        try beginArray()
        isObject.append(false)
      case .object:
        try beginObject()
        isObject.append(true)
      }
    } while isAtFirst.count > outerDepth
  }

  /// Passes over the next value and returns the bytes it takes, without the white space around it.
  public mutating func rawValue() throws(JSONError) -> Range<Int> {
    skipWhitespace()
    let start = offset
    try skipValue()
    return start..<offset
  }

  private mutating func skipKey() throws(JSONError) {
    guard offset < bytes.count else { throw truncated("a key") }
    guard bytes[offset] == UInt8(ascii: "\"") else { throw unexpected("a key in quotation marks") }
    keyOffset = offset
    try skipString()
    skipWhitespace()
    guard offset < bytes.count else { throw truncated("\":\"") }
    guard bytes[offset] == UInt8(ascii: ":") else { throw unexpected("\":\"") }
    offset += 1
  }

  @inline(__always)
  mutating func skipWhitespace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }
}
