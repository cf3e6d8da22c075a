import Raster
import SeededRandom
import Testing

/// The contract for pixels: what is drawn does not depend on the picture's position or size.
@Suite("Invariance")
struct InvarianceTests {
  private static let side = 300
  private static let background = Colour(red: 200, green: 220, blue: 180, alpha: 255)

  /// Draws on the whole and on tiles of it; `draw` gets the picture's upper left corner in px.
  private func expectSameTiles(
    tile: Int, _ context: String, _ draw: (inout Pixmap, Int, Int) -> Void
  ) {
    let side = InvarianceTests.side
    var whole = Pixmap(width: side, height: side)
    whole.clear(InvarianceTests.background)
    draw(&whole, 0, 0)
    for y in stride(from: -tile, to: side, by: tile) {
      for x in stride(from: -tile, to: side, by: tile) {
        var part = Pixmap(width: tile, height: tile)
        part.clear(InvarianceTests.background)
        draw(&part, x, y)
        guard x >= 0, y >= 0, x + tile <= side, y + tile <= side else { continue }
        let expected = whole.cropped(x: x, y: y, width: tile, height: tile)
        if let found = difference(expected, part) {
          Issue.record("\(context): tile at \(x), \(y) differs at \(found)")
          return
        }
      }
    }
  }

  @Test("fills", arguments: 0..<24)
  func fills(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var rasterizer = Rasterizer()
    let shape = RandomContours(
      &random, contourCount: .random(in: 1...4, using: &random),
      pointCount: .random(in: 3...12, using: &random), extent: 300)
    let colour = Colour(red: 10, green: 90, blue: 250, alpha: seed % 3 == 0 ? 130 : 255)
    let rule: FillRule = seed % 2 == 0 ? .nonZero : .evenOdd
    for tile in [37, 64, 100] {
      expectSameTiles(tile: tile, "fill \(seed)") { pixmap, x, y in
        rasterizer.fill(shape.path(x: -x, y: -y), rule: rule, with: colour, into: &pixmap)
      }
    }
  }

  @Test("fills in bands of rows", arguments: 0..<12)
  func bands(seed: Int) {
    var random = SeededGenerator(seed: 4000 + seed)
    var rasterizer = Rasterizer()
    let shape = RandomContours(
      &random, contourCount: .random(in: 1...4, using: &random),
      pointCount: .random(in: 3...40, using: &random), extent: 300)
    let path = shape.path(x: 0, y: 0)
    let colour = Colour(red: 10, green: 90, blue: 250, alpha: seed % 2 == 0 ? 130 : 255)
    var whole = Pixmap(width: 280, height: 300)
    whole.clear(InvarianceTests.background)
    rasterizer.fill(path, rule: .evenOdd, with: colour, into: &whole)
    for height in [1, 37, 300, 1000] {
      var banded = Pixmap(width: 280, height: 300)
      for top in stride(from: -height, to: 300 + height, by: height) {
        banded.clear(InvarianceTests.background, rows: top..<top + height)
        rasterizer.fill(
          path, rule: .evenOdd, with: colour, into: &banded, rows: top..<top + height)
      }
      #expect(banded.bytes == whole.bytes, "bands of \(height) rows")
    }
  }

  @Test("fills of tiny and of far-reaching shapes", arguments: 0..<24)
  func scaledFills(seed: Int) {
    var random = SeededGenerator(seed: 700 + seed)
    var rasterizer = Rasterizer()
    // Up to ±10^9 px, with one point near the picture so that edges cross it.
    let reach: Int64 = [2, 40, 1 << 16, 1 << 22, 1 << 30, 1_000_000_000][seed % 6] * 256
    var contour = (0..<5).map { _ in
      SIMD2(
        Int64.random(in: -reach...reach, using: &random),
        .random(in: -reach...reach, using: &random))
    }
    contour[0] = SIMD2(
      .random(in: 0...76800, using: &random), .random(in: 0...76800, using: &random))
    for tile in [50, 64] {
      expectSameTiles(tile: tile, "reach \(reach)") { pixmap, x, y in
        var path = Path()
        for point in contour { path.line(point.x - Int64(x) * 256, point.y - Int64(y) * 256) }
        rasterizer.fill(path, rule: .evenOdd, with: black, into: &pixmap)
      }
    }
  }

