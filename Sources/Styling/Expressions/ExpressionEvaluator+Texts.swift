extension ExpressionEvaluator {
  mutating func compare(
    _ comparison: ExpressionNode.Comparison, _ leftNode: ExpressionNode,
    _ rightNode: ExpressionNode, path: String
  ) throws(EvaluationFailure) -> Bool {
    let left = try value(of: leftNode)
    let right = try value(of: rightNode)
    switch comparison {
    case .equal: return left == right
    case .notEqual: return left != right
    default: break
    }
    switch (left, right) {
    case (.number(let a), .number(let b)):
      switch comparison {
      case .less: return a < b
      case .greater: return a > b
      case .lessOrEqual: return a <= b
      default: return a >= b
      }
    case (.string(let a), .string(let b)):
      // Order of UTF-16 code units, as in ECMAScript.
      let (isBelow, isAbove) = (
        a.utf16.lexicographicallyPrecedes(b.utf16), b.utf16.lexicographicallyPrecedes(a.utf16)
      )
      switch comparison {
      case .less: return isBelow
      case .greater: return isAbove
      case .lessOrEqual: return !isAbove
      default: return !isBelow
      }
    default:
      throw EvaluationFailure(
        message: "Expected arguments for \"\(comparison.rawValue)\" to be (string, string) or "
          + "(number, number), but found (\(left.type.kindName), \(right.type.kindName)) instead.",
        path: path)
    }
  }

  mutating func format(
    _ sections: [ExpressionNode.FormatSection]
  ) throws(EvaluationFailure) -> StyleValue {
    var result: [FormattedSection] = []
    for section in sections {
      let content = try value(of: section.content)
      var formatted = FormattedSection()
      if let alignment = section.verticalAlignment {
        formatted.verticalAlignment = .init(rawValue: try string(alignment))
      }
      if case .image(let image) = content {
        formatted.image = image
      } else {
        formatted.text = content.text
        if let scale = section.scale { formatted.scale = try number(scale) }
        if let fonts = section.fonts {
          formatted.fonts = try value(of: fonts).array?.compactMap(\.string)
        }
        if let colour = section.colour { formatted.colour = try value(of: colour).colour }
      }
      result.append(formatted)
    }
    return .formatted(FormattedText(sections: result))
  }

  mutating func text(
    of format: ExpressionNode.NumberFormat
  ) throws(EvaluationFailure) -> String {
    let number = try number(format.number)
    var locale = "ja"
    if let node = format.locale { locale = try string(node) }
    var minimum: Int?
    var maximum: Int?
    if let node = format.minimumFractionDigits { minimum = Self.digitCount(try self.number(node)) }
    if let node = format.maximumFractionDigits { maximum = Self.digitCount(try self.number(node)) }
    let least = minimum ?? min(0, maximum ?? 0)
    let most = maximum ?? max(3, least)
    return DecimalFormat(locale: locale).text(
      number, fractionDigits: min(least, most)...max(least, most))
  }

  private static func digitCount(_ number: Double) -> Int {
    number.isNaN ? 0 : Int(min(max(number, 0), 20))
  }
}

extension ExpressionType {
  /// The type without what an array holds.
  var kindName: String { isArray ? "array" : description }
}

/// Decimal numbers as people write them.
struct DecimalFormat {
  private let groupSeparator: String
  private let decimalSeparator: String

  /// - Parameter locale: a BCP 47 tag; its language decides, and what is unknown is written as in
  ///   English and Japanese.
  init(locale: String) {
    switch locale.split(separator: "-").first?.lowercased() {
    case "de", "es", "it", "nl", "pt", "id", "tr", "da", "vi":
      (groupSeparator, decimalSeparator) = (".", ",")
    case "fr": (groupSeparator, decimalSeparator) = ("\u{202F}", ",")
    case "ru", "uk", "cs", "pl", "fi", "sv", "nb", "hu":
      (groupSeparator, decimalSeparator) = ("\u{A0}", ",")
    default: (groupSeparator, decimalSeparator) = (",", ".")
    }
  }

  /// The number rounded half away from zero at the last digit of its shortest decimal form.
  func text(_ number: Double, fractionDigits: ClosedRange<Int>) -> String {
    guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-∞" : "∞" }
    var (digits, point) = ScriptNumber.shortestDigits(number.magnitude)
    if number == 0 { (digits, point) = ([], 0) }
    var values = digits.compactMap(\.wholeNumberValue)
    if point < 0 {
      values.insert(contentsOf: repeatElement(0, count: min(-point, 400)), at: 0)
      point = 0
    }
    let kept = point + fractionDigits.upperBound
    if values.count > kept {
      let roundsUp = values[kept] >= 5
      values.removeSubrange(kept...)
      if roundsUp { Self.increment(&values, &point) }
    }
    while values.count < point + fractionDigits.lowerBound { values.append(0) }
    while values.count > point + fractionDigits.lowerBound, values.last == 0 {
      values.removeLast()
    }
    let whole = values.prefix(point).map(String.init).joined()
    let fraction = values.dropFirst(point).map(String.init).joined()
    let isNegative = number < 0 && values.contains { $0 != 0 }
    return (isNegative ? "-" : "") + grouped(whole.isEmpty ? "0" : whole)
      + (fraction.isEmpty ? "" : decimalSeparator + fraction)
  }

  private static func increment(_ digits: inout [Int], _ point: inout Int) {
    var index = digits.count - 1
    while index >= 0 {
      if digits[index] < 9 {
        digits[index] += 1
        return
      }
      digits[index] = 0
      index -= 1
    }
    digits.insert(1, at: 0)
    point += 1
  }

  private func grouped(_ digits: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += groupSeparator }
      result.append(digit)
    }
    return result
  }
}
