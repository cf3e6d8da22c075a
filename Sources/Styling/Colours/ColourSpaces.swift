import Glibc

/// A colour in CIE L*a*b* with white point D50.
///
/// Source: M. Bostock, "Lab and RGB" (2018), the constants that the style specification uses.
struct LabColour {
  var lightness: Double
  var a: Double
  var b: Double

  private static let white = (x: 0.96422, z: 0.82521)
  private static let offset = 4.0 / 29
  private static let knee = 6.0 / 29

  init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  init(_ colour: StyleColour) {
    func linear(_ x: Double) -> Double {
      x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4)
    }
    func compress(_ t: Double) -> Double {
      let knee = Self.knee
      return t > knee * knee * knee ? pow(t, 1.0 / 3) : t / (3 * knee * knee) + Self.offset
    }
    let (r, g, b) = (linear(colour.red), linear(colour.green), linear(colour.blue))
    let y = compress(0.2225045 * r + 0.7168786 * g + 0.0606169 * b)
    var (x, z) = (y, y)
    if r != g || g != b {
      x = compress((0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / Self.white.x)
      z = compress((0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / Self.white.z)
    }
    lightness = max(0, 116 * y - 16)
    a = 500 * (x - y)
    self.b = 200 * (y - z)
  }

  func colour(alpha: Double) -> StyleColour {
    func expand(_ t: Double) -> Double {
      let knee = Self.knee
      return t > knee ? t * t * t : 3 * knee * knee * (t - Self.offset)
    }
    func encode(_ x: Double) -> Double {
      let encoded = x <= 0.00304 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
      return min(max(encoded, 0), 1)
    }
    let middle = (lightness + 16) / 116
    let y = expand(middle)
    let x = Self.white.x * expand(a.isNaN ? middle : middle + a / 500)
    let z = Self.white.z * expand(b.isNaN ? middle : middle - b / 200)
    return StyleColour(
      red: encode(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
      green: encode(-0.9787684 * x + 1.9161415 * y + 0.033454 * z),
      blue: encode(0.0719453 * x - 0.2289914 * y + 1.4052427 * z), alpha: alpha)
  }
}

/// A colour as hue, chroma and lightness: L*a*b* in polar form.
struct HCLColour {
  /// Degrees; not a number for greys, which have none.
  var hue: Double
  var chroma: Double
  var lightness: Double

  init(hue: Double, chroma: Double, lightness: Double) {
    self.hue = hue
    self.chroma = chroma
    self.lightness = lightness
  }

  init(_ colour: StyleColour) {
    let lab = LabColour(colour)
    chroma = (lab.a * lab.a + lab.b * lab.b).squareRoot()
    var degrees = (atan2(lab.b, lab.a) * 180 / .pi).truncatingRemainder(dividingBy: 360)
    if degrees < 0 { degrees += 360 }
    hue = (chroma * 10_000).rounded() == 0 ? .nan : degrees
    lightness = lab.lightness
  }

  func colour(alpha: Double) -> StyleColour {
    let angle = hue.isNaN ? 0 : hue * .pi / 180
    return LabColour(lightness: lightness, a: cos(angle) * chroma, b: sin(angle) * chroma)
      .colour(alpha: alpha)
  }

  /// Mixes along the shorter arc of hues; a grey takes the other colour's hue.
  static func mix(_ from: HCLColour, _ to: HCLColour, share: Double) -> HCLColour {
    func between(_ a: Double, _ b: Double) -> Double { a + share * (b - a) }
    var mixed = HCLColour(
      hue: .nan, chroma: between(from.chroma, to.chroma),
      lightness: between(from.lightness, to.lightness))
    switch (from.hue.isNaN, to.hue.isNaN) {
    case (false, false):
      var difference = to.hue - from.hue
      if difference > 180 { difference -= 360 }
      if difference < -180 { difference += 360 }
      mixed.hue = from.hue + share * difference
    case (false, true):
      mixed.hue = from.hue
      if to.lightness == 1 || to.lightness == 0 { mixed.chroma = from.chroma }
    case (true, false):
      mixed.hue = to.hue
      if from.lightness == 1 || from.lightness == 0 { mixed.chroma = to.chroma }
    case (true, true):
      break
    }
    return mixed
  }
}

extension StyleColour {
  /// - Parameters: hue in degrees, any; saturation and lightness 0 to 1.
  ///
  /// Source: CSS Color Module Level 4, "HSL to RGB".
  init(hue: Double, saturation: Double, lightness: Double, alpha: Double) {
    var degrees = hue.truncatingRemainder(dividingBy: 360)
    if degrees < 0 { degrees += 360 }
    func channel(_ n: Double) -> Double {
      let k = (n + degrees / 30).truncatingRemainder(dividingBy: 12)
      let reach = saturation * min(lightness, 1 - lightness)
      return lightness - reach * max(-1, min(k - 3, 9 - k, 1))
    }
    self.init(red: channel(0), green: channel(8), blue: channel(4), alpha: alpha)
  }
}
