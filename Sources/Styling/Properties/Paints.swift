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
    forEach(base == nil ? PaintProperty.fill : nil, in: context) { property, value in
      switch property {
      case .fillColour: paint.colour = value.colour ?? .black
      case .fillOpacity: paint.opacity = value.opacity
      case .fillOutlineColour: paint.outlineColour = value.colour
      case .fillPattern: paint.pattern = value.imageName
      case .fillAntialias: paint.isAntialiased = value.boolean ?? false
      case .fillSortKey: paint.sortKey = value.optionalNumber
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
    forEach(base == nil ? PaintProperty.line : nil, in: context) { property, value in
      switch property {
      case .lineColour: paint.colour = value.colour ?? .black
      case .lineWidth: paint.width = value.length
      case .lineOpacity: paint.opacity = value.opacity
      case .lineDashes:
        let dashes = value.numbers.map { max($0, 0) }
        paint.dashes = dashes.contains { $0 > 0 } ? dashes : []
      case .lineCap: paint.cap = value.choice() ?? .butt
      case .lineJoin: paint.join = value.choice() ?? .miter
      case .lineMiterLimit: paint.miterLimit = value.length
      case .lineOffset: paint.offset = value.bounded()
      case .lineGapWidth: paint.gapWidth = value.length
      case .linePattern: paint.pattern = value.imageName
      case .lineSortKey: paint.sortKey = value.optionalNumber
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
    forEach(base == nil ? PaintProperty.circle : nil, in: context) { property, value in
      switch property {
      case .circleRadius: paint.radius = value.length
      case .circleColour: paint.colour = value.colour ?? .black
      case .circleOpacity: paint.opacity = value.opacity
      case .circleStrokeWidth: paint.strokeWidth = value.length
      case .circleStrokeColour: paint.strokeColour = value.colour ?? .black
      case .circleStrokeOpacity: paint.strokeOpacity = value.opacity
      case .circleSortKey: paint.sortKey = value.optionalNumber
      default: break
      }
    }
    return paint
  }
}

/// The properties of a paint, by the specification's names.
enum PaintProperty: String, Sendable, CaseIterable {
  case fillColour = "fill-color"
  case fillOpacity = "fill-opacity"
  case fillOutlineColour = "fill-outline-color"
  case fillPattern = "fill-pattern"
  case fillAntialias = "fill-antialias"
  case fillSortKey = "fill-sort-key"
  case lineColour = "line-color"
  case lineWidth = "line-width"
  case lineOpacity = "line-opacity"
  case lineDashes = "line-dasharray"
  case lineCap = "line-cap"
  case lineJoin = "line-join"
  case lineMiterLimit = "line-miter-limit"
  case lineOffset = "line-offset"
  case lineGapWidth = "line-gap-width"
  case linePattern = "line-pattern"
  case lineSortKey = "line-sort-key"
  case circleRadius = "circle-radius"
  case circleColour = "circle-color"
  case circleOpacity = "circle-opacity"
  case circleStrokeWidth = "circle-stroke-width"
  case circleStrokeColour = "circle-stroke-color"
  case circleStrokeOpacity = "circle-stroke-opacity"
  case circleSortKey = "circle-sort-key"

  static let fill = allCases.filter { $0.rawValue.hasPrefix("fill-") }
  static let line = allCases.filter { $0.rawValue.hasPrefix("line-") }
  static let circle = allCases.filter { $0.rawValue.hasPrefix("circle-") }
}
