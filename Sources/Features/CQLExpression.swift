internal import Geometry

/// CQL2 text as a tree, before it meets a schema.
struct CQLExpression {
  indirect enum Kind {
    case property(name: String, isQuoted: Bool)
    case literal(Attribute)
    case geometry(Shape<Geographic>)
    /// A function with its name in upper case.
    case call(String, [CQLExpression])
    case arithmetic(ArithmeticOperator, CQLExpression, CQLExpression)
    case negative(CQLExpression)
    case comparison(ComparisonOperator, CQLExpression, CQLExpression)
    case like(CQLExpression, pattern: CQLExpression)
    case between(CQLExpression, CQLExpression, CQLExpression)
    case inList(CQLExpression, [CQLExpression])
    case isNull(CQLExpression)
    case not(CQLExpression)
    case and([CQLExpression])
    case or([CQLExpression])
  }

  let kind: Kind
  /// Where it is written, in scalars from 0; of an operator, where the operator stands.
  let offset: Int
  /// Levels of the tree under and with this one.
  let depth: Int
}

enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case wholeDivide = "DIV"
  case power = "^"
}

enum ComparisonOperator: String, Sendable {
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// What an order says: -1, 0 or 1.
  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}
