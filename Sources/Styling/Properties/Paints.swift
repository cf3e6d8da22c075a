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

  /// - Parameter base: of a feature without properties, to keep what is the same for all features; nil
  ///   evaluates everything.
  func fillPaint(in context: EvaluationContext, base: FillPaint? = nil) -> FillPaint {
    var paint = base ?? FillPaint(colour: .black, opacity: 1, isAntialiased: true)
    for name in base == nil ? Self.fillNames : featureDependent {
      switch name {
      case "fill-color": paint.colour = colour(name, in: context)
      case "fill-opacity": paint.opacity = opacity(name, in: context)
      case "fill-outline-color": paint.outlineColour = value(of: name, in: context).colour
      case "fill-pattern": paint.pattern = image(name, in: context)
      case "fill-antialias": paint.isAntialiased = flag(name, in: context)
      case "fill-sort-key": paint.sortKey = optionalNumber(name, in: context)
      default: break
      }
    }
    return paint
  }

  /// - Parameter base: as of `fillPaint`.
  func linePaint(in context: EvaluationContext, base: LinePaint? = nil) -> LinePaint {
    var paint =
      base
      ?? LinePaint(
        colour: .black, width: 1, opacity: 1, dashes: [], cap: .butt, join: .miter, miterLimit: 2,
        offset: 0, gapWidth: 0)
    for name in base == nil ? Self.lineNames : featureDependent {
      switch name {
      case "line-color": paint.colour = colour(name, in: context)
      case "line-width": paint.width = length(name, in: context)
      case "line-opacity": paint.opacity = opacity(name, in: context)
      case "line-dasharray":
        let dashes = numbers(name, in: context).map { max($0, 0) }
        paint.dashes = dashes.contains { $0 > 0 } ? dashes : []
      case "line-cap": paint.cap = choice(name, in: context, default: .butt)
      case "line-join": paint.join = choice(name, in: context, default: .miter)
      case "line-miter-limit": paint.miterLimit = length(name, in: context)
      case "line-offset": paint.offset = number(name, in: context)
      case "line-gap-width": paint.gapWidth = length(name, in: context)
      case "line-pattern": paint.pattern = image(name, in: context)
      case "line-sort-key": paint.sortKey = optionalNumber(name, in: context)
      default: break
      }
    }
    return paint
  }

  /// - Parameter base: as of `fillPaint`.
  func circlePaint(in context: EvaluationContext, base: CirclePaint? = nil) -> CirclePaint {
    var paint =
      base
      ?? CirclePaint(
        radius: 5, colour: .black, opacity: 1, strokeWidth: 0, strokeColour: .black,
        strokeOpacity: 1)
    for name in base == nil ? Self.circleNames : featureDependent {
      switch name {
      case "circle-radius": paint.radius = length(name, in: context)
      case "circle-color": paint.colour = colour(name, in: context)
      case "circle-opacity": paint.opacity = opacity(name, in: context)
      case "circle-stroke-width": paint.strokeWidth = length(name, in: context)
      case "circle-stroke-color": paint.strokeColour = colour(name, in: context)
      case "circle-stroke-opacity": paint.strokeOpacity = opacity(name, in: context)
      case "circle-sort-key": paint.sortKey = optionalNumber(name, in: context)
      default: break
      }
    }
    return paint
  }

  private static let fillNames: Set = [
    "fill-color", "fill-opacity", "fill-outline-color", "fill-pattern", "fill-antialias",
    "fill-sort-key",
  ]
  private static let lineNames: Set = [
    "line-color", "line-width", "line-opacity", "line-dasharray", "line-cap", "line-join",
    "line-miter-limit", "line-offset", "line-gap-width", "line-pattern", "line-sort-key",
  ]
  private static let circleNames: Set = [
    "circle-radius", "circle-color", "circle-opacity", "circle-stroke-width",
    "circle-stroke-color", "circle-stroke-opacity", "circle-sort-key",
  ]
}
