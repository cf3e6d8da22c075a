internal import SQLite

/// Writes the rows of a new table, several with each statement: most of what one row costs SQLite is
/// the statement around it.
final class NewRows {
  /// More rows a statement gain nothing.
  private static let mostRows = 16
  private static let mostCells = 4096

  private let several: Statement
  private let single: Statement
  private let columnCount: Int
  private let rowsTogether: Int
  private var cells: [SQLValue] = []
  /// The number of the last row that was added.
  private(set) var lastNumber: Int64 = 0

  /// - Parameter columns: the columns beside `fid`, as SQL writes them.
  init(_ database: Database, table: String, columns: [String]) throws(SQLiteError) {
    columnCount = columns.count + 1
    rowsTogether = max(1, min(Self.mostRows, Self.mostCells / columnCount))
    let row = "(\(Array(repeating: "?", count: columnCount).joined(separator: ", ")))"
    let head = "INSERT INTO \(table) (\((["fid"] + columns).joined(separator: ", "))) VALUES "
    single = try database.prepare(head + row)
    several = try database.prepare(
      head + Array(repeating: row, count: rowsTogether).joined(separator: ", "))
  }

  /// Takes the values of one row in the order of the columns.
  func add(_ values: [SQLValue]) throws(SQLiteError) {
    lastNumber += 1
    cells.append(.integer(lastNumber))
    cells += values
    guard cells.count == rowsTogether * columnCount else { return }
    try several.bind(cells)
    while try several.step() {}
    cells.removeAll(keepingCapacity: true)
  }

  /// Writes what is left.
  func finish() throws(SQLiteError) {
    for start in stride(from: 0, to: cells.count, by: columnCount) {
      try single.bind(Array(cells[start..<start + columnCount]))
      while try single.step() {}
    }
    cells = []
  }
}
