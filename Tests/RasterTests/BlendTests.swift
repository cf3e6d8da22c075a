import Raster
import SeededRandom
import Testing

@Suite("Blending")
struct BlendTests {
  private func filled(_ colour: Colour, width: Int = 19, height: Int = 3) -> Pixmap {
    var pixmap = Pixmap(width: width, height: height)
    pixmap.clear(colour)
    return pixmap
  }

  @Test("every colour over every grey is rounded to the nearest", arguments: [0, 1, 77, 128, 254])
  func solidOverSolid(alpha: UInt8) {
    var rasterizer = Rasterizer()
    var path = Path()
    // Part of a row's last eight pixels too.
    path.addRectangle(minX: 0, minY: 0, maxX: 19 * 256, maxY: 256)
    for under in stride(from: 0, through: 255, by: 15) {
      for over in stride(from: 0, through: 255, by: 17) {
        let grey = UInt8(under)
        var pixmap = filled(Colour(red: grey, green: grey, blue: grey), height: 1)
        let colour = Colour(red: UInt8(over), green: 255, blue: 0, alpha: alpha)
        rasterizer.fill(path, with: colour, into: &pixmap)
        let a = Double(alpha)
        let exact = (Double(over) * a + Double(under) * (255 - a)) / 255
        for x in 0..<19 {
          #expect(Int(pixmap[x, 0].x) == Int(exact.rounded()))
          #expect(pixmap[x, 0].w == 255)
        }
      }
    }
  }

  @Test("masks, groups and patterns of one colour agree with a fill of it to one step")
  func waysAgree() throws {
    var random = SeededGenerator(seed: 8)
    var rasterizer = Rasterizer()
    for _ in 0..<30 {
      let shape = RandomContours(&random, contourCount: 1, pointCount: 6, extent: 50)
      let colour = Colour(
        red: .random(in: 0...255, using: &random), green: 40, blue: 200,
        alpha: .random(in: 1...255, using: &random))
      let back = Colour(red: 90, green: 200, blue: 10, alpha: 255)
      var direct = filled(back, width: 50, height: 50)
      var masked = direct
      var grouped = direct
      var patterned = direct
      rasterizer.fill(shape.path(), with: colour, into: &direct)
      var mask = Mask(width: 50, height: 50)
      rasterizer.fill(shape.path(), into: &mask)
      masked.blend(mask: mask, x: 0, y: 0, with: colour)
      var group = Pixmap(width: 50, height: 50)
      rasterizer.fill(shape.path(), with: colour, into: &group)
      grouped.blend(group, x: 0, y: 0)
      let pattern = try #require(Pattern(filled(colour, width: 13, height: 3)))
      rasterizer.fill(
        shape.path(), pattern: pattern, phaseX: -5, phaseY: 40, into: &patterned)
      for i in direct.bytes.indices {
        #expect(abs(Int(direct.bytes[i]) - Int(masked.bytes[i])) <= 1)
        #expect(abs(Int(direct.bytes[i]) - Int(grouped.bytes[i])) <= 1)
        #expect(abs(Int(direct.bytes[i]) - Int(patterned.bytes[i])) <= 2)
      }
    }
  }

  @Test("a mask and a label of any width are drawn as each of their pixels alone")
  func rowEnds() {
    var random = SeededGenerator(seed: 11)
    for width in 1...40 {
      func shares() -> [UInt8] {
        (0..<width).map { _ in
          Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : 0
        }
      }
      let (outer, inner) = (shares(), shares())
      let halo = Colour(red: 250, green: 255, blue: 240, alpha: 217)
      let ink = Colour(red: 200, green: 3, blue: 90, alpha: UInt8(255 - width))
      var whole = Pixmap(width: width, height: 1)
      whole.blend(filled(black, width: width / 2, height: 1), x: 0, y: 0)
      var (label, single) = (whole, whole)
      whole.blend(mask: Mask(width: width, height: 1, shares: outer), x: 0, y: 0, with: halo)
      whole.blend(mask: Mask(width: width, height: 1, shares: inner), x: 0, y: 0, with: ink)
      label.blend(
        halo: outer.span, halo, ink: inner.span, ink, stride: width, width: width, height: 1, x: 0,
        y: 0)
      for (shares, colour) in [(outer, halo), (inner, ink)] {
        for (x, share) in shares.enumerated() {
          single.blend(mask: Mask(width: 1, height: 1, shares: [share]), x: x, y: 0, with: colour)
        }
      }
      #expect(whole.bytes == single.bytes)
      #expect(label.bytes == single.bytes)
    }
  }

