internal import JSON

/// The kinds of style layers.
public enum LayerType: String, Sendable, Hashable, CaseIterable {
  case background, fill, line, circle, symbol
}

extension LayerType {
  /// Kinds of the specification that are not drawn.
  static let unsupported = [
    "heatmap", "fill-extrusion", "raster", "hillshade", "color-relief", "sky",
  ]

  /// The properties that a layer may have, less `visibility`.
  var properties: [PropertyDefinition] {
    switch self {
    case .background: Self.backgroundProperties
    case .fill: Self.fillProperties
    case .line: Self.lineProperties
    case .circle: Self.circleProperties
    case .symbol: Self.symbolProperties
    }
  }

  func property(named name: String) -> PropertyDefinition? {
    properties.first { $0.name == name }
  }

  private static let opacity = PropertyDefinition.Kind.number(0...1)
  private static let length = PropertyDefinition.Kind.number(0...PropertyDefinition.Kind.bound)
  private static let number = PropertyDefinition.Kind.number(PropertyDefinition.Kind.anyNumber)

  private static func sortKey(_ name: String) -> PropertyDefinition {
    PropertyDefinition(name, .layout, number, isInterpolatable: false)
  }

  private static let backgroundProperties = [
    PropertyDefinition("background-color", .paint, .colour, default: "#000000", feature: false),
    PropertyDefinition("background-opacity", .paint, opacity, default: 1, feature: false),
    PropertyDefinition("background-pattern", .paint, .image, feature: false),
  ]

  private static let fillProperties = [
    PropertyDefinition("fill-color", .paint, .colour, default: "#000000"),
    PropertyDefinition("fill-opacity", .paint, opacity, default: 1),
    PropertyDefinition("fill-outline-color", .paint, .colour),
    PropertyDefinition("fill-pattern", .paint, .image),
    PropertyDefinition("fill-antialias", .paint, .boolean, default: true, feature: false),
    sortKey("fill-sort-key"),
  ]

  private static let lineProperties = [
    PropertyDefinition("line-color", .paint, .colour, default: "#000000"),
    PropertyDefinition("line-width", .paint, length, default: 1),
    PropertyDefinition("line-opacity", .paint, opacity, default: 1),
    PropertyDefinition("line-dasharray", .paint, .numbers(count: nil)),
    PropertyDefinition("line-offset", .paint, number, default: 0),
    PropertyDefinition("line-gap-width", .paint, length, default: 0),
    PropertyDefinition("line-pattern", .paint, .image),
    PropertyDefinition(
      "line-cap", .layout, .name(of: LineCap.allCases.map(\.rawValue)), default: "butt"),
    PropertyDefinition(
      "line-join", .layout, .name(of: LineJoin.allCases.map(\.rawValue)), default: "miter"),
    PropertyDefinition("line-miter-limit", .layout, length, default: 2),
    sortKey("line-sort-key"),
  ]

  private static let circleProperties = [
    PropertyDefinition("circle-radius", .paint, length, default: 5),
    PropertyDefinition("circle-color", .paint, .colour, default: "#000000"),
    PropertyDefinition("circle-opacity", .paint, opacity, default: 1),
    PropertyDefinition("circle-stroke-width", .paint, length, default: 0),
    PropertyDefinition("circle-stroke-color", .paint, .colour, default: "#000000"),
    PropertyDefinition("circle-stroke-opacity", .paint, opacity, default: 1),
    sortKey("circle-sort-key"),
  ]

  private static let symbolProperties = placementProperties + iconProperties + textProperties

  private static let anchors = SymbolAnchor.allCases.map(\.rawValue)
  private static let alignments = SymbolAlignment.allCases.map(\.rawValue)

  private static let placementProperties = [
    PropertyDefinition(
      "symbol-placement", .layout, .name(of: SymbolPlacement.allCases.map(\.rawValue)),
      default: "point", feature: false),
    PropertyDefinition(
      "symbol-spacing", .layout, .number(1...PropertyDefinition.Kind.bound), default: 250,
      feature: false),
    sortKey("symbol-sort-key"),
  ]

  private static let iconProperties = [
    PropertyDefinition("icon-image", .layout, .image, hasTokens: true),
    PropertyDefinition("icon-size", .layout, length, default: 1),
    PropertyDefinition("icon-rotate", .layout, number, default: 0),
    PropertyDefinition("icon-offset", .layout, .numbers(count: 2), default: [0, 0]),
    PropertyDefinition("icon-anchor", .layout, .name(of: anchors), default: "center"),
    PropertyDefinition("icon-padding", .layout, .padding, default: [2]),
    PropertyDefinition("icon-allow-overlap", .layout, .boolean, default: false, feature: false),
    PropertyDefinition("icon-ignore-placement", .layout, .boolean, default: false, feature: false),
    PropertyDefinition("icon-optional", .layout, .boolean, default: false, feature: false),
    PropertyDefinition("icon-keep-upright", .layout, .boolean, default: false, feature: false),
    PropertyDefinition(
      "icon-rotation-alignment", .layout, .name(of: alignments), default: "auto", feature: false),
    PropertyDefinition("icon-opacity", .paint, opacity, default: 1),
  ]

  private static let textProperties = [
    PropertyDefinition("text-field", .layout, .formatted, default: "", hasTokens: true),
    PropertyDefinition("text-font", .layout, .strings(count: nil), default: []),
    PropertyDefinition("text-size", .layout, length, default: 16),
    PropertyDefinition("text-max-width", .layout, length, default: 10),
    PropertyDefinition("text-line-height", .layout, length, default: 1.2, feature: false),
    PropertyDefinition("text-letter-spacing", .layout, number, default: 0),
    PropertyDefinition("text-anchor", .layout, .name(of: anchors), default: "center"),
    PropertyDefinition("text-variable-anchor", .layout, .names(of: anchors), feature: false),
    PropertyDefinition("text-radial-offset", .layout, number),
    PropertyDefinition("text-offset", .layout, .numbers(count: 2), default: [0, 0]),
    PropertyDefinition(
      "text-justify", .layout, .name(of: TextJustification.allCases.map(\.rawValue)),
      default: "center"),
    PropertyDefinition("text-rotate", .layout, number, default: 0),
    PropertyDefinition("text-padding", .layout, length, default: 2, feature: false),
    PropertyDefinition(
      "text-max-angle", .layout, .number(0...360), default: 45, feature: false),
    PropertyDefinition("text-keep-upright", .layout, .boolean, default: true, feature: false),
    PropertyDefinition(
      "text-rotation-alignment", .layout, .name(of: alignments), default: "auto", feature: false),
    PropertyDefinition(
      "text-writing-mode", .layout, .names(of: TextWritingMode.allCases.map(\.rawValue)),
      feature: false),
    PropertyDefinition(
      "text-transform", .layout, .name(of: TextTransform.allCases.map(\.rawValue)),
      default: "none"),
    PropertyDefinition("text-allow-overlap", .layout, .boolean, default: false, feature: false),
    PropertyDefinition("text-ignore-placement", .layout, .boolean, default: false, feature: false),
    PropertyDefinition("text-optional", .layout, .boolean, default: false, feature: false),
    PropertyDefinition("text-opacity", .paint, opacity, default: 1),
    PropertyDefinition("text-color", .paint, .colour, default: "#000000"),
    PropertyDefinition("text-halo-color", .paint, .colour, default: "rgba(0, 0, 0, 0)"),
    PropertyDefinition("text-halo-width", .paint, length, default: 0),
  ]
}
