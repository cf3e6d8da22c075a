public import Geometry
internal import JSON

/// Writes features as GeoJSON into bytes that the caller takes when it likes: a FeatureCollection,
/// or one feature a line.
public struct GeoJSONWriter: Sendable {
  public enum Form: Sendable, Hashable {
    case featureCollection
    /// Newline-delimited: each line is a feature, there is no frame around them.
    case lines
  }

  private let form: Form
  private let names: [String]
  private let decimals: Int?
  private var bytes: [UInt8] = []
  private var isFirst = true

  /// - Parameters:
  ///   - columns: the names of the properties, in the order of the values of every feature.
  ///   - decimals: digits after the point of coordinates, rounded; 7 is a centimetre in degrees. Nil
  ///     writes the shortest digits that read back the same.
  ///   - epsg: a code to declare in the member "crs" of the 2008 format; RFC 7946 knows WGS 84 alone.
  public init(_ form: Form, columns: [String], decimals: Int? = 7, epsg: Int? = nil) {
    self.form = form
    self.decimals = decimals.map { min(max($0, 0), 15) }
    names = columns
    guard form == .featureCollection else { return }
    bytes += "{\"type\":\"FeatureCollection\",".utf8
    if let epsg, epsg != 4326 {
      bytes += "\"crs\":{\"type\":\"name\",\"properties\":".utf8
      bytes += "{\"name\":\"urn:ogc:def:crs:EPSG::\(epsg)\"}},".utf8
    }
    bytes += "\"features\":[".utf8
  }

  /// Appends a feature.
  ///
  /// Outer rings are written counterclockwise, holes clockwise. A geometry with an ordinate that is
  /// no number is written as null.
  ///
  /// - Parameter identifier: the member "id".
  public mutating func write<S: Space>(
    _ values: [SourceValue], geometry: Shape<S>?, identifier: String? = nil
  ) {
    if form == .featureCollection {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      bytes.append(0x0A)
    }
    isFirst = false
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.value("Feature")
    if let identifier {
      writer.key("id")
      writer.value(identifier)
    }
    writer.key("geometry")
    if let geometry, geometry.isWritable {
      var text: [UInt8] = []
      append(geometry, to: &text)
      writer.value(json: text)
    } else {
      writer.null()
    }
    writer.key("properties")
    writer.beginObject()
    for (name, value) in zip(names, values) {
      writer.key(name)
      Self.append(value, to: &writer)
    }
    writer.endObject()
    writer.endObject()
    bytes += writer.take()
    if form == .lines { bytes.append(0x0A) }
  }

  /// Ends the document.
  public mutating func end() {
    if form == .featureCollection { bytes += "\n]}\n".utf8 }
  }

  /// The bytes since the last call.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// How many bytes `take()` would return.
  public var pendingByteCount: Int { bytes.count }

  private static func append(_ value: SourceValue, to writer: inout JSONWriter) {
    switch value {
    case .null: writer.null()
    case .text(let text): writer.value(text)
    case .integer(let number): writer.value(number)
    case .boolean(let flag): writer.value(flag)
    case .real(let number):
      if number.isFinite {
        writer.value(json: Array(Decimals.shortest(number).utf8))
      } else {
        writer.null()
      }
    }
  }

  private func append<S: Space>(_ shape: Shape<S>, to text: inout [UInt8]) {
    text += "{\"type\":\"\(shape.typeName)\",".utf8
    if case .collection(let members) = shape {
      text += "\"geometries\":".utf8
      list(members, to: &text) { member, text in append(member, to: &text) }
    } else {
      text += "\"coordinates\":".utf8
      switch shape {
      case .point(let point): position(point, to: &text)
      case .multiPoint(let points), .line(let points): list(points, to: &text, position)
      case .multiLine(let lines):
        list(lines, to: &text) { line, text in list(line, to: &text, position) }
      case .polygon(let rings): polygon(rings, to: &text)
      case .multiPolygon(let polygons): list(polygons, to: &text, polygon)
      case .collection: break
      }
    }
    text.append(UInt8(ascii: "}"))
  }

  private func polygon<S: Space>(_ rings: [[Point<S>]], to text: inout [UInt8]) {
    var isOuter = true
    list(rings, to: &text) { ring, text in
      let turned = Self.isCounterclockwise(ring) != isOuter
      isOuter = false
      list(turned ? ring.reversed() : ring, to: &text, position)
    }
  }

  /// By the sign of the area; measured from the first vertex, so that large coordinates do not
  /// swallow small rings.
  private static func isCounterclockwise<S: Space>(_ ring: [Point<S>]) -> Bool {
    guard let origin = ring.first else { return true }
    var doubleArea = 0.0
    for (a, b) in zip(ring, ring.dropFirst()) {
      doubleArea += (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)
    }
    return doubleArea >= 0
  }

  private func list<Part>(
    _ parts: [Part], to text: inout [UInt8], _ body: (Part, inout [UInt8]) -> Void
  ) {
    text.append(UInt8(ascii: "["))
    for (index, part) in parts.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      body(part, &text)
    }
    text.append(UInt8(ascii: "]"))
  }

  private func position<S: Space>(_ point: Point<S>, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "["))
    text += ordinate(point.x).utf8
    text.append(UInt8(ascii: ","))
    text += ordinate(point.y).utf8
    text.append(UInt8(ascii: "]"))
  }

  private func ordinate(_ value: Double) -> String {
    decimals.map { Decimals.rounded(value, to: $0) } ?? Decimals.shortest(value)
  }
}

extension Shape {
  /// Whether every ordinate is a number.
  fileprivate var isWritable: Bool {
    var isFinite = true
    forEachPoint { if !$0.isFinite { isFinite = false } }
    return isFinite && !isEmpty
  }
}

/// Decimal texts of finite numbers.
enum Decimals {
  /// The shortest digits that read back the same, an integer without a point.
  static func shortest(_ value: Double) -> String {
    if value == value.rounded(), value.magnitude < 9_007_199_254_740_992 {
      return String(Int64(value))
    }
    return value.description
  }

  /// Rounded to `count` digits after the point, without trailing zeros.
  static func rounded(_ value: Double, to count: Int) -> String {
    var scale = 1.0
    for _ in 0..<count { scale *= 10 }
    let scaled = (value * scale).rounded()
    // Beyond 2^53 the digits that would be cut off are not there.
    guard scaled.magnitude < 9_007_199_254_740_992 else { return shortest(value) }
    var digits = String(Int64(scaled.magnitude))
    if digits.utf8.count <= count {
      digits = String(repeating: "0", count: count + 1 - digits.utf8.count) + digits
    }
    var text = String(digits.dropLast(count))
    var fraction = Substring(digits.suffix(count))
    while fraction.last == "0" { fraction.removeLast() }
    if !fraction.isEmpty { text += "." + fraction }
    return scaled < 0 ? "-" + text : text
  }
}
