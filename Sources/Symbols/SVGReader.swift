/// Makes a drawing of an SVG document in the subset that symbols are written in.
struct SVGReader {
  private(set) var viewBox = (x: 0.0, y: 0.0, width: 0.0, height: 0.0)
  private(set) var size = SIMD2(0.0, 0.0)
  private(set) var drawings: [Drawing] = []
  private var segmentCount = 0

  /// Attributes without effect on the picture.
  private static let ignored: Set<String> = [
    "id", "version", "xmlns", "class", "role", "baseProfile", "xml:space", "focusable",
    "aria-hidden", "aria-label", "aria-labelledby",
  ]

  init(_ root: XMLElement) throws(SymbolError) {
    guard root.name == "svg" else { throw root.place.error(.notSVG(root: root.name)) }
    try readFrame(root)
    var style = InheritedStyle()
    var opacity: UInt8 = 255
    for attribute in root.attributes {
      let isFrame = ["viewBox", "width", "height"].contains(attribute.name)
      if isFrame { continue }
      if try style.take(attribute) { continue }
      if try takes(attribute, opacity: &opacity) { continue }
      throw attribute.place.error(.unknownAttribute(attribute.name, element: "svg"))
    }
    let children = try self.drawings(of: root, style, .identity)
    drawings = opacity == 255 ? children : [.group(children, opacity: opacity)]
  }

  private mutating func readFrame(_ root: XMLElement) throws(SymbolError) {
    let width = try root.attribute("width").map(InheritedStyle.length)
    let height = try root.attribute("height").map(InheritedStyle.length)
    if let attribute = root.attribute("viewBox") {
      var scanner = ValueScanner(attribute)
      let numbers = try scanner.numbers(limit: 4)
      guard numbers.count == 4, numbers[2] >= 0.01, numbers[3] >= 0.01 else {
        throw attribute.error("four numbers: x, y, width and height, the last two above 0.01")
      }
      viewBox = (numbers[0], numbers[1], numbers[2], numbers[3])
    } else if let width, let height, width >= 0.01, height >= 0.01 {
      viewBox = (0, 0, width, height)
    } else {
      throw root.place.error(.missingAttribute("viewBox", element: "svg"))
    }
    size = SIMD2(width ?? viewBox.width, height ?? viewBox.height)
  }

  private mutating func drawings(
    of element: XMLElement, _ style: InheritedStyle, _ transform: Transform
  ) throws(SymbolError) -> [Drawing] {
    var result: [Drawing] = []
    for child in element.children where child.name != "title" && child.name != "desc" {
      result += try drawing(of: child, style, transform)
    }
    return result
  }

  private mutating func drawing(
    of element: XMLElement, _ inherited: InheritedStyle, _ outer: Transform
  ) throws(SymbolError) -> [Drawing] {
    guard let geometry = Self.geometry[element.name] else {
      throw element.place.error(.unknownElement(element.name))
    }
    var style = inherited
    var transform = outer
    var opacity: UInt8 = 255
    for attribute in element.attributes where !geometry.contains(attribute.name) {
      if attribute.name == "transform" {
        transform = outer.after(try Transform(parsing: attribute))
        guard transform.isWithinLimits else {
          throw attribute.error("transforms that stay under 1,000,000")
        }
        continue
      }
      if try style.take(attribute) { continue }
      if try takes(attribute, opacity: &opacity) { continue }
      throw attribute.place.error(.unknownAttribute(attribute.name, element: element.name))
    }
    var result: [Drawing]
    if element.name == "g" {
      result = try drawings(of: element, style, transform)
    } else {
      if let child = element.children.first(where: { $0.name != "title" && $0.name != "desc" }) {
        throw child.place.error(.unknownElement(child.name))
      }
      result = [try shape(element, style, transform)]
    }
    if opacity < 255 { result = [.group(result, opacity: opacity)] }
    return result
  }

  private func takes(
    _ attribute: XMLElement.Attribute, opacity: inout UInt8
  ) throws(SymbolError) -> Bool {
    if attribute.name == "opacity" {
      opacity = UInt8((try InheritedStyle.share(attribute) * 255).rounded())
      return true
    }
    return Self.ignored.contains(attribute.name) || attribute.name.hasPrefix("xmlns:")
      || attribute.name.hasPrefix("data-")
  }

