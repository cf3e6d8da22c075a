internal import JSON

extension ExpressionCompiler {
  /// The type that branches must have, where the place says so.
  private func outputType(_ scope: Scope) -> ExpressionType? {
    scope.expected == .value ? nil : scope.expected
  }

  mutating func parseCases(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    let operands = call.operands
    guard operands.count >= 3 else {
      return refuse(
        "Expected at least 3 arguments, but found only \(operands.count).", call.json, scope.path)
    }
    guard operands.count % 2 == 1, let last = operands.last else {
      return refuse("Expected an odd number of arguments.", call.json, scope.path)
    }
    var type = outputType(scope)
    var branches: [ExpressionNode.Branch] = []
    for index in stride(from: 0, to: operands.count - 1, by: 2) {
      let test = parse(operands[index], scope.operand(index + 1, expecting: .boolean))
      guard let test,
        let result = parse(operands[index + 1], scope.operand(index + 2, expecting: type))
      else { return nil }
      type = type ?? result.type
      branches.append(.init(test: test, result: result))
    }
    let otherwise = parse(last, scope.operand(operands.count, expecting: type))
    guard let otherwise, let type else { return nil }
    return ExpressionNode(.cases(branches, otherwise: otherwise), type: type, path: scope.path)
  }

  mutating func parseCoalesce(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    guard !call.operands.isEmpty else {
      return refuse("Expected at least one argument.", call.json, scope.path)
    }
    var type = outputType(scope)
    var nodes: [ExpressionNode] = []
    for (index, operand) in call.operands.enumerated() {
      // An assertion here would end at null, which is what the next operand is for.
      let inner = scope.operand(index + 1, expecting: type)
      guard let node = parse(operand, inner, annotation: .omit) else { return nil }
      type = type ?? node.type
      nodes.append(node)
    }
    let needsAnnotation = scope.expected.map { expected in
      nodes.contains { !expected.accepts($0.type) }
    }
    return ExpressionNode(
      .coalesce(nodes), type: needsAnnotation == true ? .value : type ?? .value, path: scope.path)
  }

  // MARK: match

  mutating func parseMatch(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    let operands = call.operands
    guard operands.count >= 4 else {
      return refuse(
        "Expected at least 4 arguments, but found only \(operands.count).", call.json, scope.path)
    }
    guard operands.count % 2 == 0, let last = operands.last else {
      return refuse("Expected an even number of arguments.", call.json, scope.path)
    }
    var labels = MatchLabels()
    var type = outputType(scope)
    var outputs: [ExpressionNode] = []
    for index in stride(from: 1, to: operands.count - 1, by: 2) {
      let path = scope.path + "[\(index + 1)]"
      if let fault = labels.add(operands[index], output: outputs.count) {
        return refuse(fault.message, fault.json, path)
      }
      let inner = scope.operand(index + 1, expecting: type)
      guard let output = parse(operands[index + 1], inner) else { return nil }
      type = type ?? output.type
      outputs.append(output)
    }
    let input = parse(operands[0], scope.operand(1, expecting: .value))
    guard let input else { return nil }
    let otherwise = parse(last, scope.operand(operands.count, expecting: type))
    guard let otherwise, let type else { return nil }
    if input.type != .value, let refusal = labels.type.refusal(of: input.type) {
      return refuse(refusal, operands[0], scope.path + "[1]")
    }
    return ExpressionNode(
      .match(input, labels.table, outputs: outputs, otherwise: otherwise), type: type,
      path: scope.path)
  }

  /// The labels of a `match`, all numbers or all texts.
  private struct MatchLabels {
    private var numbers: [Double: Int] = [:]
    private var strings: [[UInt8]: Int] = [:]

    var type: ExpressionType { strings.isEmpty ? .number : .string }
    var table: ExpressionNode.MatchTable {
      strings.isEmpty ? .numbers(numbers) : .strings(strings)
    }

    mutating func add(
      _ json: JSONValue, output: Int
    ) -> (message: String, json: JSONValue)? {
      let labels = json.array ?? [json]
      if labels.isEmpty { return ("Expected at least one branch label.", json) }
      for label in labels {
        if let message = add(one: label, output: output) { return (message, label) }
      }
      return nil
    }

    private mutating func add(one label: JSONValue, output: Int) -> String? {
      let limit = 9_007_199_254_740_991.0
      switch label.kind {
      case .string(let text):
        if !numbers.isEmpty { return "Expected number but found string instead." }
        guard strings.updateValue(output, forKey: Array(text.utf8)) == nil else {
          return "Branch labels must be unique."
        }
      case .number(let number):
        let value = number.double
        if value.magnitude > limit {
          return "Branch labels must be integers no larger than 9007199254740991."
        }
        if value.rounded(.down) != value { return "Numeric branch labels must be integer values." }
        if !strings.isEmpty { return "Expected string but found number instead." }
        guard numbers.updateValue(output, forKey: value) == nil else {
          return "Branch labels must be unique."
        }
      default:
        return "Branch labels must be numbers or strings."
      }
      return nil
    }
  }

