internal import CSQLite

/// A value as SQLite stores it.
public enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

/// One connection to one database file, used by one thread at a time.
@safe
public final class Database {
  public enum Mode: Sendable {
    case readOnly
    case readWrite
    case create
  }

  private let handle: OpaquePointer
  public let path: String

  /// Opens the file; waits up to `busySeconds` where another process holds a lock.
  public init(path: String, mode: Mode, busySeconds: Int = 10) throws(SQLiteError) {
    self.path = path
    var opened: OpaquePointer?
    let flags =
      switch mode {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let opened = unsafe opened else {
      let message = unsafe opened.map { unsafe String(cString: sqlite3_errmsg($0)) }
      unsafe sqlite3_close_v2(opened)
      throw SQLiteError(code: code, message: "\(path): \(message ?? "cannot be opened")")
    }
    unsafe handle = opened
    unsafe sqlite3_extended_result_codes(handle, 1)
    unsafe sqlite3_busy_timeout(handle, Int32(busySeconds * 1000))
  }

  deinit {
    unsafe sqlite3_close_v2(handle)
  }

  /// Runs statements that return no rows.
  public func execute(_ sql: String) throws(SQLiteError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code, sql) }
  }

  /// Runs one statement with bound values, returning no rows.
  public func run(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) {
    let statement = try prepare(sql)
    try statement.bind(values)
    while try statement.step() {}
  }

  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
    guard code == SQLITE_OK, let prepared = unsafe prepared else { throw failure(code, sql) }
    return unsafe Statement(prepared, in: self, sql: sql)
  }

  /// All rows of a small answer.
  public func rows(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) -> [[SQLValue]] {
    let statement = try prepare(sql)
    try statement.bind(values)
    var rows: [[SQLValue]] = []
    while try statement.step() {
      rows.append((0..<statement.columnCount).map(statement.value))
    }
    return rows
  }

  /// Runs `body` in one transaction that takes the write lock at once; any error rolls it back.
  public func transaction<Result>(
    _ body: () throws -> Result
  ) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // A failed commit may have rolled back by itself; the first error is the one to tell.
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// Runs `body` on one state of the database, whatever others commit meanwhile.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      try? execute("ROLLBACK")
      throw error
    }
  }

  public var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// Rows changed since the connection was opened.
  public var totalChanges: Int { Int(unsafe sqlite3_total_changes(handle)) }

  /// A number that changes when another connection has committed.
  public func dataVersion() throws(SQLiteError) -> Int64 {
    guard case .integer(let version)? = try rows("PRAGMA data_version").first?.first else {
      return 0
    }
    return version
  }

  /// Registers a deterministic SQL function.
  public func define(
    _ name: String, argumentCount: Int, _ body: @escaping ([SQLValue]) -> SQLValue
  ) throws(SQLiteError) {
    let box = unsafe Unmanaged.passRetained(FunctionBox(body))
    let code = unsafe sqlite3_create_function_v2(
      handle, name, Int32(argumentCount), SQLITE_UTF8 | SQLITE_DETERMINISTIC, box.toOpaque(),
      { context, count, values in
        let box = unsafe Unmanaged<FunctionBox>.fromOpaque(sqlite3_user_data(context))
        let body = unsafe box._withUnsafeGuaranteedRef { $0.body }
        var arguments: [SQLValue] = []
        for index in 0..<Int(count) {
          unsafe arguments.append(SQLValue(values?[index]))
        }
        unsafe body(arguments).setResult(of: context)
      }, nil, nil, { unsafe Unmanaged<FunctionBox>.fromOpaque($0!).release() })
    guard code == SQLITE_OK else { throw failure(code, name) }
  }

  /// Copies the whole database, as one consistent state, into a new file.
  public func backUp(to target: Database) throws(SQLiteError) {
    guard let backup = unsafe sqlite3_backup_init(target.handle, "main", handle, "main") else {
      throw target.failure(unsafe sqlite3_errcode(target.handle), nil)
    }
    var code = SQLITE_OK
    var waits = 0
    repeat {
      code = unsafe sqlite3_backup_step(backup, 1024)
      if code == SQLITE_BUSY || code == SQLITE_LOCKED {
        waits += 1
        sqlite3_sleep(50)
      }
    } while code == SQLITE_OK || ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && waits < 200)
    let finish = unsafe sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE, finish == SQLITE_OK else {
      throw target.failure(code == SQLITE_DONE ? finish : code, nil)
    }
  }

  func failure(_ code: Int32, _ statement: String?) -> SQLiteError {
    SQLiteError(
      code: code, message: unsafe String(cString: sqlite3_errmsg(handle)), statement: statement)
  }
}

private final class FunctionBox {
  let body: ([SQLValue]) -> SQLValue

  init(_ body: @escaping ([SQLValue]) -> SQLValue) {
    self.body = body
  }
}

extension SQLValue {
  fileprivate init(_ value: OpaquePointer?) {
    switch unsafe sqlite3_value_type(value) {
    case SQLITE_INTEGER: self = .integer(unsafe sqlite3_value_int64(value))
    case SQLITE_FLOAT: self = .real(unsafe sqlite3_value_double(value))
    case SQLITE_TEXT:
      let start = unsafe sqlite3_value_text(value)
      let count = Int(unsafe sqlite3_value_bytes(value))
      let bytes = unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
      self = .text(unsafe String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      let count = Int(unsafe sqlite3_value_bytes(value))
      let bytes = unsafe UnsafeRawBufferPointer(start: sqlite3_value_blob(value), count: count)
      self = .blob(unsafe Array(bytes))
    default: self = .null
    }
  }

  fileprivate func setResult(of context: OpaquePointer?) {
    switch self {
    case .null: unsafe sqlite3_result_null(context)
    case .integer(let number): unsafe sqlite3_result_int64(context, number)
    case .real(let number): unsafe sqlite3_result_double(context, number)
    case .text(let text):
      unsafe sqlite3_result_text64(
        context, text, UInt64(text.utf8.count), machizu_sqlite_transient(), UInt8(SQLITE_UTF8))
    case .blob(let bytes):
      unsafe sqlite3_result_blob64(
        context, bytes, UInt64(bytes.count), machizu_sqlite_transient())
    }
  }
}
