public import Raster

/// A rim around letters that parts them from what lies below.
public struct Halo: Hashable, Sendable {
  public var colour: Colour
  /// How far it reaches from the letters, 24.8 pixels, at most 16 pixels.
  public var width: Int32

  public init(colour: Colour, width: Int32) {
    self.colour = colour
    self.width = min(max(width, 0), 16 << 8)
  }
}

/// A glyph at its place on the map, 24.8 pixels, y down.
public struct GlyphPlacement: Hashable, Sendable {
  public let font: Int32
  public let id: UInt32
  /// The em, 24.8 pixels.
  public let size: Int32
  /// Where its origin, the left end of its baseline, lies.
  public let x: Int64
  public let y: Int64
  /// About its origin.
  public let rotation: Rotation

  public init(font: Int32, id: UInt32, size: Int32, x: Int64, y: Int64, rotation: Rotation) {
    self.font = font
    self.id = id
    self.size = size
    self.x = x
    self.y = y
    self.rotation = rotation
  }
}

extension TextBlock {
  /// The block's glyphs with the block turned about the point (`x`, `y`) of it, which is put on the
  /// origin; 24.8 pixels.
  public func placements(
    turned rotation: Rotation, aboutX x: Int32 = 0, y: Int32 = 0
  ) -> [GlyphPlacement] {
    lines.flatMap { line in
      line.text.glyphs.map { glyph in
        let place = rotation.turned(
          x: Int(line.x) + Int(glyph.x) - Int(x), y: Int(line.y) + Int(glyph.y) - Int(y))
        return GlyphPlacement(
          font: glyph.font, id: glyph.id, size: line.text.style.size, x: Int64(place.x),
          y: Int64(place.y), rotation: rotation)
      }
    }
  }
}

extension Letterer {
  /// Draws a block of text whose upper left corner lies at (`x`, `y`).
  ///
  /// Each glyph is put on the nearest whole pixel vertically and quarter pixel horizontally, so that
  /// its coverage can be kept and reused. The pixels depend only on the place relative to the grid of
  /// pixels: moved by whole pixels, or drawn into a smaller pixmap, they are the same.
  ///
  /// - Parameters:
  ///   - x: 24.8 pixels from the pixmap's left edge; may lie outside the pixmap.
  ///   - y: 24.8 pixels from its upper edge, downward.
  ///   - halo: drawn for the whole text before any of its glyphs.
  public func draw(
    _ block: TextBlock, atX x: Int64, y: Int64, colour: Colour, halo: Halo? = nil,
    into pixmap: inout Pixmap, using rasterizer: inout Rasterizer
  ) {
    guard let ink = block.ink else { return }
    draw(
      moved(block.placements(turned: .none), x, y), within: InkArea(ink, x: x, y: y), colour: colour, halo: halo, into: &pixmap,
      using: &rasterizer)
  }

  /// Draws glyphs that were placed one by one, as along a line, moved by (`x`, `y`).
  ///
  /// Upright glyphs are put on the grid as in `draw(_:atX:y:…)`; turned ones are drawn exactly where
  /// they are.
  public func draw(
    _ placements: [GlyphPlacement], atX x: Int64 = 0, y: Int64 = 0, colour: Colour,
    halo: Halo? = nil, into pixmap: inout Pixmap, using rasterizer: inout Rasterizer
  ) {
    let moved = moved(placements, x, y)
    var area: InkArea?
    for placement in moved {
      guard let box = inkArea(of: placement) else { continue }
      area = area?.union(box) ?? box
    }
    guard let area else { return }
    draw(moved, within: area, colour: colour, halo: halo, into: &pixmap, using: &rasterizer)
  }

  private func moved(_ placements: [GlyphPlacement], _ x: Int64, _ y: Int64) -> [GlyphPlacement] {
    placements.map {
      GlyphPlacement(
        font: $0.font, id: $0.id, size: $0.size, x: $0.x &+ x, y: $0.y &+ y, rotation: $0.rotation)
    }
  }

  private func draw(
    _ placements: [GlyphPlacement], within area: InkArea, colour: Colour, halo: Halo?,
    into pixmap: inout Pixmap, using rasterizer: inout Rasterizer
  ) {
    if let halo, halo.width > 0, halo.colour.alpha > 0 {
      gather(
        placements, halo: halo.width, within: area, pixmap.width, pixmap.height, &rasterizer)
      ink.blend(halo.colour, into: &pixmap)
    }
    gather(placements, halo: 0, within: area, pixmap.width, pixmap.height, &rasterizer)
    ink.blend(colour, into: &pixmap)
  }

  private func gather(
    _ placements: [GlyphPlacement], halo: Int32, within area: InkArea, _ width: Int, _ height: Int,
    _ rasterizer: inout Rasterizer
  ) {
    // Two pixels more: one for the rounding to the grid, one for the edge of the coverage.
    let reach = Int64(halo) + 512
    let limits = area.pixels(grownBy: reach, width: width, height: height)
    ink.begin(left: limits.left, top: limits.top, right: limits.right, bottom: limits.bottom)
    guard limits.left < limits.right, limits.top < limits.bottom else { return }
    for placement in placements {
      if placement.rotation == .none {
        joinUpright(placement, halo: halo, &rasterizer)
      } else {
        joinTurned(placement, halo: halo, &rasterizer)
      }
    }
  }