  @Test("a pattern repeats from its phase")
  func patternPhase() throws {
    var tile = Pixmap(width: 3, height: 2)
    tile.blend(filled(black, width: 1, height: 1), x: 0, y: 0)
    let pattern = try #require(Pattern(tile))
    var rasterizer = Rasterizer()
    var path = Path()
    path.addRectangle(minX: 0, minY: 0, maxX: 7 * 256, maxY: 4 * 256)
    func text(_ x: Int64, _ y: Int64) -> String {
      var pixmap = Pixmap(width: 7, height: 4)
      rasterizer.fill(path, pattern: pattern, phaseX: x, phaseY: y, into: &pixmap)
      return pixmap.text
    }
    #expect(text(0, 0) == "@  @  @\n       \n@  @  @\n       ")
    #expect(
      text(1, 1)
        == "  @  @ \n  @  @ ".split(separator: "\n").reduce("") { all, line in
          all + (all.isEmpty ? "" : "\n") + "       \n" + line
        })
    #expect(text(-2, 0) == text(1, 0))
    #expect(text(Int64.min, 0) == text(Int64.min % 3 + 3, 0))
  }

  @Test("an image at twice its size is interpolated between its pixels' centres")
  func scaledImage() {
    var image = Pixmap(width: 2, height: 1)
    image.blend(filled(black, width: 1, height: 1), x: 0, y: 0)
    var pixmap = Pixmap(width: 4, height: 2)
    pixmap.blend(image, x: 0, y: 0, width: 1024, height: 512)
    #expect((0..<4).map { pixmap[$0, 0].w } == [255, 191, 64, 0])
    #expect(pixmap[0, 0] == pixmap[0, 1])
    pixmap = Pixmap(width: 4, height: 2)
    pixmap.blend(image, x: 256, y: 0, width: 512, height: 256)
    #expect((0..<4).map { pixmap[$0, 0].w } == [0, 255, 0, 0])
  }

  @Test("cropping and copying move pixels and leave the outside transparent")
  func cropping() {
    let pixmap = filled(black, width: 3, height: 3)
    let part = pixmap.cropped(x: 2, y: -1, width: 3, height: 3)
    #expect(part.text == "   \n@  \n@  ")
    #expect(pixmap.cropped(x: 99, y: 0, width: 1, height: 1).text == " ")
    #expect(pixmap.cropped(x: .min / 2, y: 0, width: 1, height: 1).text == " ")
  }

  @Test("half of a group's opacity is half of its alpha")
  func groupOpacity() {
    var pixmap = Pixmap(width: 19, height: 3)
    pixmap.blend(filled(Colour(red: 200, green: 0, blue: 0)), x: 0, y: 0, opacity: 128)
    for x in 0..<19 { #expect(pixmap[x, 1] == SIMD4(100, 0, 0, 128)) }
  }

  @Test("a label's halo and letters are laid as two masks would be, one after the other")
  func labels() {
    var random = SeededGenerator(seed: 21)
    for round in 0..<60 {
      let (width, height) = (1 + round % 29, 1 + round % 5)
      let shares = (0..<2).map { _ in
        (0..<width * height).map { _ in
          Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : 0
        }
      }
      let colours = (0..<2).map { _ in
        Colour(
          red: .random(in: 0...255, using: &random), green: .random(in: 0...255, using: &random),
          blue: 9, alpha: round % 7 == 0 ? 0 : .random(in: 0...255, using: &random))
      }
      let back = Colour(red: 90, green: 200, blue: 10, alpha: .random(in: 0...255, using: &random))
      let (x, y) = (Int.random(in: -9..<19, using: &random), Int.random(in: -2..<4, using: &random))
      var once = filled(back)
      var twice = once
      for (shares, colour) in zip(shares, colours) {
        let mask = Mask(width: width, height: height, shares: shares)
        twice.blend(mask: mask, x: x, y: y, with: colour)
      }
      let (halo, ink) = (shares[0], shares[1])
      once.blend(
        halo: halo.span, colours[0], ink: ink.span, colours[1], stride: width, width: width,
        height: height, x: x, y: y)
      #expect(once.bytes == twice.bytes)
    }
  }
}
