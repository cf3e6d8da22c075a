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
    /// What the revisions count from.
    var epoch: String
    var revisions: [String: Revision]
  }

  let identity: Identity
  let styleZoom: Double
  /// Positions in the document of the style layers that are drawn, from the bottom; those of source
  /// layers that do not exist are left out.
  let drawn: [Int]
  let views: [String: any LayerView]

  init(
    _ map: MapStyle, selection: MapSelection, zoom: Int, scale: Int, source: any FeatureSource
  ) throws(RenderError) {
    styleZoom = map.document.styleZoom(forTileZoom: Double(zoom))
    var views: [String: any LayerView] = [:]
    var absent: Set<String> = []
    var drawn: [Int] = []
    let layers = map.document.layers
    // A style layer is large, so it is asked where it lies.
    for position in layers.indices where layers[position].isDrawn(atZoom: styleZoom) {
      guard let name = layers[position].sourceLayer else {
        if layers[position].isVisibleAtFirst { drawn.append(position) }
        continue
      }
      let isWanted =
        selection.layers.map { $0.contains(name) } ?? layers[position].isVisibleAtFirst
      guard isWanted, !absent.contains(name) else { continue }
      if views[name] == nil {
        guard let view = try Self.view(name, of: source) else {
          absent.insert(name)
          continue
        }
        views[name] = view
      }
      drawn.append(position)
    }
    self.drawn = drawn
    self.views = views
    identity = Identity(
      zoom: zoom, scale: scale, audience: source.audience, epoch: source.epoch,
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
