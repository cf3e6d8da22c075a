import Raster
import Symbols
import Testing

/// A symbol of 16 × 16 units with `content`.
func symbol(_ content: String, attributes: String = "") throws -> Symbol {
  let text =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\" \(attributes)>\(content)</svg>"
  return try Symbol(parsing: Array(text.utf8))
}

/// Alpha in five steps, a character a pixel.
func picture(_ pixmap: Pixmap) -> [String] {
  let steps = Array(" .:+#")
  return (0..<pixmap.height).map { y in
    String((0..<pixmap.width).map { x in steps[(Int(pixmap[x, y].w) * 4 + 127) / 255] })
  }
}

@Suite struct SymbolTests {
  private func draw(_ content: String, size: Double = 16, degrees: Double = 0) throws -> Pixmap {
    var rasterizer = Rasterizer()
    return try symbol(content).image(
      sizePixels: size, rotationDegrees: degrees, using: &rasterizer)
  }

  @Test("a rectangle covers its pixels exactly and no others")
  func rectangle() throws {
    let image = try draw("<rect x='2' y='3' width='5' height='4' fill='#0a5a33'/>", size: 16)
    for y in 0..<16 {
      for x in 0..<16 {
        let isInside = (2..<7).contains(x) && (3..<7).contains(y)
        #expect(image[x, y] == (isInside ? SIMD4(10, 90, 51, 255) : SIMD4(0, 0, 0, 0)))
      }
    }
  }

  @Test("a circle is round, whichever way it is written")
  func circles() throws {
    let circle = picture(try draw("<circle cx='8' cy='8' r='6'/>"))
    #expect(circle[8] == "  ############  ")
    #expect(circle == Array(circle.reversed()))
    #expect(circle == circle.map { String($0.reversed()) })
    #expect(circle == picture(try draw("<ellipse cx='8' cy='8' rx='6' ry='6'/>")))
    #expect(circle == picture(try draw("<rect x='2' y='2' width='12' height='12' rx='6'/>")))
    #expect(circle == picture(try draw("<path d='M2 8A6 6 0 0 1 14 8 6 6 0 01 2 8z'/>")))
    #expect(circle == picture(try draw("<path d='M8 2a6 6 0 1 1-.001 0z'/>")))
  }

  @Test(
    "path commands draw what their longer spelling draws",
    arguments: [
      ("M2 2h10v10H2z", "M2 2 L12 2 L12 12 L2 12 Z"),
      ("m2,2 10,0 0,10-10 0z", "M2 2 L12 2 L12 12 L2 12 Z"),
      ("M2 2L12 2 12 12 2 12", "M2 2 L12 2 L12 12 L2 12 Z"),
      ("M2 8c0-4 4-6 6-6s6 2 6 6z", "M2 8 C2 4 6 2 8 2 C10 2 14 4 14 8 Z"),
      ("M2 8q3-6 6 0t6 0z", "M2 8 Q5 2 8 8 Q11 14 14 8 Z"),
      ("M2 8t6 4 6-4z", "M2 8 Q2 8 8 12 Q14 16 14 8 Z"),
      ("M1 1l4 0 0 4-4 0zm6 6l4 0 0 4-4 0z", "M1 1H5V5H1ZM7 7H11V11H7Z"),
      ("M.5.5 15.5.5 8 15.5", "M0.5 0.5 L15.5 0.5 L8 15.5 Z"),
      ("M1e1 2 L1.4E1 2e0 14 6", "M10 2 L14 2 L14 6 Z"),
    ])
  func pathSpellings(short: String, long: String) throws {
    let one = picture(try draw("<path d='\(short)'/>"))
    #expect(one == picture(try draw("<path d='\(long)'/>")))
    #expect(one.contains { $0.contains("#") })
  }

  @Test("of two points the four arcs are the four that the flags name")
  func arcs() throws {
    // From (4, 8) to (8, 4) with radius 4: circles round (4, 4) and (8, 8).
    for (large, sweep, inside, outside) in [
      (0, 1, (5, 5), (11, 11)), (1, 1, (4, 4), (12, 12)), (1, 0, (9, 9), (2, 2)),
      (0, 0, (6, 6), (9, 9)),
    ] {
      let image = try draw("<path d='M4 8A4 4 0 \(large) \(sweep) 8 4z'/>")
      #expect(image[inside.0, inside.1].w > 0, "\(large) \(sweep)")
      #expect(image[outside.0, outside.1].w == 0, "\(large) \(sweep)")
    }
  }

