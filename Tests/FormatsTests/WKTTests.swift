import Formats
import Geometry
import Testing

@Suite struct WKTTests {
  private func read(_ text: String) -> WKTReader.Reading {
    var reader = WKTReader(text)
    return reader.read()
  }

  @Test(
    "what is written is read back the same",
    arguments: [
      Shape<Native>.point(Point(x: 139.123456789012, y: -35.5)),
      .multiPoint([Point(x: 1, y: 2), Point(x: 3, y: 4)]),
      .line([Point(x: 0, y: 0), Point(x: 1e-7, y: 1e20)]),
      .multiLine([[Point(x: 0, y: 0), Point(x: 1, y: 1)], []]),
      .polygon([[Point(x: 0, y: 0), Point(x: 1, y: 0), Point(x: 1, y: 1), Point(x: 0, y: 0)]]),
      .multiPolygon([
        [[Point(x: 0, y: 0), Point(x: 1, y: 0), Point(x: 1, y: 1), Point(x: 0, y: 0)]]
      ]),
      .collection([.point(Point(x: 5, y: 6)), .collection([]), .line([])]),
      .multiPoint([]),
    ])
  func roundTrip(shape: Shape<Native>) {
    if case .multiLine = shape {
      // An empty member line is written, and read, as EMPTY only at the top.
      #expect(shape.wkt == "MULTILINESTRING ((0 0, 1 1), EMPTY)")
      return
    }
    #expect(read(shape.wkt) == .shape(shape))
  }

  @Test("other spellings are read")
  func spellings() {
    let point = Shape<Native>.point(Point(x: 1, y: 2))
    for text in ["point(1 2)", "SRID=6668;POINT(1 2)", " Point ( 1.0 2e0 ) "] {
      #expect(read(text) == .shape(point))
    }
    #expect(read("MULTIPOINT (1 2, 3 4)") == read("MULTIPOINT ((1 2), (3 4))"))
    #expect(read("POINT EMPTY") == .shape(.multiPoint([])))
  }

  @Test(
    "Z and M are dropped with a word",
    arguments: ["POINT Z (1 2 3)", "POINTZ(1 2 3)", "POINT ZM (1 2 3 4)", "POINT (1 2 3)"])
  func heights(text: String) {
    var reader = WKTReader(text)
    #expect(reader.read() == .shape(.point(Point(x: 1, y: 2))))
    #expect(reader.droppedOrdinates)
  }

  @Test(
    "what is no WKT is refused",
    arguments: [
      "", "POINT", "POINT (1)", "POINT (1 2", "POINT (1 2) x", "CIRCLE (1 2)", "POINT (a b)",
      "POINT (nan 1)",
      "POLYGON ((0 0, 1 1)", "LINESTRING (0 0,)", "SRID=", "POINT (1 2 3 4 5)",
    ])
  func refused(text: String) {
    guard case .refused = read(text) else {
      Issue.record("“\(text)” was read")
      return
    }
  }

  @Test("every prefix of a geometry is refused or read, and deep nesting is refused")
  func prefixes() {
    let whole = "GEOMETRYCOLLECTION (POLYGON ((0 0, 1 0, 1 1, 0 0)), MULTIPOINT ((1 2), (3 4)))"
    for count in 0..<whole.count {
      guard case .refused = read(String(whole.prefix(count))) else {
        Issue.record("a prefix of \(count) characters was read")
        continue
      }
    }
    let deep = String(repeating: "GEOMETRYCOLLECTION(", count: 10_000)
    guard case .refused = read(deep) else {
      Issue.record("nesting without end was read")
      return
    }
  }
}
