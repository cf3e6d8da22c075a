public import Features
internal import Geometry
internal import Styling
public import Tiles

/// Knows of whole squares of one zoom that a map has nothing there but its background, the same in
/// every tile: by a look at the layers' indexes that ends with the first feature found.
public struct EmptyGround: Sendable {
  /// How far from a picture a feature may lie of which something stands in the picture, in pixels of
  /// a 1× picture: an anchor's block and a label's reach, and a little for what a zoom band rounds.
  static let marginPixels = 256 + SymbolTemplate.reachPixels + 2

  private let source: any FeatureSource
  private let views: [any LayerView]
  private let bandZoom: Int
  /// In units of the world grid.
  private let margin: Int64

  /// Nil where the background is not the same everywhere, or zoom and scale ask for more than the grid
  /// holds.
  public init?(
    _ map: MapStyle, selection: MapSelection, zoom: Int, scale: Int, source: any FeatureSource
  ) throws(RenderError) {
    let pinned = try PinnedLayers(
      map, selection: selection, zoom: zoom, scale: scale, source: source)
    guard
      let frame = PictureFrame(
        zoom: zoom, scale: scale, originX: 0, originY: 0, width: 1, height: 1),
      map.isBackgroundEven(
        pinned.drawn.map { map.document.layers[$0] }, zoom: zoom, language: selection.language)
    else { return nil }
    self.source = source
    views = pinned.sources.map(\.view)
    bandZoom = zoom + scale - 1
    margin = Int64(Self.marginPixels * scale) << Int64(frame.unitBits)
  }

  /// Whether all tiles of the zoom in a square are as `TileRenderer.renderBackground` paints them; false
  /// too where only drawing would tell, or where the data are damaged.
  public func covers(_ square: TileID) -> Bool {
    let bounds = square.bounds
    let window = GridBox(
      minX: bounds.minX - margin, minY: bounds.minY - margin, maxX: bounds.maxX + margin,
      maxY: bounds.maxY + margin)
    guard views.allSatisfy({ $0.isEmpty(window, zoom: bandZoom) }) else { return false }
    return (try? source.confirm()) != nil
  }
}

extension MapStyle {
  func backgroundPaint(of layer: StyleLayer, zoom: Int, language: Language) -> BackgroundPaint {
    layer.backgroundPaint(
      in: EvaluationContext(
        zoom: document.styleZoom(forTileZoom: Double(zoom)), language: language,
        availableImages: symbols.names))
  }

  /// Whether the background that these layers paint is the same in every tile of a zoom.
  func isBackgroundEven(_ layers: [StyleLayer], zoom: Int, language: Language) -> Bool {
    layers.allSatisfy {
      $0.type != .background
        || backgroundPaint(of: $0, zoom: zoom, language: language).pattern == nil
    }
  }
}
