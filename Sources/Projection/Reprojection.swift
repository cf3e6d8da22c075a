internal import CProj
public import Geometry
internal import Glibc

/// One prepared conversion between two reference systems, east (or longitude) first on both sides.
///
/// PROJ's contexts serve one thread at a time: make one a worker.
@safe
public final class Reprojection {
  private let context: OpaquePointer
  /// Nil where both systems are the same.
  private let pipeline: OpaquePointer?
  /// The way over the grid file, where it is there: to degrees of the one datum, through the grid, from
  /// degrees of the other.
  private let gridSteps: [(step: OpaquePointer, direction: PJ_DIRECTION)]
  public let source: ReferenceSystem
  public let target: ReferenceSystem
  /// How far a place may be off, in metres, as PROJ's database says of the best way without grid
  /// files; nil where it does not say.
  public let accuracyMetres: Double?

  /// The file in the folder of grids that leads from the Tokyo datum to JGD2000.
  public static let tokyoGrid = "TKY2JGD.tif"

  /// Whether places go through a grid file of the operator.
  public var usesDatumGrid: Bool { unsafe !gridSteps.isEmpty }

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
      unsafe gridSteps = []
      accuracyMetres = 0
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
    accuracyMetres = unsafe Self.accuracy(from: source, to: target, context)
    // PROJ remembers names of grids that any context found: look at the folder itself.
    let hasGrid = gridFolder.map { unsafe access("\($0)/\(Self.tokyoGrid)", R_OK) == 0 } ?? false
    unsafe gridSteps = hasGrid ? unsafe Self.gridSteps(from: source, to: target, context) : []
  }

  deinit {
    for index in unsafe gridSteps.indices { unsafe proj_destroy(gridSteps[index].step) }
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
    if unsafe !gridSteps.isEmpty {
      var moved = coordinate
      for index in unsafe gridSteps.indices {
        unsafe moved = proj_trans(gridSteps[index].step, gridSteps[index].direction, moved)
      }
      let place = unsafe Point<T>(x: moved.xy.x, y: moved.xy.y)
      if place.isFinite { return place }
      // Beyond the grid (some islands, the sea) the way without it is left.
    }
    let result = unsafe proj_trans(pipeline, PJ_FWD, coordinate)
    let place = unsafe Point<T>(x: result.xy.x, y: result.xy.y)
    return place.isFinite ? place : nil
  }

  /// The shape in the target system; nil if a vertex cannot be converted.
  @specialized(where S == Native, T == Geographic)
  public func forward<S: Space, T: Space>(
    _ shape: Shape<S>, as space: T.Type = T.self
  ) -> Shape<T>? {
    try? shape.map { (point: Point<S>) throws(ProjectionError) -> Point<T> in
      guard let place: Point<T> = forward(point) else { throw ProjectionError("outside") }
      return place
    }
  }

  private static func accuracy(
    from source: ReferenceSystem, to target: ReferenceSystem, _ context: OpaquePointer
  ) -> Double? {
    guard let a = unsafe proj_create(context, source.description),
      let b = unsafe proj_create(context, target.description),
      let settings = unsafe proj_create_operation_factory_context(context, nil)
    else { return nil }
    defer {
      unsafe proj_destroy(a)
      unsafe proj_destroy(b)
      unsafe proj_operation_factory_context_destroy(settings)
    }
    unsafe proj_operation_factory_context_set_grid_availability_use(
      context, settings, PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID)
    guard let list = unsafe proj_create_operations(context, a, b, settings) else { return nil }
    defer { unsafe proj_list_destroy(list) }
    guard let best = unsafe proj_list_get(context, list, 0) else { return nil }
    defer { unsafe proj_destroy(best) }
    let metres = unsafe proj_coordoperation_get_accuracy(context, best)
    return metres >= 0 ? metres : nil
  }

  /// Empty unless exactly one of the systems is on the Tokyo datum and the grid file is there.
  private static func gridSteps(
    from source: ReferenceSystem, to target: ReferenceSystem, _ context: OpaquePointer
  ) -> [(step: OpaquePointer, direction: PJ_DIRECTION)] {
    guard source.isTokyoDatum != target.isTokyoDatum else { return unsafe [] }
    let tokyo = "EPSG:\(ReferenceSystem.Datum.tokyo.geographicCode)"
    let modern = "EPSG:\(ReferenceSystem.Datum.jgd2000.geographicCode)"
    let degrees = (source.isTokyoDatum ? tokyo : modern, source.isTokyoDatum ? modern : tokyo)
    let grid =
      "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
      + "+step +proj=hgridshift +grids=\(tokyoGrid) "
      + "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    let made = unsafe [
      conversion(source.description, degrees.0, context), proj_create(context, grid),
      conversion(degrees.1, target.description, context),
    ]
    guard let first = unsafe made[0], let shift = unsafe made[1], let last = unsafe made[2] else {
      for index in unsafe made.indices { unsafe proj_destroy(made[index]) }
      return unsafe []
    }
    return unsafe [
      (first, PJ_FWD), (shift, source.isTokyoDatum ? PJ_FWD : PJ_INV), (last, PJ_FWD),
    ]
  }

  private static func conversion(
    _ source: String, _ target: String, _ context: OpaquePointer
  ) -> OpaquePointer? {
    guard let plain = unsafe proj_create_crs_to_crs(context, source, target, nil) else {
      return nil
    }
    defer { unsafe proj_destroy(plain) }
    return unsafe proj_normalize_for_visualization(context, plain)
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
  public var wellKnownText: String? { text(PJ_WKT1_GDAL) }

  /// The system's definition in ESRI's dialect on one line, as a .prj file holds it.
  public var esriText: String? {
    text(PJ_WKT1_ESRI).map { text in
      text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
    }
  }

  private func text(_ type: PJ_WKT_TYPE) -> String? {
    guard let context = unsafe proj_context_create() else { return nil }
    defer { unsafe proj_context_destroy(context) }
    unsafe proj_log_level(context, PJ_LOG_NONE)
    guard let system = unsafe proj_create(context, description) else { return nil }
    defer { unsafe proj_destroy(system) }
    guard let text = unsafe proj_as_wkt(context, system, type, nil) else { return nil }
    return unsafe String(cString: text)
  }

  /// Whether PROJ knows the code as a coordinate reference system.
  public var isKnown: Bool { wellKnownText != nil }
}
