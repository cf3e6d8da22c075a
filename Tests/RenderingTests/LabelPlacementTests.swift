import Features
import Testing

@testable import Rendering

@Suite("Label placement in the world grid")
struct LabelPlacementTests {
  private static let blockPixels = 64
  private static let reach: Int64 = 60 << 8

  /// Labels that are there from the start, one group a style layer.
  private struct GivenLabels: LabelMaker {
    /// By style layer.
    let labels: [[LabelCandidate]]
    private(set) var made = 0

    init(_ labels: [LabelCandidate], layers: Int = 1) {
      self.labels = (0..<layers).map { layer in labels.filter { $0.rank.styleLayer == layer } }
    }

    mutating func seeds(of group: Int, in area: LabelArea, into seeds: inout [LabelSeed]) {
      for (number, label) in labels[group].enumerated()
      where area.contains(label.anchorX, label.anchorY) {
        seeds.append(
          LabelSeed(
            anchorX: label.anchorX, anchorY: label.anchorY, reach: label.reach.grown(by: 700),
            repeatDistance: label.repeatDistance, row: UInt32(number),
            isObstacle: label.isObstacle))
      }
    }

    mutating func candidate(_ seed: LabelSeed, of group: Int) -> LabelCandidate? {
      made += 1
      return labels[group][Int(seed.row)]
    }

    mutating func forget() {}
  }

  private static func placement(layers: Int, mayHaveObstacles: Bool = false) -> LabelPlacement {
    LabelPlacement(
      blockSidePixels: blockPixels,
      groups: (0..<layers).map { layer in
        LabelGroup(
          reachX: reach, reachY: reach, priority: 1, styleLayer: layer,
          mayHaveObstacles: mayHaveObstacles)
      })
  }

  /// Random labels over a square of the plane, negative places included.
  /// - Parameter obstacleDistance: how many candidates on the next obstacle follows; nil for none.
  private static func candidates(
    count: Int, seed: UInt64, layers: Int, obstacleDistance: Int? = nil
  ) -> [LabelCandidate] {
    var random = SeededGenerator(seed: seed)
    var labels: [LabelCandidate] = []
    for number in 0..<count {
      let x = Int64.random(in: -300_000...300_000, using: &random)
      let y = Int64.random(in: -300_000...300_000, using: &random)
      let width = Int64.random(in: 2_000...14_000, using: &random)
      let height = Int64.random(in: 1_000...4_000, using: &random)
      var places = [
        LabelCandidate.Place(
          boxes: [LabelBox(minX: x, minY: y, maxX: x + width, maxY: y + height)])
      ]
      if Bool.random(using: &random) {
        places.append(
          LabelCandidate.Place(
            boxes: [LabelBox(minX: x - width, minY: y, maxX: x, maxY: y + height)]))
      }
      let isObstacle = obstacleDistance.map { number % $0 == 0 } ?? false
      let candidate = LabelCandidate(
        rank: LabelRank(
          priority: isObstacle ? .min : 1, styleLayer: Int.random(in: 0..<layers, using: &random),
          sortKey: Double(Int.random(in: 0...2, using: &random)),
          hash: UInt64.random(in: .min ... .max, using: &random)),
        owner: UInt64(number), ink: LabelCandidate.Ink(), places: places, anchorX: x, anchorY: y,
        text: "\(number % 7)",
        repeatDistance: Int.random(in: 0..<4, using: &random) == 0 ? 20_000 : 0,
        allowsOverlap: Int.random(in: 0..<20, using: &random) == 0 || isObstacle,
        isObstacle: isObstacle)
      labels.append(candidate)
    }
    return labels
  }

