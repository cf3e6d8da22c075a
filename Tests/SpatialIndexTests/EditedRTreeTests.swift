import SeededRandom
import SpatialIndex
import Testing

/// Items as a plain dictionary: the slow twin.
private struct Ledger {
  var boxes: [UInt32: IndexBox] = [:]

  func inside(_ window: IndexBox) -> [UInt32] {
    boxes.filter { $0.value.intersects(window) }.keys.sorted()
  }

  func distances(x: Int32, y: Int32) -> [Double] {
    boxes.values.map { NearestSearch.distanceSquared(x: x, y: y, $0) }.sorted()
  }
}

@Suite("A tree with edits upon it")
struct EditedRTreeTests {
  private func check(
    _ tree: EditedRTree, _ ledger: Ledger, _ random: inout SeededGenerator
  ) {
    #expect(tree.count == ledger.boxes.count)
    for _ in 0..<6 {
      let window = randomBox(&random, extent: 3000)
      var found: [UInt32] = []
      let ended = tree.search(window) {
        found.append($0)
        return true
      }
      #expect(ended)
      #expect(found.sorted() == ledger.inside(window))
    }
    var search = NearestSearch()
    for limit in [0, 1, 7, 100_000] {
      let x = Int32.random(in: -4000...4000, using: &random)
      let y = Int32.random(in: -4000...4000, using: &random)
      let bound = [Double.infinity, 250_000][Int(x & 1)]
      let near = tree.nearest(
        x: x, y: y, limit: limit, maximumDistanceSquared: bound, using: &search)
      let expected = ledger.distances(x: x, y: y).filter { $0 <= bound }.prefix(limit)
      #expect(near.map(\.distanceSquared) == Array(expected))
      #expect(Set(near.map(\.item)).count == near.count)
      for neighbour in near {
        let box = ledger.boxes[neighbour.item]
        #expect(
          box.map { NearestSearch.distanceSquared(x: x, y: y, $0) } == neighbour.distanceSquared)
      }
    }
  }

  @Test(
    "after any edits, searches find what a scan finds", arguments: [0, 1, 16, 17, 300], 0..<6)
  func agreesWithScan(count: Int, seed: Int) {
    var random = SeededGenerator(seed: seed * 1000 + count)
    let boxes = (0..<count).map { _ in randomBox(&random, extent: 3000) }
    var tree = EditedRTree(boxes)
    var ledger = Ledger()
    for (number, box) in boxes.enumerated() { ledger.boxes[UInt32(number)] = box }
    for round in 0..<12 {
      for _ in 0..<Int.random(in: 1...80, using: &random) {
        // Old numbers, new ones, and such as are not there.
        let item = UInt32.random(in: 0..<UInt32(count + 60), using: &random)
        if Bool.random(using: &random) {
          tree.remove(item)
          ledger.boxes[item] = nil
        } else {
          let box = randomBox(&random, extent: 3000)
          tree.set(item, to: box)
          ledger.boxes[item] = box
        }
      }
      if round == 8 {
        tree.pack()
        #expect(tree.editCount == 0)
      }
      check(tree, ledger, &random)
    }
  }

  @Test("all items may go and others come")
  func emptied() {
    var random = SeededGenerator(seed: 3)
    var tree = EditedRTree((0..<40).map { _ in randomBox(&random, extent: 100) })
    var ledger = Ledger()
    for item in 0..<UInt32(40) { tree.remove(item) }
    check(tree, ledger, &random)
    tree.set(.max, to: IndexBox(minX: 1, minY: 2, maxX: 3, maxY: 4))
    ledger.boxes[.max] = IndexBox(minX: 1, minY: 2, maxX: 3, maxY: 4)
    check(tree, ledger, &random)
    tree.remove(.max)
    tree.pack()
    check(tree, Ledger(), &random)
  }

  @Test("many edits build the tree again, so that a search never scans more than a share")
  func packing() {
    var random = SeededGenerator(seed: 4)
    var tree = EditedRTree((0..<1000).map { _ in randomBox(&random, extent: 3000) })
    var most = 0
    for item in 0..<UInt32(5000) {
      tree.set(item, to: randomBox(&random, extent: 3000))
      most = max(most, tree.editCount)
    }
    #expect(tree.count == 5000)
    #expect(most > 100 && most <= 2 * 512)
  }

  @Test("a visit that answers false ends the search, in the tree and beside it")
  func earlyStop() {
    var tree = EditedRTree([IndexBox(minX: 0, minY: 0, maxX: 1, maxY: 1)])
    tree.set(7, to: IndexBox(minX: 0, minY: 0, maxX: 1, maxY: 1))
    let all = IndexBox(minX: .min, minY: .min, maxX: .max, maxY: .max)
    for stop in 1...2 {
      var visits = 0
      let ended = tree.search(all) { _ in
        visits += 1
        return visits < stop
      }
      #expect(!ended && visits == stop)
    }
  }
}
