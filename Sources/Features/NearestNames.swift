/// Finds the names that somebody may have meant.
struct NearestNames {
  private let names: [String]

  init(_ names: [String]) {
    self.names = names
  }

  /// At most three names, nearest first: alike when folded, within a few changes, or holding the
  /// written name.
  func nearest(to name: String) -> [String] {
    guard !name.isEmpty, name.utf8.count <= 200 else { return [] }
    let wanted = Array(TextFolding.fold(name).unicodeScalars)
    let limit = max(1, wanted.count / 3)
    var found: [(distance: Int, position: Int)] = []
    for (position, candidate) in names.enumerated() {
      let folded = Array(TextFolding.fold(candidate).unicodeScalars)
      var distance = Self.distance(wanted, folded)
      if distance > limit, wanted.count >= 2, Self.holds(folded, wanted) { distance = limit }
      if distance <= limit { found.append((distance, position)) }
    }
    found.sort { ($0.distance, $0.position) < ($1.distance, $1.position) }
    return found.prefix(3).map { names[$0.position] }
  }

  private static func holds(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
    guard part.count <= text.count else { return false }
    return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }

  /// Insertions, deletions and exchanges from one to the other.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var previous = Array(0...right.count)
    for (row, scalar) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        let exchanged = previous[column] + (scalar == other ? 0 : 1)
        current.append(min(exchanged, previous[column + 1] + 1, current[column] + 1))
      }
      previous = current
    }
    return previous[right.count]
  }
}
