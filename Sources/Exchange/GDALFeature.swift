internal import CGDAL
internal import Formats

/// One feature, owned.
@safe
struct GDALFeature: ~Copyable {
  private let handle: OGRFeatureH

  init(_ handle: OGRFeatureH) { unsafe self.handle = unsafe handle }

  deinit { unsafe OGR_F_Destroy(handle) }

  var identifier: Int64 { unsafe OGR_F_GetFID(handle) }

  func isNull(_ field: Int) -> Bool {
    unsafe OGR_F_IsFieldSetAndNotNull(handle, Int32(clamping: field)) == 0
  }

  /// The bytes of a field's text as stored.
  func bytes(_ field: Int) -> [UInt8] {
    unsafe cBytes(OGR_F_GetFieldAsString(handle, Int32(clamping: field)))
  }

  func integer(_ field: Int) -> Int64 {
    unsafe OGR_F_GetFieldAsInteger64(handle, Int32(clamping: field))
  }

  func real(_ field: Int) -> Double {
    unsafe OGR_F_GetFieldAsDouble(handle, Int32(clamping: field))
  }

  func binary(_ field: Int) -> [UInt8] {
    var count: CInt = 0
    guard let bytes = unsafe OGR_F_GetFieldAsBinary(handle, Int32(clamping: field), &count) else {
      return []
    }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: max(0, Int(count))))
  }

  /// ISO 8601: the date, the time, or both with the zone when it is known.
  func moment(_ field: Int, hasDate: Bool, hasTime: Bool) -> String? {
    var year: CInt = 0
    var month: CInt = 0
    var day: CInt = 0
    var hour: CInt = 0
    var minute: CInt = 0
    var second: Float = 0
    var zone: CInt = 0
    guard
      unsafe OGR_F_GetFieldAsDateTimeEx(
        handle, Int32(clamping: field), &year, &month, &day, &hour, &minute, &second, &zone) != 0
    else { return nil }
    func padded(_ value: CInt, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    var text = hasDate ? "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" : ""
    guard hasTime else { return text }
    if hasDate { text += "T" }
    let milliseconds = CInt((second * 1000).rounded())
    text += "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(milliseconds / 1000, 2))"
    if milliseconds % 1000 != 0 { text += ".\(padded(milliseconds % 1000, 3))" }
    // 0 unknown, 1 local time, 100 UTC, each further step a quarter of an hour.
    if zone == 100 {
      text += "Z"
    } else if zone > 1 {
      let minutes = (zone - 100) * 15
      text += minutes < 0 ? "-" : "+"
      text += "\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
    }
    return text
  }

  /// The geometry in the forms that a record stream holds.
  struct Geometry {
    /// ISO WKB of straight segments in two dimensions; nil for none or an empty one.
    var wkb: [UInt8]?
    /// ISO WKB as delivered, when `wkb` does not hold all of it.
    var original: [UInt8]?
    var faults: [String] = []
  }

  /// Takes the geometry out of the feature.
  ///
  /// - Parameter turned: whether degrees in Japan that come with latitude first are to be turned.
  func geometry(turned: Bool) -> Geometry {
    var result = Geometry()
    guard var shape = unsafe OGR_F_StealGeometry(handle) else {
      result.faults.append("the geometry is null")
      return result
    }
    defer { unsafe OGR_G_DestroyGeometry(shape) }
    if turned, unsafe Self.isLatitudeFirst(shape) { unsafe OGR_G_SwapXY(shape) }
    guard unsafe OGR_G_IsEmpty(shape) == 0 else {
      result.faults.append("the geometry is empty")
      return result
    }
    let type = unsafe OGR_GT_Flatten(OGR_G_GetGeometryType(shape))
    let isCurved = unsafe OGR_G_HasCurveGeometry(shape, 0) != 0
    let hasMore = unsafe OGR_G_Is3D(shape) != 0 || OGR_G_IsMeasured(shape) != 0
    let isSurface = Self.isSurface(type) || type == wkbGeometryCollection
    if isCurved || hasMore || Self.isSurface(type) { unsafe result.original = Self.wkb(shape) }
    if isCurved {
      guard let linear = unsafe OGR_G_GetLinearGeometry(shape, 0, nil) else {
        result.faults.append("the curve cannot be drawn as segments, the original is kept")
        return result
      }
      unsafe OGR_G_DestroyGeometry(shape)
      unsafe shape = unsafe linear
      result.faults.append("curves are drawn as segments, the original is kept")
    }
    if hasMore {
      unsafe OGR_G_FlattenTo2D(shape)
      result.faults.append("heights and measures are dropped, the original is kept")
    }
    if isSurface { unsafe shape = Self.withoutSurfaces(shape) }
    unsafe result.wkb = Self.wkb(shape)
    return result
  }

  private static func isSurface(_ type: OGRwkbGeometryType) -> Bool {
    type == wkbTIN || type == wkbPolyhedralSurface || type == wkbTriangle
  }

  /// The geometry with every surface of facets as polygons; the one given is used up.
  private static func withoutSurfaces(_ shape: OGRGeometryH) -> OGRGeometryH {
    let type = unsafe OGR_GT_Flatten(OGR_G_GetGeometryType(shape))
    if type == wkbTriangle { return unsafe OGR_G_ForceToPolygon(shape) }
    if isSurface(type) { return unsafe OGR_G_ForceToMultiPolygon(shape) }
    guard type == wkbGeometryCollection,
      let result = unsafe OGR_G_CreateGeometry(wkbGeometryCollection)
    else { return unsafe shape }
    for index in 0..<(unsafe OGR_G_GetGeometryCount(shape)) {
      guard let member = unsafe OGR_G_Clone(OGR_G_GetGeometryRef(shape, index)) else { continue }
      unsafe OGR_G_AddGeometryDirectly(result, withoutSurfaces(member))
    }
    unsafe OGR_G_DestroyGeometry(shape)
    return unsafe result
  }

  /// Latitudes (20 to 46) and longitudes (122 to 154) of Japan cannot be mistaken for each other.
  private static func isLatitudeFirst(_ shape: OGRGeometryH) -> Bool {
    var box = OGREnvelope()
    unsafe OGR_G_GetEnvelope(shape, &box)
    return box.MinX >= 20 && box.MaxX <= 46 && box.MinY >= 122 && box.MaxY <= 154
  }

  private static func wkb(_ shape: OGRGeometryH) -> [UInt8] {
    let count = unsafe OGR_G_WkbSizeEx(shape)
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let status = unsafe OGR_G_ExportToIsoWkb(shape, wkbNDR, buffer.baseAddress)
      initialized = status == OGRERR_NONE ? count : 0
    }
  }
}
