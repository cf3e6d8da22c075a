/// A small picture that is repeated in both directions without end.
///
/// The pattern is anchored in the world: the caller says which of its pixels lies at the upper left
/// corner of the drawing, so that neighbouring tiles continue each other.
public struct Pattern: Sendable {
  package let picture: Pixmap

  /// A pattern of at least one pixel; nil for an empty picture.
  public init?(_ picture: Pixmap) {
    guard picture.width > 0, picture.height > 0 else { return nil }
    self.picture = picture
  }

  public var width: Int { picture.width }
  public var height: Int { picture.height }

  /// `value` modulo `size`, never negative.
  static func wrapped(_ value: Int64, _ size: Int) -> Int {
    let rest = value % Int64(size)
    return Int(rest < 0 ? rest + Int64(size) : rest)
  }
}
