internal import CGDAL
internal import Formats

/// A reference system, owned.
@safe
final class GDALReference {
  private let handle: OGRSpatialReferenceH

  init(cloning reference: OGRSpatialReferenceH) {
    unsafe handle = unsafe OSRClone(reference)
  }

  /// Nil when the text is no WKT.
  init?(wkt: String) {
    GDALLibrary.prepare()
    guard let created = unsafe OSRNewSpatialReference(nil) else { return nil }
    // The ESRI dialect of a .prj is part of what this call reads.
    guard unsafe OSRSetFromUserInput(created, wkt) == OGRERR_NONE else {
      unsafe OSRDestroySpatialReference(created)
      return nil
    }
    unsafe handle = unsafe created
  }

  init?(epsg: Int) {
    GDALLibrary.prepare()
    guard let created = unsafe OSRNewSpatialReference(nil) else { return nil }
    guard unsafe OSRImportFromEPSG(created, Int32(clamping: epsg)) == OGRERR_NONE else {
      unsafe OSRDestroySpatialReference(created)
      return nil
    }
    unsafe handle = unsafe created
  }

  deinit { unsafe OSRDestroySpatialReference(handle) }

  var name: String { unsafe OSRGetName(handle).map { unsafe String(cString: $0) } ?? "" }

  var datumName: String {
    unsafe OSRGetAttrValue(handle, "DATUM", 0).map { unsafe String(cString: $0) } ?? ""
  }

  var isGeographic: Bool { unsafe OSRIsGeographic(handle) != 0 }

  /// Whether the authority's own axis order has north first.
  var hasNorthFirst: Bool {
    unsafe OSREPSGTreatsAsLatLong(handle) != 0 || OSREPSGTreatsAsNorthingEasting(handle) != 0
  }

  /// The code that the definition carries itself.
  var authorityCode: Int? {
    guard let authority = unsafe OSRGetAuthorityName(handle, nil),
      unsafe String(cString: authority) == "EPSG",
      let code = unsafe OSRGetAuthorityCode(handle, nil)
    else { return nil }
    return unsafe Int(String(cString: code))
  }

  /// The codes whose definitions equal this one, likeliest first, none below 90 of 100.
  var matchingCodes: [Int] {
    var count: CInt = 0
    var confidences: UnsafeMutablePointer<CInt>?
    guard let matches = unsafe OSRFindMatches(handle, nil, &count, &confidences) else { return [] }
    defer {
      unsafe OSRFreeSRSArray(matches)
      unsafe VSIFree(confidences)
    }
    var codes: [Int] = []
    for index in 0..<Int(count) {
      guard let match = unsafe matches[index], let confidences = unsafe confidences,
        unsafe confidences[index] >= 90, let code = unsafe OSRGetAuthorityCode(match, nil),
        let authority = unsafe OSRGetAuthorityName(match, nil),
        unsafe String(cString: authority) == "EPSG",
        let number = unsafe Int(String(cString: code))
      else { continue }
      codes.append(number)
    }
    return codes
  }

  /// A parameter of the projection; nil for a geographic system.
  func parameter(_ name: String) -> Double? {
    var status: OGRErr = OGRERR_NONE
    let value = unsafe OSRGetProjParm(handle, name, 0, &status)
    return status == OGRERR_NONE ? value : nil
  }

  /// The length of the ellipsoid's long half axis, in metres.
  var semiMajorAxis: Double { unsafe OSRGetSemiMajor(handle, nil) }

  var wkt: String {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe OSRExportToWkt(handle, &text) == OGRERR_NONE, let text = unsafe text else {
      return ""
    }
    defer { unsafe VSIFree(text) }
    return unsafe String(cString: text)
  }
}
