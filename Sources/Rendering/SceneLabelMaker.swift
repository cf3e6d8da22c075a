internal import Features
internal import Geometry
internal import Lettering
internal import Styling

/// A half-open rectangle of the world grid in 24.8 pixels: every anchor lies in exactly one block's.
struct LabelArea {
  var minX: Int64
  var minY: Int64
  var maxX: Int64
  var maxY: Int64

  func contains(_ x: Int64, _ y: Int64) -> Bool {
    x >= minX && x < maxX && y >= minY && y < maxY
  }
}

/// Makes the labels of a scene from its views' features.
struct SceneLabelMaker: LabelMaker {
  let renderer: TileRenderer
  let scene: Scene
  let frame: PictureFrame
  private var selection = Selection()
  private var line = LineScratch()

  init(_ renderer: TileRenderer, scene: Scene, frame: PictureFrame) {
    self.renderer = renderer
    self.scene = scene
    self.frame = frame
  }

  mutating func seeds(of group: Int, in area: LabelArea, into seeds: inout [LabelSeed]) {
    let labels = scene.labels[group]
    guard
      let areaFrame = frame.moved(
        originX: area.minX >> 8, originY: area.minY >> 8,
        width: Int((area.maxX - area.minX) >> 8), height: Int((area.maxY - area.minY) >> 8))
    else { return }
    selection.removeAll()
    labels.view.search(
      areaFrame.window(marginPixels: 1), zoom: frame.zoom + frame.scale - 1,
      columns: labels.memo.columns, into: &selection)
    for position in selection.items.indices {
      guard
        let paint = labels.memo.index(
          of: selection.items[position], in: selection, slots: labels.slots, view: labels.view)
      else { continue }
      let template = labels.memo.paints[paint]
      if template.layout.placement == .point {
        appendPoints(position, template, Int32(paint), labels, area, into: &seeds)
      } else if selection.items[position].kind != .point {
        appendLines(position, template, Int32(paint), labels, area, into: &seeds)
      }
    }
  }

  private func appendPoints(
    _ position: Int, _ template: SymbolTemplate, _ paint: Int32, _ labels: Scene.Labels,
    _ area: LabelArea, into seeds: inout [LabelSeed]
  ) {
    let item = selection.items[position]
    guard item.kind == .point else {
      append(item.anchor, part: 0, item, template, paint, labels, area, into: &seeds)
      return
    }
    var part = 0
    for index in Int(item.firstPart)..<Int(item.firstPart + item.partCount) {
      let vertices = selection.parts[index]
      let first = Int(vertices.firstVertex)
      for vertex in first..<first + Int(vertices.vertexCount) {
        append(
          selection.point(vertex, of: item), part: part, item, template, paint, labels, area,
          into: &seeds)
        part += 1
      }
    }
  }

  private func append(
    _ anchor: GridPoint, part: Int, _ item: Selection.Item, _ template: SymbolTemplate,
    _ paint: Int32, _ labels: Scene.Labels, _ area: LabelArea, into seeds: inout [LabelSeed]
  ) {
    let place = frame.fixed(anchor)
    guard area.contains(place.x, place.y) else { return }
    append(
      seed(x: place.x, y: place.y, part: part, item, template, paint), item, template, labels,
      into: &seeds)
  }

  private func seed(
    x: Int64, y: Int64, part: Int, _ item: Selection.Item, _ template: SymbolTemplate,
    _ paint: Int32
  ) -> LabelSeed {
    LabelSeed(
      anchorX: x, anchorY: y,
      reach: LabelBox(minX: x, minY: y, maxX: x, maxY: y)
        .grown(x: template.reachX, y: template.reachY),
      row: item.row, part: part, template: paint)
  }

  /// Appends an upright label and, where its symbol stands whatever happens, the symbol as an obstacle.
  private func append(
    _ seed: LabelSeed, _ item: Selection.Item, _ template: SymbolTemplate,
    _ labels: Scene.Labels, into seeds: inout [LabelSeed]
  ) {
    if template.standsAlone, !template.layout.icon.ignoresPlacement {
      var obstacle = seed
      obstacle.isObstacle = true
      obstacle.repeatDistance = 0
      seeds.append(obstacle)
    }
    guard !template.text.isEmpty || template.layout.icon.image != nil && !template.standsAlone
    else { return }
    guard labels.style.fitsInside, item.kind == .polygon else {
      seeds.append(seed)
      return
    }
    // Whether a text fits is asked here, where the form is at hand.
    guard let block = template.block(renderer.letterer) else { return }
    var seed = seed
    seed.allowedAnchors = 0
    for (number, anchor) in template.anchors.prefix(16).enumerated() {
      let box = textBox(block, template, anchor, x: seed.anchorX, y: seed.anchorY)
      if fits(box.grown(by: template.padding), item) { seed.allowedAnchors |= 1 << UInt16(number) }
    }
    if seed.allowedAnchors != 0 { seeds.append(seed) }
  }

