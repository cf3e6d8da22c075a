internal import Features
internal import Geometry
internal import Lettering
internal import Raster
internal import Styling

extension TileRenderer {
  /// Draws the labels that stand in the frame, by the decisions of the world grid.
  func paintLabels(
    _ scene: Scene, frame: PictureFrame, into pixmap: inout Pixmap
  ) throws(RenderError) {
    guard scene.layers.contains(where: { $0.style.type == .symbol }) else { return }
    let window = LabelBox(
      minX: frame.fixedOriginX, minY: frame.fixedOriginY,
      maxX: (frame.originX + Int64(frame.width)) << 8,
      maxY: (frame.originY + Int64(frame.height)) << 8)
    var selection = Selection()
    let side = scene.placement.blockSide
    let standing = scene.placement.standing(in: window) { block in
      candidates(in: block, side: side, scene: scene, frame: frame, selection: &selection)
    }
    for (candidate, place) in standing {
      if let icon = candidate.ink.icon {
        pixmap.blend(
          icon.image, x: Int(icon.x - frame.originX), y: Int(icon.y - frame.originY),
          opacity: icon.opacity)
      }
      guard let text = candidate.ink.text else { continue }
      switch text.form {
      case .block(let block):
        letterer.draw(
          block, atX: place.textX - frame.fixedOriginX, y: place.textY - frame.fixedOriginY,
          colour: text.colour, halo: text.halo, into: &pixmap, using: &rasterizer)
      case .glyphs(let glyphs):
        letterer.draw(
          glyphs, atX: -frame.fixedOriginX, y: -frame.fixedOriginY, colour: text.colour,
          halo: text.halo, into: &pixmap, using: &rasterizer)
      }
    }
  }

  /// The candidates whose anchors lie in a block.
  func candidates(
    in block: LabelPlacement.BlockID, side: Int64, scene: Scene, frame: PictureFrame,
    selection: inout Selection
  ) -> [LabelCandidate] {
    let area = LabelArea(
      minX: block.x * side, minY: block.y * side, maxX: (block.x + 1) * side,
      maxY: (block.y + 1) * side)
    guard
      let blockFrame = frame.moved(
        originX: area.minX >> 8, originY: area.minY >> 8, width: Int(side >> 8),
        height: Int(side >> 8))
    else { return [] }
    var found: [LabelCandidate] = []
    for layer in scene.layers {
      guard case .symbol(let memo) = layer.memo, let source = layer.source else { continue }
      selection.removeAll()
      source.view.search(
        blockFrame.window(marginPixels: 1), zoom: frame.zoom + frame.scale - 1,
        columns: memo.columns, into: &selection)
      let slots = Array(memo.columns.indices)
      for item in selection.items {
        guard
          let paint = memo.index(of: item, in: selection, slots: slots, view: source.view)
        else { continue }
        let maker = CandidateMaker(
          template: memo.paints[paint], item: item, view: source.view,
          layer: layer, layerCount: map.document.layers.count, frame: frame, area: area)
        maker.make(in: selection, renderer: self, into: &found)
      }
    }
    return found
  }
}

/// A half-open square of the world grid in 24.8 pixels: every anchor lies in exactly one.
struct LabelArea {
  var minX: Int64
  var minY: Int64
  var maxX: Int64
  var maxY: Int64

  func contains(_ x: Int64, _ y: Int64) -> Bool {
    x >= minX && x < maxX && y >= minY && y < maxY
  }
}

/// Makes the candidates of one feature in one style layer.
private struct CandidateMaker {
  let template: SymbolTemplate
  let item: Selection.Item
  let view: any LayerView
  let layer: Scene.Layer
  let layerCount: Int
  let frame: PictureFrame
  let area: LabelArea

  private var scale: Int { frame.scale }
  private var layout: SymbolLayout { template.layout }

  func make(
    in selection: borrowing Selection, renderer: TileRenderer, into found: inout [LabelCandidate]
  ) {
    if layout.placement == .point {
      for (part, anchor) in selection.anchors(of: item).enumerated() {
        let place = frame.fixed(anchor)
        guard area.contains(place.x, place.y) else { continue }
        standing(
          x: place.x, y: place.y, part: part, in: selection, renderer: renderer, into: &found)
      }
      return
    }
    guard item.kind != .point else { return }
    for part in Int(item.firstPart)..<Int(item.firstPart + item.partCount) {
      let line = MeasuredLine(points(of: part, in: selection))
      guard line.length > 0 else { continue }
      for (index, distance) in distances(along: line).enumerated() {
        guard let place = line.point(at: distance), area.contains(place.x, place.y) else {
          continue
        }
        let number = (part - Int(item.firstPart)) << 20 | index
        if template.followsLine {
          following(
            line, at: distance, anchor: place, part: number, renderer: renderer, into: &found)
        } else {
          standing(
            x: place.x, y: place.y, part: number, in: selection, renderer: renderer, into: &found)
        }
      }
    }
  }

  private func points(of part: Int, in selection: borrowing Selection) -> [SIMD2<Int64>] {
    let part = selection.parts[part]
    let first = Int(part.firstVertex)
    var points: [SIMD2<Int64>] = []
    points.reserveCapacity(Int(part.vertexCount) + 1)
    for vertex in first..<first + Int(part.vertexCount) {
      let place = frame.fixed(selection.point(vertex, of: item))
      points.append(SIMD2(place.x, place.y))
    }
    if item.kind == .polygon, let start = points.first { points.append(start) }
    return points
  }

  /// Where along a line its labels' middles are: every `spacing` from half of it on, or the middle of a
  /// shorter line.
  private func distances(along line: MeasuredLine) -> [Int64] {
    let spacing = Int64((max(layout.spacing, 1) * Double(scale) * 256).rounded())
    if layout.placement == .lineCenter || line.length < spacing { return [line.length / 2] }
    return Array(stride(from: spacing / 2, to: line.length, by: Int(spacing)))
  }

