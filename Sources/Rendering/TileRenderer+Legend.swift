internal import Features
internal import Geometry
internal import Lettering
public import Raster
internal import Styling

/// Pixels of a 1× legend.
private enum LegendMeasure {
  static let row = 26
  static let margin = 10
  static let sampleWidth = 44
  static let sampleHeight = 20
  static let gap = 8
  static let textSize = 12.0
  /// Rows of one column of the picture.
  static let columnRows = 40
  static let textColour = Colour(red: 0x2B, green: 0x2B, blue: 0x2B, alpha: 255)
}

extension TileRenderer {
  private enum Row {
    case heading(TextBlock)
    case sign(TextBlock, Legend.Section, Legend.Item)

    var text: TextBlock {
      switch self {
      case .heading(let text), .sign(let text, _, _): text
      }
    }
  }

  /// The legend as a picture on white, in the selection's language.
  ///
  /// - Parameter scale: 1, or 2 for twice the density.
  public func render(_ legend: Legend, scale: Int) -> Pixmap {
    let style = TextStyle(pixels: LegendMeasure.textSize * Double(scale))
    func text(_ title: Title) -> TextBlock {
      letterer.layOut(String(title.text(in: selection.language).prefix(60)), style: style)
    }
    var rows: [Row] = []
    for section in legend.sections {
      if section.isHeaded { rows.append(.heading(text(section.title))) }
      for item in section.items {
        rows.append(.sign(text(item.title), section, item))
      }
    }
    let widest = rows.map { (Int($0.text.width) + 255) >> 8 }.max() ?? 0
    let lead = LegendMeasure.sampleWidth + LegendMeasure.gap
    let columnWidth = lead * scale + widest + 2 * LegendMeasure.margin * scale
    let places = Self.places(of: rows)
    let columns = (places.last?.column ?? 0) + 1
    let height =
      ((places.map(\.row).max() ?? 0) + 1) * LegendMeasure.row + 2 * LegendMeasure.margin
    var pixmap = Pixmap(width: columnWidth * columns, height: height * scale)
    pixmap.clear(Colour(red: 255, green: 255, blue: 255, alpha: 255))
    for (row, place) in zip(rows, places) {
      let left = place.column * columnWidth + LegendMeasure.margin * scale
      let top = (place.row * LegendMeasure.row + LegendMeasure.margin) * scale
      var textLeft = left
      if case .sign(_, let section, let item) = row {
        let inset = (LegendMeasure.row - LegendMeasure.sampleHeight) / 2 * scale
        let sample = sample(of: item, in: section, scale: scale)
        pixmap.blend(sample, x: left, y: top + inset)
        textLeft += lead * scale
      }
      let middle = Int64(top + LegendMeasure.row * scale / 2) << 8
      letterer.draw(
        row.text, atX: Int64(textLeft) << 8, y: (middle - Int64(row.text.height / 2)) & ~255,
        colour: LegendMeasure.textColour, into: &pixmap, using: &rasterizer)
    }
    return pixmap
  }

  /// Where the rows stand. A heading is never the last of a column: it goes over with its first sign.
  private static func places(of rows: [Row]) -> [(column: Int, row: Int)] {
    var next = (column: 0, row: 0)
    return rows.map { row in
      var isHeading = false
      if case .heading = row { isHeading = true }
      let last = LegendMeasure.columnRows - (isHeading ? 2 : 1)
      if next.row > last { next = (next.column + 1, 0) }
      defer { next.row += 1 }
      return next
    }
  }

