public import Features
public import Geometry
internal import JSON
public import LayerStore
public import Projection
internal import Topology

/// Answers queries for one audience: the command line, the HTTP routes and the viewer all ask here.
public final class QueryEngine {
  let source: CatalogueSource
  let contents: CatalogueContents
  let store: LayerStore
  private var reprojections: [[ReferenceSystem]: Reprojection] = [:]
  private var topology: Topology?

  public init(_ contents: CatalogueContents, store: LayerStore, audience: Audience) {
    self.contents = contents
    self.store = store
    source = contents.source(for: audience)
  }

  /// Conversions are kept: PROJ takes milliseconds to find one.
  func reprojection(
    from source: ReferenceSystem, to target: ReferenceSystem
  ) throws(QueryError) -> Reprojection {
    if let known = reprojections[[source, target]] { return known }
    do {
      let made = try Reprojection(from: source, to: target)
      reprojections[[source, target]] = made
      return made
    } catch {
      throw .unreadable(error.description)
    }
  }

  func sharedTopology() throws(QueryError) -> Topology {
    if let topology { return topology }
    do {
      let made = try Topology()
      topology = made
      return made
    } catch {
      throw .unreadable(error.description)
    }
  }

  public func view(of layer: LayerID) throws(QueryError) -> any LayerView {
    let view: (any LayerView)?
    do {
      view = try source.view(of: layer)
    } catch {
      throw .unreadable(error.description)
    }
    guard let view else {
      let names = source.layerIDs.map(\.text)
      throw .unknownLayer(layer.text, nearest: NearestName.suggest(for: layer.text, among: names))
    }
    return view
  }

  /// Throws where something that was read for an answer is damaged. To be asked once an answer's values
  /// are read and before the last of it is given away; the engine asks for what it reads itself.
  public func confirm() throws(QueryError) {
    do {
      try source.confirm()
    } catch {
      throw .damaged(error.description)
    }
  }

  /// The rows that a query finds, in the order of the answer.
  public func run(_ query: FeatureQuery) throws(QueryError) -> QueryResult {
    let view = try view(of: query.layer)
    let columns = try columns(query.fields, view: view)
    var rows = try matches(query, view: view)
    try sort(&rows, by: query.sort, view: view)
    let total = rows.count
    let first = min(max(query.offset, 0), total)
    let last = query.limit.map { first + min(max($0, 0), total - first) } ?? total
    try confirm()
    return QueryResult(
      view: view, columns: columns, rows: Array(rows[first..<last]), matchedCount: total)
  }

  /// Visible rows that match, in key order; by distance where a place is asked for.
  func matches(
    _ query: FeatureQuery, view: any LayerView
  ) throws(QueryError) -> [UInt32] {
    let filters = try filters(query, view: view)
    let area = try query.area.map { area throws(QueryError) in try self.area(area, view: view) }
    var rows: [UInt32]
    if let box = query.box {
      rows = Self.rows(in: box, view: view)
      if let plane = query.plane { rows = try self.rows(rows, in: plane, view: view) }
    } else if let near = query.near {
      rows = Self.rows(around: near, view: view)
    } else if let bounds = area.map(\.bounds) ?? filters.lazy.compactMap(\.spatialBounds).first {
      rows = Self.rows(in: Self.widened(bounds), view: view)
    } else {
      rows = (0..<view.rowLimit).filter { view.isVisible(row: $0) }
    }
    if let words = query.text { rows = Self.search(words, in: rows, view: view) }
    for filter in filters where !filter.usesGeometry {
      rows = rows.filter { row in
        filter.evaluate({ view.value(row: row, column: $0) }, geometry: nil) == .true
      }
    }
    if let area { rows = try self.rows(rows, in: area, view: view) }
    for filter in filters where filter.usesGeometry {
      rows = try self.rows(rows, passing: filter, view: view)
    }
    if let near = query.near { return try within(near, rows: rows, view: view) }
    return rows
  }

  private func columns(
    _ names: [String]?, view: any LayerView
  ) throws(QueryError) -> [Int] {
    guard let names else { return Array(view.schema.fields.indices) }
    var columns: [Int] = []
    for name in names { columns.append(try position(of: name, view: view)) }
    return columns
  }

