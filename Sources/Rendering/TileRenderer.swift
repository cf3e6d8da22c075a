public import Features
internal import Geometry
internal import Lettering
public import Raster
internal import Styling
public import Tiles

/// Draws pictures of one map for one worker: the tile's path from its frame to its pixels.
///
/// Not for use by two threads. What it draws does not depend on what it has drawn before.
public final class TileRenderer {
  /// How far a line, circle or symbol may reach from its feature, in pixels of a 1× picture: what lies
  /// further outside of a picture is not asked for.
  static let reachPixels = 64

  public let map: MapStyle
  public let selection: MapSelection
  let letterer: Letterer
  var rasterizer = Rasterizer()
  var path = Path()
  /// Memory for discs, and for what paths are made of.
  var discs: [Disc] = []
  var contours: [GridContour] = []
  var icons = IconCache()
  private var scene: Scene?
  /// The memory of scenes before.
  private var spare: [Selection] = []
  private var extents = LabelExtents()
  /// What the revisions in `extents` count from.
  private var extentsEpoch = ""
  private let labels: LabelMemo?
  /// The last tile's picture, whose memory the next one takes.
  private var canvas = Pixmap(width: 0, height: 0)

  /// - Parameter labels: what others have decided about labels, and where they find what this one decides.
  public init(_ map: MapStyle, selection: MapSelection, labels: LabelMemo? = nil) {
    self.map = map
    self.labels = labels
    self.selection = selection
    letterer = Letterer(map.fonts)
  }

  /// The picture of a frame.
  ///
  /// - Parameter source: decides by its audience what exists.
  public func render(
    _ frame: PictureFrame, from source: any FeatureSource
  ) throws(RenderError) -> Pixmap {
    let scene = try scene(for: frame, source: source)
    try scene.gather(frame)
    let picture = try paint(scene, frame: frame)
    let cells = unsharedCells(of: scene, frame: frame)
    try confirm(source)
    scene.placement.share(cells)
    return picture
  }

  /// Draws tiles of one zoom that lie side by side: one search and one look at labels serve them all,
  /// and each is painted for itself, so that its pixels stay in the processor's cache until `use` has
  /// them. The pixels are those of `render`.
  ///
  /// - Parameters:
  ///   - tiles: drawn in this order, each once.
  ///   - use: is given a tile and its picture; nil where nothing but the background is in it, the same
  ///     for every tile of the zoom, as `renderBackground` paints it. What it keeps is void if an error
  ///     is thrown later: only then is it known whether the source could be read.
  public func render(
    _ tiles: [TileID], scale: Int, from source: any FeatureSource,
    _ use: (TileID, borrowing Pixmap?) throws -> Void
  ) throws {
    guard let range = TileRange(around: tiles), let frame = PictureFrame(range, scale: scale) else {
      return
    }
    let scene = try scene(for: frame, source: source)
    try scene.gather(frame)
    if scene.isBackgroundEven, scene.isEmpty(around: frame) {
      try confirm(source)
      for tile in tiles { try use(tile, nil) }
      return
    }
    let side = 256 * scale
    if tiles.count > 1 { scene.divide(frame, side: side) }
    let labels = standingLabels(scene, frame: frame)
    var picture = Pixmap(width: 0, height: 0)
    swap(&picture, &canvas)
    defer { swap(&picture, &canvas) }
    if picture.width != side { picture = Pixmap(width: side, height: side) }
    for tile in tiles {
      guard let frame = PictureFrame(tile, scale: scale) else { continue }
      let isAnything =
        tiles.count == 1
        || scene.show(
          column: tile.column - range.columns.lowerBound, row: tile.row - range.rows.lowerBound)
      let window = Self.window(of: frame)
      let standing = labels.filter { $0.ink.intersects(window) }
      if scene.isBackgroundEven, !isAnything, standing.isEmpty {
        try use(tile, nil)
        continue
      }
      if !scene.coversGround { picture.clear(Colour(red: 0, green: 0, blue: 0, alpha: 0)) }
      try paint(scene, standing, frame: frame, into: &picture)
      try use(tile, picture)
    }
    let cells = unsharedCells(of: scene, frame: frame)
    try confirm(source)
    scene.placement.share(cells)
  }