  // MARK: Curves

  mutating func parseStep(_ call: Call, _ scope: Scope) -> ExpressionNode? {
    let operands = call.operands
    guard operands.count >= 4 else {
      return refuse(
        "Expected at least 4 arguments, but found only \(operands.count).", call.json, scope.path)
    }
    guard operands.count % 2 == 0 else {
      return refuse("Expected an even number of arguments.", call.json, scope.path)
    }
    guard let input = parse(operands[0], scope.operand(1, expecting: .number)) else { return nil }
    var type = outputType(scope)
    guard let first = parse(operands[1], scope.operand(2, expecting: type)) else { return nil }
    type = type ?? first.type
    var stops = ExpressionNode.Stops(labels: [-.infinity], outputs: [first])
    guard parseStops("step", operands, from: 2, scope, type: &type, into: &stops), let type
    else { return nil }
    return ExpressionNode(.step(input, stops), type: type, path: scope.path)
  }

  mutating func parseInterpolate(
    _ form: SpecialForm, _ call: Call, _ scope: Scope
  ) -> ExpressionNode? {
    let operands = call.operands
    guard let curve = operands.first?.array, !curve.isEmpty else {
      return refuse(
        "Expected an interpolation type expression.", operands.first ?? call.json,
        scope.path + "[1]")
    }
    guard let interpolation = parseInterpolation(curve, scope) else { return nil }
    guard operands.count >= 4 else {
      return refuse(
        "Expected at least 4 arguments, but found only \(operands.count).", call.json, scope.path)
    }
    guard operands.count % 2 == 0 else {
      return refuse("Expected an even number of arguments.", call.json, scope.path)
    }
    guard let input = parse(operands[1], scope.operand(2, expecting: .number)) else { return nil }
    var type = form == .interpolate ? outputType(scope) : .colour
    var stops = ExpressionNode.Stops(labels: [], outputs: [])
    guard parseStops(form.rawValue, operands, from: 2, scope, type: &type, into: &stops), let type
    else { return nil }
    guard type.isInterpolatable else {
      return refuse("Type \(type) is not interpolatable.", call.json, scope.path)
    }
    let space: StyleColour.Space =
      switch form {
      case .interpolateHCL: .hcl
      case .interpolateLab: .lab
      default: .rgb
      }
    return ExpressionNode(
      .interpolate(input, stops, interpolation, space), type: type, path: scope.path)
  }

  private mutating func parseInterpolation(
    _ curve: [JSONValue], _ scope: Scope
  ) -> Interpolation? {
    switch curve[0].string {
    case "linear":
      return .linear
    case "exponential":
      guard curve.count > 1, let base = curve[1].double else {
        refuse(
          "Exponential interpolation requires a numeric base.",
          curve.count > 1 ? curve[1] : curve[0], scope.path + "[1][1]")
        return nil
      }
      return .exponential(base: base)
    case "cubic-bezier":
      let points = curve.dropFirst().compactMap(\.double).filter { (0...1).contains($0) }
      guard points.count == 4, curve.count == 5 else {
        refuse(
          "Cubic bezier interpolation requires four numeric arguments with values between 0 and 1.",
          curve[0], scope.path + "[1]")
        return nil
      }
      return .cubicBezier(x1: points[0], y1: points[1], x2: points[2], y2: points[3])
    default:
      refuse(
        "Unknown interpolation type \(StyleValue(curve[0]).text)", curve[0],
        scope.path + "[1][0]", hint: "supported are linear, exponential and cubic-bezier")
      return nil
    }
  }

  /// Reads pairs of label and output; labels grow.
  private mutating func parseStops(
    _ name: String, _ operands: [JSONValue], from first: Int, _ scope: Scope,
    type: inout ExpressionType?, into stops: inout ExpressionNode.Stops
  ) -> Bool {
    for index in stride(from: first, to: operands.count - 1, by: 2) {
      let path = scope.path + "[\(index + 1)]"
      guard let label = operands[index].double else {
        refuse(
          "Input/output pairs for \"\(name)\" expressions must be defined using literal numeric "
            + "values (not computed expressions) for the input values.", operands[index], path)
        return false
      }
      if let last = stops.labels.last, last >= label {
        refuse(
          "Input/output pairs for \"\(name)\" expressions must be arranged with input values in "
            + "strictly ascending order.", operands[index], path)
        return false
      }
      let inner = scope.operand(index + 2, expecting: type)
      guard let output = parse(operands[index + 1], inner) else { return false }
      type = type ?? output.type
      stops.labels.append(label)
      stops.outputs.append(output)
    }
    return true
  }
}
