/// How a text is set: everything that changes where its glyphs stand.
public struct TextStyle: Hashable, Sendable {
  public enum Direction: Hashable, Sendable {
    /// From left to right on a baseline.
    case horizontal
    /// From top to bottom, glyphs upright and centred on a vertical line, with the font's vertical
    /// forms of ー、（） and their like.
    case vertical
  }

  /// The em in 24.8 fixed-point pixels, 256 (one pixel) to 131,072 (512 pixels).
  public let size: Int32
  /// Added between characters, 24.8 fixed-point pixels.
  public let letterSpacing: Int32
  /// The font's place in the `FontSet`; the others follow in order for characters that it lacks.
  public let font: Int
  public let direction: Direction

  /// - Parameters:
  ///   - size: 24.8 fixed-point pixels; values outside 1–512 pixels are taken as the nearest bound.
  ///   - letterSpacing: 24.8 fixed-point pixels, kept between −1 and 10 ems.
  public init(
    size: Int32, letterSpacing: Int32 = 0, font: Int = 0, direction: Direction = .horizontal
  ) {
    self.size = min(max(size, 256), 512 << 8)
    self.letterSpacing = min(max(letterSpacing, -self.size), 10 * self.size)
    self.font = font
    self.direction = direction
  }

  /// - Parameters:
  ///   - pixels: the em; rounded to 1/256 pixel.
  ///   - letterSpacingEms: added between characters; rounded to 1/256 pixel.
  public init(
    pixels: Double, letterSpacingEms: Double = 0, font: Int = 0, direction: Direction = .horizontal
  ) {
    let bounded = pixels.isFinite ? min(max(pixels, 1), 512) : 12
    let spacing = letterSpacingEms.isFinite ? min(max(letterSpacingEms, -1), 10) : 0
    self.init(
      size: Int32((bounded * 256).rounded()),
      letterSpacing: Int32((bounded * 256 * spacing).rounded()), font: font, direction: direction)
  }

  /// The same style in the other direction.
  public func directed(_ direction: Direction) -> TextStyle {
    TextStyle(size: size, letterSpacing: letterSpacing, font: font, direction: direction)
  }
}

/// A closed box in 24.8 fixed-point pixels, y down.
public struct TextBox: Hashable, Sendable {
  public var minX: Int32
  public var minY: Int32
  public var maxX: Int32
  public var maxY: Int32

  public init(minX: Int32, minY: Int32, maxX: Int32, maxY: Int32) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  public func offset(byX x: Int32, y: Int32) -> TextBox {
    TextBox(minX: minX &+ x, minY: minY &+ y, maxX: maxX &+ x, maxY: maxY &+ y)
  }

  /// The smallest box around both.
  public func union(_ other: TextBox) -> TextBox {
    TextBox(
      minX: min(minX, other.minX), minY: min(minY, other.minY), maxX: max(maxX, other.maxX),
      maxY: max(maxY, other.maxY))
  }

  /// The box with `margin` added on all four sides.
  public func grown(by margin: Int32) -> TextBox {
    TextBox(
      minX: minX &- margin, minY: minY &- margin, maxX: maxX &+ margin, maxY: maxY &+ margin)
  }
}