  private var ownerHash: FixedHash {
    var hash = FixedHash()
    hash.add((layer.style.sourceLayer ?? "").utf8)
    hash.add(view.key(row: item.row).text.utf8)
    return hash
  }

  private func rank(part: Int, owner: FixedHash) -> LabelRank {
    var hash = owner
    hash.add(UInt64(part))
    return LabelRank(
      priority: layer.style.labelPriority, styleLayer: layerCount - layer.position,
      sortKey: layout.sortKey ?? 0, hash: hash.value)
  }

  /// An upright text, a symbol, or both.
  private func standing(
    x: Int64, y: Int64, part: Int, in selection: borrowing Selection, renderer: TileRenderer,
    into found: inout [LabelCandidate]
  ) {
    let icon = renderer.icons.icon(layout.icon, map: renderer.map, scale: scale)
    if template.standsAlone, let icon, !layout.icon.ignoresPlacement {
      // Obstacles come before every label.
      let owner = ownerHash
      var rank = rank(part: part, owner: owner)
      rank.priority = .min
      found.append(
        LabelCandidate(
          rank: rank, owner: owner.value, ink: LabelCandidate.Ink(),
          places: [.init(boxes: [icon.box(x: x, y: y)])],
          anchorX: x, anchorY: y, allowsOverlap: true, isObstacle: true))
    }
    var ink = LabelCandidate.Ink()
    var iconBoxes: [LabelBox] = []
    if let icon, !template.standsAlone {
      let corner = icon.corner(x: x, y: y)
      ink.icon = LabelCandidate.IconInk(
        image: icon.image, x: corner.x, y: corner.y,
        opacity: UInt8((layout.icon.opacity * 255).rounded()))
      iconBoxes = [icon.box(x: x, y: y)]
    }
    var places: [LabelCandidate.Place] = []
    if let block = template.block(scale: scale, letterer: renderer.letterer) {
      ink.text = LabelCandidate.TextInk(
        form: .block(block), colour: template.colour, halo: template.halo(scale: scale))
      let padding = fixedPadding
      for anchor in template.anchors {
        let offset = template.offset(for: anchor, scale: scale)
        let origin = block.origin(for: TextAnchor(anchor))
        let left = x + offset.x + Int64(origin.x)
        let top = y + offset.y + Int64(origin.y)
        let box = LabelBox(
          minX: left - padding, minY: top - padding, maxX: left + Int64(block.width) + padding,
          maxY: top + Int64(block.height) + padding)
        if layer.style.fitsInside, !fits(box, in: selection) { continue }
        places.append(.init(boxes: iconBoxes + [box], textX: left, textY: top))
      }
    } else if ink.icon != nil {
      places = [.init(boxes: iconBoxes)]
    }
    append(ink, places, x: x, y: y, part: part, to: &found)
  }

  /// Whether a label lies within its area, on the grid's integers.
  private func fits(_ box: LabelBox, in selection: borrowing Selection) -> Bool {
    let bits = Int64(frame.unitBits - 8)
    func units(_ fixed: Int64) -> Int64 { bits >= 0 ? fixed << bits : fixed >> -bits }
    return selection.encloses(
      GridBox(
        minX: units(box.minX), minY: units(box.minY), maxX: units(box.maxX),
        maxY: units(box.maxY)), item: item)
  }

  /// A text along its line.
  private func following(
    _ line: MeasuredLine, at distance: Int64, anchor: SIMD2<Int64>, part: Int,
    renderer: TileRenderer, into found: inout [LabelCandidate]
  ) {
    guard let text = template.lineText(scale: scale, letterer: renderer.letterer),
      let placed = text.place(
        along: line, centredAt: distance, offset: template.offset(for: .center, scale: scale).y),
      !placed.boxes.isEmpty
    else { return }
    let padding = fixedPadding
    let boxes = placed.boxes.map { box in
      LabelBox(minX: box.minX, minY: box.minY, maxX: box.maxX, maxY: box.maxY).grown(by: padding)
    }
    var ink = LabelCandidate.Ink()
    ink.text = LabelCandidate.TextInk(
      form: .glyphs(placed.glyphs), colour: template.colour, halo: template.halo(scale: scale))
    append(ink, [.init(boxes: boxes)], x: anchor.x, y: anchor.y, part: part, to: &found)
  }

  private var fixedPadding: Int64 {
    Int64((min(layout.text.padding, 32) * Double(scale) * 256).rounded())
  }

  private func append(
    _ ink: LabelCandidate.Ink, _ places: [LabelCandidate.Place], x: Int64, y: Int64, part: Int,
    to found: inout [LabelCandidate]
  ) {
    let reach = Int64(SymbolTemplate.reachPixels * scale) << 8
    // What reaches further than the grid looks is not placed, rather than cut.
    let kept = places.filter { place in
      place.bounds.minX >= x - reach && place.bounds.maxX <= x + reach
        && place.bounds.minY >= y - reach && place.bounds.maxY <= y + reach
    }
    guard !kept.isEmpty else { return }
    let isAlongLine = layout.placement != .point
    let owner = ownerHash
    found.append(
      LabelCandidate(
        rank: rank(part: part, owner: owner), owner: owner.value, ink: ink, places: kept,
        anchorX: x, anchorY: y,
        text: isAlongLine ? template.text : "",
        repeatDistance: isAlongLine
          ? Int64((min(layout.spacing, 512) * Double(scale) * 256 * 0.75).rounded()) : 0,
        allowsOverlap: layout.text.allowsOverlap && ink.icon == nil))
  }
}
