extension StyleColour {
  /// Reads a CSS colour: a name, `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `rgba()`, `hsl()` or
  /// `hsla()` with commas or spaces, numbers or percentages; nil for anything else.
  ///
  /// Source: CSS Color Module Level 4, less angle units other than `deg`, `none` and comments.
  public init?(css text: String) {
    // Nothing longer is a colour, and the text may come from a ledger's cell.
    guard text.utf8.count <= 256 else { return nil }
    var trimmed = text.lowercased()[...].drop(while: \.isWhitespace)
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    let text = String(trimmed)
    if text == "transparent" {
      self = .transparent
    } else if let hex = Self.names[text] {
      self.init(
        red: Double(hex >> 16 & 0xFF) / 255, green: Double(hex >> 8 & 0xFF) / 255,
        blue: Double(hex & 0xFF) / 255)
    } else if text.utf8.first == UInt8(ascii: "#") {
      self.init(hexDigits: text.dropFirst())
    } else {
      self.init(function: text)
    }
  }

  private init?(hexDigits: Substring) {
    var digits: [Double] = []
    for character in hexDigits.unicodeScalars {
      guard let digit = Character(character).hexDigitValue, character.isASCII else { return nil }
      digits.append(Double(digit))
    }
    let channels: [Double]
    switch digits.count {
    case 3, 4: channels = digits.map { $0 * 17 / 255 }
    case 6, 8:
      channels = stride(from: 0, to: digits.count, by: 2).map { (start: Int) -> Double in
        let byte = digits[start] * 16 + digits[start + 1]
        return byte / 255
      }
    default: return nil
    }
    self.init(
      red: channels[0], green: channels[1], blue: channels[2],
      alpha: channels.count == 4 ? channels[3] : 1)
  }

  private init?(function text: String) {
    guard let open = text.firstIndex(of: "("), text.last == ")" else { return nil }
    let name = text[..<open]
    let body = text[text.index(after: open)...].dropLast()
    guard let components = ColourComponents(body) else { return nil }
    switch name {
    case "rgb", "rgba": self.init(rgb: components)
    case "hsl", "hsla": self.init(hsl: components)
    default: return nil
    }
  }

  private init?(rgb components: ColourComponents) {
    let percentCount = components.values.prefix(3).count { $0.unit == .percent }
    guard percentCount == 0 || percentCount == 3,
      components.values.allSatisfy({ $0.unit != .degrees })
    else { return nil }
    let full: Double = percentCount == 3 ? 100 : 255
    let channels = components.values.map { min(max($0.number / full, 0), 1) }
    self.init(red: channels[0], green: channels[1], blue: channels[2], alpha: components.alpha)
  }

  private init?(hsl components: ColourComponents) {
    let values = components.values
    guard values[0].unit != .percent, values[1].unit == .percent, values[2].unit == .percent else {
      return nil
    }
    self.init(
      hue: values[0].number, saturation: min(max(values[1].number / 100, 0), 1),
      lightness: min(max(values[2].number / 100, 0), 1), alpha: components.alpha)
  }
}

/// Three components and an optional opacity, separated by commas throughout, or by spaces with a slash
/// before the opacity.
private struct ColourComponents {
  enum Unit {
    case none, percent, degrees
  }

  var values: [(number: Double, unit: Unit)] = []
  var alpha = 1.0

  init?(_ body: Substring) {
    let usesCommas = body.contains(",")
    var parts: [Substring]
    var alphaPart: Substring?
    if usesCommas {
      parts = body.split(separator: ",", omittingEmptySubsequences: false)
      if parts.count == 4 { alphaPart = parts.removeLast() }
    } else {
      let halves = body.split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(halves.count) else { return nil }
      if halves.count == 2 { alphaPart = halves[1] }
      parts = halves[0].split(whereSeparator: \.isWhitespace)
    }
    guard parts.count == 3 else { return nil }
    for part in parts {
      guard let value = Self.value(part) else { return nil }
      values.append(value)
    }
    if let alphaPart {
      guard let value = Self.value(alphaPart), value.unit != .degrees else { return nil }
      alpha = min(max(value.unit == .percent ? value.number / 100 : value.number, 0), 1)
    }
  }

  private static func value(_ part: Substring) -> (number: Double, unit: Unit)? {
    var text = part.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    var unit = Unit.none
    if text.last == "%" {
      unit = .percent
      text.removeLast()
    } else if text.hasSuffix("deg") {
      unit = .degrees
      text.removeLast(3)
    }
    let isPlain = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x65].contains($0)
    }
    guard isPlain, let number = ScriptNumber.number(of: String(text)), number.isFinite,
      !text.isEmpty
    else { return nil }
    return (number, unit)
  }
}