  /// A piece of the map with one feature of the class, drawn by the section's layer and by those of the same
  /// source that have no sign of their own, as outlines and casings.
  private func sample(
    of item: Legend.Item, in section: Legend.Section, scale: Int
  ) -> Pixmap {
    let width = LegendMeasure.sampleWidth * scale
    let height = LegendMeasure.sampleHeight * scale
    var pixmap = Pixmap(width: width, height: height)
    var context = EvaluationContext(
      zoom: section.zoom, geometryType: section.geometryType, language: selection.language,
      availableImages: map.symbols.names)
    context.properties = item.properties
    for layer in map.document.layers where layer.sourceLayer == section.source {
      if layer.id != section.id {
        guard layer.legend == nil, layer.isDrawn(atZoom: section.zoom),
          selection.layers != nil || layer.isVisibleAtFirst, layer.matches(context)
        else { continue }
      }
      outline(section.geometryType, width: width, height: height, scale: scale)
      let step = layer.id == section.id ? item.step : nil
      switch (layer.type, section.geometryType) {
      case (.fill, .polygon):
        var paint = layer.fillPaint(in: context)
        paint.colour = step?.colour ?? paint.colour
        fill(paint, scale: scale, into: &pixmap)
      case (.line, .line), (.line, .polygon):
        var paint = layer.linePaint(in: context)
        paint.colour = step?.colour ?? paint.colour
        stroke(paint, scale: scale, into: &pixmap)
      case (.circle, .point):
        var paint = layer.circlePaint(in: context)
        paint.colour = step?.colour ?? paint.colour
        for (radius, colour) in [
          (
            paint.radius + paint.strokeWidth,
            Colour(paint.strokeColour, opacity: paint.strokeOpacity)
          ),
          (paint.radius, Colour(paint.colour, opacity: paint.opacity)),
        ] where radius > 0 {
          path.removeAll()
          path.addCircle(
            x: Int64(width) << 7, y: Int64(height) << 7,
            radius: Int64((min(radius, 9) * Double(scale) * 256).rounded()))
          rasterizer.fill(path, with: colour, into: &pixmap)
        }
      case (.symbol, .point):
        var layout = layer.symbolLayout(in: context).icon
        layout.offset = .zero
        layout.size = max(layout.size, 0.875)
        guard let icon = icons.icon(layout, map: map, scale: scale) else { continue }
        let corner = icon.corner(x: Int64(width) << 7, y: Int64(height) << 7)
        pixmap.blend(
          icon.image, x: Int(corner.x), y: Int(corner.y),
          opacity: UInt8((layout.opacity * 255).rounded()))
      default: continue
      }
    }
    return pixmap
  }

  /// Makes the path of a sample: a line from edge to edge, or an area.
  private func outline(
    _ type: EvaluationContext.GeometryType, width: Int, height: Int, scale: Int
  ) {
    path.removeAll()
    let right = Int64(width) << 8
    let bottom = Int64(height) << 8
    switch type {
    case .point: break
    case .line:
      path.move(0, bottom / 2)
      path.line(right, bottom / 2)
    case .polygon:
      let inset = Int64(2 * scale) << 8
      path.addRectangle(minX: inset, minY: inset, maxX: right - inset, maxY: bottom - inset)
    }
  }

  private func fill(_ paint: FillPaint, scale: Int, into pixmap: inout Pixmap) {
    if let name = paint.pattern {
      guard let pattern = icons.pattern(name, map: map, scale: scale) else { return }
      rasterizer.fill(
        path, pattern: pattern, phaseX: 0, phaseY: 0,
        opacity: UInt8((paint.opacity * 255).rounded()), into: &pixmap)
    } else {
      rasterizer.fill(path, with: Colour(paint.colour, opacity: paint.opacity), into: &pixmap)
    }
    if let outline = paint.outlineColour {
      rasterizer.stroke(
        path, Stroke(width: Double(scale)), with: Colour(outline, opacity: paint.opacity),
        into: &pixmap)
    }
  }

  private func stroke(_ paint: LinePaint, scale: Int, into pixmap: inout Pixmap) {
    let width = min(paint.width, 14) * Double(scale)
    guard width > 0 else { return }
    let stroke = Stroke(
      width: width, cap: Stroke.Cap(paint.cap), join: Stroke.Join(paint.join),
      dashes: paint.dashes.map { $0 * width },
      offset: min(max(paint.offset, -8), 8) * Double(scale))
    if let name = paint.pattern, let pattern = icons.pattern(name, map: map, scale: scale) {
      rasterizer.stroke(
        path, stroke, pattern: pattern, phaseX: 0, phaseY: 0,
        opacity: UInt8((paint.opacity * 255).rounded()), into: &pixmap)
    } else {
      rasterizer.stroke(
        path, stroke, with: Colour(paint.colour, opacity: paint.opacity), into: &pixmap)
    }
  }
}
