import Foundation

/// Writes small Shapefiles byte by byte, so that a test can say what is wrong with one.
struct ShapefileMaker {
  struct Field {
    var name: [UInt8]
    var type: Character
    var width: Int
    var decimals = 0
  }

  /// Rings of x, y pairs; nil is a null shape.
  var polygons: [[[(Double, Double)]]?] = []
  var fields: [Field] = []
  /// The bytes of each cell, padded or cut to the field's width.
  var rows: [[[UInt8]]] = []
  var deletedRows: Set<Int> = []
  var languageByte: UInt8 = 0x13

  private func bigEndian(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private func littleEndian(_ value: Int) -> [UInt8] { bigEndian(value).reversed() }

  private func double(_ value: Double) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
  }

  private func head(words: Int) -> [UInt8] {
    bigEndian(9994) + [UInt8](repeating: 0, count: 20) + bigEndian(words) + littleEndian(1000)
      + littleEndian(5) + double(0) + double(0) + double(1000) + double(1000)
      + [UInt8](repeating: 0, count: 32)
  }

  private var shapes: [[UInt8]] {
    polygons.map { rings in
      guard let rings else { return littleEndian(0) }
      let points = rings.flatMap { $0 }
      var bytes = littleEndian(5)
      bytes += double(points.map(\.0).min() ?? 0) + double(points.map(\.1).min() ?? 0)
      bytes += double(points.map(\.0).max() ?? 0) + double(points.map(\.1).max() ?? 0)
      bytes += littleEndian(rings.count) + littleEndian(points.count)
      var start = 0
      for ring in rings {
        bytes += littleEndian(start)
        start += ring.count
      }
      for point in points { bytes += double(point.0) + double(point.1) }
      return bytes
    }
  }

  var shp: [UInt8] {
    var body: [UInt8] = []
    for (index, shape) in shapes.enumerated() {
      body += bigEndian(index + 1) + bigEndian(shape.count / 2) + shape
    }
    return head(words: (100 + body.count) / 2) + body
  }

  var shx: [UInt8] {
    var body: [UInt8] = []
    var offset = 100
    for shape in shapes {
      body += bigEndian(offset / 2) + bigEndian(shape.count / 2)
      offset += 8 + shape.count
    }
    return head(words: (100 + body.count) / 2) + body
  }

  var dbf: [UInt8] {
    let headerBytes = 32 + 32 * fields.count + 1
    let recordBytes = 1 + fields.map(\.width).reduce(0, +)
    var bytes: [UInt8] = [3, 124, 1, 1] + littleEndian(rows.count)
    bytes += littleEndian(headerBytes).prefix(2) + littleEndian(recordBytes).prefix(2)
    bytes += [UInt8](repeating: 0, count: 17) + [languageByte, 0, 0]
    for field in fields {
      bytes += (field.name + [UInt8](repeating: 0, count: 11)).prefix(11)
      bytes += [
        field.type.asciiValue ?? 0x43, 0, 0, 0, 0, UInt8(field.width), UInt8(field.decimals),
      ]
      bytes += [UInt8](repeating: 0, count: 14)
    }
    bytes.append(0x0D)
    for (index, row) in rows.enumerated() {
      bytes.append(deletedRows.contains(index) ? 0x2A : 0x20)
      for (field, cell) in zip(fields, row) {
        bytes += (cell + [UInt8](repeating: 0x20, count: field.width)).prefix(field.width)
      }
    }
    bytes.append(0x1A)
    return bytes
  }

  /// Writes the parts that are asked for and returns the path of the .shp.
  func write(
    to folder: String, name: String = "t", parts: Set<String> = ["shp", "shx", "dbf"],
    prj: String? = nil, cpg: [UInt8]? = nil
  ) throws -> String {
    func put(_ bytes: [UInt8], _ ending: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name).\(ending)"))
    }
    if parts.contains("shp") { try put(shp, "shp") }
    if parts.contains("shx") { try put(shx, "shx") }
    if parts.contains("dbf") { try put(dbf, "dbf") }
    if let prj { try put(Array(prj.utf8), "prj") }
    if let cpg { try put(cpg, "cpg") }
    return "\(folder)/\(name).shp"
  }

  /// A square with its lower-left corner at x, clockwise as the format wants outer rings.
  static func square(_ x: Double) -> [[(Double, Double)]] {
    [[(x, 0), (x, 1), (x + 1, 1), (x + 1, 0), (x, 0)]]
  }
}
