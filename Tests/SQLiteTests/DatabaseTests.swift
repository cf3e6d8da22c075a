import Foundation
import SQLite
import Testing

/// A database file in a folder of its own, removed with its owner.
private final class Scratch {
  let folder: String
  var path: String { folder + "/a.db" }

  init() throws {
    folder = NSTemporaryDirectory() + "machizu-sqlite-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func open(_ mode: Database.Mode = .create, busySeconds: Int = 0) throws -> Database {
    try Database(path: path, mode: mode, busySeconds: busySeconds)
  }
}

@Suite("SQLite")
struct DatabaseTests {
  static let values: [SQLValue] = [
    .null, .integer(0), .integer(.min), .integer(.max), .real(0.1 + 0.2), .real(-1e308),
    .real(.infinity), .text(""), .text("若葉野市 ～①㈱髙﨑"), .text("a\0b\0"), .text("\u{FEFF}"),
    .text("e\u{301}"), .text("\u{1F9D1}\u{200D}\u{1F33E}"), .blob([]), .blob([0]),
    .blob(Array(0...255)), .blob([UInt8](repeating: 0xA5, count: 3_000_000)),
  ]

  @Test("a value comes back as it went, and null is not the empty text", arguments: values)
  func roundTrip(value: SQLValue) throws {
    let scratch = try Scratch()
    let database = try scratch.open()
    try database.execute("CREATE TABLE t (v)")
    try database.run("INSERT INTO t VALUES (?)", [value])
    let again = try scratch.open(.readOnly)
    let rows = try again.rows("SELECT v, v IS NULL, typeof(v) FROM t")
    #expect(rows.count == 1)
    #expect(same(rows[0][0], value))
    #expect(rows[0][1] == .integer(value == .null ? 1 : 0))
    if case .text = value { #expect(rows[0][2] == .text("text")) }
    if case .blob = value { #expect(rows[0][2] == .text("blob")) }
  }

  /// Swift's texts are equal when they look alike; the store's are when their code points are.
  private func same(_ left: SQLValue, _ right: SQLValue) -> Bool {
    if case .text(let a) = left, case .text(let b) = right { return a.utf8.elementsEqual(b.utf8) }
    return left == right
  }

  @Test("a statement that is bound again keeps nothing of the last binding")
  func bindingAnew() throws {
    let database = try Database(path: ":memory:", mode: .create)
    let statement = try database.prepare("SELECT ?, ?")
    try statement.bind([.integer(1), .text("left")])
    #expect(try statement.step())
    #expect(statement.text(1) == "left")
    try statement.bind([.integer(2)])
    #expect(try statement.step())
    #expect(statement.integer(0) == 2)
    #expect(statement.isNull(1))
    #expect(try !statement.step())
  }

  @Test("a transaction that throws leaves nothing, one that returns leaves all")
  func transactions() throws {
    struct Stop: Error {}
    let scratch = try Scratch()
    let database = try scratch.open()
    try database.execute("CREATE TABLE t (v)")
    #expect(throws: Stop.self) {
      try database.transaction {
        try database.run("INSERT INTO t VALUES (1)")
        throw Stop()
      }
    }
    #expect(try database.rows("SELECT count(*) FROM t") == [[.integer(0)]])
    let result = try database.transaction {
      try database.run("INSERT INTO t VALUES (2)")
      return "done"
    }
    #expect(result == "done")
    #expect(try scratch.open().rows("SELECT v FROM t") == [[.integer(2)]])
  }

  @Test("a statement that fails inside a transaction leaves the connection usable")
  func failureInside() throws {
    let database = try Database(path: ":memory:", mode: .create)
    try database.execute("CREATE TABLE t (v UNIQUE)")
    #expect(throws: SQLiteError.self) {
      try database.transaction {
        try database.run("INSERT INTO t VALUES (1)")
        try database.run("INSERT INTO t VALUES (1)")
      }
    }
    try database.transaction { try database.run("INSERT INTO t VALUES (3)") }
    #expect(try database.rows("SELECT v FROM t") == [[.integer(3)]])
  }

  @Test("a second writer is told that the database is busy")
  func busy() throws {
    let scratch = try Scratch()
    let first = try scratch.open()
    try first.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (v)")
    let second = try scratch.open(.readWrite)
    try first.transaction {
      try first.run("INSERT INTO t VALUES (1)")
      do {
        try second.transaction { try second.run("INSERT INTO t VALUES (2)") }
        Issue.record("two wrote at once")
      } catch let error as SQLiteError {
        #expect(error.isBusy)
        #expect(error.description.contains("BEGIN IMMEDIATE"))
      }
      // Reading goes on, and sees the state before.
      #expect(try second.rows("SELECT count(*) FROM t") == [[.integer(0)]])
    }
    try second.transaction { try second.run("INSERT INTO t VALUES (2)") }
    #expect(try first.rows("SELECT count(*) FROM t") == [[.integer(2)]])
  }

