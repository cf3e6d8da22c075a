import Lettering
import Raster
import Testing

@Suite(.enabled(if: Fonts.isInstalled, Fonts.missing)) struct DrawingTests {
  static let ground = Colour(red: 214, green: 226, blue: 205)
  static let ink = Colour(red: 10, green: 90, blue: 51)
  static let halo = Halo(colour: Colour(red: 255, green: 255, blue: 255, alpha: 217), width: 384)

  private func ground(_ width: Int, _ height: Int) -> Pixmap {
    var pixmap = Pixmap(width: width, height: height)
    pixmap.clear(Self.ground)
    return pixmap
  }

  private func bytes(_ pixmap: Pixmap) -> [UInt8] {
    pixmap.bytes
  }

  @Test("any crop of a label has the pixels of the whole", arguments: 0..<40)
  func cropInvariance(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    let block = letterer.layOut(
      "若葉野市立\nWakaba（１）", style: TextStyle(size: Int32.random(in: 2300...5000, using: &random)))
    let (x, y) = (
      Int64.random(in: -20_000...30_000, using: &random),
      Int64.random(in: -8000...20_000, using: &random)
    )
    let colour = seed % 2 == 0 ? Self.ink : Colour(red: 10, green: 90, blue: 51, alpha: 190)
    var whole = ground(128, 96)
    letterer.draw(
      block, atX: x, y: y, colour: colour, halo: Self.halo, into: &whole, using: &rasterizer)
    let (left, top) = (
      Int.random(in: 0..<100, using: &random), Int.random(in: 0..<70, using: &random)
    )
    let (width, height) = (
      Int.random(in: 1...(128 - left), using: &random),
      Int.random(in: 1...(96 - top), using: &random)
    )
    var part = ground(width, height)
    // A letterer of its own: what was cached must make no difference.
    try Fonts.letterer().draw(
      block, atX: x - Int64(left << 8), y: y - Int64(top << 8), colour: colour, halo: Self.halo,
      into: &part, using: &rasterizer)
    #expect(bytes(part) == bytes(whole.cropped(x: left, y: top, width: width, height: height)))
  }

  @Test("turned glyphs have the same pixels in any crop", arguments: 0..<40)
  func turnedCropInvariance(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    let points = (0..<5).map { index in
      SIMD2(Int64(index * 12_000), Int64.random(in: -3000...3000, using: &random))
    }
    let line = MeasuredLine(points)
    let text = letterer.shapeForLine("若葉野川River", style: TextStyle(pixels: 13))
    guard let placed = text.place(along: line, centredAt: line.length / 2) else { return }
    let (x, y) = (
      Int64.random(in: -10_000...10_000, using: &random),
      Int64.random(in: 0...20_000, using: &random)
    )
    var whole = ground(200, 96)
    letterer.draw(
      placed.glyphs, atX: x, y: y, colour: Self.ink, halo: Self.halo, into: &whole,
      using: &rasterizer)
    let (left, top) = (
      Int.random(in: 0..<150, using: &random), Int.random(in: 0..<70, using: &random)
    )
    var part = ground(40, 20)
    try Fonts.letterer().draw(
      placed.glyphs, atX: x - Int64(left << 8), y: y - Int64(top << 8), colour: Self.ink,
      halo: Self.halo, into: &part, using: &rasterizer)
    let width = min(40, 200 - left)
    let height = min(20, 96 - top)
    #expect(
      bytes(part.cropped(x: 0, y: 0, width: width, height: height))
        == bytes(whole.cropped(x: left, y: top, width: width, height: height)))
  }

  @Test("letters have their colour, the halo has its share of the ground")
  func colours() throws {
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    var pixmap = ground(60, 60)
    // A full-width bar of 40 pixels: its middle is covered wholly.
    let block = letterer.layOut("■", style: TextStyle(pixels: 40))
    letterer.draw(
      block, atX: 10 << 8, y: 10 << 8, colour: Self.ink, halo: Self.halo, into: &pixmap,
      using: &rasterizer)
    #expect(pixmap[30, 30] == SIMD4(10, 90, 51, 255))
    #expect(pixmap[0, 0] == SIMD4(214, 226, 205, 255))
    let ink = try #require(block.ink)
    let column = 10 + Int(ink.minX >> 8) - 1
    // One pixel left of the letter lies wholly in the halo: 217/255 white over the ground.
    let expected = (Int(214) * (255 - 217) + 255 * 217 + 127) / 255
    #expect(abs(Int(pixmap[column, 30].x) - expected) <= 1)
  }

  @Test("a translucent halo is nowhere denser than itself")
  func haloIsNotDoubled() throws {
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    var pixmap = Pixmap(width: 200, height: 40)
    let block = letterer.layOut("葉葉葉葉WWWW", style: TextStyle(pixels: 14))
    let halo = Halo(colour: Colour(red: 255, green: 255, blue: 255, alpha: 100), width: 768)
    letterer.draw(
      block, atX: 10 << 8, y: 10 << 8, colour: Colour(red: 0, green: 0, blue: 0, alpha: 0),
      halo: halo,
      into: &pixmap, using: &rasterizer)
    let alphas = (0..<40).flatMap { y in (0..<200).map { pixmap[$0, y].w } }
    #expect(alphas.max() == 100)
    // Between the letters the halos join without a gap.
    #expect(alphas[20 * 200 + 15...20 * 200 + 60].allSatisfy { $0 == 100 })
  }

  @Test(
    "halos cover exactly what lies within their width of the letter, give or take a pixel's edge")
  func haloReach() throws {
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    let clear = Colour(red: 0, green: 0, blue: 0, alpha: 0)
    let block = letterer.layOut("野", style: TextStyle(pixels: 24))
    var letter = Pixmap(width: 40, height: 40)
    letterer.draw(
      block, atX: 8 << 8, y: 8 << 8, colour: Self.ink, into: &letter, using: &rasterizer)
    var rim = Pixmap(width: 40, height: 40)
    let halo = Halo(colour: Self.ink, width: 2 << 8)
    letterer.draw(
      block, atX: 8 << 8, y: 8 << 8, colour: clear, halo: halo, into: &rim, using: &rasterizer)
    for y in 0..<40 {
      for x in 0..<40 {
        var nearest = Int.max
        var nearestTrace = Int.max
        for v in max(0, y - 4)...min(39, y + 4) {
          for u in max(0, x - 4)...min(39, x + 4) where letter[u, v].w > 0 {
            let distanceSquared = (u - x) * (u - x) + (v - y) * (v - y)
            nearestTrace = min(nearestTrace, distanceSquared)
            if letter[u, v].w > 127 { nearest = min(nearest, distanceSquared) }
          }
        }
        if nearest <= 1 { #expect(rim[x, y].w > 250, "\(x) \(y)") }
        if nearestTrace > 12 { #expect(rim[x, y].w == 0, "\(x) \(y)") }
      }
    }
  }

  @Test(
    "a halo's straight edge lies its width from the letter's, to a sixteenth of a pixel",
    arguments: 0..<24)
  func haloEdge(seed: Int) throws {
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    let width = Int32(256 + seed * 47)
    let block = letterer.layOut("■", style: TextStyle(size: Int32(30 * 256 + seed * 101)))
    var pixmap = Pixmap(width: 64, height: 64)
    letterer.draw(
      block, atX: 12 << 8, y: 12 << 8, colour: Colour(red: 0, green: 0, blue: 0, alpha: 0),
      halo: Halo(colour: Self.ink, width: width), into: &pixmap, using: &rasterizer)
    let ink = try #require(block.ink)
    let edge = 12 * 256 + Int(ink.minX) - Int(width)
    for column in 0..<30 {
      let covered = min(max((column + 1) * 256 - edge, 0), 256)
      #expect(abs(Int(pixmap[column, 28].w) - covered * 255 / 256) <= 17, "column \(column)")
    }
  }

  @Test("upright glyphs are drawn as a fill of their outline would be")
  func coverageTwin() throws {
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    // Above 20 pixels no coverage is raised; a turn of nothing and of next to nothing must agree.
    let block = letterer.layOut("若葉", style: TextStyle(pixels: 30))
    let nearly = Rotation(alongX: 1 << 30, y: 1)
    let placements = { (rotation: Rotation) in
      // On whole pixels, so that nothing is rounded to the grid.
      block.placements(turned: rotation).map {
        GlyphPlacement(
          font: $0.font, id: $0.id, size: $0.size, x: ($0.x >> 8 + 10) << 8, y: 40 << 8,
          rotation: rotation)
      }
    }
    var upright = ground(80, 60)
    letterer.draw(placements(Rotation.none), colour: Self.ink, into: &upright, using: &rasterizer)
    var turned = ground(80, 60)
    letterer.draw(placements(nearly), colour: Self.ink, into: &turned, using: &rasterizer)
    let differences = zip(bytes(upright), bytes(turned)).map { abs(Int($0) - Int($1)) }
    #expect(differences.max().map { $0 <= 2 } == true)
    #expect(bytes(upright) != bytes(ground(80, 60)))
  }

  @Test("labels far outside, at hostile places and in an empty pixmap draw nothing")
  func hostilePlaces() throws {
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    let block = letterer.layOut("若葉野市", style: TextStyle(pixels: 12))
    let line = MeasuredLine([SIMD2(0, 0), SIMD2(40_000, 4000)])
    let turned = letterer.shapeForLine("Wakaba", style: TextStyle(pixels: 12))
      .place(along: line, centredAt: 20_000)
    let placed = try #require(turned)
    let blank = ground(32, 32)
    for place in [Int64.min, .max, -1 << 40, 1 << 40, 100_000] {
      var pixmap = ground(32, 32)
      letterer.draw(
        block, atX: place, y: place, colour: Self.ink, halo: Self.halo, into: &pixmap,
        using: &rasterizer)
      letterer.draw(
        placed.glyphs, atX: place, y: place, colour: Self.ink, halo: Self.halo, into: &pixmap,
        using: &rasterizer)
      #expect(bytes(pixmap) == bytes(blank))
    }
    var empty = Pixmap(width: 0, height: 0)
    letterer.draw(
      block, atX: 0, y: 0, colour: Self.ink, halo: Self.halo, into: &empty, using: &rasterizer)
    #expect(empty.width == 0)
  }

  @Test("workers that share a font set draw the same pixels at the same time")
  func sharedFonts() async throws {
    let fonts = try #require(Fonts.standard)
    let pictures = await withTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let letterer = Letterer(fonts)
          var rasterizer = Rasterizer()
          var pixmap = Pixmap(width: 128, height: 128)
          for row in 0..<10 {
            let block = letterer.layOut("若葉野市髙﨑\(row)", style: TextStyle(pixels: 12))
            letterer.draw(
              block, atX: 1000, y: Int64(row) * 3000, colour: Self.ink, halo: Self.halo,
              into: &pixmap, using: &rasterizer)
          }
          return pixmap.bytes
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(pictures.count == 8 && Set(pictures).count == 1)
    #expect(pictures.first?.contains { $0 != 0 } == true)
  }

  @Test("caches stay within their limit over many labels and change no pixel")
  func cacheBound() throws {
    let fonts = try #require(Fonts.standard)
    let limit = 200_000
    let small = Letterer(fonts, cacheByteLimit: limit)
    let large = Letterer(fonts)
    var rasterizer = Rasterizer()
    var random = SeededGenerator(seed: 7)
    var one = ground(64, 32)
    var other = ground(64, 32)
    for round in 0..<1500 {
      let first = UInt32.random(in: 0x4E00...0x9000, using: &random)
      let text = String(String.UnicodeScalarView((0..<4).compactMap { Unicode.Scalar(first + $0) }))
      let style = TextStyle(size: Int32.random(in: 2304...4096, using: &random))
      let x = Int64.random(in: 0...4000, using: &random)
      small.draw(
        small.layOut(text, style: style), atX: x, y: 1000, colour: Self.ink, halo: Self.halo,
        into: &one, using: &rasterizer)
      if round % 50 == 0 {
        one = ground(64, 32)
        other = ground(64, 32)
        small.draw(
          small.layOut(text, style: style), atX: x, y: 1000, colour: Self.ink, halo: Self.halo,
          into: &one, using: &rasterizer)
        large.draw(
          large.layOut(text, style: style), atX: x, y: 1000, colour: Self.ink, halo: Self.halo,
          into: &other, using: &rasterizer)
        #expect(bytes(one) == bytes(other))
      }
      #expect(small.cacheByteCount <= limit)
    }
    #expect(small.cacheByteCount > 0)
    large.forgetCoverage()
    #expect(large.cacheByteCount < 8 << 20)
  }

  @Test("a label has the pixels of its picture in text")
  func picture() throws {
    let letterer = try Fonts.letterer()
    var rasterizer = Rasterizer()
    var pixmap = Pixmap(width: 14, height: 14)
    let black = Colour(red: 0, green: 0, blue: 0)
    letterer.draw(
      letterer.layOut("山", style: TextStyle(pixels: 14)), atX: 0, y: 0, colour: black,
      into: &pixmap,
      using: &rasterizer)
    let rows = (0..<14).map { y in
      String((0..<14).map { x in " .:+#".map { $0 }[Int(pixmap[x, y].w) * 4 / 255] })
    }
    #expect(rows == Self.mountain)
  }

  static let mountain = [
    "              ", "      ::      ", "      ::      ", " .:   ::   :. ", " .+   ::   +. ",
    " .+   ::   +. ",
    " .+   ::   +. ", " .+   ::   +. ", " .+   ::   +. ", " .+   ::   +. ", " .+...++...+. ",
    " .+::::::::+. ",
    " .:        :  ", "              ",
  ]
}
