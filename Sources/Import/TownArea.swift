internal import Formats
internal import Geometry
internal import LayerStore
internal import Projection
internal import Workspace

/// The area of the town, in degrees: what says whether a place can be right.
struct TownArea: Sendable {
  private let polygons: [[[Point<Geographic>]]]
  /// The area's box, grown by a quarter each way: ledgers end a little outside of the town.
  private let surroundings: Box<Geographic>

  /// Reads the workspace's boundary layer from its sources; nil where none is declared or it cannot
  /// be read, since a missing boundary must keep no ledger out.
  init?(_ workspace: Workspace, exchangeExecutable: String?) {
    guard let id = workspace.town.boundary, let declaration = workspace[layer: id],
      let entries = try? SourceEntry.all(
        of: declaration, in: workspace, exchangeExecutable: exchangeExecutable)
    else { return nil }
    var polygons: [[[Point<Geographic>]]] = []
    for entry in entries {
      guard var source = try? SourceFile.open(entry.path, options: entry.options),
        let reprojection = try? Reprojection(from: entry.reference, to: .geographic)
      else { return nil }
      while let item = try? source.next() {
        guard case .record(let record) = item, let native = record.geometry,
          let shape: Shape<Geographic> = reprojection.forward(native)
        else { continue }
        polygons += Self.polygons(of: shape)
      }
    }
    self.init(polygons: polygons)
  }

  init?(polygons: [[[Point<Geographic>]]]) {
    guard let box = Shape<Geographic>.multiPolygon(polygons).bounds else { return nil }
    self.polygons = polygons
    let marginX = (box.maxX - box.minX) / 4
    let marginY = (box.maxY - box.minY) / 4
    surroundings =
      Box(
        minX: box.minX - marginX, minY: box.minY - marginY, maxX: box.maxX + marginX,
        maxY: box.maxY + marginY) ?? box
  }

  private static func polygons(of shape: Shape<Geographic>) -> [[[Point<Geographic>]]] {
    switch shape {
    case .polygon(let rings): [rings]
    case .multiPolygon(let polygons): polygons
    case .collection(let members): members.flatMap(polygons(of:))
    case .point, .multiPoint, .line, .multiLine: []
    }
  }

  func isNear(_ point: Point<Geographic>) -> Bool { surroundings.contains(point) }

  /// By the even-odd rule over all rings.
  func contains(_ point: Point<Geographic>) -> Bool {
    var isInside = false
    for ring in polygons.joined() {
      var previous = ring.last ?? point
      for vertex in ring {
        if (vertex.y > point.y) != (previous.y > point.y) {
          let share = (point.y - vertex.y) / (previous.y - vertex.y)
          if point.x < vertex.x + share * (previous.x - vertex.x) { isInside.toggle() }
        }
        previous = vertex
      }
    }
    return isInside
  }
}
