/// A path with stars: `*` stands for any run of characters other than `/`, `?` for one.
public struct Glob: Sendable, Hashable {
  /// A path that matched, and what each star stood for, in order.
  public struct Match: Sendable, Hashable {
    public let path: String
    public let captures: [String]
  }

  public let pattern: String

  public init(_ pattern: String) {
    self.pattern = pattern
  }

  public var hasWildcards: Bool { pattern.contains("*") || pattern.contains("?") }

  /// The existing files that match below `folder`, in code point order of their paths.
  public func matches(in folder: String) -> [Match] {
    let whole = FileContents.join(folder, pattern)
    let isAbsolute = whole.hasPrefix("/")
    var found = [Match(path: isAbsolute ? "/" : "", captures: [])]
    let components = whole.split(separator: "/").map(String.init)
    for (index, component) in components.enumerated() {
      let isLast = index == components.count - 1
      var next: [Match] = []
      for match in found {
        for (name, captures) in Self.names(matching: component, in: match.path) {
          let path = match.path.isEmpty ? name : FileContents.join(match.path, name)
          guard isLast ? FileContents.exists(path) : FileContents.isFolder(path) else { continue }
          next.append(Match(path: path, captures: match.captures + captures))
        }
      }
      found = next
    }
    return found
  }

  private static func names(
    matching component: String, in folder: String
  ) -> [(String, [String])] {
    guard component.contains("*") || component.contains("?") else { return [(component, [])] }
    return FileContents.list(folder.isEmpty ? "." : folder).compactMap { name in
      guard !name.hasPrefix("."), let captures = captures(of: component, in: name) else {
        return nil
      }
      return (name, captures)
    }
  }

  /// What the stars of `pattern` stand for in `name`; nil when it does not match.
  static func captures(of pattern: String, in name: String) -> [String]? {
    let pattern = Array(pattern.unicodeScalars)
    let name = Array(name.unicodeScalars)
    var captures: [String] = []
    func match(_ p: Int, _ n: Int) -> Bool {
      guard p < pattern.count else { return n == name.count }
      switch pattern[p] {
      case "*":
        // Shortest first: what is left over must still match the rest.
        for end in n...name.count {
          var text = String.UnicodeScalarView()
          text.append(contentsOf: name[n..<end])
          captures.append(String(text))
          if match(p + 1, end) { return true }
          captures.removeLast()
        }
        return false
      case "?": return n < name.count && match(p + 1, n + 1)
      default: return n < name.count && name[n] == pattern[p] && match(p + 1, n + 1)
      }
    }
    return match(0, 0) ? captures : nil
  }
}
