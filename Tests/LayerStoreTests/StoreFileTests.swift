import Features
import Foundation
import Geometry
import LayerStore
import Projection
import SQLite
import Testing

@Suite("The store's file")
struct StoreFileTests {
  @Test("the file is a GeoPackage: its marks, its tables and its rows about the layer")
  func geoPackage() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲", x: 10, y: -20), shelter("b", "乙", x: 30.5, y: 40)], into: store)
    let database = try scratch.database()
    #expect(try database.rows("PRAGMA application_id") == [[.integer(0x4750_4B47)]])
    #expect(try database.rows("PRAGMA user_version") == [[.integer(10_300)]])
    #expect(try database.rows("PRAGMA integrity_check") == [[.text("ok")]])
    #expect(try database.rows("PRAGMA foreign_key_check").isEmpty)
    #expect(try database.rows("PRAGMA journal_mode") == [[.text("wal")]])
    #expect(
      try database.rows(
        "SELECT table_name, data_type, srs_id, min_x, min_y, max_x, max_y FROM gpkg_contents")
        == [
          [
            .text("shelters"), .text("features"), .integer(6676), .real(10), .real(-20),
            .real(30.5), .real(40),
          ]
        ])
    #expect(
      try database.rows("SELECT * FROM gpkg_geometry_columns") == [
        [
          .text("shelters"), .text("geom"), .text("GEOMETRY"), .integer(6676), .integer(0),
          .integer(0),
        ]
      ])
    #expect(
      try database.rows("SELECT extension_name FROM gpkg_extensions WHERE table_name = 'shelters'")
        == [[.text("gpkg_rtree_index")]])
    guard
      case .text(let definition)? = try database.rows(
        "SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = 6676"
      ).first?.first
    else {
      Issue.record("the reference system has no row")
      return
    }
    #expect(definition.hasPrefix("PROJCS["))
    #expect(
      try database.rows(
        "SELECT count(*) FROM gpkg_spatial_ref_sys WHERE srs_id IN (-1, 0, 4326)")
        == [[.integer(3)]])
  }

  @Test("the R-tree follows every change of a row")
  func indexFollows() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    func boxes() throws -> [[SQLValue]] {
      try scratch.database().rows(
        """
        SELECT s.machizu_key, r.minx, r.maxx, r.miny, r.maxy
        FROM rtree_shelters_geom r JOIN shelters s ON s.fid = r.id ORDER BY 1
        """)
    }
    func box(_ key: String, _ x: Double, _ y: Double) -> [SQLValue] {
      [.text(key), .real(x), .real(x), .real(y), .real(y)]
    }
    try bring([shelter("a", "甲", x: 1, y: 2), shelter("b", "乙", x: 3, y: 4)], into: store)
    #expect(try boxes() == [box("a", 1, 2), box("b", 3, 4)])
    var nowhere = shelter("a", "甲")
    nowhere.shape = nil
    try bring([nowhere, shelter("b", "乙", x: 5, y: 6)], into: store)
    #expect(try boxes() == [box("b", 5, 6)])
    try bring([shelter("a", "甲", x: 7, y: 8)], into: store)
    #expect(try boxes() == [box("a", 7, 8)])
    nowhere.shape = .multiPoint([])
    try bring([nowhere], into: store)
    #expect(try boxes().isEmpty)
    let line = IncomingRow(
      key: FeatureKey("a"), shape: .line([Point(x: -1, y: 9), Point(x: 4, y: -2)]),
      values: [.null, .null, .null])
    try bring([line], into: store)
    #expect(
      try boxes() == [[.text("a"), .real(-1), .real(4), .real(-2), .real(9)]])
    try bring([], into: store)
    #expect(try scratch.database().rows("SELECT * FROM rtree_shelters_geom").isEmpty)
  }

  @Test("a geometry blob has the header that the standard wants")
  func blobs() throws {
    let point = GeoPackageBlob.encode(.point(Point(x: 1, y: 2)), epsg: 6676)
    #expect(Array(point.prefix(8)) == [0x47, 0x50, 0, 0x01, 0x14, 0x1A, 0, 0])
    #expect(point.count == 8 + 21)
    let line = GeoPackageBlob.encode(.line([Point(x: 1, y: 2), Point(x: 3, y: 0)]), epsg: 6676)
    #expect(line[3] == 0x03)
    let envelope = (0..<4).map { index in
      var word: UInt64 = 0
      for byte in 0..<8 { word |= UInt64(line[8 + 8 * index + byte]) << UInt64(8 * byte) }
      return Double(bitPattern: word)
    }
    #expect(envelope == [1, 3, 0, 2])
    let empty = GeoPackageBlob.encode(.multiLine([]), epsg: 6676)
    #expect(empty[3] == 0x11)
    for blob in [point, line, empty] {
      for length in 0..<blob.count {
        #expect(throws: WKBError.self) { try GeoPackageBlob.decode(Array(blob.prefix(length))) }
      }
    }
    #expect(throws: WKBError.self) { try GeoPackageBlob.decode([0x47, 0x51] + point.dropFirst(2)) }
  }

  @Test("the epoch is one store's own and stays with it")
  func epoch() throws {
    let scratch = try Scratch()
    let epoch = try scratch.store().epoch
    #expect(try scratch.store(.read).epoch == epoch)
    #expect(try Scratch().keeping { try $0.store() }.value.epoch != epoch)
  }

  @Test("a backup is whole, verified and one file; the store goes on")
  func backup() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲"), shelter("b", "乙")], into: store)
    let path = scratch.folder + "/backup.gpkg"
    try store.backUp(to: path)
    try bring([shelter("a", "甲")], into: store)
    let copy = try LayerStore(path: path, access: .read)
    #expect(copy.epoch == store.epoch)
    #expect(try rows(copy).count == 2)
    #expect(try rows(store).count == 1)
    // A second backup takes the place of the first.
    try store.backUp(to: path)
    #expect(try rows(LayerStore(path: path, access: .read)).count == 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.folder)
    #expect(!names.contains { $0.hasSuffix(".part") || $0.hasSuffix(".former") })
    #expect(throws: StoreError.self) { try store.backUp(to: scratch.folder + "/none/b.gpkg") }
  }

  @Test("restoring brings the rows back under a new epoch, with later rows gone")
  func restore() throws {
    let scratch = try Scratch()
    let path = scratch.folder + "/backup.gpkg"
    var epoch = ""
    do {
      let store = try scratch.store()
      epoch = store.epoch
      try bring([shelter("a", "甲"), shelter("b", "乙")], into: store)
      try store.backUp(to: path)
      try bring([shelter("c", "丙")], into: store)
    }
    try LayerStore.restore(from: path, to: scratch.storePath)
    let restored = try scratch.store(.read)
    #expect(restored.epoch != epoch)
    #expect(try rows(restored).map(\.key.text) == ["a", "b"])
    #expect(try restored.lastCommit() == 1)
    // The backup itself is as it was.
    #expect(try LayerStore(path: path, access: .read).epoch == epoch)
    // A place where nothing was takes a backup too.
    let other = scratch.folder + "/other.gpkg"
    try LayerStore.restore(from: path, to: other)
    #expect(try rows(LayerStore(path: other, access: .read)).count == 2)
  }

  @Test("only a store is restored, and the old one stays where it is refused")
  func refusedRestore() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲")], into: store)
    try scratch.write("garbage.gpkg", String(repeating: "これはデータベースではない", count: 500))
    let foreign = scratch.folder + "/foreign.db"
    do {
      try Database(path: foreign, mode: .create).execute("CREATE TABLE t (v)")
    }
    for path in ["/garbage.gpkg", "/foreign.db", "/missing.gpkg"] {
      #expect(throws: StoreError.self) {
        try LayerStore.restore(from: scratch.folder + path, to: scratch.storePath)
      }
      #expect(try rows(store).count == 1)
    }
  }

  @Test("a store that is missing, is no database, or holds no ledgers is told as such")
  func refusedStores() throws {
    let scratch = try Scratch()
    do {
      _ = try scratch.store(.read)
      Issue.record("a store was read where none is")
    } catch let error as StoreError {
      guard case .missing = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.description.contains("machizu import"))
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.storePath))
    // A first import that was ended while it made the file.
    try scratch.write("var/town.gpkg", "")
    let error = try #require(throws: StoreError.self) { _ = try scratch.store(.read) }
    guard case .missing = error else {
      Issue.record("\(error)")
      return
    }
    try scratch.write("var/town.gpkg", String(repeating: "x", count: 10_000))
    for access in [LayerStore.Access.read, .write] {
      do {
        _ = try scratch.store(access)
        Issue.record("garbage was opened")
      } catch let error as StoreError {
        guard case .notAStore = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
    let foreign = scratch.folder + "/foreign.db"
    do {
      try Database(path: foreign, mode: .create).execute("CREATE TABLE t (v)")
    }
    let before = try Data(contentsOf: URL(filePath: foreign))
    for access in [LayerStore.Access.read, .write] {
      #expect(throws: StoreError.self) { try LayerStore(path: foreign, access: access) }
    }
    #expect(try Data(contentsOf: URL(filePath: foreign)) == before)
  }

  @Test("a store with damaged pages or rows says so and does not trap", arguments: 0..<12)
  func damage(seed: Int) throws {
    let scratch = try Scratch()
    do {
      let store = try scratch.store()
      try bring((0..<200).map { shelter("鍵\($0)", "名\($0)", x: Double($0)) }, into: store)
      try store.backUp(to: scratch.folder + "/whole.gpkg")
    }
    var bytes = Array(try Data(contentsOf: URL(filePath: scratch.folder + "/whole.gpkg")))
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    for _ in 0..<60 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      bytes[100 + Int(state % UInt64(bytes.count - 100))] = UInt8(truncatingIfNeeded: state >> 40)
    }
    let path = scratch.folder + "/damaged.gpkg"
    try Data(bytes).write(to: URL(filePath: path))
    // Each step either works or throws the store's own error.
    do throws(StoreError) {
      let store = try LayerStore(path: path, access: .read)
      for layer in try store.layers() {
        try store.forEachRow(of: layer) { _ = $0.values.map(\.displayText) }
      }
      _ = try store.history(of: FeatureKey("鍵1"), in: shelters)
    } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test("a row whose geometry is cut is told by layer and key")
  func damagedGeometry() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("鍵", "名")], into: store)
    try scratch.database().execute("UPDATE shelters SET geom = substr(geom, 1, 20)")
    do {
      _ = try rows(store)
      Issue.record("a cut geometry was read")
    } catch let error as StoreError {
      guard case .damagedRow(layer: "shelters", key: "鍵", reason: _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test("a second writer is told that another program is writing")
  func twoWriters() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    try bring([shelter("a", "甲")], into: store)
    let other = try scratch.database()
    try other.execute("BEGIN IMMEDIATE")
    let started = ContinuousClock.now
    do {
      try bring([shelter("a", "乙")], into: store)
      Issue.record("two wrote at once")
    } catch let error as StoreError {
      #expect(error.description.contains("Another program is writing"))
      // It waited for the other to finish first.
      #expect(ContinuousClock.now - started > .seconds(5))
    }
    // Reading goes on meanwhile.
    #expect(try rows(store).count == 1)
    try other.execute("ROLLBACK")
    #expect(try bring([shelter("a", "乙")], into: store).rows == [.changed])
  }
}