  @Test("strokes of every cap, join, dash and offset", arguments: 0..<48)
  func strokes(seed: Int) {
    var random = SeededGenerator(seed: 50 + seed)
    var rasterizer = Rasterizer()
    let shape = RandomContours(&random, contourCount: 1, pointCount: 7, extent: 300)
    var stroke = Stroke(width: .random(in: 0.2...30, using: &random))
    stroke.cap = [.butt, .round, .square][seed % 3]
    stroke.join = [.miter, .bevel, .round][seed / 3 % 3]
    stroke.miterLimit = [2, 4, 10][seed % 3]
    if seed % 2 == 0 {
      stroke.dashes = [.random(in: 0...30, using: &random), .random(in: 0.5...20, using: &random)]
      if seed % 4 == 0 { stroke.dashes.append(7) }
      stroke.dashOffset = .random(in: -50...50, using: &random)
    }
    if seed % 5 == 0 { stroke.offset = .random(in: -12...12, using: &random) }
    for tile in [37, 64] {
      for closed in [false, true] {
        expectSameTiles(tile: tile, "\(stroke) closed \(closed)") { pixmap, x, y in
          rasterizer.stroke(
            shape.path(x: -x, y: -y, closed: closed), stroke, with: black, into: &pixmap)
        }
      }
    }
  }

  @Test("outlines of many small areas, whole on the picture and cut by tiles", arguments: 0..<24)
  func smallRings(seed: Int) {
    var random = SeededGenerator(seed: 500 + seed)
    var rasterizer = Rasterizer()
    let size: Int64 = [300, 1200, 6000, 30][seed % 4]
    var contours: [[SIMD2<Int64>]] = []
    for _ in 0..<60 {
      let corner = SIMD2<Int64>(
        .random(in: 0...76800, using: &random), .random(in: 0...76800, using: &random))
      let width = Int64.random(in: 1...size, using: &random)
      let height = Int64.random(in: 1...size, using: &random)
      let slant = Int64.random(in: -size / 3...size / 3, using: &random)
      var ring = [
        corner, corner &+ SIMD2(width, slant), corner &+ SIMD2(width - slant, height),
        corner &+ SIMD2(-slant, height - slant),
      ]
      switch Int.random(in: 0..<6, using: &random) {
      case 0: ring.append(ring[0])
      case 1: ring.insert(ring[2], at: 2)
      case 2: ring.insert(corner &+ SIMD2(width / 2, slant), at: 1)
      case 3: ring.reverse()
      default: break
      }
      contours.append(ring)
    }
    var stroke = Stroke(width: .random(in: 0.2...4, using: &random))
    stroke.join = seed % 5 == 0 ? .bevel : .miter
    stroke.miterLimit = [2, 4, 10][seed % 3]
    let isMixed = seed % 3 == 0
    for tile in [37, 64] {
      expectSameTiles(tile: tile, "\(stroke)") { pixmap, x, y in
        var path = Path()
        for (i, ring) in contours.enumerated() {
          for (k, point) in ring.enumerated() {
            let at = point &- SIMD2(Int64(x), Int64(y)) &* 256
            if k == 0 { path.move(at.x, at.y) } else { path.line(at.x, at.y) }
          }
          if !isMixed || i % 4 != 0 { path.close() }
        }
        rasterizer.stroke(path, stroke, with: black, into: &pixmap)
      }
    }
  }

  @Test("strokes of lines that reach far beyond", arguments: 0..<16)
  func farStrokes(seed: Int) {
    var random = SeededGenerator(seed: 90 + seed)
    var rasterizer = Rasterizer()
    let reach: Int64 = [1 << 12, 1 << 20, 1 << 26, 1_000_000_000][seed % 4] * 256
    let ends = (0..<4).map { i in
      i == 1
        ? SIMD2<Int64>(
          .random(in: 0...76800, using: &random), .random(in: 0...76800, using: &random))
        : SIMD2<Int64>(
          .random(in: -reach...reach, using: &random), .random(in: -reach...reach, using: &random))
    }
    var stroke = Stroke(width: 9, cap: .round, join: .round)
    if seed / 4 % 2 == 0 { stroke.dashes = [12, 17.3] }
    if seed / 8 == 0 { stroke.join = .miter }
    expectSameTiles(tile: 60, "reach \(reach) \(stroke)") { pixmap, x, y in
      var path = Path()
      for point in ends { path.line(point.x - Int64(x) * 256, point.y - Int64(y) * 256) }
      rasterizer.stroke(path, stroke, with: black, into: &pixmap)
    }
  }

