internal import JSON

/// Turns the JSON of an expression into nodes, checking types on the way.
///
/// Source: the reference implementation's parser (maplibre-style-spec, src/expression); messages and
/// the places that they name are its own, so that its test cases can be held against this one.
struct ExpressionCompiler {
  /// Why an expression was refused.
  struct Fault: Sendable, Equatable {
    var message: String
    /// The place below the expression's root: `[2][1]`.
    var path: String
    var position: JSONPosition
    /// What may have been meant, or what may stand there.
    var hint: String?
  }

  /// Where the compiler stands and what is expected there.
  struct Scope {
    var path = ""
    var expected: ExpressionType?
    var variables: [String: Variable] = [:]

    func operand(_ index: Int, expecting type: ExpressionType? = nil) -> Scope {
      Scope(path: path + "[\(index)]", expected: type, variables: variables)
    }
  }

  struct Variable {
    var slot: Int
    var node: ExpressionNode
  }

  /// What to do with a value whose type is only known when it is evaluated.
  enum Annotation {
    case assert, coerce, omit
  }

  /// How deep an evaluation may go: nested `let` expressions can chain deeper than the text is nested.
  static let deepestEvaluation = 256

  private(set) var faults: [Fault] = []
  var slotCount = 0

  /// Compiles a whole expression; nil with `faults` filled when it is refused.
  mutating func compile(
    _ json: JSONValue, expecting type: ExpressionType?, annotation: Annotation? = nil
  ) -> ExpressionNode? {
    guard let node = parse(json, Scope(expected: type), annotation: annotation) else { return nil }
    guard node.depth <= Self.deepestEvaluation else {
      return refuse("The expression goes deeper than \(Self.deepestEvaluation) levels.", json, "")
    }
    return node
  }

  @discardableResult
  mutating func refuse(
    _ message: String, _ json: JSONValue, _ path: String, hint: String? = nil
  ) -> ExpressionNode? {
    faults.append(Fault(message: message, path: path, position: json.position, hint: hint))
    return nil
  }

  mutating func parse(
    _ json: JSONValue, _ scope: Scope, annotation: Annotation? = nil
  ) -> ExpressionNode? {
    guard let parsed = parseOperation(json, scope),
      let typed = annotate(parsed, json, scope, annotation)
    else { return nil }
    if typed.depth > Self.deepestEvaluation || typed.isLiteral || typed.type == .image
      || !typed.isConstant
    {
      return typed
    }
    // All operands are known, so the value is too.
    var evaluator = ExpressionEvaluator(EvaluationContext(zoom: 0))
    do {
      let value = try evaluator.value(of: typed)
      return ExpressionNode(.literal(value), type: typed.type, path: scope.path)
    } catch {
      return refuse(error.message, json, scope.path)
    }
  }

  private mutating func parseOperation(_ json: JSONValue, _ scope: Scope) -> ExpressionNode? {
    switch json.kind {
    case .null, .bool, .number, .string:
      let value = StyleValue(json)
      return ExpressionNode(.literal(value), type: value.type, path: scope.path)
    case .object:
      return refuse("Bare objects invalid. Use [\"literal\", {...}] instead.", json, scope.path)
    case .array(let items):
      guard let first = items.first else {
        return refuse(
          "Expected an array with at least one element. If you wanted a literal array, use "
            + "[\"literal\", []].", json, scope.path)
      }
      guard let name = first.string else {
        return refuse(
          "Expression name must be a string, but found \(first.scriptTypeName) instead. If you "
            + "wanted a literal array, use [\"literal\", [...]].", first, scope.path + "[0]")
      }
      return parse(Call(name: name, json: json, operands: Array(items.dropFirst())), scope)
    }
  }

  /// An operator as written.
  struct Call {
    let name: String
    let json: JSONValue
    let operands: [JSONValue]
  }

