import Raster
import Testing

@Suite("Strokes")
struct StrokeTests {
  private func stroked(
    _ stroke: Stroke, width: Int = 10, height: Int = 7, _ build: (inout Path) -> Void
  ) -> Pixmap {
    var path = Path()
    build(&path)
    var rasterizer = Rasterizer()
    var pixmap = Pixmap(width: width, height: height)
    rasterizer.stroke(path, stroke, with: black, into: &pixmap)
    return pixmap
  }

  @Test("butt caps end at the point, square caps half a width later")
  func caps() {
    func line(_ cap: Stroke.Cap) -> String {
      stroked(Stroke(width: 2, cap: cap), height: 4) { path in
        path.move(2 * 256, 2 * 256)
        path.line(8 * 256, 2 * 256)
      }.text
    }
    #expect(line(.butt) == "          \n  @@@@@@  \n  @@@@@@  \n          ")
    #expect(line(.square) == "          \n @@@@@@@@ \n @@@@@@@@ \n          ")
    #expect(line(.round) == "          \n #@@@@@@# \n #@@@@@@# \n          ")
  }

  @Test("a miter fills the corner, a bevel cuts it, the limit turns one into the other")
  func joins() {
    func corner(_ join: Stroke.Join, limit: Double = 10) -> Pixmap {
      stroked(Stroke(width: 4, join: join, miterLimit: limit)) { path in
        path.move(0, 2 * 256)
        path.line(6 * 256, 2 * 256)
        path.line(6 * 256, 7 * 256)
      }
    }
    #expect(corner(.miter)[7, 0].w == 255)
    #expect(corner(.bevel)[7, 0].w == 0)
    #expect(corner(.bevel)[6, 0].w == 128)
    #expect(corner(.round)[7, 0].w > 40 && corner(.round)[7, 0].w < 140)
    // A right angle's miter is 1.41 widths long.
    #expect(difference(corner(.miter, limit: 1.4), corner(.bevel)) == nil)
    #expect(difference(corner(.miter, limit: 1.42), corner(.miter)) == nil)
    let text = """
      @@@@@@@@  
      @@@@@@@@  
      @@@@@@@@  
      @@@@@@@@  
          @@@@  
          @@@@  
          @@@@  
      """
    #expect(corner(.miter).text == text)
  }

  @Test("dashes count from the contour's start, the offset moves them, odd numbers count twice")
  func dashes() {
    func line(_ dashes: [Double], offset: Double = 0) -> String {
      stroked(Stroke(width: 1, dashes: dashes, dashOffset: offset), width: 12, height: 1) { path in
        path.move(0, 128)
        path.line(5 * 256, 128)
        path.line(12 * 256, 128)
      }.text
    }
    #expect(line([3, 2]) == "@@@  @@@  @@")
    #expect(line([3, 2], offset: 1) == "@@  @@@  @@@")
    #expect(line([3, 2], offset: -1) == " @@@  @@@  @")
    #expect(line([3, 2], offset: 501) == "@@  @@@  @@@")
    #expect(line([2]) == "@@  @@  @@  ")
    #expect(line([1, 2, 3]) == "@  @@@ @@   ")
  }

  @Test("a positive offset is to the right of the line's direction")
  func offsets() {
    func line(_ offset: Double, reversed: Bool = false) -> String {
      stroked(Stroke(width: 1, offset: offset), width: 4, height: 5) { path in
        path.move(reversed ? 1024 : 0, 640)
        path.line(reversed ? 0 : 1024, 640)
      }.text
    }
    #expect(line(0) == "    \n    \n@@@@\n    \n    ")
    #expect(line(2) == "    \n    \n    \n    \n@@@@")
    #expect(line(-1) == "    \n@@@@\n    \n    \n    ")
    #expect(line(2, reversed: true) == "@@@@\n    \n    \n    \n    ")
  }

  @Test("parallels of a corner meet on both sides")
  func offsetCorner() {
    func corner(_ offset: Double) -> String {
      stroked(Stroke(width: 1, join: .miter, offset: offset), width: 7, height: 6) { path in
        path.move(0, 640)
        path.line(1152, 640)
        path.line(1152, 1536)
      }.text
    }
    #expect(corner(-2) == "@@@@@@@\n      @\n      @\n      @\n      @\n      @")
    #expect(corner(1) == "       \n       \n       \n@@@@   \n   @   \n   @   ")
  }

  @Test("a closed line has a join where it began")
  func closedLine() {
    let frame = stroked(Stroke(width: 2), width: 6, height: 6) {
      $0.addRectangle(minX: 256, minY: 256, maxX: 1280, maxY: 1280)
    }
    #expect(frame.text == "@@@@@@\n@@@@@@\n@@  @@\n@@  @@\n@@@@@@\n@@@@@@")
  }

  @Test("a circle's stroke is a ring of the right area", arguments: [Stroke.Join.round, .miter])
  func ring(join: Stroke.Join) {
    let ring = stroked(Stroke(width: 6, join: join), width: 64, height: 64) {
      $0.addCircle(x: 8192, y: 8192, radius: 20 * 256)
    }
    let area = (0..<4096).reduce(0.0) { $0 + Double(ring[$1 % 64, $1 / 64].w) / 255 }
    let exact = 3.141592653589793 * (23 * 23 - 17 * 17)
    #expect(abs(area - exact) < 5)
  }

  @Test("a thin line's shares add up to its area at any angle")
  func thinLines() {
    for step in 0..<40 {
      let y = Int64(step) * 400
      let line = stroked(Stroke(width: 0.5), width: 80, height: 80) { path in
        path.move(10 * 256, 10 * 256)
        path.line(70 * 256, 10 * 256 + y)
      }
      let area = (0..<6400).reduce(0.0) { $0 + Double(line[$1 % 80, $1 / 80].w) / 255 }
      let length = (3600 + Double(y * y) / 65536).squareRoot()
      #expect(abs(area - length / 2) < length * 0.012)
    }
  }

  @Test("a rasterizer's first line looks like its later ones, however many corners the joins have")
  func growing() {
    // Hairpins under a wide pen: some sixty corners a vertex, more than are expected.
    func draw(_ rasterizer: inout Rasterizer, closed: Bool) -> Pixmap {
      var pixmap = Pixmap(width: 96, height: 96)
      var path = Path()
      for i in 0..<120 {
        path.line(Int64(i % 2 == 0 ? 20 : 70) * 256, 10_000 + Int64(i) * 40)
      }
      if closed { path.close() }
      // A line of its own that repeats points, and one that goes on from it.
      for x in [900, 900, 4000, 4000, 4000, 8100] as [Int64] { path.line(x, 3000 + x / 2) }
      path.move(8100, 7050)
      path.line(20_000, 3000)
      let stroke = Stroke(width: 90, cap: .round, join: .round)
      rasterizer.stroke(path, stroke, with: Colour(red: 9, green: 99, blue: 9), into: &pixmap)
      rasterizer.stroke(
        path, Stroke(width: 3, cap: .round, join: .round),
        with: Colour(red: 200, green: 9, blue: 9),
        into: &pixmap)
      return pixmap
    }
    for closed in [false, true] {
      var rasterizer = Rasterizer()
      let first = draw(&rasterizer, closed: closed)
      let second = draw(&rasterizer, closed: closed)
      #expect(first[48, 48].w == 255)
      #expect(difference(first, second) == nil)
    }
  }
}
