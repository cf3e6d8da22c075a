/// One line of a broken text.
public struct TextLine: Hashable, Sendable {
  /// Without the spaces at which it was broken.
  public let text: String
  /// Thousandths of an em.
  public let widthMilliEms: Int
}

/// Breaks `text` into lines by the rules for Japanese (禁則処理), evenly.
///
/// A line never begins with a stop, a closing bracket, a small kana, ー or 々, never ends with an opening
/// bracket, and no number with its counter, no Latin word and no 丁目 is ever parted; what cannot be
/// broken may be wider than the maximum. The text takes as few lines as it can, and those are made as
/// even as they can be, so that no single character is left for the last. Line feeds in `text` are kept.
///
/// - Parameters:
///   - maximumWidthEms: in ems; 0, negative or not finite for no limit.
///   - widths: the width of each `Character` in thousandths of an em; by default 500 for half-width
///     characters and 1,000 for others.
/// - Returns: at least one line, from top to bottom.
public func breakLines(
  _ text: String, maximumWidthEms: Double, widths: [Int]? = nil
) -> [TextLine] {
  let characters = Array(text)
  let widths = widths ?? characters.map(nominalWidth)
  precondition(widths.count == characters.count, "one width for each character")
  let maximum =
    maximumWidthEms > 0 && maximumWidthEms < 10_000 ? Int(maximumWidthEms * 1000) : Int.max
  var lines: [TextLine] = []
  var start = 0
  for index in 0...characters.count where index == characters.count || characters[index].isNewline {
    let paragraph = Paragraph(
      characters: Array(characters[start..<index]), widths: Array(widths[start..<index]))
    lines.append(contentsOf: paragraph.lines(maximum: maximum))
    start = index + 1
  }
  return lines
}

/// Thousandths of an em: half-width characters have half an em.
private func nominalWidth(_ character: Character) -> Int {
  guard let value = character.unicodeScalars.first?.value else { return 0 }
  switch value {
  case 0..<0x250, 0xFF61...0xFF9F: return 500
  default: return 1000
  }
}

/// A text between two line feeds, cut into the pieces that must stay whole.
private struct Paragraph {
  private struct Piece {
    var text: String
    /// Of the spaces at its end, which do not count where a line ends after it.
    var trailingSpace: Int
    var penaltyAfter: Int
  }

  private var pieces: [Piece] = []
  /// Where each piece would begin if all stood in one line, and the end of the last.
  private var starts: [Int] = [0]

  init(characters: [Character], widths: [Int]) {
    let penalties = Kinsoku.penalties(characters)
    var start = 0
    for index in characters.indices {
      let isLast = index == characters.count - 1
      guard isLast || penalties[index] != nil else { continue }
      var end = index
      while end >= start && characters[end].isWhitespace { end -= 1 }
      let width = widths[start...index].reduce(0, +)
      starts.append(starts[starts.count - 1] + width)
      let solid = end >= start ? widths[start...end].reduce(0, +) : 0
      pieces.append(
        Piece(
          text: String(characters[start...index]), trailingSpace: width - solid,
          penaltyAfter: isLast ? 0 : penalties[index] ?? 0))
      start = index + 1
    }
  }

  func lines(maximum: Int) -> [TextLine] {
    guard !pieces.isEmpty else { return [TextLine(text: "", widthMilliEms: 0)] }
    return bestBreaks(maximum: maximum).map { range in
      let text = pieces[range].map(\.text).joined()
      return TextLine(text: Self.trimmed(text), widthMilliEms: width(range))
    }
  }

  private static func trimmed(_ text: String) -> String {
    var end = text.endIndex
    while end > text.startIndex, text[text.index(before: end)].isWhitespace {
      end = text.index(before: end)
    }
    return String(text[..<end])
  }

  private func width(_ range: Range<Int>) -> Int {
    guard let last = range.last else { return 0 }
    return starts[range.upperBound] - starts[range.lowerBound] - pieces[last].trailingSpace
  }

  /// How good the best setting of the first pieces is: fewest lines, then evenness and good places.
  private struct Cost: Comparable {
    var lines: Int
    /// The sum of squared hundredths of an em from the mean width, and of penalties.
    var badness: Int
    var lastLineStart: Int

    static func < (left: Cost, right: Cost) -> Bool {
      (left.lines, left.badness) < (right.lines, right.badness)
    }
  }

  private func bestBreaks(maximum: Int) -> [Range<Int>] {
    let whole = 0..<pieces.count
    let total = width(whole)
    if total <= maximum || pieces.count == 1 { return [whole] }
    let mean = total / fewestLines(maximum: maximum)
    var best = [Cost(lines: 0, badness: 0, lastLineStart: 0)]
    for end in 1...pieces.count {
      var chosen: Cost?
      for start in stride(from: end - 1, through: 0, by: -1) {
        let lineWidth = width(start..<end)
        // A piece that is too wide for any line stands alone.
        if lineWidth > maximum && end - start > 1 { break }
        let difference = (lineWidth - mean) / 10
        let cost = Cost(
          lines: best[start].lines + 1,
          badness: best[start].badness + difference * difference
            + pieces[end - 1].penaltyAfter * 10_000,
          lastLineStart: start)
        if chosen.map({ cost < $0 }) ?? true { chosen = cost }
      }
      best.append(chosen ?? Cost(lines: end, badness: 0, lastLineStart: end - 1))
    }
    var ranges: [Range<Int>] = []
    var end = pieces.count
    while end > 0 {
      ranges.append(best[end].lastLineStart..<end)
      end = best[end].lastLineStart
    }
    return ranges.reversed()
  }

  private func fewestLines(maximum: Int) -> Int {
    var count = 1
    var start = 0
    for end in pieces.indices where end > start && width(start..<(end + 1)) > maximum {
      count += 1
      start = end
    }
    return count
  }
}
