/// What a group of labels, those of one style layer, is asked about together.
struct LabelGroup {
  /// No place of a label reaches further from its anchor, right and left; 24.8 pixels.
  var reachX: Int64
  /// Up and down.
  var reachY: Int64
  /// Of all labels but the obstacles, which come before all.
  var priority: Int
  /// Counted from the uppermost style layer.
  var styleLayer: Int
  var mayHaveObstacles: Bool

  /// Whether a label of another group may stand before one of this group.
  func mayYield(to other: LabelGroup) -> Bool {
    other.mayHaveObstacles
      || (other.priority, other.styleLayer) <= (priority, styleLayer)
  }
}

/// A label before it is set: where it is anchored and what it cannot reach beyond.
struct LabelSeed {
  /// On the zoom's world grid, 24.8 pixels.
  var anchorX: Int64
  var anchorY: Int64
  /// Around all that any of its places covers or draws on.
  var reach: LabelBox
  /// Labels of one group with equal texts keep this distance; 0 where repeats do not matter.
  var repeatDistance: Int64 = 0
  /// A hash of the text where repeats matter.
  var textHash: UInt64 = 0
  var row: UInt32 = 0
  /// Of the feature's labels which one: part of the rank's hash.
  var part: Int = 0
  /// Position of the template among the layer's.
  var template: Int32 = 0
  /// Position of the line among the group's, -1 for an upright label.
  var line: Int32 = -1
  /// From the line's start to the text's middle, 24.8 pixels.
  var distance: Int64 = 0
  /// Which of the template's anchors may be tried, lowest bit first.
  var allowedAnchors: UInt16 = .max
  var isObstacle = false
}

/// Makes labels from features alone.
protocol LabelMaker {
  /// Appends the seeds of all labels of a group whose anchors lie in an area; others may be among them.
  mutating func seeds(of group: Int, in area: LabelArea, into seeds: inout [LabelSeed])
  /// The label of a seed; nil where there is nothing to place.
  mutating func candidate(_ seed: LabelSeed, of group: Int) -> LabelCandidate?
  /// No seed made before will be asked about any more.
  mutating func forget()
}

/// Decides which labels of a map stand, in a world grid that no tile knows of.
///
/// The plane of one zoom is cut into blocks; a block's seeds are those whose anchors lie in it, made from
/// features alone. Whether a label stands depends on the labels before it that touch it, which is asked
/// of them in turn: the answer is the same in whatever order tiles ask. Only labels that are asked about
/// are set; of the others nothing is known but the box that they cannot leave.
struct LabelPlacement {
  /// A block's column and row.
  struct BlockID: Hashable {
    var x: Int64
    var y: Int64
  }

  /// A rectangle of blocks, all bounds included.
  struct BlockRange {
    var minX: Int64
    var minY: Int64
    var maxX: Int64
    var maxY: Int64

    func contains(_ other: BlockRange) -> Bool {
      minX <= other.minX && minY <= other.minY && maxX >= other.maxX && maxY >= other.maxY
    }

    func union(_ other: BlockRange) -> BlockRange {
      BlockRange(
        minX: min(minX, other.minX), minY: min(minY, other.minY), maxX: max(maxX, other.maxX),
        maxY: max(maxY, other.maxY))
    }
  }

  struct Entry {
    let seed: LabelSeed
    /// Position among `candidates`.
    var candidate = Self.unmade
    /// The place that the label takes.
    var choice = Self.undecided

    static let unmade: Int32 = -2
    static let none: Int32 = -1
    static let undecided: Int32 = -2
    static let givesWay: Int32 = -1
  }

  struct GroupState {
    var blocks = BlockTable()
    var entries: [Entry] = []
    /// The blocks of the last window: all of them are known.
    var filled: BlockRange?
  }

  /// Seeds kept; when there are more, everything is forgotten and made anew.
  private static let entryLimit = 100_000

  /// Side of a block in 24.8 pixels.
  let blockSide: Int64
  let groups: [LabelGroup]
  var states: [GroupState]
  var candidates: [LabelCandidate] = []
  private var seeds: [LabelSeed] = []
  var sharing: Sharing?

