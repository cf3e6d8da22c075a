internal import Features
internal import Geometry
internal import Lettering
internal import Styling

/// The style layers that are drawn at one zoom, over pinned views, with all that was decided so far.
final class Scene {
  /// A layer's features of the current frame, shared by the style layers that draw it.
  final class SourceLayer {
    let view: any LayerView
    /// Positions in the view's schema of all columns that any style layer asks for.
    fileprivate(set) var columns: [Int] = []
    fileprivate(set) var reachPixels = 0
    fileprivate(set) var found = Selection()
    /// Positions among the found items of those to paint, ascending.
    private(set) var shown: [Int32] = []
    private var isAllShown = false
    /// For each item found the number of its form; empty where forms are not numbered.
    fileprivate(set) var forms: [Int32] = []
    /// For each form the first item found of it, -1 for none.
    fileprivate(set) var samples: [Int32] = []
    fileprivate var drawn: DrawnForms?
    fileprivate var cells = FoundCells()

    init(view: any LayerView) {
      self.view = view
    }

    /// What was found, for a loop of its own: a selection has many parts, each of which would be
    /// counted. It is given back when the loop ends.
    func takeFound() -> Selection {
      var taken = Selection()
      swap(&taken, &found)
      return taken
    }

    func giveBack(_ taken: consuming Selection) {
      found = taken
    }

    /// Takes over the numbers of the forms found.
    fileprivate func number(_ found: borrowing Selection) {
      var forms: [Int32] = []
      var samples: [Int32] = []
      swap(&forms, &self.forms)
      swap(&samples, &self.samples)
      defer {
        swap(&forms, &self.forms)
        swap(&samples, &self.samples)
      }
      forms.removeAll(keepingCapacity: true)
      samples.removeAll(keepingCapacity: true)
      guard found.formCount > 0 else { return }
      samples.append(contentsOf: repeatElement(-1, count: found.formCount))
      let items = found.items.span
      let end = Int32(clamping: found.formCount)
      forms.append(addingCapacity: items.count) { forms in
        for position in items.indices {
          let form = items[position].form
          guard form >= 0, form < end else { return }
          if samples[Int(form)] < 0 { samples[Int(form)] = Int32(truncatingIfNeeded: position) }
          forms.append(form)
        }
      }
      if forms.count < items.count { forms.removeAll() }
    }

    /// Shows all that was found.
    fileprivate func showAll(_ count: Int) {
      if !isAllShown { shown.removeAll(keepingCapacity: true) }
      isAllShown = true
      if shown.count > count {
        shown.removeLast(shown.count - count)
      } else {
        shown.append(contentsOf: Int32(shown.count)..<Int32(count))
      }
    }

    /// Shows what can touch one of the cells.
    fileprivate func show(column: Int, row: Int) {
      isAllShown = false
      cells.take(column: column, row: row, into: &shown)
    }
  }

  /// A style layer over its source.
  final class Layer {
    let style: StyleLayer
    /// From the bottom.
    let position: Int
    /// Nil for a background.
    let source: SourceLayer?
    let memo: LayerMemo
    /// Where the memo's columns stand among an item's codes.
    let slots: [Int]
    /// Of what was found.
    fileprivate(set) var paints = FoundPaints.undecided

    init(
      _ style: StyleLayer, position: Int, source: SourceLayer?, memo: LayerMemo, slots: [Int]
    ) {
      self.style = style
      self.position = position
      self.source = source
      self.memo = memo
      self.slots = slots
    }

    /// The paints of what was found, decided once for all tiles of the frame.
    ///
    /// - Parameters:
    ///   - found: the source's.
    ///   - accepts: what the layer's type draws.
    func foundPaints<Paint>(
      _ memo: PaintMemo<Paint>, _ found: Selection, accepts: (GeometryKind) -> Bool
    ) -> FoundPaints {
      if case .undecided = paints, let source { paints = decide(memo, source, found, accepts) }
      return paints
    }

