import Features
import Geometry
import Import
import LayerStore
import Projection
import Testing

@Suite("Proposals of a reference system")
struct ReferenceProposalTests {
  /// Around Yaizu, in zone VIII; every place of `places` lies inside.
  private static let boundary = """
    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"番号": "1"},
      "geometry": {"type": "Polygon", "coordinates": [[[138.25,34.78],[138.40,34.78],
        [138.40,34.92],[138.25,34.92],[138.25,34.78]]]}}]}
    """

  private static let places: [Point<Geographic>] = (0..<60).map { index in
    Point(x: 138.26 + 0.002 * Double(index), y: 34.79 + 0.0011 * Double(index * 7 % 60))
  }

  private func town() throws -> Town {
    let town = try Town()
    try town.write("machizu.json", #"{"town": {"name": "町"}, "boundary": "area"}"#)
    try town.write(
      "Layers/area/layer.json",
      """
      {"title": "境界", "geometry": "polygon", "key": "番号",
       "source": {"files": ["area.geojson"]}, "fields": [{"name": "番号", "type": "text"}]}
      """)
    try town.write("Layers/area/area.geojson", Self.boundary)
    return town
  }

  /// The proposals of the refused import of a table of these places.
  private func proposals(
    _ rows: [(x: String, y: String)], columns: String
  ) throws -> [ReferenceProposal] {
    let town = try town()
    try town.source(
      "a.csv",
      "番号,x,y\n"
        + rows.enumerated().map { "\($0.offset),\($0.element.x),\($0.element.y)\n" }.joined())
    try town.declare(
      geometry: "point", source: #"{"files": ["a.csv"], "columns": \#(columns)}"#)
    do {
      try town.bring()
    } catch let error as ImportError {
      if case .unknownReference(_, _, _, let proposals) = error {
        // Nothing is taken, and the sentence names the best.
        #expect(try town.layer() == nil)
        if let best = proposals.first {
          for language in Language.allCases {
            #expect(error.text(in: language).contains(best.description.text(in: language)))
          }
        }
        return proposals
      }
      throw error
    }
    Issue.record("the import was not refused")
    return []
  }

  private func rows(in system: Int) throws -> [(x: String, y: String)] {
    let reprojection = try Reprojection(from: .geographic, to: ReferenceSystem(epsg: system))
    return Self.places.compactMap { place in
      let native: Point<Native>? = reprojection.forward(place)
      return native.map { ("\($0.x)", "\($0.y)") }
    }
  }

  private static let metres = #"{"east": "x", "north": "y"}"#

  @Test("the zone that the places are in comes first, with its score", arguments: [6676, 6677])
  func zone(system: Int) throws {
    let found = try proposals(rows(in: system), columns: Self.metres)
    let best = try #require(found.first)
    #expect(best.reference == ReferenceSystem(epsg: system))
    #expect(best.change == .none)
    #expect(best.insidePercent == 100)
    #expect(best.triedCount == 60)
    // JGD2000 puts them at the same places to the centimetre, and is told beside it.
    #expect(found.contains { $0.reference == ReferenceSystem(epsg: system - 6669 + 2443) })
    let zone = system == 6676 ? "VIII" : "IX"
    #expect(
      best.description.text(in: .english)
        == "zone \(zone) of JGD2011 (EPSG:\(system)): 100.0 % inside the boundary")
  }

  @Test("north and east in each other's column are found")
  func exchanged() throws {
    let rows = try rows(in: 6676).map { (x: $0.y, y: $0.x) }
    let best = try #require(try proposals(rows, columns: Self.metres).first)
    #expect(best.reference.epsg == 6676)
    #expect(best.change == .exchange)
    #expect(best.description.text(in: .english).contains("exchanged"))
  }

  @Test("degrees, plain and as degrees, minutes and seconds in one number, are found")
  func degrees() throws {
    let plain = Self.places.map { (x: "\($0.x)", y: "\($0.y)") }
    let best = try #require(try proposals(plain, columns: Self.metres).first)
    #expect(best.reference.isGeographic && best.change == .none)
    func compact(_ value: Double) -> String {
      let seconds = Int((value * 36_000).rounded())
      let (degrees, rest) = seconds.quotientAndRemainder(dividingBy: 36_000)
      let (minutes, tenths) = rest.quotientAndRemainder(dividingBy: 600)
      let digits = "\(minutes < 10 ? "0" : "")\(minutes)\(tenths < 100 ? "0" : "")\(tenths / 10)"
      return "\(degrees)\(digits).\(tenths % 10)"
    }
    let packed = Self.places.map { (x: compact($0.x), y: compact($0.y)) }
    let found = try #require(try proposals(packed, columns: Self.metres).first)
    #expect(found.reference.isGeographic && found.change == .compactDegrees)
  }

  @Test("places of which a part lies outside are scored by the part inside; 0,0 does not count")
  func score() throws {
    var rows = try rows(in: 6676)
    rows += [("0", "0"), ("0", "0")]
    rows += Array(repeating: (x: "-50000", y: "-120000"), count: 20)
    let best = try #require(try proposals(rows, columns: Self.metres).first)
    #expect(best.triedCount == 80)
    #expect(best.insidePercent == 75)
  }

  @Test("places that no system puts into the town, and towns without a boundary, get no proposal")
  func none() throws {
    #expect(
      try proposals([("999999999", "999999999"), ("1e30", "-1e30")], columns: Self.metres).isEmpty)
  }

