import Glibc

/// How `interpolate` goes from one stop to the next.
enum Interpolation: Sendable, Equatable {
  case linear
  case exponential(base: Double)
  case cubicBezier(x1: Double, y1: Double, x2: Double, y2: Double)

  /// The share of the upper stop at `input` between the labels `lower` and `upper`.
  ///
  /// Source: the specification's exponential function through both stops,
  /// (base^(x − x0) − 1) / (base^(x1 − x0) − 1).
  func share(at input: Double, lower: Double, upper: Double) -> Double {
    let difference = upper - lower
    let progress = input - lower
    if difference == 0 { return 0 }
    switch self {
    case .linear, .exponential(base: 1): return progress / difference
    case .exponential(let base): return (pow(base, progress) - 1) / (pow(base, difference) - 1)
    case .cubicBezier(let x1, let y1, let x2, let y2):
      return UnitBezier(x1, y1, x2, y2).y(atX: progress / difference)
    }
  }
}

/// A cubic Bézier curve from (0, 0) to (1, 1) that is a function of x.
private struct UnitBezier {
  private struct Polynomial {
    let a, b, c: Double

    init(_ first: Double, _ second: Double) {
      c = 3 * first
      b = 3 * (second - first) - c
      a = 1 - c - b
    }

    func value(at t: Double) -> Double { ((a * t + b) * t + c) * t }
    func slope(at t: Double) -> Double { (3 * a * t + 2 * b) * t + c }
  }

  private let x: Polynomial
  private let y: Polynomial

  init(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
    x = Polynomial(x1, x2)
    y = Polynomial(y1, y2)
  }

  func y(atX target: Double) -> Double {
    if target <= 0 { return 0 }
    if target >= 1 { return 1 }
    // The error allowed in x; outputs are widths, colours and opacities, where 1e-9 is nothing.
    let tolerance = 1e-9
    var t = target
    for _ in 0..<8 {
      let error = x.value(at: t) - target
      if error.magnitude < tolerance { return y.value(at: t) }
      let slope = x.slope(at: t)
      if slope.magnitude < 1e-6 { break }
      t -= error / slope
    }
    // Newton's steps fail where the curve is steep: x grows with t, so halving always ends.
    var (low, high) = (0.0, 1.0)
    for _ in 0..<64 {
      t = (low + high) / 2
      if x.value(at: t) < target { low = t } else { high = t }
    }
    return y.value(at: t)
  }
}
