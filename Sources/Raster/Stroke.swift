/// How a line is drawn. Lengths are pixels.
public struct Stroke: Hashable, Sendable {
  /// Pixels. The limits bound the work that a style can ask for, however long its lines are.
  public static let maximumWidth = 2048.0
  public static let maximumMiterLimit = 64.0
  /// Of all dashes and gaps together, in pixels.
  public static let shortestPeriod = 0.0625

  /// What a line has at its ends, where no other contour of its path ends; see `Rasterizer.stroke`.
  public enum Cap: Hashable, Sendable { case butt, round, square }
  /// What a line has at its corners.
  public enum Join: Hashable, Sendable { case miter, bevel, round }

  /// Across the line; a width that is not above zero draws nothing, one above `maximumWidth` is
  /// drawn as that.
  public var width: Double
  public var cap: Cap
  public var join: Join
  /// The longest miter as a multiple of the width; sharper corners are bevelled. Limits count as
  /// 1...`maximumMiterLimit`.
  public var miterLimit: Double
  /// Lengths of drawn and skipped parts in turn, from the start of each contour; an odd number
  /// counts twice. If one is negative or infinite, or if all of them add up to less than
  /// `shortestPeriod` or to 1/64 of the width, the line is not dashed.
  public var dashes: [Double]
  /// How far into the dashes a contour starts.
  public var dashOffset: Double
  /// Moves the line aside, to the right of its direction if positive.
  public var offset: Double

  public init(
    width: Double, cap: Cap = .butt, join: Join = .miter, miterLimit: Double = 10,
    dashes: [Double] = [], dashOffset: Double = 0, offset: Double = 0
  ) {
    self.width = width
    self.cap = cap
    self.join = join
    self.miterLimit = miterLimit
    self.dashes = dashes
    self.dashOffset = dashOffset
    self.offset = offset
  }
}

/// Which windings count as inside.
public enum FillRule: Sendable {
  case nonZero, evenOdd
}
