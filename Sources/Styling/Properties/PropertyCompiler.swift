internal import JSON

/// Turns the JSON of a property's value into an expression: constants, expressions, functions of the
/// older specification and texts with `{column}` alike.
struct PropertyCompiler {
  private(set) var faults: [ExpressionCompiler.Fault] = []

  mutating func compile(
    _ json: JSONValue, for definition: PropertyDefinition
  ) -> StyleExpression? {
    switch json.kind {
    case .object:
      do {
        return compileExpression(
          try LegacyFunction(json, for: definition).expression, for: definition)
      } catch {
        faults.append(error)
        return nil
      }
    case .array(let items) where isExpression(items, for: definition):
      return compileExpression(json, for: definition)
    case .string(let text) where definition.hasTokens:
      if let expression = LegacyFunction.expression(ofTokensIn: text, at: json.position) {
        return compileExpression(expression, for: definition)
      }
    default: break
    }
    return compileConstant(json, for: definition)
  }

  /// An array is an expression unless the property holds arrays and no operator is named.
  private func isExpression(_ items: [JSONValue], for definition: PropertyDefinition) -> Bool {
    guard definition.kind.isArray || definition.kind == .padding else { return true }
    guard let name = items.first?.string else { return items.contains { $0.array != nil } }
    if Operators.isKnown(name) || Operators.unsupported[name] != nil { return true }
    return definition.kind == .padding || definition.kind == .numbers(count: 2)
  }

  /// Compiles what is an expression for certain.
  mutating func compileExpression(
    _ json: JSONValue, for definition: PropertyDefinition
  ) -> StyleExpression? {
    var compiler = ExpressionCompiler()
    let root = compiler.compile(
      json, expecting: definition.kind.type,
      annotation: definition.kind == .string ? .coerce : nil)
    guard let root else {
      faults += compiler.faults
      return nil
    }
    if let message = misuse(in: root, of: definition) { return refuse(message, json) }
    guard checkResults(of: root, for: definition, json) else { return nil }
    return StyleExpression(
      root: root, fallback: definition.fallback, allowedNames: definition.kind.names)
  }

  private mutating func refuse(
    _ message: String, _ json: JSONValue, path: String = "", hint: String? = nil
  ) -> StyleExpression? {
    faults.append(.init(message: message, path: path, position: json.position, hint: hint))
    return nil
  }

  private func misuse(in root: ExpressionNode, of definition: PropertyDefinition) -> String? {
    let dependencies = root.dependencies
    if !dependencies.isFeatureConstant, !definition.allowsFeature {
      return "data expressions not supported"
    }
    if dependencies.usesZoom, !definition.allowsZoom { return "zoom expressions not supported" }
    switch ZoomCurve(of: root) {
    case .misplaced(let message): return message
    case .absent: return dependencies.usesZoom ? ZoomCurve.notAtTop : nil
    case .curve(let node):
      if case .interpolate = node.operation, !definition.isInterpolatable {
        return "\"interpolate\" expressions cannot be used with this property"
      }
      return nil
    }
  }

  /// Checks what an expression says outright that it may yield.
  private mutating func checkResults(
    of root: ExpressionNode, for definition: PropertyDefinition, _ json: JSONValue
  ) -> Bool {
    for result in root.literalResults {
      guard let message = Self.fault(of: result.value, for: definition.kind) else { continue }
      _ = refuse(message.text, json, path: result.path, hint: message.hint)
      return false
    }
    return true
  }

  // MARK: Constants

  private mutating func compileConstant(
    _ json: JSONValue, for definition: PropertyDefinition
  ) -> StyleExpression? {
    let value = Self.constant(StyleValue(json), as: definition.kind)
    guard let value else {
      let hint = definition.kind.names.flatMap { names in
        json.string.flatMap { NearestName.suggest(for: $0, among: names) }
      }
      return refuse(
        "expected \(definition.kind.description), found \(Self.summary(of: json))", json,
        hint: hint.map { "did you mean \"\($0)\"?" })
    }
    if let message = Self.fault(of: value, for: definition.kind) {
      return refuse(message.text, json, hint: message.hint)
    }
    return StyleExpression(constant: value)
  }

  private static func summary(of json: JSONValue) -> String {
    switch json.kind {
    case .string, .number, .bool:
      let text = StyleValue(json).json
      return text.utf8.count <= 80 ? text : json.kindName
    default: return json.kindName
    }
  }

  /// A plain value as one of the kind; nil when it is none.
  private static func constant(
    _ value: StyleValue, as kind: PropertyDefinition.Kind
  ) -> StyleValue? {
    switch (kind, value) {
    case (.colour, .string(let text)): return StyleColour(css: text).map(StyleValue.colour)
    case (.formatted, .string(let text)): return .formatted(FormattedText(text))
    case (.image, .string(let name)):
      return name.isEmpty ? nil : .image(StyleImage(name: name, isAvailable: true))
    case (.boolean, .boolean), (.string, .string), (.number, .number), (.name, .string):
      return value
    case (.padding, .number(let number)): return StylePadding([number]).map(StyleValue.padding)
    case (.padding, .array(let elements)):
      let numbers = elements.compactMap(\.number)
      guard numbers.count == elements.count else { return nil }
      return StylePadding(numbers).map(StyleValue.padding)
    case (.numbers(let count), .array(let elements)):
      let isRight =
        elements.allSatisfy { $0.number != nil } && (count ?? elements.count) == elements.count
      return isRight ? value : nil
    case (.strings, .array(let elements)), (.names, .array(let elements)):
      return elements.allSatisfy { $0.string != nil } ? value : nil
    default: return nil
    }
  }

  /// What is wrong with a value of the right type; nil when nothing is.
  private static func fault(
    of value: StyleValue, for kind: PropertyDefinition.Kind
  ) -> (text: String, hint: String?)? {
    func unknown(_ name: String, among names: [String]) -> (String, String?)? {
      if names.contains(name) { return nil }
      let hint = NearestName.suggest(for: name, among: names).map { "did you mean \"\($0)\"?" }
      return ("expected \(kind.description), found \"\(name)\"", hint)
    }
    switch (kind, value) {
    case (.number(let range), .number(let number)):
      if range.contains(number) { return nil }
      return ("expected \(kind.description), found \(ScriptNumber.text(number))", nil)
    case (.name(let names), .string(let name)):
      return unknown(name, among: names)
    case (.names(let names), .array(let elements)):
      return elements.compactMap(\.string).lazy.compactMap { unknown($0, among: names) }.first
    default: return nil
    }
  }
}

extension ExpressionNode {
  /// The literals that the expression may yield, with their places.
  fileprivate var literalResults: [(value: StyleValue, path: String)] {
    switch operation {
    case .literal(let value): [(value, path)]
    case .cases(let branches, let otherwise):
      branches.flatMap(\.result.literalResults) + otherwise.literalResults
    case .match(_, _, let outputs, let otherwise):
      outputs.flatMap(\.literalResults) + otherwise.literalResults
    case .coalesce(let nodes): nodes.flatMap(\.literalResults)
    case .step(_, let stops), .interpolate(_, let stops, _, _):
      stops.outputs.flatMap(\.literalResults)
    case .bindings(_, let result): result.literalResults
    default: []
    }
  }
}
