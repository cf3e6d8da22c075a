internal import Raster

/// What a symbol is made of, in paint order; coordinates are those of the view box.
enum Drawing: Sendable {
  case shape(Outline, PaintStyle)
  /// Drawn apart and laid down with one opacity, 0–255.
  case group([Drawing], opacity: UInt8)
}

/// How a shape is painted.
struct PaintStyle: Sendable {
  struct Line: Sendable {
    var colour: Colour
    /// Units of the view box.
    var width: Double
    var cap: Stroke.Cap
    var join: Stroke.Join
    var miterLimit: Double
  }

  var fill: Colour?
  var fillRule: FillRule
  var line: Line?
}

/// The presentation attributes that elements hand down to what is inside them.
struct InheritedStyle {
  var fill: Colour? = Colour(red: 0, green: 0, blue: 0)
  var fillRule = FillRule.nonZero
  var fillOpacity = 1.0
  var stroke: Colour?
  var strokeOpacity = 1.0
  var strokeWidth = 1.0
  var cap = Stroke.Cap.butt
  var join = Stroke.Join.miter
  var miterLimit = 4.0

  /// - Returns: whether `attribute` is one of these.
  mutating func take(_ attribute: XMLElement.Attribute) throws(SymbolError) -> Bool {
    switch attribute.name {
    case "fill": fill = try Self.colour(attribute)
    case "stroke": stroke = try Self.colour(attribute)
    case "fill-opacity": fillOpacity = try Self.share(attribute)
    case "stroke-opacity": strokeOpacity = try Self.share(attribute)
    case "stroke-width": strokeWidth = try Self.length(attribute)
    case "stroke-miterlimit": miterLimit = max(try Self.length(attribute), 1)
    case "fill-rule":
      fillRule = try Self.choice(attribute, [("nonzero", .nonZero), ("evenodd", .evenOdd)])
    case "stroke-linecap":
      cap = try Self.choice(attribute, [("butt", .butt), ("round", .round), ("square", .square)])
    case "stroke-linejoin":
      join = try Self.choice(attribute, [("miter", .miter), ("round", .round), ("bevel", .bevel)])
    default: return false
    }
    return true
  }

  /// - Parameter scale: from the shape's units to the view box's.
  func paint(scale: Double) -> PaintStyle {
    let line = stroke.map {
      PaintStyle.Line(
        colour: $0.faded(by: strokeOpacity), width: strokeWidth * scale, cap: cap, join: join,
        miterLimit: miterLimit)
    }
    return PaintStyle(
      fill: fill?.faded(by: fillOpacity), fillRule: fillRule,
      line: strokeWidth > 0 ? line : nil)
  }

  static func share(_ attribute: XMLElement.Attribute) throws(SymbolError) -> Double {
    var scanner = ValueScanner(attribute)
    let numbers = try scanner.numbers(limit: 1)
    guard let value = numbers.first, (0...1).contains(value) else {
      throw attribute.error("a number from 0 to 1")
    }
    return value
  }

  /// A length that is not negative, with or without `px`.
  static func length(_ attribute: XMLElement.Attribute) throws(SymbolError) -> Double {
    var scanner = ValueScanner(attribute)
    scanner.skipSpace()
    let value = try scanner.number()
    let unit = scanner.word()
    scanner.skipSpace()
    guard value >= 0, unit.isEmpty || unit == "px", scanner.isAtEnd else {
      throw attribute.error("a number of pixels, not negative, without a unit or with px")
    }
    return value
  }

  private static func choice<Value>(
    _ attribute: XMLElement.Attribute, _ choices: [(name: String, value: Value)]
  ) throws(SymbolError) -> Value {
    guard let choice = choices.first(where: { $0.name == attribute.value }) else {
      throw attribute.error(choices.map(\.name).joined(separator: ", "))
    }
    return choice.value
  }

  private static let namedColours: [String: UInt32] = [
    "black": 0x000000, "white": 0xFFFFFF, "red": 0xFF0000, "green": 0x008000, "blue": 0x0000FF,
    "yellow": 0xFFFF00, "gray": 0x808080, "grey": 0x808080,
  ]

  /// Nil for `none`.
  private static func colour(_ attribute: XMLElement.Attribute) throws(SymbolError) -> Colour? {
    let value = attribute.value
    if value == "none" { return nil }
    if let named = namedColours[value] { return Colour(word: named) }
    let digits = value.dropFirst().map(\.hexDigitValue)
    guard value.first == "#", digits.count == 3 || digits.count == 6 else {
      throw attribute.error(
        "none, #rgb, #rrggbb, \(namedColours.keys.sorted().joined(separator: ", "))")
    }
    var word: UInt32 = 0
    for digit in digits {
      guard let digit else { throw attribute.error("hexadecimal digits") }
      word = word << 4 | UInt32(digit)
      if digits.count == 3 { word = word << 4 | UInt32(digit) }
    }
    return Colour(word: word)
  }
}

extension XMLElement.Attribute {
  func error(_ allowed: String) -> SymbolError {
    place.error(.badValue(attribute: name, value: String(value.prefix(32)), allowed: allowed))
  }
}

extension Colour {
  init(word: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: word >> 16), green: UInt8(truncatingIfNeeded: word >> 8),
      blue: UInt8(truncatingIfNeeded: word))
  }

  /// - Parameter share: 0 to 1.
  func faded(by share: Double) -> Colour {
    var result = self
    result.alpha = UInt8((Double(alpha) * share).rounded())
    return result
  }
}
