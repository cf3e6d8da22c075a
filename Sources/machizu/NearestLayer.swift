internal import JSON

/// The end of an error sentence that names what may have been meant.
enum NearestLayer {
  static func suggest(_ name: String, among known: [String]) -> String {
    if let nearest = NearestName.suggest(for: name, among: known) {
      return " Did you mean “\(nearest)”?"
    }
    return known.isEmpty ? "" : " There are: \(known.joined(separator: ", "))."
  }
}