  /// Whether a label lies within its area, on the grid's integers.
  private func fits(_ box: LabelBox, _ item: Selection.Item) -> Bool {
    let bits = Int64(frame.unitBits - 8)
    func units(_ fixed: Int64) -> Int64 { bits >= 0 ? fixed << bits : fixed >> -bits }
    return selection.encloses(
      GridBox(
        minX: units(box.minX), minY: units(box.minY), maxX: units(box.maxX),
        maxY: units(box.maxY)), item: item)
  }

  private mutating func appendLines(
    _ position: Int, _ template: SymbolTemplate, _ paint: Int32, _ labels: Scene.Labels,
    _ area: LabelArea, into seeds: inout [LabelSeed]
  ) {
    let item = selection.items[position]
    let followsLine = template.followsLine
    guard !followsLine || !template.text.isEmpty else { return }
    for number in 0..<Int(item.partCount) {
      line.removeAll()
      measure(selection.parts[Int(item.firstPart) + number], of: item)
      let length = line.length
      guard length > 0 else { continue }
      var kept: Int32 = -1
      for (index, distance) in distances(length, template).enumerated() {
        guard let place = line.point(at: distance), area.contains(place.x, place.y) else {
          continue
        }
        var seed = seed(
          x: place.x, y: place.y, part: number << 20 | index, item, template, paint)
        seed.repeatDistance = template.repeatDistance
        seed.textHash = template.textHash
        guard followsLine else {
          append(seed, item, template, labels, into: &seeds)
          continue
        }
        guard let advance = template.lineAdvance(renderer.letterer) else { return }
        // The text reaches this far from its middle: nearer to an end it cannot stand, unless the line
        // goes on.
        let half = advance / 2
        let joins = labels.style.joinsLines && item.kind == .line
        guard joins || distance >= half && distance + half <= length else { continue }
        if kept < 0 { kept = labels.keep(line.points, distances: line.distances) }
        seed.line = kept
        seed.distance = distance
        seeds.append(seed)
      }
    }
  }

  private mutating func measure(_ part: Selection.Part, of item: Selection.Item) {
    let first = Int(part.firstVertex)
    for vertex in first..<first + Int(part.vertexCount) {
      let place = frame.fixed(selection.point(vertex, of: item))
      line.append(SIMD2(place.x, place.y))
    }
    if item.kind == .polygon { line.close() }
  }

  /// Where along a line its labels' middles are: every `spacing` from half of it on, or the middle of a
  /// shorter line.
  private func distances(_ length: Int64, _ template: SymbolTemplate) -> StrideTo<Int64> {
    let spacing = template.spacing
    if template.layout.placement == .lineCenter || length < spacing {
      return stride(from: length / 2, to: length / 2 + 1, by: 1)
    }
    return stride(from: spacing / 2, to: length, by: Int(spacing))
  }

  private func textBox(
    _ block: TextBlock, _ template: SymbolTemplate, _ anchor: SymbolAnchor, x: Int64, y: Int64
  ) -> LabelBox {
    let offset = template.offset(for: anchor)
    let origin = block.origin(for: TextAnchor(anchor))
    let left = x + offset.x + Int64(origin.x)
    let top = y + offset.y + Int64(origin.y)
    return LabelBox(
      minX: left, minY: top, maxX: left + Int64(block.width), maxY: top + Int64(block.height))
  }
}

extension SceneLabelMaker {
  mutating func forget() {
    for labels in scene.labels { labels.forgetLines() }
  }

  mutating func candidate(_ seed: LabelSeed, of group: Int) -> LabelCandidate? {
    let labels = scene.labels[group]
    let template = labels.memo.paints[Int(seed.template)]
    var owner = labels.nameHash
    owner.add(labels.view.key(row: seed.row).text.utf8)
    var hash = owner
    hash.add(UInt64(seed.part))
    let descriptor = labels.group
    var rank = LabelRank(
      priority: descriptor.priority, styleLayer: descriptor.styleLayer,
      sortKey: template.layout.sortKey ?? 0, hash: hash.value)
    let made: (ink: LabelCandidate.Ink, places: [LabelCandidate.Place])?
    if seed.isObstacle {
      // Obstacles come before every label.
      rank.priority = .min
      made = obstacle(seed, template)
    } else if seed.line >= 0 {
      made = following(seed, template, labels)
    } else {
      made = standing(seed, template)
    }
    guard let made else { return nil }
    // What reaches further than can be told beforehand is not placed, rather than cut.
    var places = made.places
    places.removeAll { !seed.reach.contains($0.ink) }
    guard !places.isEmpty else { return nil }
    let isAlongLine = template.layout.placement != .point
    return LabelCandidate(
      rank: rank, owner: owner.value, ink: made.ink, places: places, anchorX: seed.anchorX,
      anchorY: seed.anchorY, text: isAlongLine ? template.text : "",
      textHash: seed.textHash, repeatDistance: seed.repeatDistance,
      allowsOverlap: seed.isObstacle
        || template.layout.text.allowsOverlap && made.ink.icon == nil,
      isObstacle: seed.isObstacle)
  }

