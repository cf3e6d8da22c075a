public import Raster

/// A rim around letters that parts them from what lies below.
public struct Halo: Hashable, Sendable {
  public var colour: Colour
  /// How far it reaches from the letters, 24.8 pixels, at most 8 pixels.
  public let width: Int32

  public init(colour: Colour, width: Int32) {
    self.colour = colour
    self.width = min(max(width, 0), HaloKernel.widthLimit)
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
      moved(block.placements(turned: .none), x, y), within: InkArea(ink, x: x, y: y),
      colour: colour, halo: halo, into: &pixmap,
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
    let visibleHalo = halo.flatMap { $0.width > 0 && $0.colour.alpha > 0 ? $0 : nil }
    if let visibleHalo, haloKernel.width != visibleHalo.width {
      haloKernel = HaloKernel(width: visibleHalo.width)
    }
    let reach = visibleHalo == nil ? 0 : haloKernel.reach
    // A pixel more for the rounding to the grid.
    let limits = area.pixels(grownBy: reach + 1, width: pixmap.width, height: pixmap.height)
    guard limits.left < limits.right, limits.top < limits.bottom else { return }
    ink.begin(
      left: limits.left, top: limits.top, right: limits.right, bottom: limits.bottom, reach: reach)
    // Of a label that the pixmap's edge cuts, the glyphs beyond it are not made.
    let isCut = !area.pixels(grownBy: reach + 1, liesIn: limits)
    for placement in placements {
      if isCut, let box = inkArea(of: placement), !ink.mayMeet(box) { continue }
      if placement.rotation == .none {
        joinUpright(placement, &rasterizer)
      } else {
        joinTurned(placement, &rasterizer)
      }
    }
    if let visibleHalo { ink.blendHalo(haloKernel, visibleHalo.colour, into: &pixmap) }
    if colour.alpha > 0 { ink.blendInk(colour, into: &pixmap) }
  }

  private func joinUpright(_ placement: GlyphPlacement, _ rasterizer: inout Rasterizer) {
    let quarters = (placement.x &+ 32) >> 6
    let phase = Int64(quarters & 3)
    let key = GlyphMaskKey(
      glyph: placement.id, font: UInt16(truncatingIfNeeded: placement.font),
      phase: UInt16(phase), size: placement.size)
    let mask: GlyphMask
    if let known = maskCache[key] {
      mask = known
    } else {
      let path = path(font: Int(placement.font), glyph: placement.id, size: placement.size)
      mask = maskCache.insert(
        inker.coverage(path, x: phase * 64, y: 0, size: placement.size, &rasterizer), for: key)
    }
    maskCache.join(
      mask, atColumn: Int(quarters >> 2), row: Int((placement.y &+ 128) >> 8), to: &ink)
  }

  private func joinTurned(_ placement: GlyphPlacement, _ rasterizer: inout Rasterizer) {
    // Drawn near the origin of pixels and then moved by whole ones, so that the coverage is rounded
    // alike wherever the pixmap's edge lies.
    let (column, row) = (placement.x >> 8, placement.y >> 8)
    // The upright glyph's straight pieces are turned: its curves are not flattened again.
    let upright = path(font: Int(placement.font), glyph: placement.id, size: placement.size)
    turnedPath.removeAll()
    turnedPath.append(upright) { point in
      let turned = placement.rotation.turned(x: Int(point.x), y: Int(point.y))
      return SIMD2(Int64(turned.x), Int64(turned.y))
    }
    let made = inker.coverage(
      turnedPath, x: placement.x & 255, y: placement.y & 255, size: placement.size, &rasterizer)
    ink.join(
      made.bytes.span, offset: 0, left: Int(column) + made.left, top: Int(row) + made.top,
      width: made.width, height: made.height)
  }

  /// An upright glyph's contours in 24.8 pixels, y down.
  private func path(font: Int, glyph: UInt32, size: Int32) -> Path {
    let key = SizedGlyph(font: font, glyph: glyph, size: size)
    if let known = pathCache[key] { return known }
    let path = outline(font: font, glyph: glyph).path { x, y in
      (scaled(x, font: font, size: size), -scaled(y, font: font, size: size))
    }
    pathCache.insert(path, byteCount: path.points.count * 16, for: key)
    return path
  }

  /// The box around a placed glyph's turned control points.
  func inkArea(of placement: GlyphPlacement) -> InkArea? {
    let font = Int(placement.font)
    guard let bounds = outline(font: font, glyph: placement.id).bounds else { return nil }
    let scale = UnitScale(size: placement.size, unitsPerEm: unitsPerEm[font])
    let (left, right) = (scale.scaled(bounds.minX), scale.scaled(bounds.maxX))
    let (top, bottom) = (-scale.scaled(bounds.maxY), -scale.scaled(bounds.minY))
    func corner(_ x: Int, _ y: Int) -> InkArea {
      let turned = placement.rotation.turned(x: x, y: y)
      return InkArea(x: placement.x &+ Int64(turned.x), y: placement.y &+ Int64(turned.y))
    }
    let area = corner(left, top).union(corner(right, top)).union(corner(left, bottom))
      .union(corner(right, bottom))
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

  /// Whether `limits` hold all of the pixels that the area grown by `reach` pixels touches.
  func pixels(
    grownBy reach: Int, liesIn limits: (left: Int, top: Int, right: Int, bottom: Int)
  ) -> Bool {
    Int(minX >> 8) - reach >= limits.left && Int(minY >> 8) - reach >= limits.top
      && Int(maxX >> 8) + reach + 1 <= limits.right
      && Int(maxY >> 8) + reach + 1 <= limits.bottom
  }

  /// The whole pixels that the area grown by `reach` pixels touches, cut to a pixmap's.
  func pixels(
    grownBy reach: Int, width: Int, height: Int
  ) -> (left: Int, top: Int, right: Int, bottom: Int) {
    (
      left: max(0, Int(minX >> 8) - reach), top: max(0, Int(minY >> 8) - reach),
      right: min(width, Int(maxX >> 8) + reach + 1),
      bottom: min(height, Int(maxY >> 8) + reach + 1)
    )
  }
}

extension GlyphOutline {
  /// The contours as a path, each point placed by `place`.
  fileprivate func path(_ place: (_ x: Int, _ y: Int) -> (x: Int, y: Int)) -> Path {
    var path = Path()
    var points = points.makeIterator()
    func next() -> (x: Int64, y: Int64) {
      guard let point = points.next() else { return (0, 0) }
      let placed = place(point.x, point.y)
      return (Int64(placed.x), Int64(placed.y))
    }
    for (index, verb) in verbs.enumerated() {
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
    if !verbs.isEmpty { path.close() }
    return path
  }
}
