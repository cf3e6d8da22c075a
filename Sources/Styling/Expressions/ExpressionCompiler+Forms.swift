internal import JSON

extension ExpressionCompiler {
  mutating func parseComparison(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard let comparison = ExpressionNode.Comparison(rawValue: call.name),
      call.operands.count == 2 || call.operands.count == 3
    else { return refuse("Expected two or three arguments.", call.json, scope.path) }
    var sides: [ExpressionNode] = []
    for index in 0..<2 {
      let inner = scope.operand(index + 1, expecting: .value)
      guard let side = parse(call.operands[index], inner) else { return nil }
      guard comparison.allows(side.type) else {
        return refuse(
          "\"\(call.name)\" comparisons are not supported for type '\(side.type)'.",
          call.operands[index], inner.path)
      }
      sides.append(side)
    }
    let (left, right) = (sides[0], sides[1])
    if left.type != right.type, left.type != .value, right.type != .value {
      return refuse(
        "Cannot compare types '\(left.type)' and '\(right.type)'.", call.json, scope.path)
    }
    if call.operands.count == 3 { return refuseCollator(call, left, right, scope) }
    func asserted(_ node: ExpressionNode, like other: ExpressionNode) -> ExpressionNode {
      guard comparison.isOrder, node.type == .value, other.type != .value else { return node }
      return ExpressionNode(.assertion([node]), type: other.type, path: scope.path)
    }
    return ExpressionNode(
      .comparison(comparison, asserted(left, like: right), asserted(right, like: left)),
      type: .boolean, path: scope.path)
  }

  private mutating func refuseCollator(
    _ call: Call, _ left: ExpressionNode, _ right: ExpressionNode, _ scope: Scope
  ) -> ExpressionNode? {
    let isText = [left.type, right.type].contains { $0 == .string || $0 == .value }
    guard isText else {
      return refuse("Cannot use collator to compare non-string types.", call.json, scope.path)
    }
    return refuse(
      "A third argument would be a collator, which is not supported.", call.operands[2],
      scope.path + "[3]", hint: Operators.hint(for: "collator"))
  }

  // MARK: Variables

