public import Features
internal import Geometry

/// How many features bear a value.
public struct GroupCount: Sendable, Hashable {
  public let value: Attribute
  public let count: Int
}

/// How many features lie in an area.
public struct AreaCount: Sendable, Hashable {
  public let key: FeatureKey
  public let count: Int
}

extension QueryEngine {
  /// How many of the features that a query finds bear each value of a column, in the order of values.
  ///
  /// Sort, limit and offset do not matter.
  public func groups(
    _ query: FeatureQuery, by field: String
  ) throws(QueryError) -> [GroupCount] {
    let view = try view(of: query.layer)
    let column = try position(of: field, view: view)
    var counts = [Int](repeating: 0, count: view.codeCount(column: column))
    for row in try matches(query, view: view) {
      counts[Int(view.code(row: row, column: column))] += 1
    }
    let ranks = Self.ranks(of: column, view: view)
    return counts.indices.filter { counts[$0] > 0 }.sorted { ranks[$0] < ranks[$1] }.map {
      GroupCount(value: view.value(column: column, code: UInt32($0)), count: counts[$0])
    }
  }

  /// How many of the features that a query finds lie in each area of a layer, in the order of its
  /// keys, areas with none included.
  ///
  /// A point on a corner that several areas share counts in each of them, a line in each that it runs
  /// through; so the sum may exceed the number of features.
  public func counts(
    _ query: FeatureQuery, perAreaOf layer: LayerID
  ) throws(QueryError) -> [AreaCount] {
    let view = try view(of: query.layer)
    let areas = try self.view(of: layer)
    var isFound = [Bool](repeating: false, count: Int(view.rowLimit))
    for row in try matches(query, view: view) { isFound[Int(row)] = true }
    var counts: [AreaCount] = []
    for row in 0..<areas.rowLimit where areas.isVisible(row: row) {
      let key = areas.key(row: row)
      guard try places(of: [row], view: areas)[0]?.kind == .polygon else { continue }
      let area = try area(.feature(layer, key), view: view)
      let candidates = Self.rows(in: Self.widened(area.bounds), view: view)
        .filter { isFound[Int($0)] }
      counts.append(AreaCount(key: key, count: try rows(candidates, in: area, view: view).count))
    }
    return counts
  }
}
