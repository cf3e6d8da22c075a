internal import CProj

extension ReferenceSystem {
  /// Whether the authority writes north (or latitude) first, as EPSG:6677 and EPSG:4326 do; false for a
  /// code that PROJ does not know.
  public var isNorthFirst: Bool {
    guard let context = unsafe proj_context_create() else { return false }
    defer { unsafe proj_context_destroy(context) }
    unsafe proj_log_level(context, PJ_LOG_NONE)
    guard let system = unsafe proj_create(context, description) else { return false }
    defer { unsafe proj_destroy(system) }
    guard let axes = unsafe proj_crs_get_coordinate_system(context, system) else { return false }
    defer { unsafe proj_destroy(axes) }
    var direction: UnsafePointer<CChar>?
    guard
      unsafe proj_cs_get_axis_info(
        context, axes, 0, nil, nil, &direction, nil, nil, nil, nil) != 0,
      let direction = unsafe direction
    else { return false }
    return unsafe String(cString: direction) == "north"
  }
}
