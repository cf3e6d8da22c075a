/// The types of the expression language.
indirect enum ExpressionType: Sendable, Hashable, CustomStringConvertible {
  case null, number, string, boolean, colour, object, value, error, formatted, image, padding
  /// Elements of one type, and how many where that is known.
  case array(ExpressionType, count: Int?)

  static let anyArray = ExpressionType.array(.value, count: nil)

  /// The specification's spelling.
  var description: String {
    switch self {
    case .null: "null"
    case .number: "number"
    case .string: "string"
    case .boolean: "boolean"
    case .colour: "color"
    case .object: "object"
    case .value: "value"
    case .error: "error"
    case .formatted: "formatted"
    case .image: "resolvedImage"
    case .padding: "padding"
    case .array(let element, let count?): "array<\(element), \(count)>"
    case .array(.value, nil): "array"
    case .array(let element, nil): "array<\(element)>"
    }
  }

  var isArray: Bool {
    if case .array = self { return true }
    return false
  }

  /// Whether the types are alike but for the elements of arrays.
  func hasSameKind(as other: ExpressionType) -> Bool {
    isArray ? other.isArray : self == other
  }

  /// Whether every value of `other` is a value of this type.
  func accepts(_ other: ExpressionType) -> Bool {
    if other == .error { return true }
    switch (self, other) {
    case (.array(let element, let count), .array(let otherElement, let otherCount)):
      let isEmptyLiteral = otherCount == 0 && otherElement == .value
      return (isEmptyLiteral || element.accepts(otherElement))
        && (count == nil || count == otherCount)
    case (.value, .array(let element, _)):
      return ExpressionType.value.accepts(element)
    case (.value, _):
      return true
    default:
      return self == other
    }
  }

  /// The message of a mismatch, nil when there is none.
  func refusal(of other: ExpressionType) -> String? {
    accepts(other) ? nil : "Expected \(self) but found \(other) instead."
  }

  /// Whether `interpolate` can mix values of this type.
  var isInterpolatable: Bool {
    switch self {
    case .number, .colour, .padding: true
    case .array(.number, let count): count != nil
    default: false
    }
  }
}

extension StyleValue {
  var type: ExpressionType {
    switch self {
    case .null: return .null
    case .boolean: return .boolean
    case .number: return .number
    case .string: return .string
    case .colour: return .colour
    case .object: return .object
    case .formatted: return .formatted
    case .image: return .image
    case .padding: return .padding
    case .array(let elements):
      guard let first = elements.first?.type else { return .array(.value, count: 0) }
      // Arrays in an array are of no common type unless there is one alone, as in the specification.
      let isUniform = elements.dropFirst().allSatisfy { !first.isArray && $0.type == first }
      return .array(isUniform ? first : .value, count: elements.count)
    }
  }
}
