internal import Raster
internal import Styling
internal import Symbols

/// Symbols as pictures at the sizes and turns that a map uses.
struct IconCache {
  /// A symbol's picture and where it lies from its anchor.
  struct Icon {
    let image: Pixmap
    /// From the anchor to the picture's middle, 24.8 pixels.
    let offsetX: Int64
    let offsetY: Int64

    /// The picture's upper left pixel for an anchor in 24.8 world pixels, rounded to whole pixels.
    func corner(x: Int64, y: Int64) -> (x: Int64, y: Int64) {
      (
        (x + offsetX - Int64(image.width * 128) + 128) >> 8,
        (y + offsetY - Int64(image.height * 128) + 128) >> 8
      )
    }

    /// What the picture covers for an anchor, 24.8 world pixels.
    func box(x: Int64, y: Int64) -> LabelBox {
      let corner = corner(x: x, y: y)
      return LabelBox(
        minX: corner.x << 8, minY: corner.y << 8, maxX: (corner.x + Int64(image.width)) << 8,
        maxY: (corner.y + Int64(image.height)) << 8)
    }
  }

  private struct PatternKey: Hashable {
    var name: String
    var scale: Int
  }

  private let images = SymbolImages()
  private var patterns: [PatternKey: Pattern] = [:]

  /// Forgets all pictures, and keeps the memory that drawing them takes.
  mutating func forget() {
    images.removeAll()
    patterns.removeAll(keepingCapacity: true)
  }

  /// Nil where the layout names no symbol or one that does not exist.
  func icon(
    _ layout: IconLayout, map: MapStyle, scale: Int, extraDegrees: Double = 0
  ) -> Icon? {
    guard let name = layout.image, let symbol = map.symbols.symbols[name] else { return nil }
    let limit = Double(TileRenderer.reachPixels) / 2
    let size = min(layout.size * max(symbol.width, symbol.height), limit)
    guard size > 0, layout.opacity > 0 else { return nil }
    let image = images.image(
      of: symbol, sizePixels: size, rotationDegrees: layout.rotate + extraDegrees,
      scale: Double(scale))
    let pixels = Double(scale) * layout.size * 256
    let half = size / 2 * Double(scale) * 256
    let towards = layout.anchor.shift
    let bound = limit * Double(scale) * 256
    func bounded(_ value: Double) -> Int64 { Int64(min(max(value, -bound), bound).rounded()) }
    return Icon(
      image: image, offsetX: bounded(layout.offset.x * pixels + towards.x * half),
      offsetY: bounded(layout.offset.y * pixels + towards.y * half))
  }

  /// A symbol that is repeated over an area; nil where there is none of that name.
  mutating func pattern(_ name: String, map: MapStyle, scale: Int) -> Pattern? {
    guard let symbol = map.symbols.symbols[name] else { return nil }
    let key = PatternKey(name: name, scale: scale)
    if let known = patterns[key] { return known }
    let image = images.image(
      of: symbol, sizePixels: max(symbol.width, symbol.height), scale: Double(scale))
    guard let pattern = Pattern(image) else { return nil }
    patterns[key] = pattern
    return pattern
  }
}

extension SymbolAnchor {
  /// The direction from the anchor to the middle of what stands there, right and down.
  var shift: (x: Double, y: Double) {
    switch self {
    case .center: (0, 0)
    case .left: (1, 0)
    case .right: (-1, 0)
    case .top: (0, 1)
    case .bottom: (0, -1)
    case .topLeft: (1, 1)
    case .topRight: (-1, 1)
    case .bottomLeft: (1, -1)
    case .bottomRight: (-1, -1)
    }
  }
}
