/// What is known of the characters of one font in one direction that can be set one by one.
///
/// Numbers of the font alone; each is asked of HarfBuzz and FreeType once.
struct SettledGlyphs {
  /// A character's glyph in font units, y up.
  struct Glyph {
    var id: UInt32 = Self.unknown
    /// Along the line: to the right, or downward in vertical writing.
    var advance: Int32 = 0
    var xOffset: Int32 = 0
    var yOffset: Int32 = 0
    /// Around the outline; empty, with the least above the greatest, where nothing is drawn.
    var minX: Int32 = 1
    var minY: Int32 = 1
    var maxX: Int32 = 0
    var maxY: Int32 = 0

    static let unknown = UInt32.max
    /// Neighbours or rules of the font may change it.
    static let dependent = UInt32.max - 1
  }

  private static let pageSize = 256
  /// Characters beyond are never plain.
  private static let scalarLimit: UInt32 = 0x33000

  let font: Int
  let isVertical: Bool
  private let independent: IndependentGlyphs
  /// For each page of characters where it begins in `glyphs`, -1 for one not yet asked for.
  private var pages = [Int32](repeating: -1, count: Int(scalarLimit) / pageSize)
  private var glyphs: [Glyph] = []

  init(font: Int, isVertical: Bool, independent: IndependentGlyphs) {
    self.font = font
    self.isVertical = isVertical
    self.independent = independent
  }

  /// The glyph of a character; nil where it must be set together with its neighbours.
  @inline(__always)
  mutating func glyph(_ scalar: UInt32, _ letterer: Letterer) -> Glyph? {
    if scalar < Self.scalarLimit {
      let page = pages[Int(scalar >> 8)]
      if page >= 0 {
        let known = glyphs[Int(page) + Int(scalar & 255)]
        if known.id < Glyph.dependent { return known }
        if known.id == Glyph.dependent { return nil }
      }
    }
    return ask(scalar, letterer)
  }

  @inline(never)
  private mutating func ask(_ scalar: UInt32, _ letterer: Letterer) -> Glyph? {
    guard scalar < Self.scalarLimit, IndependentGlyphs.isPlain(scalar) else { return nil }
    if pages[Int(scalar >> 8)] < 0 {
      pages[Int(scalar >> 8)] = Int32(glyphs.count)
      glyphs.append(contentsOf: repeatElement(Glyph(), count: Self.pageSize))
    }
    let glyph = made(scalar, letterer)
    glyphs[Int(pages[Int(scalar >> 8)]) + Int(scalar & 255)] = glyph
    return glyph.id == Glyph.dependent ? nil : glyph
  }

  private func made(_ scalar: UInt32, _ letterer: Letterer) -> Glyph {
    let dependent = Glyph(id: Glyph.dependent)
    guard let character = Unicode.Scalar(scalar),
      independent.contains(letterer.shaper.nominalGlyph(scalar, font: font))
    else { return dependent }
    let bytes = Array(String(character).utf8)
    var raw: [RawGlyph] = []
    letterer.shaper.shape(
      bytes, 0..<bytes.count, font: font, vertical: isVertical, ligatures: true, into: &raw)
    guard raw.count == 1, raw[0].id != 0, independent.contains(raw[0].id),
      let advance = Int32(exactly: raw[0].advance), let xOffset = Int32(exactly: raw[0].xOffset),
      let yOffset = Int32(exactly: raw[0].yOffset)
    else { return dependent }
    var glyph = Glyph(id: raw[0].id, advance: advance, xOffset: xOffset, yOffset: yOffset)
    guard let bounds = letterer.outline(font: font, glyph: raw[0].id).bounds else { return glyph }
    guard let minX = Int32(exactly: bounds.minX), let minY = Int32(exactly: bounds.minY),
      let maxX = Int32(exactly: bounds.maxX), let maxY = Int32(exactly: bounds.maxY)
    else { return dependent }
    (glyph.minX, glyph.minY, glyph.maxX, glyph.maxY) = (minX, minY, maxX, maxY)
    return glyph
  }
}

