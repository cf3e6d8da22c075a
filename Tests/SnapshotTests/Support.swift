import Features
import Foundation
import Geometry
import SeededRandom
import Snapshot

/// A file for one test, removed with its owner.
final class Scratch {
  let path = NSTemporaryDirectory() + "machizu-snapshot-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }

  func open(_ bytes: [UInt8]) throws -> Snapshot {
    try write(bytes)
    return try Snapshot(path: path)
  }
}

/// A layer as plain arrays: the slow twin of a snapshot.
struct Ledger {
  var fields: [Field]
  var rows: [SnapshotRow]

  func bytes(revision: Revision = 7) throws -> [UInt8] {
    var builder = SnapshotBuilder(revision: revision, columnCount: fields.count)
    for row in rows { try builder.append(row) }
    return try builder.build()
  }

  /// The rows that an audience sees, in the order of their keys.
  func visible(_ audience: Audience) -> [SnapshotRow] {
    rows.filter { audience.sees($0.audience) }.sorted { $0.key < $1.key }
  }
}

let layerID = LayerID("ledger") ?? { preconditionFailure("the id is well formed") }()

func view(_ snapshot: Snapshot, _ ledger: Ledger, _ audience: Audience) -> SnapshotView {
  SnapshotView(snapshot, layer: layerID, fields: ledger.fields, audience: audience)
}

/// Values of every kind, with the pairs that a careless comparison takes for one.
let difficultValues: [Attribute] = {
  func day(_ text: String) -> CalendarDay {
    CalendarDay(iso: text) ?? { preconditionFailure("\(text) is a day") }()
  }
  let august = day("1986-08-01")...day("1986-08-31")
  return [
    .null, .text(""), .text("若葉野市"), .text("神田"), .text("\u{FA19}田"), .text("が"),
    .text("か\u{3099}"),
    .text("a\0b"), .text("🧑‍🌾"), .integer(0), .integer(.min), .integer(.max), .integer(1), .real(1),
    .real(0), .real(-0.0), .real(0.1 + 0.2), .real(.infinity), .real(5e300), .boolean(true),
    .boolean(false), .date(LedgerDate(day: day("2026-04-01"))),
    .date(LedgerDate(interval: august, precision: .month, written: "S61.8")),
    .date(LedgerDate(interval: august, precision: .month, written: "昭和61年8月頃")),
    .date(LedgerDate(interval: august, precision: .month, written: nil)),
    .date(LedgerDate(interval: nil, precision: .unknown, written: "不明")),
    .date(LedgerDate(interval: nil, precision: .unknown, written: "")),
    .date(
      LedgerDate(interval: day("0001-01-01")...day("9999-12-31"), precision: .year, written: "?")),
  ]
}()

/// Whether two values are the same to the last bit and code point.
func isSame(_ left: Attribute, _ right: Attribute) -> Bool {
  switch (left, right) {
  case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
  case (.real(let a), .real(let b)): a.bitPattern == b.bitPattern
  case (.date(let a), .date(let b)):
    a.interval == b.interval && a.precision == b.precision
      && (a.written == nil) == (b.written == nil)
      && (a.written ?? "").utf8.elementsEqual((b.written ?? "").utf8)
  default: left == right
  }
}

/// A town of points, lines and polygons around a place in Japan.
func randomLedger(seed: Int, count: Int, extent: Int64 = 10_000_000) -> Ledger {
  var random = SeededGenerator(seed: seed)
  let centre = GridPoint(x: 60_500_000_000, y: 27_000_000_000)
  func vertex(_ reach: Int64, _ near: GridPoint) -> GridPoint {
    GridPoint(
      x: near.x + .random(in: -reach...reach, using: &random),
      y: near.y + .random(in: -reach...reach, using: &random))
  }
  let rows = (0..<count).map { number in
    let place = vertex(extent, centre)
    let reach: Int64 = [10, 1000, 100_000, extent / 4][number % 4]
    var shapes: [GridShape] = []
    switch Int.random(in: 0..<6, using: &random) {
    case 0: break
    case 1: shapes = [GridShape(kind: .point, parts: [[place]])]
    case 2:
      shapes = [GridShape(kind: .point, parts: (0..<3).map { _ in [vertex(reach, place)] })]
    case 3:
      shapes = [
        GridShape(
          kind: .line, parts: (0..<2).map { _ in (0..<5).map { _ in vertex(reach, place) } })
      ]
    case 4:
      shapes = [GridShape(kind: .polygon, parts: [(0..<6).map { _ in vertex(reach, place) }])]
    default:
      shapes = [
        GridShape(kind: .polygon, parts: [(0..<4).map { _ in vertex(reach, place) }]),
        GridShape(kind: .point, parts: [[place]]),
      ]
    }
    return SnapshotRow(
      key: FeatureKey("\(["第", "a", "﨑", ""][number % 4])\(number * 7919 % 10_007)"),
      storeRow: Int64(number) * 3 + 1, audience: Audience.allCases[number % 3],
      values: [
        .text("名\(number % 11)"), difficultValues[number % difficultValues.count],
        .integer(Int64(number)),
      ], shapes: shapes)
  }
  return Ledger(
    fields: [
      Field(name: "名称", type: .text, audience: .public),
      Field(name: "内部", type: .text, audience: .restricted),
      Field(name: "番号", type: .integer, audience: .staff),
    ], rows: rows)
}

extension Selection {
  /// An item's vertices on the world grid, a list a part.
  func vertices(of item: Item) -> [[GridPoint]] {
    parts[Int(item.firstPart)..<Int(item.firstPart + item.partCount)].map { part in
      (Int(part.firstVertex)..<Int(part.firstVertex + part.vertexCount)).map { point($0, of: item) }
    }
  }
}

/// A part as it is drawn: a vertex on its forerunner adds nothing to a line or a ring.
func withoutRepeats(_ part: [GridPoint], kind: GeometryKind) -> [GridPoint] {
  guard kind != .point else { return part }
  var kept: [GridPoint] = []
  for vertex in part where kept.last != vertex { kept.append(vertex) }
  if kind == .polygon, kept.count > 1, kept.first == kept.last { kept.removeLast() }
  return kept
}

/// The window that holds everything.
let everywhere = GridBox(minX: .min, minY: .min, maxX: .max, maxY: .max)
