/// One operator of a compiled expression with its operands.
final class ExpressionNode: Sendable {
  indirect enum Operation: Sendable {
    case literal(StyleValue)
    case assertion([ExpressionNode])
    case coercion([ExpressionNode])
    case at(index: ExpressionNode, array: ExpressionNode)
    case contains(needle: ExpressionNode, haystack: ExpressionNode)
    case indexOf(needle: ExpressionNode, haystack: ExpressionNode, from: ExpressionNode?)
    case slice(ExpressionNode, from: ExpressionNode, to: ExpressionNode?)
    case length(ExpressionNode)
    case cases([Branch], otherwise: ExpressionNode)
    case match(ExpressionNode, MatchTable, outputs: [ExpressionNode], otherwise: ExpressionNode)
    case coalesce([ExpressionNode])
    case step(ExpressionNode, Stops)
    case interpolate(ExpressionNode, Stops, Interpolation, StyleColour.Space)
    case comparison(Comparison, ExpressionNode, ExpressionNode)
    case bindings([ExpressionNode], result: ExpressionNode)
    /// A bound expression is evaluated once for all its uses; its slot holds the outcome.
    case variable(slot: Int, bound: ExpressionNode)
    case format([FormatSection])
    case image(ExpressionNode)
    case numberFormat(NumberFormat)
    case list([ExpressionNode])
    case state(String)
    case call(Function, [ExpressionNode])
  }

  struct Branch: Sendable {
    var test: ExpressionNode
    var result: ExpressionNode
  }

  struct Stops: Sendable {
    var labels: [Double]
    var outputs: [ExpressionNode]
  }

  /// Which output a label of `match` leads to.
  enum MatchTable: Sendable {
    case numbers([Double: Int])
    /// Keyed by UTF-8, because labels are compared by code points.
    case strings([[UInt8]: Int])
  }

  struct FormatSection: Sendable {
    var content: ExpressionNode
    var scale: ExpressionNode?
    var fonts: ExpressionNode?
    var colour: ExpressionNode?
    var verticalAlignment: ExpressionNode?

    var nodes: [ExpressionNode] {
      [content] + [scale, fonts, colour, verticalAlignment].compactMap { $0 }
    }
  }

  struct NumberFormat: Sendable {
    var number: ExpressionNode
    var locale: ExpressionNode?
    var minimumFractionDigits: ExpressionNode?
    var maximumFractionDigits: ExpressionNode?
  }

  enum Comparison: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="

    var isOrder: Bool { self != .equal && self != .notEqual }

    func allows(_ type: ExpressionType) -> Bool {
      switch type {
      case .string, .number, .value: true
      case .boolean, .null: !isOrder
      default: false
      }
    }
  }

  let operation: Operation
  let type: ExpressionType
  /// The place in the document's expression: `[2][1]`.
  let path: String
  /// How deep an evaluation goes below this node, through variables too.
  let depth: Int

  init(_ operation: Operation, type: ExpressionType, path: String) {
    self.operation = operation
    self.type = type
    self.path = path
    var below = Self.children(of: operation)
    if case .variable(_, let bound) = operation { below.append(bound) }
    depth = 1 + (below.map(\.depth).max() ?? 0)
  }

  var isLiteral: Bool {
    if case .literal = operation { return true }
    return false
  }

  /// The operands, without what a variable is bound to.
  var children: [ExpressionNode] { Self.children(of: operation) }

  private static func children(of operation: Operation) -> [ExpressionNode] {
    switch operation {
    case .literal, .variable, .state: []
    case .assertion(let nodes), .coercion(let nodes), .coalesce(let nodes), .list(let nodes),
      .call(_, let nodes):
      nodes
    case .at(let index, let array): [index, array]
    case .contains(let needle, let haystack): [needle, haystack]
    case .indexOf(let needle, let haystack, let from):
      [needle, haystack] + (from.map { [$0] } ?? [])
    case .slice(let input, let from, let to): [input, from] + (to.map { [$0] } ?? [])
    case .length(let input), .image(let input): [input]
    case .cases(let branches, let otherwise):
      branches.flatMap { [$0.test, $0.result] } + [otherwise]
    case .match(let input, _, let outputs, let otherwise): [input] + outputs + [otherwise]
    case .step(let input, let stops), .interpolate(let input, let stops, _, _):
      [input] + stops.outputs
    case .comparison(_, let left, let right): [left, right]
    case .bindings(let bound, let result): bound + [result]
    case .format(let sections): sections.flatMap(\.nodes)
    case .numberFormat(let format):
      [format.number]
        + [format.locale, format.minimumFractionDigits, format.maximumFractionDigits]
        .compactMap { $0 }
    }
  }
}

extension ExpressionNode {
  /// What the value depends on.
  var dependencies: ExpressionDependencies {
    var dependencies = ExpressionDependencies()
    collect(into: &dependencies)
    return dependencies
  }

  private func collect(into dependencies: inout ExpressionDependencies) {
    switch operation {
    case .state: dependencies.usesLanguage = true
    case .call(.zoom, _): dependencies.usesZoom = true
    case .call(.geometryType, _): dependencies.usesGeometryType = true
    case .call(.id, _): dependencies.usesID = true
    case .call(.properties, _): dependencies.usesAllProperties = true
    case .call(.get, let operands) where operands.count == 1,
      .call(.has, let operands) where operands.count == 1:
      if case .literal(.string(let name)) = operands[0].operation {
        dependencies.properties.insert(name)
      } else {
        dependencies.usesAllProperties = true
      }
    default: break
    }
    // What variables are bound to stands among the operands of the `let` around them.
    for child in children { child.collect(into: &dependencies) }
  }

  /// Whether the value is the same in every context, so that it can be computed at once.
  var isConstant: Bool {
    switch operation {
    case .variable(_, let bound): return bound.isConstant
    case .state, .call(.error, _), .call(.isSupportedScript, _): return false
    case .assertion(let nodes), .coercion(let nodes):
      // Inferred assertions and coercions are put around operands that were parsed before.
      guard nodes.allSatisfy(\.isConstant) else { return false }
    default:
      guard children.allSatisfy(\.isLiteral) else { return false }
    }
    let dependencies = self.dependencies
    return dependencies.isFeatureConstant && !dependencies.usesZoom && !dependencies.usesLanguage
  }
}
