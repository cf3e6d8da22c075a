#if canImport(Glibc)
  private import Glibc
#endif

/// A vertex of the drawing grid: Web Mercator as integers.
///
/// The world is a square of 2³⁶ units a side (0.58 mm on the equator), x east from 180° W, y south
/// from the northern edge, so that tile arithmetic is shifts.
public struct GridPoint: Hashable, Sendable {
  public var x: Int64
  public var y: Int64

  @inlinable
  public init(x: Int64, y: Int64) {
    self.x = x
    self.y = y
  }
}

/// A closed rectangle of the drawing grid.
public struct GridBox: Hashable, Sendable {
  public var minX: Int64
  public var minY: Int64
  public var maxX: Int64
  public var maxY: Int64

  @inlinable
  public init(minX: Int64, minY: Int64, maxX: Int64, maxY: Int64) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  /// Holds nothing; the identity of `formUnion`.
  public static let empty = GridBox(minX: .max, minY: .max, maxX: .min, maxY: .min)

  @inlinable
  public var isEmpty: Bool { minX > maxX || minY > maxY }

  @inlinable
  public func intersects(_ other: GridBox) -> Bool {
    minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY
  }

  @inlinable
  public func contains(_ point: GridPoint) -> Bool {
    point.x >= minX && point.x <= maxX && point.y >= minY && point.y <= maxY
  }

  @inlinable
  public mutating func formUnion(_ point: GridPoint) {
    minX = min(minX, point.x)
    minY = min(minY, point.y)
    maxX = max(maxX, point.x)
    maxY = max(maxY, point.y)
  }

  @inlinable
  public mutating func formUnion(_ other: GridBox) {
    guard !other.isEmpty else { return }
    minX = min(minX, other.minX)
    minY = min(minY, other.minY)
    maxX = max(maxX, other.maxX)
    maxY = max(maxY, other.maxY)
  }

  /// The box grown by `units` on every side, kept within what 64 bits hold.
  public func grown(by units: Int64) -> GridBox {
    guard !isEmpty else { return self }
    func sum(_ a: Int64, _ b: Int64) -> Int64 {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? (b < 0 ? .min : .max) : sum
    }
    // The negative of the least number does not exist; one off is as far outside of every world.
    let back = units == .min ? .max : -units
    return GridBox(
      minX: sum(minX, back), minY: sum(minY, back), maxX: sum(maxX, units), maxY: sum(maxY, units))
  }
}

/// The drawing grid's relation to degrees, tiles and pixels.
public enum WorldGrid {
  /// log₂ of the world's side in units.
  public static let sideBits = 36
  public static let side: Int64 = 1 << 36
  /// The highest zoom of a 256-px tile; @2x counts as one more.
  public static let highestZoom = 20
  /// Web Mercator ends where its square is complete.
  public static let latitudeLimit = 85.051_128_779_806_59

  /// Units of one pixel of a 256-px tile at `zoom`.
  @inlinable
  public static func unitsPerPixel(zoom: Int) -> Int64 { 1 << Int64(28 - zoom) }

  /// The place of a longitude and latitude in degrees; nil outside the projection.
  ///
  /// Source: EPSG:3857 forward formula (spherical Mercator), rounded to the nearest unit.
  public static func point(_ place: Point<Geographic>) -> GridPoint? {
    guard place.isFinite, abs(place.x) <= 180, abs(place.y) <= latitudeLimit else { return nil }
    let x = (place.x + 180) / 360 * Double(side)
    let sine = sin(place.y * .pi / 180)
    let northing = 0.5 * log((1 + sine) / (1 - sine))
    let y = (1 - northing / .pi) / 2 * Double(side)
    return GridPoint(
      x: min(max(Int64(x.rounded()), 0), side), y: min(max(Int64(y.rounded()), 0), side))
  }

  /// The longitude and latitude of a place on the grid, in degrees.
  public static func degrees(_ place: GridPoint) -> Point<Geographic> {
    let longitude = Double(place.x) / Double(side) * 360 - 180
    let northing = (1 - Double(place.y) / Double(side) * 2) * .pi
    let latitude = (2 * atan(exp(northing)) - .pi / 2) * 180 / .pi
    return Point(x: longitude, y: latitude)
  }

  /// The grid's box around a box of degrees; what lies past the projection's edge is cut off.
  public static func box(_ degrees: Box<Geographic>) -> GridBox? {
    let west = min(max(degrees.minX, -180), 180)
    let east = min(max(degrees.maxX, -180), 180)
    let south = min(max(degrees.minY, -latitudeLimit), latitudeLimit)
    let north = min(max(degrees.maxY, -latitudeLimit), latitudeLimit)
    guard let southWest = point(Point(x: west, y: south)),
      let northEast = point(Point(x: east, y: north))
    else { return nil }
    return GridBox(minX: southWest.x, minY: northEast.y, maxX: northEast.x, maxY: southWest.y)
  }
}
