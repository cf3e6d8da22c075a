internal import Styling

/// How far a label reaches from its anchor, right and left as up and down; pixels of a 1× picture.
///
/// Told from the style and the number of letters alone, before anything is set. What turns out to
/// reach further (letters far wider than their font's em) is not placed, so that a search within this
/// distance finds all that counts.
struct LabelExtent: Hashable {
  /// No label reaches further.
  static let limit = Double(SymbolTemplate.reachPixels)

  var x: Double
  var y: Double

  static let greatest = LabelExtent(x: limit, y: limit)

  private init(x: Double, y: Double) {
    self.x = min(x, Self.limit)
    self.y = min(y, Self.limit)
  }

  /// - Parameters:
  ///   - text: of one label, or the most of all labels that are set alike.
  ///   - iconSide: the longer side of the symbol before `icon-size`, pixels; 0 for none.
  init(_ layout: SymbolLayout, text: TextLength, iconSide: Double) {
    let icon = Self.icon(layout.icon, side: iconSide)
    guard text.ems > 0 else {
      self.init(x: icon, y: icon)
      return
    }
    let em = min(max(layout.text.size, 1), 64)
    let length = (Double(text.ems) * (1 + max(layout.text.letterSpacing, 0)) + 1)
    let rim = min(layout.text.haloWidth, 16) + min(layout.text.padding, 32) + em / 2 + 3
    let aside = max(abs(layout.text.radialOffset ?? 0), abs(layout.text.offset.x))
    let along = max(abs(layout.text.radialOffset ?? 0), abs(layout.text.offset.y))
    if layout.followsLine {
      // Upright letters on a slanting line stand up to 1.2 times as far apart.
      let half = length * 0.6 * em + along * em + em + rim
      self.init(x: half, y: half)
      return
    }
    var lines = 1 + Double(text.newlines)
    // Two lines in a row are together longer than the limit, or they would be one.
    let maximum = layout.text.maximumWidth
    if maximum > 0, length > maximum {
      lines += min((2 * length / maximum).rounded(.up), length)
    }
    let height = 1 + (lines - 1) * min(max(layout.text.lineHeight, 0), 10)
    var (width, tall) = (length / 2, height / 2)
    for anchor in layout.anchors {
      if anchor.shift.x != 0 { width = length }
      if anchor.shift.y != 0 { tall = height }
    }
    self.init(x: max((width + aside) * em + rim, icon), y: max((tall + along) * em + rim, icon))
  }

  /// 24.8 pixels of a picture.
  func fixed(scale: Int) -> (x: Int64, y: Int64) {
    let unit = Double(scale) * 256
    return (Int64((x * unit).rounded(.up)), Int64((y * unit).rounded(.up)))
  }

  private static func icon(_ layout: IconLayout, side: Double) -> Double {
    guard side > 0 else { return 0 }
    let limit = Double(TileRenderer.reachPixels) / 2
    let size = min(layout.size * side, limit)
    let aside = max(abs(layout.offset.x), abs(layout.offset.y)) * layout.size
    // A turned symbol's picture is wider by √2 at most.
    return size * 0.71 + min(aside + (layout.anchor == .center ? 0 : size / 2), limit) + 3
  }
}

extension SymbolLayout {
  /// Whether a text runs along its line, rather than standing upright on it.
  var followsLine: Bool {
    placement != .point && text.rotationAlignment != .viewport && icon.image == nil
  }

  /// The anchors to try in turn.
  var anchors: [SymbolAnchor] {
    text.variableAnchors.isEmpty ? [text.anchor] : text.variableAnchors
  }
}

extension LabelExtent {
  /// The greatest extent of all labels of a style layer, whatever its features hold.
  ///
  /// - Parameters:
  ///   - base: the layout of a feature without properties.
  ///   - iconSide: the longest side of any symbol, pixels.
  ///   - ofColumn: the greatest length of a column's texts.
  init(
    of layer: StyleLayer, base: SymbolLayout, iconSide: Double,
    ofColumn: (String) -> TextLength
  ) {
    guard layer.featureDependentProperties.isSubset(of: Self.harmless.union(Self.bounded)),
      let text = layer.longestText(ofColumn: ofColumn)
    else {
      self = .greatest
      return
    }
    var layout = base
    if !layer.isFeatureConstant("text-size") {
      layout.text.size = layer.largestNumber("text-size") ?? 64
    }
    if !layer.isFeatureConstant("icon-size") {
      layout.icon.size = layer.largestNumber("icon-size") ?? .greatestFiniteMagnitude
    }
    if !layer.isFeatureConstant("text-halo-width") { layout.text.haloWidth = 16 }
    let mayHaveIcon = layer.properties["icon-image"] != nil
    self.init(layout, text: text, iconSide: mayHaveIcon ? iconSide : 0)
    // Without a symbol a text follows its line; a symbol whose image depends on the feature may lack.
    guard mayHaveIcon, layout.placement != .point else { return }
    layout.icon.image = nil
    let other = LabelExtent(layout, text: text, iconSide: 0)
    x = max(x, other.x)
    y = max(y, other.y)
    layout.icon.image = ""
    let upright = LabelExtent(layout, text: text, iconSide: iconSide)
    x = max(x, upright.x)
    y = max(y, upright.y)
  }

  /// Properties that do not change how far a label reaches.
  private static let harmless: Set<String> = [
    "symbol-sort-key", "icon-image", "icon-opacity", "icon-rotate", "icon-allow-overlap",
    "icon-ignore-placement", "icon-optional", "icon-padding", "text-color", "text-halo-color",
    "text-opacity", "text-font", "text-justify", "text-allow-overlap", "text-ignore-placement",
    "text-optional", "text-max-angle", "text-keep-upright",
  ]
  /// Properties of which the greatest value can be told.
  private static let bounded: Set<String> = [
    "text-field", "text-size", "icon-size", "text-halo-width",
  ]
}

extension LabelGroup {
  /// - Parameters:
  ///   - styleLayer: counted from the uppermost.
  ///   - extent: 24.8 pixels.
  init(_ style: StyleLayer, styleLayer: Int, extent: (x: Int64, y: Int64)) {
    self.init(
      reachX: extent.x, reachY: extent.y, priority: style.labelPriority, styleLayer: styleLayer,
      mayHaveObstacles: style.properties["icon-image"] != nil
        && style.properties["icon-allow-overlap"] != nil)
  }
}
