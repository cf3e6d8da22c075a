public import JSON

/// One thing in a style document that is not allowed.
public struct StyleFault: Sendable, Hashable, CustomStringConvertible {
  /// Where, as a path of keys and indices: `layers[3].paint.fill-color[2]`.
  public var path: String
  /// Where, in the text.
  public var position: JSONPosition
  /// What was found and what may stand there.
  public var message: String
  /// What may have been meant.
  public var hint: String?

  public init(path: String, position: JSONPosition, message: String, hint: String? = nil) {
    self.path = path
    self.position = position
    self.message = message
    self.hint = hint
  }

  public var description: String {
    let place = path.isEmpty ? "\(position)" : "\(position), \(path)"
    return "\(place): \(message)" + (hint.map { " (\($0))" } ?? "")
  }
}

/// Why a style document was refused: everything that is wrong with it, in the order of the text.
public struct StyleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The style's id.
  public var style: String
  /// In the order of the text; never empty.
  public var faults: [StyleFault]

  public init(style: String, faults: [StyleFault]) {
    self.style = style
    self.faults = faults
  }

  public var description: String {
    faults.map { "style \(style), \($0)" }.joined(separator: "\n")
  }
}
