internal import Geometry

/// Gives the names of a tree their columns and its parts their types.
struct FilterBinder {
  private enum Bound {
    case value(FilterValue, FilterValueKind)
    case condition(FilterCondition)
    case interval(FilterTime)
    case shape(Shape<Geographic>)
    case place

    var kind: FilterValueKind {
      switch self {
      case .value(_, let kind): kind
      case .condition: .condition
      case .interval: .interval
      case .shape, .place: .geometry
      }
    }
  }

  private let schema: Schema
  private let lexer: CQLLexer
  private(set) var columns: Set<Int> = []
  private(set) var predicates: [SpatialPredicate] = []
  private(set) var asksForPlace = false

  init(schema: Schema, lexer: CQLLexer) {
    self.schema = schema
    self.lexer = lexer
  }

  private func error(_ fault: FilterError.Fault, at expression: CQLExpression) -> FilterError {
    FilterError(fault, column: lexer.column(at: expression.offset))
  }

  // MARK: - Conditions

  mutating func condition(_ expression: CQLExpression) throws(FilterError) -> FilterCondition {
    switch try bind(expression) {
    case .condition(let condition): return condition
    case .value(.constant(.boolean(let flag)), _): return .constant(Ternary(flag))
    case .value(let value, .boolean): return .holds(value)
    case let other:
      throw error(.wrongKind(found: other.kind, expected: .condition), at: expression)
    }
  }

  private mutating func bind(_ expression: CQLExpression) throws(FilterError) -> Bound {
    switch expression.kind {
    case .property(let name, let isQuoted):
      return try property(name, isQuoted: isQuoted, at: expression)
    case .literal(let literal): return .value(.constant(literal), Self.kind(of: literal))
    case .geometry(let shape): return .shape(shape)
    case .call(let name, let arguments): return try call(name, arguments, at: expression)
    case .arithmetic(let operation, let left, let right):
      return .value(.arithmetic(operation, try number(left), try number(right)), .number)
    case .negative(let inner): return .value(.negative(try number(inner)), .number)
    case .comparison(let relation, let left, let right):
      let a = try bind(left)
      let b = try bind(right)
      return .condition(try compare(relation, a, left, b, right, at: expression))
    case .like(let subject, let pattern):
      return .condition(try like(subject, pattern))
    case .between(let subject, let low, let high):
      let value = try bind(subject)
      let lower = try bind(low)
      let upper = try bind(high)
      return .condition(
        .and([
          try compare(.greaterOrEqual, value, subject, lower, low, at: expression),
          try compare(.lessOrEqual, value, subject, upper, high, at: expression),
        ]))
    case .inList(let subject, let members):
      return .condition(try inList(subject, members, at: expression))
    case .isNull(let operand): return .condition(try isNull(operand))
    case .not(let inner): return .condition(.not(try condition(inner)))
    case .and(let parts): return .condition(.and(try conditions(parts)))
    case .or(let parts): return .condition(.or(try conditions(parts)))
    }
  }

  private mutating func conditions(
    _ expressions: [CQLExpression]
  ) throws(FilterError) -> [FilterCondition] {
    var result: [FilterCondition] = []
    for expression in expressions { result.append(try condition(expression)) }
    return result
  }

  // MARK: - Values

  private static func kind(of literal: Attribute) -> FilterValueKind {
    switch literal {
    case .integer, .real: .number
    case .boolean: .boolean
    case .date: .date
    case .text, .null: .text
    }
  }

  private mutating func property(
    _ name: String, isQuoted: Bool, at expression: CQLExpression
  ) throws(FilterError) -> Bound {
    guard let position = schema.position(of: name) else {
      if !isQuoted, ["geometry", "geom"].contains(name.lowercased()) { return .place }
      let nearest = NearestNames(schema.names).nearest(to: name)
      throw error(
        .unknownProperty(name: name, nearest: nearest, isQuoted: isQuoted), at: expression)
    }
    columns.insert(position)
    let kind: FilterValueKind
    switch schema.fields[position].type {
    case .text, .url: kind = .text
    case .integer, .real: kind = .number
    case .boolean: kind = .boolean
    case .date: kind = .date
    case .datetime: kind = .timestamp
    }
    return .value(.column(position), kind)
  }

