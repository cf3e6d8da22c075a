public import Features
public import Geometry
public import Raster
internal import Styling

extension TileRenderer {
  /// Draws a frame and tells how: the same picture as `render`, and why it looks so.
  ///
  /// - Parameter place: a place whose features are told one by one; those within five pixels count.
  public func explain(
    _ frame: PictureFrame, at place: GridPoint? = nil, from source: any FeatureSource
  ) throws(RenderError) -> (picture: Pixmap, explanation: TileExplanation) {
    var explanation = TileExplanation()
    var pixmap = Pixmap(width: frame.width, height: frame.height)
    dropScene()
    forgetDecisions()
    var watch = StopWatch()
    let scene = try scene(for: frame, source: source)
    explanation.prepareMilliseconds = watch.lap()
    try scene.gather(frame)
    explanation.searchMilliseconds = watch.lap()
    var painting: [Int: Double] = [:]
    for layer in scene.layers {
      try paint(layer, scene: scene, frame: frame, into: &pixmap)
      painting[layer.position] = watch.lap()
    }
    explanation.paintMilliseconds = painting.values.reduce(0, +)
    let labels = standingLabels(scene, frame: frame)
    explanation.decideLabelsMilliseconds = watch.lap()
    paintLabels(labels, frame: frame, into: &pixmap)
    explanation.drawLabelsMilliseconds = watch.lap()

    let window = frame.window(marginPixels: 0)
    explanation.sources = sources(of: scene, meeting: window)
    explanation.rules = try rules(of: scene, source: source, window: window, painting: painting)
    explanation.labels = self.labels(of: scene, frame: frame)
    if let place {
      explanation.features = features(
        at: place, scene: scene, frame: frame, rules: explanation.rules)
    }
    try confirm(source)
    return (pixmap, explanation)
  }

  private func sources(of scene: Scene, meeting window: GridBox) -> [TileExplanation.Source] {
    var counts: [String: Int] = [:]
    for layer in scene.layers {
      guard let name = layer.style.sourceLayer, let source = layer.source, counts[name] == nil
      else { continue }
      counts[name] = source.found.items.count { $0.box.intersects(window) }
    }
    return counts.sorted { $0.key < $1.key }.map {
      TileExplanation.Source(layer: $0.key, featureCount: $0.value)
    }
  }

  private func rules(
    of scene: Scene, source: any FeatureSource, window: GridBox, painting: [Int: Double]
  ) throws(RenderError) -> [TileExplanation.Rule] {
    let drawn = Dictionary(
      scene.layers.map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
    return map.document.layers.enumerated().map { position, style in
      var rule = TileExplanation.Rule(
        id: style.id, type: style.type, layer: style.sourceLayer, state: .drawn, drawnCount: 0,
        paintMilliseconds: painting[position] ?? 0)
      if let layer = drawn[position] {
        rule.drawnCount = drawnCount(of: layer, scene: scene, meeting: window)
      } else if !isWanted(style) {
        rule.state = .switchedOff
      } else if style.sourceLayer.flatMap(LayerID.init).map({ source.sees($0) }) == false {
        rule.state = .noLayer
      } else {
        rule.state = .otherZoom
      }
      return rule
    }
  }

  private func isWanted(_ style: StyleLayer) -> Bool {
    guard let name = style.sourceLayer, let layers = selection.layers else {
      return style.isVisibleAtFirst
    }
    return layers.contains(name)
  }

  private func drawnCount(of layer: Scene.Layer, scene: Scene, meeting window: GridBox) -> Int {
    guard let source = layer.source else { return 0 }
    return source.found.items.count { item in
      item.box.intersects(window) && layer.style.type.draws(item.kind)
        && layer.style.matches(context(of: item, layer: layer, scene: scene))
    }
  }

  /// What the rule's expressions see of a feature: the columns that they read.
  func context(
    of item: Selection.Item, layer: Scene.Layer, scene: Scene
  ) -> EvaluationContext {
    var properties: [String: Attribute] = [:]
    var id: Attribute?
    if let view = layer.source?.view {
      for column in layer.memo.columns {
        properties[view.schema.fields[column].name] = view.value(row: item.row, column: column)
      }
      id = .text(view.key(row: item.row).text)
    }
    let type: EvaluationContext.GeometryType =
      switch item.kind {
      case .point: .point
      case .line: .line
      case .polygon: .polygon
      }
    return EvaluationContext(
      zoom: scene.styleZoom, geometryType: type, id: id, properties: properties,
      language: selection.language, availableImages: map.symbols.names)
  }

  private func features(
    at place: GridPoint, scene: Scene, frame: PictureFrame, rules: [TileExplanation.Rule]
  ) -> [TileExplanation.Feature] {
    let margin = Int64(5 * frame.scale) << Int64(frame.unitBits)
    let box = GridBox(
      minX: place.x - margin, minY: place.y - margin, maxX: place.x + margin,
      maxY: place.y + margin)
    var layers: [String: [Scene.Layer]] = [:]
    for layer in scene.layers {
      if let name = layer.style.sourceLayer { layers[name, default: []].append(layer) }
    }
    var features: [TileExplanation.Feature] = []
    for (name, drawn) in layers.sorted(by: { $0.key < $1.key }) {
      guard let source = drawn.first?.source else { continue }
      for item in source.found.items where source.found.meets(box, item: item) {
        var feature = TileExplanation.Feature(
          layer: name, key: source.view.key(row: item.row).text, kind: item.kind, matches: [])
        for rule in rules where rule.layer == name {
          feature.matches.append(
            match(
              item, rule: rule, layer: drawn.first { $0.style.id == rule.id }, scene: scene))
        }
        features.append(feature)
      }
    }
    return features
  }

  private func match(
    _ item: Selection.Item, rule: TileExplanation.Rule, layer: Scene.Layer?, scene: Scene
  ) -> TileExplanation.Feature.Match {
    guard let layer, rule.state == .drawn else {
      return .init(rule: rule.id, outcome: .notDrawn(rule.state), values: [])
    }
    let context = context(of: item, layer: layer, scene: scene)
    guard layer.style.type.draws(item.kind), layer.style.matches(context) else {
      var values = layer.style.filterDependencies.properties.sorted().map { name in
        (name: name, value: context.properties[name]?.written ?? "null")
      }
      if layer.style.filterDependencies.usesGeometryType || !layer.style.type.draws(item.kind) {
        values.append((name: "geometry-type", value: context.geometryType?.rawValue ?? "null"))
      }
      return .init(rule: rule.id, outcome: .filtered, values: values)
    }
    let values = layer.style.values(in: context).map { (name: $0.name, value: $0.value.written) }
    return .init(rule: rule.id, outcome: .drawn, values: values)
  }
}

extension LayerType {
  /// Whether features of a kind can be drawn by style layers of the type at all.
  fileprivate func draws(_ kind: GeometryKind) -> Bool {
    switch self {
    case .background: false
    case .fill: kind == .polygon
    case .line: kind != .point
    case .circle, .symbol: true
    }
  }
}

extension FeatureSource {
  fileprivate func sees(_ layer: LayerID) -> Bool { (try? view(of: layer)) != nil }
}

/// Time between laps.
struct StopWatch {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  init() { last = clock.now }

  /// Milliseconds since the last lap, or since the start.
  mutating func lap() -> Double {
    let now = clock.now
    defer { last = now }
    let (seconds, attoseconds) = (now - last).components
    return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
  }
}
