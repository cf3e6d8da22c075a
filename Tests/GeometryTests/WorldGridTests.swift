import Geometry
import SeededRandom
import Testing

@Suite("World grid")
struct WorldGridTests {
  @Test("the corners of the world are the corners of the grid")
  func corners() {
    let limit = WorldGrid.latitudeLimit
    let side = WorldGrid.side
    #expect(WorldGrid.point(place(-180, limit)) == GridPoint(x: 0, y: 0))
    #expect(WorldGrid.point(place(180, limit)) == GridPoint(x: side, y: 0))
    #expect(WorldGrid.point(place(-180, -limit)) == GridPoint(x: 0, y: side))
    #expect(WorldGrid.point(place(180, -limit)) == GridPoint(x: side, y: side))
    #expect(WorldGrid.point(place(0, 0)) == GridPoint(x: side / 2, y: side / 2))
  }

  @Test("places outside the projection have no vertex")
  func outside() {
    for outside in [
      place(0, 85.06), place(0, -90), place(0, 90), place(180.000001, 0), place(-181, 0),
      place(.nan, 0), place(0, .nan), place(.infinity, 0), place(0, -.infinity),
    ] {
      #expect(WorldGrid.point(outside) == nil)
    }
  }

  @Test("a place comes back within half a unit", arguments: 0..<10)
  func degreesRoundTrip(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let start = place(
        .random(in: -180...180, using: &random), .random(in: -85...85, using: &random))
      let vertex = try #require(WorldGrid.point(start))
      let back = WorldGrid.degrees(vertex)
      // One unit is 360 / 2^36 degrees of longitude, and less of latitude.
      let unit = 360.0 / Double(WorldGrid.side)
      #expect(abs(back.x - start.x) <= 0.5001 * unit)
      #expect(abs(back.y - start.y) <= 0.5001 * unit)
    }
  }

  @Test("every vertex comes back as itself", arguments: 0..<10)
  func verticesRoundTrip(seed: Int) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let vertex = GridPoint(
        x: .random(in: 0...WorldGrid.side, using: &random),
        y: .random(in: 0...WorldGrid.side, using: &random))
      #expect(WorldGrid.point(WorldGrid.degrees(vertex)) == vertex)
    }
  }

  @Test("known tiles hold known places")
  func tiles() throws {
    // Tokyo station and Yaizu city hall, by the tile arithmetic of the OpenStreetMap wiki.
    for (longitude, latitude, zoom, column, row) in [
      (139.7671, 35.6812, 14, 14552, 6451), (138.3233, 34.8669, 15, 28974, 12994),
      (139.7671, 35.6812, 0, 0, 0), (-122.4194, 37.7749, 10, 163, 395),
    ] as [(Double, Double, Int64, Int64, Int64)] {
      let vertex = try #require(WorldGrid.point(place(longitude, latitude)))
      #expect(vertex.x >> (36 - zoom) == column)
      #expect(vertex.y >> (36 - zoom) == row)
    }
    #expect(WorldGrid.unitsPerPixel(zoom: 0) == WorldGrid.side / 256)
    #expect(WorldGrid.unitsPerPixel(zoom: 20) == 256)
  }

  @Test("the formula agrees with EPSG's guidance note 7-2")
  func publishedExample() throws {
    // Popular Visualisation Pseudo-Mercator: 24°22'54.433"N 100°20'00.000"W is E -11 169 055.58 m,
    // N 2 800 000.00 m.
    let latitude = 24 + 22.0 / 60 + 54.433 / 3600
    let longitude = -(100 + 20.0 / 60)
    let vertex = try #require(WorldGrid.point(place(longitude, latitude)))
    let metresPerUnit = 2 * 6_378_137.0 * Double.pi / Double(WorldGrid.side)
    #expect(
      abs((Double(vertex.x) - Double(WorldGrid.side) / 2) * metresPerUnit + 11_169_055.58) < 0.01)
    #expect(abs((Double(WorldGrid.side) / 2 - Double(vertex.y)) * metresPerUnit - 2_800_000) < 0.02)
  }

  @Test("a box of degrees is cut at the projection's edge")
  func boxes() throws {
    let world = try #require(Box<Geographic>(minX: -500, minY: -90, maxX: 500, maxY: 90))
    #expect(
      WorldGrid.box(world)
        == GridBox(minX: 0, minY: 0, maxX: WorldGrid.side, maxY: WorldGrid.side))
    let town = try #require(Box<Geographic>(minX: 138, minY: 34, maxX: 139, maxY: 35))
    let box = try #require(WorldGrid.box(town))
    #expect(box.contains(try #require(WorldGrid.point(place(138, 34)))))
    #expect(box.contains(try #require(WorldGrid.point(place(139, 35)))))
    #expect(!box.contains(try #require(WorldGrid.point(place(138.5, 33.999999)))))
  }

  @Test("growing a box never leaves what 64 bits hold")
  func growing() {
    let box = GridBox(minX: 10, minY: 20, maxX: 30, maxY: 40)
    #expect(box.grown(by: 5) == GridBox(minX: 5, minY: 15, maxX: 35, maxY: 45))
    #expect(GridBox.empty.grown(by: 5).isEmpty)
    let far = GridBox(minX: .min + 1, minY: -7, maxX: 7, maxY: .max - 1)
    #expect(far.grown(by: 9) == GridBox(minX: .min, minY: -16, maxX: 16, maxY: .max))
    #expect(
      box.grown(by: .max)
        == GridBox(minX: 10 - .max, minY: 20 - .max, maxX: .max, maxY: .max))
    #expect(box.grown(by: -15).isEmpty)
  }

  @Test("an empty box adds nothing and meets nothing")
  func emptyBox() {
    var box = GridBox.empty
    box.formUnion(GridBox.empty)
    #expect(box.isEmpty)
    let whole = GridBox(minX: .min, minY: .min, maxX: .max, maxY: .max)
    #expect(!box.contains(GridPoint(x: 0, y: 0)))
    box.formUnion(GridPoint(x: 3, y: 4))
    #expect(box == GridBox(minX: 3, minY: 4, maxX: 3, maxY: 4))
    #expect(box.intersects(whole))
  }
}
