/// Numbers of two or three digits in vertical writing, side by side in one cell (tate-chu-yoko).
struct UprightDigits {
  /// Bytes of the text: runs of two or three ASCII digits that are whole numbers.
  let runs: [Range<Int>]

  init(_ text: String) {
    var runs: [Range<Int>] = []
    guard text.utf8.contains(where: { (48...57).contains($0) }) else {
      self.runs = runs
      return
    }
    var first: Int?
    for (position, byte) in (Array(text.utf8) + [0]).enumerated() {
      if (48...57).contains(byte) {
        first = first ?? position
      } else if let start = first {
        if (2...3).contains(position - start) { runs.append(start..<position) }
        first = nil
      }
    }
    self.runs = runs
  }
}

extension Letterer {
  /// Sets one line of vertical writing with the numbers in it upright.
  func shapeUpright(_ text: String, style: TextStyle) -> ShapedText {
    let vertical = style.directed(.vertical)
    let shaped = shape(text, style: vertical)
    let runs = UprightDigits(text).runs
    guard !runs.isEmpty else { return shaped }
    let bytes = Array(text.utf8)
    var glyphs: [ShapedText.Glyph] = []
    var ink: TextBox?
    var side: Int32 = 0
    // How far what follows moves up, because digits have left the column.
    var saved: Int32 = 0
    var index = 0
    while index < shaped.glyphs.count {
      let glyph = shaped.glyphs[index]
      guard let run = runs.first(where: { $0.contains(Int(glyph.cluster)) }) else {
        glyphs.append(glyph.moved(up: saved))
        index += 1
        continue
      }
      var end = index
      while end < shaped.glyphs.count, run.contains(Int(shaped.glyphs[end].cluster)) { end += 1 }
      let first = glyph.moved(up: saved)
      // Close together, whatever the space between the label's letters.
      let number = shape(
        String(decoding: bytes[run], as: UTF8.self),
        style: TextStyle(
          size: style.size, letterSpacing: 0, font: style.font, direction: .horizontal))
      for digit in number.glyphs {
        glyphs.append(
          ShapedText.Glyph(
            font: digit.font, id: digit.id, x: digit.x - number.advance / 2,
            y: first.y + digit.y, start: first.start, advance: first.advance,
            cluster: Int32(run.lowerBound) + digit.cluster))
      }
      side = max(side, number.advance - number.advance / 2)
      index = end
      let cellEnd = glyph.start + glyph.advance
      if end < shaped.glyphs.count {
        saved += shaped.glyphs[end].start - cellEnd - style.letterSpacing
      } else {
        let last = shaped.glyphs[end - 1]
        saved += last.start + last.advance - cellEnd
      }
    }
    for glyph in glyphs {
      if let box = inkBox(of: glyph, size: style.size) { ink = ink?.union(box) ?? box }
    }
    return ShapedText(
      glyphs: glyphs, style: vertical, advance: shaped.advance - saved,
      ascent: max(shaped.ascent, side), descent: max(shaped.descent, side), ink: ink)
  }
}

extension ShapedText.Glyph {
  fileprivate func moved(up distance: Int32) -> ShapedText.Glyph {
    ShapedText.Glyph(
      font: font, id: id, x: x, y: y - distance, start: start - distance, advance: advance,
      cluster: cluster)
  }
}
