/// Contours in a symbol's own units, y down.
struct Outline: Equatable, Sendable {
  enum Segment: Equatable, Sendable {
    case move(SIMD2<Double>)
    case line(SIMD2<Double>)
    case quad(SIMD2<Double>, SIMD2<Double>)
    case cubic(SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)
    case close
  }

  var segments: [Segment] = []

  mutating func append(_ segment: Segment) { segments.append(segment) }

  func mapped(by transform: Transform) -> Outline {
    Outline(
      segments: segments.map { segment in
        switch segment {
        case .move(let p): .move(transform.apply(p))
        case .line(let p): .line(transform.apply(p))
        case .quad(let c, let p): .quad(transform.apply(c), transform.apply(p))
        case .cubic(let c, let d, let p):
          .cubic(transform.apply(c), transform.apply(d), transform.apply(p))
        case .close: .close
        }
      })
  }

  static func polyline(_ points: [SIMD2<Double>], isClosed: Bool) -> Outline {
    guard let first = points.first else { return Outline() }
    var outline = Outline(segments: [.move(first)] + points.dropFirst().map { .line($0) })
    if isClosed { outline.append(.close) }
    return outline
  }

  static func ellipse(centre: SIMD2<Double>, radii: SIMD2<Double>) -> Outline {
    rectangle(origin: centre - radii, size: radii * 2, radii: radii)
  }

  /// A rectangle with elliptic corners, clockwise from the upper side's left end.
  static func rectangle(
    origin: SIMD2<Double>, size: SIMD2<Double>, radii: SIMD2<Double>
  ) -> Outline {
    let end = origin + size
    guard radii.x > 0, radii.y > 0 else {
      return polyline(
        [origin, SIMD2(end.x, origin.y), end, SIMD2(origin.x, end.y)], isClosed: true)
    }
    // The distance of the control points from a quarter's ends that draws a circle best.
    let k = radii * (1 - 0.552_284_749_830_793_4)
    let (a, b) = (origin + radii, end - radii)
    return Outline(segments: [
      .move(SIMD2(a.x, origin.y)), .line(SIMD2(b.x, origin.y)),
      .cubic(SIMD2(end.x - k.x, origin.y), SIMD2(end.x, origin.y + k.y), SIMD2(end.x, a.y)),
      .line(SIMD2(end.x, b.y)),
      .cubic(SIMD2(end.x, end.y - k.y), SIMD2(end.x - k.x, end.y), SIMD2(b.x, end.y)),
      .line(SIMD2(a.x, end.y)),
      .cubic(SIMD2(origin.x + k.x, end.y), SIMD2(origin.x, end.y - k.y), SIMD2(origin.x, b.y)),
      .line(SIMD2(origin.x, a.y)),
      .cubic(
        SIMD2(origin.x, origin.y + k.y), SIMD2(origin.x + k.x, origin.y), SIMD2(a.x, origin.y)),
      .close,
    ])
  }

  /// Adds an elliptical arc as at most five cubic curves.
  ///
  /// Angles are never computed: directions are halved with square roots, which every processor rounds
  /// alike, where sines and cosines may differ. Source: SVG 2, appendix B.2.4, in vectors.
  mutating func addArc(
    from start: SIMD2<Double>, radii: SIMD2<Double>, rotation: Direction, isLarge: Bool,
    isClockwise: Bool, to end: SIMD2<Double>
  ) {
    var radii = SIMD2(abs(radii.x), abs(radii.y))
    guard start != end else { return }
    guard radii.x > 0, radii.y > 0 else { return append(.line(end)) }
    // On the unit circle: turned back and divided by the radii.
    let half = rotation.inverse.turned(start - end) / 2
    var unit = half / radii
    var lengthSquared = unit.x * unit.x + unit.y * unit.y
    if lengthSquared > 1 {
      let factor = lengthSquared.squareRoot()
      radii *= factor
      unit /= factor
      lengthSquared = 1
    }
    guard lengthSquared > 0 else { return append(.line(end)) }
    // The centre lies beside the chord's middle, at right angles to it.
    let away = (max(1 - lengthSquared, 0) / lengthSquared).squareRoot()
    let centre = SIMD2(unit.y, -unit.x) * (isLarge == isClockwise ? -away : away)
    let from = Self.normalized(unit - centre)
    let to = Self.normalized(-unit - centre)
    let middle = (start + end) / 2
    let place = { (point: SIMD2<Double>) in middle + rotation.turned((point + centre) * radii) }
    var u = from
    for _ in 0..<4 {
      let cross = (u.x * to.y - u.y * to.x) * (isClockwise ? 1 : -1)
      let dot = u.x * to.x + u.y * to.y
      if cross >= 0 && dot >= 0 { break }
      let quarter = isClockwise ? SIMD2(-u.y, u.x) : SIMD2(u.y, -u.x)
      addCircular(from: u, to: quarter, isClockwise, place)
      u = quarter
    }
    addCircular(from: u, to: to, isClockwise, place)
    // The last point is what the file says, whatever was rounded on the way.
    if case .cubic(let c, let d, _) = segments.last {
      segments[segments.count - 1] = .cubic(c, d, end)
    }
  }

  /// Up to a quarter of the unit circle.
  private mutating func addCircular(
    from u: SIMD2<Double>, to v: SIMD2<Double>, _ isClockwise: Bool,
    _ place: (SIMD2<Double>) -> SIMD2<Double>
  ) {
    // tan(θ/4) by halving twice: cos(θ/2) = √((1 + cos θ) / 2), tan²(x/2) = (1 − cos x) / (1 + cos x).
    let cosine = min(max(u.x * v.x + u.y * v.y, 0), 1)
    let halfCosine = ((1 + cosine) / 2).squareRoot()
    let reach =
      ((1 - halfCosine) / (1 + halfCosine)).squareRoot() * (4.0 / 3) * (isClockwise ? 1 : -1)
    append(
      .cubic(
        place(u + SIMD2(-u.y, u.x) * reach), place(v - SIMD2(-v.y, v.x) * reach), place(v)))
  }

  private static func normalized(_ vector: SIMD2<Double>) -> SIMD2<Double> {
    vector / (vector.x * vector.x + vector.y * vector.y).squareRoot()
  }
}
