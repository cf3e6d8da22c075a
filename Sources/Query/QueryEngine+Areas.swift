internal import Features
internal import Geometry
internal import LayerStore
internal import Projection
internal import Topology
internal import Workspace

/// An area in the coordinates of the layer that is asked.
struct SearchArea {
  let prepared: PreparedShape<Native>
  let bounds: Box<Geographic>

  /// Whether a feature lies in the area: for points the border counts, for lines and areas more than
  /// the border must be shared.
  func holds(_ shape: Shape<Native>) throws(TopologyError) -> Bool {
    guard try prepared.holds(.intersects, for: shape) else { return false }
    if shape.kind == .point { return true }
    return try !prepared.holds(.touches, for: shape)
  }
}

extension QueryEngine {
  /// Rows whose geometry is read at once, so that a million never sit in memory.
  static let chunk = 1000

  /// The conditions of a query: the one that is written out and the day's.
  func filters(
    _ query: FeatureQuery, view: any LayerView
  ) throws(QueryError) -> [Filter] {
    var filters: [Filter] = []
    if let day = query.asOf {
      let text = try condition(meeting: "DATE('\(day.iso)')", view: view)
      do {
        filters.append(try Filter(parsing: text, schema: view.schema))
      } catch {
        // The columns of `time` are no dates.
        throw .timeless(view.layer.text)
      }
    }
    if let period = query.period {
      let ends = "'\(period.from ?? "..")','\(period.to ?? "..")'"
      let text = try condition(meeting: "INTERVAL(\(ends))", view: view)
      do {
        filters.append(try Filter(parsing: text, schema: view.schema))
      } catch {
        throw .badPeriod(period)
      }
    }
    if let condition = query.condition {
      let placing = try query.conditionReference.map { system throws(QueryError) in
        try self.placing(in: system)
      }
      do {
        filters.append(try Filter(parsing: condition, schema: view.schema, placing: placing))
      } catch {
        throw .condition(error, text: condition)
      }
    }
    return filters
  }

  /// Reads ordinates in a system's own axis order.
  private func placing(
    in system: ReferenceSystem
  ) throws(QueryError) -> (Double, Double) -> Point<Geographic>? {
    let reprojection = try reprojection(from: system, to: .geographic)
    let isNorthFirst = system.isNorthFirst
    return { first, second in
      let place = Point<Native>(
        x: isNorthFirst ? second : first, y: isNorthFirst ? first : second)
      guard let degrees: Point<Geographic> = reprojection.forward(place), abs(degrees.x) <= 180,
        abs(degrees.y) <= 90
      else { return nil }
      return degrees
    }
  }

  /// The entries whose time meets a date or an interval, in CQL2.
  private func condition(
    meeting date: String, view: any LayerView
  ) throws(QueryError) -> String {
    func quoted(_ name: String) -> String {
      "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
    }
    let declaration = source.declarations.first { $0.id == view.layer }
    // Hidden columns and columns that are not there are told alike.
    let names: [String?] =
      switch declaration?.time {
      case nil: [nil]
      case .moment(let at, _): [at]
      case .interval(let from, let to): to.map { [from, $0] } ?? [from]
      }
    guard names.allSatisfy({ $0.flatMap(view.schema.position) != nil }) else {
      throw .timeless(view.layer.text)
    }
    switch declaration?.time {
    case nil: throw .timeless(view.layer.text)
    case .moment(let at, _): return "T_INTERSECTS(\(quoted(at)), \(date))"
    case .interval(let from, nil):
      return "\(quoted(from)) IS NULL OR T_INTERSECTS(INTERVAL(\(quoted(from)), '..'), \(date))"
    case .interval(let from, let to?):
      let (start, end) = (quoted(from), quoted(to))
      return "(\(start) IS NULL AND \(end) IS NULL) OR "
        + "T_INTERSECTS(INTERVAL(\(start), \(end)), \(date))"
    }
  }

  /// A box that surely holds what meets `box` in any system: the edges of two systems differ, and the
  /// grid rounds.
  static func widened(_ box: Box<Geographic>) -> Box<Geographic> {
    let x = (box.maxX - box.minX) / 100 + 1e-6
    let y = (box.maxY - box.minY) / 100 + 1e-6
    return Box(
      minX: max(box.minX - x, -180), minY: max(box.minY - y, -90),
      maxX: min(box.maxX + x, 180), maxY: min(box.maxY + y, 90)) ?? box
  }

