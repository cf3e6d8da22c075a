import SeededRandom
import SpatialIndex
import Testing

@Suite("Hilbert order")
struct HilbertOrderTests {
  @Test("agrees with the curve drawn quadrant by quadrant", arguments: 0..<8)
  func agreesWithSlowTwin(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let edges: [UInt32] = [0, 1, 2, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF]
    for x in edges {
      for y in edges { #expect(hilbertIndex(x: x, y: y) == slowHilbertIndex(x: x, y: y, bits: 16)) }
    }
    for _ in 0..<2000 {
      let x = UInt32.random(in: 0...0xFFFF, using: &random)
      let y = UInt32.random(in: 0...0xFFFF, using: &random)
      #expect(hilbertIndex(x: x, y: y) == slowHilbertIndex(x: x, y: y, bits: 16))
    }
  }

  @Test("neighbours along the curve are neighbours in the plane")
  func isAPath() {
    // The first 64 × 64 cells of the curve are a curve of their own.
    var cells = [(x: Int, y: Int)?](repeating: nil, count: 64 * 64)
    for x in 0..<64 {
      for y in 0..<64 {
        let index = Int(hilbertIndex(x: UInt32(x), y: UInt32(y)))
        #expect(index < cells.count)
        if index < cells.count { cells[index] = (x, y) }
      }
    }
    for (cell, next) in zip(cells, cells.dropFirst()) {
      guard let cell, let next else {
        Issue.record("a place along the curve has no cell")
        return
      }
      #expect(abs(cell.x - next.x) + abs(cell.y - next.y) == 1)
    }
  }
}
