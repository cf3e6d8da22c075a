internal import CGEOS
public import Geometry

/// A shape that many others are compared with: GEOS keeps an index of its edges.
///
/// It belongs to its `Topology` and, like that, to one thread at a time.
@safe
public final class PreparedShape<S: Space> {
  private let held: HeldGeometry
  private let prepared: OpaquePointer

  fileprivate init(_ held: HeldGeometry) throws(TopologyError) {
    self.held = held
    guard let prepared = unsafe GEOSPrepare_r(held.owner.handle, held.pointer) else {
      throw held.owner.failure("how the geometry is prepared")
    }
    unsafe self.prepared = prepared
  }

  deinit { unsafe GEOSPreparedGeom_destroy_r(held.owner.handle, prepared) }

  /// Whether `feature` stands in the relation to this shape, the feature first: `.within` asks whether
  /// the feature lies within this shape.
  ///
  /// - Throws: where the feature is no geometry that GEOS can hold, or an invalid one that it cannot
  ///   compare.
  public func holds(_ relation: Relation, for feature: Shape<S>) throws(TopologyError) -> Bool {
    let other = try held.owner.geometry(feature)
    let handle = unsafe held.owner.handle
    let answer: CChar
    switch relation {
    case .intersects: answer = unsafe GEOSPreparedIntersects_r(handle, prepared, other.pointer)
    case .within: answer = unsafe GEOSPreparedContains_r(handle, prepared, other.pointer)
    case .contains: answer = unsafe GEOSPreparedWithin_r(handle, prepared, other.pointer)
    case .disjoint: answer = unsafe GEOSPreparedDisjoint_r(handle, prepared, other.pointer)
    case .touches: answer = unsafe GEOSPreparedTouches_r(handle, prepared, other.pointer)
    case .crosses:
      // The relation is not the same both ways for a line and an area.
      answer = unsafe GEOSCrosses_r(handle, other.pointer, held.pointer)
    case .overlaps: answer = unsafe GEOSPreparedOverlaps_r(handle, prepared, other.pointer)
    case .equals: answer = unsafe GEOSEquals_r(handle, other.pointer, held.pointer)
    }
    guard answer == 0 || answer == 1 else { throw held.owner.failure("“\(relation.rawValue)”") }
    return answer == 1
  }
}

extension Topology {
  /// Prepares a shape for many comparisons.
  public func prepare<S: Space>(_ shape: Shape<S>) throws(TopologyError) -> PreparedShape<S> {
    try PreparedShape(geometry(shape))
  }

  /// The least distance between two shapes in the unit of their coordinates; nil if one is empty.
  public func distance<S: Space>(
    _ a: Shape<S>, _ b: Shape<S>
  ) throws(TopologyError) -> Double? {
    guard !a.isEmpty, !b.isEmpty else { return nil }
    let left = try geometry(a)
    let right = try geometry(b)
    var distance = 0.0
    guard unsafe GEOSDistance_r(handle, left.pointer, right.pointer, &distance) == 1 else {
      throw failure("the distance")
    }
    return distance
  }

  /// The area in the square of the coordinates' unit; 0 for points and lines.
  public func area<S: Space>(_ shape: Shape<S>) throws(TopologyError) -> Double {
    let held = try geometry(shape)
    var area = 0.0
    guard unsafe GEOSArea_r(handle, held.pointer, &area) == 1 else { throw failure("the area") }
    return area
  }

  /// Everything within a distance of the shape (or, for areas, less a margin if it is negative).
  public func buffer<S: Space>(
    _ shape: Shape<S>, distance: Double, quadrantSegments: Int32 = 8
  ) throws(TopologyError) -> Shape<S> {
    guard distance.isFinite, (1...64).contains(quadrantSegments) else {
      throw TopologyError("A buffer needs a finite distance and 1 to 64 segments a quadrant.")
    }
    let held = try geometry(shape)
    return try unsafe result(
      unsafe GEOSBuffer_r(handle, held.pointer, distance, quadrantSegments), of: "the buffer")
  }

  /// A place that is surely on the shape; nil for an empty one.
  public func pointOnSurface<S: Space>(_ shape: Shape<S>) throws(TopologyError) -> Point<S>? {
    let held = try geometry(shape)
    let place: Shape<S> = try unsafe result(
      unsafe GEOSPointOnSurface_r(handle, held.pointer), of: "the point on the surface")
    if case .point(let point) = place { return point }
    return nil
  }

  func result<S: Space>(
    _ pointer: OpaquePointer?, of question: String
  ) throws(TopologyError) -> Shape<S> {
    guard let pointer = unsafe pointer else { throw failure(question) }
    let held = unsafe HeldGeometry(pointer, owner: self)
    guard let shape: Shape<S> = unsafe shape(held.pointer) else { throw failure(question) }
    return shape
  }
}