  /// The obvious way: all candidates of the world in their order, each taking its first free place.
  private static func greedy(_ all: [LabelCandidate]) -> [UInt64: Int] {
    var placed: [(candidate: LabelCandidate, place: LabelCandidate.Place)] = []
    var choices: [UInt64: Int] = [:]
    for candidate in all.sorted(by: { $0.rank < $1.rank }) {
      var choice = candidate.places.indices.first
      if !candidate.allowsOverlap {
        let repeats = placed.contains { other in
          guard candidate.repeatDistance > 0, other.candidate.text == candidate.text,
            other.candidate.rank.styleLayer == candidate.rank.styleLayer
          else { return false }
          let dx = Double(other.candidate.anchorX - candidate.anchorX)
          let dy = Double(other.candidate.anchorY - candidate.anchorY)
          return dx * dx + dy * dy < Double(candidate.repeatDistance * candidate.repeatDistance)
        }
        choice =
          repeats
          ? nil
          : candidate.places.indices.first { place in
            !placed.contains { $0.place.overlaps(candidate.places[place]) }
          }
      }
      if let choice {
        choices[candidate.owner] = choice
        placed.append((candidate, candidate.places[choice]))
      }
    }
    return choices
  }

  @Test("gives what placing all labels of the world in order gives", arguments: 0..<12)
  func standingEqualsGreedy(seed: Int) {
    let layers = 1 + seed % 4
    let all = Self.candidates(count: 400, seed: UInt64(seed), layers: layers)
    let expected = Self.greedy(all)
    var placement = Self.placement(layers: layers)
    var maker = GivenLabels(all, layers: layers)
    var random = SeededGenerator(seed: UInt64(seed) + 1000)
    var seen = 0
    for _ in 0..<60 {
      let x = Int64.random(in: -320_000...320_000, using: &random)
      let y = Int64.random(in: -320_000...320_000, using: &random)
      let window = LabelBox(minX: x, minY: y, maxX: x + 65_536, maxY: y + 65_536)
      let found = placement.standing(in: window, maker: &maker)
      let wanted = Set(
        all.compactMap { candidate -> UInt64? in
          guard let choice = expected[candidate.owner],
            candidate.places[choice].bounds.intersects(window)
          else { return nil }
          return candidate.owner
        })
      #expect(Set(found.map(\.candidate.owner)) == wanted)
      for label in found {
        let choice = expected[label.candidate.owner] ?? 0
        #expect(label.place.bounds == label.candidate.places[choice].bounds)
      }
      seen += found.count
    }
    #expect(seen > 100)
  }