  private mutating func number(_ expression: CQLExpression) throws(FilterError) -> FilterValue {
    let bound = try bind(expression)
    guard case .value(let value, .number) = bound else {
      throw error(.wrongKind(found: bound.kind, expected: .number), at: expression)
    }
    return value
  }

  private mutating func text(_ expression: CQLExpression) throws(FilterError) -> FilterValue {
    let bound = try bind(expression)
    guard case .value(let value, .text) = bound else {
      throw error(.wrongKind(found: bound.kind, expected: .text), at: expression)
    }
    return value
  }

  /// A value from a condition too; nil for a geometry or an interval.
  private func comparable(_ bound: Bound) -> (FilterValue, FilterValueKind)? {
    switch bound {
    case .value(let value, let kind): (value, kind)
    case .condition(let condition): (.condition(condition), .boolean)
    case .interval, .shape, .place: nil
    }
  }

  // MARK: - Comparisons

  private func compare(
    _ relation: ComparisonOperator, _ left: Bound, _ leftPlace: CQLExpression, _ right: Bound,
    _ rightPlace: CQLExpression, at place: CQLExpression
  ) throws(FilterError) -> FilterCondition {
    guard let (a, leftKind) = comparable(left), let (b, rightKind) = comparable(right) else {
      throw error(.notComparable(left: left.kind, right: right.kind), at: place)
    }
    switch (leftKind, rightKind) {
    case (.number, .number): return .numbers(relation, a, b)
    case (.text, .text): return .texts(relation, a, b)
    case (.boolean, .boolean):
      guard relation == .equal || relation == .notEqual else {
        throw error(.notComparable(left: leftKind, right: rightKind), at: place)
      }
      return .booleans(relation, a, b)
    case (.date, .date), (.date, .timestamp), (.timestamp, .date), (.timestamp, .timestamp):
      return .times(relation, Self.time(a), Self.time(b))
    case (.date, .text), (.timestamp, .text):
      return .times(relation, Self.time(a), try literalTime(b, kind: leftKind, at: rightPlace))
    case (.text, .date), (.text, .timestamp):
      return .times(relation, try literalTime(a, kind: rightKind, at: leftPlace), Self.time(b))
    default:
      throw mismatch(a, leftKind, b, rightKind, rightPlace)
        ?? mismatch(b, rightKind, a, leftKind, leftPlace)
        ?? error(.notComparable(left: leftKind, right: rightKind), at: place)
    }
  }

  /// Where a column stands beside a literal of another type that can be written in the column's.
  private func mismatch(
    _ column: FilterValue, _ columnKind: FilterValueKind, _ literal: FilterValue,
    _ literalKind: FilterValueKind, _ place: CQLExpression
  ) -> FilterError? {
    guard case .column(let position) = column, case .constant(let value) = literal else {
      return nil
    }
    let write: String
    switch (columnKind, value) {
    case (.text, .integer), (.text, .real), (.text, .boolean): write = "'\(value.displayText)'"
    case (.number, .text(let text)) where Double(text)?.isFinite == true: write = text
    case (.boolean, .integer(0)), (.boolean, .text("0")), (.boolean, .text("false")):
      write = "FALSE"
    case (.boolean, .integer(1)), (.boolean, .text("1")), (.boolean, .text("true")):
      write = "TRUE"
    case (.date, .integer), (.date, .real): write = "DATE('2023-04-01')"
    default: return nil
    }
    let name = schema.fields[position].name
    return error(.writtenAs(column: name, type: columnKind, write: write), at: place)
  }

