public import Features
internal import Geometry
internal import Lettering
public import Raster
internal import Styling

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
  var icons = IconCache()
  private var scene: Scene?
  /// The memory of scenes before.
  private var spare: [Selection] = []
  private var extents = LabelExtents()
  /// The last picture: its memory serves the next one as soon as nobody else holds it.
  private var canvas = Pixmap(width: 0, height: 0)
  /// Bytes: larger pictures are rare, and their memory is given back.
  private static let keptBytes = 8 << 20

  public init(_ map: MapStyle, selection: MapSelection) {
    self.map = map
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
    try confirm(source)
    return picture
  }

  /// The picture of a frame; nil where no feature lies in it or so near that its form, symbol or label
  /// may reach into it, so that all of its tiles are as `renderBackground` paints them.
  public func renderUnlessEmpty(
    _ frame: PictureFrame, from source: any FeatureSource
  ) throws(RenderError) -> Pixmap? {
    let scene = try scene(for: frame, source: source)
    try scene.gather(frame)
    let isEmpty =
      scene.isEmpty(around: frame)
      && map.isBackgroundEven(
        scene.layers.map(\.style), zoom: frame.zoom, language: selection.language)
    let picture = isEmpty ? nil : try paint(scene, frame: frame)
    try confirm(source)
    return picture
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
    var pixmap = Pixmap(width: 0, height: 0)
    swap(&pixmap, &canvas)
    let ground = evenGround(scene)
    pixmap.reset(
      width: frame.width, height: frame.height,
      to: ground ?? .transparent)
    for layer in scene.layers.dropFirst(ground == nil ? 0 : 1) {
      try paint(layer, scene: scene, frame: frame, into: &pixmap)
    }
    paintLabels(scene, frame: frame, into: &pixmap)
    if pixmap.bytes.count <= Self.keptBytes { canvas = pixmap }
    return pixmap
  }

  /// What a damaged source lacked is neither drawn nor remembered.
  func confirm(_ source: any FeatureSource) throws(RenderError) {
    do {
      try source.confirm()
    } catch {
      forgetDecisions()
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
  /// Fonts and glyph outlines stay. Pictures do not change by it; a measurement that must make
  /// everything anew calls it between its tiles.
  public func forgetDecisions() {
    dropScene()
    icons = IconCache()
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
    fresh.lend(&spare)
    scene = fresh
    return fresh
  }

  private func dropScene() {
    if let scene { spare = scene.takeSelections() }
    scene = nil
  }

  func makeScene(_ pinned: PinnedLayers) -> Scene {
    Scene(map: map, selection: selection, pinned: pinned, extents: &extents)
  }
}
