/// What can be told of a table from its first rows.
enum CSVLayout {
  private static let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]

  /// The delimiter that cuts the rows of `sample` most evenly; a comma when nothing speaks against.
  static func delimiter(of sample: [UInt8], isWhole: Bool, path: String) -> UInt8 {
    let isTabbed = path.lowercased().hasSuffix(".tsv") || path.lowercased().hasSuffix(".tab")
    var best = (delimiter: isTabbed ? 0x09 : UInt8(ascii: ","), score: 0)
    for candidate in candidates {
      let score = evenness(of: sample, isWhole: isWhole, delimiter: candidate)
      // Of equals the comma stays, and a tab in a file that is named for it.
      if score > best.score || (score == best.score && isTabbed && candidate == 0x09) {
        best = (candidate, score)
      }
    }
    return best.delimiter
  }

  /// How many rows have the commonest number of cells, weighted by that number; 0 for one column.
  private static func evenness(of sample: [UInt8], isWhole: Bool, delimiter: UInt8) -> Int {
    var counts: [Int] = []
    for row in rows(of: sample, isWhole: isWhole, delimiter: delimiter, limit: 50) {
      if !row.isBlank { counts.append(row.cellCount) }
    }
    var frequency: [Int: Int] = [:]
    for count in counts where count > 1 { frequency[count, default: 0] += 1 }
    guard let (cells, rows) = frequency.max(by: { $0.value * $0.key < $1.value * $1.key }) else {
      return 0
    }
    return rows * 100 / max(counts.count, 1) * 100 + min(cells, 99)
  }

  /// The first rows of `sample`; the last is left out unless the sample is the whole file.
  static func rows(of sample: [UInt8], isWhole: Bool, delimiter: UInt8, limit: Int) -> [CSVRow] {
    var tokenizer = CSVTokenizer(CSVByteSource(sample), delimiter: delimiter)
    var rows: [CSVRow] = []
    var row = CSVRow()
    reading: while rows.count <= limit {
      // A byte source made of an array does not fail.
      switch try? tokenizer.next(into: &row) {
      case .row?: rows.append(row)
      case .unclosed?: continue
      case .end?, nil:
        if !isWhole, !rows.isEmpty { rows.removeLast() }
        break reading
      }
    }
    return Array(rows.prefix(limit))
  }

  /// In the manner of linkdata.org a table begins with `#LINK`, `#lang`, … and its header is the
  /// row that begins with `#property`.
  ///
  /// - Returns: that row's number from 1; nil for a table that is not written so.
  static func propertyRow(of rows: [CSVRow]) -> Int? {
    for (index, row) in rows.enumerated() {
      guard row.cellCount > 0 else { return nil }
      let first = row.bytes[row.range(0)]
      if first.elementsEqual("#property".utf8) { return index + 1 }
      guard row.isBlank || first.first == UInt8(ascii: "#") else { return nil }
    }
    return nil
  }

  /// Whether a row right under the header explains the columns rather than filling them: its first
  /// text begins with ※, ←, ↑, 注 or a bracket around one of them.
  static func isRemark(_ cells: [String]) -> Bool {
    guard let first = cells.first(where: { !$0.isEmpty }) else { return false }
    var text = Substring(first)
    if let bracket = text.first, "（(【［[".contains(bracket) { text = text.dropFirst() }
    guard let mark = text.first else { return false }
    if "※←↑".contains(mark) { return true }
    // 注 alone begins ordinary names (注連寺); a remark goes on with a mark or a numeral.
    return mark == "注" && text.dropFirst().first.map { "）)：:１1 　意".contains($0) } == true
  }
}
