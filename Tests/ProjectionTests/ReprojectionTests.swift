import Geometry
import Projection
import Testing

private func place(_ longitude: Double, _ latitude: Double) -> Point<Geographic> {
  Point(x: longitude, y: latitude)
}

@Suite("Reprojection")
struct ReprojectionTests {
  /// A place 0.35° east and 0.2° south of each zone's origin, so that east and north can be told
  /// apart by sign and size, with its metres in the zone on GRS 80 and on the Bessel ellipsoid.
  ///
  /// Source: pyproj 3.7.2 with PROJ 9.5.1, `Transformer.from_crs(geographic, zone, always_xy=True)`.
  struct ZonePoint: Sendable, CustomTestStringConvertible {
    let zone: Int
    let longitude: Double
    let latitude: Double
    let grs80: SIMD2<Double>
    let bessel: SIMD2<Double>
    var testDescription: String { "zone \(zone)" }

    init(
      _ zone: Int, _ longitude: Double, _ latitude: Double, _ east: Double, _ north: Double,
      _ besselEast: Double, _ besselNorth: Double
    ) {
      self.zone = zone
      self.longitude = longitude
      self.latitude = latitude
      grs80 = SIMD2(east, north)
      bessel = SIMD2(besselEast, besselNorth)
    }
  }

  static let zonePoints: [ZonePoint] = [
    ZonePoint(1, 129.85, 32.8, 32779.0282, -22124.0828, 32775.1296, -22121.7666),
    ZonePoint(2, 131.35, 32.8, 32779.0282, -22124.0828, 32775.1296, -22121.7666),
    ZonePoint(3, 132.5167, 35.8, 31636.6909, -22132.681, 31632.9126, -22130.3313),
    ZonePoint(4, 133.85, 32.8, 32779.0282, -22124.0828, 32775.1296, -22121.7666),
    ZonePoint(5, 134.6833, 35.8, 31630.6654, -22132.7025, 31626.8879, -22130.3528),
    ZonePoint(6, 136.35, 35.8, 31633.6782, -22132.6918, 31629.9002, -22130.342),
    ZonePoint(7, 137.5167, 35.8, 31636.6909, -22132.681, 31632.9126, -22130.3313),
    ZonePoint(8, 138.85, 35.8, 31633.6782, -22132.6918, 31629.9002, -22130.342),
    ZonePoint(9, 140.1833, 35.8, 31630.6654, -22132.7025, 31626.8879, -22130.3528),
    ZonePoint(10, 141.1833, 39.8, 29969.046, -22145.7343, 29965.4465, -22143.3379),
    ZonePoint(11, 140.6, 43.8, 28163.4857, -22160.2969, 28160.0834, -22157.8525),
    ZonePoint(12, 142.6, 43.8, 28163.4857, -22160.2969, 28160.0834, -22157.8525),
    ZonePoint(13, 144.6, 43.8, 28163.4857, -22160.2969, 28160.0834, -22157.8525),
    ZonePoint(14, 142.35, 25.8, 35096.9483, -22108.4209, 35092.8106, -22106.1756),
    ZonePoint(15, 127.85, 25.8, 35096.9483, -22108.4209, 35092.8106, -22106.1756),
    ZonePoint(16, 124.35, 25.8, 35096.9483, -22108.4209, 35092.8106, -22106.1756),
    ZonePoint(17, 131.35, 25.8, 35096.9483, -22108.4209, 35092.8106, -22106.1756),
    ZonePoint(18, 136.35, 19.8, 36669.0259, -22100.4559, 36664.7303, -22098.2612),
    ZonePoint(19, 154.35, 25.8, 35096.9483, -22108.4209, 35092.8106, -22106.1756),
  ]

