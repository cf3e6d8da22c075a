internal import CProj
public import Geometry
private import Glibc

/// Lengths on the GRS 80 ellipsoid, in metres.
///
/// Source: C. F. F. Karney, "Algorithms for geodesics" (2013), as PROJ carries it.
public struct Geodesic: Sendable {
  private let equatorRadiusMetres = 6_378_137.0
  private let flattening = 1 / 298.257_222_101

  public init() {}

  public func distanceMetres(_ a: Point<Geographic>, _ b: Point<Geographic>) -> Double {
    var ellipsoid = geod_geodesic()
    unsafe geod_init(&ellipsoid, equatorRadiusMetres, flattening)
    var metres = 0.0
    unsafe geod_inverse(&ellipsoid, a.y, a.x, b.y, b.x, &metres, nil, nil)
    return metres
  }

  /// The place at an azimuth (degrees clockwise from north) and a distance.
  public func place(
    from start: Point<Geographic>, azimuthDegrees: Double, metres: Double
  ) -> Point<Geographic> {
    var ellipsoid = geod_geodesic()
    unsafe geod_init(&ellipsoid, equatorRadiusMetres, flattening)
    var latitude = 0.0
    var longitude = 0.0
    unsafe geod_direct(
      &ellipsoid, start.y, start.x, azimuthDegrees, metres, &latitude, &longitude, nil)
    return Point(x: longitude, y: latitude)
  }

  /// The least distance from `place` to a shape, in metres; 0 inside a polygon, nil for no place.
  ///
  /// The nearest point is found in a local plane around `place`; the distance to that point is the
  /// geodesic one, so a small error of the plane moves the foot of the perpendicular along the edge
  /// and enters the distance in second order only.
  public func distanceMetres(
    from place: Point<Geographic>, to shape: Shape<Geographic>
  ) -> Double? {
    let plane = LocalPlane(centre: place)
    var nearest: Point<Geographic>?
    var best = Double.infinity
    func segment(_ a: Point<Geographic>, _ b: Point<Geographic>) {
      let start = plane.metres(a)
      let end = plane.metres(b)
      let dx = end.x - start.x
      let dy = end.y - start.y
      let lengthSquared = dx * dx + dy * dy
      let along =
        lengthSquared > 0 ? min(max(-(start.x * dx + start.y * dy) / lengthSquared, 0), 1) : 0
      let x = start.x + along * dx
      let y = start.y + along * dy
      if x * x + y * y < best {
        best = x * x + y * y
        nearest = Point(x: a.x + along * (b.x - a.x), y: a.y + along * (b.y - a.y))
      }
    }
    func line(_ points: [Point<Geographic>]) {
      if points.count == 1 { segment(points[0], points[0]) }
      for index in points.indices.dropFirst() { segment(points[index - 1], points[index]) }
    }
    var isInside = false
    func visit(_ shape: Shape<Geographic>) {
      switch shape {
      case .point(let point): segment(point, point)
      case .multiPoint(let points): for point in points { segment(point, point) }
      case .line(let points): line(points)
      case .multiLine(let lines): lines.forEach(line)
      case .polygon(let rings):
        if Self.contains(rings, place) { isInside = true }
        rings.forEach(line)
      case .multiPolygon(let polygons):
        for rings in polygons { visit(.polygon(rings)) }
      case .collection(let members): members.forEach(visit)
      }
    }
    visit(shape)
    if isInside { return 0 }
    return nearest.map { distanceMetres(place, $0) }
  }

  /// Even-odd point in polygon, in degrees.
  static func contains(_ rings: [[Point<Geographic>]], _ place: Point<Geographic>) -> Bool {
    var inside = false
    for ring in rings {
      guard var previous = ring.last else { continue }
      for vertex in ring {
        if (vertex.y > place.y) != (previous.y > place.y),
          place.x < (previous.x - vertex.x) * (place.y - vertex.y) / (previous.y - vertex.y)
            + vertex.x
        {
          inside.toggle()
        }
        previous = vertex
      }
    }
    return inside
  }
}

/// Metres east and north of a centre, with the ellipsoid's two radii of curvature there.
private struct LocalPlane {
  let centre: Point<Geographic>
  let metresPerDegreeEast: Double
  let metresPerDegreeNorth: Double

  init(centre: Point<Geographic>) {
    self.centre = centre
    let step = 0.001
    let geodesic = Geodesic()
    metresPerDegreeEast =
      geodesic.distanceMetres(centre, Point(x: centre.x + step, y: centre.y)) / step
    metresPerDegreeNorth =
      geodesic.distanceMetres(
        Point(x: centre.x, y: centre.y - step / 2), Point(x: centre.x, y: centre.y + step / 2))
      / step
  }

  func metres(_ place: Point<Geographic>) -> (x: Double, y: Double) {
    (
      (place.x - centre.x) * metresPerDegreeEast,
      (place.y - centre.y) * metresPerDegreeNorth
    )
  }
}

extension Geodesic {
  /// The cosine of an angle in degrees.
  public static func cosine(degrees: Double) -> Double { cos(degrees * .pi / 180) }
}
