/// Why a well-known binary geometry was refused, and where.
public struct WKBError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Fault: Sendable, Equatable {
    case truncated
    case byteOrder(UInt8)
    case geometryType(UInt32)
    case tooDeep(limit: Int)
    case memberOfWrongType(UInt32)
  }
  public let fault: Fault
  /// Bytes from the start of the geometry to what was refused.
  public let byteOffset: Int

  public init(fault: Fault, byteOffset: Int) {
    self.fault = fault
    self.byteOffset = byteOffset
  }

  public var description: String {
    let what =
      switch fault {
      case .truncated: "ends too early"
      case .byteOrder(let value): "has byte order \(value); 0 or 1 is allowed"
      case .geometryType(let code): "has geometry type \(code), which is not read"
      case .tooDeep(let limit): "nests collections deeper than \(limit)"
      case .memberOfWrongType(let code): "has a member of type \(code) in a multi-part geometry"
      }
    return "The WKB geometry \(what) (byte \(byteOffset))."
  }
}

/// Reads well-known binary: ISO 13249-3 and PostGIS' EWKB, either byte order; Z and M are dropped.
public struct WKBReader {
  private static let depthLimit = 16

  private let bytes: [UInt8]
  private var offset = 0
  /// Whether the geometry carried Z or M ordinates, which the shape does not hold.
  public private(set) var droppedOrdinates = false

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The geometry as a shape of `S`; x first as stored.
  @specialized(where S == Native)
  public mutating func read<S: Space>(_ space: S.Type = S.self) throws(WKBError) -> Shape<S> {
    try shape(depth: 0)
  }

  private struct Head {
    var littleEndian: Bool
    var type: UInt32
    var dimensions: Int
  }

  private mutating func head() throws(WKBError) -> Head {
    let start = offset
    let order = try byte()
    guard order <= 1 else { throw WKBError(fault: .byteOrder(order), byteOffset: start) }
    let code = try word(littleEndian: order == 1)
    var type = code & 0x0FFF_FFFF
    var dimensions = 2
    if code & 0x8000_0000 != 0 { dimensions += 1 }
    if code & 0x4000_0000 != 0 { dimensions += 1 }
    if code & 0x2000_0000 != 0 { _ = try word(littleEndian: order == 1) }
    switch type / 1000 {
    case 1, 2: dimensions += 1
    case 3: dimensions += 2
    default: break
    }
    type %= 1000
    if dimensions > 2 { droppedOrdinates = true }
    return Head(littleEndian: order == 1, type: type, dimensions: min(dimensions, 4))
  }

  private mutating func shape<S: Space>(depth: Int) throws(WKBError) -> Shape<S> {
    guard depth < Self.depthLimit else {
      throw WKBError(fault: .tooDeep(limit: Self.depthLimit), byteOffset: offset)
    }
    let start = offset
    let head = try head()
    switch head.type {
    case 1:
      let point: Point<S> = try point(head)
      return point.x.isNaN && point.y.isNaN ? .multiPoint([]) : .point(point)
    case 2: return .line(try points(head))
    case 3: return .polygon(try rings(head))
    case 4:
      return .multiPoint(
        try members(head, depth: depth) { (shape: Shape<S>) -> Point<S>? in
          if case .point(let point) = shape { point } else { nil }
        })
    case 5:
      return .multiLine(
        try members(head, depth: depth) { (shape: Shape<S>) -> [Point<S>]? in
          if case .line(let points) = shape { points } else { nil }
        })
    case 6:
      return .multiPolygon(
        try members(head, depth: depth) { (shape: Shape<S>) -> [[Point<S>]]? in
          if case .polygon(let rings) = shape { rings } else { nil }
        })
    case 7:
      return .collection(
        try members(head, depth: depth) { (shape: Shape<S>) -> Shape<S>? in shape })
    default: throw WKBError(fault: .geometryType(head.type), byteOffset: start)
    }
  }

