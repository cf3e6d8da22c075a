/// The properties of a style layer as expressions, and their values as typed structures.
public struct LayerProperties: Sendable {
  private let expressions: [String: StyleExpression]
  /// Of every property of the layer's type: what the style says, or the default.
  private let sources: [String: ValueSource]
  /// The properties that the style sets and that are not the same for all features.
  let featureDependent: Set<String>

  private enum ValueSource {
    case expression(StyleExpression)
    case fixed(StyleValue)
  }

  init(type: LayerType, expressions: [String: StyleExpression]) {
    self.expressions = expressions
    let defaults = Dictionary(
      type.properties.map { ($0.name, ValueSource.fixed($0.fallback)) },
      uniquingKeysWith: { first, _ in first })
    sources = defaults.merging(expressions.mapValues { .expression($0) }) { $1 }
    featureDependent = Set(
      expressions.filter { !$0.value.dependencies.isFeatureConstant }.keys)
  }

  /// The expression of a property that the style sets, by the specification's name.
  public subscript(name: String) -> StyleExpression? { expressions[name] }

  /// The names of the properties that the style sets, sorted.
  public var names: [String] { expressions.keys.sorted() }

  /// What the properties together depend on.
  public var dependencies: ExpressionDependencies {
    expressions.values.reduce(into: ExpressionDependencies()) { $0.formUnion($1.dependencies) }
  }

  /// The value of a property, its default where the style does not set it.
  public func value(of name: String, in context: EvaluationContext) -> StyleValue {
    switch sources[name] {
    case .expression(let expression): expression.evaluate(in: context)
    case .fixed(let value): value
    case nil: .null
    }
  }

  func isSet(_ name: String) -> Bool { expressions[name] != nil }

  func number(
    _ name: String, in context: EvaluationContext,
    within range: ClosedRange<Double> = PropertyDefinition.Kind.anyNumber
  ) -> Double {
    let number = value(of: name, in: context).number ?? 0
    return number.isNaN ? 0 : min(max(number, range.lowerBound), range.upperBound)
  }

  func length(_ name: String, in context: EvaluationContext) -> Double {
    number(name, in: context, within: 0...PropertyDefinition.Kind.bound)
  }

  func opacity(_ name: String, in context: EvaluationContext) -> Double {
    number(name, in: context, within: 0...1)
  }

  func optionalNumber(_ name: String, in context: EvaluationContext) -> Double? {
    guard value(of: name, in: context).number != nil else { return nil }
    return number(name, in: context)
  }

  func flag(_ name: String, in context: EvaluationContext) -> Bool {
    value(of: name, in: context).boolean ?? false
  }

  func colour(_ name: String, in context: EvaluationContext) -> StyleColour {
    value(of: name, in: context).colour ?? .black
  }

  func image(_ name: String, in context: EvaluationContext) -> String? {
    guard case .image(let image) = value(of: name, in: context) else { return nil }
    return image.name
  }

  func numbers(_ name: String, in context: EvaluationContext) -> [Double] {
    let numbers = value(of: name, in: context).array?.compactMap(\.number) ?? []
    let bound = PropertyDefinition.Kind.bound
    return numbers.map { $0.isNaN ? 0 : min(max($0, -bound), bound) }
  }

  func strings(_ name: String, in context: EvaluationContext) -> [String] {
    value(of: name, in: context).array?.compactMap(\.string) ?? []
  }

  func pair(_ name: String, in context: EvaluationContext) -> SIMD2<Double> {
    let numbers = numbers(name, in: context)
    return numbers.count == 2 ? SIMD2(numbers[0], numbers[1]) : .zero
  }

  func choice<Choice: RawRepresentable<String>>(
    _ name: String, in context: EvaluationContext, default fallback: Choice
  ) -> Choice {
    value(of: name, in: context).string.flatMap(Choice.init(rawValue:)) ?? fallback
  }
}
