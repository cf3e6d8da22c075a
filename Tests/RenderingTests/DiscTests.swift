import Raster
import Testing

@testable import Rendering

@Suite struct DiscTests {
  /// Discs of some paints, many of them upon each other, some beyond the picture's sides.
  private static func discs(_ count: Int, side: Int, _ numbers: inout SeededGenerator) -> [Disc] {
    (0..<count).map { _ in
      let paint = paints[Int.random(in: 0..<paints.count, using: &numbers)]
      let radius = Int64.random(in: 0...1500, using: &numbers)
      let rim = Int64([0, 100, 256].randomElement(using: &numbers) ?? 0)
      return Disc(
        x: Int64.random(in: -2000...Int64(side) * 256 + 2000, using: &numbers),
        y: Int64.random(in: -2000...Int64(side) * 256 + 2000, using: &numbers), radius: radius,
        rim: rim, colour: paint.disc, rimColour: paint.rim)
    }
  }

  private static let paints: [(disc: Colour, rim: Colour)] = [
    (Colour(red: 200, green: 10, blue: 30), Colour(red: 0, green: 0, blue: 0)),
    (Colour(red: 20, green: 190, blue: 30), Colour(red: 9, green: 9, blue: 9, alpha: 90)),
    (Colour(red: 20, green: 10, blue: 230, alpha: 40), Colour(red: 250, green: 250, blue: 9)),
    (Colour(red: 90, green: 80, blue: 70, alpha: 120), Colour(red: 1, green: 2, blue: 3, alpha: 0)),
  ]

  private static func picture(_ discs: [Disc], side: Int) -> Pixmap {
    var pixmap = Pixmap(width: side, height: side)
    pixmap.clear(Colour(red: 240, green: 230, blue: 220))
    var rasterizer = Rasterizer()
    for disc in discs {
      for (radius, colour) in [
        (disc.rim > 0 ? disc.radius + disc.rim : 0, disc.rimColour),
        (disc.radius, disc.colour),
      ] {
        var path = Path()
        path.addCircle(x: disc.x, y: disc.y, radius: radius)
        rasterizer.fill(path, with: colour, into: &pixmap)
      }
    }
    return pixmap
  }

  @Test(arguments: [33, 64, 100])
  func `a picture without the hidden discs has the same pixels`(side: Int) {
    var numbers = SeededGenerator(seed: UInt64(side))
    for _ in 0..<4 {
      let all = Self.discs(side * side / 3, side: side, &numbers)
      var seen = all
      Disc.removeHidden(&seen, width: side, height: side)
      #expect(seen.count < all.count * 3 / 4)
      #expect(Self.picture(seen, side: side).bytes == Self.picture(all, side: side).bytes)
    }
  }

  @Test func `what shines through hides nothing`() {
    var discs = (0..<500).map { _ in
      Disc(
        x: 4096, y: 4096, radius: 2000, rim: 0, colour: Self.paints[3].disc,
        rimColour: Self.paints[3].rim)
    }
    Disc.removeHidden(&discs, width: 32, height: 32)
    #expect(discs.count == 500)
  }

  @Test func `a disc beyond the picture is left out, the last one never`() {
    let paint = Self.paints[0]
    var discs = (0..<500).map { number in
      Disc(
        x: number.isMultiple(of: 2) ? 4096 : -90_000, y: 4096, radius: 2000, rim: 0,
        colour: paint.disc, rimColour: paint.rim)
    }
    discs.append(
      Disc(x: 3000, y: 4096, radius: 2000, rim: 0, colour: paint.disc, rimColour: paint.rim))
    Disc.removeHidden(&discs, width: 32, height: 32)
    #expect(discs.last?.x == 3000)
    #expect(discs.allSatisfy { $0.x > 0 })
  }
}
