/// A compiled expression of a property or a filter.
public final class StyleExpression: Sendable {
  /// How an evaluation ended.
  public enum Outcome: Sendable, Equatable {
    case value(StyleValue)
    /// The message, and the place in the document's expression (`[2][1]`).
    case failure(message: String, path: String)
  }

  /// What the value depends on.
  public let dependencies: ExpressionDependencies
  /// What stands in for a value that cannot be had.
  public let fallback: StyleValue

  let root: ExpressionNode
  private let allowedNames: [String]?

  init(root: ExpressionNode, fallback: StyleValue, allowedNames: [String]? = nil) {
    self.root = root
    self.fallback = fallback
    self.allowedNames = allowedNames
    dependencies = root.dependencies
  }

  /// An expression that always yields `value`.
  convenience init(constant value: StyleValue) {
    self.init(
      root: ExpressionNode(.literal(value), type: value.type, path: ""), fallback: value)
  }

  /// The value that is the same everywhere; nil when there is none.
  public var constant: StyleValue? {
    if case .literal(let value) = root.operation { return checked(value) }
    return nil
  }

  /// The value; `fallback` where the evaluation fails or yields null or not-a-number.
  public func evaluate(in context: EvaluationContext) -> StyleValue {
    if let constant { return constant }
    var evaluator = ExpressionEvaluator(context)
    guard let value = try? evaluator.value(of: root) else { return fallback }
    return checked(value)
  }

  /// The same at one zoom: where the zoom alone chooses between expressions, the one that it chooses.
  func fixed(atZoom zoom: Double) -> StyleExpression {
    var node = root
    while true {
      switch node.operation {
      case .step(let input, let stops) where input.isZoom:
        node = stops.outputs[stops.index(at: zoom)]
        continue
      case .interpolate(let input, let stops, _, _) where input.isZoom:
        let lower = stops.index(at: zoom)
        guard lower + 1 == stops.labels.count || zoom <= stops.labels[lower] else { break }
        node = stops.outputs[lower]
        continue
      default: break
      }
      guard node !== root else { return self }
      return StyleExpression(root: node, fallback: fallback, allowedNames: allowedNames)
    }
  }

  /// The value, or why there is none.
  public func outcome(in context: EvaluationContext) -> Outcome {
    var evaluator = ExpressionEvaluator(context)
    do {
      return .value(try evaluator.value(of: root))
    } catch {
      return .failure(message: error.message, path: error.path)
    }
  }

  private func checked(_ value: StyleValue) -> StyleValue {
    switch value {
    case .null: return fallback
    case .number(let number): return number.isNaN ? fallback : value
    case .string(let name):
      guard let allowedNames else { return value }
      return allowedNames.contains(name) ? value : fallback
    default: return value
    }
  }
}

/// The one place where an expression of a property may look at the zoom.
///
/// The specification lets `["zoom"]` stand only as input of a `step` or `interpolate` at the top, below
/// nothing but `let` and `coalesce`, so that values between two zooms can be had without the feature.
enum ZoomCurve {
  case absent
  case curve(ExpressionNode)
  case misplaced(String)

  static let notAtTop =
    "\"zoom\" expression may only be used as input to a top-level \"step\" or \"interpolate\" "
    + "expression."
  static let several =
    "Only one zoom-based \"step\" or \"interpolate\" subexpression may be used in an expression."

  init(of node: ExpressionNode) {
    let below = node.children.map(ZoomCurve.init)
    var result = ZoomCurve.absent
    switch node.operation {
    case .bindings: result = below.last ?? .absent
    case .coalesce:
      result = below.first { if case .absent = $0 { false } else { true } } ?? .absent
    case .step(let input, _), .interpolate(let input, _, _, _):
      if input.isZoom { result = .curve(node) }
    default: break
    }
    for child in below {
      switch (result, child) {
      case (.misplaced, _) where node.isWrapper, (_, .absent): continue
      case (_, .misplaced): result = child
      case (.absent, .curve): result = .misplaced(Self.notAtTop)
      case (.curve(let top), .curve(let other)) where top === other: continue
      case (_, .curve): result = .misplaced(Self.several)
      }
    }
    self = result
  }
}

extension ExpressionNode {
  fileprivate var isZoom: Bool {
    if case .call(.zoom, _) = operation { return true }
    return false
  }

  fileprivate var isWrapper: Bool {
    switch operation {
    case .bindings, .coalesce: true
    default: false
    }
  }
}
