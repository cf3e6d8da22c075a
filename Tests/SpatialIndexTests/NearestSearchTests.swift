import SeededRandom
import SpatialIndex
import Testing

@Suite("Nearest search")
struct NearestSearchTests {
  @Test(
    "finds the nearest as a sorted scan does", arguments: [0, 1, 16, 17, 256, 257, 3000], 0..<4)
  func agreesWithScan(count: Int, seed: Int) {
    var random = SeededGenerator(seed: seed)
    let extent: Int32 = [60, 100_000, .max / 2, .max / 2][seed]
    let boxes = (0..<count).map { _ in randomBox(&random, extent: extent) }
    let tree = PackedRTree(boxes)
    var search = NearestSearch()
    for limit in [0, 1, 3, 10, 50] {
      let x = Int32.random(in: -extent...extent, using: &random)
      let y = seed == 3 ? .min : Int32.random(in: -extent...extent, using: &random)
      let all = tree.order.map { NearestSearch.distanceSquared(x: x, y: y, boxes[Int($0)]) }
      let sorted = all.indices.sorted { (all[$0], $0) < (all[$1], $1) }
      for bound in [Double.infinity, Double(extent) * Double(extent) / 100, 0, -1] {
        tree.withView {
          search.search($0, x: x, y: y, limit: limit, maximumDistanceSquared: bound)
        }
        let expected = sorted.filter { all[$0] <= bound }.prefix(limit)
        #expect(search.neighbours.map(\.position) == Array(expected))
        #expect(search.neighbours.map(\.distance) == expected.map { all[$0] })
        // So do the kernel of every processor and the general metric.
        let found = search.neighbours
        tree.withView {
          search.search(
            $0, x: x, y: y, limit: limit, maximumDistanceSquared: bound, usesAVX2: false)
          #expect(search.neighbours == found)
          search.search(
            $0, limit: limit, maximumDistance: bound,
            boxDistance: { NearestSearch.distanceSquared(x: x, y: y, $0) }, itemDistance: { $1 })
          #expect(search.neighbours == found)
        }
      }
    }
  }

  @Test("an exact metric reorders items and hides some")
  func exactMetric() {
    var random = SeededGenerator(seed: 11)
    let boxes = (0..<2000).map { _ in randomBox(&random, extent: 1000) }
    let tree = PackedRTree(boxes)
    // Never nearer than the box, and odd positions do not exist.
    func exact(_ position: Int, _ box: Double) -> Double? {
      position % 2 == 1 ? nil : box + Double(position * 7919 % 5000)
    }
    let far = tree.order.indices.compactMap { position in
      exact(position, NearestSearch.distanceSquared(x: 5, y: -9, boxes[Int(tree.order[position])]))
        .map { ($0, position) }
    }.sorted { $0 < $1 }.prefix(20)
    var search = NearestSearch()
    tree.withView { view in
      search.search(
        view, limit: 20, maximumDistance: .infinity,
        boxDistance: { NearestSearch.distanceSquared(x: 5, y: -9, $0) }, itemDistance: exact)
    }
    #expect(search.neighbours.map(\.position) == far.map(\.1))
  }
}

@Suite("Ranges and buffers")
struct RangeTests {
  @Test("ranges and the buffer hold what a scan finds", arguments: [0, 1, 17, 257, 5000], 0..<4)
  func agreesWithScan(count: Int, seed: Int) {
    var random = SeededGenerator(seed: seed)
    let boxes = (0..<count).map { _ in randomBox(&random, extent: 3000) }
    let tree = PackedRTree(boxes)
    var buffer = HitBuffer()
    for _ in 0..<30 {
      let window = randomBox(&random, extent: 3000)
      let scan = tree.order.indices.filter { boxes[Int(tree.order[$0])].intersects(window) }
      var found: [Int] = []
      _ = tree.withView {
        $0.forEachRange(in: window) { range in
          found += range
          return true
        }
      }
      #expect(found == scan)
      // The compare of every processor finds the same ranges.
      found = []
      _ = tree.withView {
        $0.forEachRange(in: window, usesAVX2: false, willRead: { _ in }) { range in
          found += range
          return true
        }
      }
      #expect(found == scan)
      tree.search(window, into: &buffer)
      var buffered: [UInt32] = []
      for position in 0..<buffer.count { buffered.append(buffer[position]) }
      #expect(buffered == scan.map { tree.order[$0] })
      #expect(buffer.count == scan.count)
      // The compare of every processor finds the same.
      tree.search(window, into: &buffer, usesAVX2: false)
      var baseline: [UInt32] = []
      for position in 0..<buffer.count { baseline.append(buffer[position]) }
      #expect(baseline == buffered)
    }
  }

  @Test("a visit that answers false ends the search")
  func earlyStop() {
    let boxes = (0..<5000).map { IndexBox(minX: $0, minY: 0, maxX: $0 + 5, maxY: 3) }
    let tree = PackedRTree(boxes)
    var visits = 0
    let ended = tree.withView {
      $0.forEachRange(in: IndexBox(minX: 7, minY: 1, maxX: 4000, maxY: 2)) { _ in
        visits += 1
        return visits < 3
      }
    }
    #expect(!ended && visits == 3)
  }

  @Test("whatever a damaged tree says, positions stay within the count", arguments: 0..<40)
  func damagedNodes(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...5000, using: &random)
    let nodes = (0..<PackedRTree.nodeCount(count: count)).map { _ in
      var node = IndexNode()
      for lane in 0..<16 {
        node.minX[lane] = .random(in: .min ... .max, using: &random)
        node.minY[lane] = .random(in: .min ... .max, using: &random)
        node.maxX[lane] = .random(in: .min ... .max, using: &random)
        node.maxY[lane] = .random(in: .min ... .max, using: &random)
      }
      return node
    }
    unsafe nodes.withUnsafeBufferPointer { buffer in
      let view = unsafe PackedRTreeView(nodes: buffer, count: count)
      var last = 0
      for _ in 0..<10 {
        last = 0
        view.forEachRange(in: randomBox(&random, extent: .max / 2)) { range in
          #expect(range.lowerBound >= last && range.upperBound <= count && !range.isEmpty)
          last = range.upperBound
          return true
        }
      }
      var search = NearestSearch()
      search.search(view, x: 3, y: .max, limit: 30)
      #expect(search.neighbours.allSatisfy { $0.position < count })
    }
  }
}
