extension Letterer {
  /// Longer texts are cut: no label is that long, and a hostile one must not cost a second.
  static let scalarLimit = 1000

  /// Sets one line of text.
  ///
  /// A character that the style's font lacks is taken from the first other font that has it; one that
  /// no font has takes no room and draws nothing (`missingCharacters(in:)` finds those). Line breaks and
  /// other control characters count as spaces. Texts over 1,000 Unicode scalars are cut there.
  public func shape(_ text: String, style: TextStyle) -> ShapedText {
    let first = fonts.entries.indices.contains(style.font) ? style.font : 0
    if setsSingly, let line = shapeSettled(text, style: style, font: first) { return line }
    let bytes = Self.bytes(of: text)
    var line = LineInProgress(style: style)
    // The fonts in the order in which they are asked.
    let chain = [first] + fonts.entries.indices.filter { $0 != first }
    place(bytes, 0..<bytes.count, chain: chain[...], on: &line)
    line.endRun(self)
    let (ascent, descent) = metrics(of: first, style: style)
    return ShapedText(
      glyphs: line.glyphs, style: style, advance: fixed(line.pen), ascent: ascent,
      descent: descent, ink: line.ink)
  }

  /// The Unicode scalars of `text` that no font of the set has, each once, in order of appearance.
  public func missingCharacters(in text: String) -> [Unicode.Scalar] {
    var missing: [Unicode.Scalar] = []
    for character in text where !isDrawable(character) {
      for scalar in character.unicodeScalars
      where !isDrawable(Character(scalar)) && !missing.contains(scalar) {
        missing.append(scalar)
      }
    }
    return missing
  }

  private func isDrawable(_ character: Character) -> Bool {
    let invisible = character.unicodeScalars.allSatisfy {
      $0.properties.isDefaultIgnorableCodePoint || $0.properties.generalCategory == .control
        || $0.properties.isWhitespace
    }
    if invisible { return true }
    let bytes = Array(character.utf8)
    return fonts.entries.indices.contains { font in
      shaper.shape(
        bytes, 0..<bytes.count, font: font, vertical: false, ligatures: true, into: &rawGlyphs)
      return rawGlyphs.allSatisfy { $0.id != 0 }
    }
  }

  private static func bytes(of text: String) -> [UInt8] {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(scalarLimit) {
      // Spaces of as many bytes, so that clusters count bytes of the text itself.
      switch scalar.value {
      case 0..<0x20, 0x7F: scalars.append(" ")
      case 0x80..<0xA0: scalars.append("\u{A0}")
      default: scalars.append(scalar)
      }
    }
    return Array(String(scalars).utf8)
  }

  /// Shapes `range` with the first font of `chain` and the parts that it lacks with the rest.
  private func place(
    _ bytes: [UInt8], _ range: Range<Int>, chain: ArraySlice<Int>, on line: inout LineInProgress
  ) {
    guard let font = chain.first, !range.isEmpty else { return }
    shaper.shape(
      bytes, range, font: font, vertical: line.style.direction == .vertical,
      ligatures: line.style.letterSpacing == 0, into: &rawGlyphs)
    guard rawGlyphs.contains(where: { $0.id == 0 }) else {
      for glyph in rawGlyphs { line.add(glyph, font: font, self) }
      return
    }
    let glyphs = rawGlyphs
    var index = 0
    while index < glyphs.count {
      let cluster = glyphs[index].cluster
      var end = index
      while end < glyphs.count && glyphs[end].cluster == cluster { end += 1 }
      if glyphs[index..<end].allSatisfy({ $0.id != 0 }) {
        for glyph in glyphs[index..<end] { line.add(glyph, font: font, self) }
      } else {
        // Neighbours that are missing too go to the next font together, as they may form one cluster.
        while end < glyphs.count && glyphs[end].id == 0 { end += 1 }
        let upper = end < glyphs.count ? glyphs[end].cluster : range.upperBound
        if cluster < upper {
          place(bytes, cluster..<upper, chain: chain.dropFirst(), on: &line)
        }
      }
      index = end
    }
  }

  /// Ascent and descent share one em in the proportion of the font's own, so that a line's middle is
  /// where the ideographs' is.
  func metrics(of font: Int, style: TextStyle) -> (ascent: Int32, descent: Int32) {
    guard style.direction == .horizontal else {
      return (style.size - style.size / 2, style.size / 2)
    }
    let metrics = fonts.entries[font].metrics
    let total = metrics.ascent + metrics.descent
    let ascent =
      total > 0 && metrics.ascent >= 0 && metrics.descent >= 0
      ? scaleUnits(metrics.ascent, size: Int(style.size), unitsPerEm: total)
      : Int(style.size) * 7 / 8
    return (Int32(clamping: ascent), Int32(clamping: Int(style.size) - ascent))
  }
}

/// A line while its glyphs are added, left to right or top to bottom.
private struct LineInProgress {
  let style: TextStyle
  var glyphs: [ShapedText.Glyph] = []
  var ink: TextBox?
  /// How far the line has come, 24.8 pixels, at the start of the current run of one font.
  private(set) var pen = 0
  /// How far the current run has come, in its font's units: summed before rounding, so that the
  /// rounding of single advances does not add up.
  private var runUnits = 0
  private var runFont = 0
  private var lastCluster = -1

  init(style: TextStyle) {
    self.style = style
  }

  mutating func endRun(_ letterer: Letterer) {
    pen += letterer.scaled(runUnits, font: runFont, size: style.size)
    runUnits = 0
  }

  mutating func add(_ glyph: RawGlyph, font: Int, _ letterer: Letterer) {
    if font != runFont {
      endRun(letterer)
      runFont = font
    }
    if glyph.cluster != lastCluster {
      if lastCluster >= 0 { pen += Int(style.letterSpacing) }
      lastCluster = glyph.cluster
    }
    let start = pen + letterer.scaled(runUnits, font: font, size: style.size)
    let end = pen + letterer.scaled(runUnits + glyph.advance, font: font, size: style.size)
    let y = -letterer.scaled(glyph.yOffset, font: font, size: style.size)
    var placed: (x: Int, y: Int)
    switch style.direction {
    case .horizontal:
      placed = (pen + letterer.scaled(runUnits + glyph.xOffset, font: font, size: style.size), y)
    case .vertical:
      placed = (letterer.scaled(glyph.xOffset, font: font, size: style.size), start + y)
    }
    let result = ShapedText.Glyph(
      font: Int32(font), id: glyph.id, x: fixed(placed.x), y: fixed(placed.y),
      start: fixed(start), advance: fixed(end - start),
      cluster: Int32(clamping: glyph.cluster))
    glyphs.append(result)
    runUnits += glyph.advance
    if let box = letterer.inkBox(of: result, size: style.size) {
      ink = ink?.union(box) ?? box
    }
  }
}

extension Letterer {
  /// The box around a glyph's control points at its place in the line.
  func inkBox(of glyph: ShapedText.Glyph, size: Int32) -> TextBox? {
    let font = Int(glyph.font)
    guard let bounds = outline(font: font, glyph: glyph.id).bounds else { return nil }
    return TextBox(
      minX: fixed(scaled(bounds.minX, font: font, size: size)),
      minY: fixed(-scaled(bounds.maxY, font: font, size: size)),
      maxX: fixed(scaled(bounds.maxX, font: font, size: size)),
      maxY: fixed(-scaled(bounds.minY, font: font, size: size))
    ).offset(byX: glyph.x, y: glyph.y)
  }
}
