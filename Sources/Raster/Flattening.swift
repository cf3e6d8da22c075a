/// To the nearest integer, ties to even; NaN and values beyond ±2^50 become a bound, so that
/// geometry out of any range is still defined.
@inlinable @inline(__always)
func rounded(_ value: Double) -> Int64 {
  let limit = 0x1p50
  return roundedInRange(value > -limit ? (value < limit ? value : limit) : -limit)
}

/// To the nearest integer, ties to even, for |value| < 2^51: adding 1.5 · 2^52 leaves the integer
/// in the low bits of the significand, on every processor alike and without a trap check.
@inlinable @inline(__always)
func roundedInRange(_ value: Double) -> Int64 {
  Int64(bitPattern: (value + 0x1.8p52).bitPattern) &- 0x4338_0000_0000_0000
}

extension Path {
  /// A length in pixels as 24.8 fixed point, rounded to the nearest; NaN and lengths beyond ±2^42
  /// px become a bound.
  @inlinable @inline(__always)
  public static func fixed(_ pixels: Double) -> Int64 { rounded(pixels * 256) }
}

/// Curves become chords. All arithmetic is on differences from the curve's own start, so a curve
/// that is moved by whole 1/256 px has the same chords.
enum Flattening {
  /// Largest distance of a chord from its curve, in 1/256 px.
  static let tolerance = 16.0
  /// A curve with more chords than this is larger than any map; it is drawn coarser.
  static let maximumChordCount = 1024

  static func quad(
    _ p0: SIMD2<Int64>, _ p1: SIMD2<Int64>, _ p2: SIMD2<Int64>, _ emit: (SIMD2<Int64>) -> Void
  ) {
    let c = difference(p1, p0)
    let e = difference(p2, p0)
    let bend = e - c - c
    // A chord over 1/n of the curve strays |p0 - 2 p1 + p2| / (4 n²).
    let count = chords(length(bend) / (4 * tolerance))
    for i in 1..<max(count, 1) {
      let t = Double(i) / Double(count)
      emit(p0 &+ point((c + c) * t + bend * (t * t)))
    }
    emit(p2)
  }

  static func cubic(
    _ p0: SIMD2<Int64>, _ p1: SIMD2<Int64>, _ p2: SIMD2<Int64>, _ p3: SIMD2<Int64>,
    _ emit: (SIMD2<Int64>) -> Void
  ) {
    let c = difference(p1, p0)
    let d = difference(p2, p0)
    let e = difference(p3, p0)
    // A chord over 1/n strays at most 6/8 of the larger second difference / n².
    let bend = max(length(d - c - c), length(e - d - d + c))
    let count = chords(bend * 0.75 / tolerance)
    for i in 1..<max(count, 1) {
      let t = Double(i) / Double(count)
      let s = 1 - t
      let w1 = 3 * s * s * t
      let w2 = 3 * s * t * t
      let w3 = t * t * t
      emit(p0 &+ point(c * w1 + d * w2 + e * w3))
    }
    emit(p3)
  }

  private static func chords(_ ratio: Double) -> Int {
    guard ratio > 1 else { return 1 }
    guard ratio < Double(maximumChordCount * maximumChordCount) else { return maximumChordCount }
    return Int(ratio.squareRoot().rounded(.up))
  }

  private static func difference(_ a: SIMD2<Int64>, _ b: SIMD2<Int64>) -> SIMD2<Double> {
    let d = a &- b
    return SIMD2(Double(d.x), Double(d.y))
  }

  private static func length(_ v: SIMD2<Double>) -> Double {
    (v.x * v.x + v.y * v.y).squareRoot()
  }

  private static func point(_ v: SIMD2<Double>) -> SIMD2<Int64> {
    SIMD2(rounded(v.x), rounded(v.y))
  }
}

/// The corners of the polygon that stands for a circle, as offsets from its centre.
///
/// Corners lie outside the circle by as much as the sides' middles lie inside, at most 1/32 px
/// each, and mirror each other in both axes.
struct CircleTable: Sendable {
  private(set) var offsets: [SIMD2<Int64>] = []
  private(set) var radius: Int64 = 0

  mutating func prepare(radius: Int64) {
    guard radius != self.radius else { return }
    self.radius = radius
    let size = Double(min(radius, 1 << 50))
    let count = CircleTable.cornerCount(radius: size)
    let outer = size * (2 / (1 + CircleTable.direction(1, of: 2 * count).x))
    offsets.removeAll(keepingCapacity: true)
    for i in 0..<count {
      let d = CircleTable.direction(i, of: count)
      offsets.append(SIMD2(rounded(d.x * outer), rounded(d.y * outer)))
    }
  }

  /// A multiple of four, so that a chord strays by at most 1/16 px (16/256): the sagitta of one of
  /// n sides is about radius · π² / (2 n²).
  static func cornerCount(radius: Double) -> Int {
    let needed = 3.141592653589793 * (radius / 32).squareRoot()
    let quarter = Int(min(needed / 4, 1024).rounded(.up))
    return 4 * max(quarter, 2)
  }

  /// The unit vector at `index`/`count` of a full turn, `count` a multiple of four; the same bits
  /// on every processor, which a library's sine does not promise.
  static func direction(_ index: Int, of count: Int) -> SIMD2<Double> {
    let place = count / 4
    if place < known.count, index < count { return known[place][index] }
    return computedDirection(index, of: count)
  }

  /// All directions for small counts, at a quarter of each.
  private static let known: [[SIMD2<Double>]] = (0..<33).map { quarter in
    (0..<4 * quarter).map { computedDirection($0, of: 4 * quarter) }
  }

  private static func computedDirection(_ index: Int, of count: Int) -> SIMD2<Double> {
    let quarter = count / 4
    let turn = index / quarter
    let rest = index % quarter
    let angle = Double(rest) / Double(quarter) * 1.5707963267948966
    let c = rest * 2 <= quarter ? cosine(angle) : sine(1.5707963267948966 - angle)
    let s = rest * 2 <= quarter ? sine(angle) : cosine(1.5707963267948966 - angle)
    switch turn % 4 {
    case 0: return SIMD2(c, s)
    case 1: return SIMD2(-s, c)
    case 2: return SIMD2(-c, -s)
    default: return SIMD2(s, -c)
    }
  }

  /// Taylor series, exact to a unit in the last place for 0...π/4.
  private static func sine(_ x: Double) -> Double {
    let q = x * x
    var term = x
    var sum = x
    var k = 1.0
    while k < 19 {
      term = term * (-q / ((k + 1) * (k + 2)))
      sum += term
      k += 2
    }
    return sum
  }

  private static func cosine(_ x: Double) -> Double {
    let q = x * x
    var term = 1.0
    var sum = 1.0
    var k = 0.0
    while k < 18 {
      term = term * (-q / ((k + 1) * (k + 2)))
      sum += term
      k += 2
    }
    return sum
  }
}
