public import Features

/// What an expression yields.
public enum StyleValue: Sendable {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case colour(StyleColour)
  case array([StyleValue])
  /// Members in the order of the document, or by code points when made from a feature's columns.
  case object([StyleMember])
  case formatted(FormattedText)
  case image(StyleImage)
  case padding(StylePadding)
}

/// One member of an object value.
public struct StyleMember: Sendable, Equatable {
  public var key: String
  public var value: StyleValue

  public init(_ key: String, _ value: StyleValue) {
    self.key = key
    self.value = value
  }
}

/// A symbol named by its file stem in Styles/symbols.
public struct StyleImage: Sendable, Hashable {
  public var name: String
  /// Whether the workspace has the symbol; false where nobody said.
  public var isAvailable: Bool

  public init(name: String, isAvailable: Bool = false) {
    self.name = name
    self.isAvailable = isAvailable
  }
}

/// Pixels around a box.
public struct StylePadding: Sendable, Hashable {
  public var top: Double
  public var right: Double
  public var bottom: Double
  public var left: Double

  public init(top: Double, right: Double, bottom: Double, left: Double) {
    self.top = top
    self.right = right
    self.bottom = bottom
    self.left = left
  }

  /// One to four numbers in the order of CSS; nil for another count.
  init?(_ numbers: [Double]) {
    switch numbers.count {
    case 1: self.init(top: numbers[0], right: numbers[0], bottom: numbers[0], left: numbers[0])
    case 2: self.init(top: numbers[0], right: numbers[1], bottom: numbers[0], left: numbers[1])
    case 3: self.init(top: numbers[0], right: numbers[1], bottom: numbers[2], left: numbers[1])
    case 4: self.init(top: numbers[0], right: numbers[1], bottom: numbers[2], left: numbers[3])
    default: return nil
    }
  }

  var numbers: [Double] { [top, right, bottom, left] }
}

/// A label's text in sections that may differ in size, font and colour.
public struct FormattedText: Sendable, Equatable {
  public var sections: [FormattedSection]

  public init(sections: [FormattedSection]) {
    self.sections = sections
  }

  public init(_ text: String) {
    sections = text.isEmpty ? [] : [FormattedSection(text: text)]
  }

  /// The text of all sections; symbols among them are left out.
  public var text: String {
    sections.count == 1 ? sections[0].text : sections.map(\.text).joined()
  }

  /// Whether there is nothing to draw.
  public var isEmpty: Bool { sections.allSatisfy { $0.text.isEmpty && $0.image == nil } }
}

/// A part of a label: a text or a symbol.
public struct FormattedSection: Sendable, Equatable {
  public enum VerticalAlignment: String, Sendable, Hashable, CaseIterable {
    case bottom, center, top
  }

  /// Empty when the section is a symbol.
  public var text: String
  public var image: StyleImage?
  /// A factor on `text-size`; nil for 1.
  public var scale: Double?
  /// Font names, best first; nil for the layer's.
  public var fonts: [String]?
  /// Nil for the layer's.
  public var colour: StyleColour?
  public var verticalAlignment: VerticalAlignment?

  public init(
    text: String = "", image: StyleImage? = nil, scale: Double? = nil, fonts: [String]? = nil,
    colour: StyleColour? = nil, verticalAlignment: VerticalAlignment? = nil
  ) {
    self.text = text
    self.image = image
    self.scale = scale
    self.fonts = fonts
    self.colour = colour
    self.verticalAlignment = verticalAlignment
  }
}

extension StyleValue: Equatable {
  /// Equal in kind and value; texts by code points, numbers as floats are.
  public static func == (left: StyleValue, right: StyleValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.colour(let a), .colour(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    case (.formatted(let a), .formatted(let b)): a == b
    case (.image(let a), .image(let b)): a == b
    case (.padding(let a), .padding(let b)): a == b
    default: false
    }
  }
}

extension StyleValue {
  /// A column's value: codes that are integers are numbers, dates their text.
  public init(_ attribute: Attribute) {
    switch attribute {
    case .null: self = .null
    case .text(let text): self = .string(text)
    case .integer(let number): self = .number(Double(number))
    case .real(let number): self = .number(number)
    case .boolean(let flag): self = .boolean(flag)
    case .date(let date): self = .string(date.text)
    }
  }

  /// The number, nil for other kinds; may be infinite or not-a-number.
  public var number: Double? {
    if case .number(let number) = self { return number }
    return nil
  }

  /// The text, nil for other kinds.
  public var string: String? {
    if case .string(let string) = self { return string }
    return nil
  }

  /// The truth value, nil for other kinds.
  public var boolean: Bool? {
    if case .boolean(let boolean) = self { return boolean }
    return nil
  }

  public var colour: StyleColour? {
    if case .colour(let colour) = self { return colour }
    return nil
  }

  public var array: [StyleValue]? {
    if case .array(let array) = self { return array }
    return nil
  }

  var isNull: Bool { self == .null }

  /// What counts as true: all but null, false, zero, not-a-number and the empty text.
  var isTruthy: Bool {
    switch self {
    case .null: false
    case .boolean(let boolean): boolean
    case .number(let number): !(number == 0 || number.isNaN)
    case .string(let string): !string.isEmpty
    default: true
    }
  }
}
