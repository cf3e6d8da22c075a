import Glibc

extension ExpressionEvaluator {
  mutating func call(
    _ function: Function, _ operands: [ExpressionNode], path: String
  ) throws(EvaluationFailure) -> StyleValue {
    switch function {
    case .error: throw EvaluationFailure(message: try string(operands[0]), path: path)
    case .typeof: return .string(try value(of: operands[0]).type.description)
    case .get: return try member(operands) ?? .null
    case .has: return .boolean(try member(operands) != nil)
    case .properties: return .object(propertyMembers)
    case .geometryType: return context.geometryType.map { .string($0.rawValue) } ?? .null
    case .id: return context.id
    case .zoom: return .number(context.zoom)
    case .toRGBA, .rgb, .rgba: return try colour(function, operands, path: path)
    case .all:
      for operand in operands where try !boolean(operand) { return .boolean(false) }
      return .boolean(true)
    case .any:
      for operand in operands where try boolean(operand) { return .boolean(true) }
      return .boolean(false)
    case .not: return .boolean(try !boolean(operands[0]))
    // Every script that the fonts hold is shaped, whatever its direction.
    case .isSupportedScript: return .boolean(true)
    case .upcase: return .string(try string(operands[0]).uppercased())
    case .downcase: return .string(try string(operands[0]).lowercased())
    case .concat: return .string(try concatenation(operands, path: path))
    case .split:
      let (text, separator) = (try string(operands[0]), try string(operands[1]))
      return .array(Self.split(text, at: separator).map(StyleValue.string))
    case .join: return .string(try joined(operands, path: path))
    default: return .number(try arithmetic(function, operands))
    }
  }

  private mutating func member(
    _ operands: [ExpressionNode]
  ) throws(EvaluationFailure) -> StyleValue? {
    let key = try string(operands[0])
    guard operands.count > 1 else { return context.properties[key] }
    guard case .object(let members) = try value(of: operands[1]) else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  private var propertyMembers: [StyleMember] {
    context.properties.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { StyleMember($0.key, $0.value) }
  }

  // MARK: Numbers

  private mutating func arithmetic(
    _ function: Function, _ operands: [ExpressionNode]
  ) throws(EvaluationFailure) -> Double {
    var numbers: [Double] = []
    for operand in operands { numbers.append(try number(operand)) }
    switch function {
    case .sum: return numbers.reduce(0, +)
    case .product: return numbers.reduce(1, *)
    case .min: return Self.extreme(numbers, of: .infinity, by: <)
    case .max: return Self.extreme(numbers, of: -.infinity, by: >)
    case .difference: return numbers.count == 1 ? -numbers[0] : numbers[0] - numbers[1]
    case .quotient: return numbers[0] / numbers[1]
    case .remainder: return fmod(numbers[0], numbers[1])
    case .power: return Self.power(numbers[0], numbers[1])
    case .ln2: return M_LN2
    case .pi: return .pi
    case .e: return M_E
    default: return Self.oneOperand(function, numbers[0])
    }
  }

  private static func oneOperand(_ function: Function, _ x: Double) -> Double {
    switch function {
    case .sqrt: x.squareRoot()
    case .log10: Glibc.log(x) / M_LN10
    case .ln: Glibc.log(x)
    case .log2: Glibc.log(x) / M_LN2
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tan: Glibc.tan(x)
    case .asin: Glibc.asin(x)
    case .acos: Glibc.acos(x)
    case .atan: Glibc.atan(x)
    case .abs: x.magnitude
    case .round: x.rounded(.toNearestOrAwayFromZero)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    default: .nan
    }
  }

  /// Not-a-number wins, as in ECMAScript.
  private static func extreme(
    _ numbers: [Double], of start: Double, by isBetter: (Double, Double) -> Bool
  ) -> Double {
    numbers.reduce(start) { best, number in
      best.isNaN || number.isNaN ? .nan : isBetter(number, best) ? number : best
    }
  }

  /// C says 1 for a base of ±1 with an infinite exponent and for 1 with not-a-number; ECMAScript does not.
  private static func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent.isNaN || (base.magnitude == 1 && exponent.isInfinite) { return .nan }
    return pow(base, exponent)
  }

  private mutating func colour(
    _ function: Function, _ operands: [ExpressionNode], path: String
  ) throws(EvaluationFailure) -> StyleValue {
    var values: [StyleValue] = []
    for operand in operands { values.append(try value(of: operand)) }
    if function == .toRGBA {
      guard case .colour(let colour) = values[0] else { return .null }
      return .array(
        [colour.red * 255, colour.green * 255, colour.blue * 255, colour.alpha]
          .map(StyleValue.number))
    }
    if let fault = Self.channelFault(values) {
      throw EvaluationFailure(message: fault, path: path)
    }
    return .colour(Self.colour(of: values))
  }

  // MARK: Texts

  private mutating func concatenation(
    _ operands: [ExpressionNode], path: String
  ) throws(EvaluationFailure) -> String {
    var text = ""
    for operand in operands {
      text += try value(of: operand).text
      try checkLength(of: text, path: path)
    }
    return text
  }

  private mutating func joined(
    _ operands: [ExpressionNode], path: String
  ) throws(EvaluationFailure) -> String {
    let parts = try value(of: operands[0]).array ?? []
    let separator = try string(operands[1])
    var text = ""
    for (index, part) in parts.enumerated() {
      if index > 0 { text += separator }
      text += part.text
      try checkLength(of: text, path: path)
    }
    return text
  }

  private func checkLength(of text: String, path: String) throws(EvaluationFailure) {
    guard text.utf8.count <= Self.longestTextByteCount else {
      throw EvaluationFailure(
        message: "The text grows over \(Self.longestTextByteCount) bytes.", path: path)
    }
  }

  /// Parts between separators; an empty separator yields the characters.
  static func split(_ text: String, at separator: String) -> [String] {
    let (scalars, wanted) = (Array(text.unicodeScalars), Array(separator.unicodeScalars))
    if wanted.isEmpty { return scalars.map { String($0) } }
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      if scalars[index...].starts(with: wanted) {
        parts.append(String(part))
        part = String.UnicodeScalarView()
        index += wanted.count
      } else {
        part.append(scalars[index])
        index += 1
      }
    }
    parts.append(String(part))
    return parts
  }
}
