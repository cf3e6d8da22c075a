/// A place in a JSON text.
public struct JSONPosition: Sendable, Hashable, CustomStringConvertible {
  /// Line, from 1; lines end at a line feed.
  public var line: Int
  /// Column, from 1, counted in Unicode scalars.
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public var description: String { "line \(line), column \(column)" }
}

/// Why a JSON text was refused, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was found and what may stand there.
  public var message: String
  /// Where it was found.
  public var position: JSONPosition

  public init(_ message: String, at position: JSONPosition) {
    self.message = message
    self.position = position
  }

  public var description: String { "\(position): \(message)" }
}
