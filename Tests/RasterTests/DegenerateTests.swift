import Raster
import Testing

/// Input that has no sensible picture has a defined one.
@Suite("Degenerate input")
struct DegenerateTests {
  private func isBlank(_ pixmap: Pixmap) -> Bool { pixmap.bytes.allSatisfy { $0 == 0 } }

  @Test("empty paths, single points and flat contours fill nothing")
  func nothingToFill() {
    #expect(isBlank(drawn(width: 8, height: 8) { _ in }))
    #expect(isBlank(drawn(width: 8, height: 8) { $0.move(900, 900) }))
    #expect(
      isBlank(
        drawn(width: 8, height: 8) { path in
          path.move(300, 300)
          path.line(300, 300)
          path.line(1500, 900)
          path.close()
        }))
    #expect(isBlank(drawn(width: 8, height: 8) { $0.addCircle(x: 900, y: 900, radius: 0) }))
    #expect(isBlank(drawn(width: 8, height: 8) { $0.addCircle(x: 900, y: 900, radius: -5) }))
    #expect(isBlank(drawn(width: 8, height: 8) { $0.close() }))
    #expect(drawn(width: 0, height: 0) { $0.addCircle(x: 9, y: 9, radius: 999) }.bytes.isEmpty)
  }

  @Test("repeated points change nothing")
  func repeatedPoints() {
    let corners: [(Int64, Int64)] = [(100, 200), (1700, 350), (900, 1900)]
    let once = drawn(width: 8, height: 8) { path in
      for (x, y) in corners { path.line(x, y) }
    }
    let thrice = drawn(width: 8, height: 8) { path in
      for (x, y) in corners { for _ in 0..<3 { path.line(x, y) } }
      path.close()
    }
    #expect(difference(once, thrice) == nil)
  }

  @Test("a ring that touches itself covers what lies inside by either rule")
  func touchingRing() {
    func bowTie(_ rule: FillRule) -> Pixmap {
      drawn(width: 8, height: 8, rule: rule) { path in
        path.move(0, 0)
        path.line(2048, 2048)
        path.line(2048, 0)
        path.line(0, 2048)
        path.close()
      }
    }
    #expect(difference(bowTie(.nonZero), bowTie(.evenOdd)) == nil)
    #expect(bowTie(.nonZero)[0, 4].w == 255)
    #expect(bowTie(.nonZero)[4, 0].w == 0)
  }

  @Test("points outside ±2^50 draw nothing and trap nothing")
  func beyondTheRange() {
    for value in [Int64.min, .max, 1 << 51, -(1 << 51), 1 << 62] {
      let fill = drawn(width: 8, height: 8) { path in
        path.move(value, 0)
        path.quad(value, value, 5, 5)
        path.cubic(0, value, value, 0, 700, value)
        path.line(0, value)
        path.addCircle(x: value, y: value, radius: Int64.max)
        path.append(path, transform: Affine(xx: .nan, xy: .infinity, x: value, y: 5))
      }
      #expect(isBlank(fill))
      var rasterizer = Rasterizer()
      var pixmap = Pixmap(width: 8, height: 8)
      var path = Path()
      path.move(value, 0)
      path.line(0, value)
      path.line(value, value)
      path.close()
      for dashes in [[], [3.0, 2]] {
        let stroke = Stroke(width: 3, cap: .round, join: .round, dashes: dashes, offset: 2)
        rasterizer.stroke(path, stroke, with: black, into: &pixmap)
      }
    }
  }

  @Test("coordinates at ±2^50 are legal")
  func atTheRange() {
    let far: Int64 = 1 << 50
    let picture = drawn(width: 4, height: 4) { path in
      path.addRectangle(minX: -far, minY: -far, maxX: far, maxY: 512)
    }
    #expect(picture.text == "@@@@\n@@@@\n    \n    ")
  }

  @Test("floating-point coordinates are kept within the range at the edge")
  func fixedPoint() {
    #expect(Path.fixed(1.5) == 384)
    #expect(Path.fixed(-0.5 / 256) == 0)
    #expect(Path.fixed(1.5 / 256) == 2)
    #expect(Path.fixed(.infinity) == 1 << 50)
    #expect(Path.fixed(-.infinity) == -(1 << 50))
    #expect(abs(Path.fixed(.nan)) == 1 << 50)
  }

  @Test("widths, dashes and offsets that make no sense are defined")
  func strokesWithoutSense() {
    var path = Path()
    path.move(256, 1024)
    path.line(1792, 1024)
    var rasterizer = Rasterizer()
    func draw(_ stroke: Stroke) -> Pixmap {
      var pixmap = Pixmap(width: 8, height: 8)
      rasterizer.stroke(path, stroke, with: black, into: &pixmap)
      return pixmap
    }
    for width: Double in [0, -1, -.infinity, .nan] { #expect(isBlank(draw(Stroke(width: width)))) }
    #expect(difference(draw(Stroke(width: Double.infinity)), draw(Stroke(width: 99))) == nil)
    let plain = draw(Stroke(width: 2))
    for dashes: [Double] in [
      [0], [0, 0], [-1, 2], [Double.nan, 1], [Double.infinity, 1], [1e-9, 1e-9],
    ] {
      #expect(difference(draw(Stroke(width: 2, dashes: dashes)), plain) == nil)
    }
    #expect(
      difference(draw(Stroke(width: 2, dashOffset: Double.nan, offset: Double.nan)), plain) == nil)
    #expect(
      difference(draw(Stroke(width: 2, dashes: [3, 0], dashOffset: Double.infinity)), plain) == nil)
    #expect(difference(draw(Stroke(width: 2, miterLimit: Double.nan)), plain) == nil)
  }

  @Test("a line without length is a dot with round and square caps, and nothing with butt caps")
  func dots() {
    func dot(_ cap: Stroke.Cap) -> String {
      var path = Path()
      path.move(768, 768)
      path.line(768, 768)
      var rasterizer = Rasterizer()
      var pixmap = Pixmap(width: 6, height: 6)
      rasterizer.stroke(path, Stroke(width: 4, cap: cap), with: black, into: &pixmap)
      return pixmap.text
    }
    #expect(dot(.butt) == "      \n      \n      \n      \n      \n      ")
    #expect(dot(.square) == "      \n @@@@ \n @@@@ \n @@@@ \n @@@@ \n      ")
    #expect(dot(.round) == "      \n -%%- \n %@@% \n %@@% \n -%%- \n      ")
  }

  @Test("a lone point is not stroked")
  func lonePoint() {
    var path = Path()
    path.move(768, 768)
    var rasterizer = Rasterizer()
    var pixmap = Pixmap(width: 6, height: 6)
    rasterizer.stroke(path, Stroke(width: 4, cap: .round), with: black, into: &pixmap)
    #expect(isBlank(pixmap))
  }

  @Test("a picture from bytes must have its size and be premultiplied")
  func refusedPictures() {
    #expect(Pixmap(width: 1, height: 1, premultiplied: [9, 9, 9, 8]) == nil)
    #expect(Pixmap(width: 1, height: 1, premultiplied: [8, 8, 8]) == nil)
    #expect(Pixmap(width: -1, height: 1, straight: []) == nil)
    #expect(Pixmap(width: 1, height: 1, straight: [255, 0, 101, 128])?.bytes == [128, 0, 51, 128])
    #expect(Pattern(Pixmap(width: 0, height: 4)) == nil)
  }
}
