public import Features
internal import Formats

/// What an import did to one layer, and everything that a person should know of its rows.
public struct ImportReport: Sendable {
  public let layer: LayerID
  /// Rows of the sources: added + changed + unchanged + rejected + conflicts.
  public var read = 0
  public var added = 0
  public var changed = 0
  public var unchanged = 0
  /// Stored rows that the sources no longer hold.
  public var removed = 0
  public var rejected = 0
  public var conflicts = 0
  public var rows: [RowNote] = []
  public var files: [FileNote] = []
  /// Rows that have a place.
  public var placed = 0

  /// Places outside of the town.
  var outside = 0
  /// Rows without the value that names them; told only where most rows have one.
  var emptyLabels: [RowNote] = []

  public init(layer: LayerID) {
    self.layer = layer
  }

  /// One thing that is to be said of one row.
  public struct RowNote: Sendable {
    public enum Kind: String, Sendable {
      /// The row was not taken.
      case rejected
      /// The row was edited since its last import and is kept.
      case conflict
      /// The row was taken; this is worth a look.
      case note
    }

    public let kind: Kind
    public let file: String
    public let row: Int
    public let column: String?
    public let reason: Title

    public init(kind: Kind, file: String, row: Int, column: String?, reason: Title) {
      self.kind = kind
      self.file = file
      self.row = row
      self.column = column
      self.reason = reason
    }
  }

  /// How one file was read.
  public struct FileNote: Sendable {
    public let file: String
    public let encoding: String
    public let reference: String
    public var read = 0
    /// Rows with geometry.
    public var placed = 0
    public var warnings: [Title]
  }
}

extension ImportReport {
  mutating func reject(_ place: SourcePlace, _ column: String?, _ reason: Title) {
    rejected += 1
    rows.append(
      RowNote(
        kind: .rejected, file: place.file, row: place.row, column: column, reason: reason))
  }

  mutating func note(_ place: SourcePlace, _ column: String?, _ reason: Title) {
    rows.append(
      RowNote(kind: .note, file: place.file, row: place.row, column: column, reason: reason))
  }
}
