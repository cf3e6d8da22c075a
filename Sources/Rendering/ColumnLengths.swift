internal import Features
internal import Styling

/// How long the texts of columns are at most, told once for each revision of a layer.
struct ColumnLengths {
  private struct Key: Hashable {
    var layer: LayerID
    var revision: Revision
    var column: String
  }

  /// Entries kept; when there are more, all are forgotten.
  private static let limit = 1024
  /// A longer text than any that is placed.
  private static let enough = 1000

  private var known: [Key: TextLength] = [:]

  /// The greatest length of a column's values in a view; none for a column that it has not.
  mutating func longest(_ column: String, of view: any LayerView) -> TextLength {
    guard let position = view.schema.position(of: column) else { return .none }
    let key = Key(layer: view.layer, revision: view.revision, column: column)
    if let length = known[key] { return length }
    var longest = TextLength.none
    for code in 0..<UInt32(clamping: view.codeCount(column: position))
    where longest.ems < Self.enough {
      longest = longest.union(TextLength(ofValue: view.value(column: position, code: code)))
    }
    if known.count >= Self.limit { known.removeAll() }
    known[key] = longest
    return longest
  }
}