  @Test("an arc that is turned and too small for its chord is grown, as SVG says")
  func grownArcs() throws {
    let grown = picture(try draw("<path d='M2 8A1 1 0 0 1 14 8z'/>"))
    #expect(grown == picture(try draw("<path d='M2 8A6 6 0 0 1 14 8z'/>")))
    let turned = picture(try draw("<path d='M8 2A6 3 90 0 1 8 14z'/>"))
    #expect(turned == picture(try draw("<path d='M8 2A3 6 0 0 1 8 14z'/>")))
    #expect(
      picture(try draw("<path d='M2 2A0 5 0 0 1 14 2V8z'/>"))
        == picture(try draw("<path d='M2 2H14V8z'/>")))
  }

  @Test("fill rules, strokes, caps and joins are obeyed")
  func painting() throws {
    let rings = "M2 2H14V14H2zM5 5H11V11H5z"
    #expect(try draw("<path d='\(rings)'/>")[8, 8].w == 255)
    #expect(try draw("<path fill-rule='evenodd' d='\(rings)'/>")[8, 8].w == 0)
    let line = "<line x1='4' y1='8' x2='12' y2='8' stroke='#f00' stroke-width='2'"
    #expect(try draw("\(line)/>")[3, 8].w == 0)
    #expect(try draw("\(line)/>")[4, 8] == SIMD4(255, 0, 0, 255))
    #expect(try draw("\(line) stroke-linecap='square'/>")[3, 8].w == 255)
    let round = try draw("\(line) stroke-linecap='round'/>")[3, 8].w
    #expect(round > 100 && round < 255)
    let corner = "<polyline points='4,12 4,4 12,4' fill='none' stroke='blue' stroke-width='2'"
    #expect(try draw("\(corner)/>")[3, 3].w == 255)
    #expect(try draw("\(corner) stroke-linejoin='bevel'/>")[3, 3].w < 200)
    #expect(try draw("\(corner)/>")[8, 8].w == 0)
    #expect(try draw("<polygon points='2 2 14 2 14 14 2 14'/>")[2, 13].w == 255)
  }

  @Test("styles are handed down and can be overruled")
  func inheritance() throws {
    let image = try draw(
      "<g fill='#00f' fill-opacity='0.5'><rect width='8' height='16'/>"
        + "<g fill='#f00'><rect x='8' width='8' height='16'/></g></g>")
    #expect(image[4, 8] == SIMD4(0, 0, 128, 128))
    #expect(image[12, 8] == SIMD4(128, 0, 0, 128))
    #expect(try draw("<g fill='none'><rect width='16' height='16'/></g>")[8, 8].w == 0)
  }

  @Test("a group's opacity counts once where its shapes overlap")
  func groupOpacity() throws {
    let shapes = "<rect width='10' height='16'/><rect x='6' width='10' height='16'/>"
    let image = try draw("<g opacity='0.5'>\(shapes)</g>")
    #expect(image[2, 8].w == 128 && image[8, 8].w == 128 && image[14, 8].w == 128)
    let root = try symbol(shapes, attributes: "opacity='0.5'")
    var rasterizer = Rasterizer()
    #expect(root.image(sizePixels: 16, using: &rasterizer)[8, 8].w == 128)
  }

  @Test(
    "transforms are those of SVG, the last applied first",
    arguments: [
      ("translate(4 2)", "M4 2H8V4H4z"), ("translate(4)", "M4 0H8V2H4z"),
      ("scale(2)", "M0 0H8V4H0z"),
      ("scale(1,3)", "M0 0H4V6H0z"), ("translate(8,0) rotate(90)", "M8 0V4H6V0z"),
      ("rotate(90 4 4)", "M8 0V4H6V0z"), ("matrix(1 0 0 1 3 5)", "M3 5H7V7H3z"),
      ("translate(2 2) scale(2)", "M2 2H10V6H2z"), ("rotate(180, 8, 8)", "M16 16H12V14H16z"),
    ])
  func transforms(transform: String, path: String) throws {
    let image = try draw("<rect width='4' height='2' transform='\(transform)'/>")
    #expect(picture(image) == picture(try draw("<path d='\(path)'/>")))
    let grouped = try draw("<g transform='\(transform)'><rect width='4' height='2'/></g>")
    #expect(picture(image) == picture(grouped))
  }

  @Test("a stroke grows with its transform and with the picture")
  func strokeScale() throws {
    let scaled = try draw(
      "<line x1='0' y1='4' x2='8' y2='4' stroke='#000' stroke-width='1' transform='scale(2)'/>")
    #expect(
      picture(scaled)
        == picture(try draw("<line x1='0' y1='8' x2='16' y2='8' stroke='#000' stroke-width='2'/>")))
    let large = try draw(
      "<line x1='0' y1='8' x2='16' y2='8' stroke='#000' stroke-width='2'/>", size: 32)
    #expect((0..<32).filter { large[16, $0].w == 255 } == [14, 15, 16, 17])
  }

  @Test(
    "the picture has the longer side's size and its middle is the view box's",
    arguments: [1, 7, 14, 16, 18.5, 32])
  func sizes(size: Double) throws {
    var rasterizer = Rasterizer()
    let text = "<svg viewBox='-4 -2 8 4'><rect x='-4' y='-2' width='8' height='4'/></svg>"
    let symbol = try Symbol(parsing: Array(text.utf8))
    #expect(symbol.width == 8 && symbol.height == 4)
    let image = symbol.image(sizePixels: size, using: &rasterizer)
    #expect(image.width == Int(size.rounded(.up)) && image.height == Int((size / 2).rounded(.up)))
    let twice = symbol.image(sizePixels: size / 2, scale: 2, using: &rasterizer)
    #expect(twice.bytes == image.bytes)
    let turned = symbol.image(sizePixels: size, rotationDegrees: 90, using: &rasterizer)
    #expect(turned.width == image.height && turned.height == image.width)
  }

  @Test("turned pictures turn clockwise, and quarters exactly")
  func turning() throws {
    // An arrow that points up.
    let arrow = "<path d='M8 1L12 8H4z'/><rect x='7' y='8' width='2' height='7'/>"
    let up = picture(try draw(arrow))
    let right = picture(try draw(arrow, degrees: 90))
    let expected = (0..<16).map { y in String((0..<16).map { x in Array(up[15 - x])[y] }) }
    #expect(right == expected)
    #expect(picture(try draw(arrow, degrees: 360)) == up)
    #expect(picture(try draw(arrow, degrees: -270)) == right)
    #expect(picture(try draw(arrow, degrees: 90.4)) == right)
    let slanting = try draw(arrow, degrees: 45)
    #expect(slanting.width == 23 && slanting.height == 23)
    // It points to the upper right.
    #expect(slanting[15, 7].w == 255 && slanting[7, 7].w == 0)
  }

  @Test("hostile sizes are kept within limits")
  func hostileSizes() throws {
    for size in [Double.nan, .infinity, -.infinity, 0, -5, 1e300] {
      for degrees in [Double.nan, .infinity, 1e300, -1e300] {
        let image = try draw("<circle cx='8' cy='8' r='8'/>", size: size, degrees: degrees)
        #expect((1...1449).contains(image.width))
      }
    }
  }

  @Test("pictures are kept, found again and forgotten at the limit")
  func cache() throws {
    let images = SymbolImages(byteLimit: 50_000)
    var rasterizer = Rasterizer()
    let symbols = try (0..<4).map { try symbol("<circle cx='8' cy='8' r='\($0 + 3)'/>") }
    for round in 0..<2000 {
      let (symbol, size) = (symbols[round % 4], Double(round % 37 + 4))
      let kept = images.image(of: symbol, sizePixels: size, rotationDegrees: Double(round))
      if round % 40 == 0 {
        let made = symbol.image(
          sizePixels: size, rotationDegrees: Double(round), using: &rasterizer)
        #expect(kept.bytes == made.bytes)
      }
      #expect(images.byteCount <= 50_000)
    }
    #expect(Set(symbols.map(\.contentHash)).count == 4)
    images.removeAll()
    #expect(images.byteCount == 0)
    // A picture that alone is larger than the limit is drawn and not kept.
    #expect(images.image(of: symbols[0], sizePixels: 500).width == 500)
    #expect(images.byteCount == 0)
  }
}
