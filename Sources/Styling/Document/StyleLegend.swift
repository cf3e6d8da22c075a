public import Features

/// What the legend says about a style layer.
public struct StyleLegend: Sendable {
  /// One class of features with its sample.
  public struct Entry: Sendable {
    public var title: Title
    /// The columns that make a feature of this class, for drawing the sample.
    public var properties: [String: StyleValue]
    /// A property of the style with the class's value, for classes of a statistic; nil for others.
    public var step: Step?

    public init(title: Title, properties: [String: StyleValue], step: Step? = nil) {
      self.title = title
      self.properties = properties
      self.step = step
    }
  }

  /// One class of a statistic: the values from `lower` on and under `upper`.
  public struct Step: Sendable, Hashable {
    /// Nil in the lowest class.
    public var lower: Double?
    /// Nil in the highest class.
    public var upper: Double?
    /// What the class is painted with.
    public var colour: StyleColour
  }

  public var title: Title
  /// The classes in the order of the legend; empty when all features look alike.
  public var entries: [Entry]
  /// A column whose closed list of values makes the classes, with the titles of the layer's declaration.
  public var codesField: String?
  /// The columns of a statistic that makes the classes.
  public internal(set) var stepColumns: Set<String> = []
  /// A property whose `step` expression makes the classes.
  var stepsProperty: String?
  /// Stands behind the numbers of a statistic's classes.
  var unit = ""
  /// What draws the samples: the layer's own kind of geometry.
  public var geometryType: EvaluationContext.GeometryType
}

extension StyleLegend {
  /// Properties whose steps a legend can show.
  static let steppedProperties = ["fill-color", "line-color", "circle-color"]

  /// The classes of a `step` over a statistic; nil where the expression is none.
  func entries(steppedBy expression: StyleExpression) -> [Entry]? {
    guard case .step(let input, let stops) = expression.root.operation,
      !input.dependencies.usesZoom, !input.dependencies.isFeatureConstant
    else { return nil }
    let context = EvaluationContext(zoom: 0)
    var entries: [Entry] = []
    for (index, output) in stops.outputs.enumerated() {
      guard
        let colour = StyleExpression(root: output, fallback: .null).evaluate(in: context).colour
      else { return nil }
      let lower = stops.labels[index]
      let step = Step(
        lower: lower.isFinite ? lower : nil,
        upper: index + 1 < stops.labels.count ? stops.labels[index + 1] : nil, colour: colour)
      entries.append(Entry(title: title(of: step), properties: [:], step: step))
    }
    return entries
  }

  private func title(of step: Step) -> Title {
    func text(_ number: Double) -> String { ScriptNumber.text(number) + unit }
    return switch (step.lower, step.upper) {
    case (let lower?, let upper?):
      Title(
        japanese: "\(text(lower)) 以上 \(text(upper)) 未満",
        english: "\(text(lower)) to under \(text(upper))")
    case (let lower?, nil):
      Title(japanese: "\(text(lower)) 以上", english: "\(text(lower)) and more")
    case (nil, let upper?):
      Title(japanese: "\(text(upper)) 未満", english: "under \(text(upper))")
    case (nil, nil): title
    }
  }
}
