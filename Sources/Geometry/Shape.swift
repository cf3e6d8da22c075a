/// The form of one feature: what the OGC calls a simple feature geometry, in two dimensions.
///
/// Rings are closed: their last point equals their first. The first ring of a polygon is its outer
/// one. Orientation is kept as it came in.
public indirect enum Shape<S: Space>: Hashable, Sendable {
  case point(Point<S>)
  case multiPoint([Point<S>])
  case line([Point<S>])
  case multiLine([[Point<S>]])
  case polygon([[Point<S>]])
  case multiPolygon([[[Point<S>]]])
  case collection([Shape<S>])
}

/// What a feature is drawn and counted as.
public enum GeometryKind: UInt8, Sendable, Hashable {
  case point = 0
  case line = 1
  case polygon = 2
}

// Inlinable, since unspecialised code asks the runtime for the type of every array of points.
extension Shape {
  /// Whether there is no point in it at all (an empty geometry has no place).
  @inlinable
  public var isEmpty: Bool {
    var found = false
    forEachPoint { _ in found = true }
    return !found
  }

  /// The kind of the first non-empty part; nil for an empty shape.
  @inlinable
  public var kind: GeometryKind? {
    switch self {
    case .point: .point
    case .multiPoint(let points): points.isEmpty ? nil : .point
    case .line(let points): points.isEmpty ? nil : .line
    // Closures, not key paths: in generic code those are made anew at every call.
    case .multiLine(let lines): lines.allSatisfy { $0.isEmpty } ? nil : .line
    case .polygon(let rings): rings.allSatisfy { $0.isEmpty } ? nil : .polygon
    case .multiPolygon(let polygons):
      polygons.allSatisfy { $0.allSatisfy { $0.isEmpty } } ? nil : .polygon
    case .collection(let members): members.lazy.compactMap { $0.kind }.first
    }
  }

  /// Visits every vertex in storage order.
  @inlinable
  public func forEachPoint(_ body: (Point<S>) -> Void) {
    switch self {
    case .point(let point): body(point)
    case .multiPoint(let points), .line(let points):
      for point in points { body(point) }
    case .multiLine(let parts), .polygon(let parts):
      for part in parts {
        for point in part { body(point) }
      }
    case .multiPolygon(let polygons):
      for rings in polygons {
        for ring in rings {
          for point in ring { body(point) }
        }
      }
    case .collection(let members):
      for member in members { member.forEachPoint(body) }
    }
  }

  @inlinable
  public var pointCount: Int {
    var count = 0
    forEachPoint { _ in count += 1 }
    return count
  }

  /// The smallest box around all vertices; nil when there are none.
  @inlinable
  public var bounds: Box<S>? {
    var minX = Double.infinity
    var minY = Double.infinity
    var maxX = -Double.infinity
    var maxY = -Double.infinity
    forEachPoint { point in
      minX = min(minX, point.x)
      minY = min(minY, point.y)
      maxX = max(maxX, point.x)
      maxY = max(maxY, point.y)
    }
    return Box(minX: minX, minY: minY, maxX: maxX, maxY: maxY)
  }

  /// The same form with every vertex sent through `transform`.
  @inlinable
  public func map<T: Space, E: Error>(
    _ transform: (Point<S>) throws(E) -> Point<T>
  ) throws(E) -> Shape<T> {
    func points(_ source: [Point<S>]) throws(E) -> [Point<T>] {
      var result: [Point<T>] = []
      result.reserveCapacity(source.count)
      for point in source { result.append(try transform(point)) }
      return result
    }
    func lists(_ source: [[Point<S>]]) throws(E) -> [[Point<T>]] {
      var result: [[Point<T>]] = []
      for part in source { result.append(try points(part)) }
      return result
    }
    switch self {
    case .point(let point): return .point(try transform(point))
    case .multiPoint(let source): return .multiPoint(try points(source))
    case .line(let source): return .line(try points(source))
    case .multiLine(let source): return .multiLine(try lists(source))
    case .polygon(let source): return .polygon(try lists(source))
    case .multiPolygon(let source):
      var result: [[[Point<T>]]] = []
      for rings in source { result.append(try lists(rings)) }
      return .multiPolygon(result)
    case .collection(let members):
      var result: [Shape<T>] = []
      for member in members { result.append(try member.map(transform)) }
      return .collection(result)
    }
  }

  /// The name of the OGC geometry type, as GeoJSON and GeoPackage spell it.
  public var typeName: String {
    switch self {
    case .point: "Point"
    case .multiPoint: "MultiPoint"
    case .line: "LineString"
    case .multiLine: "MultiLineString"
    case .polygon: "Polygon"
    case .multiPolygon: "MultiPolygon"
    case .collection: "GeometryCollection"
    }
  }
}
