import Geometry
import Projection
import Testing

private func place(_ longitude: Double, _ latitude: Double) -> Point<Geographic> {
  Point(x: longitude, y: latitude)
}

@Suite("Geodesic")
struct GeodesicTests {
  private let geodesic = Geodesic()

  /// Source: `pyproj.Geod(ellps="GRS80").inv`, pyproj 3.7.2.
  @Test(
    "distances on GRS 80 are right to a millimetre",
    arguments: [
      (139.7671, 35.6812, 135.4959, 34.7025, 403_827.4941),
      (141.3508, 43.0687, 127.6809, 26.2124, 2_244_447.8348),
      (138.32, 34.87, 138.3201, 34.8702, 23.9977),
      (138.32, 34.87, 138.32, 34.97, 11_093.9110),
      (138.32, 34.87, 138.42, 34.87, 9143.2309),
      (153.9808, 24.2867, 122.9326, 24.4497, 3_143_484.3449),
      (138.32, 34.87, 138.32, 34.87, 0),
    ])
  func distances(west: Double, south: Double, east: Double, north: Double, metres: Double) {
    let (a, b) = (place(west, south), place(east, north))
    #expect(abs(geodesic.distanceMetres(a, b) - metres) < 0.0005)
    #expect(abs(geodesic.distanceMetres(b, a) - metres) < 0.0005)
  }

  @Test("the place at a distance is at that distance", arguments: [0.0, 45, 90, 179, 270, 359])
  func direct(azimuth: Double) {
    let start = place(138.32, 34.87)
    for metres in [0.5, 80, 12_345.678] {
      let end = geodesic.place(from: start, azimuthDegrees: azimuth, metres: metres)
      #expect(abs(geodesic.distanceMetres(start, end) - metres) < 1e-6)
    }
    let east = geodesic.place(from: start, azimuthDegrees: 90, metres: 100)
    #expect(east.x > start.x)
    let north = geodesic.place(from: start, azimuthDegrees: 0, metres: 100)
    #expect(north.y > start.y)
    #expect(abs(north.x - start.x) < 1e-9)
  }

  /// A triangle in metres around a place, as geographic corners.
  private func corner(_ centre: Point<Geographic>, east: Double, north: Double) -> Point<Geographic>
  {
    let up = geodesic.place(from: centre, azimuthDegrees: 0, metres: north)
    return geodesic.place(from: up, azimuthDegrees: 90, metres: east)
  }

  @Test("the distance to a line is that of its nearest point, corners and ends included")
  func lines() throws {
    let centre = place(138.32, 34.87)
    let line = Shape<Geographic>.line([
      corner(centre, east: 100, north: -500), corner(centre, east: 100, north: 500),
      corner(centre, east: 900, north: 500),
    ])
    let beside = try #require(geodesic.distanceMetres(from: centre, to: line))
    #expect(abs(beside - 100) < 0.01)
    let beyond = try #require(
      geodesic.distanceMetres(from: corner(centre, east: 100, north: -800), to: line))
    #expect(abs(beyond - 300) < 0.01)
    let on = try #require(
      geodesic.distanceMetres(from: corner(centre, east: 100, north: 200), to: line))
    #expect(on < 0.01)
  }

  @Test("the distance to a line agrees with a dense walk along it", arguments: 0..<20)
  func linesAgreeWithWalk(seed: Int) throws {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ range: ClosedRange<Double>) -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let share = Double(state >> 11) / Double(1 << 53 as UInt64)
      return range.lowerBound + (range.upperBound - range.lowerBound) * share
    }
    let centre = place(random(123...146), random(24...45))
    let points = (0..<6).map { _ in
      corner(centre, east: random(-2000...2000), north: random(-2000...2000))
    }
    let found = try #require(geodesic.distanceMetres(from: centre, to: .line(points)))
    var least = Double.infinity
    for (a, b) in zip(points, points.dropFirst()) {
      for step in 0...2000 {
        let share = Double(step) / 2000
        let place = Point<Geographic>(x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share)
        least = min(least, geodesic.distanceMetres(centre, place))
      }
    }
    // The walk's steps are up to 3 m long, which moves its nearest point by a millimetre or so.
    #expect(found <= least + 0.001)
    #expect(found >= least - 0.05)
  }

  @Test("inside a polygon the distance is nothing, in its hole it is that to the hole's edge")
  func polygons() throws {
    let centre = place(138.32, 34.87)
    func square(_ half: Double) -> [Point<Geographic>] {
      [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)].map {
        corner(centre, east: $0.0, north: $0.1)
      }
    }
    let polygon = Shape<Geographic>.polygon([square(1000), square(200)])
    let inHole = try #require(geodesic.distanceMetres(from: centre, to: polygon))
    #expect(abs(inHole - 200) < 0.05)
    let inside = corner(centre, east: 500, north: 500)
    #expect(geodesic.distanceMetres(from: inside, to: polygon) == 0)
    #expect(geodesic.distanceMetres(from: inside, to: .collection([.point(centre), polygon])) == 0)
    let outside = corner(centre, east: 1300, north: 0)
    let distance = try #require(geodesic.distanceMetres(from: outside, to: polygon))
    #expect(abs(distance - 300) < 0.05)
    let two = Shape<Geographic>.multiPolygon([[square(10)], [square(1000)]])
    let corners = try #require(geodesic.distanceMetres(from: outside, to: two))
    #expect(abs(corners - 300) < 0.05)
  }

  @Test("the distance to points is that to the nearest; to nothing there is none")
  func pointsAndNothing() throws {
    let centre = place(138.32, 34.87)
    let near = corner(centre, east: 30, north: 40)
    let far = corner(centre, east: 300, north: 400)
    let distance = try #require(
      geodesic.distanceMetres(from: centre, to: .multiPoint([far, near])))
    #expect(abs(distance - 50) < 0.001)
    #expect(
      geodesic.distanceMetres(from: centre, to: .point(near))
        == geodesic.distanceMetres(centre, near))
    for empty: Shape<Geographic> in [
      .multiPoint([]), .line([]), .polygon([]), .collection([]), .multiPolygon([[]]),
    ] {
      #expect(geodesic.distanceMetres(from: centre, to: empty) == nil)
    }
  }

  @Test("ordinates that are no numbers neither trap nor win")
  func notNumbers() {
    let centre = place(138.32, 34.87)
    let good = corner(centre, east: 3, north: 4)
    let shape = Shape<Geographic>.multiPoint([place(.nan, .nan), good, place(.infinity, 0)])
    let distance = geodesic.distanceMetres(from: centre, to: shape)
    #expect(distance == geodesic.distanceMetres(centre, good))
  }
}