  @Test(
    "all nineteen zones of the three datums give the published metres, east first",
    arguments: zonePoints)
  func planeZones(point: ZonePoint) throws {
    for datum in ReferenceSystem.Datum.allCases {
      let zone = ReferenceSystem(epsg: datum.firstPlaneCode + point.zone - 1)
      let degrees = ReferenceSystem(epsg: datum.geographicCode)
      let start = place(point.longitude, point.latitude)
      let metres: Point<Native> = try #require(
        try Reprojection(from: degrees, to: zone).forward(start))
      let expected = datum == .tokyo ? point.bessel : point.grs80
      #expect(abs(metres.x - expected.x) < 0.0002)
      #expect(abs(metres.y - expected.y) < 0.0002)
      let back: Point<Geographic> = try #require(
        try Reprojection(from: zone, to: degrees).forward(metres))
      // 10⁻⁹ degrees are a tenth of a millimetre.
      #expect(abs(back.x - start.x) < 1e-9)
      #expect(abs(back.y - start.y) < 1e-9)
    }
  }

  @Test("Japan's datum origin moves as the Geospatial Information Authority published it")
  func tokyoDatum() throws {
    // 日本経緯度原点: 139°44'40.5020"E 35°39'17.5148"N (Tokyo datum) became
    // 139°44'28.8759"E 35°39'29.1572"N (JGD2000).
    let old = place(139 + 44.0 / 60 + 40.5020 / 3600, 35 + 39.0 / 60 + 17.5148 / 3600)
    let new = place(139 + 44.0 / 60 + 28.8759 / 3600, 35 + 39.0 / 60 + 29.1572 / 3600)
    let geodesic = Geodesic()
    for target in [4612, 6668] {
      let moved: Point<Geographic> = try #require(
        try Reprojection(
          from: ReferenceSystem(epsg: 4301), to: ReferenceSystem(epsg: target)
        ).forward(old))
      // Without grid files PROJ shifts by three parameters, good to some metres in Japan.
      #expect(geodesic.distanceMetres(moved, new) < 10)
      #expect((440...480).contains(geodesic.distanceMetres(moved, old)))
    }
  }

  @Test("JGD2000, JGD2011 and WGS 84 stay within a metre of each other where no earth moved them")
  func modernDatums() throws {
    let start = place(130.5571, 31.5966)
    for (from, to) in [(4612, 6668), (6668, 4326), (4326, 6668), (4612, 4326)] {
      let moved: Point<Geographic> = try #require(
        try Reprojection(
          from: ReferenceSystem(epsg: from), to: ReferenceSystem(epsg: to)
        ).forward(start))
      #expect(Geodesic().distanceMetres(moved, start) < 1)
    }
  }

  @Test("from a system to itself every bit is kept")
  func identity() throws {
    let same = try Reprojection(from: .geographic, to: .geographic)
    let start = place(138.321234567890123, -0.0)
    let moved: Point<Native> = try #require(same.forward(start))
    #expect(moved.x.bitPattern == start.x.bitPattern)
    #expect(moved.y.bitPattern == start.y.bitPattern)
  }

  @Test("shapes are converted whole or not at all")
  func shapes() throws {
    let reprojection = try Reprojection(from: .geographic, to: ReferenceSystem(epsg: 6676))
    let shape = Shape<Geographic>.multiLine([
      [place(138.3, 34.8), place(138.4, 34.9)], [place(138.5, 35), place(138.6, 35.1)],
    ])
    let moved: Shape<Native> = try #require(reprojection.forward(shape))
    #expect(moved.pointCount == 4)
    #expect(moved.typeName == shape.typeName)
    let corner: Point<Native> = try #require(reprojection.forward(place(138.6, 35.1)))
    guard case .multiLine(let lines) = moved else {
      Issue.record("lines became something else")
      return
    }
    #expect(lines[1][1] == corner)
    let broken = Shape<Geographic>.line([place(138.3, 34.8), place(.nan, 34.9)])
    let none: Shape<Native>? = reprojection.forward(broken)
    #expect(none == nil)
  }

  @Test(
    "places that no projection knows give nothing",
    arguments: [
      (Double.nan, 35.0), (138, .infinity), (138, 91), (138, -1e300),
    ])
  func outside(longitude: Double, latitude: Double) throws {
    let reprojection = try Reprojection(from: .geographic, to: ReferenceSystem(epsg: 6676))
    let moved: Point<Native>? = reprojection.forward(place(longitude, latitude))
    #expect(moved == nil)
  }

  @Test("a system that PROJ does not know is refused by its code")
  func unknownSystem() {
    do {
      _ = try Reprojection(from: ReferenceSystem(epsg: 999_999), to: .geographic)
      Issue.record("a system that does not exist was prepared")
    } catch {
      #expect(error.description.contains("EPSG:999999"))
    }
    #expect(!ReferenceSystem(epsg: 999_999).isKnown)
    #expect(ReferenceSystem(epsg: 6676).isKnown)
    #expect(
      ReferenceSystem(epsg: 6676).wellKnownText?.contains("AUTHORITY[\"EPSG\",\"6676\"]") == true)
  }

  @Test("a folder of grids that is not there changes nothing")
  func missingGridFolder() throws {
    let start = place(138.3, 34.8)
    let zone = ReferenceSystem(epsg: 6676)
    let plain: Point<Native>? = try Reprojection(from: .geographic, to: zone).forward(start)
    let other: Point<Native>? = try Reprojection(
      from: .geographic, to: zone, gridFolder: "/nonexistent/格子"
    ).forward(start)
    #expect(plain != nil)
    #expect(plain == other)
  }
}

@Suite("Reference systems")
struct ReferenceSystemTests {
  @Test("codes are read with and without the authority")
  func reads() {
    for text in ["EPSG:6677", "epsg:6677", "Epsg:6677", "6677"] {
      #expect(ReferenceSystem(text)?.epsg == 6677)
    }
  }

  @Test(
    "anything else is no code",
    arguments: [
      "", "EPSG:", "EPSG:abc", "ESRI:102100", "EPSG:+6677", "EPSG:-6677", "6677 ", " 6677", "０",
      "EPSG:６６７７", "EPSG:1023", "EPSG:32768", "EPSG:1000000", "EPSG:99999999999999999999",
      "urn:ogc:def:crs:EPSG::6677", "EPSG:66.77",
    ])
  func refuses(text: String) {
    #expect(ReferenceSystem(text) == nil)
  }

  @Test("the nineteen zones are told from their neighbours")
  func zones() {
    for datum in ReferenceSystem.Datum.allCases {
      for zone in 1...19 {
        let found = ReferenceSystem(epsg: datum.firstPlaneCode + zone - 1).planeZone
        #expect(found?.datum == datum)
        #expect(found?.zone == zone)
      }
      #expect(ReferenceSystem(epsg: datum.firstPlaneCode - 1).planeZone == nil)
      #expect(ReferenceSystem(epsg: datum.firstPlaneCode + 19).planeZone == nil)
    }
    #expect(ReferenceSystem(epsg: .min).planeZone == nil)
    #expect(ReferenceSystem(epsg: .max).planeZone == nil)
    #expect(ReferenceSystem(epsg: 30_169).isTokyoDatum)
    #expect(ReferenceSystem(epsg: 4301).isTokyoDatum)
    #expect(!ReferenceSystem(epsg: 2451).isTokyoDatum)
    #expect(ReferenceSystem(epsg: 4612).isGeographic)
    #expect(!ReferenceSystem.webMercator.isGeographic)
  }
}
