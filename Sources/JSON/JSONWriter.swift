/// Writes JSON text by appending bytes; commas and indentation are its own matter.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("count")
/// writer.value(3)
/// writer.endObject()
/// ```
/// A call out of order (a value without key in an object, an end without begin) is a programmer's
/// mistake and stops the program.
public struct JSONWriter: Sendable {
  /// How the text is laid out.
  public enum Layout: Sendable, Hashable {
    /// No white space at all.
    case compact
    /// A line for each member and element, indented by so many spaces a level.
    case indented(Int)
  }

  private struct Container: Sendable {
    var isObject: Bool
    var isEmpty = true
    /// A key has been written and its value has not.
    var isAwaitingValue = false
  }

  /// What has been written since the start or the last `take()`.
  public private(set) var bytes: [UInt8] = []
  private var containers: [Container] = []
  private let layout: Layout

  public init(_ layout: Layout = .compact, reservingCapacity byteCount: Int = 0) {
    self.layout = layout
    bytes.reserveCapacity(byteCount)
  }

  /// Hands over the bytes written so far and goes on with none, for output in pieces.
  public mutating func take() -> [UInt8] {
    let taken = bytes
    bytes = []
    return taken
  }

  // MARK: Containers

  /// Opens an object: as value of a key, as element, or as the whole text.
  public mutating func beginObject() { open(UInt8(ascii: "{"), isObject: true) }
  /// Closes the innermost container, which must be an object with no key left without value.
  public mutating func endObject() { close(UInt8(ascii: "}"), isObject: true) }
  /// Opens an array: as value of a key, as element, or as the whole text.
  public mutating func beginArray() { open(UInt8(ascii: "["), isObject: false) }
  /// Closes the innermost container, which must be an array.
  public mutating func endArray() { close(UInt8(ascii: "]"), isObject: false) }

  /// Writes a member's key; its value is what is written next.
  public mutating func key(_ key: String) {
    let top = containers.count - 1
    precondition(
      top >= 0 && containers[top].isObject && !containers[top].isAwaitingValue,
      "a key may stand in an object only, after a whole member")
    separate(top)
    containers[top].isAwaitingValue = true
    append(key)
    bytes.append(UInt8(ascii: ":"))
    if layout != .compact { bytes.append(UInt8(ascii: " ")) }
  }

  // MARK: Values

  /// Writes `null`.
  public mutating func null() {
    prepareValue()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes `true` or `false`.
  public mutating func value(_ value: Bool) {
    prepareValue()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Writes a text; only what JSON forbids in strings is escaped, so Japanese stays readable.
  public mutating func value(_ value: String) {
    prepareValue()
    append(value)
  }

  /// Writes an integer with all its digits.
  public mutating func value(_ value: Int64) {
    prepareValue()
    append(integer: value)
  }

  /// Writes an integer with all its digits.
  public mutating func value(_ value: Int) { self.value(Int64(value)) }

  /// Writes the shortest text that reads back as `value`; `null` for infinities and not-a-number,
  /// which JSON has no form for.
  public mutating func value(_ value: Double) {
    prepareValue()
    bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
  }

  /// Writes a number with the text that it was read with.
  public mutating func value(_ value: JSONNumber) {
    prepareValue()
    bytes.append(contentsOf: value.text.utf8)
  }

  /// Writes a tree, members in their order.
  public mutating func value(_ value: JSONValue) {
    switch value.kind {
    case .null: null()
    case .bool(let bool): self.value(bool)
    case .number(let number): self.value(number)
    case .string(let string): self.value(string)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        key(member.key)
        self.value(member.value)
      }
      endObject()
    }
  }

  /// Writes bytes that are one JSON value already.
  public mutating func value(json: some Sequence<UInt8>) {
    prepareValue()
    bytes.append(contentsOf: json)
  }

  /// Writes a line feed between documents, as newline-delimited JSON wants it.
  public mutating func endLine() {
    precondition(containers.isEmpty, "a line may end between documents only")
    bytes.append(0x0A)
  }

  // MARK: Parts

  private mutating func open(_ bracket: UInt8, isObject: Bool) {
    prepareValue()
    bytes.append(bracket)
    containers.append(Container(isObject: isObject))
  }

  private mutating func close(_ bracket: UInt8, isObject: Bool) {
    precondition(
      containers.last?.isObject == isObject && containers.last?.isAwaitingValue == false,
      "an end without its begin, or a key without value")
    let isEmpty = containers.removeLast().isEmpty
    if !isEmpty { breakLine() }
    bytes.append(bracket)
  }

  private mutating func prepareValue() {
    let top = containers.count - 1
    guard top >= 0 else { return }
    if containers[top].isObject {
      precondition(containers[top].isAwaitingValue, "a value in an object needs its key")
      containers[top].isAwaitingValue = false
    } else {
      separate(top)
    }
  }

  private mutating func separate(_ top: Int) {
    if !containers[top].isEmpty { bytes.append(UInt8(ascii: ",")) }
    containers[top].isEmpty = false
    breakLine()
  }

  private mutating func breakLine() {
    guard case .indented(let width) = layout else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: width * containers.count))
  }

  private mutating func append(integer value: Int64) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    var rest = value.magnitude
    repeat {
      start -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      digits[start] = UInt8(ascii: "0") + UInt8(digit)
      rest = quotient
    } while rest > 0
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    for index in start..<20 { bytes.append(digits[index]) }
  }

  private mutating func append(_ string: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20: appendEscape(of: byte)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscape(of byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      let hex = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(hex[Int(byte >> 4)])
      bytes.append(hex[Int(byte & 15)])
    }
  }
}

extension JSONValue {
  /// The value as JSON text.
  public func serialized(_ layout: JSONWriter.Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout)
    writer.value(self)
    return writer.take()
  }
}
