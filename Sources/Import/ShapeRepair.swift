internal import Features
internal import Geometry
internal import Projection
internal import Topology

/// Mends geometry so that one bad vertex or a ring that crosses itself never costs a feature.
struct ShapeRepair {
  /// Share of the area that a repair may change.
  static let areaLimit = 0.001

  private let topology: Topology

  init() throws {
    topology = try Topology()
  }

  struct Outcome {
    let shape: Shape<Native>
    /// What was found and done; nil where nothing was wrong.
    let what: Title?
    /// Whether `shape` is not what came in.
    let isChanged: Bool
  }

  /// The polygons made valid where that keeps their area to 0.1 %; else as they are, with a word.
  func mended(_ shape: Shape<Native>) -> Outcome {
    guard shape.kind == .polygon else { return Outcome(shape: shape, what: nil, isChanged: false) }
    do {
      let repaired = try topology.repaired(shape)
      guard let reason = repaired.reason else {
        return Outcome(shape: shape, what: nil, isChanged: false)
      }
      let fault = Self.title(ofFault: reason)
      guard repaired.areaChange <= Self.areaLimit else {
        return Outcome(
          shape: shape,
          what: Title(
            japanese: "図形が正しくありません（\(fault.japanese)）。修復すると面積が0.1%を超えて変わるため、そのまま残しました。",
            english:
              "The polygon is not valid (\(fault.text(in: .english))); a repair would change "
              + "its area by more than 0.1 %, so it is kept as it is."), isChanged: false)
      }
      return Outcome(
        shape: repaired.shape,
        what: Title(
          japanese: "図形が正しくないため（\(fault.japanese)）、面積を保って修復しました。元の図形も残しています。",
          english: "The polygon was not valid (\(fault.text(in: .english))) and was repaired; its "
            + "area is the same to 0.1 %, and the original is kept."), isChanged: true)
    } catch {
      return Outcome(
        shape: shape,
        what: Title(
          japanese: "図形が正しくなく、修復もできないため、そのまま残しました。",
          english:
            "The polygon is not valid and cannot be repaired (\(error)); it is kept as it is."
        ), isChanged: false)
    }
  }

  private static func title(ofFault reason: String) -> Title {
    let known = [
      "Self-intersection": "辺が交差している", "Ring Self-intersection": "輪が自分に接している",
      "Hole lies outside shell": "穴が外周の外にある", "Holes are nested": "穴の中に穴がある",
      "Interior is disconnected": "内側が分かれている", "Nested shells": "外周が重なっている",
      "Duplicate Rings": "同じ輪が二つある", "A ring does not end where it begins": "輪が閉じていない",
      "Too few points in geometry component": "点が足りない",
    ]
    let japanese =
      known[reason]
      ?? (reason.hasPrefix("A ring has") ? "点が足りない輪がある" : reason)
    return Title(japanese: japanese, english: reason)
  }
}

extension Shape<Native> {
  /// The shape without the vertices that `isGood` refuses, and how many they were; nil where too few
  /// are left of a part that the shape needs.
  func keeping(_ isGood: (Point<Native>) -> Bool) -> (shape: Shape<Native>, dropped: Int)? {
    var dropped = 0
    func line(_ points: [Point<Native>]) -> [Point<Native>] {
      let kept = points.filter(isGood)
      dropped += points.count - kept.count
      return kept.count >= 2 ? kept : []
    }
    func ring(_ points: [Point<Native>]) -> [Point<Native>] {
      var kept = points.filter(isGood)
      dropped += points.count - kept.count
      if let first = kept.first, kept.count < points.count, first != kept.last {
        kept.append(first)
      }
      return kept.count >= 4 ? kept : []
    }
    func polygon(_ rings: [[Point<Native>]]) -> [[Point<Native>]] {
      let made = rings.map(ring)
      guard let outer = made.first, !outer.isEmpty else { return [] }
      return [outer] + made.dropFirst().filter { !$0.isEmpty }
    }
    let shape: Shape<Native>
    switch self {
    case .point(let point): return isGood(point) ? (self, 0) : nil
    case .multiPoint(let points):
      let kept = points.filter(isGood)
      dropped = points.count - kept.count
      shape = .multiPoint(kept)
    case .line(let points): shape = .line(line(points))
    case .multiLine(let lines): shape = .multiLine(lines.map(line).filter { !$0.isEmpty })
    case .polygon(let rings): shape = .polygon(polygon(rings))
    case .multiPolygon(let polygons):
      shape = .multiPolygon(polygons.map(polygon).filter { !$0.isEmpty })
    case .collection(let members):
      let kept = members.compactMap { $0.keeping(isGood) }
      dropped = kept.reduce(members.count - kept.count) { $0 + $1.dropped }
      shape = .collection(kept.map(\.shape))
    }
    return shape.isEmpty ? nil : (shape, dropped)
  }
}
