/// The properties of a style layer as expressions, and their values as typed structures.
public struct LayerProperties: Sendable {
  private let expressions: [String: StyleExpression]
  /// Of every property of the layer's type: what the style says, or the default.
  private let sources: [String: ValueSource]
  /// The properties that the style sets and that are not the same for all features.
  let featureDependent: Set<String>
  /// Those of them that a paint has, for which no name need be looked up.
  private let dependentPaint: [(property: PaintProperty, expression: StyleExpression)]

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
    dependentPaint = featureDependent.sorted().compactMap { name in
      guard let property = PaintProperty(rawValue: name), let expression = expressions[name] else {
        return nil
      }
      return (property, expression)
    }
  }

  /// The same at one zoom, as of `StyleExpression.fixed`.
  func fixed(atZoom zoom: Double, type: LayerType) -> LayerProperties {
    LayerProperties(type: type, expressions: expressions.mapValues { $0.fixed(atZoom: zoom) })
  }

  /// Calls `body` with the values of some properties.
  ///
  /// - Parameter properties: nil for those of a paint that are not the same for all features.
  func forEach(
    _ properties: [PaintProperty]?, in context: EvaluationContext,
    _ body: (PaintProperty, StyleValue) -> Void
  ) {
    if let properties {
      for property in properties { body(property, value(of: property.rawValue, in: context)) }
    } else {
      for i in dependentPaint.indices {
        body(dependentPaint[i].property, dependentPaint[i].expression.evaluate(in: context))
      }
    }
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

  func number(_ name: String, in context: EvaluationContext) -> Double {
    value(of: name, in: context).bounded()
  }

  func length(_ name: String, in context: EvaluationContext) -> Double {
    value(of: name, in: context).length
  }

  func opacity(_ name: String, in context: EvaluationContext) -> Double {
    value(of: name, in: context).opacity
  }

  func optionalNumber(_ name: String, in context: EvaluationContext) -> Double? {
    value(of: name, in: context).optionalNumber
  }

  func flag(_ name: String, in context: EvaluationContext) -> Bool {
    value(of: name, in: context).boolean ?? false
  }

  func colour(_ name: String, in context: EvaluationContext) -> StyleColour {
    value(of: name, in: context).colour ?? .black
  }

  func image(_ name: String, in context: EvaluationContext) -> String? {
    value(of: name, in: context).imageName
  }

  func strings(_ name: String, in context: EvaluationContext) -> [String] {
    value(of: name, in: context).array?.compactMap(\.string) ?? []
  }

  func pair(_ name: String, in context: EvaluationContext) -> SIMD2<Double> {
    let numbers = value(of: name, in: context).numbers
    return numbers.count == 2 ? SIMD2(numbers[0], numbers[1]) : .zero
  }

  func choice<Choice: RawRepresentable<String>>(
    _ name: String, in context: EvaluationContext, default fallback: Choice
  ) -> Choice {
    value(of: name, in: context).choice() ?? fallback
  }
}

/// What a property's value says, brought into its range.
extension StyleValue {
  func bounded(
    within range: ClosedRange<Double> = PropertyDefinition.Kind.anyNumber
  ) -> Double {
    let number = number ?? 0
    return number.isNaN ? 0 : min(max(number, range.lowerBound), range.upperBound)
  }

  var length: Double { bounded(within: 0...PropertyDefinition.Kind.bound) }

  var opacity: Double { bounded(within: 0...1) }

  var optionalNumber: Double? { number == nil ? nil : bounded() }

  var imageName: String? {
    guard case .image(let image) = self else { return nil }
    return image.name
  }

  var numbers: [Double] {
    let bound = PropertyDefinition.Kind.bound
    return array?.compactMap(\.number).map { $0.isNaN ? 0 : min(max($0, -bound), bound) } ?? []
  }

  func choice<Choice: RawRepresentable<String>>() -> Choice? {
    string.flatMap(Choice.init(rawValue:))
  }
}
