/// How a feature's geometry stands to another, as DE-9IM defines it.
public enum Relation: String, Sendable, Hashable, CaseIterable {
  case intersects
  case within
  case contains
  case disjoint
  case touches
  case crosses
  case overlaps
  case equals
}

/// Whether a geometry is valid by the rules of OGC Simple Features.
public enum Validity<Place: Sendable & Hashable>: Sendable, Hashable {
  case valid
  /// What is wrong in English, and where it is if one place can be named.
  case invalid(reason: String, place: Place?)
}
