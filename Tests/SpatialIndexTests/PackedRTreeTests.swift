import SeededRandom
import SpatialIndex
import Testing

@Suite("Packed R-tree")
struct PackedRTreeTests {
  private static let everywhere = IndexBox(minX: .min, minY: .min, maxX: .max, maxY: .max)

  private func expectScan(_ boxes: [IndexBox], _ window: IndexBox, _ tree: PackedRTree) {
    var found: [Int] = []
    tree.search(window) { found.append($0) }
    #expect(found.sorted() == boxes.indices.filter { boxes[$0].intersects(window) })
  }

  @Test(
    "finds what a linear scan finds",
    arguments: [0, 1, 2, 15, 16, 17, 255, 256, 257, 1000, 5000], 0..<6)
  func searchAgreesWithScan(count: Int, seed: Int) {
    var random = SeededGenerator(seed: seed)
    let extent: Int32 = [100, 10_000, .max / 2][seed % 3]
    let boxes = (0..<count).map { _ in randomBox(&random, extent: extent) }
    let tree = PackedRTree(boxes)
    var windows = (0..<20).map { _ in randomBox(&random, extent: extent) }
    windows.append(Self.everywhere)
    windows.append(IndexBox(minX: .max, minY: .max, maxX: .max, maxY: .max))
    windows.append(IndexBox(minX: .min, minY: .min, maxX: .min, maxY: .min))
    // Inverted: it lies nowhere, but the compare is the same as the scan's.
    windows.append(IndexBox(minX: 50, minY: 50, maxX: -50, maxY: -50))
    if let box = boxes.first {
      // Exactly a box, its corner, and one unit beside it.
      windows.append(box)
      windows.append(IndexBox(minX: box.maxX, minY: box.maxY, maxX: box.maxX, maxY: box.maxY))
      if box.maxX < .max {
        windows.append(
          IndexBox(minX: box.maxX + 1, minY: box.minY, maxX: box.maxX + 1, maxY: box.maxY))
      }
    }
    for window in windows { expectScan(boxes, window, tree) }
  }

  @Test("equal boxes, boxes in one line and boxes of the whole world are all found")
  func degenerateBoxes() {
    let equal = [IndexBox](repeating: IndexBox(minX: 3, minY: 4, maxX: 3, maxY: 4), count: 300)
    let line = (0..<300).map { IndexBox(minX: $0, minY: 7, maxX: $0, maxY: 7) }
    let world = [IndexBox](repeating: Self.everywhere, count: 40)
    let corners = [
      IndexBox(minX: .min, minY: .min, maxX: .min, maxY: .min),
      IndexBox(minX: .max, minY: .max, maxX: .max, maxY: .max),
      IndexBox(minX: .min, minY: .max, maxX: .min, maxY: .max),
    ]
    for boxes in [equal, line, world, corners, world + corners + line] {
      let tree = PackedRTree(boxes)
      for window in [
        Self.everywhere, IndexBox(minX: 3, minY: 4, maxX: 3, maxY: 4),
        IndexBox(minX: 100, minY: 0, maxX: 120, maxY: 7),
        IndexBox(minX: .max, minY: .min, maxX: .max, maxY: .max),
      ] {
        expectScan(boxes, window, tree)
      }
    }
  }

  @Test("inverted boxes neither trap nor hide their neighbours", arguments: 0..<6)
  func hostileBoxes(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let boxes = (0..<400).map { _ in
      IndexBox(
        minX: .random(in: .min ... .max, using: &random),
        minY: .random(in: .min ... .max, using: &random),
        maxX: .random(in: .min ... .max, using: &random),
        maxY: .random(in: .min ... .max, using: &random))
    }
    let tree = PackedRTree(boxes)
    for _ in 0..<20 { expectScan(boxes, randomBox(&random, extent: .max / 2), tree) }
    expectScan(boxes, Self.everywhere, tree)
  }

  @Test(
    "the order is a permutation, and the same boxes give the same tree", arguments: [1, 17, 3000])
  func order(count: Int) {
    var random = SeededGenerator(seed: count)
    let boxes = (0..<count).map { _ in randomBox(&random, extent: 40) }
    let tree = PackedRTree(boxes)
    #expect(tree.order.sorted() == (0..<UInt32(count)).map { $0 })
    #expect(PackedRTree(boxes).order == tree.order)
  }

  @Test("levels shrink sixteenfold to one root")
  func levels() {
    #expect(PackedRTree.levelSizes(count: 0).isEmpty)
    #expect(PackedRTree.levelSizes(count: 1) == [1])
    #expect(PackedRTree.levelSizes(count: 16) == [1])
    #expect(PackedRTree.levelSizes(count: 17) == [2, 1])
    #expect(PackedRTree.levelSizes(count: 257) == [17, 2, 1])
    for count in [0, 1, 16, 17, 256, 257, 5000] {
      let boxes = [IndexBox](repeating: Self.everywhere, count: count)
      #expect(PackedRTree(boxes).nodes.count == PackedRTree.nodeCount(count: count))
    }
  }

  @Test("every node's box encloses the nodes below it")
  func nodesEncloseChildren() {
    var random = SeededGenerator(seed: 5)
    let boxes = (0..<3000).map { _ in randomBox(&random, extent: 100_000) }
    let tree = PackedRTree(boxes)
    let sizes = PackedRTree.levelSizes(count: boxes.count)
    var start = 0
    for (level, size) in sizes.dropLast().enumerated() {
      let next = start + size
      for node in 0..<size {
        let parent = tree.nodes[next + node / 16].box(node % 16)
        #expect(parent == tree.nodes[start + node].bounds, "node \(node) of level \(level)")
      }
      start = next
    }
  }
}