  @Test("a declared system that puts most places outside is told with the one that fits")
  func misplaced() throws {
    let town = try town()
    let rows = try rows(in: 6676)
    try town.source(
      "a.csv",
      "番号,x,y\n"
        + rows.enumerated().map { "\($0.offset),\($0.element.x),\($0.element.y)\n" }.joined())
    try town.declare(
      geometry: "point",
      source: #"{"files": ["a.csv"], "crs": "EPSG:6677", "columns": \#(Self.metres)}"#)
    let report = try town.bring()
    #expect(report.added == 60)
    let words = try #require(report.files.first?.warnings.last)
    #expect(words.text(in: .english).contains("zone VIII of JGD2011 (EPSG:6676): 100.0 %"))
    #expect(try town.layer()?.reference.epsg == 6677)
  }
}

@Suite("Repair of places on import")
struct ShapeRepairTests {
  private func bring(
    _ geometry: String, crs: String = "EPSG:6677"
  ) throws -> (report: ImportReport, row: StoredRowShape, town: Town) {
    let town = try Town()
    try town.source("a.csv", "番号,形\n1,\"\(geometry)\"\n")
    try town.declare(
      geometry: "any", source: #"{"files": ["a.csv"], "crs": "\#(crs)", "columns": {"wkt": "形"}}"#)
    let report = try town.bring()
    let row = try #require(try town.rows().first)
    return (report, StoredRowShape(shape: row.shape), town)
  }

  struct StoredRowShape {
    let shape: Shape<Native>?
  }

  private func original(_ town: Town) throws -> Shape<Native>? {
    try town.store().original(of: FeatureKey("1"), in: points).map { try Shape(wkb: $0.wkb) }
  }

  @Test("a ring with a spike that adds no area is repaired, told, and its original kept")
  func spike() throws {
    let (report, row, town) = try bring(
      "POLYGON ((0 0, 100 0, 100 50, 130 50, 100 50, 100 100, 0 100, 0 0))")
    #expect(report.rows.count == 1)
    #expect(report.rows[0].kind == .note)
    #expect(report.rows[0].reason.text(in: .english).contains("repaired"))
    guard case .polygon(let rings)? = row.shape else {
      Issue.record("no polygon: \(String(describing: row.shape))")
      return
    }
    #expect(!rings[0].contains(Point(x: 130, y: 50)))
    guard case .polygon(let came)? = try original(town) else {
      Issue.record("no original")
      return
    }
    #expect(came[0].count == 8)
    // The same file again is the same row.
    #expect(try town.bring().unchanged == 1)
  }

  @Test("a bow-tie, whose area a repair would change, is kept as it is and told")
  func bowTie() throws {
    let (report, row, town) = try bring("POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))")
    #expect(report.rows.count == 1)
    #expect(report.rows[0].reason.text(in: .english).contains("Self-intersection"))
    #expect(report.rows[0].reason.text(in: .japanese).contains("辺が交差"))
    #expect(
      row.shape
        == .polygon([
          [(0, 0), (100, 100), (100, 0), (0, 100), (0, 0)].map { Point(x: $0.0, y: $0.1) }
        ]))
    #expect(try original(town) == nil)
  }

  @Test("one vertex that is no place costs the vertex, not the feature")
  func badVertex() throws {
    let (report, row, town) = try bring(
      "POLYGON ((140 35, 140.1 35, 1e9 35.05, 140.1 35.1, 140 35.1, 140 35))", crs: "EPSG:6668")
    #expect(report.rows.count == 1)
    #expect(report.rows[0].reason.text(in: .english).contains("One vertex"))
    #expect(row.shape?.pointCount == 5)
    #expect(try original(town)?.pointCount == 6)
    let (line, kept, _) = try bring(
      "LINESTRING (140 35, 140.1 -1e6, 140.2 35.2)", crs: "EPSG:6668")
    #expect(line.rows.count == 1)
    #expect(kept.shape == .line([Point(x: 140, y: 35), Point(x: 140.2, y: 35.2)]))
  }

  @Test("where too few vertices are left the row is kept without a place")
  func nothingLeft() throws {
    let (report, row, town) = try bring("LINESTRING (140 35, 999 999)", crs: "EPSG:6668")
    #expect(report.added == 1 && row.shape == nil)
    #expect(try original(town)?.pointCount == 2)
    #expect(report.rows.count == 1)
  }

  @Test("valid polygons, holes and lines pass unchanged and without a word")
  func valid() throws {
    for text in [
      "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 4 2, 4 4, 2 4, 2 2))",
      "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))", "LINESTRING (0 0, 1 1, 0 0)",
    ] {
      let (report, _, town) = try bring(text)
      #expect(report.rows.isEmpty)
      #expect(try original(town) == nil)
    }
  }
}
