internal import Lettering
internal import Raster
internal import Styling

/// How the features of one combination of values are labelled: the style's layout and, once set, the
/// text that all of them share.
final class SymbolTemplate {
  /// No label reaches further from its anchor, in pixels of a 1× picture; longer ones are not placed.
  static let reachPixels = 256

  let layout: SymbolLayout
  let scale: Int
  let text: String
  /// A hash of the text that is the same everywhere.
  let textHash: UInt64
  /// No label reaches further from its anchor; 24.8 pixels.
  let reachX: Int64
  let reachY: Int64
  private var block: TextBlock?
  private var lineText: LineText?
  private var lineAdvance: Int64?
  /// Kept free around the text, 24.8 pixels.
  let padding: Int64
  /// Between two labels of one line, 24.8 pixels.
  let spacing: Int64
  /// Between two labels of the same text along lines, 24.8 pixels.
  let repeatDistance: Int64
  private(set) lazy var halo = makeHalo()
  private(set) lazy var colour = Colour(layout.text.colour, opacity: layout.text.opacity)

  /// - Parameter iconSide: the longer side of the layout's symbol, pixels; 0 for none.
  init(
    _ layout: SymbolLayout, scale: Int, iconSide: Double, repeatDistance: Double? = nil
  ) {
    self.layout = layout
    self.scale = scale
    text = layout.text.field.text
    var hash = FixedHash()
    hash.add(text.utf8)
    textHash = hash.value
    let extent = LabelExtent(layout, text: TextLength(text), iconSide: iconSide)
    let unit = Double(scale) * 256
    padding = Int64((min(layout.text.padding, 32) * unit).rounded())
    spacing = Int64((max(layout.spacing, 1) * unit).rounded())
    let kept = repeatDistance ?? min(layout.spacing, 512) * 0.75
    self.repeatDistance = Int64((kept * unit).rounded())
    reachX = extent.fixed(scale: scale).x
    reachY = extent.fixed(scale: scale).y
  }

  /// Whether the symbol is drawn with its layer, whatever else is there.
  var standsAlone: Bool {
    layout.icon.image != nil && layout.icon.allowsOverlap && layout.placement == .point
  }

  var followsLine: Bool { layout.followsLine }

  /// How far what is drawn may leave the letters, 24.8 pixels.
  var rim: Int64 { (halo.map { Int64($0.width) } ?? 0) + (2 << 8) }

  var halfEm: Int64 {
    Int64((min(max(layout.text.size, 1), 64) * Double(scale) * 128).rounded(.up))
  }

  private func makeHalo() -> Halo? {
    guard layout.text.haloWidth > 0 else { return nil }
    let colour = Colour(layout.text.haloColour, opacity: layout.text.opacity)
    guard colour.alpha > 0 else { return nil }
    return Halo(
      colour: colour,
      width: Int32((min(layout.text.haloWidth, 16) * Double(scale) * 256).rounded()))
  }

  private func style(_ fonts: FontSet) -> TextStyle {
    let text = layout.text
    let font = text.fonts.lazy.compactMap { fonts.index(named: $0) }.first ?? 0
    return TextStyle(
      pixels: min(text.size, 64) * Double(scale), letterSpacingEms: text.letterSpacing, font: font)
  }

  /// The text set in lines; nil for no text.
  func block(_ letterer: Letterer) -> TextBlock? {
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
      halfWidthDigits(text), style: style(letterer.fonts),
      block: BlockStyle(
        maximumWidthEms: layout.text.maximumWidth, lineHeightEms: layout.text.lineHeight,
        justification: justification))
    block = made
    return made
  }

  /// The text set for a line; nil for no text.
  func lineText(_ letterer: Letterer) -> LineText? {
    if let lineText { return lineText }
    guard !text.isEmpty, layout.text.size > 0, colour.alpha > 0 else { return nil }
    let made = letterer.shapeForLine(
      halfWidthDigits(text), style: style(letterer.fonts))
    lineText = made
    return made
  }

  /// The length of the text set for a line, 24.8 pixels; nil for no text.
  func lineAdvance(_ letterer: Letterer) -> Int64? {
    if let lineAdvance { return lineAdvance }
    lineAdvance = lineText(letterer).map { Int64($0.horizontal.advance) }
    return lineAdvance
  }

  /// The anchors to try in turn.
  var anchors: [SymbolAnchor] { layout.anchors }

  /// From the feature's anchor to the text's, for one way of anchoring, 24.8 pixels.
  func offset(for anchor: SymbolAnchor) -> (x: Int64, y: Int64) {
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
