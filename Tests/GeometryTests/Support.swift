import Geometry

func place(_ longitude: Double, _ latitude: Double) -> Point<Geographic> {
  Point(x: longitude, y: latitude)
}

func native(_ x: Double, _ y: Double) -> Point<Native> { Point(x: x, y: y) }

/// One shape of every kind that well-known binary has, with empty and many-part members.
let oneOfEveryKind: [Shape<Native>] = {
  let ring = [native(0, 0), native(10, 0), native(10, 8), native(0, 8), native(0, 0)]
  let hole = [native(2, 2), native(2, 4), native(4, 4), native(2, 2)]
  let line = [native(-1.5, 2.25), native(3, -4), native(1e300, .leastNonzeroMagnitude)]
  return [
    .point(native(138.32, 34.87)),
    .multiPoint([]),
    .multiPoint([native(1, 2), native(-3, 4)]),
    .line([]),
    .line(line),
    .multiLine([]),
    .multiLine([line, [], line]),
    .polygon([]),
    .polygon([ring, hole]),
    .multiPolygon([]),
    .multiPolygon([[ring, hole], [], [ring]]),
    .collection([]),
    .collection([
      .point(native(7, 8)), .collection([.line(line), .multiPolygon([[ring]])]), .multiPoint([]),
    ]),
  ]
}()

/// Well-known binary written by the rules of the standard, in any dialect: the slow twin of the
/// reader and of the little-endian writer.
struct WKBWriter {
  enum Dialect: CaseIterable {
    case iso
    case extended
  }

  var isLittleEndian = true
  var dialect = Dialect.iso
  var hasZ = false
  var hasM = false
  /// EWKB's reference system, written in the outermost head.
  var referenceCode: UInt32?
  private(set) var bytes: [UInt8] = []

  init(isLittleEndian: Bool = true, dialect: Dialect = .iso, hasZ: Bool = false, hasM: Bool = false)
  {
    self.isLittleEndian = isLittleEndian
    self.dialect = dialect
    self.hasZ = hasZ
    self.hasM = hasM
  }

  mutating func number(_ value: UInt64, byteCount: Int) {
    let little = (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    bytes += isLittleEndian ? little : little.reversed()
  }

  mutating func head(_ type: UInt32, isOutermost: Bool) {
    bytes.append(isLittleEndian ? 1 : 0)
    var code = type
    switch dialect {
    case .iso: code += (hasZ ? 1000 : 0) + (hasM ? 2000 : 0)
    case .extended:
      if hasZ { code |= 0x8000_0000 }
      if hasM { code |= 0x4000_0000 }
      if isOutermost, referenceCode != nil { code |= 0x2000_0000 }
    }
    number(UInt64(code), byteCount: 4)
    if isOutermost, dialect == .extended, let referenceCode {
      number(UInt64(referenceCode), byteCount: 4)
    }
  }

  mutating func ordinates(_ point: Point<Native>) {
    number(point.x.bitPattern, byteCount: 8)
    number(point.y.bitPattern, byteCount: 8)
    if hasZ { number((123.5).bitPattern, byteCount: 8) }
    if hasM { number((-9.0).bitPattern, byteCount: 8) }
  }

  mutating func points(_ list: [Point<Native>]) {
    number(UInt64(list.count), byteCount: 4)
    for point in list { ordinates(point) }
  }

  mutating func members(_ shapes: [Shape<Native>]) {
    number(UInt64(shapes.count), byteCount: 4)
    for shape in shapes { write(shape, isOutermost: false) }
  }

  mutating func write(_ shape: Shape<Native>, isOutermost: Bool = true) {
    switch shape {
    case .point(let point):
      head(1, isOutermost: isOutermost)
      ordinates(point)
    case .line(let list):
      head(2, isOutermost: isOutermost)
      points(list)
    case .polygon(let rings):
      head(3, isOutermost: isOutermost)
      number(UInt64(rings.count), byteCount: 4)
      for ring in rings { points(ring) }
    case .multiPoint(let list):
      head(4, isOutermost: isOutermost)
      members(list.map { .point($0) })
    case .multiLine(let lines):
      head(5, isOutermost: isOutermost)
      members(lines.map { .line($0) })
    case .multiPolygon(let polygons):
      head(6, isOutermost: isOutermost)
      members(polygons.map { .polygon($0) })
    case .collection(let shapes):
      head(7, isOutermost: isOutermost)
      members(shapes)
    }
  }
}

/// Even-odd, by doubles, over integer rings: the slow twin of everything that asks "inside?".
func isInside(_ rings: [[GridPoint]], _ x: Double, _ y: Double) -> Bool {
  var inside = false
  for ring in rings {
    guard var a = ring.last else { continue }
    for b in ring {
      let (ax, ay, bx, by) = (Double(a.x), Double(a.y), Double(b.x), Double(b.y))
      if (by > y) != (ay > y), x < (ax - bx) * (y - by) / (ay - by) + bx { inside.toggle() }
      a = b
    }
  }
  return inside
}

/// The distance to the nearest edge, negative outside.
func clearance(_ rings: [[GridPoint]], _ x: Double, _ y: Double) -> Double {
  var least = Double.infinity
  for ring in rings {
    guard var a = ring.last else { continue }
    for b in ring {
      let (ax, ay) = (Double(a.x), Double(a.y))
      let (dx, dy) = (Double(b.x) - ax, Double(b.y) - ay)
      let square = dx * dx + dy * dy
      let share = square > 0 ? min(max(((x - ax) * dx + (y - ay) * dy) / square, 0), 1) : 0
      let (ex, ey) = (x - ax - share * dx, y - ay - share * dy)
      least = min(least, (ex * ex + ey * ey).squareRoot())
      a = b
    }
  }
  return isInside(rings, x, y) ? least : -least
}