  /// The background alone.
  public func renderBackground(
    _ frame: PictureFrame, from source: any FeatureSource
  ) throws(RenderError) -> Pixmap {
    var pixmap = Pixmap(width: frame.width, height: frame.height)
    for layer in try scene(for: frame, source: source).layers where layer.style.type == .background
    {
      paintBackground(layer, frame: frame, into: &pixmap)
    }
    return pixmap
  }

  private func paint(_ scene: Scene, frame: PictureFrame) throws(RenderError) -> Pixmap {
    var pixmap = Pixmap(width: frame.width, height: frame.height)
    let labels = standingLabels(scene, frame: frame)
    try paint(scene, labels, frame: frame, into: &pixmap)
    return pixmap
  }

  private func paint(
    _ scene: Scene, _ labels: [StandingLabel], frame: PictureFrame, into pixmap: inout Pixmap
  ) throws(RenderError) {
    for layer in scene.layers { try paint(layer, scene: scene, frame: frame, into: &pixmap) }
    paintLabels(labels, frame: frame, into: &pixmap)
  }

  /// What a damaged source lacked is neither drawn nor remembered.
  func confirm(_ source: any FeatureSource) throws(RenderError) {
    do {
      try source.confirm()
    } catch {
      dropScene()
      throw .source(error)
    }
  }

  /// Draws what a style layer shows of its features, less the labels.
  func paint(
    _ layer: Scene.Layer, scene: Scene, frame: PictureFrame, into pixmap: inout Pixmap
  ) throws(RenderError) {
    switch layer.style.type {
    case .background: paintBackground(layer, frame: frame, into: &pixmap)
    case .fill: paintFills(layer, scene: scene, frame: frame, into: &pixmap)
    case .line: paintLines(layer, scene: scene, frame: frame, into: &pixmap)
    case .circle: paintCircles(layer, scene: scene, frame: frame, into: &pixmap)
    case .symbol: try paintIcons(layer, scene: scene, frame: frame, into: &pixmap)
    }
  }

  /// Forgets what was decided and drawn before: paints, label decisions, glyph coverage and symbols.
  /// Fonts, glyph outlines and the style at its zoom stay. Pictures do not change by it; a measurement
  /// that must make everything anew calls it between its tiles.
  public func forgetDecisions() {
    labels?.removeAll()
    scene?.forgetDecisions()
    icons.forget()
    letterer.forgetCoverage()
  }

  /// Asks the source for all that a frame may show, and draws nothing: the query's part of the time.
  public func gather(
    _ frame: PictureFrame, from source: any FeatureSource
  ) throws(RenderError) {
    try scene(for: frame, source: source).gather(frame)
  }

  /// The style's layers over views of the source, kept as long as neither zoom nor data change.
  func scene(
    for frame: PictureFrame, source: any FeatureSource
  ) throws(RenderError) -> Scene {
    let pinned = try PinnedLayers(
      map, selection: selection, zoom: frame.zoom, scale: frame.scale, source: source)
    if let scene, scene.identity == pinned.identity { return scene }
    dropScene()
    let fresh = makeScene(pinned)
    if let labels {
      let scope = LabelMemo.Scope(
        map: map.hash, identity: pinned.identity, language: selection.language, drawn: pinned.drawn)
      fresh.placement.sharing = LabelPlacement.Sharing(labels.grid(scope))
    }
    fresh.lend(&spare)
    scene = fresh
    return fresh
  }

  func dropScene() {
    if let scene { spare = scene.takeSelections() }
    scene = nil
  }

  func makeScene(_ pinned: PinnedLayers) -> Scene {
    if extentsEpoch != pinned.identity.epoch {
      extents = LabelExtents()
      extentsEpoch = pinned.identity.epoch
    }
    return Scene(map: map, selection: selection, pinned: pinned, extents: &extents)
  }
}
