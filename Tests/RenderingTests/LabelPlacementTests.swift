import Testing

@testable import Rendering

@Suite("Label placement in the world grid")
struct LabelPlacementTests {
  private static let blockPixels = 64
  private static let reachPixels = 60

  /// Random labels over a square of the plane, negative places included.
  private static func candidates(
    count: Int, seed: UInt64
  ) -> [LabelPlacement.BlockID: [LabelCandidate]] {
    var random = SeededGenerator(seed: seed)
    var blocks: [LabelPlacement.BlockID: [LabelCandidate]] = [:]
    let side = Int64(blockPixels << 8)
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
      let candidate = LabelCandidate(
        rank: LabelRank(
          priority: Int.random(in: 1...3, using: &random), styleLayer: 1, sortKey: 0,
          hash: UInt64.random(in: .min ... .max, using: &random)),
        owner: UInt64(number), ink: LabelCandidate.Ink(), places: places, anchorX: x, anchorY: y,
        text: "\(number % 7)",
        repeatDistance: Int.random(in: 0..<4, using: &random) == 0 ? 20_000 : 0,
        allowsOverlap: Int.random(in: 0..<20, using: &random) == 0)
      let block = LabelPlacement.BlockID(
        x: Int64((Double(x) / Double(side)).rounded(.down)),
        y: Int64((Double(y) / Double(side)).rounded(.down)))
      blocks[block, default: []].append(candidate)
    }
    return blocks
  }

  /// The obvious way: all candidates of the world in their order, each taking its first free place.
  private static func greedy(_ all: [LabelCandidate]) -> [UInt64: Int] {
    var placed: [(candidate: LabelCandidate, place: LabelCandidate.Place)] = []
    var choices: [UInt64: Int] = [:]
    for candidate in all.sorted(by: { $0.rank < $1.rank }) {
      var choice = candidate.places.indices.first
      if !candidate.allowsOverlap {
        let repeats = placed.contains { other in
          guard candidate.repeatDistance > 0, other.candidate.text == candidate.text else {
            return false
          }
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
    let blocks = Self.candidates(count: 400, seed: UInt64(seed))
    let all = blocks.values.flatMap { $0 }
    let expected = Self.greedy(all)
    var placement = LabelPlacement(
      blockSidePixels: Self.blockPixels, reachPixels: Self.reachPixels)
    var random = SeededGenerator(seed: UInt64(seed) + 1000)
    var seen = 0
    for _ in 0..<60 {
      let x = Int64.random(in: -320_000...320_000, using: &random)
      let y = Int64.random(in: -320_000...320_000, using: &random)
      let window = LabelBox(minX: x, minY: y, maxX: x + 65_536, maxY: y + 65_536)
      let found = placement.standing(in: window) { blocks[$0] ?? [] }
      let wanted = Set(
        all.compactMap { candidate -> UInt64? in
          guard let choice = expected[candidate.owner],
            candidate.places[choice].bounds.intersects(window)
          else { return nil }
          return candidate.owner
        })
      #expect(Set(found.map(\.candidate.owner)) == wanted)
      for (candidate, place) in found {
        let choice = expected[candidate.owner] ?? 0
        #expect(place.bounds == candidate.places[choice].bounds)
      }
      seen += found.count
    }
    #expect(seen > 100)
  }

  @Test("a label does not give way to its own symbol, but to another's")
  func obstaclesOfOthersCount() {
    func candidate(_ owner: UInt64, isObstacle: Bool, priority: Int) -> LabelCandidate {
      LabelCandidate(
        rank: LabelRank(priority: priority, styleLayer: 1, sortKey: 0, hash: owner),
        owner: owner, ink: LabelCandidate.Ink(),
        places: [.init(boxes: [LabelBox(minX: 100, minY: 100, maxX: 900, maxY: 900)])],
        anchorX: 500, anchorY: 500, allowsOverlap: isObstacle, isObstacle: isObstacle)
    }
    let window = LabelBox(minX: 0, minY: 0, maxX: 65_536, maxY: 65_536)
    for (symbolOwner, count) in [(UInt64(7), 1), (UInt64(8), 0)] {
      var placement = LabelPlacement(blockSidePixels: 64, reachPixels: 60)
      let found = placement.standing(in: window) { id in
        id == LabelPlacement.BlockID(x: 0, y: 0)
          ? [
            candidate(symbolOwner, isObstacle: true, priority: .min),
            candidate(7, isObstacle: false, priority: 5),
          ] : []
      }
      #expect(found.count == count)
    }
  }
}
