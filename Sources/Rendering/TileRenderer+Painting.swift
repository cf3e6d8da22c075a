internal import Features
internal import Geometry
internal import Raster
internal import Styling

extension TileRenderer {
  func paintBackground(_ layer: Scene.Layer, frame: PictureFrame, into pixmap: inout Pixmap) {
    guard case .background(let paint) = layer.memo else { return }
    path.removeAll()
    path.addRectangle(
      minX: 0, minY: 0, maxX: Int64(frame.width) << 8, maxY: Int64(frame.height) << 8)
    let colour = Colour(paint.colour, opacity: paint.opacity)
    if let name = paint.pattern, let pattern = icons.pattern(name, map: map, scale: frame.scale) {
      rasterizer.fill(
        path, pattern: pattern, phaseX: frame.originX, phaseY: frame.originY,
        opacity: UInt8((paint.opacity * 255).rounded()), into: &pixmap)
    } else if colour.alpha == 255 {
      pixmap.clear(colour)
    } else {
      rasterizer.fill(path, with: colour, into: &pixmap)
    }
  }

  /// Fills polygons. Opaque polygons of one paint are filled as one path, so that no seam shows where
  /// they share an edge, and so are translucent ones that lie within a pixel's size, whose shares would
  /// each be rounded away; other translucent ones are filled one by one, so that overlaps add up. The
  /// order is sort key, then paint (for the joined ones), then key: a function of content alone.
  func paintFills(
    _ layer: Scene.Layer, scene: Scene, frame: PictureFrame, into pixmap: inout Pixmap
  ) {
    guard case .fill(let memo) = layer.memo, let source = layer.source else { return }
    let found = source.takeFound()
    defer { source.giveBack(found) }
    let groups = PaintGroups(
      layer, memo: memo, source, found, accepts: { $0 == .polygon },
      joining: {
        $0.pattern != nil
          ? .none : Colour($0.colour, opacity: $0.opacity).alpha == 255 ? .all : .grains
      }, frame: frame,
      order: { ($0.sortKey ?? 0, 0) })
    var path = takePath()
    var contours = takeContours()
    defer {
      swap(&path, &self.path)
      swap(&contours, &self.contours)
    }
    for group in groups.groups {
      let paint = memo.paints[group.paint]
      path.removeAll()
      path.append(groups.items(of: group), of: found, in: frame, using: &contours)
      if let name = paint.pattern {
        guard let pattern = icons.pattern(name, map: map, scale: frame.scale) else { continue }
        rasterizer.fill(
          path, pattern: pattern, phaseX: frame.originX, phaseY: frame.originY,
          opacity: UInt8((paint.opacity * 255).rounded()), into: &pixmap)
      } else {
        rasterizer.fill(path, with: Colour(paint.colour, opacity: paint.opacity), into: &pixmap)
      }
      if let outline = paint.outlineColour {
        rasterizer.stroke(
          path, Stroke(width: Double(frame.scale), join: .round),
          with: Colour(outline, opacity: paint.opacity), into: &pixmap)
      }
    }
  }

  /// Draws lines and outlines; all of one paint as one shape, so that crossings and doubled lines of a
  /// translucent paint do not darken. Wider lines come to lie on narrower ones.
  func paintLines(
    _ layer: Scene.Layer, scene: Scene, frame: PictureFrame, into pixmap: inout Pixmap
  ) {
    guard case .line(let memo) = layer.memo, let source = layer.source else { return }
    let found = source.takeFound()
    defer { source.giveBack(found) }
    let groups = PaintGroups(
      layer, memo: memo, source, found, accepts: { $0 != .point },
      joining: { _ in .all }, frame: frame,
      order: { ($0.sortKey ?? 0, $0.width) })
    let scale = Double(frame.scale)
    var path = takePath()
    var contours = takeContours()
    defer {
      swap(&path, &self.path)
      swap(&contours, &self.contours)
    }
    for group in groups.groups {
      let paint = memo.paints[group.paint]
      guard paint.width > 0 else { continue }
      path.removeAll()
      path.append(groups.items(of: group), of: found, in: frame, using: &contours)
      // A wider line than the reach would be cut at a picture's edge.
      let limit = Double(Self.reachPixels)
      let width = min(paint.width, limit)
      var stroke = Stroke(
        width: width * scale, cap: Stroke.Cap(paint.cap), join: Stroke.Join(paint.join),
        miterLimit: min(paint.miterLimit, 4), dashes: paint.dashes.map { $0 * width * scale },
        offset: min(max(paint.offset, -limit / 2), limit / 2) * scale)
      let colour = Colour(paint.colour, opacity: paint.opacity)
      if paint.gapWidth > 0 {
        let aside = (min(paint.gapWidth, limit / 2) + width) / 2 * scale
        let middle = stroke.offset
        for offset in [middle - aside, middle + aside] {
          stroke.offset = offset
          draw(path, stroke, paint: paint, colour: colour, frame: frame, into: &pixmap)
        }
      } else {
        draw(path, stroke, paint: paint, colour: colour, frame: frame, into: &pixmap)
      }
    }
  }

  /// The renderer's path for a loop of its own: every access to a property of an object is checked.
  private func takePath() -> Path {
    var taken = Path()
    swap(&taken, &path)
    return taken
  }

  private func takeContours() -> [GridContour] {
    var taken: [GridContour] = []
    swap(&taken, &contours)
    return taken
  }

