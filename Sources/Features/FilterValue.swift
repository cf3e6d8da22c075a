internal import Glibc

/// A value that is computed from a row.
indirect enum FilterValue: Sendable {
  enum TextForm: Sendable {
    case caseFolded, withoutAccents

    func apply(_ text: String) -> String {
      switch self {
      case .caseFolded: TextFolding.foldCase(text)
      case .withoutAccents: TextFolding.withoutAccents(text)
      }
    }
  }

  case column(Int)
  case constant(Attribute)
  case arithmetic(ArithmeticOperator, FilterValue, FilterValue)
  case negative(FilterValue)
  case text(TextForm, FilterValue)
  /// True, false, or null where the condition is unknown.
  case condition(FilterCondition)

  func evaluate(
    _ row: (Int) -> Attribute, _ geometry: ((SpatialPredicate) -> Bool)?
  ) -> Attribute {
    switch self {
    case .column(let column): return row(column)
    case .constant(let value): return value
    case .arithmetic(let operation, let left, let right):
      return operation.apply(left.evaluate(row, geometry), right.evaluate(row, geometry))
    case .negative(let inner):
      switch inner.evaluate(row, geometry) {
      case .integer(let number):
        return number == .min ? .real(-Double(number)) : .integer(-number)
      case .real(let number): return .real(-number)
      default: return .null
      }
    case .text(let form, let inner):
      guard case .text(let text) = inner.evaluate(row, geometry) else { return .null }
      return .text(form.apply(text))
    case .condition(let condition):
      switch condition.evaluate(row, geometry) {
      case .true: return .boolean(true)
      case .false: return .boolean(false)
      case .unknown: return .null
      }
    }
  }
}

extension ArithmeticOperator {
  /// Null where an operand is no number, the divisor is zero or the result is no finite number. Whole
  /// numbers stay whole except in `/` and `^`, and where they would pass 64 bits.
  func apply(_ left: Attribute, _ right: Attribute) -> Attribute {
    if case .integer(let a) = left, case .integer(let b) = right, let whole = whole(a, b) {
      return .integer(whole)
    }
    guard let a = left.number, let b = right.number else { return .null }
    let result: Double
    switch self {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply: result = a * b
    case .divide: result = a / b
    case .remainder: result = fmod(a, b)
    case .wholeDivide: result = (a / b).rounded(.towardZero)
    case .power: result = pow(a, b)
    }
    return result.isFinite ? .real(result) : .null
  }

  private func whole(_ a: Int64, _ b: Int64) -> Int64? {
    let (result, isOverflow): (Int64, Bool)
    switch self {
    case .add: (result, isOverflow) = a.addingReportingOverflow(b)
    case .subtract: (result, isOverflow) = a.subtractingReportingOverflow(b)
    case .multiply: (result, isOverflow) = a.multipliedReportingOverflow(by: b)
    case .remainder: (result, isOverflow) = a.remainderReportingOverflow(dividingBy: b)
    case .wholeDivide: (result, isOverflow) = a.dividedReportingOverflow(by: b)
    case .divide, .power: return nil
    }
    return isOverflow ? nil : result
  }
}

extension Attribute {
  /// The value as a number; nil for what is none.
  var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }
}
