internal import CGEOS
internal import Geometry

/// Exact questions about planar geometry, answered by GEOS in the coordinates' own unit.
///
/// It owns one reentrant GEOS handle, which serves one thread at a time: make one a worker. What GEOS
/// cannot hold (ordinates that are no numbers, open rings, lines of one point) is refused before it is
/// asked; what it refuses itself comes back as an error.
@safe
public final class Topology {
  /// The most vertices of one geometry that are taken.
  public static let vertexLimit = 4_000_000
  private static let depthLimit = 16

  let handle: OpaquePointer
  private let message = Message()

  private final class Message {
    var text = ""
  }

  public init() throws(TopologyError) {
    guard let handle = unsafe GEOS_init_r() else {
      throw TopologyError("GEOS could not be started.")
    }
    unsafe self.handle = handle
    _ = unsafe GEOSContext_setErrorMessageHandler_r(
      handle,
      { text, box in
        guard let text = unsafe text, let box = unsafe box else { return }
        unsafe Unmanaged<Message>.fromOpaque(box).takeUnretainedValue().text = String(cString: text)
      }, Unmanaged.passUnretained(message).toOpaque())
  }

  deinit { unsafe GEOS_finish_r(handle) }

  /// What GEOS said last, as an error.
  func failure(_ question: String) -> TopologyError {
    let reason = message.text.isEmpty ? "no reason was given" : message.text
    return TopologyError("GEOS could not answer \(question): \(reason).")
  }

  /// What keeps GEOS from holding a shape; nil for nothing.
  static func fault<S: Space>(in shape: Shape<S>, depth: Int = 0) -> Fault<S>? {
    func line(_ points: [Point<S>]) -> Fault<S>? {
      if let bad = points.first(where: { !$0.isFinite }) {
        return Fault(reason: "An ordinate is not a finite number (\(bad.x) \(bad.y))", place: nil)
      }
      return points.count == 1 ? Fault(reason: "A line has one point only", place: points[0]) : nil
    }
    func rings(_ rings: [[Point<S>]]) -> Fault<S>? {
      if rings.first?.isEmpty == true, rings.contains(where: { !$0.isEmpty }) {
        return Fault(reason: "A polygon has holes but no outer ring", place: nil)
      }
      for ring in rings where !ring.isEmpty {
        if let bad = ring.first(where: { !$0.isFinite }) {
          return Fault(reason: "An ordinate is not a finite number (\(bad.x) \(bad.y))", place: nil)
        }
        guard ring.first == ring.last else {
          return Fault(reason: "A ring does not end where it begins", place: ring.last)
        }
        guard ring.count >= 4 else {
          return Fault(
            reason: "A ring has \(ring.count) points; at least 4 are needed", place: ring[0])
        }
      }
      return nil
    }
    switch shape {
    case .point(let point): return point.isFinite ? nil : line([point])
    case .multiPoint(let points):
      return points.first { !$0.isFinite }.flatMap { line([$0]) }
    case .line(let points): return line(points)
    case .multiLine(let lines): return lines.lazy.compactMap(line).first
    case .polygon(let source): return rings(source)
    case .multiPolygon(let polygons): return polygons.lazy.compactMap(rings).first
    case .collection(let members):
      guard depth < depthLimit else {
        return Fault(reason: "Collections are nested deeper than \(depthLimit)", place: nil)
      }
      return members.lazy.compactMap { fault(in: $0, depth: depth + 1) }.first
    }
  }

  struct Fault<S: Space> {
    let reason: String
    let place: Point<S>?
  }

  /// The shape as GEOS holds it.
  func geometry<S: Space>(_ shape: Shape<S>) throws(TopologyError) -> HeldGeometry {
    if let fault = Self.fault(in: shape) { throw TopologyError(fault.reason + ".") }
    guard shape.pointCount <= Self.vertexLimit else {
      throw TopologyError("The geometry has more than \(Self.vertexLimit) vertices.")
    }
    message.text = ""
    guard let pointer = unsafe build(shape) else { throw failure("what the geometry is") }
    return unsafe HeldGeometry(pointer, owner: self)
  }

  // MARK: - Into GEOS; every argument has passed `fault(in:)`

  private func build<S: Space>(_ shape: Shape<S>) -> OpaquePointer? {
    switch shape {
    case .point(let point):
      return unsafe sequence([point]).flatMap { unsafe GEOSGeom_createPoint_r(handle, $0) }
    case .multiPoint(let points):
      return unsafe collection(GEOS_MULTIPOINT, points.map { unsafe build(Shape.point($0)) })
    case .line(let points):
      return unsafe sequence(points).flatMap { unsafe GEOSGeom_createLineString_r(handle, $0) }
    case .multiLine(let lines):
      return unsafe collection(GEOS_MULTILINESTRING, lines.map { unsafe build(Shape.line($0)) })
    case .polygon(let rings): return unsafe polygon(rings)
    case .multiPolygon(let polygons):
      return unsafe collection(GEOS_MULTIPOLYGON, polygons.map { unsafe polygon($0) })
    case .collection(let members):
      return unsafe collection(GEOS_GEOMETRYCOLLECTION, members.map { unsafe build($0) })
    }
  }