  @Test("circles, curves, patterns and appended paths")
  func otherShapes() throws {
    var random = SeededGenerator(seed: 3)
    var rasterizer = Rasterizer()
    var tiny = Pixmap(width: 7, height: 5)
    for i in 0..<5 {
      tiny.blend(
        drawn(width: 1, height: 1) { $0.addRectangle(minX: 0, minY: 0, maxX: 256, maxY: 256) },
        x: i, y: i, opacity: UInt8(50 * i + 40))
    }
    let pattern = try #require(Pattern(tiny))
    for _ in 0..<20 {
      let p = (0..<8).map { _ in Int64.random(in: -9000...85000, using: &random) }
      let radius = Int64.random(in: 1...40000, using: &random)
      let turn = Double.random(in: -2...2, using: &random)
      expectSameTiles(tile: 50, "shapes") { pixmap, x, y in
        let dx = Int64(x) * 256
        let dy = Int64(y) * 256
        var path = Path()
        path.addCircle(x: p[0] - dx, y: p[1] - dy, radius: radius)
        path.move(p[2] - dx, p[3] - dy)
        path.cubic(p[0] - dx, p[4] - dy, p[5] - dx, p[6] - dy, p[7] - dx, p[1] - dy)
        path.quad(p[6] - dx, p[5] - dy, p[3] - dx, p[2] - dy)
        var glyph = Path()
        glyph.addCircle(x: 0, y: 0, radius: 2000)
        glyph.addRectangle(minX: -500, minY: -4000, maxX: 700, maxY: 100)
        path.append(
          glyph,
          transform: Affine(
            xx: turn, xy: -0.5, yx: 0.7, yy: turn, x: p[7] - dx, y: p[6] - dy))
        rasterizer.fill(
          path, rule: .evenOdd, pattern: pattern, phaseX: Int64(x), phaseY: Int64(y), opacity: 200,
          into: &pixmap)
      }
    }
  }

  @Test("images, scaled images and masks")
  func images() {
    var random = SeededGenerator(seed: 11)
    var rasterizer = Rasterizer()
    let shape = RandomContours(&random, contourCount: 2, pointCount: 6, extent: 40)
    var image = Pixmap(width: 40, height: 33)
    var mask = Mask(width: 40, height: 33)
    rasterizer.fill(
      shape.path(), with: Colour(red: 250, green: 9, blue: 77, alpha: 180), into: &image)
    rasterizer.fill(shape.path(), into: &mask)
    for _ in 0..<20 {
      let left = Int.random(in: -50...300, using: &random)
      let top = Int.random(in: -50...300, using: &random)
      let width = Int64.random(in: 1...60000, using: &random)
      let height = Int64.random(in: 1...60000, using: &random)
      let part = Int64.random(in: 0...255, using: &random)
      expectSameTiles(tile: 37, "images") { pixmap, x, y in
        pixmap.blend(image, x: left - x, y: top - y, opacity: 150)
        pixmap.blend(mask: mask, x: top - x, y: left - y, with: black)
        pixmap.blend(
          image, x: Int64(left - x) * 256 + part, y: Int64(top - y) * 256, width: width,
          height: height, opacity: 99)
      }
    }
  }

  @Test("an edge of 2 · 10^9 px crosses the tile where it should")
  func hugeEdge() {
    // y = x · 3/4 + 10 px, given by two ends far away.
    let far: Int64 = 1_000_000_000 * 256
    let huge = drawn(width: 64, height: 64) { path in
      path.move(-far, -far * 3 / 4 + 2560)
      path.line(far, far * 3 / 4 + 2560)
      path.line(far, far)
      path.line(-far, far)
    }
    let near = drawn(width: 64, height: 64) { path in
      path.move(-1024, -768 + 2560)
      path.line(102_400, 76_800 + 2560)
      path.line(102_400, 200_000)
      path.line(-1024, 200_000)
    }
    for y in 0..<64 {
      for x in 0..<64 {
        #expect(abs(Int(huge[x, y].w) - Int(near[x, y].w)) <= 2, "\(x), \(y)")
      }
    }
  }
}
