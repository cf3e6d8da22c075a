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
    var revisions: [SourceRevision]
  }

  struct SourceRevision: Hashable {
    var name: String
    var revision: Revision
  }

  /// A source layer that is drawn.
  struct Source {
    let name: String
    let view: any LayerView
  }

  let identity: Identity
  let styleZoom: Double
  /// Positions in the document of the style layers that are drawn, from the bottom; those of source
  /// layers that do not exist are left out.
  let drawn: [Int]
  /// In the order in which they are first drawn; few, so that they are looked through.
  let sources: [Source]

  init(
    _ map: MapStyle, selection: MapSelection, zoom: Int, scale: Int, source: any FeatureSource
  ) throws(RenderError) {
    styleZoom = map.document.styleZoom(forTileZoom: Double(zoom))
    var sources: [Source] = []
    var absent: [String] = []
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
      if !sources.contains(where: { $0.name == name }) {
        guard let view = try Self.view(name, of: source) else {
          absent.append(name)
          continue
        }
        sources.append(Source(name: name, view: view))
      }
      drawn.append(position)
    }
    self.drawn = drawn
    self.sources = sources
    identity = Identity(
      zoom: zoom, scale: scale, audience: source.audience, epoch: source.epoch,
      revisions: sources.map { SourceRevision(name: $0.name, revision: $0.view.revision) })
  }

  func view(of name: String) -> (any LayerView)? {
    sources.first { $0.name == name }?.view
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
