/// The contours of a glyph in font units, y up, origin at the left end of the baseline.
struct GlyphOutline: Equatable {
  enum Verb: UInt8 { case move, line, quadratic, cubic }

  struct Point: Equatable {
    var x: Int
    var y: Int
  }

  /// Every contour begins with a move and is closed by the next move or the end.
  var verbs: [Verb] = []
  /// One point a move or line, two a quadratic (control, end), three a cubic.
  var points: [Point] = []

  /// Larger coordinates than any font can mean; a damaged one must not overflow what follows.
  private static let coordinateLimit = 1 << 17

  private var isWithinLimits: Bool {
    points.allSatisfy {
      abs($0.x) <= Self.coordinateLimit && abs($0.y) <= Self.coordinateLimit
    }
  }

  /// The box around all points and control points; nil for a glyph without ink. Set by `finish`.
  private(set) var bounds: Bounds?

  struct Bounds: Equatable {
    var minX: Int
    var minY: Int
    var maxX: Int
    var maxY: Int
  }

  /// Ends the outline: computes its bounds, or empties it if it is beyond the limits.
  mutating func finish() {
    guard isWithinLimits else {
      self = GlyphOutline()
      return
    }
    bounds = pointBounds
  }

  private var pointBounds: Bounds? {
    guard let first = points.first else { return nil }
    var (minX, minY, maxX, maxY) = (first.x, first.y, first.x, first.y)
    for point in points {
      minX = min(minX, point.x)
      maxX = max(maxX, point.x)
      minY = min(minY, point.y)
      maxY = max(maxY, point.y)
    }
    return Bounds(minX: minX, minY: minY, maxX: maxX, maxY: maxY)
  }
}