extension Letterer {
  /// Sets a line character by character from what is known of its glyphs; nil where a character must
  /// be set together with its neighbours, or the font lacks it.
  func shapeSettled(_ text: String, style: TextStyle, font: Int) -> ShapedText? {
    let isVertical = style.direction == .vertical
    let table = font * 2 + (isVertical ? 1 : 0)
    // Held by this function alone while it may be added to, and moved, not copied.
    var settled: SettledGlyphs?
    swap(&settled, &settledGlyphs[table])
    if settled == nil {
      settled = SettledGlyphs(
        font: font, isVertical: isVertical,
        independent: shaper.independentGlyphs(font: font, vertical: isVertical))
    }
    defer { swap(&settled, &settledGlyphs[table]) }
    return settledLine(text, style: style, font: font, isVertical: isVertical, &settled)
  }

  private func settledLine(
    _ text: String, style: TextStyle, font: Int, isVertical: Bool, _ settled: inout SettledGlyphs?
  ) -> ShapedText? {
    let scale = UnitScale(size: style.size, unitsPerEm: unitsPerEm[font])
    var glyphs: [ShapedText.Glyph] = []
    glyphs.reserveCapacity(min((text.utf8.count + 2) / 3, Self.scalarLimit))
    var ink = TextBox(minX: .max, minY: .max, maxX: .min, maxY: .min)
    var pen = 0
    var units = 0
    var start = 0
    var cluster = 0
    for scalar in text.unicodeScalars {
      if glyphs.count == Self.scalarLimit { break }
      let value = scalar.value
      let shown = value < 0x20 || value == 0x7F ? 0x20 : value
      guard let glyph = settled?.glyph(shown, self) else { return nil }
      if cluster > 0 {
        pen += Int(style.letterSpacing)
        start = pen + scale.scaled(units)
      }
      let next = units + Int(glyph.advance)
      let end = pen + scale.scaled(next)
      let y = glyph.yOffset == 0 ? 0 : -scale.scaled(Int(glyph.yOffset))
      let (x, down): (Int, Int)
      if isVertical {
        (x, down) = (scale.scaled(Int(glyph.xOffset)), start + y)
      } else {
        (x, down) = (
          glyph.xOffset == 0 ? start : pen + scale.scaled(units + Int(glyph.xOffset)), y
        )
      }
      let placed = ShapedText.Glyph(
        font: Int32(font), id: glyph.id, x: fixed(x), y: fixed(down), start: fixed(start),
        advance: fixed(end - start), cluster: Int32(truncatingIfNeeded: cluster))
      glyphs.append(placed)
      if glyph.minX <= glyph.maxX {
        let box = TextBox(
          minX: fixed(scale.scaled(Int(glyph.minX))), minY: fixed(-scale.scaled(Int(glyph.maxY))),
          maxX: fixed(scale.scaled(Int(glyph.maxX))), maxY: fixed(-scale.scaled(Int(glyph.minY)))
        ).offset(byX: placed.x, y: placed.y)
        ink = ink.union(box)
      }
      units = next
      cluster += value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4
    }
    let (ascent, descent) = metrics(of: font, style: style)
    return ShapedText(
      glyphs: glyphs, style: style, advance: fixed(pen + scale.scaled(units)), ascent: ascent,
      descent: descent, ink: ink.minX <= ink.maxX ? ink : nil)
  }
}

/// `scaleUnits` for one font and size, by a shift where the em has a power of two units.
struct UnitScale {
  private let size: Int
  private let unitsPerEm: Int
  /// Of twice the em; negative where that is no power of two.
  private let shift: Int

  init(size: Int32, unitsPerEm: Int) {
    self.size = Int(size)
    self.unitsPerEm = unitsPerEm
    shift = unitsPerEm & (unitsPerEm - 1) == 0 ? unitsPerEm.trailingZeroBitCount + 1 : -1
  }

  @inline(__always)
  func scaled(_ units: Int) -> Int {
    guard shift >= 0 else { return scaleUnits(units, size: size, unitsPerEm: unitsPerEm) }
    return (2 * units * size + unitsPerEm) >> shift
  }
}
