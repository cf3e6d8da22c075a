internal import Features
internal import Styling

/// What of a map is drawn at one zoom, and the views that it is drawn from: light, so that every
/// picture can ask whether what was decided for the last one still holds.
struct PinnedLayers {
  /// What a scene's decisions depend on.
  struct Identity: Hashable {
    var zoom: Int
    var scale: Int
    var audience: Audience
    var revisions: [String: Revision]
  }

  let identity: Identity
  let styleZoom: Double
  /// The style layers that are drawn, from the bottom, with their positions in the document; those of
  /// source layers that do not exist are left out.
  let drawn: [(style: StyleLayer, position: Int)]
  let views: [String: any LayerView]

  init(
    _ map: MapStyle, selection: MapSelection, zoom: Int, scale: Int, source: any FeatureSource
  ) throws(RenderError) {
    styleZoom = map.document.styleZoom(forTileZoom: Double(zoom))
    var views: [String: any LayerView] = [:]
    var absent: Set<String> = []
    var drawn: [(style: StyleLayer, position: Int)] = []
    for position in map.document.layers.indices {
      let style = map.document.layers[position]
      guard style.isDrawn(atZoom: styleZoom) else { continue }
      guard let name = style.sourceLayer else {
        if style.isVisibleAtFirst { drawn.append((style, position)) }
        continue
      }
      let isWanted = selection.layers.map { $0.contains(name) } ?? style.isVisibleAtFirst
      guard isWanted, !absent.contains(name) else { continue }
      if views[name] == nil {
        guard let view = try Self.view(name, of: source) else {
          absent.insert(name)
          continue
        }
        views[name] = view
      }
      drawn.append((style, position))
    }
    self.drawn = drawn
    self.views = views
    identity = Identity(
      zoom: zoom, scale: scale, audience: source.audience,
      revisions: views.mapValues(\.revision))
  }

  private static func view(
    _ name: String, of source: any FeatureSource
  ) throws(RenderError) -> (any LayerView)? {
    guard let id = LayerID(name) else { return nil }
    do {
      return try source.view(of: id)
    } catch {
      throw .source(error)
    }
  }
}
