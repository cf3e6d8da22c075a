/// How a text of one or more lines is laid out.
public struct BlockStyle: Hashable, Sendable {
  public enum Justification: Hashable, Sendable { case left, center, right }

  /// In ems; 0 for no limit but the text's own line feeds.
  public var maximumWidthEms: Double
  /// From baseline to baseline, in ems.
  public var lineHeightEms: Double
  public var justification: Justification

  public init(
    maximumWidthEms: Double = 0, lineHeightEms: Double = 1.2,
    justification: Justification = .center
  ) {
    self.maximumWidthEms = maximumWidthEms
    self.lineHeightEms = lineHeightEms
    self.justification = justification
  }
}

/// The point of a block that is put on a place.
public enum TextAnchor: Hashable, Sendable, CaseIterable {
  case center, left, right, top, bottom, topLeft, topRight, bottomLeft, bottomRight
}

/// Lines of text laid out in a box whose upper left corner is the origin; 24.8 pixels, y down.
public struct TextBlock: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public let text: ShapedText
    /// Where the left end of the baseline lies.
    public let x: Int32
    public let y: Int32
  }

  /// From top to bottom.
  public let lines: [Line]
  public let width: Int32
  /// From the top of the first line's em to the bottom of the last one's.
  public let height: Int32
  /// Around the glyphs; nil if nothing would be drawn.
  public let ink: TextBox?

  public var box: TextBox { TextBox(minX: 0, minY: 0, maxX: width, maxY: height) }

  /// Where the block's origin lies as seen from the place on which `anchor` is put.
  public func origin(for anchor: TextAnchor) -> (x: Int32, y: Int32) {
    let x: Int32
    switch anchor {
    case .left, .topLeft, .bottomLeft: x = 0
    case .center, .top, .bottom: x = -(width / 2)
    case .right, .topRight, .bottomRight: x = -width
    }
    let y: Int32
    switch anchor {
    case .top, .topLeft, .topRight: y = 0
    case .center, .left, .right: y = -(height / 2)
    case .bottom, .bottomLeft, .bottomRight: y = -height
    }
    return (x, y)
  }
}

extension Letterer {
  /// Breaks `text` into lines and lays them out, always in horizontal writing.
  public func layOut(
    _ text: String, style: TextStyle, block: BlockStyle = BlockStyle()
  ) -> TextBlock {
    let style = style.directed(.horizontal)
    let whole = shape(text, style: style)
    let maximum = block.maximumWidthEms * Double(style.size)
    let isOneLine =
      !text.unicodeScalars.contains(where: Self.isNewline)
      && !(maximum > 0 && Double(whole.advance) > maximum)
    guard !isOneLine else { return assemble([whole], block: block) }
    let cut = String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.scalarLimit)))
    let lines = breakLines(
      cut, maximumWidthEms: block.maximumWidthEms, widths: widths(of: cut, in: whole))
    return assemble(lines.map { shape($0.text, style: style) }, block: block)
  }

  /// The scalars that `Character.isNewline` means: none of them ever joins a neighbour, but CR and LF.
  private static func isNewline(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA...0xD, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// The width of each character in thousandths of an em, as it was shaped in its text.
  private func widths(of text: String, in shaped: ShapedText) -> [Int] {
    let spacing = Int(shaped.style.letterSpacing)
    var widths: [Int] = []
    var glyph = 0
    var byte = 0
    for character in text {
      byte += character.utf8.count
      var advance = 0
      var isVisible = false
      while glyph < shaped.glyphs.count && Int(shaped.glyphs[glyph].cluster) < byte {
        advance += Int(shaped.glyphs[glyph].advance)
        isVisible = true
        glyph += 1
      }
      let width = (isVisible ? advance + spacing : 0) * 1000
      widths.append(max(width, 0) / Int(shaped.style.size))
    }
    return widths
  }

  private func assemble(_ texts: [ShapedText], block: BlockStyle) -> TextBlock {
    let width = texts.map(\.advance).max() ?? 0
    let em = texts.first.map { $0.ascent + $0.descent } ?? 0
    let heightEms = block.lineHeightEms.isFinite ? min(max(block.lineHeightEms, 0), 10) : 1.2
    let lineHeight = Int32((heightEms * Double(em)).rounded())
    var ink: TextBox?
    var lines: [TextBlock.Line] = []
    for (index, text) in texts.enumerated() {
      let room = width - text.advance
      let x: Int32
      switch block.justification {
      case .left: x = 0
      case .center: x = room / 2
      case .right: x = room
      }
      let y = text.ascent + Int32(clamping: Int(lineHeight) * index)
      lines.append(.init(text: text, x: x, y: y))
      if let box = text.ink?.offset(byX: x, y: y) { ink = ink?.union(box) ?? box }
    }
    return TextBlock(
      lines: lines, width: width, height: em + Int32(clamping: Int(lineHeight) * (texts.count - 1)),
      ink: ink)
  }
}
