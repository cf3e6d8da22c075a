public import Features

/// How much room a text can take: not more than its letters' number and breaks allow.
public struct TextLength: Sendable, Hashable {
  /// The letters, each as wide as its font's em at most; wider ones count more than once.
  public var ems: Int
  /// Line feeds and other breaks among the letters.
  public var newlines: Int

  public static let none = TextLength(ems: 0, newlines: 0)

  public init(ems: Int, newlines: Int) {
    self.ems = ems
    self.newlines = newlines
  }

  public init(_ text: String) {
    self.init(ems: 0, newlines: 0)
    for scalar in text.unicodeScalars {
      ems += Self.ems(of: scalar)
      if scalar.value < 0x2030, Character(scalar).isNewline { newlines += 1 }
    }
  }

  /// Of a column's value as `to-string` and `concat` write it.
  public init(ofValue value: Attribute) {
    self.init(StyleValue(value).text)
  }

  private static func ems(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x2E3A: 2  // Two-em dash.
    case 0x2E3B: 3
    case 0xFDF0...0xFDFF: 8  // Whole phrases of Arabic in one glyph.
    case 0x10000...: 2  // Emoji are wider than their em.
    default: 1
    }
  }

  /// The longer of both in each respect.
  public func union(_ other: TextLength) -> TextLength {
    TextLength(
      ems: max(ems, other.ems), newlines: max(newlines, other.newlines))
  }

  static func + (left: TextLength, right: TextLength) -> TextLength {
    TextLength(ems: left.ems + right.ems, newlines: left.newlines + right.newlines)
  }
}

extension StyleLayer {
  /// The greatest length of any text that `text-field` can yield; nil where the expression does not
  /// tell, as for formatted numbers.
  ///
  /// - Parameter ofColumn: the greatest length of a column's values as texts; a column that is not
  ///   there has none.
  public func longestText(ofColumn: (String) -> TextLength) -> TextLength? {
    guard let expression = properties["text-field"] else { return TextLength.none }
    guard let longest = expression.root.longestText(ofColumn) else { return nil }
    // A letter's other case may take up to three ems.
    let factor = properties.isSet("text-transform") ? 3 : 1
    return TextLength(ems: longest.ems * factor, newlines: longest.newlines)
      .union(StyleLayer.length(of: expression.fallback))
  }

  private static func length(of value: StyleValue) -> TextLength { TextLength(value.text) }

  /// The greatest number that a property can yield at any zoom; nil where the expression does not tell.
  public func largestNumber(_ property: String) -> Double? {
    guard let expression = properties[property],
      let largest = expression.root.largestNumber
    else { return nil }
    return max(largest, expression.fallback.number ?? 0)
  }

  /// Whether a property's value is the same for all features.
  public func isFeatureConstant(_ property: String) -> Bool {
    properties[property]?.dependencies.isFeatureConstant ?? true
  }

  /// The properties that the style sets and that are not the same for all features.
  public var featureDependentProperties: Set<String> { properties.featureDependent }
}

extension ExpressionNode {
  fileprivate func longestText(_ ofColumn: (String) -> TextLength) -> TextLength? {
    func longest(_ nodes: [ExpressionNode]) -> TextLength? {
      var result = TextLength.none
      for node in nodes {
        guard let length = node.longestText(ofColumn) else { return nil }
        result = result.union(length)
      }
      return result
    }
    switch operation {
    case .literal(let value): return TextLength(value.text)
    case .assertion(let nodes), .coercion(let nodes), .coalesce(let nodes): return longest(nodes)
    case .cases(let branches, let otherwise):
      return longest(branches.map(\.result) + [otherwise])
    case .match(_, _, let outputs, let otherwise): return longest(outputs + [otherwise])
    case .step(_, let stops): return longest(stops.outputs)
    case .bindings(_, let result): return result.longestText(ofColumn)
    case .variable(_, let bound): return bound.longestText(ofColumn)
    case .slice(let input, _, _): return input.longestText(ofColumn)
    case .call(.get, let operands) where operands.count == 1:
      guard case .literal(.string(let name)) = operands[0].operation else { return nil }
      return ofColumn(name)
    case .call(.downcase, let operands), .call(.upcase, let operands):
      guard let inner = longest(operands) else { return nil }
      return TextLength(ems: inner.ems * 3, newlines: inner.newlines)
    case .call(.concat, let operands): return sum(operands, ofColumn)
    case .format(let sections): return sum(sections.map(\.content), ofColumn)
    default: return nil
    }
  }

  private func sum(
    _ nodes: [ExpressionNode], _ ofColumn: (String) -> TextLength
  ) -> TextLength? {
    var result = TextLength.none
    for node in nodes {
      guard let length = node.longestText(ofColumn) else { return nil }
      result = result + length
    }
    return result
  }

  fileprivate var largestNumber: Double? {
    func largest(_ nodes: [ExpressionNode]) -> Double? {
      var result = -Double.infinity
      for node in nodes {
        guard let number = node.largestNumber else { return nil }
        result = max(result, number)
      }
      return result
    }
    switch operation {
    case .literal(.number(let number)): return number.isNaN ? nil : number
    case .assertion(let nodes), .coercion(let nodes), .coalesce(let nodes): return largest(nodes)
    case .cases(let branches, let otherwise):
      return largest(branches.map(\.result) + [otherwise])
    case .match(_, _, let outputs, let otherwise): return largest(outputs + [otherwise])
    case .step(_, let stops), .interpolate(_, let stops, .linear, _),
      .interpolate(_, let stops, .exponential, _):
      return largest(stops.outputs)
    case .bindings(_, let result): return result.largestNumber
    case .variable(_, let bound): return bound.largestNumber
    default: return nil
    }
  }
}