    private func decide<Paint>(
      _ memo: PaintMemo<Paint>, _ source: SourceLayer, _ found: Selection,
      _ accepts: (GeometryKind) -> Bool
    ) -> FoundPaints {
      // A found item is large, so it is lent where it lies.
      func paint(_ position: Int) -> Int32 {
        guard accepts(found.items[position].kind) else { return -1 }
        let index = memo.index(
          of: found.items[position], in: found, slots: slots, view: source.view)
        return Int32(truncatingIfNeeded: index ?? -1)
      }
      if source.forms.isEmpty || memo.usesID { return .items(found.items.indices.map(paint)) }
      return .forms(source.samples.map { $0 < 0 ? -1 : paint(Int($0)) })
    }
  }

  /// A layer's paints by their positions in its memo, -1 for what is not drawn.
  enum FoundPaints {
    case undecided
    /// By the forms' numbers.
    case forms([Int32])
    /// By the positions of the items found.
    case items([Int32])
  }

  /// The labels of one symbol layer.
  final class Labels {
    let style: StyleLayer
    let view: any LayerView
    let memo: PaintMemo<SymbolTemplate>
    /// Where the memo's columns stand among the codes that are asked for labels.
    let slots: [Int]
    let group: LabelGroup
    /// The hash of the source layer's name, with which the hash of every label's owner begins.
    let nameHash: FixedHash
    private var lines = KeptLines()

    init(
      _ style: StyleLayer, view: any LayerView, memo: PaintMemo<SymbolTemplate>, group: LabelGroup
    ) {
      self.style = style
      self.view = view
      self.memo = memo
      self.group = group
      slots = Array(memo.columns.indices)
      var hash = FixedHash()
      hash.add((style.sourceLayer ?? "").utf8)
      nameHash = hash
    }

    /// Keeps a line for the labels that will be set on it; returns its number.
    func keep(_ points: [SIMD2<Int64>], distances: [Int64]) -> Int32 {
      lines.append(points, distances: distances)
    }

    func line(_ number: Int32) -> MeasuredLine { lines[number] }

    func forgetLines() { lines.removeAll() }
  }

  let identity: PinnedLayers.Identity
  let styleZoom: Double
  let scale: Int
  let language: Language
  let layers: [Layer]
  /// Of the symbol layers, from the bottom; the groups of `placement`.
  let labels: [Labels]
  /// Whether the background is the same in every tile of the zoom.
  let isBackgroundEven: Bool
  /// Whether the lowest layer hides whatever a picture held before.
  let coversGround: Bool
  private let sources: [SourceLayer]
  var placement: LabelPlacement

  /// - Parameter extents: what is known of how far labels reach.
  init(
    map: MapStyle, selection: MapSelection, pinned: PinnedLayers, extents: inout LabelExtents
  ) {
    styleZoom = pinned.styleZoom
    scale = pinned.identity.scale
    language = selection.language
    identity = pinned.identity
    var sources: [String: SourceLayer] = [:]
    let base = EvaluationContext(
      zoom: styleZoom, language: language, availableImages: map.symbols.names)
    var layers: [Layer] = []
    var labels: [Labels] = []
    for position in pinned.drawn {
      var style = map.document.layers[position]
      if style.type != .symbol { style = style.fixed(atZoom: styleZoom) }
      guard let name = style.sourceLayer, let view = pinned.view(of: name) else {
        layers.append(
          Layer(
            style, position: position, source: nil,
            memo: .background(style.backgroundPaint(in: base)), slots: []))
        continue
      }
      let source = sources[name] ?? SourceLayer(view: view)
      sources[name] = source
      let layouts = style.type == .symbol ? extents.layouts(of: style, at: position, in: base) : nil
      let made = LayerMemo(
        style, view: view, context: base, map: map, scale: scale, layouts: layouts)
      source.reachPixels = max(source.reachPixels, style.reachPixels(in: base))
      for column in made.columns where style.paints && !source.columns.contains(column) {
        source.columns.append(column)
      }
      layers.append(
        Layer(
          style, position: position, source: source, memo: made,
          slots: made.columns.compactMap { source.columns.firstIndex(of: $0) }))
      guard case .symbol(let memo) = made, let layouts else { continue }
      let extent = extents.extent(
        of: style, at: position, base: layouts.base, zoom: styleZoom, map: map, view: view,
        audience: pinned.identity.audience)
      let group = LabelGroup(
        style, styleLayer: map.document.layers.count - position, extent: extent.fixed(scale: scale))
      labels.append(Labels(style, view: view, memo: memo, group: group))
    }
    self.layers = layers
    self.labels = labels
    coversGround = layers.first?.memo.coversGround ?? false
    isBackgroundEven = map.isBackgroundEven(
      layers.map(\.style), zoom: identity.zoom, language: language)
    self.sources = sources.sorted { $0.key < $1.key }.map(\.value)
    placement = LabelPlacement(blockSidePixels: 64 * scale, groups: labels.map(\.group))
  }

