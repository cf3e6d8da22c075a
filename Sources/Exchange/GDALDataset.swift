internal import CGDAL
internal import Formats

/// A file opened for reading by one of the drivers that are allowed.
@safe
final class GDALDataset {
  private let handle: GDALDatasetH
  let path: String

  /// - Throws: when none of `drivers` can read the file, with the library's reason.
  init(path: String, drivers: [String], options: [String], shownAs file: String) throws(FormatError)
  {
    GDALLibrary.prepare()
    GDALLibrary.clearErrors()
    let flags = UInt32(GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
    let opened = unsafe GDALLibrary.withList(drivers) { drivers in
      unsafe GDALLibrary.withList(options) { options in
        unsafe GDALOpenEx(
          path, flags, UnsafePointer(OpaquePointer(drivers)),
          UnsafePointer(OpaquePointer(options)), nil)
      }
    }
    guard let opened = unsafe opened else {
      // That no driver feels concerned is said by the sentence itself.
      let failure = GDALLibrary.failure.flatMap {
        $0.hasSuffix("not recognized as a supported file format.") ? nil : $0
      }
      let reason = failure.map { ": \(Self.clause($0))" } ?? ""
      throw FormatError(
        .malformed, file: file,
        reason: "this is no readable \(drivers.joined(separator: " or ")) file\(reason)")
    }
    unsafe handle = unsafe opened
    self.path = path
  }

  deinit { unsafe GDALClose(handle) }

  /// A message of the library as a clause: on one line, without the final stop, within 300 characters.
  static func clause(_ message: String) -> String {
    var text = String(message.map { $0.isNewline ? " " : $0 }.prefix(300))
    while text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  var layerNames: [String] {
    (0..<(unsafe GDALDatasetGetLayerCount(handle))).map { index in
      unsafe GDALDatasetGetLayer(handle, index).map { unsafe String(cString: OGR_L_GetName($0)) }
        ?? ""
    }
  }

  func layer(at index: Int) -> GDALLayer? {
    guard let layer = unsafe GDALDatasetGetLayer(handle, Int32(clamping: index)) else { return nil }
    return unsafe GDALLayer(layer, of: self)
  }
}

/// One field of a layer's definition.
struct GDALField {
  enum Kind {
    case integer, boolean, real, text, date, time, dateTime, list, binary
  }

  let name: [UInt8]
  let kind: Kind
}

/// One layer of a dataset, which it keeps open.
@safe
final class GDALLayer {
  private let handle: OGRLayerH
  private let dataset: GDALDataset
  let fields: [GDALField]

  init(_ handle: OGRLayerH, of dataset: GDALDataset) {
    unsafe self.handle = unsafe handle
    self.dataset = dataset
    let definition = unsafe OGR_L_GetLayerDefn(handle)
    var fields: [GDALField] = []
    for index in 0..<(unsafe OGR_FD_GetFieldCount(definition)) {
      guard let field = unsafe OGR_FD_GetFieldDefn(definition, index) else { continue }
      let kind: GDALField.Kind =
        switch unsafe OGR_Fld_GetType(field) {
        case OFTInteger, OFTInteger64:
          unsafe OGR_Fld_GetSubType(field) == OFSTBoolean ? .boolean : .integer
        case OFTReal: .real
        case OFTDate: .date
        case OFTTime: .time
        case OFTDateTime: .dateTime
        case OFTBinary: .binary
        case OFTIntegerList, OFTInteger64List, OFTRealList, OFTStringList: .list
        default: .text
        }
      let name = unsafe cBytes(OGR_Fld_GetNameRef(field))
      fields.append(GDALField(name: name, kind: kind))
    }
    self.fields = fields
  }

  var name: String { unsafe String(cString: OGR_L_GetName(handle)) }

  /// The column of row ids, where the format has a named one.
  var identifierColumn: String? {
    let name = unsafe OGR_L_GetFIDColumn(handle).map { unsafe String(cString: $0) } ?? ""
    return name.isEmpty ? nil : name
  }

  /// How many features there are, when the layer can tell without reading them.
  var announcedCount: Int? {
    let count = unsafe OGR_L_GetFeatureCount(handle, 0)
    return count < 0 ? nil : Int(count)
  }

  var geometryHint: SourceGeometryHint {
    let type = unsafe OGR_GT_Flatten(OGR_L_GetGeomType(handle))
    switch type {
    case wkbNone: return .none
    case wkbPoint, wkbMultiPoint: return .point
    case wkbLineString, wkbMultiLineString, wkbCircularString, wkbCompoundCurve, wkbMultiCurve:
      return .line
    case wkbPolygon, wkbMultiPolygon, wkbCurvePolygon, wkbMultiSurface, wkbTIN,
      wkbPolyhedralSurface, wkbTriangle:
      return .polygon
    case wkbGeometryCollection: return .mixed
    default: return .unknown
    }
  }

  var geometryColumnCount: Int {
    Int(unsafe OGR_FD_GetGeomFieldCount(OGR_L_GetLayerDefn(handle)))
  }

  /// The reference system as the layer declares it.
  var reference: GDALReference? {
    guard let reference = unsafe OGR_L_GetSpatialRef(handle) else { return nil }
    return unsafe GDALReference(cloning: reference)
  }

  func rewind() { unsafe OGR_L_ResetReading(handle) }

  /// The next feature; nil after the last, or when reading failed (see `GDALLibrary.failure`).
  func next() -> GDALFeature? {
    GDALLibrary.clearErrors()
    guard let feature = unsafe OGR_L_GetNextFeature(handle) else { return nil }
    return unsafe GDALFeature(feature)
  }

  /// The feature with an id; nil when there is none or it cannot be read.
  func feature(id: Int) -> GDALFeature? {
    GDALLibrary.clearErrors()
    guard let feature = unsafe OGR_L_GetFeature(handle, Int64(id)) else { return nil }
    return unsafe GDALFeature(feature)
  }
}

/// The bytes of a C string, without its end.
func cBytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
  guard let text = unsafe text else { return [] }
  var count = 0
  while unsafe text[count] != 0 { count += 1 }
  return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    for index in 0..<count { unsafe buffer[index] = unsafe UInt8(bitPattern: text[index]) }
    initialized = count
  }
}