  private mutating func members<S: Space, Part>(
    _ head: Head, depth: Int, take: (Shape<S>) -> Part?
  ) throws(WKBError) -> [Part] {
    // A member is at least nine bytes: a count that the rest cannot hold is refused before allocating.
    let count = try count(head, bytesEach: 9)
    var parts: [Part] = []
    parts.reserveCapacity(count)
    for _ in 0..<count {
      let start = offset
      let member: Shape<S> = try shape(depth: depth + 1)
      if let part = take(member) {
        parts.append(part)
      } else if head.type != 4 || member.typeCode != 4 || !member.isEmpty {
        // An empty point is read as no points, and only among points does that say nothing.
        throw WKBError(fault: .memberOfWrongType(member.typeCode), byteOffset: start)
      }
    }
    return parts
  }

  private mutating func rings<S: Space>(_ head: Head) throws(WKBError) -> [[Point<S>]] {
    let count = try count(head, bytesEach: 4)
    var rings: [[Point<S>]] = []
    rings.reserveCapacity(count)
    for _ in 0..<count { rings.append(try points(head)) }
    return rings
  }

  private mutating func points<S: Space>(_ head: Head) throws(WKBError) -> [Point<S>] {
    let count = try count(head, bytesEach: 8 * head.dimensions)
    var points: [Point<S>] = []
    points.reserveCapacity(count)
    for _ in 0..<count { points.append(try point(head)) }
    return points
  }

  private mutating func point<S: Space>(_ head: Head) throws(WKBError) -> Point<S> {
    let x = try double(littleEndian: head.littleEndian)
    let y = try double(littleEndian: head.littleEndian)
    for _ in 2..<max(head.dimensions, 2) { _ = try double(littleEndian: head.littleEndian) }
    return Point(x: x, y: y)
  }

  private mutating func count(_ head: Head, bytesEach: Int) throws(WKBError) -> Int {
    let start = offset
    let count = Int(try word(littleEndian: head.littleEndian))
    guard count <= (bytes.count - offset) / bytesEach else {
      throw WKBError(fault: .truncated, byteOffset: start)
    }
    return count
  }

  private mutating func byte() throws(WKBError) -> UInt8 {
    guard offset < bytes.count else { throw WKBError(fault: .truncated, byteOffset: offset) }
    defer { offset += 1 }
    return bytes[offset]
  }

  private mutating func word(littleEndian: Bool) throws(WKBError) -> UInt32 {
    UInt32(truncatingIfNeeded: try number(byteCount: 4, littleEndian: littleEndian))
  }

  private mutating func double(littleEndian: Bool) throws(WKBError) -> Double {
    Double(bitPattern: try number(byteCount: 8, littleEndian: littleEndian))
  }

  private mutating func number(byteCount: Int, littleEndian: Bool) throws(WKBError) -> UInt64 {
    guard bytes.count - offset >= byteCount else {
      throw WKBError(fault: .truncated, byteOffset: offset)
    }
    var value: UInt64 = 0
    for index in 0..<byteCount {
      let place = littleEndian ? byteCount - 1 - index : index
      value = value << 8 | UInt64(bytes[offset + place])
    }
    offset += byteCount
    return value
  }
}

extension Shape {
  /// The shape of a WKB geometry; Z and M are dropped (see `WKBReader.droppedOrdinates`).
  @specialized(where S == Native)
  public init(wkb bytes: [UInt8]) throws(WKBError) {
    var reader = WKBReader(bytes)
    self = try reader.read()
  }

  /// Little-endian ISO WKB.
  public func wkb() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16 + 16 * pointCount)
    appendWKB(to: &bytes)
    return bytes
  }

  /// Little-endian ISO WKB with Z; `heights` holds one for each vertex in storage order, and a vertex
  /// behind its end has none (not a number).
  public func wkb(heights: [Double]) -> [UInt8] {
    var writer = WKBWriter<S>(bytes: [], heights: heights)
    writer.append(self)
    return writer.bytes
  }

  /// The type's number in WKB; an empty point is read as a multi-point without points.
  fileprivate var typeCode: UInt32 {
    switch self {
    case .point: 1
    case .line: 2
    case .polygon: 3
    case .multiPoint: 4
    case .multiLine: 5
    case .multiPolygon: 6
    case .collection: 7
    }
  }

  @specialized(where S == Native)
  public func appendWKB(to bytes: inout [UInt8]) {
    var writer = WKBWriter<S>(bytes: bytes, heights: nil)
    bytes = []
    writer.append(self)
    bytes = writer.bytes
  }
}
