/// A text that can follow a line: along it, or in Japanese also upright and in vertical writing.
public struct LineText: Hashable, Sendable {
  public let horizontal: ShapedText
  /// Nil for texts without Japanese characters, which are always turned with the line.
  public let vertical: ShapedText?
}

/// A text put on a line.
public struct TextOnLine: Hashable, Sendable {
  public let glyphs: [GlyphPlacement]
  /// Around each glyph's cell: what other labels must not touch. 24.8 pixels.
  public let boxes: [Box]
  /// Whether it is set in vertical writing.
  public let isVertical: Bool

  /// A closed box on the map, 24.8 pixels, y down.
  public struct Box: Hashable, Sendable {
    public var minX: Int64
    public var minY: Int64
    public var maxX: Int64
    public var maxY: Int64
  }
}

extension Letterer {
  /// Sets `text` for both ways in which it can follow a line.
  public func shapeForLine(_ text: String, style: TextStyle) -> LineText {
    let isJapanese = text.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x3005...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
      default: false
      }
    }
    return LineText(
      horizontal: shape(text, style: style.directed(.horizontal)),
      vertical: isJapanese ? shapeUpright(text, style: style) : nil)
  }
}

extension LineText {
  /// How far the direction may turn from one glyph to the next: the cosine of 30° in 2⁻³⁰.
  private static let leastCosine: Int64 = 929_887_697

  /// How much of a line on each side of its middle the text needs at most, 24.8 pixels.
  public var reach: Int64 {
    let upright = vertical.map { Double($0.advance) * Self.greatestStretch } ?? 0
    return max(Int64(horizontal.advance), Int64(upright.rounded(.up))) / 2 + 2
  }

  /// How much further apart than in a straight column upright glyphs stand at most.
  private static let greatestStretch = 1.2

  /// Puts the text on a line, the right way round: read from left to right, or from top to bottom where
  /// it is set vertically.
  ///
  /// Japanese is set vertically, with upright glyphs, where the line under the text runs within 45° of
  /// north–south; elsewhere, and in other scripts always, the glyphs turn with the line. The line's own
  /// direction makes no difference.
  ///
  /// - Parameters:
  ///   - line: at least two points, 24.8 pixels, y down.
  ///   - distance: from the line's start to the middle of the text, 24.8 pixels.
  ///   - offset: to the right of the direction of reading (downward for a text from left to right),
  ///     24.8 pixels; kept within two million pixels.
  /// - Returns: nil if the text reaches past an end of the line, or the line bends by more than 30°
  ///   between two glyphs.
  public func place(
    along line: MeasuredLine, centredAt distance: Int64, offset: Int64 = 0
  ) -> TextOnLine? {
    guard let chord = line.chord(around: distance, length: Int64(horizontal.advance)) else {
      return nil
    }
    let offset = min(max(offset, -(1 << 29)), 1 << 29)
    if let vertical, abs(chord.y) >= abs(chord.x) {
      return Self.placeUpright(vertical, along: line, centredAt: distance, offset: offset)
    }
    // A line due north–south is read upward, as on the spine of the map's left edge.
    let isReversed = chord.x < 0 || (chord.x == 0 && chord.y > 0)
    return Self.placeTurned(
      horizontal, along: line, centredAt: distance, offset: offset, isReversed: isReversed)
  }

