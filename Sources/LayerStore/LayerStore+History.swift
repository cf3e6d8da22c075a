public import Features
internal import SQLite

/// One change of one feature.
public struct HistoryEntry: Sendable {
  public let commit: Revision
  /// ISO 8601 with the zone.
  public let time: String
  public let author: String
  public let cause: String
  /// `add`, `change` or `remove`.
  public let operation: String
  /// The columns before the change, as JSON; nil where there was no row.
  public let before: String?
}

extension LayerStore {
  /// Every change of a feature, newest first.
  public func history(
    of key: FeatureKey, in layer: LayerID
  ) throws(StoreError) -> [HistoryEntry] {
    try StoreError.wrapping {
      try database.rows(
        """
        SELECT c.id, c.time, c.author, c.cause, h.operation, h.before
        FROM machizu_history h JOIN machizu_commits c ON c.id = h.commit_id
        WHERE h.layer = ? AND h.key = ? ORDER BY c.id DESC, h.rowid DESC
        """, [.text(layer.text), .text(key.text)]
      ).compactMap { row in
        guard case .integer(let commit) = row[0], case .text(let time) = row[1],
          case .text(let author) = row[2], case .text(let cause) = row[3],
          case .text(let operation) = row[4]
        else { return nil }
        var before: String?
        if case .text(let text) = row[5] { before = text }
        return HistoryEntry(
          commit: commit, time: time, author: author, cause: cause, operation: operation,
          before: before)
      }
    }
  }
}
