internal import Formats

/// Finds the EPSG code of a declared reference system: by its own code, by the parameters of the
/// definition, and by ESRI's names only where the parameters agree with them.
enum ReferenceIdentification {
  /// - Parameter text: what the source says, such as the content of a .prj.
  static func identify(_ reference: GDALReference, text: String?) -> SourceReference {
    SourceReference(epsg: code(of: reference), text: text ?? reference.wkt)
  }

  private static func code(of reference: GDALReference) -> Int? {
    if let code = reference.authorityCode { return code }
    if let code = japaneseCode(of: reference) { return code }
    return reference.matchingCodes.first
  }

  private enum Datum {
    case tokyo, jgd2000, jgd2011

    /// EPSG gives the nineteen plane rectangular systems of a datum consecutive codes.
    var zoneBase: Int {
      switch self {
      case .tokyo: 30_160
      case .jgd2000: 2442
      case .jgd2011: 6668
      }
    }

    var geographic: Int {
      switch self {
      case .tokyo: 4301
      case .jgd2000: 4612
      case .jgd2011: 6668
      }
    }
  }

  /// Longitude and latitude of the origins of the zones I to XIX, in degrees (国土交通省告示第九号).
  private static let origins: [(longitude: Double, latitude: Double)] = [
    (129.5, 33), (131, 33), (132 + 1.0 / 6, 36), (133.5, 33), (134 + 1.0 / 3, 36), (136, 36),
    (137 + 1.0 / 6, 36), (138.5, 36), (139 + 5.0 / 6, 36), (140 + 5.0 / 6, 40), (140.25, 44),
    (142.25, 44), (144.25, 44), (142, 26), (127.5, 26), (124, 26), (131, 26), (136, 20), (154, 26),
  ]

  private static func japaneseCode(of reference: GDALReference) -> Int? {
    guard let datum = datum(of: reference) else { return nil }
    if reference.isGeographic { return datum.geographic }
    guard let longitude = reference.parameter("central_meridian"),
      let latitude = reference.parameter("latitude_of_origin"),
      let scale = reference.parameter("scale_factor"), (scale - 0.9999).magnitude < 1e-9,
      reference.parameter("false_easting") == 0, reference.parameter("false_northing") == 0
    else { return nil }
    // A .prj may round the thirds of a degree to six digits.
    let zone = origins.firstIndex {
      ($0.longitude - longitude).magnitude < 1e-5 && ($0.latitude - latitude).magnitude < 1e-5
    }
    return zone.map { datum.zoneBase + $0 + 1 }
  }

  /// The datum by its name, where the ellipsoid agrees.
  private static func datum(of reference: GDALReference) -> Datum? {
    let name = reference.datumName.lowercased().filter { $0.isLetter || $0.isNumber }
    let isBessel = (reference.semiMajorAxis - 6_377_397.155).magnitude < 0.01
    let isGRS80 = (reference.semiMajorAxis - 6_378_137).magnitude < 0.01
    if name.contains("jgd2011") || name.contains("japanesegeodeticdatum2011") {
      return isGRS80 ? .jgd2011 : nil
    }
    if name.contains("jgd2024") || name.contains("japanesegeodeticdatum2024") {
      return isGRS80 ? .jgd2011 : nil
    }
    if name.contains("jgd2000") || name.contains("japanesegeodeticdatum2000") {
      return isGRS80 ? .jgd2000 : nil
    }
    if name == "tokyo" || name == "dtokyo" { return isBessel ? .tokyo : nil }
    return nil
  }
}
