import Features
import Foundation
import Geometry
import LayerStore
import Projection
import SQLite
import Testing
import Workspace

/// A new layer is written otherwise than a row that comes to one: several rows a statement, its index
/// at the end, its snapshot beside the import.
@Suite("New layers")
struct NewLayerTests {
  private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(iso: text)) }

  private let fields = [
    StoredField(name: "名称", type: .text), StoredField(name: "面積", type: .real),
    StoredField(name: "設置日", type: .date), StoredField(name: "使用中", type: .boolean),
    StoredField(name: "時刻", type: .datetime), StoredField(name: "数", type: .integer),
  ]

  /// Rows in no order of keys, of every kind of place, a few without one.
  private func incoming(_ count: Int) throws -> [IncomingRow] {
    let august = try day("1986-08-01")
    let days: [Attribute] = [
      .null, .date(LedgerDate(day: try day("2026-04-01"))),
      .date(
        LedgerDate(
          interval: august...august, precision: .day, written: "S61.8.1")),
    ]
    return (0..<count).map { number in
      let x = Double(number * 7919 % 10_007) * 3 - 20_000
      let y = Double(number * 104_729 % 9_973) * 2 - 120_000
      let place = Point<Native>(x: x, y: y)
      func at(_ dx: Double, _ dy: Double) -> Point<Native> { Point(x: x + dx, y: y + dy) }
      let shape: Shape<Native>? =
        switch number % 5 {
        case 0: .point(place)
        case 1: .line([place, at(40, 3), at(90, -20)])
        case 2: .polygon([[place, at(9, 0), at(9, 7), at(0, 7), place]])
        case 3: .multiPoint([place, at(1000, 1000)])
        default: number % 2 == 0 ? nil : .multiPolygon([[[place, at(5, 0), at(0, 5), place]]])
        }
      return IncomingRow(
        key: FeatureKey("\(number * 31 % 1009)-\(number)"), shape: shape,
        values: [
          .text("名\(number % 13)"), number % 7 == 0 ? .null : .real(Double(number) / 3),
          days[number % 3], .boolean(number % 2 == 0),
          .text("2026-04-01T12:00:0\(number % 10)+09:00"),
          .integer(Int64(number)),
        ])
    }
  }

  private func bring(
    _ rows: [IncomingRow], _ scratch: Scratch, _ store: LayerStore, besides: Bool = true
  ) throws -> LayerDeclaration {
    let workspace = try scratch.workspace()
    let declaration = try #require(workspace[layer: shelters])
    _ = try store.importLayer(
      shelters, title: "避難所", fields: fields, reference: zone8, hasGeometry: true, author: "試験",
      cause: "a.csv", time: "2026-04-01T09:00:00+09:00", isDryRun: false,
      snapshots: besides ? (SnapshotFiles(workspace), declaration) : nil
    ) { writer in
      for row in rows { _ = try writer.put(row) }
      return ((), true)
    }
    return declaration
  }

  @Test("every row, its history and its box are there", arguments: [0, 1, 15, 16, 17, 600])
  func everyRow(count: Int) throws {
    let scratch = try Scratch()
    try scratch.declare(fields: fields)
    let store = try scratch.store()
    let given = try incoming(count)
    _ = try bring(given, scratch, store)
    let found = try rows(store)
    let expected = given.sorted { ($0.key?.text ?? "") < ($1.key?.text ?? "") }
    #expect(found.map(\.key) == expected.map(\.key))
    #expect(found.map(\.values) == expected.map(\.values))
    #expect(found.map(\.shape) == expected.map(\.shape))
    for row in given.prefix(20) {
      let history = try store.history(of: try #require(row.key), in: shelters)
      #expect(history.map(\.operation) == ["add"])
    }
    let database = try scratch.database()
    #expect(
      try database.rows("SELECT count(*) FROM machizu_history") == [[.integer(Int64(count))]])
    #expect(
      try database.rows("SELECT count(*) FROM rtree_shelters_geom")
        == [[.integer(Int64(given.count { $0.shape != nil }))]])
  }

  @Test(
    "the packed index is one that SQLite finds no fault in, finds what meets a window, and is kept when rows change"
  )
  func packedIndex() throws {
    let scratch = try Scratch()
    try scratch.declare(fields: fields)
    let store = try scratch.store()
    var given = try incoming(5000)
    _ = try bring(given, scratch, store)
    func check() throws {
      let database = try scratch.database()
      #expect(try database.rows("SELECT rtreecheck('rtree_shelters_geom')") == [[.text("ok")]])
      for (x, y, side) in [(-19_000.0, -119_000.0, 400.0), (0, -110_000, 2500), (0, 0, 10)] {
        let found = try database.rows(
          """
          SELECT s.machizu_key FROM rtree_shelters_geom r JOIN shelters s ON s.fid = r.id
          WHERE r.maxx >= \(x) AND r.minx <= \(x + side) AND r.maxy >= \(y) AND r.miny <= \(y + side)
          """
        ).map { $0[0] }
        // SQLite keeps 32 bits of a side, rounded outward: less than 0.01 m here.
        let surely = given.filter { row in
          guard let box = row.shape?.bounds else { return false }
          return box.maxX >= x && box.minX <= x + side && box.maxY >= y && box.minY <= y + side
        }.compactMap { $0.key.map { SQLValue.text($0.text) } }
        #expect(Set(surely).isSubset(of: Set(found)))
        #expect(found.count <= surely.count + 2)
      }
    }
    try check()
    #expect(
      try scratch.database().rows(
        "SELECT min_x <= -20000, max_x >= 10000, min_y <= -120000 FROM gpkg_contents "
          + "WHERE table_name = 'shelters'") == [[.integer(1), .integer(1), .integer(1)]])
    given.removeSubrange(0..<700)
    for index in given.indices where index % 3 == 0 {
      given[index].shape = .point(Point(x: 0, y: 0))
    }
    given += try incoming(6000).suffix(900)
    _ = try store.importLayer(
      shelters, title: "避難所", fields: fields, reference: zone8, hasGeometry: true, author: "試験",
      cause: "b.csv", time: "2026-04-02T09:00:00+09:00", isDryRun: false
    ) { writer in
      for row in given { _ = try writer.put(row) }
      try writer.removeMissing()
      return ((), true)
    }
    try check()
  }

  @Test(
    "the snapshot made beside the import is the one that the store would give, byte for byte",
    arguments: [0, 3, 300, 2000])
  func snapshotBesides(count: Int) throws {
    let scratch = try Scratch()
    try scratch.declare(#""public_where": "使用中 = true""#, fields: fields)
    let store = try scratch.store()
    let declaration = try bring(incoming(count), scratch, store)
    let workspace = try scratch.workspace()
    let folder = workspace.snapshotsFolder
    let names = FileContents.list(folder)
    let name = try #require(names.first)
    #expect(names.count == 1)
    let path = FileContents.join(folder, name)
    let besides = try Data(contentsOf: URL(filePath: path))
    FileContents.remove(path)
    let layer = try #require(try store.layer(shelters))
    _ = try SnapshotFiles(workspace).open(layer, in: store, declaration: declaration)
    #expect(FileContents.list(folder) == [name])
    #expect(try Data(contentsOf: URL(filePath: path)) == besides)
  }

  @Test(
    "no snapshot is made beside an import whose values the store gives back otherwise",
    arguments: [Attribute.real(-0.0), .real(.infinity), .text("1")])
  func inexact(value: Attribute) throws {
    let scratch = try Scratch()
    try scratch.declare(fields: fields)
    let store = try scratch.store()
    var given = try incoming(3)
    given[1].values[1] = value
    _ = try bring(given, scratch, store)
    #expect(FileContents.list(try scratch.workspace().snapshotsFolder).isEmpty)
  }

  @Test("an import that fails leaves neither layer nor snapshot")
  func failing() throws {
    struct Failure: Error {}
    let scratch = try Scratch()
    try scratch.declare(fields: fields)
    let store = try scratch.store()
    let workspace = try scratch.workspace()
    let declaration = try #require(workspace[layer: shelters])
    let given = try incoming(1000)
    #expect(throws: Failure.self) {
      _ = try store.importLayer(
        shelters, title: "避難所", fields: fields, reference: zone8, hasGeometry: true, author: "試験",
        cause: "a.csv", time: "2026-04-01T09:00:00+09:00", isDryRun: false,
        snapshots: (SnapshotFiles(workspace), declaration)
      ) { writer -> (Void, Bool) in
        for row in given { _ = try writer.put(row) }
        throw Failure()
      }
    }
    #expect(try store.layers().isEmpty)
    #expect(FileContents.list(workspace.snapshotsFolder).isEmpty)
  }
}
