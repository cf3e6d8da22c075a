/// One line of text as glyphs and their places, in 24.8 fixed-point pixels, y down.
///
/// The origin is the left end of the baseline, or in vertical writing the upper end of the centre line.
/// All places are rounded from font units with integers, so that they are the same on every processor.
public struct ShapedText: Hashable, Sendable {
  public struct Glyph: Hashable, Sendable {
    /// The font's place in the `FontSet`.
    public let font: Int32
    public let id: UInt32
    /// Where the left end of this glyph's own baseline lies.
    public let x: Int32
    public let y: Int32
    /// Along the line: where the glyph's cell begins, and how long it is.
    public let start: Int32
    public let advance: Int32
    /// The number of the first of its UTF-8 bytes in the text.
    public let cluster: Int32
  }

  public let glyphs: [Glyph]
  public let style: TextStyle
  /// The line's length, without letter spacing after the last character.
  public let advance: Int32
  /// Above the baseline; in vertical writing to the right of the centre line.
  public let ascent: Int32
  /// Below the baseline, positive; in vertical writing to the left of the centre line.
  public let descent: Int32
  /// Around the glyphs' control points; nil if nothing would be drawn.
  public let ink: TextBox?

  /// The box that the line takes up in a layout, whatever its letters are.
  public var box: TextBox {
    switch style.direction {
    case .horizontal: TextBox(minX: 0, minY: -ascent, maxX: advance, maxY: descent)
    case .vertical: TextBox(minX: -descent, minY: 0, maxX: ascent, maxY: advance)
    }
  }
}
