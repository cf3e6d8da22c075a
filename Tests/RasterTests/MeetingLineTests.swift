import Raster
import SeededRandom
import Testing

@Suite("Lines that meet")
struct MeetingLineTests {
  private func path(_ lines: [[SIMD2<Int64>]], x: Int = 0, y: Int = 0) -> Path {
    let offset = SIMD2(Int64(x) * 256, Int64(y) * 256)
    var path = Path()
    for line in lines {
      for (i, point) in line.enumerated() {
        let p = point &- offset
        if i == 0 { path.move(p.x, p.y) } else { path.line(p.x, p.y) }
      }
    }
    return path
  }

  private func drawn(_ lines: [[SIMD2<Int64>]], _ stroke: Stroke) -> Pixmap {
    var rasterizer = Rasterizer()
    var pixmap = Pixmap(width: 100, height: 100)
    rasterizer.stroke(path(lines), stroke, with: black, into: &pixmap)
    return pixmap
  }

  private func point(_ random: inout SeededGenerator) -> SIMD2<Int64> {
    SIMD2(.random(in: -5000...30_000, using: &random), .random(in: -5000...30_000, using: &random))
  }

  @Test("lines with round ends look as if every one had its own", arguments: 0..<40)
  func roundEnds(seed: Int) {
    var random = SeededGenerator(seed: 4000 + seed)
    var line = (0..<6).map { _ in point(&random) }
    if seed % 3 == 0 { line.append(line[0]) }
    if seed % 5 == 0 { line.append(line[2]) }
    let width = [0.7, 3, 8, 21][seed % 4]
    var pieces = zip(line, line.dropFirst()).map { [$0, $1] }
    for i in pieces.indices where Bool.random(using: &random) { pieces[i].reverse() }
    pieces.shuffle(using: &random)
    let pixmap = drawn(pieces, Stroke(width: width, cap: .round, join: .round))
    var sum = 0
    for y in 0..<100 {
      for x in 0..<100 {
        let alpha = Int(pixmap[x, y].w)
        let share = shareNear(pieces, width / 2, x: x, y: y)
        // Shares of crossing lines add up, so that only pixels off the edges are sure.
        if share == 0 { #expect(alpha < 12, "spike at (\(x), \(y))") }
        if share == 255 { #expect(alpha > 243, "notch at (\(x), \(y))") }
        sum += abs(alpha - share)
      }
    }
    #expect(sum < 5000)
  }

  /// The slow twin: how many of 16 × 16 places in a pixel lie near one of the lines, of 255.
  private func shareNear(_ lines: [[SIMD2<Int64>]], _ distance: Double, x: Int, y: Int) -> Int {
    func isNear(_ line: [SIMD2<Int64>], _ px: Double, _ py: Double, _ distance: Double) -> Bool {
      let ax = Double(line[0].x) / 256
      let ay = Double(line[0].y) / 256
      let dx = Double(line[1].x) / 256 - ax
      let dy = Double(line[1].y) / 256 - ay
      let along = min(max(((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy), 0), 1)
      let ex = px - ax - along * dx
      let ey = py - ay - along * dy
      return ex * ex + ey * ey <= distance * distance
    }
    let near = lines.filter { isNear($0, Double(x) + 0.5, Double(y) + 0.5, distance + 1) }
    guard !near.isEmpty else { return 0 }
    var count = 0
    for place in 0..<256 {
      let px = Double(x) + (Double(place % 16) + 0.5) / 16
      let py = Double(y) + (Double(place / 16) + 0.5) / 16
      if near.contains(where: { isNear($0, px, py, distance) }) { count += 1 }
    }
    return (count * 255 + 128) / 256
  }

  @Test("butt ends go on in each other where the line is nearly straight, and nowhere else")
  func buttEnds() {
    let stroke = Stroke(width: 8, join: .round)
    func corner(_ x: Int64, _ y: Int64) -> (pieces: Pixmap, line: Pixmap) {
      let line = [SIMD2<Int64>(2000, 12_000), SIMD2(12_000, 12_000), SIMD2(x, y)]
      return (drawn([[line[0], line[1]], [line[2], line[1]]], stroke), drawn([line], stroke))
    }
    let slight = corner(22_000, 15_000)
    for y in 0..<100 {
      for x in 0..<100 {
        #expect(abs(Int(slight.pieces[x, y].w) - Int(slight.line[x, y].w)) < 16, "(\(x), \(y))")
      }
    }
    let right = corner(12_000, 22_000)
    #expect(difference(right.pieces, right.line) != nil)
    // The outer corner of a right angle stays open.
    #expect(right.pieces[49, 44].w == 0 && right.line[49, 44].w > 0)
  }

  @Test("square ends stay apart")
  func squareEnds() {
    let lines = [
      [SIMD2<Int64>(2560, 2560), SIMD2(12_800, 2560)],
      [SIMD2(12_800, 2560), SIMD2(12_800, 12_800)],
    ]
    let pixmap = drawn(lines, Stroke(width: 4, cap: .square, join: .bevel))
    #expect(pixmap[51, 8].w == 255)
  }

  @Test("a crossing of many lines with round ends has no notch", arguments: 1..<12)
  func crossing(count: Int) {
    var random = SeededGenerator(seed: 4100 + count)
    let middle = SIMD2<Int64>(12_800, 12_800)
    let lines = (0..<count).map { i in
      i % 2 == 0 ? [middle, point(&random)] : [point(&random), middle]
    }
    let pixmap = drawn(lines, Stroke(width: 20, cap: .round, join: .round))
    for y in -9...8 {
      for x in -9...8 where x * x + y * y < 64 { #expect(pixmap[50 + x, 50 + y].w == 255) }
    }
  }

  @Test("a net is the same whatever part of it is drawn", arguments: 0..<24)
  func clipped(seed: Int) {
    var random = SeededGenerator(seed: 4200 + seed)
    func node() -> SIMD2<Int64> {
      SIMD2(.random(in: 0...5, using: &random), .random(in: 0...5, using: &random)) &* 5111
    }
    let lines = (0..<4 + 3 * seed).map { _ in
      let bends = (0..<Int.random(in: 0...2, using: &random)).map { _ in point(&random) }
      return [node()] + bends + [node()]
    }
    var stroke = Stroke(width: [0.7, 3, 8, 21][seed % 4], cap: .round, join: .round)
    if seed % 3 == 0 { stroke.cap = .butt }
    var rasterizer = Rasterizer()
    let whole = drawn(lines, stroke)
    for y in stride(from: 0, to: 100, by: 25) {
      for x in stride(from: 0, to: 100, by: 25) {
        var part = Pixmap(width: 25, height: 25)
        rasterizer.stroke(path(lines, x: x, y: y), stroke, with: black, into: &part)
        let expected = whole.cropped(x: x, y: y, width: 25, height: 25)
        #expect(difference(part, expected) == nil, "part at \(x), \(y)")
      }
    }
  }
}
