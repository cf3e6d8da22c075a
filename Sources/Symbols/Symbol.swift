public import Raster

/// A symbol drawn from an SVG file in a small subset of SVG.
///
/// Elements svg, g, path, circle, ellipse, rect, line, polyline and polygon; fill, stroke,
/// stroke-width, -linecap, -linejoin, -miterlimit, fill-rule, opacity, fill-opacity, stroke-opacity and
/// transform as attributes. Everything else is refused, so that no part of a symbol is silently lost.
public struct Symbol: Sendable {
  /// Pixels that the file asks for: its width and height, else those of its view box.
  public let width: Double
  public let height: Double
  /// A hash of the file's bytes, the same on every machine, for the keys of caches.
  public let contentHash: UInt64

  let viewBox: (x: Double, y: Double, width: Double, height: Double)
  let drawings: [Drawing]

  /// - Parameter bytes: an SVG file in UTF-8, at most one megabyte.
  /// - Throws: `SymbolError` with line and column of what is not understood.
  public init(parsing bytes: [UInt8]) throws(SymbolError) {
    let reader = try SVGReader(try XMLReader.document(bytes))
    viewBox = reader.viewBox
    width = reader.size.x
    height = reader.size.y
    drawings = reader.drawings
    // FNV-1a of 64 bits.
    contentHash = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// The largest picture that is made, in pixels a side.
  public static let sideLimit = 1024

  /// A picture whose middle is the view box's middle.
  ///
  /// Not turned, it has the view box's size, rounded up to whole pixels; turned, it holds the turned box.
  ///
  /// - Parameters:
  ///   - sizePixels: the longer side of the view box; kept within 1–1,024 with `scale`.
  ///   - rotationDegrees: clockwise, rounded to whole degrees.
  ///   - scale: device pixels a pixel, 2 for @2x.
  public func image(
    sizePixels: Double, rotationDegrees: Double = 0, scale: Double = 1,
    using rasterizer: inout Rasterizer
  ) -> Pixmap {
    image(ImageFrame(self, sizePixels, rotationDegrees, scale), using: &rasterizer)
  }

  func image(_ frame: ImageFrame, using rasterizer: inout Rasterizer) -> Pixmap {
    var pixmap = Pixmap(width: frame.width, height: frame.height)
    for drawing in drawings { paint(drawing, frame, into: &pixmap, using: &rasterizer) }
    return pixmap
  }

  private func paint(
    _ drawing: Drawing, _ frame: ImageFrame, into pixmap: inout Pixmap,
    using rasterizer: inout Rasterizer
  ) {
    switch drawing {
    case .shape(let outline, let style):
      let path = outline.mapped(by: frame.transform).path
      if let fill = style.fill {
        rasterizer.fill(path, rule: style.fillRule, with: fill, into: &pixmap)
      }
      if let line = style.line {
        let stroke = Stroke(
          width: line.width * frame.pixelsPerUnit, cap: line.cap, join: line.join,
          miterLimit: line.miterLimit)
        rasterizer.stroke(path, stroke, with: line.colour, into: &pixmap)
      }
    case .group(let drawings, let opacity):
      var layer = Pixmap(width: pixmap.width, height: pixmap.height)
      for drawing in drawings { paint(drawing, frame, into: &layer, using: &rasterizer) }
      pixmap.blend(layer, x: 0, y: 0, opacity: opacity)
    }
  }
}

/// A symbol's size and turn in pixels, rounded to what pictures are kept by.
struct ImageFrame {
  /// 1/256 device pixels.
  let size256: Int
  /// 0–359.
  let degrees: Int
  let pixelsPerUnit: Double
  let width: Int
  let height: Int
  let transform: Transform

  init(_ symbol: Symbol, _ sizePixels: Double, _ rotationDegrees: Double, _ scale: Double) {
    let wanted = sizePixels * scale
    let limit = Double(Symbol.sideLimit)
    size256 = Int(((wanted.isFinite ? min(max(wanted, 1), limit) : 16) * 256).rounded())
    let whole = rotationDegrees.isFinite ? rotationDegrees.rounded() : 0
    let turned = Int(whole.truncatingRemainder(dividingBy: 360))
    degrees = turned < 0 ? turned + 360 : turned
    let box = symbol.viewBox
    pixelsPerUnit = Double(size256) / 256 / max(box.width, box.height)
    let turn = Direction(degrees: Double(degrees))
    let (w, h) = (box.width * pixelsPerUnit, box.height * pixelsPerUnit)
    let (c, s) = (abs(turn.cosine), abs(turn.sine))
    // A little less than a whole pixel more is rounding, not content.
    width = Int((w * c + h * s - 1e-6).rounded(.up))
    height = Int((w * s + h * c - 1e-6).rounded(.up))
    let middle = SIMD2(box.x + box.width / 2, box.y + box.height / 2)
    let linear = Transform(
      turn.cosine * pixelsPerUnit, turn.sine * pixelsPerUnit, -turn.sine * pixelsPerUnit,
      turn.cosine * pixelsPerUnit, 0, 0)
    let moved = linear.apply(middle)
    transform = Transform(
      linear.a, linear.b, linear.c, linear.d, Double(width) / 2 - moved.x,
      Double(height) / 2 - moved.y)
  }
}

extension Outline {
  /// In 24.8 pixels.
  fileprivate var path: Path {
    var path = Path()
    func fixed(_ value: Double) -> Int64 { Int64((min(max(value, -1e12), 1e12) * 256).rounded()) }
    for segment in segments {
      switch segment {
      case .move(let p): path.move(fixed(p.x), fixed(p.y))
      case .line(let p): path.line(fixed(p.x), fixed(p.y))
      case .quad(let c, let p): path.quad(fixed(c.x), fixed(c.y), fixed(p.x), fixed(p.y))
      case .cubic(let c, let d, let p):
        path.cubic(fixed(c.x), fixed(c.y), fixed(d.x), fixed(d.y), fixed(p.x), fixed(p.y))
      case .close: path.close()
      }
    }
    return path
  }
}
