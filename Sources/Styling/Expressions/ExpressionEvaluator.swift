internal import Features

/// Why an evaluation ended without a value.
struct EvaluationFailure: Error, Sendable, Equatable {
  var message: String
  /// The place in the document's expression: `[2][1]`.
  var path: String
}

/// One evaluation of one expression.
struct ExpressionEvaluator {
  /// What a text that is put together may hold at most, so that doubling it over and over ends.
  static let longestTextByteCount = 1 << 16

  let context: EvaluationContext
  private var slots: [Int: Result<StyleValue, EvaluationFailure>] = [:]

  init(_ context: EvaluationContext) {
    self.context = context
  }

  mutating func value(of node: ExpressionNode) throws(EvaluationFailure) -> StyleValue {
    switch node.operation {
    case .literal(let value): return value
    case .call(let function, let operands):
      return try call(function, operands, path: node.path)
    case .assertion(let nodes): return try assert(nodes, type: node.type, path: node.path)
    case .coercion(let nodes): return try coerce(nodes, to: node.type, path: node.path)
    case .cases(let branches, let otherwise):
      for branch in branches where try value(of: branch.test) == .boolean(true) {
        return try value(of: branch.result)
      }
      return try value(of: otherwise)
    case .match(let input, let table, let outputs, let otherwise):
      let index = table.index(of: try value(of: input))
      return try value(of: index.map { outputs[$0] } ?? otherwise)
    case .coalesce(let nodes): return try coalesce(nodes)
    case .step(let input, let stops):
      return try value(of: stops.outputs[try stopIndex(input, stops)])
    case .interpolate(let input, let stops, let interpolation, let space):
      return try interpolate(input, stops, interpolation, space, node)
    case .comparison(let comparison, let left, let right):
      return .boolean(try compare(comparison, left, right, path: node.path))
    case .bindings(_, let result): return try value(of: result)
    case .variable(let slot, let bound): return try variable(slot, bound)
    case .list(let nodes):
      var elements: [StyleValue] = []
      for element in nodes { elements.append(try value(of: element)) }
      return .array(elements)
    case .state(let key):
      return key == "language" ? .string(context.language.rawValue) : context.state[key] ?? .null
    case .image(let name): return image(named: try string(name))
    case .format(let sections): return try format(sections)
    case .numberFormat(let format): return .string(try text(of: format))
    case .at, .contains, .indexOf, .slice, .length:
      return try lookUp(node.operation, path: node.path)
    }
  }

  // MARK: Typed operands

  /// A number operand; the compiler has seen to the type, so anything else is a value that no number
  /// can be made of.
  mutating func number(_ node: ExpressionNode) throws(EvaluationFailure) -> Double {
    try value(of: node).number ?? .nan
  }

  mutating func string(_ node: ExpressionNode) throws(EvaluationFailure) -> String {
    let value = try value(of: node)
    return value.string ?? value.text
  }

  mutating func boolean(_ node: ExpressionNode) throws(EvaluationFailure) -> Bool {
    try value(of: node).isTruthy
  }

  private mutating func variable(
    _ slot: Int, _ bound: ExpressionNode
  ) throws(EvaluationFailure) -> StyleValue {
    if let known = slots[slot] { return try known.get() }
    do {
      let value = try value(of: bound)
      slots[slot] = .success(value)
      return value
    } catch {
      slots[slot] = .failure(error)
      throw error
    }
  }

  // MARK: Types

  private mutating func assert(
    _ nodes: [ExpressionNode], type: ExpressionType, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    var found = StyleValue.null
    for node in nodes {
      found = try value(of: node)
      if type.accepts(found.type) { return found }
    }
    throw EvaluationFailure(
      message: "Expected value to be of type \(type), but found \(found.type) instead.",
      path: path)
  }

  private mutating func coalesce(
    _ nodes: [ExpressionNode]
  ) throws(EvaluationFailure) -> StyleValue {
    var firstImage: StyleValue?
    for node in nodes {
      let value = try value(of: node)
      switch value {
      case .null: continue
      case .image(let image) where !image.isAvailable:
        if firstImage == nil { firstImage = value }
      default: return value
      }
    }
    return firstImage ?? .null
  }

  func image(named name: String) -> StyleValue {
    guard !name.isEmpty else { return .null }
    let isAvailable = context.availableImages?.contains(name) ?? true
    return .image(StyleImage(name: name, isAvailable: isAvailable))
  }

  // MARK: Curves

  /// The last stop whose label is not above the input; the first for lower inputs.
  private mutating func stopIndex(
    _ input: ExpressionNode, _ stops: ExpressionNode.Stops
  ) throws(EvaluationFailure) -> Int {
    if stops.labels.count == 1 { return 0 }
    return stops.index(at: try inputNumber(input))
  }

  private mutating func inputNumber(
    _ node: ExpressionNode
  ) throws(EvaluationFailure) -> Double {
    let input = try number(node)
    guard !input.isNaN else {
      throw EvaluationFailure(message: "Input is not a number.", path: node.path)
    }
    return input
  }

  private mutating func interpolate(
    _ input: ExpressionNode, _ stops: ExpressionNode.Stops, _ interpolation: Interpolation,
    _ space: StyleColour.Space, _ node: ExpressionNode
  ) throws(EvaluationFailure) -> StyleValue {
    let lower = try stopIndex(input, stops)
    guard lower + 1 < stops.labels.count else { return try value(of: stops.outputs[lower]) }
    let input = try inputNumber(input)
    guard input > stops.labels[lower] else { return try value(of: stops.outputs[lower]) }
    let share = interpolation.share(
      at: input, lower: stops.labels[lower], upper: stops.labels[lower + 1])
    let from = try value(of: stops.outputs[lower])
    let to = try value(of: stops.outputs[lower + 1])
    guard let mixed = StyleValue.mix(from, to, share: share, in: space) else {
      throw EvaluationFailure(
        message: "Cannot interpolate between \(from.json) and \(to.json).", path: node.path)
    }
    return mixed
  }
}

extension ExpressionNode.Stops {
  /// The last stop whose label is not above the input; the first for lower inputs.
  func index(at input: Double) -> Int {
    max(0, (labels.firstIndex { $0 > input } ?? labels.count) - 1)
  }
}

extension ExpressionNode.MatchTable {
  func index(of value: StyleValue) -> Int? {
    switch (self, value) {
    case (.numbers(let table), .number(let number)): table[number]
    case (.strings(let table), .string(let string)): table[Array(string.utf8)]
    default: nil
    }
  }
}

extension StyleValue {
  /// The value `share` of the way between two of one kind; nil when they cannot be mixed.
  static func mix(
    _ from: StyleValue, _ to: StyleValue, share: Double, in space: StyleColour.Space
  ) -> StyleValue? {
    func between(_ a: Double, _ b: Double) -> Double { a + share * (b - a) }
    switch (from, to) {
    case (.number(let a), .number(let b)):
      return .number(between(a, b))
    case (.colour(let a), .colour(let b)):
      return .colour(.mix(a, b, share: share, in: space))
    case (.padding(let a), .padding(let b)):
      return StylePadding(zip(a.numbers, b.numbers).map(between)).map(StyleValue.padding)
    case (.array(let a), .array(let b)):
      guard a.count == b.count else { return nil }
      var mixed: [StyleValue] = []
      for (a, b) in zip(a, b) {
        guard let a = a.number, let b = b.number else { return nil }
        mixed.append(.number(between(a, b)))
      }
      return .array(mixed)
    default:
      return nil
    }
  }
}
