public import Features
internal import Lettering
internal import Raster
internal import Styling

extension TileRenderer {
  /// Draws labels that stand, in their order.
  func paintLabels(_ labels: [StandingLabel], frame: PictureFrame, into pixmap: inout Pixmap) {
    for label in labels {
      if let icon = label.candidate.ink.icon {
        pixmap.blend(
          icon.image, x: Int(icon.x - frame.originX), y: Int(icon.y - frame.originY),
          opacity: icon.opacity)
      }
      guard let text = label.candidate.ink.text else { continue }
      switch text.form {
      case .block(let block):
        letterer.draw(
          block, atX: label.place.textX - frame.fixedOriginX,
          y: label.place.textY - frame.fixedOriginY,
          colour: text.colour, halo: text.halo, into: &pixmap, using: &rasterizer)
      case .glyphs(let glyphs):
        letterer.draw(
          glyphs, atX: -frame.fixedOriginX, y: -frame.fixedOriginY, colour: text.colour,
          halo: text.halo, into: &pixmap, using: &rasterizer)
      }
    }
  }

  /// How many labels with text stand in a frame, by style layer: those whose boxes meet it.
  public func labelCounts(
    _ frame: PictureFrame, from source: any FeatureSource
  ) throws(RenderError) -> [String: Int] {
    let scene = try scene(for: frame, source: source)
    let window = Self.window(of: frame)
    let byRank = Dictionary(
      scene.labels.map { ($0.group.styleLayer, $0.style.id) }, uniquingKeysWith: { $1 })
    var counts: [String: Int] = [:]
    for label in standingLabels(scene, frame: frame)
    where label.candidate.ink.text != nil
      && label.place.boxes.contains(where: { $0.intersects(window) })
    {
      counts[byRank[label.candidate.rank.styleLayer] ?? "", default: 0] += 1
    }
    return counts
  }

  /// The frame in 24.8 pixels of the zoom's world grid.
  static func window(of frame: PictureFrame) -> LabelBox {
    LabelBox(
      minX: frame.fixedOriginX, minY: frame.fixedOriginY,
      maxX: (frame.originX + Int64(frame.width)) << 8,
      maxY: (frame.originY + Int64(frame.height)) << 8)
  }

  /// The labels that stand in the frame by the decisions of the world grid, in the order of painting.
  func standingLabels(_ scene: Scene, frame: PictureFrame) -> [StandingLabel] {
    guard !scene.labels.isEmpty else { return [] }
    var maker = SceneLabelMaker(self, scene: scene, frame: frame)
    return scene.placement.standing(in: Self.window(of: frame), maker: &maker)
  }

  /// What was decided for a frame and is news to others; to be given out when the source has confirmed
  /// what was read.
  func unsharedCells(
    of scene: Scene, frame: PictureFrame
  ) -> [(id: LabelPlacement.BlockID, cell: LabelCell)] {
    guard scene.placement.sharing != nil, !scene.labels.isEmpty else { return [] }
    var maker = SceneLabelMaker(self, scene: scene, frame: frame)
    return scene.placement.unsharedCells(in: Self.window(of: frame), maker: &maker)
  }
}
