internal import JSON

extension ExpressionCompiler {
  mutating func parseLiteral(
    _ form: SpecialForm, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    guard call.operands.count == 1 else {
      return refuse(
        "'\(form.rawValue)' expression requires exactly one argument, but found "
          + "\(call.operands.count) instead.", call.json, scope.path)
    }
    if form == .semiliteral, case .array(let elements) = call.operands[0].kind {
      return parseList(elements, scope)
    }
    let value = StyleValue(call.operands[0])
    var type = value.type
    // An empty array is of whatever type is wanted.
    if case .array(_, count: 0) = type, case .array(_, let count)? = scope.expected,
      count == nil || count == 0, let expected = scope.expected
    {
      type = expected
    }
    return ExpressionNode(.literal(value), type: type, path: scope.path)
  }

  private mutating func parseList(_ elements: [JSONValue], _ scope: Scope) -> ExpressionNode? {
    var inner = scope
    inner.expected = .value
    var nodes: [ExpressionNode] = []
    for element in elements {
      guard let node = parse(element, inner) else { return nil }
      nodes.append(node)
    }
    let first = nodes.first?.type ?? .value
    let isUniform = nodes.dropFirst().allSatisfy { !first.isArray && $0.type == first }
    let type = ExpressionType.array(isUniform ? first : .value, count: nodes.count)
    return ExpressionNode(.list(nodes), type: type, path: scope.path)
  }

  mutating func parseAssertion(
    _ form: SpecialForm, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    guard !call.operands.isEmpty else {
      return refuse("Expected at least one argument.", call.json, scope.path)
    }
    var first = 0
    let type: ExpressionType
    switch form {
    case .string: type = .string
    case .number: type = .number
    case .boolean: type = .boolean
    case .object: type = .object
    default:
      guard let array = parseArrayType(call, scope, operandsRead: &first) else { return nil }
      type = array
    }
    guard let nodes = parseOperands(of: call, from: first, scope) else { return nil }
    return ExpressionNode(.assertion(nodes), type: type, path: scope.path)
  }

  private mutating func parseArrayType(
    _ call: Call, _ scope: Scope, operandsRead: inout Int
  ) -> ExpressionType? {
    var element = ExpressionType.value
    var count: Int?
    if call.operands.count > 1 {
      switch call.operands[0].string {
      case "string": element = .string
      case "number": element = .number
      case "boolean": element = .boolean
      default:
        refuse(
          "The item type argument of \"array\" must be one of string, number, boolean",
          call.operands[0], scope.path + "[1]")
        return nil
      }
      operandsRead += 1
    }
    if call.operands.count > 2 {
      let length = call.operands[1]
      if !length.isNull {
        guard let number = length.int64, number >= 0, number <= Int32.max else {
          refuse(
            "The length argument to \"array\" must be a positive integer literal", length,
            scope.path + "[2]")
          return nil
        }
        count = Int(number)
      }
      operandsRead += 1
    }
    return .array(element, count: count)
  }

  mutating func parseCoercion(
    _ form: SpecialForm, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    guard !call.operands.isEmpty else {
      return refuse("Expected at least one argument.", call.json, scope.path)
    }
    if form == .toBoolean || form == .toString, call.operands.count != 1 {
      return refuse("Expected one argument.", call.json, scope.path)
    }
    guard let nodes = parseOperands(of: call, from: 0, scope) else { return nil }
    let type: ExpressionType =
      switch form {
      case .toBoolean: .boolean
      case .toColour: .colour
      case .toNumber: .number
      default: .string
      }
    return ExpressionNode(.coercion(nodes), type: type, path: scope.path)
  }

  private mutating func parseOperands(
    of call: Call, from first: Int, _ scope: Scope
  ) -> [ExpressionNode]? {
    var nodes: [ExpressionNode] = []
    for (index, operand) in call.operands.enumerated().dropFirst(first) {
      guard let node = parse(operand, scope.operand(index + 1, expecting: .value)) else {
        return nil
      }
      nodes.append(node)
    }
    return nodes
  }

  // MARK: Arrays and texts

  mutating func parseLookUp(
    _ form: SpecialForm, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    let count = call.operands.count
    let allowed: (counts: ClosedRange<Int>, text: String) =
      switch form {
      case .length: (1...1, "1 argument")
      case .at, .in: (2...2, "2 arguments")
      default: (2...3, "2 or 3 arguments")
      }
    guard allowed.counts.contains(count) else {
      return refuse(
        "Expected \(allowed.text), but found \(count) instead.", call.json, scope.path)
    }
    switch form {
    case .at: return parseAt(call, scope)
    case .length: return parseLength(call, scope)
    case .slice: return parseSlice(call, scope)
    default: return parseSearch(form, call, scope)
    }
  }

  private mutating func parseAt(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    let index = parse(call.operands[0], scope.operand(1, expecting: .number))
    let wanted = ExpressionType.array(scope.expected ?? .value, count: nil)
    let array = parse(call.operands[1], scope.operand(2, expecting: wanted))
    guard let index, let array, case .array(let element, _) = array.type else { return nil }
    return ExpressionNode(.at(index: index, array: array), type: element, path: scope.path)
  }

  private mutating func parseLength(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard let input = parse(call.operands[0], scope.operand(1)) else { return nil }
    guard input.type.isArray || input.type == .string || input.type == .value else {
      return refuse(
        "Expected argument of type string or array, but found \(input.type) instead.", call.json,
        scope.path)
    }
    return ExpressionNode(.length(input), type: .number, path: scope.path)
  }

  private mutating func parseSlice(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    let input = parse(call.operands[0], scope.operand(1, expecting: .value))
    let from = parse(call.operands[1], scope.operand(2, expecting: .number))
    guard let input, let from else { return nil }
    guard input.type.isArray || input.type == .string || input.type == .value else {
      return refuse(
        "Expected first argument to be of type array or string, but found \(input.type) instead",
        call.json, scope.path)
    }
    var to: ExpressionNode?
    if call.operands.count == 3 {
      to = parse(call.operands[2], scope.operand(3, expecting: .number))
      if to == nil { return nil }
    }
    // The count of a part is not known.
    var type = input.type
    if case .array(let element, _) = type { type = .array(element, count: nil) }
    return ExpressionNode(.slice(input, from: from, to: to), type: type, path: scope.path)
  }

  private mutating func parseSearch(
    _ form: SpecialForm, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    let needle = parse(call.operands[0], scope.operand(1, expecting: .value))
    let haystack = parse(call.operands[1], scope.operand(2, expecting: .value))
    guard let needle, let haystack else { return nil }
    guard ExpressionNode.Comparison.equal.allows(needle.type) else {
      return refuse(
        "Expected first argument to be of type boolean, string, number or null, but found "
          + "\(needle.type) instead", call.json, scope.path)
    }
    if form == .in {
      return ExpressionNode(
        .contains(needle: needle, haystack: haystack), type: .boolean, path: scope.path)
    }
    var from: ExpressionNode?
    if call.operands.count == 3 {
      from = parse(call.operands[2], scope.operand(3, expecting: .number))
      if from == nil { return nil }
    }
    return ExpressionNode(
      .indexOf(needle: needle, haystack: haystack, from: from), type: .number, path: scope.path)
  }
}
