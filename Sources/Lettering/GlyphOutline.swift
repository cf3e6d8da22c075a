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

  var isWithinLimits: Bool {
    points.allSatisfy {
      abs($0.x) <= Self.coordinateLimit && abs($0.y) <= Self.coordinateLimit
    }
  }

  /// The box around all points and control points; nil for a glyph without ink.
  var bounds: (minX: Int, minY: Int, maxX: Int, maxY: Int)? {
    guard let first = points.first else { return nil }
    var (minX, minY, maxX, maxY) = (first.x, first.y, first.x, first.y)
    for point in points {
      minX = min(minX, point.x)
      maxX = max(maxX, point.x)
      minY = min(minY, point.y)
      maxY = max(maxY, point.y)
    }
    return (minX, minY, maxX, maxY)
  }
}
