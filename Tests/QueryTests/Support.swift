import Features
import Foundation
import Geometry
import LayerStore
import Projection
import Query
import SeededRandom
import Synchronization
import Workspace

/// One ledger entry as plain values: the slow twin's view of the layer.
struct Entry: Sendable {
  var key: String
  var shape: Shape<Geographic>?
  var name: String
  var people: Int64?
  var height: Double?
  var built: CalendarDay?
  /// Restricted.
  var owner: String
  var isPublic: Bool
}

let layerID = LayerID("places") ?? { preconditionFailure("the id is well formed") }()

/// The town that the tests ask, made by the first and removed after the last.
enum SharedTown {
  private struct Holder {
    weak var town: Town?
  }

  private static let holder = Mutex(Holder())

  static func get() throws -> Town {
    try holder.withLock { holder in
      if let town = holder.town { return town }
      let town = try Town(seed: 1, count: 500)
      holder.town = town
      return town
    }
  }
}

/// A store of random features in degrees around a town, with everything that a query can ask.
final class Town: Sendable {
  let folder: String
  let entries: [Entry]
  let contents: CatalogueContents

  init(seed: Int, count: Int) throws {
    folder = NSTemporaryDirectory() + "machizu-query-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/Layers/places", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: folder + "/var", withIntermediateDirectories: true)
    try Data(#"{"town": {"name": "町"}}"#.utf8).write(to: URL(filePath: folder + "/machizu.json"))
    try Data(
      """
      {"title": "場所", "geometry": "any", "key": "machizu:content", "audience": "public",
       "public_where": "公開 = TRUE",
       "fields": [{"name": "名称", "type": "text"}, {"name": "人数", "type": "integer"},
                  {"name": "高さ", "type": "real"}, {"name": "設置日", "type": "date"},
                  {"name": "種別", "type": "text",
                   "codes": {"1": {"ja": "小学校", "en": "school"}, "2": "公園"}},
                  {"name": "公開", "type": "boolean", "audience": "staff"},
                  {"name": "所有者", "type": "text", "audience": "restricted"}]}
      """.utf8
    ).write(to: URL(filePath: folder + "/Layers/places/layer.json"))
    entries = Self.entries(seed: seed, count: count)
    try Self.fill(LayerStore(path: folder + "/var/town.gpkg", access: .write), entries)
    contents = try Catalogue(Workspace(folder: folder)).contents()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A store serves one thread, a town all tests.
  func engine(_ audience: Audience) throws -> QueryEngine {
    let store = try LayerStore(path: folder + "/var/town.gpkg", access: .read)
    return QueryEngine(contents, store: store, audience: audience)
  }

  /// The keys of an answer in its order.
  func keys(_ query: FeatureQuery, _ audience: Audience = .restricted) throws -> [String] {
    let result = try engine(audience).run(query)
    return result.rows.map { result.view.key(row: $0).text }
  }

  /// What an audience sees, in the order of keys.
  func visible(_ audience: Audience) -> [Entry] {
    entries.filter { audience != .public || $0.isPublic }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  private static func fill(_ store: LayerStore, _ entries: [Entry]) throws {
    let fields = [
      StoredField(name: "名称", type: .text), StoredField(name: "人数", type: .integer),
      StoredField(name: "高さ", type: .real), StoredField(name: "設置日", type: .date),
      StoredField(name: "種別", type: .text), StoredField(name: "公開", type: .boolean),
      StoredField(name: "所有者", type: .text),
    ]
    _ = try store.importLayer(
      layerID, title: "場所", fields: fields, reference: .geographic, hasGeometry: true,
      author: "", cause: "", time: "", isDryRun: false
    ) { writer in
      for entry in entries {
        let shape: Shape<Native>? = entry.shape.map { $0.map { Point(x: $0.x, y: $0.y) } }
        _ = try writer.put(
          IncomingRow(
            key: FeatureKey(entry.key), shape: shape,
            values: [
              .text(entry.name), entry.people.map(Attribute.integer) ?? .null,
              entry.height.map(Attribute.real) ?? .null,
              // Written in two ways, one day is still one day.
              entry.built.map {
                .date(
                  LedgerDate(
                    interval: $0...$0, precision: .day,
                    written: entry.height == nil ? nil : "S.\($0.iso)"))
              } ?? .null,
              .text(entry.name.hasPrefix("東") ? "1" : "2"), .boolean(entry.isPublic),
              .text(entry.owner),
            ]))
      }
      return ((), true)
    }
  }

  private static func entries(seed: Int, count: Int) -> [Entry] {
    var random = SeededGenerator(seed: seed)
    let names = ["東小学校", "西公園", "南ﾎﾟﾝﾌﾟ場", "ポンプ場 第Ⅲ号", "Ｋｏｂａｎ", "神社（旧）", ""]
    return (0..<count).map { number in
      let x = Double.random(in: 138.2...138.4, using: &random)
      let y = Double.random(in: 34.8...34.95, using: &random)
      func near() -> Point<Geographic> {
        Point(
          x: x + .random(in: -0.005...0.005, using: &random),
          y: y + .random(in: -0.005...0.005, using: &random))
      }
      var shape: Shape<Geographic>?
      switch number % 5 {
      case 0: shape = .point(Point(x: x, y: y))
      case 1: shape = .line([near(), near(), near()])
      case 2:
        let width = Double.random(in: 0.0005...0.01, using: &random)
        let corners = [(0.0, 0.0), (width, 0), (width, width), (0, width), (0, 0)]
        shape = .polygon([corners.map { Point(x: x + $0.0, y: y + $0.1) }])
      case 3: shape = .multiPoint([near(), near()])
      default: shape = nil
      }
      return Entry(
        key: "\(["第", "", "k"][number % 3])\(number)", shape: shape,
        name: names[Int.random(in: 0..<names.count, using: &random)],
        people: number % 4 == 0 ? nil : .random(in: -5...20, using: &random),
        height: number % 3 == 0 ? nil : Double(Int.random(in: 0...8, using: &random)) / 4,
        built: number % 2 == 0
          ? nil : CalendarDay(daysSinceEpoch: .random(in: 0...40, using: &random) * 50),
        owner: "所有者\(number % 7)", isPublic: Bool.random(using: &random))
    }
  }
}

/// Whether a shape meets a closed box of the grid, asked of each vertex and edge in turn.
func meets(_ shape: Shape<Geographic>, _ box: GridBox) -> Bool {
  func grid(_ points: [Point<Geographic>]) -> [GridPoint] { points.compactMap(WorldGrid.point) }
  /// Cuts the segment down to the box (Liang and Barsky), in 128 bits where products are compared.
  func edge(_ a: GridPoint, _ b: GridPoint) -> Bool {
    var from = 0.0
    var to = 1.0
    let (dx, dy) = (Double(b.x - a.x), Double(b.y - a.y))
    for (step, room) in [
      (-dx, Double(a.x - box.minX)), (dx, Double(box.maxX - a.x)), (-dy, Double(a.y - box.minY)),
      (dy, Double(box.maxY - a.y)),
    ] {
      if step == 0 {
        if room < 0 { return false }
      } else if step < 0 {
        from = max(from, room / step)
      } else {
        to = min(to, room / step)
      }
    }
    return from <= to
  }
  func line(_ points: [GridPoint]) -> Bool {
    points.contains(where: box.contains)
      || zip(points, points.dropFirst()).contains { edge($0, $1) }
  }
  switch shape {
  case .point(let point): return grid([point]).contains(where: box.contains)
  case .multiPoint(let points): return grid(points).contains(where: box.contains)
  case .line(let points): return line(grid(points))
  case .polygon(let rings):
    if rings.contains(where: { line(grid($0)) }) { return true }
    // The squares that the tests make: the box is inside if its corner is.
    let corners = grid(rings[0])
    let xs = corners.map(\.x)
    let ys = corners.map(\.y)
    guard let west = xs.min(), let east = xs.max(), let north = ys.min(), let south = ys.max()
    else { return false }
    return (west...east).contains(box.minX) && (north...south).contains(box.minY)
  default: return false
  }
}
