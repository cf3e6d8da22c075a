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
    let placements = block.placements(turned: .none)
    draw(
      placements, placements.map(outline), atX: x, y: y, within: InkArea(ink, x: x, y: y),
      colour: colour, halo: halo, into: &pixmap, using: &rasterizer)
  }

  /// Draws glyphs that were placed one by one, as along a line, moved by (`x`, `y`).
  ///
  /// Upright glyphs are put on the grid as in `draw(_:atX:y:…)`; turned ones are drawn exactly where
  /// they are.
  public func draw(
    _ placements: [GlyphPlacement], atX x: Int64 = 0, y: Int64 = 0, colour: Colour,
    halo: Halo? = nil, into pixmap: inout Pixmap, using rasterizer: inout Rasterizer
  ) {
    let outlines = placements.map(outline)
    var area: InkArea?
    for index in placements.indices {
      guard let box = outlines[index].inkArea(of: placements[index], atX: x, y: y) else { continue }
      area = area?.union(box) ?? box
    }
    guard let area else { return }
    draw(
      placements, outlines, atX: x, y: y, within: area, colour: colour, halo: halo, into: &pixmap,
      using: &rasterizer)
  }

  private func draw(
    _ placements: [GlyphPlacement], _ outlines: [SizedOutline], atX x: Int64, y: Int64,
    within area: InkArea, colour: Colour, halo: Halo?, into pixmap: inout Pixmap,
    using rasterizer: inout Rasterizer
  ) {
    let halo = halo.flatMap { $0.width > 0 && $0.colour.alpha > 0 ? $0 : nil }
    if let halo, haloKernel.width != halo.width { haloKernel = HaloKernel(width: halo.width) }
    let reach = halo == nil ? 0 : haloKernel.reach
    // A pixel more for the rounding to the grid.
    let limits = area.pixels(grownBy: reach + 1, width: pixmap.width, height: pixmap.height)
    guard limits.left < limits.right, limits.top < limits.bottom else { return }
    // Of a label that the pixmap's edge cuts, the glyphs beyond it are not made.
    let isCut = !area.pixels(grownBy: reach + 1, liesIn: limits)
    let columns = Self.groups(limits.left, limits.right, width: pixmap.width)
    ink.begin(
      left: columns.left, top: limits.top, right: columns.right, bottom: limits.bottom,
      reach: reach)
    // One access each for all glyphs: those to an object's properties are checked.
    gather(
      placements, outlines, atX: x, y: y, isCut: isCut, into: &ink, &inker, &maskCache, &rasterizer)
    ink.blend(colour, halo: halo, &haloKernel, into: &pixmap)
  }

  /// Columns grown to whole groups of eight, as pixels are blended, where the pixmap has as many.
  private static func groups(_ left: Int, _ right: Int, width: Int) -> (left: Int, right: Int) {
    let missing = -(right - left) & 7
    let end = min(right + missing, width)
    return (max(left - (right + missing - end), 0), end)
  }

  private func gather(
    _ placements: [GlyphPlacement], _ outlines: [SizedOutline], atX x: Int64, y: Int64,
    isCut: Bool, into ink: inout LabelInk, _ inker: inout GlyphInker,
    _ masks: inout GlyphMaskCache, _ rasterizer: inout Rasterizer
  ) {
    for index in placements.indices {
      let placement = placements[index]
      let outline = outlines[index]
      if isCut, let box = outline.inkArea(of: placement, atX: x, y: y), !ink.mayMeet(box) {
        continue
      }
      let place = SIMD2(placement.x &+ x, placement.y &+ y)
      if placement.rotation == .none {
        Self.joinUpright(placement, outline, at: place, to: &ink, &inker, &masks, &rasterizer)
      } else {
        Self.joinTurned(placement, outline, at: place, to: &ink, &inker, &rasterizer)
      }
    }
  }

  private static func joinUpright(
    _ placement: GlyphPlacement, _ outline: SizedOutline, at place: SIMD2<Int64>,
    to ink: inout LabelInk, _ inker: inout GlyphInker, _ masks: inout GlyphMaskCache,
    _ rasterizer: inout Rasterizer
  ) {
    let quarters = (place.x &+ 32) >> 6
    let phase = quarters & 3
    let key = GlyphMaskKey(
      glyph: placement.id, font: UInt16(truncatingIfNeeded: placement.font),
      phase: UInt16(phase), size: placement.size)
    let mask: GlyphMask
    if let known = masks[key] {
      mask = known
    } else {
      let made = inker.coverage(outline, size: placement.size, &rasterizer) {
        ($0 &+ phase * 64, $1)
      }
      mask = masks.insert(made, inker.shares, for: key)
    }
    masks.join(
      mask, atColumn: Int(quarters >> 2), row: Int((place.y &+ 128) >> 8), to: &ink)
  }

  private static func joinTurned(
    _ placement: GlyphPlacement, _ outline: SizedOutline, at place: SIMD2<Int64>,
    to ink: inout LabelInk, _ inker: inout GlyphInker, _ rasterizer: inout Rasterizer
  ) {
    // Drawn near the origin of pixels and then moved by whole ones, so that the coverage is rounded
    // alike wherever the pixmap's edge lies.
    let (offsetX, offsetY) = (place.x & 255, place.y & 255)
    let rotation = placement.rotation
    // The upright glyph's straight pieces are turned: its curves are not flattened again.
    let made = inker.coverage(outline, size: placement.size, &rasterizer) {
      let turned = rotation.turned(x: Int($0), y: Int($1))
      return (Int64(turned.x) &+ offsetX, Int64(turned.y) &+ offsetY)
    }
    ink.join(
      inker.shares.span, offset: 0, left: Int(place.x >> 8) + made.left,
      top: Int(place.y >> 8) + made.top, width: made.width, height: made.height)
  }

  /// The outline of a placed glyph at its size.
  private func outline(_ placement: GlyphPlacement) -> SizedOutline {
    let key = SizedGlyph(font: placement.font, glyph: placement.id, size: placement.size)
    if let known = pathCache[key] { return known }
    let font = Int(placement.font)
    let outline = outline(font: font, glyph: placement.id)
    let scale = UnitScale(size: placement.size, unitsPerEm: unitsPerEm[font])
    let path = outline.path { (scale.scaled($0), -scale.scaled($1)) }
    let box = outline.bounds.map {
      TextBox(
        minX: fixed(scale.scaled($0.minX)), minY: fixed(-scale.scaled($0.maxY)),
        maxX: fixed(scale.scaled($0.maxX)), maxY: fixed(-scale.scaled($0.minY)))
    }
    let sized = SizedOutline(path, box: box)
    pathCache.insert(sized, byteCount: path.points.count * 16, for: key)
    return sized
  }
}

extension SizedOutline {
  /// The box around a placed glyph's turned control points, moved by (`x`, `y`).
  fileprivate func inkArea(of placement: GlyphPlacement, atX x: Int64, y: Int64) -> InkArea? {
    guard let box else { return nil }
    func corner(_ cornerX: Int32, _ cornerY: Int32) -> InkArea {
      let turned = placement.rotation.turned(x: Int(cornerX), y: Int(cornerY))
      return InkArea(
        x: placement.x &+ x &+ Int64(turned.x), y: placement.y &+ y &+ Int64(turned.y))
    }
    return corner(box.minX, box.minY).union(corner(box.maxX, box.minY))
      .union(corner(box.minX, box.maxY)).union(corner(box.maxX, box.maxY))
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