  private mutating func shape(
    _ element: XMLElement, _ style: InheritedStyle, _ transform: Transform
  ) throws(SymbolError) -> Drawing {
    let outline = try Self.outline(of: element)
    segmentCount += outline.segments.count
    guard segmentCount <= Outline.segmentLimit else {
      throw element.place.error(.tooLarge(what: "the segments", limit: Outline.segmentLimit))
    }
    guard let scale = transform.scale ?? (style.stroke == nil ? 1 : nil) else {
      throw element.place.error(
        .badValue(
          attribute: "transform", value: "a scale that differs by direction",
          allowed: "on shapes with a stroke only scales that are alike in all directions"))
    }
    return .shape(outline.mapped(by: transform), style.paint(scale: scale))
  }

  /// The attributes of each element that is drawn.
  private static let geometry: [String: Set<String>] = [
    "g": [], "path": ["d"], "circle": ["cx", "cy", "r"], "ellipse": ["cx", "cy", "rx", "ry"],
    "rect": ["x", "y", "width", "height", "rx", "ry"], "line": ["x1", "y1", "x2", "y2"],
    "polyline": ["points"], "polygon": ["points"],
  ]

  private static func outline(of element: XMLElement) throws(SymbolError) -> Outline {
    switch element.name {
    case "path":
      guard let data = element.attribute("d") else {
        throw element.place.error(.missingAttribute("d", element: "path"))
      }
      return try Outline(parsing: data)
    case "circle":
      let radius = try length("r", of: element) ?? 0
      return ellipse(try point("cx", "cy", of: element), SIMD2(radius, radius))
    case "ellipse":
      let radii = SIMD2(try length("rx", of: element) ?? 0, try length("ry", of: element) ?? 0)
      return ellipse(try point("cx", "cy", of: element), radii)
    case "rect":
      return try rectangle(element)
    case "line":
      return .polyline(
        [try point("x1", "y1", of: element), try point("x2", "y2", of: element)], isClosed: false)
    default:
      return .polyline(try points(of: element), isClosed: element.name == "polygon")
    }
  }

  private static func ellipse(_ centre: SIMD2<Double>, _ radii: SIMD2<Double>) -> Outline {
    radii.x > 0 && radii.y > 0 ? .ellipse(centre: centre, radii: radii) : Outline()
  }

  private static func rectangle(_ element: XMLElement) throws(SymbolError) -> Outline {
    let size = SIMD2(try length("width", of: element) ?? 0, try length("height", of: element) ?? 0)
    let (rx, ry) = (try length("rx", of: element), try length("ry", of: element))
    guard size.x > 0, size.y > 0 else { return Outline() }
    let radii = SIMD2(
      min(rx ?? ry ?? 0, size.x / 2), min(ry ?? rx ?? 0, size.y / 2))
    return .rectangle(origin: try point("x", "y", of: element), size: size, radii: radii)
  }

  private static func length(
    _ name: String, of element: XMLElement
  ) throws(SymbolError) -> Double? {
    try element.attribute(name).map(InheritedStyle.length)
  }

  private static func point(
    _ x: String, _ y: String, of element: XMLElement
  ) throws(SymbolError) -> SIMD2<Double> {
    SIMD2(try coordinate(x, of: element), try coordinate(y, of: element))
  }

  private static func coordinate(
    _ name: String, of element: XMLElement
  ) throws(SymbolError) -> Double {
    guard let attribute = element.attribute(name) else { return 0 }
    var scanner = ValueScanner(attribute)
    guard let value = try scanner.numbers(limit: 1).first else {
      throw attribute.error("a number")
    }
    return value
  }

  private static func points(of element: XMLElement) throws(SymbolError) -> [SIMD2<Double>] {
    guard let attribute = element.attribute("points") else {
      throw element.place.error(.missingAttribute("points", element: element.name))
    }
    var scanner = ValueScanner(attribute)
    let numbers = try scanner.numbers(limit: 2 * Outline.segmentLimit)
    guard numbers.count % 2 == 0 else { throw attribute.error("pairs of numbers") }
    return stride(from: 0, to: numbers.count, by: 2).map { SIMD2(numbers[$0], numbers[$0 + 1]) }
  }
}
