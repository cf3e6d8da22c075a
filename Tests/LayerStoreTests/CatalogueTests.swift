import Features
import Foundation
import Geometry
import LayerStore
import Projection
import SQLite
import Testing
import Workspace

@Suite("Catalogue")
struct CatalogueTests {
  private func names(_ view: any LayerView) -> [String] {
    (0..<view.rowLimit).filter { view.isVisible(row: $0) }.map {
      view.value(row: $0, column: 0).displayText
    }
  }

  private func view(
    _ catalogue: Catalogue, _ audience: Audience = .restricted
  ) throws -> (any LayerView)? {
    try catalogue.contents().source(for: audience).view(of: shelters)
  }

  @Test("a commit of another connection is seen within 100 ms, and old views stay as they were")
  func followsCommits() throws {
    let scratch = try Scratch()
    try scratch.declare()
    let store = try scratch.store()
    try bring([shelter("a", "甲"), shelter("b", "乙")], into: store)
    let catalogue = try Catalogue(scratch.workspace())
    let old = try #require(try view(catalogue))
    let before = try catalogue.contents().fingerprint(of: ["shelters"])
    #expect(names(old) == ["甲", "乙"])
    try bring([shelter("a", "甲2"), shelter("c", "丙")], into: store)
    usleep(100_000)
    let new = try #require(try view(catalogue))
    #expect(names(new) == ["甲2", "丙"])
    #expect(new.revision == 2)
    #expect(try catalogue.contents().fingerprint(of: ["shelters"]) != before)
    #expect(
      try catalogue.contents().fingerprint(of: ["other"])
        == catalogue.contents().fingerprint(of: []))
    // The file of the old revision is gone; whoever holds the view reads on.
    #expect(names(old) == ["甲", "乙"])
    #expect(old.revision == 1)
    var selection = Selection()
    old.search(old.bounds, zoom: 14, columns: [], into: &selection)
    #expect(selection.items.count == 2)
    let snapshots = FileContents.list(try scratch.workspace().snapshotsFolder)
    #expect(snapshots.count == 1)
  }

  @Test("a layer that is imported later appears, one that is not declared does not")
  func newLayers() throws {
    let scratch = try Scratch()
    try scratch.declare()
    let store = try scratch.store()
    let catalogue = try Catalogue(scratch.workspace())
    #expect(try view(catalogue) == nil)
    try bring([shelter("a", "甲")], into: store)
    usleep(100_000)
    #expect(try view(catalogue)?.count == 1)
    try FileManager.default.removeItem(atPath: scratch.folder + "/Layers")
    let bare = try Catalogue(scratch.workspace())
    #expect(try view(bare) == nil)
  }

  @Test(
    "a snapshot that is missing, cut, garbage or empty is made again",
    arguments: ["missing", "cut", "garbage", "empty", "other layer"])
  func rebuilt(damage: String) throws {
    let scratch = try Scratch()
    try scratch.declare()
    let store = try scratch.store()
    try bring((0..<50).map { shelter("k\($0)", "名\($0)") }, into: store)
    let expected = names(try #require(try view(Catalogue(scratch.workspace()))))
    #expect(expected.count == 50)
    let folder = try scratch.workspace().snapshotsFolder
    let file = folder + "/" + (try #require(FileContents.list(folder).first))
    let whole = try FileContents.read(file)
    switch damage {
    case "missing": try FileManager.default.removeItem(atPath: folder)
    case "cut": try FileContents.replace(file, with: Array(whole.prefix(whole.count / 2)))
    case "garbage": try FileContents.replace(file, with: whole.map { $0 ^ 0x5A })
    case "empty": try FileContents.replace(file, with: [])
    default:
      // A whole snapshot, but of a layer with other columns.
      let other = try Scratch()
      let fields = [StoredField(name: "x", type: .text)]
      try other.declare(fields: fields)
      try bring(
        [IncomingRow(key: FeatureKey("a"), shape: nil, values: [.text("x")])],
        into: other.store(), fields: fields)
      _ = try Catalogue(other.workspace())
      let folder = try other.workspace().snapshotsFolder
      let name = try #require(FileContents.list(folder).first)
      try FileContents.replace(file, with: try FileContents.read(folder + "/" + name))
    }
    #expect(names(try #require(try view(Catalogue(scratch.workspace())))) == expected)
    #expect(try FileContents.read(file) == whole)
  }

  @Test("only rows that the condition surely holds for are public; an unknown answer is not enough")
  func publicWhere() throws {
    let scratch = try Scratch()
    try scratch.declare(#""public_where": "人数 >= 10""#)
    let store = try scratch.store()
    var unknown = shelter("c", "不明", x: 500_000)
    unknown.values[1] = .null
    try bring(
      [shelter("a", "大", 50), shelter("b", "小", 5, x: 400_000), unknown], into: store)
    let catalogue = try Catalogue(scratch.workspace())
    let publicView = try #require(try view(catalogue, .public))
    #expect(names(publicView) == ["大"])
    #expect(publicView.count == 1)
    #expect(publicView.row(key: FeatureKey("b")) == nil)
    #expect(publicView.row(key: FeatureKey("c")) == nil)
    let staff = try #require(try view(catalogue, .staff))
    #expect(names(staff) == ["大", "小", "不明"])
    // The box of the public rows does not tell of the others.
    #expect(publicView.bounds.maxX < staff.bounds.maxX)
  }

  @Test("a changed condition makes another snapshot without an import")
  func changedCondition() throws {
    let scratch = try Scratch()
    try scratch.declare()
    let store = try scratch.store()
    try bring([shelter("a", "大", 50), shelter("b", "小", 5)], into: store)
    #expect(try view(Catalogue(scratch.workspace()), .public)?.count == 2)
    try scratch.declare(#""public_where": "人数 < 10""#)
    #expect(names(try #require(try view(Catalogue(scratch.workspace()), .public))) == ["小"])
    try scratch.declare(#""public_where": "人数 <<""#)
    do {
      _ = try Catalogue(scratch.workspace())
      Issue.record("a broken condition was taken")
    } catch {
      #expect("\(error)".contains("public_where"))
    }
  }

  @Test("a layer above the audience is not there, a column above it neither")
  func audiences() throws {
    let scratch = try Scratch()
    try scratch.write(
      "Layers/shelters/layer.json",
      """
      {"title": "避難所", "geometry": "point", "key": "machizu:content", "audience": "staff",
       "fields": [{"name": "名称", "type": "text"},
                  {"name": "人数", "type": "integer", "audience": "restricted"}]}
      """)
    let store = try scratch.store()
    try bring([shelter("a", "甲")], into: store)
    let contents = try Catalogue(scratch.workspace()).contents()
    #expect(try contents.source(for: .public).view(of: shelters) == nil)
    #expect(contents.source(for: .public).layerIDs.isEmpty)
    #expect(contents.source(for: .public).declarations.isEmpty)
    let staff = try #require(try contents.source(for: .staff).view(of: shelters))
    #expect(staff.schema.names == ["名称"])
    // 設置日 is in the store but not declared: it is for the fewest.
    let restricted = try #require(try contents.source(for: .restricted).view(of: shelters))
    #expect(restricted.schema.names == ["名称", "人数", "設置日"])
    #expect(restricted.schema["設置日"]?.audience == .restricted)
  }

  @Test("a restored store is another, whatever its revisions say")
  func restoredStore() throws {
    let scratch = try Scratch()
    try scratch.declare()
    let backup = scratch.folder + "/backup.gpkg"
    do {
      let store = try scratch.store()
      try bring([shelter("a", "甲")], into: store)
      try store.backUp(to: backup)
    }
    let before = try Catalogue(scratch.workspace()).contents().fingerprint(of: ["shelters"])
    try LayerStore.restore(from: backup, to: scratch.storePath)
    let after = try Catalogue(scratch.workspace()).contents()
    #expect(after.fingerprint(of: ["shelters"]) != before)
    #expect(after.stored(shelters)?.revision == 1)
  }

  @Test("a snapshot never holds the rows of a later commit than its revision says")
  func pinnedWhileWriting() throws {
    let scratch = try Scratch()
    try scratch.declare()
    let store = try scratch.store()
    func bringAll(_ number: Int64) throws {
      try bring((0..<300).map { shelter("k\($0)", "名", number) }, into: store)
    }
    try bringAll(1)
    let workspace = try scratch.workspace()
    let isDone = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      do {
        for _ in 0..<25 {
          let catalogue = try Catalogue(workspace, only: [shelters])
          guard
            let view = try catalogue.contents().source(for: .restricted).view(of: shelters)
          else { continue }
          // Each commit writes its own number into every row.
          for row in 0..<view.rowLimit
          where view.value(row: row, column: 1) != .integer(view.revision) {
            Issue.record("revision \(view.revision) holds rows of another")
            break
          }
        }
      } catch {
        Issue.record("\(error)")
      }
      isDone.signal()
    }
    for number in 2...30 { try bringAll(Int64(number)) }
    isDone.wait()
  }
}
