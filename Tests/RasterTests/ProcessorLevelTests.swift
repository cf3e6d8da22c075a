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
}