  private func joinUpright(
    _ placement: GlyphPlacement, halo: Int32, _ rasterizer: inout Rasterizer
  ) {
    let quarters = (placement.x &+ 32) >> 6
    let phase = Int(quarters & 3)
    let key = GlyphMaskKey(
      glyph: placement.id, font: UInt16(truncatingIfNeeded: placement.font),
      phase: UInt16(phase), size: placement.size, halo: halo)
    let mask: GlyphMask
    if let known = maskCache[key] {
      mask = known
    } else {
      let path = path(of: placement, rotation: .none, x: phase * 64, y: 0)
      mask = maskCache.insert(
        inker.coverage(path, size: placement.size, halo: halo, &rasterizer), for: key)
    }
    maskCache.join(
      mask, atColumn: Int(quarters >> 2), row: Int((placement.y &+ 128) >> 8), to: &ink)
  }

  private func joinTurned(
    _ placement: GlyphPlacement, halo: Int32, _ rasterizer: inout Rasterizer
  ) {
    // Drawn near the origin of pixels and then moved by whole ones, so that the coverage is rounded
    // alike wherever the pixmap's edge lies.
    let (column, row) = (placement.x >> 8, placement.y >> 8)
    let path = path(
      of: placement, rotation: placement.rotation, x: Int(placement.x & 255),
      y: Int(placement.y & 255))
    let made = inker.coverage(path, size: placement.size, halo: halo, &rasterizer)
    ink.join(
      made.bytes.span, offset: 0, left: Int(column) + made.left, top: Int(row) + made.top,
      width: made.width, height: made.height)
  }

  /// A glyph's contours in 24.8 pixels, y down.
  private func path(of placement: GlyphPlacement, rotation: Rotation, x: Int, y: Int) -> Path {
    let font = Int(placement.font)
    let outline = outline(font: font, glyph: placement.id)
    var path = Path()
    func place(_ point: GlyphOutline.Point) -> (x: Int64, y: Int64) {
      let turned = rotation.turned(
        x: scaled(point.x, font: font, size: placement.size),
        y: -scaled(point.y, font: font, size: placement.size))
      return (Int64(turned.x + x), Int64(turned.y + y))
    }
    var points = outline.points.makeIterator()
    func next() -> (x: Int64, y: Int64) { points.next().map(place) ?? (0, 0) }
    for (index, verb) in outline.verbs.enumerated() {
      switch verb {
      case .move:
        if index > 0 { path.close() }
        let point = next()
        path.move(point.x, point.y)
      case .line:
        let point = next()
        path.line(point.x, point.y)
      case .quadratic:
        let (control, end) = (next(), next())
        path.quad(control.x, control.y, end.x, end.y)
      case .cubic:
        let (first, second, end) = (next(), next(), next())
        path.cubic(first.x, first.y, second.x, second.y, end.x, end.y)
      }
    }
    if !outline.verbs.isEmpty { path.close() }
    return path
  }

  /// The box around a placed glyph's turned control points.
  func inkArea(of placement: GlyphPlacement) -> InkArea? {
    let font = Int(placement.font)
    guard let bounds = outline(font: font, glyph: placement.id).bounds else { return nil }
    var area: InkArea?
    for (x, y) in [
      (bounds.minX, bounds.minY), (bounds.maxX, bounds.minY), (bounds.minX, bounds.maxY),
      (bounds.maxX, bounds.maxY),
    ] {
      let corner = placement.rotation.turned(
        x: scaled(x, font: font, size: placement.size),
        y: -scaled(y, font: font, size: placement.size))
      let point = InkArea(
        x: placement.x &+ Int64(corner.x), y: placement.y &+ Int64(corner.y))
      area = area?.union(point) ?? point
    }
    return area
  }
}

/// The part of the plane that a label's glyphs reach, 24.8 pixels from the pixmap's corner.
struct InkArea {
  var minX: Int64
  var minY: Int64
  var maxX: Int64
  var maxY: Int64

  init(x: Int64, y: Int64) {
    (minX, minY, maxX, maxY) = (x, y, x, y)
  }

  init(_ box: TextBox, x: Int64, y: Int64) {
    minX = x &+ Int64(box.minX)
    minY = y &+ Int64(box.minY)
    maxX = x &+ Int64(box.maxX)
    maxY = y &+ Int64(box.maxY)
  }

  func union(_ other: InkArea) -> InkArea {
    var result = self
    result.minX = min(minX, other.minX)
    result.minY = min(minY, other.minY)
    result.maxX = max(maxX, other.maxX)
    result.maxY = max(maxY, other.maxY)
    return result
  }

  /// The whole pixels that the area touches, cut to a pixmap of `width` × `height`.
  func pixels(
    grownBy reach: Int64, width: Int, height: Int
  ) -> (left: Int, top: Int, right: Int, bottom: Int) {
    (
      left: max(0, Int((minX &- reach) >> 8)), top: max(0, Int((minY &- reach) >> 8)),
      right: min(width, Int((maxX &+ reach) >> 8) + 1),
      bottom: min(height, Int((maxY &+ reach) >> 8) + 1)
    )
  }
}
