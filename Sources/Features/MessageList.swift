/// Sentences beside their translation; `{}` stands for what a sentence names, and `{1}`, `{2}` for the
/// same in the translation, where it may stand in another order.
public struct MessageList: Sendable {
  private let entries: [(pattern: String, translation: String)]

  public init(_ entries: [(String, String)]) {
    self.entries = entries.map { (pattern: $0.0, translation: $0.1) }
  }

  /// Nil for a sentence that is not on the list.
  public func translation(of sentence: String) -> String? {
    for (pattern, words) in entries {
      guard let found = Self.match(sentence, pattern) else { continue }
      var text = ""
      var rest = words[...]
      while let hole = rest.firstIndex(of: "{") {
        text += rest[..<hole]
        guard let end = rest[hole...].firstIndex(of: "}"),
          let number = Int(rest[rest.index(after: hole)..<end])
        else {
          text.append("{")
          rest = rest[rest.index(after: hole)...]
          continue
        }
        guard number >= 1, number <= found.count else { return nil }
        text += found[number - 1]
        rest = rest[rest.index(after: end)...]
      }
      return text + rest
    }
    return nil
  }

  /// What stands in the holes of a pattern; nil where the text does not fit it.
  private static func match(_ text: String, _ pattern: String) -> [String]? {
    let parts = pattern.split(separator: "{}", omittingEmptySubsequences: false)
    guard text.hasPrefix(parts[0]), text.hasSuffix(parts[parts.count - 1]) else { return nil }
    var rest = Substring(text).dropFirst(parts[0].count)
    var found: [String] = []
    for (index, part) in parts.enumerated().dropFirst() {
      if index == parts.count - 1 {
        guard rest.count >= part.count else { return nil }
        found.append(String(rest.dropLast(part.count)))
        return found
      }
      guard let place = range(of: part, in: rest) else { return nil }
      found.append(String(rest[..<place]))
      rest = rest[place...].dropFirst(part.count)
    }
    return rest.isEmpty ? found : nil
  }

  private static func range(of part: Substring, in text: Substring) -> String.Index? {
    guard !part.isEmpty else { return text.startIndex }
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(part) { return start }
      start = text.index(after: start)
    }
    return nil
  }
}