  @Test("the data version changes when another connection commits, and only then")
  func dataVersion() throws {
    let scratch = try Scratch()
    let writer = try scratch.open()
    try writer.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (v)")
    let reader = try scratch.open(.readWrite)
    let start = try reader.dataVersion()
    #expect(try reader.dataVersion() == start)
    try writer.run("INSERT INTO t VALUES (1)")
    #expect(try reader.dataVersion() != start)
    let own = try writer.dataVersion()
    try writer.run("INSERT INTO t VALUES (2)")
    #expect(try writer.dataVersion() == own)
  }

  @Test("functions take and give every kind of value", arguments: values)
  func functions(value: SQLValue) throws {
    let database = try Database(path: ":memory:", mode: .create)
    try database.define("same", argumentCount: 1) { $0.first ?? .null }
    try database.define("arguments", argumentCount: -1) { .integer(Int64($0.count)) }
    let answer = try database.rows("SELECT same(?), arguments(1, 2, ?)", [value, value])
    #expect(same(answer[0][0], value))
    #expect(answer[0][1] == .integer(3))
  }

  @Test("a function may be defined anew")
  func redefinition() throws {
    let database = try Database(path: ":memory:", mode: .create)
    for number in 1...3 {
      try database.define("f", argumentCount: 0) { _ in .integer(Int64(number)) }
      #expect(try database.rows("SELECT f()") == [[.integer(Int64(number))]])
    }
  }

  @Test("names are quoted whatever they hold")
  func quotedNames() throws {
    let database = try Database(path: ":memory:", mode: .create)
    for name in ["a", "a\"b", "\"", "select", "表 1", "a'; DROP TABLE t; --", "?"] {
      let quoted = Database.quoted(name)
      try database.execute("CREATE TABLE \(quoted) (\(quoted))")
      try database.run("INSERT INTO \(quoted) VALUES (?)", [.text(name)])
      let statement = try database.prepare("SELECT \(quoted) FROM \(quoted)")
      #expect(statement.columnCount == 1)
      #expect(statement.columnName(0) == name)
      #expect(try statement.step())
      #expect(statement.value(0) == .text(name))
    }
  }

  @Test("errors name the statement; a missing file is not made by reading")
  func refusals() throws {
    let scratch = try Scratch()
    #expect(throws: SQLiteError.self) { try scratch.open(.readOnly) }
    #expect(throws: SQLiteError.self) { try scratch.open(.readWrite) }
    #expect(!FileManager.default.fileExists(atPath: scratch.path))
    let database = try scratch.open()
    do {
      try database.run("SELECT wrong FROM nowhere")
      Issue.record("a wrong statement ran")
    } catch {
      #expect(error.statement == "SELECT wrong FROM nowhere")
      #expect(error.description.contains("nowhere"))
    }
    #expect(throws: SQLiteError.self) { try database.run("SELECT 1", [.integer(1)]) }
    try database.execute("CREATE TABLE t (v)")
    let reader = try scratch.open(.readOnly)
    #expect(throws: SQLiteError.self) { try reader.run("INSERT INTO t VALUES (1)") }
  }

  @Test("a file that is no database is refused when it is read")
  func garbage() throws {
    let scratch = try Scratch()
    try Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }).write(
      to: URL(filePath: scratch.path))
    let database = try scratch.open(.readWrite)
    do {
      _ = try database.rows("SELECT * FROM sqlite_master")
      Issue.record("garbage was read")
    } catch {
      #expect(error.code & 0xFF == 26)
    }
  }

  @Test("a backup holds one state, while another connection goes on writing")
  func backup() throws {
    let scratch = try Scratch()
    let database = try scratch.open()
    try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (v)")
    try database.run("INSERT INTO t VALUES (?)", [.blob([UInt8](repeating: 1, count: 200_000))])
    let target = try Database(path: scratch.folder + "/b.db", mode: .create)
    try database.backUp(to: target)
    try database.run("DELETE FROM t")
    #expect(try target.rows("SELECT length(v) FROM t") == [[.integer(200_000)]])
    #expect(try target.rows("PRAGMA integrity_check") == [[.text("ok")]])
  }
}
