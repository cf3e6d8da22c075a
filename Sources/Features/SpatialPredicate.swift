public import Geometry

/// The spatial relations of CQL2, as DE-9IM defines them.
public enum SpatialRelation: String, Sendable, Hashable, CaseIterable {
  case intersects = "S_INTERSECTS"
  case within = "S_WITHIN"
  case contains = "S_CONTAINS"
  case disjoint = "S_DISJOINT"
  case touches = "S_TOUCHES"
  case crosses = "S_CROSSES"
  case overlaps = "S_OVERLAPS"
  case equals = "S_EQUALS"

  /// The relation that says the same with the geometries exchanged.
  var turned: SpatialRelation {
    switch self {
    case .within: .contains
    case .contains: .within
    default: self
    }
  }
}

/// A question that only geometry can answer: does the feature's geometry stand in `relation` to
/// `shape`, the feature first?
public struct SpatialPredicate: Sendable, Hashable {
  public let relation: SpatialRelation
  public let shape: Shape<Geographic>
  /// Position among the filter's `spatialPredicates`, for what the caller has prepared.
  public let index: Int

  public init(relation: SpatialRelation, shape: Shape<Geographic>, index: Int) {
    self.relation = relation
    self.shape = shape
    self.index = index
  }
}
