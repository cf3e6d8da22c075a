/// A coordinate reference system by its EPSG code; names are never compared, since they change.
public struct ReferenceSystem: Hashable, Sendable, CustomStringConvertible {
  public let epsg: Int

  public init(epsg: Int) {
    self.epsg = epsg
  }

  /// `EPSG:6677`, `epsg:6677` or `6677`; nil for anything else.
  public init?(_ text: String) {
    let digits = text.lowercased().hasPrefix("epsg:") ? text.dropFirst(5) : text[...]
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let code = Int(digits),
      (1024...32_767).contains(code) || (100_000...999_999).contains(code)
    else { return nil }
    epsg = code
  }

  /// JGD2011 (JGD2024 bears the same code), degrees: the common system inside Machizu.
  public static let geographic = ReferenceSystem(epsg: 6668)
  public static let wgs84 = ReferenceSystem(epsg: 4326)
  public static let webMercator = ReferenceSystem(epsg: 3857)

  public var description: String { "EPSG:\(epsg)" }

  /// The zone (1–19) and datum of a plane rectangular system; nil for any other system.
  public var planeZone: (datum: Datum, zone: Int)? {
    for datum in Datum.allCases {
      let first = datum.firstPlaneCode
      if (first..<first + 19).contains(epsg) { return (datum, epsg - first + 1) }
    }
    return nil
  }

  /// Japan's geodetic datums in the order of their age.
  public enum Datum: String, Sendable, CaseIterable {
    case tokyo = "Tokyo"
    case jgd2000 = "JGD2000"
    case jgd2011 = "JGD2011"

    /// The code of zone I; the other eighteen follow it.
    public var firstPlaneCode: Int {
      switch self {
      case .tokyo: 30_161
      case .jgd2000: 2443
      case .jgd2011: 6669
      }
    }

    public var geographicCode: Int {
      switch self {
      case .tokyo: 4301
      case .jgd2000: 4612
      case .jgd2011: 6668
      }
    }
  }

  /// Whether coordinates are degrees on a datum that this product knows.
  public var isGeographic: Bool {
    epsg == 4326 || Datum.allCases.contains { $0.geographicCode == epsg }
  }

  public var isTokyoDatum: Bool {
    epsg == Datum.tokyo.geographicCode || planeZone?.datum == .tokyo
  }
}

/// Why places could not be converted.
public struct ProjectionError: Error, Sendable, Equatable, CustomStringConvertible {
  public let message: String

  public init(_ message: String) {
    self.message = message
  }

  public var description: String { message }
}
