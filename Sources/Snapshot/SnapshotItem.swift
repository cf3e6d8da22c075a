internal import Features
internal import Geometry

/// A drawable form with the frame that its vertices are stored in.
struct SnapshotItem {
  let audience: Audience
  let kind: GeometryKind
  /// Whether the place alone is the form, so that no band stores geometry.
  let isPlace: Bool
  let box: GridBox
  /// Vertices are stored as offsets from here in units of 2^shift.
  let originX: Int64
  let originY: Int64
  let shift: Int
  let anchor: GridPoint

  init(_ shape: GridShape, audience: Audience) {
    self.audience = audience
    kind = shape.kind
    isPlace = shape.kind == .point && shape.parts.count == 1 && shape.parts[0].count == 1
    box = shape.bounds
    // Snapping moves a vertex out of the box by up to half a cell of the coarsest band.
    let reach =
      max(box.maxX - box.minX, box.maxY - box.minY)
      + 1 << Int64(SnapshotFormat.snapBits(band: SnapshotFormat.bandZooms.count - 1))
    // Forms over 1,250 km wide keep fewer bits, so that offsets stay 32-bit numbers. Their origin is
    // a multiple of what is left, so that the edges that two of them share stay shared.
    var shift = 0
    while reach >> Int64(shift) >= Int64(Int32.max) { shift += 1 }
    self.shift = shift
    originX = (box.minX >> Int64(shift)) << Int64(shift)
    originY = (box.minY >> Int64(shift)) << Int64(shift)
    anchor = shape.labelAnchor
  }

  private func offset(_ value: Int64, from origin: Int64) -> Int32 {
    Int32(truncatingIfNeeded: (value - origin) >> Int64(shift))
  }

  func append(row: Int, to bytes: inout [UInt8]) {
    FileLayout.append(UInt32(row), to: &bytes)
    bytes.append(kind.rawValue)
    bytes.append(UInt8(shift))
    bytes.append(audience.rawValue)
    bytes.append(0)
    FileLayout.append(UInt64(bitPattern: originX), to: &bytes)
    FileLayout.append(UInt64(bitPattern: originY), to: &bytes)
    // The far corner is rounded outward.
    let rest = (Int64(1) << Int64(shift)) - 1
    FileLayout.append(UInt32(bitPattern: offset(box.maxX + rest, from: originX)), to: &bytes)
    FileLayout.append(UInt32(bitPattern: offset(box.maxY + rest, from: originY)), to: &bytes)
    FileLayout.append(UInt32(bitPattern: offset(anchor.x, from: originX)), to: &bytes)
    FileLayout.append(UInt32(bitPattern: offset(anchor.y, from: originY)), to: &bytes)
  }

  /// - Parameter kept: the parts that the band shows.
  func appendGeometry(_ kept: [[GridPoint]], to bytes: inout [UInt8]) {
    guard !kept.isEmpty else { return }
    FileLayout.append(UInt32(kept.count), to: &bytes)
    for part in kept { FileLayout.append(UInt32(part.count), to: &bytes) }
    FileLayout.pad(&bytes, to: 8)
    for part in kept {
      for vertex in part {
        FileLayout.append(UInt32(bitPattern: offset(vertex.x, from: originX)), to: &bytes)
        FileLayout.append(UInt32(bitPattern: offset(vertex.y, from: originY)), to: &bytes)
      }
    }
  }
}