  private func sequence<S: Space>(_ points: [Point<S>]) -> OpaquePointer? {
    // Two doubles a point lie side by side, which is the form that GEOS copies in one call.
    unsafe points.withUnsafeBytes { bytes in
      guard let count = UInt32(exactly: points.count) else { return nil }
      guard let first = bytes.baseAddress, count > 0 else {
        return unsafe GEOSCoordSeq_create_r(handle, 0, 2)
      }
      return unsafe GEOSCoordSeq_copyFromBuffer_r(
        handle, first.assumingMemoryBound(to: Double.self), count, 0, 0)
    }
  }

  private func polygon<S: Space>(_ rings: [[Point<S>]]) -> OpaquePointer? {
    var held = unsafe rings.filter { !$0.isEmpty }.map { ring in
      unsafe sequence(ring).flatMap { unsafe GEOSGeom_createLinearRing_r(handle, $0) }
    }
    guard unsafe !held.isEmpty else { return unsafe GEOSGeom_createEmptyPolygon_r(handle) }
    guard unsafe isComplete(held) else { return nil }
    let shell = unsafe held.removeFirst()
    let count = UInt32(clamping: unsafe held.count)
    return unsafe held.withUnsafeMutableBufferPointer { holes in
      unsafe GEOSGeom_createPolygon_r(handle, shell, holes.baseAddress, count)
    }
  }

  private func collection(_ type: GEOSGeomTypes, _ members: [OpaquePointer?]) -> OpaquePointer? {
    let kind = Int32(type.rawValue)
    guard unsafe !members.isEmpty else {
      return unsafe GEOSGeom_createEmptyCollection_r(handle, kind)
    }
    guard unsafe isComplete(members) else { return nil }
    var members = unsafe members
    let count = UInt32(clamping: unsafe members.count)
    return unsafe members.withUnsafeMutableBufferPointer { buffer in
      unsafe GEOSGeom_createCollection_r(handle, kind, buffer.baseAddress, count)
    }
  }

  /// Whether every part could be made; if not, those that were are given back.
  private func isComplete(_ parts: [OpaquePointer?]) -> Bool {
    guard unsafe parts.contains(where: { unsafe $0 == nil }) else { return true }
    for index in unsafe parts.indices {
      if let part = unsafe parts[index] { unsafe GEOSGeom_destroy_r(handle, part) }
    }
    return false
  }

  // MARK: - Out of GEOS

  /// A shape from what GEOS holds.
  func shape<S: Space>(_ geometry: OpaquePointer) -> Shape<S>? {
    let count = unsafe Int(GEOSGetNumGeometries_r(handle, geometry))
    func members() -> [Shape<S>] {
      (0..<max(count, 0)).compactMap { index in
        unsafe GEOSGetGeometryN_r(handle, geometry, Int32(index)).flatMap { unsafe shape($0) }
      }
    }
    switch unsafe GEOSGeomTypeId_r(handle, geometry) {
    case 0:
      let found: [Point<S>] = unsafe points(geometry)
      return found.first.map { .point($0) } ?? .multiPoint([])
    case 1, 2: return unsafe .line(points(geometry))
    case 3:
      guard unsafe GEOSisEmpty_r(handle, geometry) == 0,
        let shell = unsafe GEOSGetExteriorRing_r(handle, geometry)
      else { return .polygon([]) }
      var rings: [[Point<S>]] = unsafe [points(shell)]
      for index in 0..<(unsafe max(GEOSGetNumInteriorRings_r(handle, geometry), 0)) {
        if let hole = unsafe GEOSGetInteriorRingN_r(handle, geometry, index) {
          rings.append(unsafe points(hole))
        }
      }
      return .polygon(rings)
    case 4:
      return .multiPoint(
        members().compactMap { if case .point(let point) = $0 { point } else { nil } })
    case 5:
      return .multiLine(
        members().compactMap { if case .line(let points) = $0 { points } else { nil } })
    case 6:
      return .multiPolygon(
        members().compactMap { if case .polygon(let rings) = $0 { rings } else { nil } })
    case 7: return .collection(members())
    default: return nil
    }
  }

  private func points<S: Space>(_ geometry: OpaquePointer) -> [Point<S>] {
    guard let sequence = unsafe GEOSGeom_getCoordSeq_r(handle, geometry) else { return [] }
    var count: UInt32 = 0
    guard unsafe GEOSCoordSeq_getSize_r(handle, sequence, &count) == 1, count > 0 else { return [] }
    var points = [Point<S>](repeating: Point(x: 0, y: 0), count: Int(count))
    let isRead = unsafe points.withUnsafeMutableBytes { bytes in
      guard let first = bytes.baseAddress else { return false }
      return unsafe GEOSCoordSeq_copyToBuffer_r(
        handle, sequence, first.assumingMemoryBound(to: Double.self), 0, 0) == 1
    }
    return isRead ? points : []
  }
}

/// A geometry of GEOS and the handle that it must be given back to.
@safe
final class HeldGeometry {
  let pointer: OpaquePointer
  let owner: Topology

  init(_ pointer: OpaquePointer, owner: Topology) {
    unsafe self.pointer = pointer
    self.owner = owner
  }

  deinit { unsafe GEOSGeom_destroy_r(owner.handle, pointer) }
}
