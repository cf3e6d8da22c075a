extension Outline {
  /// How many segments all paths of a symbol may have together.
  static let segmentLimit = 20_000

  /// Reads the data of an SVG path: M L H V C S Q T A Z, absolute and relative.
  ///
  /// Source: SVG 2, section 9.3.
  init(parsing attribute: XMLElement.Attribute) throws(SymbolError) {
    var reader = PathDataReader(attribute)
    self = try reader.read()
  }
}

private struct PathDataReader {
  private var scanner: ValueScanner
  private var outline = Outline()
  private var point = SIMD2(0.0, 0.0)
  private var start = SIMD2(0.0, 0.0)
  /// The last control point of the segment before, for S and T.
  private var cubicControl: SIMD2<Double>?
  private var quadControl: SIMD2<Double>?

  init(_ attribute: XMLElement.Attribute) {
    scanner = ValueScanner(attribute)
  }

  mutating func read() throws(SymbolError) -> Outline {
    scanner.skipSpace()
    while let command = scanner.current {
      let isFirst = outline.segments.isEmpty
      guard "MmLlHhVvCcSsQqTtAaZz".unicodeScalars.contains(command),
        !isFirst || command == "M" || command == "m"
      else { throw scanner.error(isFirst ? "a path that begins with M" : "M L H V C S Q T A Z") }
      scanner.advance()
      try segments(of: command)
      scanner.skipSpace()
    }
    return outline
  }

  /// One command with its repetitions.
  private mutating func segments(of command: Unicode.Scalar) throws(SymbolError) {
    if command == "Z" || command == "z" {
      outline.append(.close)
      point = start
      (cubicControl, quadControl) = (nil, nil)
      return
    }
    var command = command
    repeat {
      guard outline.segments.count < Outline.segmentLimit else {
        throw scanner.error("at most \(Outline.segmentLimit) segments")
      }
      scanner.skipSpace()
      try segment(command)
      // Pairs behind a move are lines.
      if command == "M" { command = "L" }
      if command == "m" { command = "l" }
      scanner.skipSeparator()
    } while scanner.isAtNumber
  }

  private mutating func segment(_ command: Unicode.Scalar) throws(SymbolError) {
    let origin = ("a"..."z").contains(command) ? point : SIMD2(0, 0)
    var nextCubicControl: SIMD2<Double>?
    var nextQuadControl: SIMD2<Double>?
    switch command {
    case "M", "m":
      point = try pair() + origin
      start = point
      outline.append(.move(point))
    case "L", "l":
      point = try pair() + origin
      outline.append(.line(point))
    case "H", "h":
      point.x = try scanner.number() + origin.x
      outline.append(.line(point))
    case "V", "v":
      point.y = try scanner.number() + origin.y
      outline.append(.line(point))
    case "C", "c", "S", "s":
      let isSmooth = command == "S" || command == "s"
      let first = isSmooth ? mirrored(cubicControl) : try pair() + origin
      let second = try pair() + origin
      point = try pair() + origin
      nextCubicControl = second
      outline.append(.cubic(first, second, point))
    case "Q", "q", "T", "t":
      let isSmooth = command == "T" || command == "t"
      let control = isSmooth ? mirrored(quadControl) : try pair() + origin
      point = try pair() + origin
      nextQuadControl = control
      outline.append(.quad(control, point))
    default:
      try arc(from: origin)
    }
    (cubicControl, quadControl) = (nextCubicControl, nextQuadControl)
    guard max(abs(point.x), abs(point.y)) <= ValueScanner.magnitudeLimit else {
      throw scanner.error("points within 1,000,000")
    }
  }

  private mutating func arc(from origin: SIMD2<Double>) throws(SymbolError) {
    let radii = try pair()
    scanner.skipSeparator()
    let degrees = try scanner.number()
    scanner.skipSeparator()
    let isLarge = try scanner.flag()
    scanner.skipSeparator()
    let isClockwise = try scanner.flag()
    let end = try pair() + origin
    outline.addArc(
      from: point, radii: radii, rotation: Direction(degrees: degrees), isLarge: isLarge,
      isClockwise: isClockwise, to: end)
    point = end
  }

  private func mirrored(_ control: SIMD2<Double>?) -> SIMD2<Double> {
    control.map { point * 2 - $0 } ?? point
  }

  private mutating func pair() throws(SymbolError) -> SIMD2<Double> {
    scanner.skipSeparator()
    let x = try scanner.number()
    scanner.skipSeparator()
    return SIMD2(x, try scanner.number())
  }
}
