internal import CSQLite

/// A prepared statement; positions of parameters and columns count from 0.
@safe
public final class Statement {
  private let handle: OpaquePointer
  private let database: Database
  private let sql: String

  init(_ handle: OpaquePointer, in database: Database, sql: String) {
    unsafe self.handle = handle
    self.database = database
    self.sql = sql
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  /// Binds all parameters anew, those without a value to null, and makes the statement ready to run.
  public func bind(_ values: [SQLValue]) throws(SQLiteError) {
    unsafe sqlite3_reset(handle)
    unsafe sqlite3_clear_bindings(handle)
    for (position, value) in values.enumerated() { try bind(value, at: position) }
  }

  public func bind(_ value: SQLValue, at position: Int) throws(SQLiteError) {
    let index = Int32(position + 1)
    let code: Int32
    switch value {
    case .null: code = unsafe sqlite3_bind_null(handle, index)
    case .integer(let number): code = unsafe sqlite3_bind_int64(handle, index, number)
    case .real(let number): code = unsafe sqlite3_bind_double(handle, index, number)
    case .text(let text):
      var text = text
      code = text.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
          // An empty string has no address to bind, and a null pointer would bind NULL.
          guard let start = characters.baseAddress else {
            return unsafe sqlite3_bind_text(handle, index, "", 0, machizu_sqlite_transient())
          }
          return unsafe sqlite3_bind_text64(
            handle, index, start, UInt64(characters.count), machizu_sqlite_transient(),
            UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let bytes):
      code =
        bytes.isEmpty
        ? unsafe sqlite3_bind_zeroblob(handle, index, 0)
        : unsafe bytes.withUnsafeBytes { buffer in
          unsafe sqlite3_bind_blob64(
            handle, index, buffer.baseAddress, UInt64(buffer.count), machizu_sqlite_transient())
        }
    }
    guard code == SQLITE_OK else { throw database.failure(code, sql) }
  }

  /// Goes to the next row; false after the last one.
  public func step() throws(SQLiteError) -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      unsafe sqlite3_reset(handle)
      return false
    case let code:
      let error = database.failure(code, sql)
      unsafe sqlite3_reset(handle)
      throw error
    }
  }

  public var columnCount: Int { Int(unsafe sqlite3_column_count(handle)) }

  public func columnName(_ position: Int) -> String {
    guard let name = unsafe sqlite3_column_name(handle, Int32(position)) else { return "" }
    return unsafe String(cString: name)
  }

  public func value(_ position: Int) -> SQLValue {
    switch unsafe sqlite3_column_type(handle, Int32(position)) {
    case SQLITE_INTEGER: .integer(integer(position))
    case SQLITE_FLOAT: .real(real(position))
    case SQLITE_TEXT: .text(text(position))
    case SQLITE_BLOB: .blob(blob(position))
    default: .null
    }
  }

  public func isNull(_ position: Int) -> Bool {
    unsafe sqlite3_column_type(handle, Int32(position)) == SQLITE_NULL
  }

  public func integer(_ position: Int) -> Int64 {
    unsafe sqlite3_column_int64(handle, Int32(position))
  }

  public func real(_ position: Int) -> Double {
    unsafe sqlite3_column_double(handle, Int32(position))
  }

  public func text(_ position: Int) -> String {
    guard let start = unsafe sqlite3_column_text(handle, Int32(position)) else { return "" }
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(position)))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  public func blob(_ position: Int) -> [UInt8] {
    guard let start = unsafe sqlite3_column_blob(handle, Int32(position)) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(position)))
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}

extension Database {
  /// A name as SQL writes it, whatever characters it holds.
  public static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
