internal import JSON

/// The reference system of a GeoJSON document.
enum GeoJSONReference {
  static let standard = SourceReference(
    epsg: 4326, text: "WGS 84 longitude and latitude, as RFC 7946 says")

  /// Reads the member "crs" of the 2008 format; nil for null, which meant unknown.
  static func read(_ scanner: inout JSONScanner) throws(JSONError) -> SourceReference? {
    let value = try scanner.value()
    let properties = value["properties"]
    if let code = properties?["code"]?.int64 ?? properties?["code"]?.string.flatMap({ Int64($0) }) {
      return SourceReference(epsg: Int(exactly: code), text: "EPSG:\(code)")
    }
    guard let name = properties?["name"]?.string ?? properties?["href"]?.string ?? value.string
    else { return nil }
    return SourceReference(epsg: ReferenceName.epsg(name), text: name)
  }
}

extension SourceReference {
  /// What a GeoJSON document is in that states nothing.
  public static let rfc7946 = GeoJSONReference.standard
}

/// Names of reference systems that carry a code.
public enum ReferenceName {
  /// The EPSG code in `EPSG:2450`, `urn:ogc:def:crs:EPSG::6668`, `http://www.opengis.net/def/crs/EPSG/0/6668`,
  /// CRS84 (taken as 4326, whose axes readers swap anyhow) and `fguuid:jgd2011.bl`; nil when there is none.
  public static func epsg(_ name: String) -> Int? {
    let text = name.trimmed().uppercased()
    switch text {
    case "URN:OGC:DEF:CRS:OGC:1.3:CRS84", "URN:OGC:DEF:CRS:OGC::CRS84", "OGC:CRS84", "CRS84",
      "HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/1.3/CRS84", "URN:OGC:DEF:CRS:OGC:2:84":
      return 4326
    // 基盤地図情報: JGD2024 keeps the codes of JGD2011.
    case "FGUUID:JGD2011.BL", "FGUUID:JGD2024.BL": return 6668
    case "FGUUID:JGD2000.BL", "FGUUID:JGD2001.BL": return 4612
    default: break
    }
    guard text.contains("EPSG") else { return nil }
    let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
    guard let code = Int(String(digits)), (1024...32_767).contains(code) else { return nil }
    return code
  }
}