  private func obstacle(
    _ seed: LabelSeed, _ template: SymbolTemplate
  ) -> (ink: LabelCandidate.Ink, places: [LabelCandidate.Place])? {
    guard let icon = icon(template) else { return nil }
    return (
      LabelCandidate.Ink(), [.init(boxes: [icon.box(x: seed.anchorX, y: seed.anchorY)])]
    )
  }

  private func icon(_ template: SymbolTemplate) -> IconCache.Icon? {
    renderer.icons.icon(template.layout.icon, map: renderer.map, scale: frame.scale)
  }

  /// An upright text, a symbol, or both.
  private func standing(
    _ seed: LabelSeed, _ template: SymbolTemplate
  ) -> (ink: LabelCandidate.Ink, places: [LabelCandidate.Place])? {
    let (x, y) = (seed.anchorX, seed.anchorY)
    var ink = LabelCandidate.Ink()
    var iconBoxes: [LabelBox] = []
    if !template.standsAlone, let icon = icon(template) {
      let corner = icon.corner(x: x, y: y)
      ink.icon = LabelCandidate.IconInk(
        image: icon.image, x: corner.x, y: corner.y,
        opacity: UInt8((template.layout.icon.opacity * 255).rounded()))
      iconBoxes = [icon.box(x: x, y: y)]
    }
    guard let block = template.block(renderer.letterer) else {
      return ink.icon == nil ? nil : (ink, [.init(boxes: iconBoxes)])
    }
    ink.text = LabelCandidate.TextInk(
      form: .block(block), colour: template.colour, halo: template.halo)
    var places: [LabelCandidate.Place] = []
    for (number, anchor) in template.anchors.prefix(16).enumerated()
    where seed.allowedAnchors >> UInt16(number) & 1 != 0 {
      let box = textBox(block, template, anchor, x: x, y: y)
      let drawn = block.ink.map {
        LabelBox(
          minX: box.minX + Int64($0.minX), minY: box.minY + Int64($0.minY),
          maxX: box.minX + Int64($0.maxX), maxY: box.minY + Int64($0.maxY)
        ).grown(by: template.rim)
      }
      places.append(
        .init(
          boxes: iconBoxes + [box.grown(by: template.padding)], ink: drawn, textX: box.minX,
          textY: box.minY))
    }
    return places.isEmpty ? nil : (ink, places)
  }

  /// The line for a text, longer than its own section where that is too short, and where on it the
  /// text's middle is.
  private func line(
    of seed: LabelSeed, for text: LineText, _ template: SymbolTemplate, _ labels: Scene.Labels
  ) -> (line: MeasuredLine, distance: Int64) {
    let line = labels.line(seed.line)
    guard labels.style.joinsLines else { return (line, seed.distance) }
    let half = text.reach
    let before = half - seed.distance
    let after = half - (line.length - seed.distance)
    guard before > 0 || after > 0 else { return (line, seed.distance) }
    var joiner = SectionJoiner(labels, frame: frame, text: template.text)
    let joined = joiner.joined(
      line, row: seed.row, part: seed.part >> 20, before: before, after: after)
    return (joined.line, joined.before + seed.distance)
  }

  /// A text along its line.
  private func following(
    _ seed: LabelSeed, _ template: SymbolTemplate, _ labels: Scene.Labels
  ) -> (ink: LabelCandidate.Ink, places: [LabelCandidate.Place])? {
    guard let text = template.lineText(renderer.letterer) else { return nil }
    let (line, distance) = line(of: seed, for: text, template, labels)
    guard
      let placed = text.place(
        along: line, centredAt: distance, offset: template.offset(for: .center).y),
      !placed.boxes.isEmpty
    else { return nil }
    let padding = template.padding
    let boxes = placed.boxes.map { box in
      LabelBox(minX: box.minX, minY: box.minY, maxX: box.maxX, maxY: box.maxY).grown(by: padding)
    }
    var ink = LabelCandidate.Ink()
    ink.text = LabelCandidate.TextInk(
      form: .glyphs(placed.glyphs), colour: template.colour, halo: template.halo)
    var place = LabelCandidate.Place(boxes: boxes)
    // Letters may leave their cells, though never by half an em.
    place.ink = place.bounds.grown(by: template.rim + template.halfEm)
    return (ink, [place])
  }
}

/// A line's vertices and their distances from its start, in memory that is used again.
private struct LineScratch {
  private(set) var points: [SIMD2<Int64>] = []
  private(set) var distances: [Int64] = []

  var length: Int64 { distances.last ?? 0 }

  mutating func removeAll() {
    points.removeAll(keepingCapacity: true)
    distances.removeAll(keepingCapacity: true)
  }

  mutating func append(_ point: SIMD2<Int64>) {
    guard let last = points.last else {
      points.append(point)
      distances.append(0)
      return
    }
    let section = MeasuredLine.distance(last, point)
    guard section > 0 else { return }
    points.append(point)
    distances.append(length + section)
  }

  mutating func close() {
    if let first = points.first { append(first) }
  }

  /// The place at `distance` from the start; nil past either end.
  func point(at distance: Int64) -> SIMD2<Int64>? {
    MeasuredLine.point(at: distance, points: points, distances: distances)
  }
}
