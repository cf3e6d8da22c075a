/// A turn about a glyph's origin, clockwise on the screen (y down), as a unit vector.
///
/// Kept as integers, and made without the mathematics library, whose last digit differs between
/// processors: only operations that IEEE 754 rounds exactly are used.
public struct Rotation: Hashable, Sendable {
  /// In units of 2⁻³⁰.
  public let cosine: Int32
  public let sine: Int32

  static let one: Int32 = 1 << 30

  public static let none = Rotation(cosine: one, sine: 0)

  private init(cosine: Int32, sine: Int32) {
    self.cosine = cosine
    self.sine = sine
  }

  /// The turn that takes the direction of x to that of the vector (`x`, `y`); none for a null vector.
  public init(alongX x: Int64, y: Int64) {
    let (x, y) = (Double(x), Double(y))
    let length = (x * x + y * y).squareRoot()
    guard length > 0, length.isFinite else {
      self = .none
      return
    }
    cosine = Int32(nearest(x / length * Double(Self.one)))
    sine = Int32(nearest(y / length * Double(Self.one)))
  }

  /// - Parameter degrees: clockwise; not a number counts as 0.
  public init(degrees: Double) {
    guard degrees.isFinite else {
      self = .none
      return
    }
    let reduced = degrees.truncatingRemainder(dividingBy: 360)
    let quarter = (reduced / 90).rounded()
    let angle = (reduced - quarter * 90) * (Double.pi / 180)
    // Taylor series: within ±45° the first term left out is under 2⁻³⁴.
    let square = angle * angle
    var (sine, cosine) = (0.0, 0.0)
    for term in stride(from: 13, to: 0, by: -2) {
      let n = Double(term)
      sine = 1 - square / ((n + 1) * (n + 2)) * sine
      cosine = 1 - square / (n * (n + 1)) * cosine
    }
    sine *= angle
    let c = Int32((cosine * Double(Self.one)).rounded())
    let s = Int32((sine * Double(Self.one)).rounded())
    switch ((Int(quarter) % 4) + 4) % 4 {
    case 0: self.init(cosine: c, sine: s)
    case 1: self.init(cosine: -s, sine: c)
    case 2: self.init(cosine: -c, sine: -s)
    default: self.init(cosine: s, sine: -c)
    }
  }

  /// The place to which (`x`, `y`) turns, rounded to whole units.
  func turned(x: Int, y: Int) -> (x: Int, y: Int) {
    if self == .none { return (x, y) }
    let half = 1 << 29
    return (
      (x &* Int(cosine) &- y &* Int(sine) &+ half) >> 30,
      (x &* Int(sine) &+ y &* Int(cosine) &+ half) >> 30
    )
  }

  /// The cosine of the angle between the two, in units of 2⁻³⁰.
  func cosine(to other: Rotation) -> Int64 {
    (Int64(cosine) * Int64(other.cosine) + Int64(sine) * Int64(other.sine)) >> 30
  }
}
