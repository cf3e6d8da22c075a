internal import Features
internal import Geometry
internal import Styling

extension TileRenderer {
  /// The labels that stand in the frame, then those that gave way in it, and those that found no place
  /// at all.
  func labels(of scene: Scene, frame: PictureFrame) -> [TileExplanation.Label] {
    var blocks = LabelBlocks(renderer: self, scene: scene, frame: frame)
    let owners = LabelOwners(
      of: scene, layerCount: map.document.layers.count, frame: frame,
      reach: scene.placement.furthestReach)
    let window = Self.window(of: frame)
    var standing: [(LabelRank, TileExplanation.Label)] = []
    var lost: [(LabelRank, TileExplanation.Label)] = []
    var tried: Set<LabelOwners.Identity> = []
    for id in scene.placement.blockIDs(around: window.grown(by: scene.placement.furthestReach)) {
      for (candidate, choice) in blocks.labels(in: id) where !candidate.isObstacle {
        tried.insert(LabelOwners.Identity(candidate))
        var label = TileExplanation.Label(
          owner: owners.owner(of: candidate), priority: candidate.rank.priority,
          anchor: SIMD2(
            Double(candidate.anchorX - window.minX) / 256,
            Double(candidate.anchorY - window.minY) / 256),
          outcome: .noPlace)
        if let choice {
          guard candidate.places[choice].ink.intersects(window) else { continue }
          label.outcome = .stands(place: choice)
          standing.append((candidate.rank, label))
        } else if candidate.reach.intersects(window) {
          let others = blocks.obstructions(of: candidate)
          label.outcome = .gaveWay(
            others.map { .init(owner: owners.owner(of: $0.candidate), isRepeat: $0.isRepeat) })
          lost.append((candidate.rank, label))
        }
      }
    }
    return (standing.sorted { $0.0 < $1.0 } + lost.sorted { $0.0 < $1.0 }).map(\.1)
      + owners.untried(tried, in: frame)
  }
}

/// The labels of blocks and which of them stand, asked for again and again.
private struct LabelBlocks {
  typealias Label = (candidate: LabelCandidate, choice: Int?)

  let scene: Scene
  private var maker: SceneLabelMaker
  private var known: [LabelPlacement.BlockID: [Label]] = [:]

  init(renderer: TileRenderer, scene: Scene, frame: PictureFrame) {
    self.scene = scene
    maker = SceneLabelMaker(renderer, scene: scene, frame: frame)
  }

  mutating func labels(in id: LabelPlacement.BlockID) -> [Label] {
    if let labels = known[id] { return labels }
    let labels = scene.placement.labels(in: id, maker: &maker)
    known[id] = labels
    return labels
  }

  /// Those that stand in a lost label's way, in the order of placing.
  mutating func obstructions(
    of candidate: LabelCandidate
  ) -> [(candidate: LabelCandidate, isRepeat: Bool)] {
    let margin = max(scene.placement.furthestReach, candidate.repeatDistance)
    var found: [(candidate: LabelCandidate, isRepeat: Bool)] = []
    for id in scene.placement.blockIDs(around: candidate.reach.grown(by: margin)) {
      for (other, choice) in labels(in: id) where other.rank < candidate.rank {
        guard let choice, !(other.isObstacle && other.owner == candidate.owner) else { continue }
        let isRepeat = other.isRepeated(by: candidate)
        guard isRepeat || candidate.places.contains(where: { $0.overlaps(other.places[choice]) })
        else { continue }
        found.append((other, isRepeat))
      }
    }
    return found.sorted { $0.candidate.rank < $1.candidate.rank }
  }
}

extension LabelCandidate {
  /// Whether another label of the style layer says the same within its distance.
  fileprivate func isRepeated(by other: LabelCandidate) -> Bool {
    guard other.repeatDistance > 0, rank.styleLayer == other.rank.styleLayer, text == other.text
    else { return false }
    let dx = Double(anchorX - other.anchorX)
    let dy = Double(anchorY - other.anchorY)
    let limit = Double(other.repeatDistance)
    return dx * dx + dy * dy < limit * limit
  }
}

/// Whose candidates they are: a candidate holds but a hash of layer and key.
private struct LabelOwners {
  struct Identity: Hashable {
    /// Counted from the uppermost.
    var styleLayer: Int
    var owner: UInt64

    init(styleLayer: Int, owner: UInt64) {
      self.styleLayer = styleLayer
      self.owner = owner
    }

    init(_ candidate: LabelCandidate) {
      self.init(styleLayer: candidate.rank.styleLayer, owner: candidate.owner)
    }
  }

  private struct Entry {
    var owner: TileExplanation.Owner
    var priority: Int
    var box: GridBox
    var anchor: GridPoint
    var kind: GeometryKind
  }

  private var entries: [Identity: Entry] = [:]

  /// - Parameters:
  ///   - layerCount: of the style.
  ///   - reach: how far labels reach from their anchors, in 24.8 pixels.
  init(of scene: Scene, layerCount: Int, frame: PictureFrame, reach: Int64) {
    // A blocker stands within two reaches of the frame, and it may have given way to one further off.
    let margin = Int(reach >> 8) * 3
    var selection = Selection()
    for layer in scene.layers {
      guard case .symbol(let memo) = layer.memo, let source = layer.source else { continue }
      selection.removeAll()
      source.view.search(
        frame.window(marginPixels: margin), zoom: frame.zoom + frame.scale - 1,
        columns: memo.columns, into: &selection)
      let slots = Array(memo.columns.indices)
      for item in selection.items {
        guard let paint = memo.index(of: item, in: selection, slots: slots, view: source.view)
        else { continue }
        let template = memo.paints[paint]
        guard !template.text.isEmpty || template.layout.icon.image != nil else { continue }
        let name = layer.style.sourceLayer ?? ""
        let key = source.view.key(row: item.row).text
        var hash = FixedHash()
        hash.add(name.utf8)
        hash.add(key.utf8)
        entries[Identity(styleLayer: layerCount - layer.position, owner: hash.value)] = Entry(
          owner: .init(
            rule: layer.style.id, layer: name, key: key, text: template.text,
            symbol: template.layout.icon.image),
          priority: layer.style.labelPriority, box: item.box, anchor: item.anchor,
          kind: template.layout.placement == .point ? .point : item.kind)
      }
    }
  }

  func owner(of candidate: LabelCandidate) -> TileExplanation.Owner {
    entries[Identity(candidate)]?.owner
      ?? TileExplanation.Owner(rule: "", layer: "", key: "", text: candidate.text)
  }

  /// Texts of features in the frame that no candidate was made for.
  func untried(_ tried: Set<Identity>, in frame: PictureFrame) -> [TileExplanation.Label] {
    let window = frame.window(marginPixels: 0)
    return entries.filter { identity, entry in
      guard !entry.owner.text.isEmpty, !tried.contains(identity) else { return false }
      return entry.kind == .point ? window.contains(entry.anchor) : window.intersects(entry.box)
    }
    .sorted {
      ($0.value.priority, $0.key.styleLayer, $0.value.owner.key)
        < ($1.value.priority, $1.key.styleLayer, $1.value.owner.key)
    }
    .map { _, entry in
      TileExplanation.Label(
        owner: entry.owner, priority: entry.priority, anchor: nil, outcome: .noPlace)
    }
  }
}
