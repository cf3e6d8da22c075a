/// How a line is drawn. Lengths are pixels.
public struct Stroke: Hashable, Sendable {
  /// What a line has at its ends.
  public enum Cap: Hashable, Sendable { case butt, round, square }
  /// What a line has at its corners.
  public enum Join: Hashable, Sendable { case miter, bevel, round }

  /// Across the line; at most 2^20. A width that is not above zero draws nothing.
  public var width: Double
  public var cap: Cap
  public var join: Join
  /// The longest miter as a multiple of the width; sharper corners are bevelled.
  public var miterLimit: Double
  /// Lengths of drawn and skipped parts in turn, from the start of each contour; an odd number
  /// counts twice. Empty, negative, infinite or all below 1/256 px: the line is not dashed.
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
