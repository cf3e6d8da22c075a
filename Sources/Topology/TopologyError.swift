/// Why a question about geometry could not be answered.
public struct TopologyError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