  private mutating func like(
    _ subject: CQLExpression, _ pattern: CQLExpression
  ) throws(FilterError) -> FilterCondition {
    let value = try text(subject)
    let form = try text(pattern)
    if case .text(let form) = Self.constant(form) { return .like(value, LikePattern(form)) }
    return .likeComputed(value, form)
  }

  private mutating func inList(
    _ subject: CQLExpression, _ members: [CQLExpression], at place: CQLExpression
  ) throws(FilterError) -> FilterCondition {
    let value = try bind(subject)
    var comparisons: [FilterCondition] = []
    var texts: Set<FeatureKey> = []
    for member in members {
      let bound = try bind(member)
      comparisons.append(try compare(.equal, value, subject, bound, member, at: place))
      if case .value(let member, .text) = bound, case .text(let text) = Self.constant(member) {
        texts.insert(FeatureKey(text))
      }
    }
    if case .value(let subject, .text) = value, texts.count == members.count {
      return .textIn(subject, texts)
    }
    return .or(comparisons)
  }

  private mutating func isNull(_ operand: CQLExpression) throws(FilterError) -> FilterCondition {
    switch try bind(operand) {
    case .value(let value, _): return .isNull(value)
    case .condition(let condition): return .isNull(.condition(condition))
    case .place:
      asksForPlace = true
      return .hasNoPlace
    case .shape: return .constant(.false)
    case .interval:
      throw error(.wrongKind(found: .interval, expected: .date), at: operand)
    }
  }

  // MARK: - Functions

  private mutating func call(
    _ name: String, _ arguments: [CQLExpression], at place: CQLExpression
  ) throws(FilterError) -> Bound {
    if let relation = SpatialRelation(rawValue: name) {
      try expect(2, arguments, of: name, at: place)
      return .condition(try spatial(relation, arguments[0], arguments[1], at: place))
    }
    if let relation = TemporalRelation(rawValue: name) {
      try expect(2, arguments, of: name, at: place)
      let left = try time(arguments[0])
      let right = try time(arguments[1])
      return .condition(.temporal(relation, left, right))
    }
    switch name {
    case "CASEI", "ACCENTI":
      try expect(1, arguments, of: name, at: place)
      let form: FilterValue.TextForm = name == "CASEI" ? .caseFolded : .withoutAccents
      let value = FilterValue.text(form, try text(arguments[0]))
      return .value(Self.constant(value).map { .constant($0) } ?? value, .text)
    case "DATE":
      try expect(1, arguments, of: name, at: place)
      return .value(.constant(.date(try date(arguments[0]))), .date)
    case "TIMESTAMP":
      try expect(1, arguments, of: name, at: place)
      return .value(.constant(.text(try timestamp(arguments[0]))), .timestamp)
    case "INTERVAL":
      try expect(2, arguments, of: name, at: place)
      return .interval(try interval(arguments[0], arguments[1], at: place))
    default:
      throw error(.unknownFunction(name: name), at: place)
    }
  }

  private func expect(
    _ count: Int, _ arguments: [CQLExpression], of function: String, at place: CQLExpression
  ) throws(FilterError) {
    guard arguments.count == count else {
      throw error(
        .argumentCount(function: function, expected: count, found: arguments.count), at: place)
    }
  }

  private mutating func spatial(
    _ relation: SpatialRelation, _ left: CQLExpression, _ right: CQLExpression,
    at place: CQLExpression
  ) throws(FilterError) -> FilterCondition {
    let a = try bind(left)
    let b = try bind(right)
    let predicate: SpatialPredicate
    switch (a, b) {
    case (.place, .shape(let shape)):
      predicate = SpatialPredicate(relation: relation, shape: shape, index: predicates.count)
    case (.shape(let shape), .place):
      predicate = SpatialPredicate(
        relation: relation.turned, shape: shape, index: predicates.count)
    default:
      throw error(.spatialArguments(function: relation.rawValue), at: place)
    }
    predicates.append(predicate)
    return .spatial(predicate)
  }

  // MARK: - Time