  init(blockSidePixels: Int, groups: [LabelGroup]) {
    blockSide = Int64(blockSidePixels) << 8
    self.groups = groups
    states = groups.map { _ in GroupState() }
  }

  /// The labels whose ink may touch `window`, in the order of painting (first to stand on top).
  mutating func standing<Maker: LabelMaker>(
    in window: LabelBox, maker: inout Maker
  ) -> [StandingLabel] {
    forgetIfFull(&maker)
    sharing?.asked.removeAll(keepingCapacity: true)
    var found: [StandingLabel] = []
    for group in groups.indices {
      let around = window.grown(x: groups[group].reachX, y: groups[group].reachY)
      let range = fill(group, around, &maker)
      states[group].filled = range
      for y in range.minY...range.maxY {
        for x in range.minX...range.maxX {
          guard let entries = states[group].blocks[BlockID(x: x, y: y)] else { continue }
          for index in entries
          where states[group].entries[index].seed.reach.intersects(window)
            && !states[group].entries[index].seed.isObstacle
          {
            guard let candidate = candidate(group, index, &maker),
              candidates[candidate].places.contains(where: { $0.ink.intersects(window) })
            else { continue }
            let choice = decide(group, index, &maker)
            guard choice >= 0 else { continue }
            let label = StandingLabel(candidate: candidates[candidate], choice: Int(choice))
            if label.ink.intersects(window) { found.append(label) }
          }
        }
      }
    }
    found.sort { $1.candidate.rank < $0.candidate.rank }
    return found
  }

  /// The labels and obstacles that stand and have their anchors in a block, in no order.
  mutating func standing<Maker: LabelMaker>(
    in id: BlockID, maker: inout Maker
  ) -> [StandingLabel] {
    labels(in: id, maker: &maker).compactMap { label in
      label.choice.map { StandingLabel(candidate: label.candidate, choice: $0) }
    }
  }

  /// The labels and obstacles that have their anchors in a block, in no order, with the positions of
  /// the places that they take; none where they give way.
  mutating func labels<Maker: LabelMaker>(
    in id: BlockID, maker: inout Maker
  ) -> [(candidate: LabelCandidate, choice: Int?)] {
    decideAlone(&maker)
    forgetIfFull(&maker)
    var found: [(candidate: LabelCandidate, choice: Int?)] = []
    let inside = LabelBox(
      minX: id.x * blockSide, minY: id.y * blockSide, maxX: id.x * blockSide + 1,
      maxY: id.y * blockSide + 1)
    for group in groups.indices {
      _ = fill(group, inside, &maker)
      for index in states[group].blocks[id] ?? 0..<0 {
        guard let candidate = candidate(group, index, &maker) else { continue }
        let choice = Int(decide(group, index, &maker))
        found.append((candidates[candidate], choice < 0 ? nil : choice))
      }
    }
    return found
  }

  /// Forgets all seeds, labels and decisions.
  mutating func forgetAll() {
    for group in states.indices {
      states[group].blocks.removeAll()
      states[group].entries.removeAll(keepingCapacity: true)
      states[group].filled = nil
    }
    candidates.removeAll(keepingCapacity: true)
    sharing?.settled.removeAll(keepingCapacity: true)
  }

  private mutating func forgetIfFull<Maker: LabelMaker>(_ maker: inout Maker) {
    guard states.reduce(0, { $0 + $1.entries.count + $1.blocks.count }) > Self.entryLimit else {
      return
    }
    forgetAll()
    maker.forget()
  }

  /// The greatest reach of all groups, 24.8 pixels.
  var reach: (x: Int64, y: Int64) {
    (groups.map(\.reachX).max() ?? 0, groups.map(\.reachY).max() ?? 0)
  }

  var furthestReach: Int64 { max(reach.x, reach.y) }

