internal import Geometry

/// The one kind of geometry that all records of a Shapefile have, by its number in the format.
///
/// Source: ESRI Shapefile Technical Description, July 1998.
public enum ShapefileKind: UInt32, Sendable, Hashable {
  case none = 0
  case point = 1
  case line = 3
  case polygon = 5
  case multiPoint = 8
}

/// Encodes the main file and its index, record by record.
struct ShapefileGeometry {
  static let headerBytes = 100
  /// Readers take file offsets as signed 32-bit numbers.
  static let byteLimit = 2_000_000_000

  let kind: ShapefileKind
  private var recordNumber: UInt32 = 0
  private var offset = headerBytes
  private var box: (minX: Double, minY: Double, maxX: Double, maxY: Double)?

  init(kind: ShapefileKind) {
    self.kind = kind
  }

  /// Bytes of the main file so far.
  var mainByteCount: Int { offset }

  /// A record of the main file and its entry in the index; nil and what is not of the file's kind
  /// become null shapes.
  mutating func record(_ shape: Shape<Native>?) -> (main: [UInt8], index: [UInt8]) {
    let content = shape.flatMap { body($0) } ?? Self.little(ShapefileKind.none.rawValue)
    recordNumber += 1
    let words = UInt32(clamping: content.count / 2)
    let index = Self.big(UInt32(clamping: offset / 2)) + Self.big(words)
    offset += 8 + content.count
    return (Self.big(recordNumber) + Self.big(words) + content, index)
  }

  /// The header of a file of `byteCount` bytes with everything that was encoded.
  func header(byteCount: Int) -> [UInt8] {
    var bytes = Self.big(9994) + [UInt8](repeating: 0, count: 20)
    bytes += Self.big(UInt32(clamping: byteCount / 2))
    bytes += Self.little(UInt32(1000)) + Self.little(kind.rawValue)
    let box = box ?? (0, 0, 0, 0)
    for value in [box.minX, box.minY, box.maxX, box.maxY, 0, 0, 0, 0] {
      bytes += Self.bytes(of: value)
    }
    return bytes
  }

  private mutating func body(_ shape: Shape<Native>) -> [UInt8]? {
    switch kind {
    case .none: return nil
    case .point:
      guard case .point(let point) = shape else { return nil }
      extend([point])
      return Self.little(kind.rawValue) + Self.bytes(of: point.x) + Self.bytes(of: point.y)
    case .multiPoint:
      let points = Self.points(of: shape)
      guard !points.isEmpty else { return nil }
      var bytes = Self.little(kind.rawValue) + bounds(points)
      bytes += Self.little(UInt32(clamping: points.count))
      for point in points { bytes += Self.bytes(of: point.x) + Self.bytes(of: point.y) }
      return bytes
    case .line, .polygon:
      let parts = kind == .line ? Self.lines(of: shape) : Self.rings(of: shape)
      guard !parts.isEmpty else { return nil }
      var bytes = Self.little(kind.rawValue) + bounds(parts.flatMap { $0 })
      bytes += Self.little(UInt32(clamping: parts.count))
      bytes += Self.little(UInt32(clamping: parts.reduce(0) { $0 + $1.count }))
      var first = 0
      for part in parts {
        bytes += Self.little(UInt32(clamping: first))
        first += part.count
      }
      bytes.reserveCapacity(bytes.count + 16 * first)
      for part in parts {
        for point in part {
          bytes += Self.bytes(of: point.x)
          bytes += Self.bytes(of: point.y)
        }
      }
      return bytes
    }
  }

  private mutating func bounds(_ points: [Point<Native>]) -> [UInt8] {
    extend(points)
    guard let box = Box(around: points) else { return Self.bytes(of: 0.0) }
    return [box.minX, box.minY, box.maxX, box.maxY].flatMap { Self.bytes(of: $0) }
  }

  private mutating func extend(_ points: [Point<Native>]) {
    guard let added = Box(around: points) else { return }
    let old = box ?? (added.minX, added.minY, added.maxX, added.maxY)
    box = (
      min(old.minX, added.minX), min(old.minY, added.minY), max(old.maxX, added.maxX),
      max(old.maxY, added.maxY)
    )
  }

  // MARK: - What of a shape a file of one kind can hold

  /// Whether nothing of a shape is lost in a file of the kind.
  static func holds(_ shape: Shape<Native>, as kind: ShapefileKind) -> Bool {
    switch (shape, kind) {
    case (.point, .point), (.point, .multiPoint), (.multiPoint, .multiPoint): true
    case (.line, .line), (.multiLine, .line): true
    case (.polygon, .polygon), (.multiPolygon, .polygon): true
    case (.collection(let members), _) where kind != .point:
      !members.isEmpty && members.allSatisfy { holds($0, as: kind) }
    default: false
    }
  }

  private static func points(of shape: Shape<Native>) -> [Point<Native>] {
    switch shape {
    case .point(let point): [point]
    case .multiPoint(let points): points
    case .collection(let members): members.flatMap(points(of:))
    default: []
    }
  }

  private static func lines(of shape: Shape<Native>) -> [[Point<Native>]] {
    switch shape {
    case .line(let points): points.isEmpty ? [] : [points]
    case .multiLine(let lines): lines.filter { !$0.isEmpty }
    case .collection(let members): members.flatMap(lines(of:))
    default: []
    }
  }

  /// Outer rings clockwise, holes counterclockwise: that is how readers tell them apart.
  private static func rings(of shape: Shape<Native>) -> [[Point<Native>]] {
    func turned(_ rings: [[Point<Native>]]) -> [[Point<Native>]] {
      rings.enumerated().filter { !$0.element.isEmpty }.map { index, ring in
        isClockwise(ring) == (index == 0) ? ring : ring.reversed()
      }
    }
    return switch shape {
    case .polygon(let rings): turned(rings)
    case .multiPolygon(let polygons): polygons.flatMap(turned)
    case .collection(let members): members.flatMap(rings(of:))
    default: []
    }
  }

  private static func isClockwise(_ ring: [Point<Native>]) -> Bool {
    guard let origin = ring.first else { return true }
    var doubleArea = 0.0
    for (a, b) in zip(ring, ring.dropFirst()) {
      doubleArea += (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)
    }
    return doubleArea <= 0
  }

  // MARK: - Numbers

  private static func big(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
  }

  private static func little(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) }
  }

  private static func bytes(of number: Double) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> UInt64(8 * $0)) }
  }
}
