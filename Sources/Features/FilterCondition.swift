/// A condition on a row, bound to the positions of a schema.
indirect enum FilterCondition: Sendable {
  case constant(Ternary)
  case and([FilterCondition])
  case or([FilterCondition])
  case not(FilterCondition)
  case numbers(ComparisonOperator, FilterValue, FilterValue)
  case texts(ComparisonOperator, FilterValue, FilterValue)
  case booleans(ComparisonOperator, FilterValue, FilterValue)
  case times(ComparisonOperator, FilterTime, FilterTime)
  case like(FilterValue, LikePattern)
  case likeComputed(FilterValue, FilterValue)
  case textIn(FilterValue, Set<FeatureKey>)
  case isNull(FilterValue)
  case hasNoPlace
  /// A boolean value as a condition.
  case holds(FilterValue)
  case temporal(TemporalRelation, FilterTime, FilterTime)
  case spatial(SpatialPredicate)

  func evaluate(
    _ row: (Int) -> Attribute, _ geometry: ((SpatialPredicate) -> Bool)?
  ) -> Ternary {
    switch self {
    case .constant(let value): return value
    case .and(let conditions):
      var result = Ternary.true
      for condition in conditions {
        let value = condition.evaluate(row, geometry)
        if value == .false { return .false }
        if value == .unknown { result = .unknown }
      }
      return result
    case .or(let conditions):
      var result = Ternary.false
      for condition in conditions {
        let value = condition.evaluate(row, geometry)
        if value == .true { return .true }
        if value == .unknown { result = .unknown }
      }
      return result
    case .not(let condition): return !condition.evaluate(row, geometry)
    case .numbers(let relation, let left, let right):
      return Self.compareNumbers(
        relation, left.evaluate(row, geometry), right.evaluate(row, geometry))
    case .texts(let relation, let left, let right):
      guard case .text(let a) = left.evaluate(row, geometry),
        case .text(let b) = right.evaluate(row, geometry)
      else { return .unknown }
      return Ternary(Self.compareTexts(relation, a, b))
    case .booleans(let relation, let left, let right):
      guard let a = Self.flag(left.evaluate(row, geometry)),
        let b = Self.flag(right.evaluate(row, geometry))
      else { return .unknown }
      return Ternary((a == b) == (relation == .equal))
    case .times(let relation, let left, let right):
      guard let a = left.evaluate(row, geometry), let b = right.evaluate(row, geometry) else {
        return .unknown
      }
      return a.compare(relation, b)
    case .like(let value, let pattern):
      guard case .text(let text) = value.evaluate(row, geometry) else { return .unknown }
      return Ternary(pattern.matches(text))
    case .likeComputed(let value, let pattern):
      guard case .text(let text) = value.evaluate(row, geometry),
        case .text(let pattern) = pattern.evaluate(row, geometry)
      else { return .unknown }
      return Ternary(LikePattern(pattern).matches(text))
    case .textIn(let value, let members):
      guard case .text(let text) = value.evaluate(row, geometry) else { return .unknown }
      return Ternary(members.contains(FeatureKey(text)))
    case .isNull(let value): return Ternary(value.evaluate(row, geometry).isNull)
    case .hasNoPlace: return Ternary(geometry == nil)
    case .holds(let value): return Ternary(Self.flag(value.evaluate(row, geometry)))
    case .temporal(let relation, let left, let right):
      guard let a = left.evaluate(row, geometry), let b = right.evaluate(row, geometry) else {
        return .unknown
      }
      return Ternary(a.relates(relation, b))
    case .spatial(let predicate): return Ternary(geometry.map { $0(predicate) })
    }
  }

  private static func flag(_ value: Attribute) -> Bool? {
    if case .boolean(let flag) = value { flag } else { nil }
  }

  private static func compareNumbers(
    _ relation: ComparisonOperator, _ left: Attribute, _ right: Attribute
  ) -> Ternary {
    if case .integer(let a) = left, case .integer(let b) = right {
      return Ternary(relation.holds(a < b ? -1 : a > b ? 1 : 0))
    }
    guard let a = left.number, let b = right.number, !a.isNaN, !b.isNaN else { return .unknown }
    return Ternary(relation.holds(a < b ? -1 : a > b ? 1 : 0))
  }

  /// Texts are equal when their code points are; the order is that of code points.
  private static func compareTexts(
    _ relation: ComparisonOperator, _ left: String, _ right: String
  ) -> Bool {
    switch relation {
    case .equal: isSame(left, right)
    case .notEqual: !isSame(left, right)
    case .less: left.utf8.lexicographicallyPrecedes(right.utf8)
    case .greater: right.utf8.lexicographicallyPrecedes(left.utf8)
    case .lessOrEqual: !right.utf8.lexicographicallyPrecedes(left.utf8)
    case .greaterOrEqual: !left.utf8.lexicographicallyPrecedes(right.utf8)
    }
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }
}

/// A point or an interval of time that is computed from a row.
indirect enum FilterTime: Sendable {
  case constant(TemporalSpan)
  case value(FilterValue)
  /// From the start of the first to the end of the second; a null end is open.
  case interval(FilterTime, FilterTime)

  func evaluate(
    _ row: (Int) -> Attribute, _ geometry: ((SpatialPredicate) -> Bool)?
  ) -> TemporalSpan? {
    switch self {
    case .constant(let span): return span
    case .value(let value):
      switch value.evaluate(row, geometry) {
      case .date(let date): return TemporalSpan(date)
      case .text(let text): return TemporalSpan(timestamp: text)
      default: return nil
      }
    case .interval(let first, let last):
      return Self.span(first.evaluate(row, geometry), last.evaluate(row, geometry))
    }
  }

  /// Nil when both ends are missing or the end lies before the start.
  static func span(_ first: TemporalSpan?, _ last: TemporalSpan?) -> TemporalSpan? {
    guard let known = first ?? last else { return nil }
    let open = TemporalSpan(
      start: TemporalSpan.distantPast, end: TemporalSpan.distantFuture,
      resolution: known.resolution)
    let (from, to) = TemporalSpan.aligned(first ?? open, last ?? open)
    guard from.start <= to.end else { return nil }
    return TemporalSpan(start: from.start, end: to.end, resolution: from.resolution)
  }
}