  func position(of name: String, view: any LayerView) throws(QueryError) -> Int {
    guard let position = view.schema.position(of: name) else {
      throw .unknownField(
        name, layer: view.layer.text,
        nearest: NearestName.suggest(for: name, among: view.schema.names))
    }
    return position
  }

  static func rows(in box: Box<Geographic>, view: any LayerView) -> [UInt32] {
    guard let window = WorldGrid.box(box) else { return [] }
    var selection = Selection()
    view.search(window, zoom: WorldGrid.highestZoom, columns: [], into: &selection)
    var rows: [UInt32] = []
    for item in selection.items where selection.meets(window, item: item) { rows.append(item.row) }
    return unique(rows)
  }

  private static func rows(around near: FeatureQuery.Near, view: any LayerView) -> [UInt32] {
    // A degree of latitude is at least 110.5 km; a thousandth more keeps the box outside the circle.
    let metres = max(near.metres, 0) * 1.001 + 1
    let latitudes = metres / 110_500
    let cosine = Geodesic.cosine(degrees: min(abs(near.place.y) + latitudes, 89))
    let longitudes = min(metres / (110_500 * cosine), 180)
    guard
      let box = Box<Geographic>(
        minX: near.place.x - longitudes, minY: near.place.y - latitudes,
        maxX: near.place.x + longitudes, maxY: near.place.y + latitudes),
      let window = WorldGrid.box(box)
    else { return [] }
    var selection = Selection()
    view.search(window, zoom: WorldGrid.highestZoom, columns: [], into: &selection)
    return unique(selection.items.map(\.row))
  }

  private static func unique(_ rows: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    for row in rows.sorted() where result.last != row { result.append(row) }
    return result
  }

  /// The rows whose true distance is within the bound, nearest first.
  private func within(
    _ near: FeatureQuery.Near, rows: [UInt32], view: any LayerView
  ) throws(QueryError) -> [UInt32] {
    let places = try places(of: rows, view: view)
    let geodesic = Geodesic()
    var found: [(distance: Double, row: UInt32)] = []
    for (row, place) in zip(rows, places) {
      guard let place, let distance = geodesic.distanceMetres(from: near.place, to: place),
        distance <= near.metres
      else { continue }
      found.append((distance, row))
    }
    found.sort { ($0.distance, $0.row) < ($1.distance, $1.row) }
    return found.map(\.row)
  }

  /// The rows whose place meets a box of another system.
  private func rows(
    _ rows: [UInt32], in plane: FeatureQuery.PlaneBox, view: any LayerView
  ) throws(QueryError) -> [UInt32] {
    let shapes: [Shape<Native>?] = try shapes(of: rows, view: view, in: plane.reference)
    return zip(rows, shapes).compactMap { row, shape in
      shape?.meets(plane.box) == true ? row : nil
    }
  }

  /// The rows' places in degrees, from the store's own coordinates.
  public func places(
    of rows: [UInt32], view: any LayerView
  ) throws(QueryError) -> [Shape<Geographic>?] {
    try shapes(of: rows, view: view, in: .geographic)
  }

  /// The rows' places in any system: without a conversion where it is the layer's own, in one step
  /// where it is not.
  public func places(
    of rows: [UInt32], view: any LayerView, in reference: ReferenceSystem
  ) throws(QueryError) -> [Shape<Native>?] {
    try shapes(of: rows, view: view, in: reference)
  }

  func shapes<S: Space>(
    of rows: [UInt32], view: any LayerView, in reference: ReferenceSystem
  ) throws(QueryError) -> [Shape<S>?] {
    guard let stored = contents.stored(view.layer) else { return rows.map { _ in nil } }
    let reprojection = try reprojection(from: stored.reference, to: reference)
    do {
      let found = try store.rows(of: stored, numbers: rows.map { view.storeRow($0) })
      var byNumber: [Int64: Shape<S>] = [:]
      for row in found {
        if let shape = row.shape, let place: Shape<S> = reprojection.forward(shape) {
          byNumber[row.number] = place
        }
      }
      return rows.map { byNumber[view.storeRow($0)] }
    } catch {
      throw .unreadable("The places of layer \(view.layer) could not be read: \(error)")
    }
  }