  func area(
    _ area: FeatureQuery.Area, view: any LayerView
  ) throws(QueryError) -> SearchArea {
    let reference = contents.stored(view.layer)?.reference ?? .geographic
    let shape: Shape<Native>
    let degrees: Shape<Geographic>
    switch area {
    case .shape(let given):
      degrees = given
      guard
        let place: Shape<Native> = try reprojection(from: .geographic, to: reference)
          .forward(given)
      else { throw .outside("The area lies outside of \(reference).") }
      shape = place
    case .feature(let layer, let key):
      let other = try self.view(of: layer)
      guard let row = other.row(key: key) else {
        throw .unknownFeature(key.text, layer: layer.text)
      }
      let native: [Shape<Native>?] = try shapes(of: [row], view: other, in: reference)
      guard let found = native[0], let place = try places(of: [row], view: other)[0] else {
        throw .unreadable("The feature “\(key.text)” of layer \(layer.text) has no place.")
      }
      shape = found
      degrees = place
    }
    guard shape.kind == .polygon, let bounds = degrees.bounds else {
      throw .unreadable("The area is no polygon; features can lie in polygons only.")
    }
    return try prepared(shape, bounds: bounds)
  }

  func prepared(
    _ shape: Shape<Native>, bounds: Box<Geographic>
  ) throws(QueryError) -> SearchArea {
    let topology = try sharedTopology()
    do {
      return SearchArea(
        prepared: try topology.prepare(topology.repaired(shape).shape), bounds: bounds)
    } catch {
      throw .unreadable(error.description)
    }
  }

  func rows(
    _ rows: [UInt32], in area: SearchArea, view: any LayerView
  ) throws(QueryError) -> [UInt32] {
    try self.rows(rows, view: view) { _, shape throws(TopologyError) in
      guard let shape else { return false }
      return try area.holds(shape)
    }
  }

  /// The rows that pass a filter which asks about places, in the store's own coordinates.
  func rows(
    _ rows: [UInt32], passing filter: Filter, view: any LayerView
  ) throws(QueryError) -> [UInt32] {
    let reference = contents.stored(view.layer)?.reference ?? .geographic
    var prepared: [PreparedShape<Native>] = []
    let topology = try sharedTopology()
    let reprojection = try reprojection(from: .geographic, to: reference)
    for predicate in filter.spatialPredicates {
      guard let shape: Shape<Native> = reprojection.forward(predicate.shape) else {
        throw .outside(
          "A geometry of the condition lies outside of \(reference), in which layer "
            + "\(view.layer) is kept.")
      }
      do {
        prepared.append(try topology.prepare(shape))
      } catch {
        throw .outside("A geometry of the condition is not valid: \(error)")
      }
    }
    return try self.rows(rows, view: view) { row, shape throws(TopologyError) in
      var failure: TopologyError?
      let geometry: ((SpatialPredicate) -> Bool)? = shape.map { shape in
        { predicate in
          do throws(TopologyError) {
            return try prepared[predicate.index].holds(Relation(predicate.relation), for: shape)
          } catch {
            failure = error
            return false
          }
        }
      }
      let answer = filter.evaluate({ view.value(row: row, column: $0) }, geometry: geometry)
      if let failure { throw failure }
      return answer == .true
    }
  }

  /// The rows that `test` lets pass. A place that GEOS refuses is asked for again after its repair.
  private func rows(
    _ rows: [UInt32], view: any LayerView,
    where test: (UInt32, Shape<Native>?) throws(TopologyError) -> Bool
  ) throws(QueryError) -> [UInt32] {
    let reference = contents.stored(view.layer)?.reference ?? .geographic
    var found: [UInt32] = []
    var start = 0
    while start < rows.count {
      let part = Array(rows[start..<min(start + Self.chunk, rows.count)])
      let shapes: [Shape<Native>?] = try shapes(of: part, view: view, in: reference)
      for (row, shape) in zip(part, shapes) {
        if try passes(row, shape, view: view, test) { found.append(row) }
      }
      start += part.count
    }
    return found
  }

  private func passes(
    _ row: UInt32, _ shape: Shape<Native>?, view: any LayerView,
    _ test: (UInt32, Shape<Native>?) throws(TopologyError) -> Bool
  ) throws(QueryError) -> Bool {
    do throws(TopologyError) {
      do throws(TopologyError) {
        return try test(row, shape)
      } catch {
        guard let shape else { throw error }
        return try test(row, Topology().repaired(shape).shape)
      }
    } catch {
      throw .unreadable(
        "The place of “\(view.key(row: row).text)” in layer \(view.layer) is not valid: \(error)")
    }
  }
}

extension Relation {
  fileprivate init(_ relation: SpatialRelation) {
    switch relation {
    case .intersects: self = .intersects
    case .within: self = .within
    case .contains: self = .contains
    case .disjoint: self = .disjoint
    case .touches: self = .touches
    case .crosses: self = .crosses
    case .overlaps: self = .overlaps
    case .equals: self = .equals
    }
  }
}