  private mutating func parse(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    if let function = Function(rawValue: call.name) { return parse(function, call, scope) }
    guard let form = SpecialForm(rawValue: call.name) else {
      return refuse(
        "Unknown expression \"\(call.name)\". If you wanted a literal array, use "
          + "[\"literal\", [...]].", call.json.array?.first ?? call.json, scope.path + "[0]",
        hint: Operators.hint(for: call.name))
    }
    switch form {
    case .literal, .semiliteral: return parseLiteral(form, call, scope)
    case .array, .string, .number, .boolean, .object: return parseAssertion(form, call, scope)
    case .toBoolean, .toColour, .toNumber, .toString: return parseCoercion(form, call, scope)
    case .at, .in, .indexOf, .slice, .length: return parseLookUp(form, call, scope)
    case .case: return parseCases(call, scope)
    case .match: return parseMatch(call, scope)
    case .coalesce: return parseCoalesce(call, scope)
    case .step: return parseStep(call, scope)
    case .interpolate, .interpolateHCL, .interpolateLab:
      return parseInterpolate(form, call, scope)
    case .equal, .notEqual, .less, .greater, .lessOrEqual, .greaterOrEqual:
      return parseComparison(call, scope)
    case .let: return parseLet(call, scope)
    case .var: return parseVariable(call, scope)
    case .format: return parseFormat(call, scope)
    case .image: return parseImage(call, scope)
    case .numberFormat: return parseNumberFormat(call, scope)
    case .globalState: return parseGlobalState(call, scope)
    }
  }

  // MARK: Types

  /// Puts an assertion or a coercion around what is not known to have the expected type.
  private mutating func annotate(
    _ parsed: ExpressionNode, _ json: JSONValue, _ scope: Scope, _ annotation: Annotation?
  ) -> ExpressionNode? {
    guard let expected = scope.expected else { return parsed }
    let actual = parsed.type
    func wrapped(_ annotation: Annotation) -> ExpressionNode {
      switch annotation {
      case .assert: ExpressionNode(.assertion([parsed]), type: expected, path: scope.path)
      case .coerce: ExpressionNode(.coercion([parsed]), type: expected, path: scope.path)
      case .omit: parsed
      }
    }
    switch expected {
    case .string, .number, .boolean, .object, .array:
      if actual == .value { return wrapped(annotation ?? .assert) }
    case .colour, .formatted, .image:
      if actual == .value || actual == .string { return wrapped(annotation ?? .coerce) }
    case .padding:
      if actual == .value || actual == .number || actual.isArray {
        return wrapped(annotation ?? .coerce)
      }
    default: break
    }
    if let refusal = expected.refusal(of: actual) { return refuse(refusal, json, scope.path) }
    return parsed
  }

  // MARK: Functions

  private mutating func parse(
    _ function: Function, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    guard let operands = function.overloads.first(where: { $0.takes(count: call.operands.count) })
    else { return refuseOperands(of: function, call, scope) }
    var nodes: [ExpressionNode] = []
    for (index, operand) in call.operands.enumerated() {
      let inner = scope.operand(index + 1, expecting: operands.type(at: index))
      guard let node = parse(operand, inner) else { return nil }
      nodes.append(node)
    }
    return ExpressionNode(.call(function, nodes), type: function.type, path: scope.path)
  }

  private mutating func refuseOperands(
    of function: Function, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    let signatures = function.overloads.map(\.text).joined(separator: " | ")
    var found: [String] = []
    for (index, operand) in call.operands.enumerated() {
      guard let node = parse(operand, scope.operand(index + 1)) else { return nil }
      found.append(node.type.description)
    }
    return refuse(
      "Expected arguments of type \(signatures), but found (\(found.joined(separator: ", "))) "
        + "instead.", call.json, scope.path)
  }
}

extension StyleValue {
  /// A JSON value as it stands.
  init(_ json: JSONValue) {
    switch json.kind {
    case .null: self = .null
    case .bool(let bool): self = .boolean(bool)
    case .number(let number): self = .number(number.double)
    case .string(let string): self = .string(string)
    case .array(let elements): self = .array(elements.map(StyleValue.init))
    case .object(let members):
      self = .object(members.map { StyleMember($0.key, StyleValue($0.value)) })
    }
  }
}

extension JSONValue {
  /// What ECMAScript's `typeof` says, which the specification's messages repeat.
  var scriptTypeName: String {
    switch kind {
    case .null, .array, .object: "object"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    }
  }
}
