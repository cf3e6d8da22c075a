public import Features
internal import JSON

/// One layer of a style: what of a source layer is drawn, when and how.
public struct StyleLayer: Sendable {
  /// Unique in the document.
  public let id: String
  public let type: LayerType
  /// The id of the layer that it draws; nil for a background.
  public let sourceLayer: String?
  /// The first zoom at which it is drawn, in the style's own count.
  public let minimumZoom: Double
  /// The first zoom at which it is not drawn any more, in the style's own count.
  public let maximumZoom: Double
  /// Whether it is shown until somebody switches it on or off.
  public let isVisibleAtFirst: Bool
  /// Which features it draws; nil for all.
  public private(set) var filter: StyleExpression?
  /// The name of what it draws; nil where the layer's own title serves.
  public let title: Title?
  /// The heading below which the viewer lists it.
  public let group: Title?
  /// Nil when the layer is not in the legend.
  public let legend: StyleLegend?
  /// Which labels are placed first: smaller before larger, then later layers before earlier ones.
  public let labelPriority: Int
  /// Whether a label of an area stands only where it fits inside.
  public let fitsInside: Bool
  /// Whether a name along a line runs on over the next line of the same name.
  public let joinsLines: Bool
  /// How far labels of one text along lines keep from each other, pixels of a 1× picture; nil for
  /// three quarters of `symbol-spacing`.
  public let repeatDistance: Double?
  /// What paint and layout say, as expressions.
  public private(set) var properties: LayerProperties
  /// What the filter and all properties together depend on: features that agree in it look the same.
  public private(set) var dependencies: ExpressionDependencies
  /// What the filter depends on.
  public private(set) var filterDependencies: ExpressionDependencies
  private let state: [String: StyleValue]
  /// What the document says of the layer's looks, with the document's `state`.
  private let looks: [JSONMember]

  init(
    id: String, type: LayerType, sourceLayer: String?, zooms: Range<Double>,
    isVisibleAtFirst: Bool, filter: StyleExpression?, metadata: LayerMetadata,
    properties: LayerProperties, state: [String: StyleValue], looks: [JSONMember]
  ) {
    self.id = id
    self.type = type
    self.sourceLayer = sourceLayer
    minimumZoom = zooms.lowerBound
    maximumZoom = zooms.upperBound
    self.isVisibleAtFirst = isVisibleAtFirst
    self.filter = filter
    title = metadata.title
    group = metadata.group
    legend = metadata.legend
    labelPriority = metadata.priority
    fitsInside = metadata.fitsInside
    repeatDistance = metadata.repeatDistance
    joinsLines = metadata.joinsLines
    self.properties = properties
    self.state = state
    self.looks = looks
    (dependencies, filterDependencies) = Self.dependencies(properties, filter)
  }

  private static func dependencies(
    _ properties: LayerProperties, _ filter: StyleExpression?
  ) -> (all: ExpressionDependencies, filter: ExpressionDependencies) {
    let below = filter?.dependencies ?? ExpressionDependencies()
    var all = properties.dependencies
    all.formUnion(below)
    return (all, below)
  }

  /// The same at one zoom of the style's own count: what the zoom alone chooses is chosen, so that
  /// fewer columns may decide how a feature looks.
  public func fixed(atZoom zoom: Double) -> StyleLayer {
    guard dependencies.usesZoom else { return self }
    var layer = self
    layer.filter = filter?.fixed(atZoom: zoom)
    if layer.filter?.constant == .boolean(true) { layer.filter = nil }
    layer.properties = properties.fixed(atZoom: zoom, type: type)
    (layer.dependencies, layer.filterDependencies) = Self.dependencies(
      layer.properties, layer.filter)
    return layer
  }

  /// All that the layer's looks depend on, apart from features, symbols and fonts, in one text that is
  /// the same for two layers that look the same: without the layer's id, its zooms, whether it is shown
  /// at first, and its titles and legend.
  public var looksText: [UInt8] { JSONValue(.object(looks)).serialized() }

  /// Whether the layer is drawn at a zoom of the style's own count.
  public func isDrawn(atZoom zoom: Double) -> Bool { zoom >= minimumZoom && zoom < maximumZoom }

  /// Whether a feature is drawn; an evaluation that fails says no.
  public func matches(_ context: EvaluationContext) -> Bool {
    guard let filter else { return true }
    return withState(context) { filter.evaluate(in: $0).boolean ?? false }
  }

  /// The values of a `background` layer; the defaults for other types.
  public func backgroundPaint(in context: EvaluationContext) -> BackgroundPaint {
    withState(context) { properties.backgroundPaint(in: $0) }
  }

  /// The values of a `fill` layer; the defaults for other types.
  ///
  /// - Parameter base: of a feature without properties, the context being the same in all else: what
  ///   is the same for all features is taken from there.
  public func fillPaint(in context: EvaluationContext, base: FillPaint? = nil) -> FillPaint {
    withState(context) { properties.fillPaint(in: $0, base: base) }
  }

  /// The values of a `line` layer; the defaults for other types.
  ///
  /// - Parameter base: of a feature without properties, the context being the same in all else: what
  ///   is the same for all features is taken from there.
  public func linePaint(in context: EvaluationContext, base: LinePaint? = nil) -> LinePaint {
    withState(context) { properties.linePaint(in: $0, base: base) }
  }

  /// The values of a `circle` layer; the defaults for other types.
  ///
  /// - Parameter base: of a feature without properties, the context being the same in all else: what
  ///   is the same for all features is taken from there.
  public func circlePaint(in context: EvaluationContext, base: CirclePaint? = nil) -> CirclePaint {
    withState(context) { properties.circlePaint(in: $0, base: base) }
  }

  /// The values of a `symbol` layer; the defaults for other types.
  public func symbolLayout(in context: EvaluationContext) -> SymbolLayout {
    withState(context) { properties.symbolLayout(in: $0) }
  }

  /// The properties that the style sets, by name, with their values for a feature.
  public func values(in context: EvaluationContext) -> [(name: String, value: StyleValue)] {
    withState(context) { context in
      properties.names.map { (name: $0, value: properties.value(of: $0, in: context)) }
    }
  }

  /// The values of a `symbol` layer's features.
  ///
  /// - Parameter context: without a feature.
  public func symbolLayouts(in context: EvaluationContext) -> SymbolLayouts {
    SymbolLayouts(self, base: symbolLayout(in: context))
  }

  func textField(in context: EvaluationContext) -> FormattedText {
    withState(context) { properties.transformedField(in: $0) }
  }

  @inline(__always)
  private func withState<Value>(
    _ context: EvaluationContext, _ body: (EvaluationContext) -> Value
  ) -> Value {
    guard !state.isEmpty else { return body(context) }
    var context = context
    context.state = state
    return body(context)
  }
}

/// The members of a layer's `metadata` that are ours.
struct LayerMetadata: Sendable {
  var title: Title?
  var group: Title?
  var legend: StyleLegend?
  var priority = 100
  var fitsInside = false
  var repeatDistance: Double?
  var joinsLines = true
}
