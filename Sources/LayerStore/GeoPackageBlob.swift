public import Geometry

/// A geometry as GeoPackage keeps it: a header with the reference system and the envelope, then WKB.
///
/// Source: OGC 12-128r19, 2.1.3.
public enum GeoPackageBlob {
  /// - Parameter wkb: bytes in place of the shape's own.
  public static func encode(
    _ shape: Shape<Native>, epsg: Int, wkb: [UInt8]? = nil
  ) -> [UInt8] {
    var bytes: [UInt8] = [0x47, 0x50, 0]
    let isPoint = if case .point = shape { true } else { false }
    let box = isPoint ? nil : shape.bounds
    // Bit 0: little-endian; bits 1–3: envelope kind; bit 4: empty geometry.
    bytes.append(0x01 | (box == nil ? 0 : 0x02) | (shape.isEmpty ? 0x10 : 0))
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: epsg >> shift))
    }
    if let box {
      for value in [box.minX, box.maxX, box.minY, box.maxY] {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
          bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
      }
    }
    if let wkb { bytes += wkb } else { shape.appendWKB(to: &bytes) }
    return bytes
  }

  /// Where the WKB starts; nil for bytes that are no GeoPackage geometry.
  static func bodyOffset(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 8, bytes[0] == 0x47, bytes[1] == 0x50 else { return nil }
    let envelopeBytes = [0, 32, 48, 48, 64]
    let kind = Int(bytes[3] >> 1 & 7)
    guard kind < envelopeBytes.count, bytes.count >= 8 + envelopeBytes[kind] else { return nil }
    return 8 + envelopeBytes[kind]
  }

  public static func decode(_ bytes: [UInt8]) throws(WKBError) -> Shape<Native> {
    guard let offset = bodyOffset(bytes) else { throw WKBError(fault: .truncated, byteOffset: 0) }
    return try Shape(wkb: Array(bytes[offset...]))
  }

  /// The number of the reference system that a stored geometry names.
  static func epsg(_ bytes: [UInt8]) -> Int? {
    guard bodyOffset(bytes) != nil, bytes[3] & 1 == 1 else { return nil }
    return bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The box of a stored geometry, from its envelope where it has one; nil when it is empty.
  static func bounds(_ bytes: [UInt8]) -> Box<Native>? {
    guard let offset = bodyOffset(bytes) else { return nil }
    if bytes[3] >> 1 & 7 >= 1, bytes[3] & 1 == 1 {
      func double(_ start: Int) -> Double {
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(bytes[start + index]) << UInt64(8 * index) }
        return Double(bitPattern: word)
      }
      return Box(minX: double(8), minY: double(24), maxX: double(16), maxY: double(32))
    }
    let shape: Shape<Native>? = try? Shape(wkb: Array(bytes[offset...]))
    return shape?.bounds
  }
}
