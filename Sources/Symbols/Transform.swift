/// A direction as a unit vector, made without the mathematics library, whose last digit differs between
/// processors.
struct Direction: Equatable, Sendable {
  let cosine: Double
  let sine: Double

  private init(cosine: Double, sine: Double) {
    self.cosine = cosine
    self.sine = sine
  }

  /// - Parameter degrees: clockwise, y being down; whole quarters are exact.
  init(degrees: Double) {
    let reduced = degrees.truncatingRemainder(dividingBy: 360)
    let quarter = (reduced / 90).rounded()
    let angle = (reduced - quarter * 90) * (Double.pi / 180)
    // Taylor series: within ±45° the first term left out is under 2⁻⁴⁰.
    let square = angle * angle
    var (s, c) = (0.0, 0.0)
    for term in stride(from: 17, to: 0, by: -2) {
      let n = Double(term)
      s = 1 - square / ((n + 1) * (n + 2)) * s
      c = 1 - square / (n * (n + 1)) * c
    }
    s *= angle
    switch ((Int(quarter) % 4) + 4) % 4 {
    case 0: self.init(cosine: c, sine: s)
    case 1: self.init(cosine: -s, sine: c)
    case 2: self.init(cosine: -c, sine: -s)
    default: self.init(cosine: s, sine: -c)
    }
  }

  var inverse: Direction { Direction(cosine: cosine, sine: -sine) }

  func turned(_ point: SIMD2<Double>) -> SIMD2<Double> {
    SIMD2(point.x * cosine - point.y * sine, point.x * sine + point.y * cosine)
  }
}

/// An affine map: x' = a·x + c·y + e, y' = b·x + d·y + f, as in SVG.
struct Transform: Equatable, Sendable {
  var (a, b, c, d, e, f) = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

  static let identity = Transform()

  init() {}

  init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) {
    (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
  }

  func apply(_ p: SIMD2<Double>) -> SIMD2<Double> {
    SIMD2(a * p.x + c * p.y + e, b * p.x + d * p.y + f)
  }

  /// First `inner`, then this.
  func after(_ inner: Transform) -> Transform {
    Transform(
      a * inner.a + c * inner.b, b * inner.a + d * inner.b, a * inner.c + c * inner.d,
      b * inner.c + d * inner.d, a * inner.e + c * inner.f + e, b * inner.e + d * inner.f + f)
  }

  /// How much lengths grow; nil if they grow differently by direction.
  var scale: Double? {
    let (x, y) = (a * a + b * b, c * c + d * d)
    let isSimilar = abs(x - y) <= 1e-6 * max(x, y) && abs(a * c + b * d) <= 1e-6 * max(x, y)
    return isSimilar ? x.squareRoot() : nil
  }

  var isWithinLimits: Bool {
    [a, b, c, d, e, f].allSatisfy { abs($0) <= ValueScanner.magnitudeLimit }
  }

  /// Reads `translate(…) rotate(…) scale(…) matrix(…)`, the last of which is applied first.
  init(parsing attribute: XMLElement.Attribute) throws(SymbolError) {
    self.init()
    var scanner = ValueScanner(attribute)
    scanner.skipSpace()
    while !scanner.isAtEnd {
      let start = scanner
      let name = scanner.word()
      try scanner.expect("(")
      var numbers: [Double] = []
      scanner.skipSpace()
      while scanner.isAtNumber && numbers.count < 6 {
        numbers.append(try scanner.number())
        scanner.skipSeparator()
      }
      try scanner.expect(")")
      guard let step = Transform(named: name, numbers) else {
        throw start.error("translate(x y), scale(x y), rotate(degrees x y), matrix(a b c d e f)")
      }
      self = after(step)
      scanner.skipSeparator()
      guard isWithinLimits else { throw start.error("transforms that stay under 1,000,000") }
    }
  }

  private init?(named name: String, _ n: [Double]) {
    switch (name, n.count) {
    case ("translate", 1): self.init(1, 0, 0, 1, n[0], 0)
    case ("translate", 2): self.init(1, 0, 0, 1, n[0], n[1])
    case ("scale", 1): self.init(n[0], 0, 0, n[0], 0, 0)
    case ("scale", 2): self.init(n[0], 0, 0, n[1], 0, 0)
    case ("matrix", 6): self.init(n[0], n[1], n[2], n[3], n[4], n[5])
    case ("rotate", 1), ("rotate", 3):
      let turn = Direction(degrees: n[0])
      let centre = n.count == 3 ? SIMD2(n[1], n[2]) : SIMD2(0, 0)
      let moved = centre - turn.turned(centre)
      self.init(turn.cosine, turn.sine, -turn.sine, turn.cosine, moved.x, moved.y)
    default: return nil
    }
  }
}
