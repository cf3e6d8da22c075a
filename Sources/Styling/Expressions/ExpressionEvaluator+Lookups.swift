extension ExpressionEvaluator {
  mutating func lookUp(
    _ operation: ExpressionNode.Operation, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    switch operation {
    case .at(let index, let array): return try element(index, array, path: path)
    case .contains(let needle, let haystack): return try contains(needle, haystack, path: path)
    case .indexOf(let needle, let haystack, let from):
      return try index(needle, haystack, from, path: path)
    case .slice(let input, let from, let to): return try slice(input, from, to, path: path)
    case .length(let input): return try length(input, path: path)
    default: return .null
    }
  }

  private mutating func element(
    _ index: ExpressionNode, _ array: ExpressionNode, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    let index = try number(index)
    let elements = try value(of: array).array ?? []
    let text = ScriptNumber.text(index)
    if index < 0 {
      throw EvaluationFailure(message: "Array index out of bounds: \(text) < 0.", path: path)
    }
    if index >= Double(elements.count) {
      throw EvaluationFailure(
        message: "Array index out of bounds: \(text) > \(elements.count - 1).", path: path)
    }
    guard let whole = Int(exactly: index) else {
      throw EvaluationFailure(
        message: "Array index must be an integer, but found \(text) instead.", path: path)
    }
    return elements[whole]
  }

  private mutating func contains(
    _ needle: ExpressionNode, _ haystack: ExpressionNode, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    let needle = try value(of: needle)
    let haystack = try value(of: haystack)
    guard haystack.isTruthy else { return .boolean(false) }
    return .boolean(try Self.firstIndex(of: needle, in: haystack, from: 0, path: path) != nil)
  }

  private mutating func index(
    _ needle: ExpressionNode, _ haystack: ExpressionNode, _ from: ExpressionNode?, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    let needle = try value(of: needle)
    let haystack = try value(of: haystack)
    var start = 0.0
    if let from { start = try number(from) }
    let index = try Self.firstIndex(of: needle, in: haystack, from: start, path: path)
    return .number(Double(index ?? -1))
  }

  private static func firstIndex(
    of needle: StyleValue, in haystack: StyleValue, from start: Double, path: String
  ) throws(EvaluationFailure) -> Int? {
    switch needle {
    case .null, .boolean, .number, .string: break
    default:
      throw EvaluationFailure(
        message: "Expected first argument to be of type boolean, string, number or null, but found "
          + "\(needle.type) instead.", path: path)
    }
    switch haystack {
    case .array(let elements):
      let first = position(start, count: elements.count)
      return elements[first...].firstIndex(of: needle)
    case .string(let text):
      let (scalars, wanted) = (
        Array(text.unicodeScalars), Array((needle.isNull ? "null" : needle.text).unicodeScalars)
      )
      let first = min(max(start.isNaN ? 0 : start, 0), Double(scalars.count))
      return (Int(first)..<scalars.count + 1).first { scalars[$0...].starts(with: wanted) }
    default:
      throw EvaluationFailure(
        message: "Expected second argument to be of type array or string, but found "
          + "\(haystack.type) instead.", path: path)
    }
  }

  /// A place counted from the start, or from the end when negative, brought into 0…count.
  private static func position(_ number: Double, count: Int) -> Int {
    if number.isNaN { return 0 }
    let bounded = min(max(number, -1e9), 1e9).rounded(.towardZero)
    let place = bounded < 0 ? Double(count) + bounded : bounded
    return Int(min(max(place, 0), Double(count)))
  }

  private mutating func slice(
    _ input: ExpressionNode, _ from: ExpressionNode, _ end: ExpressionNode?, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    let input = try value(of: input)
    let from = try number(from)
    var to: Double?
    if let end { to = try number(end) }
    func range(_ count: Int) -> Range<Int> {
      let start = Self.position(from, count: count)
      return start..<max(start, to.map { Self.position($0, count: count) } ?? count)
    }
    switch input {
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      var part = String.UnicodeScalarView()
      part.append(contentsOf: scalars[range(scalars.count)])
      return .string(String(part))
    case .array(let elements):
      return .array(Array(elements[range(elements.count)]))
    default:
      throw EvaluationFailure(
        message: "Expected first argument to be of type array or string, but found "
          + "\(input.type) instead.", path: path)
    }
  }

  private mutating func length(
    _ input: ExpressionNode, path: String
  ) throws(EvaluationFailure) -> StyleValue {
    let input = try value(of: input)
    switch input {
    case .string(let text): return .number(Double(text.unicodeScalars.count))
    case .array(let elements): return .number(Double(elements.count))
    default:
      throw EvaluationFailure(
        message: "Expected value to be of type string or array, but found \(input.type) instead.",
        path: path)
    }
  }
}
