public import Features
public import Geometry
internal import Raster
internal import Styling
public import Tiles

extension TileRenderer {
  /// The tiles of one zoom whose pixels may differ between two states of the data; all others are the
  /// same to the last pixel.
  ///
  /// Lines, areas and symbols change tiles within their reach. Labels change where the decisions of
  /// the world grid differ: asked block by block, from the blocks that the changes touch on to their
  /// neighbours as long as what stands there differs.
  ///
  /// - Parameters:
  ///   - zoom: of 256-px tiles.
  ///   - scale: 2 for tiles of twice the density.
  ///   - changes: by layer id the world boxes of all features added, changed or removed: of a changed
  ///     one both the old and the new. A feature that only becomes visible or invisible to the
  ///     sources' audience counts as well.
  ///   - before, after: the two states, of one audience.
  /// - Returns: no tiles where zoom and scale ask for more than the grid holds.
  public func changedTiles(
    zoom: Int, scale: Int = 1, changes: [String: [GridBox]], before: any FeatureSource,
    after: any FeatureSource
  ) throws(RenderError) -> Set<TileID> {
    guard
      let frame = PictureFrame(
        zoom: zoom, scale: scale, originX: 0, originY: 0, width: 256 * scale, height: 256 * scale)
    else { return [] }
    let old = makeScene(
      try PinnedLayers(map, selection: selection, zoom: zoom, scale: scale, source: before))
    let new = makeScene(
      try PinnedLayers(map, selection: selection, zoom: zoom, scale: scale, source: after))
    var search = ChangeSearch(renderer: self, old: old, new: new, frame: frame)
    for (layer, boxes) in changes {
      let reach = max(old.reachPixels(of: layer) ?? -1, new.reachPixels(of: layer) ?? -1)
      guard reach >= 0 else { continue }
      let hasLabels = old.labels(layer) || new.labels(layer)
      for box in boxes where !box.isEmpty {
        search.mark(box, reachPixels: reach * scale)
        if hasLabels { search.touch(box) }
      }
    }
    search.followLabels()
    return search.tiles
  }
}

extension Scene {
  /// How far a layer's features may be drawn from their boxes, in pixels of a 1× picture; nil where
  /// the scene does not draw the layer.
  fileprivate func reachPixels(of layer: String) -> Int? {
    layers.first { $0.style.sourceLayer == layer }?.source?.reachPixels
  }

  fileprivate func labels(_ layer: String) -> Bool {
    layers.contains { $0.style.sourceLayer == layer && $0.style.type == .symbol }
  }
}

/// The walk over the blocks of two states' world grids.
private struct ChangeSearch {
  let renderer: TileRenderer
  let old: Scene
  let new: Scene
  let frame: PictureFrame
  private(set) var tiles: Set<TileID> = []
  private var seen: Set<LabelPlacement.BlockID> = []
  private var waiting: [LabelPlacement.BlockID] = []

  init(renderer: TileRenderer, old: Scene, new: Scene, frame: PictureFrame) {
    self.renderer = renderer
    self.old = old
    self.new = new
    self.frame = frame
  }

  /// Names the tiles that ask for features within `reachPixels` of their own pixels and find `box`.
  mutating func mark(_ box: GridBox, reachPixels: Int) {
    // One pixel more, for what a zoom band rounds.
    let margin = Int64(reachPixels + 1) << Int64(frame.unitBits)
    let grown = GridBox(
      minX: box.minX - margin, minY: box.minY - margin, maxX: box.maxX + margin,
      maxY: box.maxY + margin)
    if let range = TileRange(zoom: frame.zoom, covering: grown) { tiles.formUnion(range.tiles) }
  }

  /// Puts the blocks in which a changed feature's labels may be anchored on the list.
  mutating func touch(_ box: GridBox) {
    let low = frame.fixed(GridPoint(x: box.minX, y: box.minY))
    let high = frame.fixed(GridPoint(x: box.maxX, y: box.maxY))
    // Names run on over the next lines, so those within their reach may change as well. Two pixels more,
    // for what a zoom band rounds.
    let (reach, otherReach) = (new.placement.reach, old.placement.reach)
    add(
      LabelBox(minX: low.x, minY: low.y, maxX: high.x, maxY: high.y)
        .grown(x: max(reach.x, otherReach.x) + 512, y: max(reach.y, otherReach.y) + 512))
  }

  /// Compares blocks until the answers agree all around.
  mutating func followLabels() {
    while let block = waiting.popLast() {
      let before = standing(in: block, of: old)
      let after = standing(in: block, of: new)
      for label in differing(before, after) + differing(after, before) { spread(label) }
    }
  }

  private func standing(
    in block: LabelPlacement.BlockID, of scene: Scene
  ) -> [StandingLabel] {
    var maker = SceneLabelMaker(renderer, scene: scene, frame: frame)
    return scene.placement.standing(in: block, maker: &maker)
  }

  /// What stands in one state and not, or otherwise, in the other.
  private func differing(
    _ labels: [StandingLabel], _ others: [StandingLabel]
  ) -> [StandingLabel] {
    let byRank = Dictionary(grouping: others, by: \.candidate.rank)
    return labels.filter { label in
      !(byRank[label.candidate.rank] ?? []).contains { $0.isSame(as: label) }
    }
  }

  /// Names the tiles that show a label, and the blocks whose labels may have given way to it.
  private mutating func spread(_ label: StandingLabel) {
    let bounds = label.place.bounds
    if !label.candidate.isObstacle { mark(label.ink) }
    let (reach, otherReach) = (new.placement.reach, old.placement.reach)
    add(bounds.grown(x: max(reach.x, otherReach.x), y: max(reach.y, otherReach.y)))
    let distance = label.candidate.repeatDistance
    guard distance > 0 else { return }
    let anchor = LabelBox(
      minX: label.candidate.anchorX, minY: label.candidate.anchorY, maxX: label.candidate.anchorX,
      maxY: label.candidate.anchorY)
    add(anchor.grown(by: distance))
  }

  private mutating func add(_ box: LabelBox) {
    for block in new.placement.blockIDs(around: box) where seen.insert(block).inserted {
      waiting.append(block)
    }
  }

  /// The tiles that a label's boxes share a pixel with.
  private mutating func mark(_ bounds: LabelBox) {
    let side = Int64(256 * frame.scale) << 8
    let last = (Int64(1) << Int64(frame.zoom)) - 1
    func span(_ low: Int64, _ high: Int64) -> ClosedRange<Int>? {
      guard high > low, high > 0, low < (last + 1) * side else { return nil }
      return Int(max(low, 0) / side)...Int(min((high - 1) / side, last))
    }
    guard let columns = span(bounds.minX, bounds.maxX), let rows = span(bounds.minY, bounds.maxY),
      let range = TileRange(zoom: frame.zoom, columns: columns, rows: rows)
    else { return }
    tiles.formUnion(range.tiles)
  }
}
