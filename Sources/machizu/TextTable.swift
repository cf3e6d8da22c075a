/// Rows of text in columns, as a terminal shows them: East Asian wide characters count twice.
struct TextTable {
  let headings: [String]
  let rows: [[String]]
  var rightAligned: Set<Int> = []

  var text: String {
    var widths = headings.map(Self.width)
    for row in rows {
      for (column, cell) in row.enumerated() where column < widths.count {
        widths[column] = max(widths[column], Self.width(cell))
      }
    }
    var lines = [line(headings, widths: widths)]
    for row in rows { lines.append(line(row, widths: widths)) }
    return lines.joined(separator: "\n")
  }

  private func line(_ cells: [String], widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let shown = String(cell.map { $0.isNewline ? " " : $0 })
      let gap = String(repeating: " ", count: max(widths[column] - Self.width(shown), 0))
      if column > 0 { line += "  " }
      let isLast = column == cells.count - 1
      line += rightAligned.contains(column) ? gap + shown : isLast ? shown : shown + gap
    }
    return line
  }

  /// Columns of a terminal that a text takes.
  static func width(_ text: String) -> Int {
    text.reduce(0) { sum, character in
      guard let scalar = character.unicodeScalars.first else { return sum }
      switch scalar.value {
      case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x20000...0x3FFFD:
        return sum + 2
      default: return sum + 1
      }
    }
  }
}
