/// Finds what a person may have meant by a name that is not known.
public enum NearestName {
  /// The candidate with the fewest edits to `name`; nil when none is near enough to be meant.
  ///
  /// An edit inserts, removes or replaces one character, or swaps two neighbours; upper and lower case
  /// count as the same. Near enough is a third of the longer name's length, at least one edit. Among
  /// equals the first wins.
  ///
  /// Source: optimal string alignment distance (Damerau 1964, restricted).
  public static func suggest(
    for name: String, among candidates: some Sequence<String>
  ) -> String? {
    // Longer names are nobody's slip of the finger, and the comparison is quadratic.
    guard !name.isEmpty, name.utf8.count <= longestByteCount else { return nil }
    let wanted = Array(name.lowercased().unicodeScalars)
    var best: (name: String, edits: Int)?
    for candidate in candidates where candidate.utf8.count <= longestByteCount {
      let scalars = Array(candidate.lowercased().unicodeScalars)
      let limit = max(1, max(wanted.count, scalars.count) / 3)
      if abs(wanted.count - scalars.count) > limit { continue }
      let edits = edits(from: wanted, to: scalars)
      if edits <= limit, edits < best?.edits ?? .max { best = (candidate, edits) }
    }
    return best?.name
  }

  private static let longestByteCount = 256

  private static func edits(from a: [Unicode.Scalar], to b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var current = last
    for i in 0..<a.count {
      current[0] = i + 1
      for j in 0..<b.count {
        let substitution = last[j] + (a[i] == b[j] ? 0 : 1)
        var cost = min(last[j + 1] + 1, current[j] + 1, substitution)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        current[j + 1] = cost
      }
      (beforeLast, last, current) = (last, current, beforeLast)
    }
    return last[b.count]
  }
}