  private func draw(
    _ path: borrowing Path, _ stroke: Stroke, paint: LinePaint, colour: Colour, frame: PictureFrame,
    into pixmap: inout Pixmap
  ) {
    if let name = paint.pattern, let pattern = icons.pattern(name, map: map, scale: frame.scale) {
      rasterizer.stroke(
        path, stroke, pattern: pattern, phaseX: frame.originX, phaseY: frame.originY,
        opacity: UInt8((paint.opacity * 255).rounded()), into: &pixmap)
    } else {
      rasterizer.stroke(path, stroke, with: colour, into: &pixmap)
    }
  }

  /// Draws discs at points, and at the vertices of other forms, one by one in the order of sort key
  /// and key.
  func paintCircles(
    _ layer: Scene.Layer, scene: Scene, frame: PictureFrame, into pixmap: inout Pixmap
  ) {
    guard case .circle(let memo) = layer.memo, let source = layer.source else { return }
    let found = source.takeFound()
    defer { source.giveBack(found) }
    let groups = PaintGroups(
      layer, memo: memo, source, found, accepts: { _ in true },
      joining: { _ in .none }, frame: frame,
      order: { ($0.sortKey ?? 0, 0) })
    let scale = Double(frame.scale)
    let limit = Double(Self.reachPixels) / 2 - 1
    var discs: [Disc] = []
    swap(&discs, &self.discs)
    discs.removeAll(keepingCapacity: true)
    for group in groups.groups {
      let paint = memo.paints[group.paint]
      let radius = Int64((min(paint.radius, limit) * scale * 256).rounded())
      let rim = Int64((min(paint.strokeWidth, limit) * scale * 256).rounded())
      let colour = Colour(paint.colour, opacity: paint.opacity)
      let rimColour = Colour(paint.strokeColour, opacity: paint.strokeOpacity)
      for position in groups.items(of: group) {
        let item = found.items[Int(position)]
        for part in found.parts[
          Int(item.firstPart)..<Int(item.firstPart + item.partCount)]
        {
          for vertex in Int(part.firstVertex)..<Int(part.firstVertex + part.vertexCount) {
            let place = frame.fixed(found.point(vertex, of: item))
            let disc = Disc(
              x: place.x - frame.fixedOriginX, y: place.y - frame.fixedOriginY, radius: radius,
              rim: rim, colour: colour, rimColour: rimColour)
            if disc.touches(width: frame.width, height: frame.height) { discs.append(disc) }
          }
        }
      }
    }
    Disc.removeHidden(&discs, width: frame.width, height: frame.height)
    var path = takePath()
    for disc in discs {
      if disc.rim > 0 {
        path.removeAll()
        path.addCircle(x: disc.x, y: disc.y, radius: disc.radius + disc.rim)
        rasterizer.fill(path, with: disc.rimColour, into: &pixmap)
      }
      path.removeAll()
      path.addCircle(x: disc.x, y: disc.y, radius: disc.radius)
      rasterizer.fill(path, with: disc.colour, into: &pixmap)
    }
    swap(&path, &self.path)
    swap(&discs, &self.discs)
  }

  /// Draws the symbols that stand whatever else is there; the others are placed with the labels.
  func paintIcons(
    _ layer: Scene.Layer, scene: Scene, frame: PictureFrame, into pixmap: inout Pixmap
  ) throws(RenderError) {
    guard case .symbol(let memo) = layer.memo, layer.style.paints, let source = layer.source else {
      return
    }
    let found = source.takeFound()
    defer { source.giveBack(found) }
    let groups = PaintGroups(
      layer, memo: memo, source, found, accepts: { _ in true },
      joining: { _ in .none }, frame: frame,
      order: { ($0.layout.sortKey ?? 0, 0) })
    for group in groups.groups {
      let template = memo.paints[group.paint]
      guard template.standsAlone,
        let icon = icons.icon(template.layout.icon, map: map, scale: frame.scale)
      else { continue }
      for position in groups.items(of: group) {
        let item = found.items[Int(position)]
        for anchor in found.anchors(of: item) {
          let place = frame.fixed(anchor)
          let corner = icon.corner(x: place.x, y: place.y)
          pixmap.blend(
            icon.image, x: Int(corner.x - frame.originX), y: Int(corner.y - frame.originY),
            opacity: UInt8((template.layout.icon.opacity * 255).rounded()))
        }
      }
    }
  }
}

extension Selection {
  /// Where symbols of an item stand: every point of a point feature, else the feature's anchor.
  func anchors(of item: Item) -> [GridPoint] {
    guard item.kind == .point else { return [item.anchor] }
    return parts[Int(item.firstPart)..<Int(item.firstPart + item.partCount)].flatMap { part in
      (Int(part.firstVertex)..<Int(part.firstVertex + part.vertexCount)).map {
        point($0, of: item)
      }
    }
  }
}

extension Colour {
  init(_ colour: StyleColour, opacity: Double) {
    func byte(_ share: Double) -> UInt8 { UInt8((min(max(share, 0), 1) * 255).rounded()) }
    self.init(
      red: byte(colour.red), green: byte(colour.green), blue: byte(colour.blue),
      alpha: byte(colour.alpha * opacity))
  }
}

extension Stroke.Cap {
  init(_ cap: LineCap) {
    switch cap {
    case .butt: self = .butt
    case .round: self = .round
    case .square: self = .square
    }
  }
}

extension Stroke.Join {
  init(_ join: LineJoin) {
    switch join {
    case .bevel: self = .bevel
    case .round: self = .round
    case .miter: self = .miter
    }
  }
}
