public import Geometry

/// Reads well-known text geometries (OGC 06-103r4), Z and M dropped, an EWKT `SRID=…;` passed over.
public struct WKTReader {
  public enum Reading: Sendable, Hashable {
    case shape(Shape<Native>)
    /// A clause that says what was found.
    case refused(String)
  }

  private static let depthLimit = 16

  private let bytes: [UInt8]
  private var offset = 0
  /// Whether ordinates beyond x and y were left out.
  public private(set) var droppedOrdinates = false

  private struct Fault: Error {
    var what: String
  }

  public init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The geometry of the whole text; x first as written.
  public mutating func read() -> Reading {
    do throws(Fault) {
      if word(peeking: true) == "SRID" {
        while offset < bytes.count, bytes[offset] != UInt8(ascii: ";") { offset += 1 }
        offset += 1
      }
      let shape = try shape(depth: 0)
      skipSpace()
      guard offset >= bytes.count else { throw Fault(what: "something follows the geometry") }
      return .shape(shape)
    } catch {
      return .refused(
        "the WKT is not readable at character \(min(offset, bytes.count) + 1): \(error.what)")
    }
  }

  private mutating func shape(depth: Int) throws(Fault) -> Shape<Native> {
    guard depth < Self.depthLimit else {
      throw Fault(what: "collections are nested deeper than \(Self.depthLimit)")
    }
    var type = word(peeking: false)
    for suffix in ["ZM", "Z", "M"] where type.hasSuffix(suffix) && type.count > suffix.count {
      if Self.types.contains(String(type.dropLast(suffix.count))) {
        type = String(type.dropLast(suffix.count))
        break
      }
    }
    guard Self.types.contains(type) else {
      throw Fault(what: "“\(type.prefix(20))” is no geometry type that is read")
    }
    let tag = word(peeking: true)
    if tag == "Z" || tag == "M" || tag == "ZM" { _ = word(peeking: false) }
    let isEmpty = word(peeking: true) == "EMPTY"
    if isEmpty { _ = word(peeking: false) }
    switch type {
    case "POINT":
      if isEmpty { return .multiPoint([]) }
      try expect("(")
      let place = try point()
      try expect(")")
      return .point(place)
    case "LINESTRING": return .line(isEmpty ? [] : try points())
    case "POLYGON": return .polygon(isEmpty ? [] : try rings())
    case "MULTIPOINT": return .multiPoint(isEmpty ? [] : try bracketedPoints())
    case "MULTILINESTRING": return .multiLine(isEmpty ? [] : try rings())
    case "MULTIPOLYGON":
      if isEmpty { return .multiPolygon([]) }
      var polygons: [[[Point<Native>]]] = []
      try list { (reader: inout Self) throws(Fault) in polygons.append(try reader.rings()) }
      return .multiPolygon(polygons)
    default:
      if isEmpty { return .collection([]) }
      var members: [Shape<Native>] = []
      try list { (reader: inout Self) throws(Fault) in
        members.append(try reader.shape(depth: depth + 1))
      }
      return .collection(members)
    }
  }

  private static let types: Set<String> = [
    "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
  ]

  private mutating func list(
    _ element: (inout Self) throws(Fault) -> Void
  ) throws(Fault) {
    try expect("(")
    repeat { try element(&self) } while take(",")
    try expect(")")
  }

  private mutating func points() throws(Fault) -> [Point<Native>] {
    var points: [Point<Native>] = []
    try list { (reader: inout Self) throws(Fault) in points.append(try reader.point()) }
    return points
  }

  private mutating func rings() throws(Fault) -> [[Point<Native>]] {
    var rings: [[Point<Native>]] = []
    try list { (reader: inout Self) throws(Fault) in rings.append(try reader.points()) }
    return rings
  }

  /// Both `(1 2, 3 4)` and `((1 2), (3 4))` are in use.
  private mutating func bracketedPoints() throws(Fault) -> [Point<Native>] {
    var points: [Point<Native>] = []
    try list { (reader: inout Self) throws(Fault) in
      let isBracketed = reader.take("(")
      points.append(try reader.point())
      if isBracketed { try reader.expect(")") }
    }
    return points
  }

  private mutating func point() throws(Fault) -> Point<Native> {
    let x = try number()
    let y = try number()
    var extra = 0
    while extra < 2, let byte = peek(), byte != UInt8(ascii: ","), byte != UInt8(ascii: ")") {
      _ = try number()
      extra += 1
      droppedOrdinates = true
    }
    return Point(x: x, y: y)
  }

  private mutating func number() throws(Fault) -> Double {
    skipSpace()
    let start = offset
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        offset += 1
        continue
      default: break
      }
      break
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw Fault(what: text.isEmpty ? "a number is missing" : "“\(text)” is no number")
    }
    return value
  }

  private mutating func word(peeking: Bool) -> String {
    skipSpace()
    var end = offset
    var text = ""
    while end < bytes.count {
      let letter = bytes[end] & 0xDF
      guard (0x41...0x5A).contains(letter), bytes[end] >= 0x41 else { break }
      text.unicodeScalars.append(Unicode.Scalar(letter))
      end += 1
    }
    if !peeking { offset = end }
    return text
  }

  private mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func peek() -> UInt8? {
    skipSpace()
    return offset < bytes.count ? bytes[offset] : nil
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: byte) else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ byte: Unicode.Scalar) throws(Fault) {
    guard take(byte) else { throw Fault(what: "“\(byte)” is missing") }
  }
}

extension Shape {
  /// Well-known text with the shortest numbers that read back the same; x first.
  public var wkt: String {
    switch self {
    case .point(let point): "POINT (\(Self.ordinates(point)))"
    case .multiPoint(let points): "MULTIPOINT " + Self.list(points) { "(\(Self.ordinates($0)))" }
    case .line(let points): "LINESTRING " + Self.list(points, Self.ordinates)
    case .multiLine(let lines): "MULTILINESTRING " + Self.list(lines, Self.points)
    case .polygon(let rings): "POLYGON " + Self.list(rings, Self.points)
    case .multiPolygon(let polygons):
      "MULTIPOLYGON " + Self.list(polygons) { Self.list($0, Self.points) }
    case .collection(let members): "GEOMETRYCOLLECTION " + Self.list(members, \.wkt)
    }
  }

  private static func list<Part>(_ parts: [Part], _ text: (Part) -> String) -> String {
    parts.isEmpty ? "EMPTY" : "(" + parts.map(text).joined(separator: ", ") + ")"
  }

  private static func points(_ points: [Point<S>]) -> String { list(points, ordinates) }

  private static func ordinates(_ point: Point<S>) -> String {
    "\(decimal(point.x)) \(decimal(point.y))"
  }

  private static func decimal(_ value: Double) -> String {
    let text = String(value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
