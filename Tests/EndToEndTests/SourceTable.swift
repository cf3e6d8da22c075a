import JSON
import TestSupport

/// A CSV file as this test reads it, apart from the program's own reader.
struct SourceTable {
  struct Row {
    /// The line of the file that the row starts on, from 1.
    let line: Int
    let cells: [String]
  }

  let columns: [String]
  let rows: [Row]

  init(_ bytes: [UInt8], encoding: String = "UTF-8") throws {
    var bytes = bytes
    if encoding != "UTF-8" { bytes = try Self.decoded(bytes, from: encoding) }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    var rows: [Row] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var line = 1
    var start = 1
    func endCell() {
      cells.append(String(decoding: cell, as: UTF8.self))
      cell = []
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x0A { line += 1 }
      if isQuoted {
        if byte != 0x22 {
          cell.append(byte)
        } else if index < bytes.count, bytes[index] == 0x22 {
          cell.append(0x22)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case 0x22: isQuoted = true
      case 0x2C: endCell()
      case 0x0D: break
      case 0x0A:
        endCell()
        rows.append(Row(line: start, cells: cells))
        cells = []
        start = line
      default: cell.append(byte)
      }
    }
    if !cell.isEmpty || !cells.isEmpty {
      endCell()
      rows.append(Row(line: start, cells: cells))
    }
    columns = rows.first?.cells ?? []
    self.rows = rows.dropFirst().filter { $0.cells.contains { !$0.isEmpty } }
  }

  func value(_ row: Row, _ column: String) -> String {
    guard let position = columns.firstIndex(of: column), position < row.cells.count else {
      return ""
    }
    return row.cells[position]
  }

  func values(_ column: String) -> [String] { rows.map { value($0, column) } }

  /// Bytes of another encoding as UTF-8, by the system's own converter.
  static func decoded(_ bytes: [UInt8], from encoding: String) throws -> [UInt8] {
    let run = try ProgramRun(
      "/usr/bin/iconv", ["-f", encoding, "-t", "UTF-8"], input: bytes)
    guard run.status == 0 else { throw TestSupportError("iconv: \(run.errors)") }
    return run.output
  }
}

/// How many rows a source file holds, from the file itself; nil for formats that say it nowhere
/// plainly.
func sourceRowCount(_ path: String, comment: String?, encoding: String) throws -> Int? {
  if path.hasSuffix(".shp") {
    // An index file has 100 bytes of header and 8 bytes a row.
    return (try TestFile.read(String(path.dropLast(4)) + ".shx").count - 100) / 8
  }
  if path.hasSuffix(".geojson") {
    return try JSONParser.parse(try TestFile.read(path))["features"]?.array?.count
  }
  if path.hasSuffix(".csv") {
    let table = try SourceTable(
      try TestFile.read(path), encoding: encoding.hasPrefix("CP932") ? "CP932" : "UTF-8")
    return table.rows.filter { row in
      comment.map { !(row.cells.first ?? "").hasPrefix($0) } ?? true
    }.count
  }
  return nil
}
