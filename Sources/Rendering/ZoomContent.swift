public import Features
internal import Lettering
internal import Styling

/// What the tiles of one zoom are drawn from, apart from the rows that their layers hold.
public struct ZoomContent: Sendable {
  /// Of the renderer, of the style layers that are drawn at the zoom, of the columns that they read, and
  /// of the symbols and fonts where there are labels or patterns: where two maps and two sources of one
  /// audience agree in it, the same rows give the same tiles.
  public let hash: UInt64
  /// The layers whose features are drawn, in paint order, once each.
  public let layers: [LayerID]

  /// - Parameters:
  ///   - zoom: of 256-px tiles.
  ///   - scale: 2 for tiles of twice the density.
  public init(
    _ map: MapStyle, selection: MapSelection, zoom: Int, scale: Int, source: any FeatureSource
  ) throws(RenderError) {
    let pinned = try PinnedLayers(
      map, selection: selection, zoom: zoom, scale: scale, source: source)
    var hash = FixedHash()
    hash.add(UInt64(MapStyle.rendererVersion))
    hash.add(pinned.styleZoom.bitPattern)
    hash.add(UInt64(scale))
    hash.add(selection.language.rawValue.utf8)
    var layers: [LayerID] = []
    var needsFiles = false
    for position in pinned.drawn {
      let style = map.document.layers[position]
      let looks = style.looksText
      hash.add(looks)
      needsFiles = needsFiles || style.type == .symbol || Self.namesPictures(looks)
      guard let name = style.sourceLayer, let view = pinned.view(of: name), let id = LayerID(name)
      else { continue }
      if !layers.contains(id) { layers.append(id) }
      for field in view.schema.fields
      where style.dependencies.usesAllProperties
        || style.dependencies.properties.contains(field.name)
      {
        hash.add(field.name.utf8)
        hash.add(field.type.rawValue.utf8)
      }
    }
    if needsFiles {
      hash.add(map.symbols.hash)
      hash.add(map.fonts.fontsHash)
    }
    self.hash = hash.value
    self.layers = layers
  }

  /// Whether a style layer's text has the word “image” or “pattern”.
  private static func namesPictures(_ text: [UInt8]) -> Bool {
    let words = ["image", "pattern"].map { Array($0.utf8) }
    return text.indices.contains { start in
      words.contains { text[start] == $0[0] && text[start...].starts(with: $0) }
    }
  }
}
