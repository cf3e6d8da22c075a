/// A colour in sRGB, not multiplied by its opacity.
public struct StyleColour: Hashable, Sendable {
  /// 0 to 1, gamma-encoded.
  public var red: Double
  /// 0 to 1, gamma-encoded.
  public var green: Double
  /// 0 to 1, gamma-encoded.
  public var blue: Double
  /// 0 (clear) to 1 (opaque).
  public var alpha: Double

  public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  public static let black = StyleColour(red: 0, green: 0, blue: 0)
  public static let transparent = StyleColour(red: 0, green: 0, blue: 0, alpha: 0)

  /// As `to-string` writes it: `rgba(255,128,0,0.5)`.
  var text: String {
    let channels = [red, green, blue].map { ScriptNumber.text(($0 * 255).rounded()) }
    return "rgba(\(channels.joined(separator: ",")),\(ScriptNumber.text(alpha)))"
  }
}

extension StyleColour {
  /// The spaces in which colours can be mixed.
  enum Space: Sendable {
    case rgb, lab, hcl
  }

  /// The colour `share` of the way from one to the other, channel by channel of colours that are not
  /// multiplied by their opacity, as the specification mixes them.
  static func mix(
    _ from: StyleColour, _ to: StyleColour, share: Double, in space: Space
  ) -> StyleColour {
    func between(_ a: Double, _ b: Double) -> Double { a + share * (b - a) }
    switch space {
    case .rgb:
      return StyleColour(
        red: between(from.red, to.red), green: between(from.green, to.green),
        blue: between(from.blue, to.blue), alpha: between(from.alpha, to.alpha))
    case .lab:
      let (a, b) = (LabColour(from), LabColour(to))
      let mixed = LabColour(
        lightness: between(a.lightness, b.lightness), a: between(a.a, b.a), b: between(a.b, b.b))
      return mixed.colour(alpha: between(from.alpha, to.alpha))
    case .hcl:
      let mixed = HCLColour.mix(HCLColour(from), HCLColour(to), share: share)
      return mixed.colour(alpha: between(from.alpha, to.alpha))
    }
  }
}
