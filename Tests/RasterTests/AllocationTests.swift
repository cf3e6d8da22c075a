import CAllocationCounter
import Raster
import Testing

/// Unoptimised code makes boxes for closures, so only release builds are held to this.
#if DEBUG
  private let isCounted = false
#else
  private let isCounted = allocation_count() >= 0
#endif

@Suite("Memory")
struct AllocationTests {
  /// Draws a tile with every operation; the path, the picture and the rasterizer are reused.
  private func draw(
    _ rasterizer: inout Rasterizer, _ path: inout Path, _ pixmap: inout Pixmap, _ mask: inout Mask,
    _ stroke: Stroke, _ pattern: Pattern
  ) {
    pixmap.clear(Colour(red: 250, green: 250, blue: 245))
    for i in 0..<50 {
      let x = Int64(i) * 1000 - 3000
      path.removeAll()
      path.move(x, 2000)
      path.line(x + 9000, 4000 + x / 3)
      path.cubic(x, 50_000, 60_000, x, x + 2000, 60_000)
      path.close()
      path.addCircle(x: x, y: 30_000, radius: 5000)
      rasterizer.fill(path, rule: .evenOdd, with: black, into: &pixmap)
      rasterizer.fill(path, pattern: pattern, phaseX: 1, phaseY: 2, into: &pixmap)
      rasterizer.stroke(path, stroke, with: black, into: &pixmap)
      rasterizer.fill(path, into: &mask)
      pixmap.blend(mask: mask, x: i, y: 3, with: black)
    }
  }

  @Test("a warm rasterizer asks for no memory", .enabled(if: isCounted))
  func noAllocationPerPath() throws {
    var rasterizer = Rasterizer()
    var path = Path()
    var pixmap = Pixmap(width: 256, height: 256)
    var mask = Mask(width: 40, height: 40)
    let stroke = Stroke(width: 3, cap: .round, join: .round, dashes: [8, 5], offset: 1)
    let pattern = try #require(Pattern(Pixmap(width: 4, height: 4)))
    for _ in 0..<3 { draw(&rasterizer, &path, &pixmap, &mask, stroke, pattern) }
    let before = allocation_count()
    // A place to start from that the counter must notice, or nothing is counted here.
    let probe = [UInt8](repeating: 1, count: Int.random(in: 1000...2000))
    try #require(allocation_count() > before, "\(probe.count) bytes were not counted")
    let start = allocation_count()
    draw(&rasterizer, &path, &pixmap, &mask, stroke, pattern)
    #expect(allocation_count() - start == 0)
  }

  @Test("a hundred thousand tiles leave no memory behind", .enabled(if: isCounted))
  func noGrowth() {
    var rasterizer = Rasterizer()
    var path = Path()
    var pixmap = Pixmap(width: 32, height: 32)
    var mask = Mask(width: 20, height: 20)
    let stroke = Stroke(width: 3, cap: .round, join: .round, dashes: [8, 5])
    func tile(_ number: Int) {
      pixmap.clear(Colour(red: 250, green: 250, blue: 245))
      let x = Int64(number % 97) * 61
      path.removeAll()
      path.move(x, 200)
      path.line(x + 3000, 400 + x / 3)
      path.line(5000, 8000 - x)
      path.close()
      path.addCircle(x: x, y: 3000, radius: 900)
      rasterizer.fill(path, rule: .evenOdd, with: black, into: &pixmap)
      rasterizer.stroke(path, stroke, with: black, into: &pixmap)
      rasterizer.fill(path, into: &mask)
      pixmap.blend(mask: mask, x: number % 20, y: 3, with: black)
    }
    for number in 0..<200 { tile(number) }
    let before = allocated_bytes()
    for number in 0..<100_000 { tile(number) }
    #expect(allocated_bytes() - before == 0)
  }
}
