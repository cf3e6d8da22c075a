/// How a symbol, a text or both are drawn. Lengths are in pixels of a 1× picture unless said.
public struct SymbolLayout: Sendable, Equatable {
  public var placement: SymbolPlacement
  /// Between two symbols along a line.
  public var spacing: Double
  /// Smaller is placed first.
  public var sortKey: Double?
  public var icon: IconLayout
  public var text: TextLayout
}

/// The symbol of a label. Lengths are in pixels of a 1× picture.
public struct IconLayout: Sendable, Equatable {
  /// A file stem in Styles/symbols; nil for no symbol.
  public var image: String?
  /// A factor on the symbol's own size.
  public var size: Double
  /// Degrees clockwise.
  public var rotate: Double
  /// Right and down, in pixels of the symbol's own size: multiplied by `size`, turned by `rotate`.
  public var offset: SIMD2<Double>
  public var anchor: SymbolAnchor
  /// Kept free of others around the symbol.
  public var padding: StylePadding
  public var opacity: Double
  /// Drawn whatever stands there already.
  public var allowsOverlap: Bool
  /// Others may be placed over it.
  public var ignoresPlacement: Bool
  /// The text may stand alone where the symbol finds no place.
  public var isOptional: Bool
  public var rotationAlignment: SymbolAlignment
  public var keepsUpright: Bool
}

/// The text of a label. Lengths are in pixels of a 1× picture, or in ems: multiples of `size`.
public struct TextLayout: Sendable, Equatable {
  /// Empty for no text; `text-transform` has been applied.
  public var field: FormattedText
  /// Names from machizu.json, best first; empty for the default font.
  public var fonts: [String]
  /// Pixels of one em.
  public var size: Double
  /// Ems, at points only; lines break where they would be longer. 0 breaks everywhere it may.
  public var maximumWidth: Double
  /// Ems from line to line.
  public var lineHeight: Double
  /// Ems between letters.
  public var letterSpacing: Double
  public var anchor: SymbolAnchor
  /// Tried in turn, the first that is free stands; empty when `anchor` alone counts.
  public var variableAnchors: [SymbolAnchor]
  /// Ems away from the anchor; nil when `offset` counts.
  public var radialOffset: Double?
  /// Ems right and down.
  public var offset: SIMD2<Double>
  public var justification: TextJustification
  /// Degrees clockwise.
  public var rotate: Double
  /// Kept free of others around the text.
  public var padding: Double
  /// The most by which two neighbouring letters on a line may turn, in degrees.
  public var maximumAngle: Double
  public var keepsUpright: Bool
  public var rotationAlignment: SymbolAlignment
  /// In the order of preference; empty for horizontal.
  public var writingModes: [TextWritingMode]
  public var colour: StyleColour
  public var haloColour: StyleColour
  /// Around the letters, on each side.
  public var haloWidth: Double
  public var opacity: Double
  /// Drawn whatever stands there already.
  public var allowsOverlap: Bool
  /// Others may be placed over it.
  public var ignoresPlacement: Bool
  /// The symbol may stand alone where the text finds no place.
  public var isOptional: Bool
}

extension LayerProperties {
  func symbolLayout(in context: EvaluationContext) -> SymbolLayout {
    SymbolLayout(
      placement: choice("symbol-placement", in: context, default: .point),
      spacing: max(1, length("symbol-spacing", in: context)),
      sortKey: optionalNumber("symbol-sort-key", in: context),
      icon: iconLayout(in: context), text: textLayout(in: context))
  }

  private func iconLayout(in context: EvaluationContext) -> IconLayout {
    var padding = StylePadding(top: 2, right: 2, bottom: 2, left: 2)
    if case .padding(let value) = value(of: "icon-padding", in: context) { padding = value }
    return IconLayout(
      image: image("icon-image", in: context), size: length("icon-size", in: context),
      rotate: number("icon-rotate", in: context), offset: pair("icon-offset", in: context),
      anchor: choice("icon-anchor", in: context, default: .center), padding: padding,
      opacity: opacity("icon-opacity", in: context),
      allowsOverlap: flag("icon-allow-overlap", in: context),
      ignoresPlacement: flag("icon-ignore-placement", in: context),
      isOptional: flag("icon-optional", in: context),
      rotationAlignment: choice("icon-rotation-alignment", in: context, default: .auto),
      keepsUpright: flag("icon-keep-upright", in: context))
  }

  private func textLayout(in context: EvaluationContext) -> TextLayout {
    TextLayout(
      field: transformedField(in: context), fonts: strings("text-font", in: context),
      size: length("text-size", in: context),
      maximumWidth: length("text-max-width", in: context),
      lineHeight: length("text-line-height", in: context),
      letterSpacing: number("text-letter-spacing", in: context),
      anchor: choice("text-anchor", in: context, default: .center),
      variableAnchors: strings("text-variable-anchor", in: context)
        .compactMap(SymbolAnchor.init(rawValue:)),
      radialOffset: optionalNumber("text-radial-offset", in: context),
      offset: pair("text-offset", in: context),
      justification: choice("text-justify", in: context, default: .center),
      rotate: number("text-rotate", in: context),
      padding: length("text-padding", in: context),
      maximumAngle: length("text-max-angle", in: context),
      keepsUpright: flag("text-keep-upright", in: context),
      rotationAlignment: choice("text-rotation-alignment", in: context, default: .auto),
      writingModes: strings("text-writing-mode", in: context)
        .compactMap(TextWritingMode.init(rawValue:)),
      colour: colour("text-color", in: context),
      haloColour: colour("text-halo-color", in: context),
      haloWidth: length("text-halo-width", in: context),
      opacity: opacity("text-opacity", in: context),
      allowsOverlap: flag("text-allow-overlap", in: context),
      ignoresPlacement: flag("text-ignore-placement", in: context),
      isOptional: flag("text-optional", in: context))
  }

  func transformedField(in context: EvaluationContext) -> FormattedText {
    guard case .formatted(var field) = value(of: "text-field", in: context) else {
      return FormattedText("")
    }
    guard isSet("text-transform") else { return field }
    let transform: TextTransform = choice("text-transform", in: context, default: .none)
    for index in field.sections.indices where transform != .none {
      let text = field.sections[index].text
      field.sections[index].text = transform == .uppercase ? text.uppercased() : text.lowercased()
    }
    return field
  }
}

/// The layouts of a style layer's features at one zoom: what is the same for all of them is evaluated
/// once.
public struct SymbolLayouts: Sendable {
  /// Of a feature without properties.
  public let base: SymbolLayout
  private let layer: StyleLayer
  private let dependsOnTextAlone: Bool

  init(_ layer: StyleLayer, base: SymbolLayout) {
    self.base = base
    self.layer = layer
    dependsOnTextAlone = layer.featureDependentProperties.isSubset(of: ["text-field"])
  }

  /// - Parameter context: differs from the one of `base` in nothing but the feature.
  public func layout(in context: EvaluationContext) -> SymbolLayout {
    guard dependsOnTextAlone else { return layer.symbolLayout(in: context) }
    var layout = base
    layout.text.field = layer.textField(in: context)
    return layout
  }
}
