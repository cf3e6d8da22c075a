internal import Lettering
internal import Raster
internal import Styling

/// How the features of one combination of values are labelled: the style's layout and, once set, the
/// text that all of them share.
final class SymbolTemplate {
  /// No label reaches further from its anchor, in pixels of a 1× picture; longer ones are not placed.
  static let reachPixels = 256

  let layout: SymbolLayout
  private var block: TextBlock?
  private var lineText: LineText?

  init(_ layout: SymbolLayout) {
    self.layout = layout
  }

  /// Whether the symbol is drawn with its layer, whatever else is there.
  var standsAlone: Bool {
    layout.icon.image != nil && layout.icon.allowsOverlap && layout.placement == .point
  }

  var text: String { layout.text.field.text }

  /// Whether a text runs along its line, rather than standing upright on it.
  var followsLine: Bool {
    layout.placement != .point && layout.text.rotationAlignment != .viewport
      && layout.icon.image == nil
  }

  var colour: Colour { Colour(layout.text.colour, opacity: layout.text.opacity) }

  func halo(scale: Int) -> Halo? {
    guard layout.text.haloWidth > 0 else { return nil }
    let colour = Colour(layout.text.haloColour, opacity: layout.text.opacity)
    guard colour.alpha > 0 else { return nil }
    return Halo(
      colour: colour,
      width: Int32((min(layout.text.haloWidth, 16) * Double(scale) * 256).rounded()))
  }

  private func style(scale: Int, fonts: FontSet) -> TextStyle {
    let text = layout.text
    let font = text.fonts.lazy.compactMap { fonts.index(named: $0) }.first ?? 0
    return TextStyle(
      pixels: min(text.size, 64) * Double(scale), letterSpacingEms: text.letterSpacing, font: font)
  }

  /// The text set in lines; nil for no text.
  func block(scale: Int, letterer: Letterer) -> TextBlock? {
    if let block { return block }
    guard !text.isEmpty, layout.text.size > 0, colour.alpha > 0 else { return nil }
    let justification: BlockStyle.Justification =
      switch layout.text.justification {
      case .left: .left
      case .right: .right
      case .center: .center
      case .auto: layout.text.variableAnchors.isEmpty ? .center : .left
      }
    let made = letterer.layOut(
      halfWidthDigits(text), style: style(scale: scale, fonts: letterer.fonts),
      block: BlockStyle(
        maximumWidthEms: layout.text.maximumWidth, lineHeightEms: layout.text.lineHeight,
        justification: justification))
    block = made
    return made
  }

  /// The text set for a line; nil for no text.
  func lineText(scale: Int, letterer: Letterer) -> LineText? {
    if let lineText { return lineText }
    guard !text.isEmpty, layout.text.size > 0, colour.alpha > 0 else { return nil }
    let made = letterer.shapeForLine(
      halfWidthDigits(text), style: style(scale: scale, fonts: letterer.fonts))
    lineText = made
    return made
  }

  /// The anchors to try in turn.
  var anchors: [SymbolAnchor] {
    layout.text.variableAnchors.isEmpty ? [layout.text.anchor] : layout.text.variableAnchors
  }

  /// From the feature's anchor to the text's, for one way of anchoring, 24.8 pixels.
  func offset(for anchor: SymbolAnchor, scale: Int) -> (x: Int64, y: Int64) {
    let em = min(layout.text.size, 64) * Double(scale) * 256
    var x = layout.text.offset.x
    var y = layout.text.offset.y
    if let radial = layout.text.radialOffset {
      let direction = anchor.shift
      // On a diagonal the distance is shared by both axes.
      let share = direction.x != 0 && direction.y != 0 ? radial / 2.0.squareRoot() : radial
      x = direction.x * share
      y = direction.y * share
    } else if !layout.text.variableAnchors.isEmpty {
      x = abs(x) * anchor.shift.x
      y = abs(y) * anchor.shift.y
    }
    let bound = Double(Self.reachPixels)
    func fixed(_ ems: Double) -> Int64 {
      Int64(min(max(ems * em, -bound * 256), bound * 256).rounded())
    }
    return (fixed(x), fixed(y))
  }
}

extension TextAnchor {
  init(_ anchor: SymbolAnchor) {
    switch anchor {
    case .center: self = .center
    case .left: self = .left
    case .right: self = .right
    case .top: self = .top
    case .bottom: self = .bottom
    case .topLeft: self = .topLeft
    case .topRight: self = .topRight
    case .bottomLeft: self = .bottomLeft
    case .bottomRight: self = .bottomRight
    }
  }
}