  mutating func parseLet(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    let operands = call.operands
    guard operands.count >= 3, let last = operands.last else {
      return refuse(
        "Expected at least 3 arguments, but found \(operands.count) instead.", call.json,
        scope.path)
    }
    var inner = scope.operand(operands.count, expecting: scope.expected)
    var bound: [ExpressionNode] = []
    for index in stride(from: 0, to: operands.count - 1, by: 2) {
      let path = scope.path + "[\(index + 1)]"
      guard let name = operands[index].string else {
        return refuse(
          "Expected string, but found \(operands[index].scriptTypeName) instead.", operands[index],
          path)
      }
      let isWord = name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x5F
      }
      guard isWord else {
        return refuse(
          "Variable names must contain only alphanumeric characters or '_'.", operands[index], path)
      }
      // An even count leaves the last name without value: the result stands for it, as the
      // specification's parser has it.
      guard let value = parse(operands[index + 1], scope.operand(index + 2)) else { return nil }
      inner.variables[name] = Variable(slot: slotCount, node: value)
      slotCount += 1
      bound.append(value)
    }
    guard let result = parse(last, inner) else { return nil }
    return ExpressionNode(.bindings(bound, result: result), type: result.type, path: scope.path)
  }

  mutating func parseVariable(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard call.operands.count == 1, let name = call.operands[0].string else {
      return refuse(
        "'var' expression requires exactly one string literal argument.", call.json, scope.path)
    }
    guard let variable = scope.variables[name] else {
      return refuse(
        "Unknown variable \"\(name)\". Make sure \"\(name)\" has been bound in an enclosing "
          + "\"let\" expression before using it.", call.operands[0], scope.path + "[1]")
    }
    return ExpressionNode(
      .variable(slot: variable.slot, bound: variable.node), type: variable.node.type,
      path: scope.path)
  }

  mutating func parseGlobalState(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard call.operands.count == 1 else {
      return refuse(
        "Expected 1 argument, but found \(call.operands.count) instead.", call.json, scope.path)
    }
    guard let key = call.operands[0].string else {
      return refuse(
        "Global state property must be string, but found \(call.operands[0].scriptTypeName) "
          + "instead.", call.operands[0], scope.path)
    }
    return ExpressionNode(.state(key), type: .value, path: scope.path)
  }

  // MARK: Texts

  mutating func parseFormat(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard let first = call.operands.first else {
      return refuse("Expected at least one argument.", call.json, scope.path)
    }
    if first.object != nil || first.isNull {
      return refuse("First argument must be an image or text section.", first, scope.path)
    }
    var sections: [ExpressionNode.FormatSection] = []
    var mayBeOptions = false
    for operand in call.operands {
      if mayBeOptions, case .object(let options) = operand.kind {
        mayBeOptions = false
        var section = sections.removeLast()
        guard parse(options, into: &section, scope) else { return nil }
        sections.append(section)
        continue
      }
      guard let content = parse(operand, scope.operand(1, expecting: .value)) else { return nil }
      switch content.type {
      case .string, .value, .null, .image: break
      default:
        return refuse(
          "Formatted text type must be 'string', 'value', 'image' or 'null'.", operand, scope.path)
      }
      mayBeOptions = true
      sections.append(.init(content: content))
    }
    return ExpressionNode(.format(sections), type: .formatted, path: scope.path)
  }

  private mutating func parse(
    _ options: [JSONMember], into section: inout ExpressionNode.FormatSection, _ scope: Scope
  ) -> Bool {
    for option in options {
      let node: ExpressionNode?
      switch option.key {
      case "font-scale":
        node = parse(option.value, scope.operand(1, expecting: .number))
        section.scale = node
      case "text-font":
        node = parse(option.value, scope.operand(1, expecting: .array(.string, count: nil)))
        section.fonts = node
      case "text-color":
        node = parse(option.value, scope.operand(1, expecting: .colour))
        section.colour = node
      case "vertical-align":
        if let name = option.value.string,
          FormattedSection.VerticalAlignment(rawValue: name) == nil
        {
          refuse(
            "'vertical-align' must be one of: 'bottom', 'center', 'top' but found '\(name)' "
              + "instead.", option.value, scope.path)
          return false
        }
        node = parse(option.value, scope.operand(1, expecting: .string))
        section.verticalAlignment = node
      default:
        refuseOption(
          option, of: "format", scope,
          among: ["font-scale", "text-font", "text-color", "vertical-align"])
        return false
      }
      if node == nil { return false }
    }
    return true
  }

  private mutating func refuseOption(
    _ option: JSONMember, of name: String, _ scope: Scope, among known: [String]
  ) {
    var json = option.value
    json.position = option.keyPosition
    refuse(
      "\"\(name)\" has no option \"\(option.key)\"; it has \(known.joined(separator: ", ")).",
      json, scope.path,
      hint: NearestName.suggest(for: option.key, among: known).map { "did you mean \"\($0)\"?" })
  }

  mutating func parseImage(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard call.operands.count == 1 else {
      return refuse("Expected two arguments.", call.json, scope.path)
    }
    guard let name = parse(call.operands[0], scope.operand(1, expecting: .string)) else {
      return refuse("No image name provided.", call.json, scope.path)
    }
    return ExpressionNode(.image(name), type: .image, path: scope.path)
  }

  mutating func parseNumberFormat(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard call.operands.count == 2 else {
      return refuse("Expected two arguments.", call.json, scope.path)
    }
    guard let number = parse(call.operands[0], scope.operand(1, expecting: .number)) else {
      return nil
    }
    guard let options = call.operands[1].object else {
      return refuse(
        "NumberFormat options argument must be an object.", call.operands[1], scope.path)
    }
    var format = ExpressionNode.NumberFormat(number: number)
    for option in options {
      let expected: ExpressionType = option.key == "locale" ? .string : .number
      let known = ["locale", "min-fraction-digits", "max-fraction-digits"]
      guard known.contains(option.key) else {
        refuseOption(option, of: "number-format", scope, among: known)
        return nil
      }
      guard let node = parse(option.value, scope.operand(1, expecting: expected)) else {
        return nil
      }
      switch option.key {
      case "locale": format.locale = node
      case "min-fraction-digits": format.minimumFractionDigits = node
      default: format.maximumFractionDigits = node
      }
    }
    return ExpressionNode(.numberFormat(format), type: .string, path: scope.path)
  }
}
