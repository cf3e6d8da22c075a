internal import JSON

/// One property of a style layer: what it may hold and what it is when the style does not say.
struct PropertyDefinition: Sendable {
  enum Kind: Sendable, Equatable {
    case colour, boolean, string, formatted, image, padding
    case number(ClosedRange<Double>)
    case name(of: [String])
    case numbers(count: Int?)
    case strings(count: Int?)
    case names(of: [String])
  }

  enum Group: String, Sendable {
    case paint, layout
  }

  let name: String
  let group: Group
  let kind: Kind
  /// The specification's default; nil where the property is then absent.
  let defaultValue: JSONValue?
  /// Whether expressions may look at the feature.
  let allowsFeature: Bool
  let allowsZoom: Bool
  let isInterpolatable: Bool
  /// Whether `{column}` in a plain text stands for the column's value.
  let hasTokens: Bool

  init(
    _ name: String, _ group: Group, _ kind: Kind, default defaultValue: JSONValue? = nil,
    feature allowsFeature: Bool = true, zoom allowsZoom: Bool = true,
    isInterpolatable: Bool? = nil, hasTokens: Bool = false
  ) {
    self.name = name
    self.group = group
    self.kind = kind
    self.defaultValue = defaultValue
    self.allowsFeature = allowsFeature
    self.allowsZoom = allowsZoom
    self.isInterpolatable = isInterpolatable ?? kind.isInterpolatable
    self.hasTokens = hasTokens
  }

  /// What a failed evaluation yields.
  var fallback: StyleValue {
    guard let defaultValue else { return .null }
    let value = StyleValue(defaultValue)
    switch (kind, value) {
    case (.colour, .string(let text)): return StyleColour(css: text).map(StyleValue.colour) ?? .null
    case (.formatted, .string(let text)): return .formatted(FormattedText(text))
    case (.padding, .array(let elements)):
      return StylePadding(elements.compactMap(\.number)).map(StyleValue.padding) ?? .null
    default: return value
    }
  }
}

extension PropertyDefinition.Kind {
  var type: ExpressionType {
    switch self {
    case .colour: .colour
    case .boolean: .boolean
    case .string, .name: .string
    case .formatted: .formatted
    case .image: .image
    case .padding: .padding
    case .number: .number
    case .numbers(let count): .array(.number, count: count)
    case .strings(let count): .array(.string, count: count)
    case .names: .array(.string, count: nil)
    }
  }

  var isInterpolatable: Bool {
    switch self {
    case .colour, .number, .padding: true
    case .numbers(let count): count != nil
    default: false
    }
  }

  var isArray: Bool {
    switch self {
    case .numbers, .strings, .names: true
    default: false
    }
  }

  var names: [String]? {
    if case .name(let names) = self { return names }
    return nil
  }

  /// What may stand there, for messages.
  var description: String {
    switch self {
    case .colour: "a CSS color"
    case .boolean: "true or false"
    case .string: "a string"
    case .formatted: "a string or a \"format\" expression"
    case .image: "a symbol's name"
    case .padding: "a number or one to four numbers"
    case .number(let range): range == Self.anyNumber ? "a number" : Self.text(of: range)
    case .name(let names): "one of \(names.joined(separator: ", "))"
    case .numbers(let count?): "an array of \(count) numbers"
    case .numbers(nil): "an array of numbers"
    case .strings: "an array of strings"
    case .names(let names): "an array of \(names.joined(separator: ", "))"
    }
  }

  private static func text(of range: ClosedRange<Double>) -> String {
    let lower = ScriptNumber.text(range.lowerBound)
    return range.upperBound == bound
      ? "a number from \(lower)"
      : "a number from \(lower) to \(ScriptNumber.text(range.upperBound))"
  }

  /// No size, offset or key is larger, so that what is drawn stays in the range of fixed point.
  static let bound = 1e6
  static let anyNumber = -bound...bound
}
