public import JSON

/// What is wrong with a workspace's files: every fault that was found, each with its place.
public struct WorkspaceError: Error, Sendable, CustomStringConvertible {
  public struct Fault: Sendable, CustomStringConvertible {
    public let file: String
    public let position: JSONPosition?
    public let message: String

    public init(file: String, position: JSONPosition?, message: String) {
      self.file = file
      self.position = position
      self.message = message
    }

    public var description: String {
      guard let position else { return "\(file): \(message)" }
      return "\(file):\(position.line):\(position.column): \(message)"
    }
  }

  public let faults: [Fault]

  public init(_ faults: [Fault]) {
    self.faults = faults
  }

  public init(file: String, position: JSONPosition? = nil, message: String) {
    faults = [Fault(file: file, position: position, message: message)]
  }

  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
