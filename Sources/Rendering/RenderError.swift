public import Features

/// Why a picture could not be drawn.
public enum RenderError: Error, Sendable, CustomStringConvertible {
  case source(SourceError)
  case symbol(name: String, reason: String)
  case unknownLayer(String, known: [String])
  case font(String)
  case legendTooLong(limit: Int)

  public var description: String {
    switch self {
    case .source(let error): error.description
    case .symbol(let name, let reason): "The symbol “\(name)” cannot be drawn: \(reason)"
    case .unknownLayer(let name, let known):
      "The map has no layer “\(name)”; it has \(known.joined(separator: ", "))."
    case .font(let reason): reason
    case .legendTooLong(let limit):
      "The legend has more than \(limit) signs; ask for fewer layers or for one zoom."
    }
  }
}
