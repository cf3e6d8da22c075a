/// Why SQLite refused, with the statement that it refused.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
  /// SQLite's extended result code.
  public let code: Int32
  public let message: String
  public let statement: String?

  public init(code: Int32, message: String, statement: String? = nil) {
    self.code = code
    self.message = message
    self.statement = statement
  }

  /// Another process holds the lock that was needed.
  public var isBusy: Bool { code & 0xFF == 5 || code & 0xFF == 6 }

  public var description: String {
    var text = "SQLite: \(message) (code \(code))"
    if let statement { text += " in: \(statement)" }
    return text
  }
}
