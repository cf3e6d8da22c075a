internal import Features
internal import Geometry
internal import Styling

/// The style layers that are drawn at one zoom, over pinned views, with all that was decided so far.
final class Scene {
  /// What a scene's decisions depend on.
  struct Identity: Hashable {
    var zoom: Int
    var scale: Int
    var audience: Audience
    var revisions: [String: Revision]
  }

  /// A layer's features of the current frame, shared by the style layers that draw it.
  final class SourceLayer {
    let view: any LayerView
    /// Positions in the view's schema of all columns that any style layer asks for.
    fileprivate(set) var columns: [Int] = []
    fileprivate(set) var reachPixels = 0
    fileprivate(set) var found = Selection()

    init(view: any LayerView) {
      self.view = view
    }
  }

  struct Layer {
    let style: StyleLayer
    /// From the bottom.
    let position: Int
    /// Nil for a background.
    let source: SourceLayer?
    let memo: LayerMemo
    /// Where the memo's columns stand among an item's codes.
    let slots: [Int]
  }

  enum LayerMemo {
    case background
    case fill(PaintMemo<FillPaint>)
    case line(PaintMemo<LinePaint>)
    case circle(PaintMemo<CirclePaint>)
    case symbol(PaintMemo<SymbolTemplate>)

    var columns: [Int] {
      switch self {
      case .background: []
      case .fill(let memo): memo.columns
      case .line(let memo): memo.columns
      case .circle(let memo): memo.columns
      case .symbol(let memo): memo.columns
      }
    }

    func trim() {
      switch self {
      case .background: break
      case .fill(let memo): memo.trim()
      case .line(let memo): memo.trim()
      case .circle(let memo): memo.trim()
      case .symbol(let memo): memo.trim()
      }
    }
  }

  let identity: Identity
  let styleZoom: Double
  let scale: Int
  let language: Language
  let layers: [Layer]
  private let sources: [SourceLayer]
  var placement: LabelPlacement

  init(
    map: MapStyle, selection: MapSelection, zoom: Int, scale: Int, source: any FeatureSource
  ) throws(RenderError) {
    let styleZoom = map.document.styleZoom(forTileZoom: Double(zoom))
    self.styleZoom = styleZoom
    self.scale = scale
    language = selection.language
    var sources: [String: SourceLayer] = [:]
    var drawn: [(style: StyleLayer, position: Int, source: SourceLayer?)] = []
    for (position, style) in map.document.layers.enumerated() {
      guard style.isDrawn(atZoom: styleZoom) else { continue }
      guard let name = style.sourceLayer else {
        if style.isVisibleAtFirst { drawn.append((style, position, nil)) }
        continue
      }
      let isWanted = selection.layers.map { $0.contains(name) } ?? style.isVisibleAtFirst
      guard isWanted, let id = LayerID(name) else { continue }
      if sources[name] == nil {
        let view: (any LayerView)?
        do {
          view = try source.view(of: id)
        } catch {
          throw .source(error)
        }
        if let view { sources[name] = SourceLayer(view: view) }
      }
      if let layer = sources[name] { drawn.append((style, position, layer)) }
    }
    identity = Identity(
      zoom: zoom, scale: scale, audience: source.audience,
      revisions: sources.mapValues(\.view.revision))
    let language = self.language
    let images = map.symbols.names
    var memos: [LayerMemo] = []
    for (style, _, source) in drawn {
      guard let source else {
        memos.append(.background)
        continue
      }
      func memo<Paint>(
        _ make: @escaping (StyleLayer, EvaluationContext) -> Paint?
      ) -> PaintMemo<Paint> {
        PaintMemo(
          style, view: source.view, zoom: styleZoom, language: language, images: images,
          make: make)
      }
      let made: LayerMemo
      let reach: Int
      switch style.type {
      case .background:
        made = .background
        reach = 0
      case .fill:
        made = .fill(memo { $0.fillPaint(in: $1) })
        reach = 2
      case .line:
        made = .line(memo { $0.linePaint(in: $1) })
        reach = TileRenderer.reachPixels
      case .circle:
        made = .circle(memo { $0.circlePaint(in: $1) })
        reach = TileRenderer.reachPixels
      case .symbol:
        made = .symbol(memo { SymbolTemplate($0.symbolLayout(in: $1)) })
        reach = TileRenderer.reachPixels
      }
      source.reachPixels = max(source.reachPixels, reach)
      for column in made.columns where !source.columns.contains(column) {
        source.columns.append(column)
      }
      memos.append(made)
    }
    layers = zip(drawn, memos).map { entry, memo in
      Layer(
        style: entry.style, position: entry.position, source: entry.source, memo: memo,
        slots: memo.columns.compactMap { entry.source?.columns.firstIndex(of: $0) })
    }
    self.sources = sources.sorted { $0.key < $1.key }.map(\.value)
    placement = LabelPlacement(
      blockSidePixels: 256 * scale, reachPixels: SymbolTemplate.reachPixels * scale)
  }

  /// Asks every layer for the features that can touch the frame; their order becomes one of keys.
  func gather(_ frame: PictureFrame) throws(RenderError) {
    for source in sources {
      source.found.removeAll()
      source.view.search(
        frame.window(marginPixels: source.reachPixels * scale), zoom: frame.zoom + scale - 1,
        columns: source.columns, into: &source.found)
      source.found.sortByKey()
    }
    for layer in layers { layer.memo.trim() }
  }

  /// Whether, after `gather`, nothing that is drawn lies in the frame or so near that a label of it
  /// may stand in there.
  func isEmpty(around frame: PictureFrame) -> Bool {
    guard sources.allSatisfy({ $0.found.items.isEmpty }) else { return false }
    // An anchor's block and a label's reach, and a little for what a zoom band rounds.
    let margin = (256 + SymbolTemplate.reachPixels + 2) * scale
    var near = Selection()
    for source in sources {
      source.view.search(
        frame.window(marginPixels: margin), zoom: frame.zoom + scale - 1, columns: [],
        into: &near)
      if !near.items.isEmpty { return false }
    }
    return true
  }
}