  /// The rows in which every word occurs in some visible text, compared in the folded form.
  private static func search(
    _ text: String, in rows: [UInt32], view: any LayerView
  ) -> [UInt32] {
    let words = text.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) }
      .filter { !$0.isEmpty }
    guard !words.isEmpty else { return rows }
    let columns = view.schema.fields.indices.filter {
      [.text, .url].contains(view.schema.fields[$0].type)
    }
    // A column holds far fewer distinct values than rows: each is folded once.
    var memo = columns.map { column in
      [UInt64?](repeating: nil, count: view.codeCount(column: column))
    }
    let all: UInt64 = words.count >= 64 ? .max : (1 << UInt64(words.count)) - 1
    func found(in folded: String) -> UInt64 {
      var bits: UInt64 = 0
      for (index, word) in words.prefix(64).enumerated() where folded.contains(word) {
        bits |= 1 << UInt64(index)
      }
      return bits
    }
    return rows.filter { row in
      var bits: UInt64 = 0
      for (slot, column) in columns.enumerated() {
        let code = Int(view.code(row: row, column: column))
        guard code < memo[slot].count else { continue }
        if memo[slot][code] == nil {
          var folded = TextFolding.fold(
            view.value(column: column, code: UInt32(code)).displayText)
          let field = view.schema.fields[column]
          if let meaning = field.meaning(of: view.value(column: column, code: UInt32(code))) {
            folded += "\n" + TextFolding.fold(meaning.japanese)
          }
          memo[slot][code] = found(in: folded)
        }
        bits |= memo[slot][code] ?? 0
        if bits == all { return true }
      }
      return false
    }
  }

  private func sort(
    _ rows: inout [UInt32], by keys: [FeatureQuery.SortKey], view: any LayerView
  ) throws(QueryError) {
    guard !keys.isEmpty else { return }
    var columns: [(column: Int, ranks: [Int], isDescending: Bool)] = []
    for key in keys {
      let column = try position(of: key.field, view: view)
      columns.append((column, Self.ranks(of: column, view: view), key.isDescending))
    }
    rows.sort { left, right in
      for (column, ranks, isDescending) in columns {
        let a = ranks[Int(view.code(row: left, column: column))]
        let b = ranks[Int(view.code(row: right, column: column))]
        if a != b { return isDescending ? a > b : a < b }
      }
      // Rows are in key order, so that pages are stable.
      return left < right
    }
  }

  /// For each code of a column the place of its value among all values; equal values share one.
  static func ranks(of column: Int, view: any LayerView) -> [Int] {
    let values = (0..<view.codeCount(column: column)).map {
      view.value(column: column, code: UInt32($0))
    }
    let order = values.indices.sorted { values[$0].precedes(values[$1]) }
    var ranks = [Int](repeating: 0, count: values.count)
    for (place, code) in order.enumerated().dropFirst() {
      let former = order[place - 1]
      ranks[code] = values[former].precedes(values[code]) ? place : ranks[former]
    }
    return ranks
  }
}

/// The rows of an answer and how to read them.
public struct QueryResult {
  public let view: any LayerView
  /// Positions in the view's schema.
  public let columns: [Int]
  public let rows: [UInt32]
  /// How many rows match without limit and offset.
  public let matchedCount: Int

  public var fields: [Field] { columns.map { view.schema.fields[$0] } }

  public func values(of row: UInt32) -> [Attribute] {
    columns.map { view.value(row: row, column: $0) }
  }
}

extension Attribute {
  /// The order of a sorted answer: nothing first, then numbers, dates and texts by code points.
  func precedes(_ other: Attribute) -> Bool {
    func group(_ value: Attribute) -> Int {
      switch value {
      case .null: 0
      case .boolean: 1
      case .integer, .real: 2
      case .date: 3
      case .text: 4
      }
    }
    func number(_ value: Attribute) -> Double {
      switch value {
      case .integer(let number): Double(number)
      case .real(let number): number
      case .boolean(let flag): flag ? 1 : 0
      case .date(let date): date.interval.map { Double($0.lowerBound.daysSinceEpoch) } ?? -1e9
      default: 0
      }
    }
    if group(self) != group(other) { return group(self) < group(other) }
    switch (self, other) {
    case (.text(let left), .text(let right)):
      return left.utf8.lexicographicallyPrecedes(right.utf8)
    // As doubles, numbers over 2⁵³ would lose their last digits.
    case (.integer(let left), .integer(let right)): return left < right
    default: break
    }
    return number(self) < number(other)
  }
}