  func blocks(around box: LabelBox) -> BlockRange {
    func index(_ value: Int64) -> Int64 {
      value >= 0 ? value / blockSide : -((-value + blockSide - 1) / blockSide)
    }
    return BlockRange(
      minX: index(box.minX), minY: index(box.minY), maxX: index(box.maxX), maxY: index(box.maxY))
  }

  func blockIDs(around box: LabelBox) -> [BlockID] {
    let range = blocks(around: box)
    return (range.minY...range.maxY).flatMap { y in
      (range.minX...range.maxX).map { BlockID(x: $0, y: y) }
    }
  }

  /// Makes the seeds of all blocks that a box touches, as far as they are not known.
  private mutating func fill<Maker: LabelMaker>(
    _ group: Int, _ box: LabelBox, _ maker: inout Maker
  ) -> BlockRange {
    let range = blocks(around: box)
    if let filled = states[group].filled, filled.contains(range) { return range }
    var missing = missing(group, range)
    guard !missing.isEmpty else { return range }
    if takeOver(missing) { missing = self.missing(group, range) }
    for part in missing { fill(group, part, &maker) }
    return range
  }

  /// Around the blocks of a range that are not known: two rectangles at most, as what is known already
  /// often lies in a corner.
  private func missing(_ group: Int, _ range: BlockRange) -> [BlockRange] {
    var parts: [BlockRange] = []
    for y in range.minY...range.maxY {
      var row: BlockRange?
      for x in range.minX...range.maxX where states[group].blocks[BlockID(x: x, y: y)] == nil {
        row = BlockRange(minX: row?.minX ?? x, minY: y, maxX: x, maxY: y)
      }
      guard let row else { continue }
      if let last = parts.last, last.maxY == y - 1, last.minX == row.minX, last.maxX == row.maxX {
        parts[parts.count - 1].maxY = y
      } else {
        parts.append(row)
      }
    }
    guard parts.count > 2 else { return parts }
    return [parts.reduce(parts[0]) { $0.union($1) }]
  }

