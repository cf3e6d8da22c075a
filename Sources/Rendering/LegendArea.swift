internal import Features
internal import Geometry
internal import Styling

/// Finds which classes of a legend have features in an area.
struct LegendArea {
  /// What of a feature tells its class by eye.
  private enum Look: Equatable {
    case fill(FillPaint)
    case line(LinePaint)
    case circle(CirclePaint)
    /// A symbol's turn and place are its feature's own.
    case symbol(String?, size: Double, opacity: Double, text: StyleColour)
  }

  let box: GridBox
  /// Of 256-pixel tiles, for the geometry.
  let tileZoom: Int
  /// In the style's own count, for its rules.
  let styleZoom: Double
  let language: Language
  let images: Set<String>

  /// Those of `items` that a feature in the area belongs to, in their order.
  func present(
    _ items: [Legend.Item], of layer: StyleLayer, legend: StyleLegend, view: any LayerView
  ) -> [Legend.Item] {
    let told = Set(items.flatMap(\.properties.keys))
    let wanted =
      layer.dependencies.usesAllProperties
      ? Set(view.schema.names) : layer.dependencies.properties.union(told)
    let columns = wanted.compactMap { view.schema.position(of: $0) }.sorted()
    let samples = items.map { item in
      var context = context(legend.geometryType)
      context.properties = item.properties
      return look(of: layer, in: context)
    }
    var selection = Selection()
    view.search(box, zoom: tileZoom, columns: columns, into: &selection)
    var found: Set<Int> = []
    var known: [[UInt32]: Int?] = [:]
    for item in selection.items {
      guard found.count < items.count else { break }
      guard selection.meets(box, item: item) else { continue }
      let first = Int(item.firstCode)
      // Features that agree in kind and columns are of one class, unless their keys are looked at.
      let codes =
        [UInt32(item.kind.rawValue)] + selection.codes[first..<first + columns.count]
      if !layer.dependencies.usesID, let decided = known[codes] {
        if let decided { found.insert(decided) }
        continue
      }
      let position = position(
        of: item, among: items, samples: samples, layer: layer, view: view, columns: columns,
        told: told)
      known[codes] = .some(position)
      if let position { found.insert(position) }
    }
    return items.indices.filter(found.contains).map { items[$0] }
  }

  private func context(_ type: EvaluationContext.GeometryType) -> EvaluationContext {
    EvaluationContext(
      zoom: styleZoom, geometryType: type, language: language, availableImages: images)
  }

  /// The class of a feature: the one that names its columns' values, else the one whose sample it
  /// looks like, else the one that it looks like by the columns that the classes name, else the one whose
  /// texts it has.
  private func position(
    of item: Selection.Item, among items: [Legend.Item], samples: [Look], layer: StyleLayer,
    view: any LayerView, columns: [Int], told: Set<String>
  ) -> Int? {
    let type: EvaluationContext.GeometryType =
      switch item.kind {
      case .point: .point
      case .line: .line
      case .polygon: .polygon
      }
    var full = context(type)
    full.id = .string(view.key(row: item.row).text)
    for column in columns {
      let value = view.value(row: item.row, column: column)
      if !value.isNull { full.properties[view.schema.fields[column].name] = StyleValue(value) }
    }
    guard layer.matches(full) else { return nil }
    if items.count == 1, items[0].properties.isEmpty, items[0].step == nil { return 0 }
    if let step = items.firstIndex(where: {
      $0.step != nil && $0.step?.colour == colour(of: layer, in: full)
    }) {
      return step
    }
    if let named = items.firstIndex(where: { item in
      !item.properties.isEmpty
        && item.properties.allSatisfy { full.properties[$0.key]?.written == $0.value.written }
    }) {
      return named
    }
    if let alike = samples.firstIndex(of: look(of: layer, in: full)) { return alike }
    var narrowed = full
    narrowed.properties = full.properties.filter { told.contains($0.key) }
    if let alike = samples.firstIndex(of: look(of: layer, in: narrowed)) { return alike }
    // A number beside the code of a class is but the size at which its sample is drawn.
    return items.firstIndex { item in
      let codes = item.properties.filter { $0.value.string != nil }
      return !codes.isEmpty
        && codes.allSatisfy { full.properties[$0.key]?.written == $0.value.written }
    }
  }

  private func colour(of layer: StyleLayer, in context: EvaluationContext) -> StyleColour? {
    switch layer.type {
    case .fill: layer.fillPaint(in: context).colour
    case .line: layer.linePaint(in: context).colour
    case .circle: layer.circlePaint(in: context).colour
    case .background, .symbol: nil
    }
  }

  private func look(of layer: StyleLayer, in context: EvaluationContext) -> Look {
    switch layer.type {
    case .fill, .background:
      var paint = layer.fillPaint(in: context)
      paint.sortKey = nil
      return .fill(paint)
    case .line:
      var paint = layer.linePaint(in: context)
      paint.sortKey = nil
      return .line(paint)
    case .circle:
      var paint = layer.circlePaint(in: context)
      paint.sortKey = nil
      return .circle(paint)
    case .symbol:
      let layout = layer.symbolLayout(in: context)
      return .symbol(
        layout.icon.image, size: layout.icon.size, opacity: layout.icon.opacity,
        text: layout.text.colour)
    }
  }
}
