public import Features

/// What the legend says about a style layer.
public struct StyleLegend: Sendable {
  /// One class of features with its sample.
  public struct Entry: Sendable {
    public var title: Title
    /// The columns that make a feature of this class, for drawing the sample.
    public var properties: [String: StyleValue]
  }

  public var title: Title
  /// The classes in the order of the legend; empty when all features look alike.
  public var entries: [Entry]
  /// A column whose closed list of values makes the classes, with the titles of the layer's declaration.
  public var codesField: String?
  /// What draws the samples: the layer's own kind of geometry.
  public var geometryType: EvaluationContext.GeometryType
}
