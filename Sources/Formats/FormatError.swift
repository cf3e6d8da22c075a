/// Why a source was refused or could not be read further, and where.
public struct FormatError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Fault: Sendable, Equatable {
    /// The file cannot be opened or read; the system's reason.
    case unreadable
    /// The file ends before what it announces.
    case truncated
    /// The bytes do not follow the format.
    case malformed
    /// An encoding that is not known or that the bytes contradict.
    case encoding
    /// A column, layer or option that the file does not offer.
    case selection
    /// A format that is refused by name or by a limit.
    case refused
    /// The exchange process is missing, died, hung or speaks another version.
    case process
  }

  public let fault: Fault
  /// The path as it was given.
  public let file: String
  /// The row as in `SourcePlace.row`: where the fault lies, or the last row that was read before it.
  public let row: Int?
  /// One clause without a final stop: value found, what is allowed, what to do.
  public let reason: String

  public init(_ fault: Fault, file: String, row: Int? = nil, reason: String) {
    self.fault = fault
    self.file = file
    self.row = row
    self.reason = reason
  }

  public var description: String {
    let place = row.map { "\(file), row \($0)" } ?? file
    return "\(place): \(reason)."
  }
}
