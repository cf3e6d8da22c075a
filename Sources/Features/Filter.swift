public import Geometry

/// A condition on the features of one layer, written in CQL2 text and bound to what one audience sees.
///
/// Understood are comparisons, LIKE, IN, BETWEEN, IS NULL, AND, OR, NOT, arithmetic (`+ - * / % DIV ^`),
/// CASEI, ACCENTI, DATE, TIMESTAMP, INTERVAL, the T_ functions, and the S_ functions between the
/// property `geometry` and a geometry in WKT or a BBOX, longitude first. Keywords are read in any case;
/// a name that is a keyword or has other signs in it stands in `"…"`.
///
/// - Nulls are unknown, as in SQL, and `evaluate` says so.
/// - Texts are compared by code points, numbers as numbers; a text beside a number is refused.
/// - Dates: a text beside a date column is read in every form that ledgers use. A date that may be
///   several days is compared for all of them: `設置日 < DATE('1986-08-15')` is unknown for `S61.8`, true for
///   `S61.7`; `=` holds only between single days and fails where no day is common. T_ functions take the
///   days from the first to the last as an interval. Beside a date, a timestamp counts as its day in
///   Japan. An unknown date is unknown in every comparison, though it is not null.
/// - `INTERVAL(設置日, 廃止日)`: a missing end is open, because what still stands has no end yet.
///
/// Source: OGC 21-065r2.
public struct Filter: Sendable {
  public let text: String
  /// Positions in the schema that the filter reads, ascending.
  public let columns: [Int]
  /// The questions of geometry in the filter, by their `index`.
  public let spatialPredicates: [SpatialPredicate]
  /// Whether the answer depends on there being a place (`geometry IS NULL` and S_ functions).
  public let usesGeometry: Bool
  /// A box that every feature that passes must meet; nil when the filter says nothing of the kind.
  public let spatialBounds: Box<Geographic>?

  private let condition: FilterCondition

  /// Reads a filter.
  ///
  /// - Parameters:
  ///   - schema: the columns that the audience may see; others do not exist.
  ///   - placing: the place that two ordinates of a geometry, as written, stand for, nil for none; where
  ///     it is not given they are longitude and latitude.
  /// - Throws: what is wrong, and at which character.
  public init(
    parsing text: String, schema: Schema,
    placing: ((Double, Double) -> Point<Geographic>?)? = nil
  ) throws(FilterError) {
    var parser = try CQLParser(text, placing: placing)
    let expression = try parser.parse()
    var binder = FilterBinder(schema: schema, lexer: parser.lexer)
    condition = try binder.condition(expression)
    self.text = text
    columns = binder.columns.sorted()
    spatialPredicates = binder.predicates
    usesGeometry = binder.asksForPlace || !binder.predicates.isEmpty
    spatialBounds = condition.spatialBounds
  }

  /// Whether a feature passes.
  ///
  /// - Parameters:
  ///   - row: the value of a column by its position in the schema.
  ///   - geometry: answers a question about the feature's place; nil for a feature without one, whose
  ///     answers are unknown.
  public func evaluate(
    _ row: (Int) -> Attribute, geometry: ((SpatialPredicate) -> Bool)? = nil
  ) -> Ternary {
    condition.evaluate(row, geometry)
  }
}

extension FilterCondition {
  /// A box that every feature that passes must meet.
  var spatialBounds: Box<Geographic>? {
    switch self {
    case .spatial(let predicate):
      return predicate.relation == .disjoint ? nil : predicate.shape.bounds
    case .and(let conditions):
      // The smallest of the parts' boxes: each of them must be met.
      return conditions.compactMap(\.spatialBounds).min { $0.area < $1.area }
    case .or(let conditions):
      var union: Box<Geographic>?
      for condition in conditions {
        guard let bounds = condition.spatialBounds else { return nil }
        union = union?.union(bounds) ?? bounds
      }
      return union
    default: return nil
    }
  }
}

extension Box {
  fileprivate var area: Double { (maxX - minX) * (maxY - minY) }
}