  private mutating func fill<Maker: LabelMaker>(
    _ group: Int, _ range: BlockRange, _ maker: inout Maker
  ) {
    let area = LabelArea(
      minX: range.minX * blockSide, minY: range.minY * blockSide,
      maxX: (range.maxX + 1) * blockSide, maxY: (range.maxY + 1) * blockSide)
    seeds.removeAll(keepingCapacity: true)
    maker.seeds(of: group, in: area, into: &seeds)
    let columns = Int(range.maxX - range.minX) + 1
    let rows = Int(range.maxY - range.minY) + 1
    // Seeds are told apart by block: counted, then put where their block's begin.
    var starts = [Int](repeating: 0, count: columns * rows + 1)
    let places = seeds.map { seed -> Int in
      guard area.contains(seed.anchorX, seed.anchorY) else { return -1 }
      let place =
        Int((seed.anchorY - area.minY) / blockSide) * columns
        + Int((seed.anchorX - area.minX) / blockSide)
      starts[place + 1] += 1
      return place
    }
    for place in 0..<columns * rows { starts[place + 1] += starts[place] }
    var order = [Int](repeating: 0, count: starts[columns * rows])
    var next = starts
    for (position, place) in places.enumerated() where place >= 0 {
      order[next[place]] = position
      next[place] += 1
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let id = BlockID(x: range.minX + Int64(column), y: range.minY + Int64(row))
        // What was decided for a block that is known already stays.
        guard states[group].blocks[id] == nil else { continue }
        let first = states[group].entries.count
        let place = row * columns + column
        for position in order[starts[place]..<starts[place + 1]] {
          states[group].entries.append(Entry(seed: seeds[position]))
        }
        states[group].blocks[id] = first..<states[group].entries.count
      }
    }
  }

  /// The label of a seed, made when it is first asked for.
  mutating func candidate<Maker: LabelMaker>(
    _ group: Int, _ index: Int, _ maker: inout Maker
  ) -> Int? {
    let known = states[group].entries[index].candidate
    if known != Entry.unmade { return known < 0 ? nil : Int(known) }
    guard let made = maker.candidate(states[group].entries[index].seed, of: group) else {
      states[group].entries[index].candidate = Entry.none
      states[group].entries[index].choice = Entry.givesWay
      return nil
    }
    candidates.append(made)
    states[group].entries[index].candidate = Int32(candidates.count - 1)
    return candidates.count - 1
  }

  /// The place that a label takes; negative where it gives way.
  ///
  /// Only labels before it are asked, so the recursion ends; ranks are scattered by their hashes, so
  /// it is shallow.
  private mutating func decide<Maker: LabelMaker>(
    _ group: Int, _ index: Int, _ maker: inout Maker
  ) -> Int32 {
    let known = states[group].entries[index].choice
    if known != Entry.undecided { return known }
    guard let number = candidate(group, index, &maker) else { return Entry.givesWay }
    let label = candidates[number]
    var free: UInt64 = label.places.count >= 64 ? .max : (1 << UInt64(label.places.count)) - 1
    if !label.allowsOverlap {
      search: for other in groups.indices where groups[group].mayYield(to: groups[other]) {
        var around = label.reach.grown(x: groups[other].reachX, y: groups[other].reachY)
        let distance = other == group ? label.repeatDistance : 0
        if distance > 0 {
          around = around.union(
            LabelBox(
              minX: label.anchorX - distance, minY: label.anchorY - distance,
              maxX: label.anchorX + distance, maxY: label.anchorY + distance))
        }
        let range = fill(other, around, &maker)
        for y in range.minY...range.maxY {
          for x in range.minX...range.maxX {
            for entry in states[other].blocks[BlockID(x: x, y: y)] ?? 0..<0 {
              if other == group && entry == index { continue }
              free = remaining(free, of: label, after: entry, in: other, distance, &maker)
              if free == 0 { break search }
            }
          }
        }
      }
    }
    let choice = free == 0 ? Entry.givesWay : Int32(free.trailingZeroBitCount)
    states[group].entries[index].choice = choice
    return choice
  }

  /// The places of a label that stay free when another one has been asked.
  private mutating func remaining<Maker: LabelMaker>(
    _ free: UInt64, of label: LabelCandidate, after entry: Int, in other: Int, _ distance: Int64,
    _ maker: inout Maker
  ) -> UInt64 {
    let isNear =
      distance > 0 && states[other].entries[entry].seed.isWithin(distance, of: label)
    guard isNear || states[other].entries[entry].seed.reach.intersects(label.reach),
      states[other].entries[entry].choice != Entry.givesWay,
      let number = candidate(other, entry, &maker),
      candidates[number].rank < label.rank,
      !(candidates[number].isObstacle && candidates[number].owner == label.owner)
    else { return free }
    let repeats = isNear && candidates[number].text == label.text
    var blocked: UInt64 = 0
    if candidates[number].reach.intersects(label.reach) {
      for place in label.places.indices.prefix(64) where free >> UInt64(place) & 1 != 0 {
        if candidates[number].places.contains(where: { $0.overlaps(label.places[place]) }) {
          blocked |= 1 << UInt64(place)
        }
      }
    }
    guard repeats || blocked != 0 else { return free }
    let choice = decide(other, entry, &maker)
    guard choice >= 0 else { return free }
    if repeats { return 0 }
    var free = free
    let taken = candidates[number].places[Int(choice)]
    for place in label.places.indices.prefix(64) where blocked >> UInt64(place) & 1 != 0 {
      if taken.overlaps(label.places[place]) { free &= ~(1 << UInt64(place)) }
    }
    return free
  }
}

extension LabelSeed {
  /// Whether a label of the same text is anchored closer than `distance`, and may be a repeat of it.
  fileprivate func isWithin(_ distance: Int64, of label: LabelCandidate) -> Bool {
    guard textHash == label.textHash else { return false }
    let dx = Double(anchorX - label.anchorX)
    let dy = Double(anchorY - label.anchorY)
    let limit = Double(distance)
    return dx * dx + dy * dy < limit * limit
  }
}
