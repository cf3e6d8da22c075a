public import Features

/// What an expression may look at: the zoom, the feature and the reader's language.
public struct EvaluationContext: Sendable {
  /// The kind of a feature's geometry, single or multiple alike.
  public enum GeometryType: String, Sendable, Hashable, CaseIterable {
    case point = "Point"
    case line = "LineString"
    case polygon = "Polygon"
  }

  /// The zoom in the style's own count: `StyleDocument.styleZoom(forTileZoom:)`.
  public var zoom: Double
  /// Nil when there is no feature, as for a background.
  public var geometryType: GeometryType?
  /// The feature's key.
  public var id: StyleValue
  /// The feature's columns; a null column is absent.
  public var properties: [String: StyleValue]
  /// The language of `["global-state", "language"]`.
  public var language: Language
  /// The symbols that exist, for `coalesce` over images; nil when all do.
  public var availableImages: Set<String>?
  /// What `["global-state", …]` yields, from the document's `state`.
  var state: [String: StyleValue] = [:]

  /// - Parameters: zoom in the style's own count; the feature's key and the columns that the reader may see.
  public init(
    zoom: Double, geometryType: GeometryType? = nil, id: Attribute? = nil,
    properties: [String: Attribute] = [:], language: Language = .japanese,
    availableImages: Set<String>? = nil
  ) {
    self.zoom = zoom
    self.geometryType = geometryType
    self.id = id.map(StyleValue.init) ?? .null
    self.properties = properties.filter { !$0.value.isNull }.mapValues(StyleValue.init)
    self.language = language
    self.availableImages = availableImages
  }
}

/// What an expression's value depends on: two contexts that agree in it yield the same value.
public struct ExpressionDependencies: Sendable, Hashable {
  /// The columns that are read.
  public var properties: Set<String> = []
  /// Whether `["zoom"]` is read.
  public var usesZoom = false
  /// Whether points, lines and areas are told apart.
  public var usesGeometryType = false
  /// Whether the feature's key is read.
  public var usesID = false
  /// Whether any column may be read: a column's name is computed, or `["properties"]` is used.
  public var usesAllProperties = false
  /// Whether the reader's language or other state is read.
  public var usesLanguage = false

  public init() {}

  /// Adds what `other` depends on.
  public mutating func formUnion(_ other: ExpressionDependencies) {
    properties.formUnion(other.properties)
    usesZoom = usesZoom || other.usesZoom
    usesGeometryType = usesGeometryType || other.usesGeometryType
    usesID = usesID || other.usesID
    usesAllProperties = usesAllProperties || other.usesAllProperties
    usesLanguage = usesLanguage || other.usesLanguage
  }

  /// Whether the value is the same for every feature of one kind of geometry.
  public var isFeatureConstant: Bool {
    properties.isEmpty && !usesGeometryType && !usesID && !usesAllProperties
  }
}
