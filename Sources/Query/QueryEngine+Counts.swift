public import Features
internal import Geometry
internal import LayerStore
internal import Projection
internal import Workspace

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
    try confirm()
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
    let kind = source.declarations.first { $0.id == layer }?.geometry
    guard kind == .polygon || kind == .any else { throw .noAreas(layer.text) }
    var isFound = [Bool](repeating: false, count: Int(view.rowLimit))
    for row in try matches(query, view: view) { isFound[Int(row)] = true }
    var counts: [AreaCount] = []
    let reference = contents.stored(view.layer)?.reference ?? .geographic
    let rows = (0..<areas.rowLimit).filter { areas.isVisible(row: $0) }
    for start in stride(from: 0, to: rows.count, by: Self.chunk) {
      let part = Array(rows[start..<min(start + Self.chunk, rows.count)])
      let degrees = try places(of: part, view: areas)
      let shapes: [Shape<Native>?] = try shapes(of: part, view: areas, in: reference)
      for (index, row) in part.enumerated() {
        guard let shape = shapes[index], shape.kind == .polygon, let bounds = degrees[index]?.bounds
        else { continue }
        let area = try prepared(shape, bounds: bounds)
        let candidates = Self.rows(in: Self.widened(bounds), view: view)
          .filter { isFound[Int($0)] }
        counts.append(
          AreaCount(
            key: areas.key(row: row),
            count: try self.rows(candidates, in: area, view: view).count))
      }
    }
    guard !counts.isEmpty || areas.count == 0 else { throw .noAreas(layer.text) }
    try confirm()
    return counts
  }
}
