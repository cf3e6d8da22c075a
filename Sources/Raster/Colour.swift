/// A colour in sRGB, not premultiplied, eight bits a channel.
public struct Colour: Hashable, Sendable {
  public var red, green, blue, alpha: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// The bytes R, G, B, A of the premultiplied colour as one little-endian word.
  package var premultiplied: UInt32 {
    let a = UInt32(alpha)
    return scaled(red, a) | scaled(green, a) << 8 | scaled(blue, a) << 16 | a << 24
  }

  /// The bytes R, G, B, 255 as one little-endian word.
  var opaque: UInt32 {
    UInt32(red) | UInt32(green) << 8 | UInt32(blue) << 16 | 0xFF00_0000
  }

  private func scaled(_ channel: UInt8, _ alpha: UInt32) -> UInt32 {
    divide255(UInt32(channel) * alpha)
  }
}
