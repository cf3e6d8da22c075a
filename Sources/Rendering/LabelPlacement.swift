/// Decides which labels of a map stand, in a world grid that no tile knows of.
///
/// The plane of one zoom is cut into blocks; a block's candidates are those whose anchors lie in it,
/// made from features alone. Whether a candidate stands depends on the candidates before it that
/// touch it, which is asked of them in turn: the answer is the same in whatever order tiles ask.
struct LabelPlacement {
  /// A block's column and row.
  struct BlockID: Hashable {
    var x: Int64
    var y: Int64
  }

  /// A block's candidates, and what tells most of them apart from those in a label's way: small and
  /// free of references, so that looking at all of them is cheap.
  private struct Block {
    struct Outline {
      var reach: LabelBox
      var styleLayer: Int
    }

    let candidates: [LabelCandidate]
    let outlines: [Outline]

    init(_ candidates: [LabelCandidate]) {
      self.candidates = candidates
      outlines = candidates.map {
        Outline(reach: $0.reach, styleLayer: $0.rank.styleLayer)
      }
    }
  }

  private struct CandidateID: Hashable {
    var block: BlockID
    var index: Int32
  }

  /// Blocks kept; when there are more, all are forgotten and made anew.
  private static let blockLimit = 1024

  /// Side of a block in 24.8 pixels.
  let blockSide: Int64
  /// No candidate reaches further from its anchor, 24.8 pixels.
  let reach: Int64
  private var blocks: [BlockID: Block] = [:]
  private var decisions: [CandidateID: Int32] = [:]

  init(blockSidePixels: Int, reachPixels: Int) {
    blockSide = Int64(blockSidePixels) << 8
    reach = Int64(reachPixels) << 8
  }

  /// The labels whose ink may touch `window`, in the order of painting (first to stand on top).
  mutating func standing(
    in window: LabelBox, make: (BlockID) throws -> [LabelCandidate]
  ) rethrows -> [(candidate: LabelCandidate, place: LabelCandidate.Place)] {
    forgetIfFull()
    var found: [(candidate: LabelCandidate, place: LabelCandidate.Place)] = []
    for id in blockIDs(around: window.grown(by: reach)) {
      let block = try block(id, make)
      let candidates = block.candidates
      for index in candidates.indices where block.outlines[index].reach.intersects(window) {
        guard !candidates[index].isObstacle else { continue }
        let choice = try decide(CandidateID(block: id, index: Int32(index)), make)
        guard choice >= 0 else { continue }
        let place = candidates[index].places[Int(choice)]
        if place.bounds.intersects(window) { found.append((candidates[index], place)) }
      }
    }
    found.sort { $1.candidate.rank < $0.candidate.rank }
    return found
  }

  /// The labels and obstacles that stand and have their anchors in a block, in no order.
  mutating func standing(
    in id: BlockID, make: (BlockID) throws -> [LabelCandidate]
  ) rethrows -> [StandingLabel] {
    forgetIfFull()
    let candidates = try block(id, make).candidates
    var found: [StandingLabel] = []
    for index in candidates.indices {
      let choice = try decide(CandidateID(block: id, index: Int32(index)), make)
      guard choice >= 0 else { continue }
      found.append(
        StandingLabel(candidate: candidates[index], place: candidates[index].places[Int(choice)]))
    }
    return found
  }

  private mutating func forgetIfFull() {
    guard blocks.count > Self.blockLimit else { return }
    blocks.removeAll(keepingCapacity: true)
    decisions.removeAll(keepingCapacity: true)
  }

  func blockIDs(around box: LabelBox) -> [BlockID] {
    func index(_ value: Int64) -> Int64 {
      value >= 0 ? value / blockSide : -((-value + blockSide - 1) / blockSide)
    }
    var ids: [BlockID] = []
    for y in index(box.minY)...index(box.maxY) {
      for x in index(box.minX)...index(box.maxX) { ids.append(BlockID(x: x, y: y)) }
    }
    return ids
  }

  private mutating func block(
    _ id: BlockID, _ make: (BlockID) throws -> [LabelCandidate]
  ) rethrows -> Block {
    if let known = blocks[id] { return known }
    let made = Block(try make(id))
    blocks[id] = made
    return made
  }

  /// The place that a candidate takes; -1 where it gives way.
  ///
  /// Only candidates before it are asked, so the recursion ends; ranks are scattered by their hashes,
  /// so it is shallow.
  private mutating func decide(
    _ id: CandidateID, _ make: (BlockID) throws -> [LabelCandidate]
  ) rethrows -> Int32 {
    if let known = decisions[id] { return known }
    let candidate = try block(id.block, make).candidates[Int(id.index)]
    var free = [Bool](repeating: true, count: candidate.places.count)
    if !candidate.allowsOverlap {
      let margin = max(reach, candidate.repeatDistance)
      search: for neighbour in blockIDs(around: candidate.reach.grown(by: margin)) {
        let others = try block(neighbour, make)
        for index in others.outlines.indices {
          let outline = others.outlines[index]
          guard
            outline.reach.intersects(candidate.reach)
              || candidate.repeatDistance > 0 && outline.styleLayer == candidate.rank.styleLayer
          else { continue }
          let other = others.candidates[index]
          guard other.rank < candidate.rank,
            !(other.isObstacle && other.owner == candidate.owner)
          else { continue }
          let repeats = isRepeat(other, of: candidate)
          guard repeats || other.reach.intersects(candidate.reach) else { continue }
          let blocked = candidate.places.indices.filter { place in
            free[place] && other.places.contains { $0.overlaps(candidate.places[place]) }
          }
          guard repeats || !blocked.isEmpty else { continue }
          let choice = try decide(CandidateID(block: neighbour, index: Int32(index)), make)
          guard choice >= 0 else { continue }
          if repeats {
            free = free.map { _ in false }
            break search
          }
          for place in blocked
          where other.places[Int(choice)].overlaps(candidate.places[place]) {
            free[place] = false
          }
          if !free.contains(true) { break search }
        }
      }
    }
    let choice = Int32(free.firstIndex(of: true) ?? -1)
    decisions[id] = choice
    return choice
  }

  private func isRepeat(_ other: LabelCandidate, of candidate: LabelCandidate) -> Bool {
    guard candidate.repeatDistance > 0, other.rank.styleLayer == candidate.rank.styleLayer,
      other.text == candidate.text
    else { return false }
    let dx = Double(other.anchorX - candidate.anchorX)
    let dy = Double(other.anchorY - candidate.anchorY)
    let limit = Double(candidate.repeatDistance)
    return dx * dx + dy * dy < limit * limit
  }
}