  private static func placeTurned(
    _ text: ShapedText, along line: MeasuredLine, centredAt distance: Int64, offset: Int64,
    isReversed: Bool
  ) -> TextOnLine? {
    // The middle of the em lies on the line.
    let rise = (Int(text.ascent) - Int(text.descent)) / 2 + Int(offset)
    var glyphs: [GlyphPlacement] = []
    var boxes: [TextOnLine.Box] = []
    glyphs.reserveCapacity(text.glyphs.count)
    boxes.reserveCapacity(text.glyphs.count)
    var last: Rotation?
    for glyph in text.glyphs {
      let half = Int64(glyph.advance) / 2
      let fromMiddle = Int64(glyph.start) + half - Int64(text.advance) / 2
      let place = distance + (isReversed ? -fromMiddle : fromMiddle)
      guard let middle = line.point(at: place),
        // The chord under the glyph smooths the corner that it may stand on.
        let chord = line.chord(around: place, length: max(2 * half, 256))
      else { return nil }
      let rotation =
        isReversed
        ? Rotation(alongX: -chord.x, y: -chord.y) : Rotation(alongX: chord.x, y: chord.y)
      if let last, rotation.cosine(to: last) < leastCosine { return nil }
      last = rotation
      let toOrigin = rotation.turned(
        x: Int(glyph.x) - Int(glyph.start) - Int(half), y: Int(glyph.y) + rise)
      glyphs.append(
        GlyphPlacement(
          font: glyph.font, id: glyph.id, size: text.style.size, x: middle.x + Int64(toOrigin.x),
          y: middle.y + Int64(toOrigin.y), rotation: rotation))
      boxes.append(
        cell(
          around: middle, rotation: rotation, left: -Int(half), top: rise - Int(text.ascent),
          right: Int(half), bottom: rise + Int(text.descent)))
    }
    return TextOnLine(glyphs: glyphs, boxes: boxes, isVertical: false)
  }

  private static func placeUpright(
    _ text: ShapedText, along line: MeasuredLine, centredAt distance: Int64, offset: Int64
  ) -> TextOnLine? {
    guard let chord = line.chord(around: distance, length: Int64(text.advance)) else { return nil }
    let isReversed = chord.y < 0
    // On a slanting line upright glyphs stand further apart, or their corners would touch.
    let length = (Double(chord.x) * Double(chord.x) + Double(chord.y) * Double(chord.y))
      .squareRoot()
    let stretch = min(length / max(Double(abs(chord.y)), 1), Self.greatestStretch)
    var glyphs: [GlyphPlacement] = []
    var boxes: [TextOnLine.Box] = []
    glyphs.reserveCapacity(text.glyphs.count)
    boxes.reserveCapacity(text.glyphs.count)
    var last: Rotation?
    for glyph in text.glyphs {
      let half = Int64(glyph.advance) / 2
      let fromMiddle = Double(Int64(glyph.start) + half - Int64(text.advance) / 2) * stretch
      let along = Int64(fromMiddle.rounded())
      let place = distance + (isReversed ? -along : along)
      guard let middle = line.point(at: place),
        let chord = line.chord(around: place, length: max(2 * half, 256))
      else { return nil }
      let direction =
        isReversed
        ? Rotation(alongX: -chord.x, y: -chord.y) : Rotation(alongX: chord.x, y: chord.y)
      if let last, direction.cosine(to: last) < leastCosine { return nil }
      last = direction
      // To the right of reading downward is the left of the map.
      let x = middle.x - offset
      glyphs.append(
        GlyphPlacement(
          font: glyph.font, id: glyph.id, size: text.style.size, x: x + Int64(glyph.x),
          y: middle.y - half + Int64(glyph.y) - Int64(glyph.start), rotation: .none))
      boxes.append(
        cell(
          around: SIMD2(x, middle.y), rotation: .none, left: -Int(text.descent), top: -Int(half),
          right: Int(text.ascent), bottom: Int(half)))
    }
    return TextOnLine(glyphs: glyphs, boxes: boxes, isVertical: true)
  }

  private static func cell(
    around middle: SIMD2<Int64>, rotation: Rotation, left: Int, top: Int, right: Int, bottom: Int
  ) -> TextOnLine.Box {
    var box = TextOnLine.Box(minX: .max, minY: .max, maxX: .min, maxY: .min)
    func include(_ x: Int, _ y: Int) {
      let corner = rotation.turned(x: x, y: y)
      let (x, y) = (middle.x + Int64(corner.x), middle.y + Int64(corner.y))
      box = .init(
        minX: min(box.minX, x), minY: min(box.minY, y), maxX: max(box.maxX, x),
        maxY: max(box.maxY, y))
    }
    include(left, top)
    include(right, top)
    include(left, bottom)
    include(right, bottom)
    return box
  }
}
