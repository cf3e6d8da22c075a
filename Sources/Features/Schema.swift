/// The type of a column, as a layer's declaration names it.
public enum FieldType: String, Sendable, Hashable, CaseIterable {
  case text
  case integer
  case real
  case boolean
  case date
  case datetime
  case url
}

/// One value of a closed list and what it means.
public struct CodeMeaning: Hashable, Sendable {
  public let value: String
  public let title: Title

  public init(value: String, title: Title) {
    self.value = value
    self.title = title
  }
}

/// A typed column of a layer.
public struct Field: Hashable, Sendable {
  public var name: String
  public var type: FieldType
  public var title: Title?
  public var unit: String?
  /// The closed list of values in the order of the declaration; empty when any value is allowed.
  public var codes: [CodeMeaning]
  /// The names that the column has in source files, best first; the field's own name counts last.
  public var sourceNames: [String]
  /// An anchored regular expression that a value must match.
  public var pattern: String?
  /// Width to which a shortened code is filled with leading zeros.
  public var padWidth: Int?
  public var audience: Audience

  public init(
    name: String, type: FieldType, title: Title? = nil, unit: String? = nil,
    codes: [CodeMeaning] = [], sourceNames: [String] = [], pattern: String? = nil,
    padWidth: Int? = nil, audience: Audience
  ) {
    self.name = name
    self.type = type
    self.title = title
    self.unit = unit
    self.codes = codes
    self.sourceNames = sourceNames
    self.pattern = pattern
    self.padWidth = padWidth
    self.audience = audience
  }

  /// What `value` means by the closed list; nil when there is no list or the value is not on it.
  public func meaning(of value: Attribute) -> Title? {
    guard !codes.isEmpty, !value.isNull else { return nil }
    let text = value.displayText
    return codes.first { $0.value == text }?.title
  }
}

/// The columns of a layer that an audience may see, in the order of the declaration.
public struct Schema: Hashable, Sendable {
  public let fields: [Field]
  private let positions: [String: Int]

  public init(_ fields: [Field]) {
    self.fields = fields
    var positions: [String: Int] = [:]
    for (index, field) in fields.enumerated() where positions[field.name] == nil {
      positions[field.name] = index
    }
    self.positions = positions
  }

  /// The position of a column by its name; nil when there is none.
  public func position(of name: String) -> Int? { positions[name] }

  public subscript(name: String) -> Field? { positions[name].map { fields[$0] } }

  public var names: [String] { fields.map(\.name) }
}
