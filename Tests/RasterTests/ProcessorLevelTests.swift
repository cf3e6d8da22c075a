import Raster
import SeededRandom
import Testing

@Suite("Processor levels")
struct ProcessorLevelTests {
  @Test("every level that runs here draws the same pixels", arguments: 0..<20)
  func levelsAgree(seed: Int) throws {
    var random = SeededGenerator(seed: 300 + seed)
    let shape = RandomContours(
      &random, contourCount: 3, pointCount: .random(in: 3...60, using: &random), extent: 300)
    var tile = Pixmap(width: 11, height: 5)
    tile.clear(Colour(red: 90, green: 0, blue: 200, alpha: 100))
    let pattern = try #require(Pattern(tile))
    var stroke = Stroke(width: 5.5, cap: .round, join: .round, dashes: [20, 9])
    if seed % 2 == 0 { stroke.dashes = [] }
    let pictures = ProcessorLevel.allCases.filter(ProcessorLevel.isSupported).map { level in
      var rasterizer = Rasterizer(level: level)
      var pixmap = Pixmap(width: 301, height: 270)
      pixmap.clear(Colour(red: 250, green: 240, blue: 230))
      let colour = Colour(red: 30, green: 60, blue: 90, alpha: 200)
      rasterizer.fill(shape.path(), rule: .evenOdd, with: colour, into: &pixmap)
      rasterizer.stroke(shape.path(), stroke, with: black, into: &pixmap)
      rasterizer.fill(shape.path(), pattern: pattern, phaseX: 3, phaseY: 4, into: &pixmap)
      return pixmap
    }
    for picture in pictures.dropFirst() { #expect(difference(pictures[0], picture) == nil) }
  }

  @Test("every level that runs here spreads shares alike, the greatest of all rings")
  func spreading() {
    var random = SeededGenerator(seed: 5)
    let rings = [
      (gain: 255, offsets: [SIMD2(0, 0)]), (gain: 90, offsets: [SIMD2(1, 0), SIMD2(-1, 2)]),
      (gain: -40, offsets: [SIMD2(2, -2)]),
    ]
    let (stride, rows) = (37, 11)
    let shares = (0..<stride * rows + ShareSpreader.padding).map { _ in
      Int.random(in: 0..<3, using: &random) == 0 ? UInt8.random(in: 0...255, using: &random) : 0
    }
    for level in ProcessorLevel.allCases.filter(ProcessorLevel.isSupported) {
      var spreader = ShareSpreader(rings, level: level)
      var spread: [UInt8] = []
      spreader.spread(shares, count: stride * rows, stride: stride, into: &spread)
      for y in 2..<rows - 2 {
        for x in 2..<stride - 2 {
          var most = 0
          for ring in rings {
            for offset in ring.offsets {
              let share = Int(shares[(y + offset.y) * stride + x + offset.x])
              let given = ring.gain < 0 ? share : min(255, 16 * share)
              most = max(most, min(share + ring.gain, given))
            }
          }
          #expect(Int(spread[y * stride + x]) == most)
        }
      }
    }
  }
}
