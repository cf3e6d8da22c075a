internal import CGEOS
public import Geometry

/// A shape made valid, and what that did to its area.
public struct RepairedShape<S: Space>: Sendable, Hashable {
  public let shape: Shape<S>
  /// What was wrong, in English; nil if nothing was.
  public let reason: String?
  /// |area after − area before| ÷ area before; 0 for points and lines, infinite where there was no area.
  public let areaChange: Double
}

extension Topology {
  /// Whether the shape is valid; if not, why and where.
  @specialized(where S == Native)
  public func validity<S: Space>(
    of shape: Shape<S>
  ) throws(TopologyError) -> Validity<Point<S>> {
    if let fault = Self.fault(in: shape) {
      return .invalid(reason: fault.reason, place: fault.place)
    }
    let held = try geometry(shape)
    var text: UnsafeMutablePointer<CChar>?
    var location: OpaquePointer?
    let answer = unsafe GEOSisValidDetail_r(handle, held.pointer, 0, &text, &location)
    let reason = unsafe text.map { unsafe String(cString: $0) } ?? "Invalid"
    if let text = unsafe text { unsafe GEOSFree_r(handle, text) }
    let holder = unsafe location.map { unsafe HeldGeometry($0, owner: self) }
    switch answer {
    case 1: return .valid
    case 0:
      var place: Point<S>?
      if let holder, let found: Shape<S> = unsafe self.shape(holder.pointer),
        case .point(let point) = found
      {
        place = point
      }
      return .invalid(reason: reason, place: place)
    default: throw failure("whether the geometry is valid")
    }
  }

  /// The shape made valid: rings are closed, rings of fewer than four points are left out, and what
  /// crosses itself is cut into parts that do not. Areas stay areas; of a polygon, lines and points
  /// that come out of it are left out.
  ///
  /// - Throws: where an ordinate is no finite number, or nothing is left of the shape.
  @specialized(where S == Native)
  public func repaired<S: Space>(_ shape: Shape<S>) throws(TopologyError) -> RepairedShape<S> {
    guard case .invalid(let reason, _) = try validity(of: shape) else {
      return RepairedShape(shape: shape, reason: nil, areaChange: 0)
    }
    let closed = Self.closed(shape)
    guard !closed.isEmpty else { throw TopologyError("\(reason); nothing of it can be kept.") }
    let held = try geometry(closed)
    let made: Shape<S> = try unsafe result(
      unsafe GEOSMakeValid_r(handle, held.pointer), of: "how the geometry is made valid")
    let kept = shape.kind == .polygon ? Self.areas(of: made) : made
    guard !kept.isEmpty else { throw TopologyError("\(reason); nothing of it can be kept.") }
    let before = try area(closed)
    let after = try area(kept)
    let change = before > 0 ? abs(after - before) / before : (after > 0 ? .infinity : 0)
    return RepairedShape(shape: kept, reason: reason, areaChange: change)
  }

  private static func closed<S: Space>(_ shape: Shape<S>) -> Shape<S> {
    func rings(_ rings: [[Point<S>]]) -> [[Point<S>]] {
      var result: [[Point<S>]] = []
      for (index, ring) in rings.enumerated() {
        var ring = ring
        if let first = ring.first, first != ring.last { ring.append(first) }
        if ring.count >= 4 {
          result.append(ring)
        } else if index == 0 {
          return []
        }
      }
      return result
    }
    switch shape {
    case .line(let points): return .line(points.count == 1 ? [] : points)
    case .multiLine(let lines): return .multiLine(lines.filter { $0.count != 1 })
    case .polygon(let source): return .polygon(rings(source))
    case .multiPolygon(let polygons):
      return .multiPolygon(polygons.map(rings).filter { !$0.isEmpty })
    case .collection(let members): return .collection(members.map(closed))
    case .point, .multiPoint: return shape
    }
  }

  /// The polygons of a shape, as one.
  private static func areas<S: Space>(of shape: Shape<S>) -> Shape<S> {
    var polygons: [[[Point<S>]]] = []
    func visit(_ shape: Shape<S>) {
      switch shape {
      case .polygon(let rings) where !rings.isEmpty: polygons.append(rings)
      case .multiPolygon(let members): polygons += members
      case .collection(let members): members.forEach(visit)
      default: break
      }
    }
    visit(shape)
    return polygons.count == 1 ? .polygon(polygons[0]) : .multiPolygon(polygons)
  }
}
