public import Features
public import Geometry
public import Styling

/// What the signs of a map mean: its legend, from the style and the columns that the audience sees.
public struct Legend: Sendable {
  /// One sign with its meaning.
  public struct Item: Sendable {
    public var title: Title
    /// The columns of a feature that is drawn with this sign.
    public var properties: [String: StyleValue]
    /// For a class of a statistic what its features are painted with; nil for others.
    public var step: StyleLegend.Step?
  }

  /// The signs of one style layer.
  public struct Section: Sendable {
    public var title: Title
    /// The style layer's id.
    public var id: String
    /// The id of the layer that it draws.
    public var source: String
    /// What the samples are drawn as.
    public var geometryType: EvaluationContext.GeometryType
    /// The zoom at which the samples are drawn, in the style's own count.
    public var zoom: Double
    /// At least one.
    public var items: [Item]

    /// Whether the items are classes, of which one alone would not say of what.
    var isHeaded: Bool {
      items.count > 1 || items.contains { !$0.properties.isEmpty || $0.step != nil }
    }
  }

  /// What is drawn on top comes first.
  public let sections: [Section]

  /// Signs that a legend may have.
  static let largestCount = 2000
  /// The zoom whose signs are shown when none is asked for: casings are there, and houses.
  private static let usualTileZoom = 16.0

  /// - Parameters:
  ///   - zoom: only what is drawn at this zoom of 256-pixel tiles; nil for all zooms.
  ///   - area: only classes with a feature that is drawn in this box; nil for all.
  ///   - source: decides by its audience which layers, columns and features exist.
  public init(
    of map: MapStyle, selection: MapSelection = MapSelection(), zoom: Int? = nil,
    area: GridBox? = nil, source: any FeatureSource
  ) throws(RenderError) {
    let document = map.document
    let wanted = document.styleZoom(forTileZoom: zoom.map(Double.init) ?? Self.usualTileZoom)
    var sections: [Section] = []
    var count = 0
    for layer in document.layers.reversed() {
      guard let legend = layer.legend, let name = layer.sourceLayer, let id = LayerID(name),
        selection.layers?.contains(name) ?? layer.isVisibleAtFirst
      else { continue }
      if zoom != nil, !layer.isDrawn(atZoom: wanted) { continue }
      let view: (any LayerView)?
      do {
        view = try source.view(of: id)
      } catch {
        throw .source(error)
      }
      guard let view else { continue }
      let last = max(layer.minimumZoom, layer.maximumZoom.rounded(.up) - 1)
      let drawnZoom = min(max(wanted, layer.minimumZoom), last)
      var items = Self.items(of: legend, of: layer, schema: view.schema)
      if let area, !items.isEmpty {
        let classes = LegendArea(
          box: area, tileZoom: zoom ?? Int(Self.usualTileZoom), styleZoom: drawnZoom,
          language: selection.language, images: map.symbols.names)
        items = classes.present(items, of: layer, legend: legend, view: view)
      }
      guard !items.isEmpty else { continue }
      count += items.count
      guard count <= Self.largestCount else { throw .legendTooLong(limit: Self.largestCount) }
      sections.append(
        Section(
          title: legend.title, id: layer.id, source: name, geometryType: legend.geometryType,
          zoom: drawnZoom, items: items))
    }
    self.sections = sections
  }

  /// The classes that the style names, else the column's closed list, else one sign for all features. A
  /// class, or a single sign, that is told by a column which the audience does not see is not there.
  private static func items(
    of legend: StyleLegend, of layer: StyleLayer, schema: Schema
  ) -> [Item] {
    if let field = legend.codesField {
      return (schema[field]?.codes ?? []).map { code in
        Item(title: code.title, properties: [field: .string(code.value)])
      }
    }
    guard !legend.entries.isEmpty else {
      let isVisible = layer.dependencies.properties.allSatisfy { schema.position(of: $0) != nil }
      return isVisible ? [Item(title: legend.title, properties: [:])] : []
    }
    guard legend.stepColumns.allSatisfy({ schema.position(of: $0) != nil }) else { return [] }
    return legend.entries
      .filter { $0.properties.keys.allSatisfy { schema.position(of: $0) != nil } }
      .map { Item(title: $0.title, properties: $0.properties, step: $0.step) }
  }
}
