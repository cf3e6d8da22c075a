extension ExpressionEvaluator {
  /// Converts the first operand that can be converted.
  mutating func coerce(
    _ nodes: [ExpressionNode], to type: ExpressionType, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    switch type {
    case .colour: return .colour(try colour(nodes, path: path))
    case .number: return .number(try coercedNumber(nodes, path: path))
    case .padding: return .padding(try padding(nodes, path: path))
    default: break
    }
    guard let node = nodes.first else { return .null }
    let value = try value(of: node)
    switch type {
    case .boolean: return .boolean(value.isTruthy)
    case .formatted:
      if case .formatted = value { return value }
      // A text keeps its one section even when it is empty, as in the specification.
      return .formatted(FormattedText(sections: [FormattedSection(text: value.text)]))
    case .image: return image(named: value.text)
    default: return .string(value.text)
    }
  }

  private mutating func colour(
    _ nodes: [ExpressionNode], path: String
  ) throws(EvaluationFailure) -> StyleColour {
    var input = StyleValue.null
    var fault: String?
    for node in nodes {
      input = try value(of: node)
      fault = nil
      switch input {
      case .colour(let colour): return colour
      case .string(let text):
        if let colour = StyleColour(css: text) { return colour }
      case .array(let channels):
        if channels.count < 3 || channels.count > 4 {
          fault =
            "Invalid rgba value \(input.json): expected an array containing either three or four "
            + "numeric values."
        } else {
          fault = Self.channelFault(channels)
        }
        if fault == nil { return Self.colour(of: channels) }
      default: break
      }
    }
    throw EvaluationFailure(
      message: fault ?? "Could not parse color from value '\(input.string ?? input.json)'",
      path: path)
  }

  /// What is wrong with red, green, blue (0 to 255) and opacity (0 to 1); nil when nothing is.
  static func channelFault(_ channels: [StyleValue]) -> String? {
    func list(_ count: Int) -> String {
      channels.prefix(count).map(\.text).joined(separator: ", ")
    }
    let isInRange = channels.prefix(3).allSatisfy { $0.number.map((0...255).contains) ?? false }
    if !isInRange {
      let count = channels.count == 4 && channels[3].number != nil ? 4 : 3
      return "Invalid rgba value [\(list(count))]: 'r', 'g', and 'b' must be between 0 and 255."
    }
    if channels.count == 4, !(channels[3].number.map((0...1).contains) ?? false) {
      return "Invalid rgba value [\(list(4))]: 'a' must be between 0 and 1."
    }
    return nil
  }

  static func colour(of channels: [StyleValue]) -> StyleColour {
    let numbers = channels.map { $0.number ?? 0 }
    return StyleColour(
      red: numbers[0] / 255, green: numbers[1] / 255, blue: numbers[2] / 255,
      alpha: numbers.count > 3 ? numbers[3] : 1)
  }

  private mutating func coercedNumber(
    _ nodes: [ExpressionNode], path: String
  ) throws(EvaluationFailure) -> Double {
    var input = StyleValue.null
    for node in nodes {
      input = try value(of: node)
      switch input {
      case .null: return 0
      case .boolean(let boolean): return boolean ? 1 : 0
      case .number(let number):
        if !number.isNaN { return number }
      case .string(let text):
        if let number = ScriptNumber.number(of: text) { return number }
      default: break
      }
    }
    throw EvaluationFailure(message: "Could not convert \(input.json) to number.", path: path)
  }

  private mutating func padding(
    _ nodes: [ExpressionNode], path: String
  ) throws(EvaluationFailure) -> StylePadding {
    var input = StyleValue.null
    for node in nodes {
      input = try value(of: node)
      switch input {
      case .padding(let padding): return padding
      case .number(let number):
        if let padding = StylePadding([number]) { return padding }
      case .array(let elements):
        let numbers = elements.compactMap(\.number)
        if numbers.count == elements.count, let padding = StylePadding(numbers) { return padding }
      default: break
      }
    }
    throw EvaluationFailure(
      message: "Could not parse padding from value '\(input.string ?? input.json)'", path: path)
  }
}
