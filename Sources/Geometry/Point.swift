/// A reference system that coordinates belong to, as a type, so that no place is mistaken for another.
public protocol Space: Sendable {}

/// The layer's own system and unit, east (or longitude) first: the reader has put it so.
public enum Native: Space {}

/// Degrees of longitude and latitude on the JGD2011 / WGS 84 family, always longitude first.
public enum Geographic: Space {}

/// A place in the plane of `S`: x east (or longitude), y north (or latitude).
public struct Point<S: Space>: Hashable, Sendable {
  public var x: Double
  public var y: Double

  @inlinable
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// Whether both ordinates are numbers that geometry can be computed with.
  @inlinable
  public var isFinite: Bool { x.isFinite && y.isFinite }
}

/// A closed rectangle that is never inverted.
public struct Box<S: Space>: Hashable, Sendable {
  public let minX: Double
  public let minY: Double
  public let maxX: Double
  public let maxY: Double

  /// Nil when a side is not finite or the box would be inverted.
  @inlinable
  public init?(minX: Double, minY: Double, maxX: Double, maxY: Double) {
    guard minX.isFinite, minY.isFinite, maxX.isFinite, maxY.isFinite, minX <= maxX, minY <= maxY
    else { return nil }
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  /// The smallest box around `points`; nil when there are none.
  @inlinable
  public init?(around points: some Sequence<Point<S>>) {
    var minX = Double.infinity
    var minY = Double.infinity
    var maxX = -Double.infinity
    var maxY = -Double.infinity
    for point in points where point.isFinite {
      minX = min(minX, point.x)
      minY = min(minY, point.y)
      maxX = max(maxX, point.x)
      maxY = max(maxY, point.y)
    }
    self.init(minX: minX, minY: minY, maxX: maxX, maxY: maxY)
  }

  public func contains(_ point: Point<S>) -> Bool {
    point.x >= minX && point.x <= maxX && point.y >= minY && point.y <= maxY
  }

  public func intersects(_ other: Box<S>) -> Bool {
    minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY
  }

  public func union(_ other: Box<S>) -> Box<S> {
    Box(
      uncheckedMinX: min(minX, other.minX), minY: min(minY, other.minY),
      maxX: max(maxX, other.maxX), maxY: max(maxY, other.maxY))
  }

  private init(uncheckedMinX minX: Double, minY: Double, maxX: Double, maxY: Double) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }
}