  /// Asks every layer for the features that can touch the frame; their order becomes one of keys.
  func gather(_ frame: PictureFrame) throws(RenderError) {
    for source in sources {
      var drawn: DrawnForms?
      swap(&drawn, &source.drawn)
      if drawn == nil {
        drawn = DrawnForms(
          layers.filter { $0.source === source && $0.style.paints }, view: source.view,
          columns: source.columns)
      }
      var found = source.takeFound()
      found.removeAll()
      found.prefersKeyOrder = true
      source.view.search(
        frame.window(marginPixels: source.reachPixels * scale), zoom: frame.zoom + scale - 1,
        columns: source.columns, where: { drawn?.contains($0, $1) ?? true }, into: &found)
      found.sortByKey()
      source.showAll(found.items.count)
      source.number(found)
      source.giveBack(found)
      swap(&drawn, &source.drawn)
    }
    let templates = templateCount
    for layer in layers {
      layer.memo.trim()
      layer.paints = .undecided
    }
    guard templateCount < templates else { return }
    // Labels name templates by their positions, which are void when a memo has been emptied.
    placement.forgetAll()
    for layer in labels { layer.forgetLines() }
  }

  /// Sorts what was gathered for a frame into the tiles of the frame that it can touch.
  ///
  /// - Parameter side: of a tile, in pixels.
  func divide(_ frame: PictureFrame, side: Int) {
    for source in sources {
      source.cells.fill(
        with: source.found, of: frame, side: side, marginPixels: source.reachPixels * scale)
    }
  }

  /// Shows only what can touch one of the tiles of the divided frame.
  ///
  /// - Returns: whether there is anything.
  func show(column: Int, row: Int) -> Bool {
    var isAnything = false
    for source in sources {
      source.show(column: column, row: row)
      if !source.shown.isEmpty { isAnything = true }
    }
    return isAnything
  }

  /// Forgets how features are painted and which labels stand.
  func forgetDecisions() {
    for source in sources { source.drawn?.forget() }
    for layer in layers { layer.memo.forget() }
    placement.forgetAll()
    for layer in labels { layer.forgetLines() }
  }

  private var templateCount: Int { labels.reduce(0) { $0 + $1.memo.paints.count } }

  /// Gives back the memory of what was found, emptied.
  func takeSelections() -> [Selection] {
    sources.map { source in
      var found = source.found
      source.found = Selection()
      found.removeAll()
      return found
    }
  }

  /// Takes over memory for what will be found.
  func lend(_ selections: inout [Selection]) {
    for source in sources.reversed() {
      guard let selection = selections.popLast() else { return }
      source.found = selection
    }
  }

  /// Whether, after `gather`, nothing that is drawn lies in the frame or so near that a label of it
  /// may stand in there.
  func isEmpty(around frame: PictureFrame) -> Bool {
    let window = frame.window(marginPixels: EmptyGround.marginPixels * scale)
    return sources.allSatisfy {
      $0.found.items.isEmpty && $0.view.isEmpty(window, zoom: frame.zoom + scale - 1)
    }
  }
}
