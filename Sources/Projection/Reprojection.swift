internal import CProj
public import Geometry

/// One prepared conversion between two reference systems, east (or longitude) first on both sides.
///
/// PROJ's contexts serve one thread at a time: make one a worker.
@safe
public final class Reprojection {
  private let context: OpaquePointer
  /// Nil where both systems are the same.
  private let pipeline: OpaquePointer?
  public let source: ReferenceSystem
  public let target: ReferenceSystem

  /// - Parameter gridFolder: datum grid files of an operator, searched first.
  public init(
    from source: ReferenceSystem, to target: ReferenceSystem, gridFolder: String? = nil
  ) throws(ProjectionError) {
    self.source = source
    self.target = target
    guard let context = unsafe proj_context_create() else {
      throw ProjectionError("PROJ could not be started.")
    }
    unsafe self.context = context
    unsafe proj_log_level(context, PJ_LOG_NONE)
    unsafe proj_context_set_enable_network(context, 0)
    if let gridFolder { unsafe Self.addSearchPath(gridFolder, to: context) }
    if source == target {
      unsafe pipeline = nil
      return
    }
    guard
      let plain = unsafe proj_create_crs_to_crs(
        context, source.description, target.description, nil)
    else {
      let reason = unsafe String(
        cString: proj_context_errno_string(context, proj_context_errno(context)))
      unsafe proj_context_destroy(context)
      throw ProjectionError("\(source) cannot be converted to \(target): \(reason)")
    }
    // The authority's own axis order (north first in EPSG:6677) ends here.
    guard let normal = unsafe proj_normalize_for_visualization(context, plain) else {
      unsafe proj_destroy(plain)
      unsafe proj_context_destroy(context)
      throw ProjectionError("\(source) cannot be converted to \(target).")
    }
    unsafe proj_destroy(plain)
    unsafe pipeline = normal
  }

  deinit {
    if let pipeline = unsafe pipeline { unsafe proj_destroy(pipeline) }
    unsafe proj_context_destroy(context)
  }

  /// The place in the target system; nil where the projection is not defined for it.
  public func forward<S: Space, T: Space>(
    _ point: Point<S>, as space: T.Type = T.self
  ) -> Point<T>? {
    guard point.isFinite else { return nil }
    guard let pipeline = unsafe pipeline else { return Point(x: point.x, y: point.y) }
    var coordinate = PJ_COORD()
    unsafe coordinate.xyzt = PJ_XYZT(x: point.x, y: point.y, z: 0, t: .infinity)
    let result = unsafe proj_trans(pipeline, PJ_FWD, coordinate)
    let place = unsafe Point<T>(x: result.xy.x, y: result.xy.y)
    return place.isFinite ? place : nil
  }

  /// The shape in the target system; nil if a vertex cannot be converted.
  public func forward<S: Space, T: Space>(
    _ shape: Shape<S>, as space: T.Type = T.self
  ) -> Shape<T>? {
    try? shape.map { (point: Point<S>) throws(ProjectionError) -> Point<T> in
      guard let place: Point<T> = forward(point) else { throw ProjectionError("outside") }
      return place
    }
  }

  private static func addSearchPath(_ folder: String, to context: OpaquePointer) {
    // PROJ leaves its list of paths empty and tells them as one text only.
    let known = unsafe proj_info().searchpath.map { unsafe String(cString: $0) } ?? ""
    let folders = [folder] + known.split(separator: ":").map(String.init)
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe []
    for path in folders {
      let bytes = path.utf8CString
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      for (index, byte) in bytes.enumerated() { unsafe copy[index] = byte }
      unsafe pointers.append(unsafe copy)
    }
    unsafe pointers.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress!.withMemoryRebound(
        to: UnsafePointer<CChar>?.self, capacity: buffer.count
      ) { paths in
        unsafe proj_context_set_search_paths(context, Int32(buffer.count), paths)
      }
    }
    for index in 0..<folders.count { unsafe pointers[index]?.deallocate() }
  }
}

extension ReferenceSystem {
  /// The system's definition as well-known text (the 2001 form that GeoPackage asks for); nil for a
  /// code that PROJ does not know.
  public var wellKnownText: String? {
    guard let context = unsafe proj_context_create() else { return nil }
    defer { unsafe proj_context_destroy(context) }
    unsafe proj_log_level(context, PJ_LOG_NONE)
    guard let system = unsafe proj_create(context, description) else { return nil }
    defer { unsafe proj_destroy(system) }
    guard let text = unsafe proj_as_wkt(context, system, PJ_WKT1_GDAL, nil) else { return nil }
    return unsafe String(cString: text)
  }

  /// Whether PROJ knows the code as a coordinate reference system.
  public var isKnown: Bool { wellKnownText != nil }
}