  private static func time(_ value: FilterValue) -> FilterTime {
    guard case .constant = value else { return .value(value) }
    let span = FilterTime.value(value).evaluate({ _ in .null }, nil)
    return span.map { .constant($0) } ?? .value(value)
  }

  private mutating func time(_ expression: CQLExpression) throws(FilterError) -> FilterTime {
    switch try bind(expression) {
    case .interval(let interval): return interval
    case .value(let value, .date), .value(let value, .timestamp): return Self.time(value)
    case .value(let value, .text): return try literalTime(value, kind: nil, at: expression)
    case let other:
      throw error(.wrongKind(found: other.kind, expected: .date), at: expression)
    }
  }

  /// A text beside a date or a timestamp: it must be written out and readable as one.
  private func literalTime(
    _ value: FilterValue, kind: FilterValueKind?, at place: CQLExpression
  ) throws(FilterError) -> FilterTime {
    guard case .constant(.text(let text)) = value else {
      throw error(.notComparable(left: kind ?? .date, right: .text), at: place)
    }
    if DateReading.hasTime(text) {
      guard let span = TemporalSpan(timestamp: text) else {
        throw error(.unreadableDate(.notADateTime(written: text)), at: place)
      }
      return .constant(span)
    }
    switch DateReading.parse(text) {
    case .date(let date, _):
      guard let span = TemporalSpan(date) else {
        throw error(.unreadableDate(.notADate(written: text)), at: place)
      }
      return .constant(span)
    case .unreadable(let fault): throw error(.unreadableDate(fault), at: place)
    }
  }

  private func literalText(_ expression: CQLExpression) throws(FilterError) -> String {
    let found: String
    switch expression.kind {
    case .literal(.text(let text)): return text
    case .literal(let literal): found = literal.displayText
    case .property(let name, _), .call(let name, _): found = name
    default: found = "…"
    }
    throw error(.unexpected(found: found, expected: .textLiteral), at: expression)
  }

  private func date(_ expression: CQLExpression) throws(FilterError) -> LedgerDate {
    let written = try literalText(expression)
    switch DateReading.parse(written) {
    case .date(let date, _) where date.interval != nil: return date
    case .date: throw error(.unreadableDate(.notADate(written: written)), at: expression)
    case .unreadable(let fault): throw error(.unreadableDate(fault), at: expression)
    }
  }

  private func timestamp(_ expression: CQLExpression) throws(FilterError) -> String {
    let written = try literalText(expression)
    guard let normalised = DateTimeReading.parse(written) else {
      throw error(.unreadableDate(.notADateTime(written: written)), at: expression)
    }
    return normalised
  }

  private mutating func interval(
    _ first: CQLExpression, _ last: CQLExpression, at place: CQLExpression
  ) throws(FilterError) -> FilterTime {
    let start = try intervalEnd(first, isStart: true)
    let end = try intervalEnd(last, isStart: false)
    guard case .constant(let from) = start, case .constant(let to) = end else {
      return .interval(start, end)
    }
    guard let span = FilterTime.span(from, to) else { throw error(.emptyInterval, at: place) }
    return .constant(span)
  }

  private mutating func intervalEnd(
    _ expression: CQLExpression, isStart: Bool
  ) throws(FilterError) -> FilterTime {
    if case .literal(.text("..")) = expression.kind {
      let open = isStart ? TemporalSpan.distantPast : TemporalSpan.distantFuture
      return .constant(TemporalSpan(start: open, end: open, resolution: .day))
    }
    if case .call("INTERVAL", _) = expression.kind {
      throw error(.wrongKind(found: .interval, expected: .date), at: expression)
    }
    return try time(expression)
  }

  /// The value where no row is needed for it.
  private static func constant(_ value: FilterValue) -> Attribute? {
    switch value {
    case .constant(let attribute): attribute
    case .text(let form, let inner):
      if case .text(let text)? = constant(inner) { .text(form.apply(text)) } else { nil }
    default: nil
    }
  }
}