  @Test("takes over what others have decided, and sets only what they have not", arguments: 0..<8)
  func sharingChangesNothing(seed: Int) {
    let layers = 1 + seed % 3
    let all = Self.candidates(
      count: 500, seed: UInt64(seed), layers: layers, obstacleDistance: 25)
    func placement() -> LabelPlacement { Self.placement(layers: layers, mayHaveObstacles: true) }
    var alone = placement()
    var aloneMaker = GivenLabels(all, layers: layers)
    let memo = LabelMemo()
    let scope = LabelMemo.Scope(
      map: 1,
      identity: PinnedLayers.Identity(
        zoom: 16, scale: 1, audience: .staff, epoch: "", revisions: []), language: .japanese,
      drawn: [0])
    let side: Int64 = 65_536
    var cells: [(x: Int64, y: Int64)] = []
    for y in Int64(-5)..<5 { for x in Int64(-5)..<5 { cells.append((x, y)) } }
    var random = SeededGenerator(seed: UInt64(seed))
    var made: [Int] = []
    for _ in 0..<3 {
      var shared = placement()
      shared.sharing = LabelPlacement.Sharing(memo.grid(scope))
      var maker = GivenLabels(all, layers: layers)
      for cell in cells.shuffled(using: &random) {
        let window = LabelBox(
          minX: cell.x * side, minY: cell.y * side, maxX: (cell.x + 1) * side,
          maxY: (cell.y + 1) * side)
        let expected = alone.standing(in: window, maker: &aloneMaker)
        let found = shared.standing(in: window, maker: &maker)
        #expect(found.map(\.candidate.owner) == expected.map(\.candidate.owner))
        #expect(found.map(\.place) == expected.map(\.place))
        shared.share(shared.unsharedCells(in: window, maker: &maker))
      }
      made.append(maker.made)
    }
    #expect(memo.count == cells.count)
    #expect(made[0] > 300)
    #expect(made[1] == 0 && made[2] == 0)
    // What gave way is told by a grid that has left the memo.
    var asked = placement()
    asked.sharing = LabelPlacement.Sharing(memo.grid(scope))
    var maker = GivenLabels(all, layers: layers)
    _ = asked.standing(in: LabelBox(minX: 0, minY: 0, maxX: 1, maxY: 1), maker: &maker)
    let block = LabelPlacement.BlockID(x: 1, y: 1)
    #expect(
      asked.labels(in: block, maker: &maker).map(\.candidate.owner)
        == alone.labels(in: block, maker: &aloneMaker).map(\.candidate.owner))
  }

  @Test("asks only for the labels that matter to a window")
  func distantLabelsAreNotMade() {
    let all = Self.candidates(count: 4000, seed: 3, layers: 2)
    var placement = Self.placement(layers: 2)
    var maker = GivenLabels(all, layers: 2)
    let window = LabelBox(minX: 0, minY: 0, maxX: 20_000, maxY: 20_000)
    let found = placement.standing(in: window, maker: &maker)
    #expect(!found.isEmpty)
    #expect(maker.made < 400)
    let made = maker.made
    #expect(placement.standing(in: window, maker: &maker).count == found.count)
    #expect(maker.made == made)
  }

  @Test("a label does not give way to its own symbol, but to another's")
  func obstaclesOfOthersCount() {
    func candidate(_ owner: UInt64, isObstacle: Bool, priority: Int) -> LabelCandidate {
      LabelCandidate(
        rank: LabelRank(priority: priority, styleLayer: 0, sortKey: 0, hash: owner),
        owner: owner, ink: LabelCandidate.Ink(),
        places: [.init(boxes: [LabelBox(minX: 100, minY: 100, maxX: 900, maxY: 900)])],
        anchorX: 500, anchorY: 500, allowsOverlap: isObstacle, isObstacle: isObstacle)
    }
    let window = LabelBox(minX: 0, minY: 0, maxX: 65_536, maxY: 65_536)
    for (symbolOwner, count) in [(UInt64(7), 1), (UInt64(8), 0)] {
      var placement = Self.placement(layers: 1, mayHaveObstacles: true)
      var maker = GivenLabels([
        candidate(symbolOwner, isObstacle: true, priority: .min),
        candidate(7, isObstacle: false, priority: 5),
      ])
      #expect(placement.standing(in: window, maker: &maker).count == count)
    }
  }

  @Test("a memo keeps within its bytes, and what is asked for stays the longest")
  func memoIsBounded() {
    let label = LabelCandidate(
      rank: LabelRank(priority: 1, styleLayer: 0, sortKey: 0, hash: 1), owner: 1,
      ink: LabelCandidate.Ink(),
      places: [.init(boxes: [LabelBox(minX: 0, minY: 0, maxX: 9, maxY: 9)])], anchorX: 0, anchorY: 0
    )
    let item = LabelCell.Item(
      seed: LabelSeed(anchorX: 0, anchorY: 0, reach: label.reach), candidate: label, choice: 0)
    let cell = LabelCell([LabelCell.Group(items: [item], ends: Array(repeating: 1, count: 16))])
    #expect(cell.byteCount > 500)
    let limit = 200 * cell.byteCount
    let memo = LabelMemo(byteLimit: limit)
    func grid(_ revision: Revision) -> LabelMemo.Grid {
      memo.grid(
        LabelMemo.Scope(
          map: 1,
          identity: PinnedLayers.Identity(
            zoom: 16, scale: 1, audience: .staff, epoch: "",
            revisions: [PinnedLayers.SourceRevision(name: "a", revision: revision)]),
          language: .japanese, drawn: [0]))
    }
    let first = LabelPlacement.BlockID(x: 0, y: 0)
    grid(1).keep(cell, as: first)
    for number in 1..<Int64(2000) {
      grid(1).keep(cell, as: LabelPlacement.BlockID(x: number, y: -number))
      #expect(memo.byteCount <= limit)
      #expect(grid(1).cell(first) != nil)
      #expect(grid(2).cell(first) == nil)
    }
    #expect(memo.count > 80)
    #expect(grid(1).cell(LabelPlacement.BlockID(x: 1, y: -1)) == nil)
    let large = LabelCell(Array(repeating: cell.groups[0], count: 300))
    grid(3).keep(large, as: first)
    #expect(grid(3).cell(first) == nil)
  }
}
