import Features
import Geometry
import Import
import LayerStore
import Projection
import Testing
import Workspace

@Suite("Places of imported rows")
struct PlaceTests {
  private let fields = #"{"name": "番号", "type": "text"}"#

  @Test(
    "files in other reference systems are brought into the commonest, with their originals kept")
  func mixedSystems() throws {
    let town = try Town()
    try town.declare(
      geometry: "point",
      source: """
        {"files": [{"glob": "jgd*.csv", "crs": "EPSG:6676"}, {"glob": "tokyo.csv", "crs": "EPSG:30168"},
                   {"glob": "degrees.csv", "crs": "EPSG:6668"}],
         "columns": {"east": "Y", "north": "X"}}
        """, fields: fields)
    try town.source("jgd1.csv", "番号,X,Y\na,-120000.125,-20000.5\n")
    try town.source("jgd2.csv", "番号,X,Y\nb,-119000,-19000\n")
    try town.source("tokyo.csv", "番号,X,Y\nc,-121234.567,-23456.789\n")
    try town.source("degrees.csv", "番号,X,Y\nd,34.87,138.32\n")
    let report = try town.bring()
    #expect(report.added == 4 && report.placed == 4 && report.rows.isEmpty)
    #expect(report.files.map(\.reference) == ["EPSG:6676", "EPSG:6676", "EPSG:30168", "EPSG:6668"])
    let zone = ReferenceSystem(epsg: 6676)
    #expect(try town.layer()?.reference == zone)
    let store = try town.store()
    let rows = try town.rows()
    #expect(rows[0].shape == .point(Point(x: -20_000.5, y: -120_000.125)))
    for (row, from, x, y) in [
      (2, 30_168, -23_456.789, -121_234.567), (3, 6668, 138.32, 34.87),
    ] {
      let source = ReferenceSystem(epsg: from)
      let start = Point<Native>(x: x, y: y)
      let expected: Point<Native> = try #require(
        try Reprojection(from: source, to: zone).forward(start))
      guard case .point(let found)? = rows[row].shape else {
        Issue.record("row \(row) has no point")
        continue
      }
      #expect(abs(found.x - expected.x) < 0.001 && abs(found.y - expected.y) < 0.001)
      let original = try #require(try store.original(of: rows[row].key, in: points))
      #expect(original.reference == source)
      #expect(try Shape<Native>(wkb: original.wkb) == .point(start))
    }
    #expect(try store.original(of: rows[0].key, in: points) == nil)
    #expect(try store.original(of: rows[1].key, in: points) == nil)
    #expect(try town.bring().unchanged == 4)
  }

  @Test("east and north, degrees and WKT land where they should")
  func columns() throws {
    for (columns, crs, line, expected) in [
      (
        #"{"east": "Y", "north": "X"}"#, "EPSG:6676", "番号,X,Y\n1,-120000,-20000\n",
        Point<Native>(x: -20_000, y: -120_000)
      ),
      (
        #"{"longitude": "経度", "latitude": "緯度"}"#, "EPSG:6668", "番号,緯度,経度\n1,34.87,138.32\n",
        Point<Native>(x: 138.32, y: 34.87)
      ),
      (
        #"{"wkt": "形"}"#, "EPSG:6668", "番号,形\n1,POINT (138.32 34.87)\n",
        Point<Native>(x: 138.32, y: 34.87)
      ),
    ] {
      let town = try Town()
      try town.declare(
        geometry: "point",
        source: "{\"files\": [\"a.csv\"], \"crs\": \"\(crs)\", \"columns\": \(columns)}",
        fields: fields)
      try town.source("a.csv", line)
      #expect(try town.bring().placed == 1)
      #expect(try town.rows().first?.shape == .point(expected))
      // The columns of the place are no columns of the ledger.
      #expect(try town.layer()?.fields.map(\.name) == ["番号"])
    }
  }

  @Test("rows without a place, or with one outside of their system, are kept and told")
  func withoutPlace() throws {
    let town = try Town()
    try town.declare(
      geometry: "point",
      source: """
        {"files": [{"glob": "a.csv", "crs": "EPSG:6668"}, {"glob": "b.csv", "crs": "EPSG:6676"},
                   {"glob": "c.csv", "crs": "EPSG:6676"}], "columns": {"east": "東", "north": "北"}}
        """, fields: fields)
    try town.source("a.csv", "番号,東,北\n1,138.32,34.87\n2,,\n3,138,95\n")
    try town.source("b.csv", "番号,東,北\n4,1,2\n")
    try town.source("c.csv", "番号,東,北\n5,1,2\n")
    let report = try town.bring()
    #expect(report.addsUp && report.added == 5)
    #expect(report.placed == 3)
    let rows = try town.rows()
    #expect(rows.map { $0.shape == nil } == [false, true, true, false, false])
    #expect(report.rows.contains { $0.kind == .note && $0.row == 4 })
    // The coordinates that could not be placed are not lost.
    #expect(try town.store().original(of: FeatureKey("3"), in: points) != nil)
  }

  @Test("height is dropped from the form and kept in the original")
  func height() throws {
    let town = try Town()
    try town.declare(
      geometry: "point", source: #"{"files": ["a.geojson"]}"#, fields: fields)
    try town.source(
      "a.geojson",
      """
      {"type": "FeatureCollection", "features": [
       {"type": "Feature", "properties": {"番号": "1"},
        "geometry": {"type": "Point", "coordinates": [138.32, 34.87, 12.5]}},
       {"type": "Feature", "properties": {"番号": "2"}, "geometry": null},
       {"type": "Feature", "properties": {"番号": "3"},
        "geometry": {"type": "LineString", "coordinates": [[138, 34], [139, 35]]}}]}
      """)
    let report = try town.bring()
    #expect(report.added == 3 && report.placed == 2)
    let store = try town.store()
    let original = try #require(try store.original(of: FeatureKey("1"), in: points))
    var reader = WKBReader(original.wkb)
    #expect(try reader.read(Native.self) == .point(Point(x: 138.32, y: 34.87)))
    #expect(reader.droppedOrdinates)
    #expect(try town.rows()[0].shape == .point(Point(x: 138.32, y: 34.87)))
    #expect(try town.rows()[1].shape == nil)
    // A line in a layer of points is taken and told.
    #expect(
      report.rows.contains { $0.row == 3 && $0.reason.text(in: .english).contains("LineString") })
  }

  @Test("a ledger without places leaves geometry out and says so")
  func ledger() throws {
    let town = try Town()
    try town.declare(source: #"{"files": ["a.geojson"]}"#, fields: fields)
    try town.source(
      "a.geojson",
      """
      {"type": "FeatureCollection", "features": [
       {"type": "Feature", "properties": {"番号": "1"},
        "geometry": {"type": "Point", "coordinates": [138.32, 34.87]}}]}
      """)
    let report = try town.bring()
    #expect(report.added == 1 && report.placed == 0)
    #expect(report.rows.count == 1)
    #expect(try town.rows().first?.shape == nil)
  }

  @Test("a layer may turn from a ledger into one of places")
  func placesLater() throws {
    let town = try Town()
    try town.source("a.csv", "番号,経度,緯度\n1,138.32,34.87\n")
    try town.declare(fields: fields)
    #expect(try town.bring().placed == 0)
    try town.declare(
      geometry: "point", source: #"{"files": ["*.csv"], "crs": "EPSG:6668"}"#, fields: fields)
    let report = try town.bring()
    #expect(report.placed == 1 && report.changed == 1)
  }
}
