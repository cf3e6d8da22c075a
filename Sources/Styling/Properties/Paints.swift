/// How the ground below everything is painted.
public struct BackgroundPaint: Sendable, Hashable {
  public var colour: StyleColour
  /// 0 to 1, multiplied with the colour's own.
  public var opacity: Double
  /// A tile of Styles/symbols, by its file stem.
  public var pattern: String?
}

/// How an area is filled.
public struct FillPaint: Sendable, Hashable {
  public var colour: StyleColour
  /// 0 to 1, multiplied with the colours' own.
  public var opacity: Double
  /// A line one pixel wide; nil for none.
  public var outlineColour: StyleColour?
  /// A tile of Styles/symbols, by its file stem, in place of the colour.
  public var pattern: String?
  /// False for areas that share edges and must not show the ground between them.
  public var isAntialiased: Bool
  /// Smaller is painted first.
  public var sortKey: Double?
}

/// How a line is drawn. Lengths are in pixels of a 1× picture.
public struct LinePaint: Sendable, Hashable {
  public var colour: StyleColour
  /// 0 draws nothing.
  public var width: Double
  /// 0 to 1, multiplied with the colour's own.
  public var opacity: Double
  /// Lengths of dash and gap in turn, in multiples of the width; empty for a whole line. The last gap
  /// may be missing; at least one length is positive.
  public var dashes: [Double]
  public var cap: LineCap
  public var join: LineJoin
  /// Mitres longer than this many half-widths are cut off.
  public var miterLimit: Double
  /// To the right of the line's direction when positive; to the inside on the outline of an area.
  public var offset: Double
  /// When positive, two lines stand outside a gap this wide.
  public var gapWidth: Double
  /// A symbol of Styles/symbols that is repeated along the line in place of the colour.
  public var pattern: String?
  /// Smaller is painted first.
  public var sortKey: Double?
}

/// How a point is drawn as a disc. Lengths are in pixels of a 1× picture.
public struct CirclePaint: Sendable, Hashable {
  /// To the inner edge of the stroke.
  public var radius: Double
  public var colour: StyleColour
  public var opacity: Double
  /// Outside the radius.
  public var strokeWidth: Double
  public var strokeColour: StyleColour
  public var strokeOpacity: Double
  /// Smaller is painted first.
  public var sortKey: Double?
}

extension LayerProperties {
  func backgroundPaint(in context: EvaluationContext) -> BackgroundPaint {
    BackgroundPaint(
      colour: colour("background-color", in: context),
      opacity: opacity("background-opacity", in: context),
      pattern: image("background-pattern", in: context))
  }

  func fillPaint(in context: EvaluationContext) -> FillPaint {
    FillPaint(
      colour: colour("fill-color", in: context), opacity: opacity("fill-opacity", in: context),
      outlineColour: value(of: "fill-outline-color", in: context).colour,
      pattern: image("fill-pattern", in: context),
      isAntialiased: flag("fill-antialias", in: context),
      sortKey: optionalNumber("fill-sort-key", in: context))
  }

  func linePaint(in context: EvaluationContext) -> LinePaint {
    let dashes = numbers("line-dasharray", in: context).map { max($0, 0) }
    return LinePaint(
      colour: colour("line-color", in: context), width: length("line-width", in: context),
      opacity: opacity("line-opacity", in: context),
      dashes: dashes.contains { $0 > 0 } ? dashes : [],
      cap: choice("line-cap", in: context, default: .butt),
      join: choice("line-join", in: context, default: .miter),
      miterLimit: length("line-miter-limit", in: context),
      offset: number("line-offset", in: context),
      gapWidth: length("line-gap-width", in: context),
      pattern: image("line-pattern", in: context),
      sortKey: optionalNumber("line-sort-key", in: context))
  }

  func circlePaint(in context: EvaluationContext) -> CirclePaint {
    CirclePaint(
      radius: length("circle-radius", in: context), colour: colour("circle-color", in: context),
      opacity: opacity("circle-opacity", in: context),
      strokeWidth: length("circle-stroke-width", in: context),
      strokeColour: colour("circle-stroke-color", in: context),
      strokeOpacity: opacity("circle-stroke-opacity", in: context),
      sortKey: optionalNumber("circle-sort-key", in: context))
  }
}
