import Glibc
import PNG
import Raster
import Testing

/// Pictures that must not change: every join, cap, dash, rule and clip case. They are compared as
/// decoded pixels without tolerance. `MACHIZU_WRITE_GOLDENS=1` writes them anew.
@Suite("Golden pictures")
struct GoldenTests {
  private func expectGolden(_ pixmap: Pixmap, _ name: String) throws {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let path = "/\(folder)/Golden/Raster/\(name).png"
    if unsafe getenv("MACHIZU_WRITE_GOLDENS") != nil {
      var encoder = PNGEncoder(compression: .compact)
      let file = try encoder.encode(
        premultiplied: pixmap.bytes.span, width: pixmap.width, height: pixmap.height)
      let handle = unsafe try #require(unsafe fopen(path, "wb"))
      _ = unsafe fwrite(file, 1, file.count, handle)
      unsafe fclose(handle)
    }
    let handle = unsafe try #require(unsafe fopen(path, "rb"), "\(path) is missing")
    var file = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe fread(&file, 1, file.count, handle)
    unsafe fclose(handle)
    let golden = try PNGDecoder.decode(Array(file[..<count]))
    let picture = try #require(
      Pixmap(width: golden.width, height: golden.height, straight: golden.rgba))
    #expect(difference(picture, pixmap) == nil, "\(name)")
  }

  private func canvas(_ draw: (inout Rasterizer, inout Pixmap) -> Void) -> Pixmap {
    var rasterizer = Rasterizer()
    var pixmap = Pixmap(width: 96, height: 96)
    pixmap.clear(Colour(red: 242, green: 239, blue: 233))
    draw(&rasterizer, &pixmap)
    return pixmap
  }

  /// An open zigzag with a sharp, a right and a blunt corner, and a curl.
  private var zigzag: Path {
    var path = Path()
    path.move(12 * 256, 80 * 256)
    path.line(30 * 256, 14 * 256)
    path.line(38 * 256, 70 * 256)
    path.line(70 * 256 + 77, 66 * 256)
    path.line(76 * 256, 30 * 256)
    path.cubic(70 * 256, 8 * 256, 48 * 256, 12 * 256, 52 * 256 + 9, 40 * 256)
    return path
  }

  private let ink = Colour(red: 40, green: 70, blue: 160, alpha: 200)

  @Test(
    "caps and joins",
    arguments: [(Stroke.Cap.butt, "butt"), (.round, "round"), (.square, "square")],
    [(Stroke.Join.miter, "miter"), (.bevel, "bevel"), (.round, "round")])
  func capsAndJoins(cap: (Stroke.Cap, String), join: (Stroke.Join, String)) throws {
    let picture = canvas { rasterizer, pixmap in
      let stroke = Stroke(width: 9, cap: cap.0, join: join.0, miterLimit: 4)
      rasterizer.stroke(zigzag, stroke, with: ink, into: &pixmap)
    }
    try expectGolden(picture, "cap-\(cap.1)-join-\(join.1)")
  }

  @Test(
    "dashes",
    arguments: [(Stroke.Cap.butt, "butt"), (.round, "round"), (.square, "square")],
    [([14.0, 6.0], "long"), ([0.0, 8.0], "dots"), ([9.0, 4.0, 1.0], "odd")])
  func dashes(cap: (Stroke.Cap, String), dashes: ([Double], String)) throws {
    let picture = canvas { rasterizer, pixmap in
      let stroke = Stroke(
        width: 4.5, cap: cap.0, join: .round, dashes: dashes.0, dashOffset: 3.25)
      rasterizer.stroke(zigzag, stroke, with: ink, into: &pixmap)
    }
    try expectGolden(picture, "dash-\(dashes.1)-\(cap.1)")
  }

  @Test("fill rules", arguments: [(FillRule.nonZero, "nonzero"), (.evenOdd, "evenodd")])
  func rules(rule: (FillRule, String)) throws {
    let picture = canvas { rasterizer, pixmap in
      var path = Path()
      for k in [0, 2, 4, 1, 3] {
        let star: [(Int64, Int64)] = [(48, 4), (90, 36), (74, 88), (22, 88), (6, 36)]
        path.line(star[k].0 * 256 + 50, star[k].1 * 256)
      }
      path.close()
      path.addCircle(x: 30 * 256, y: 30 * 256, radius: 20 * 256)
      rasterizer.fill(path, rule: rule.0, with: ink, into: &pixmap)
    }
    try expectGolden(picture, "rule-\(rule.1)")
  }

  @Test("clipped on every side")
  func clips() throws {
    let picture = canvas { rasterizer, pixmap in
      var path = Path()
      for (x, y) in [(-10, 50), (106, 41), (47, -9), (55, 104), (-900_000, -1_000_000)] {
        path.addCircle(x: Int64(x) * 256, y: Int64(y) * 256, radius: 30 * 256)
      }
      path.move(-1_000_000_000 * 256, 20 * 256)
      path.line(1_000_000_000 * 256, 60 * 256)
      path.line(1_000_000_000 * 256, 61_000_000 * 256)
      path.close()
      rasterizer.fill(path, rule: .evenOdd, with: ink, into: &pixmap)
    }
    try expectGolden(picture, "clip")
  }

  @Test("parallel lines of a path")
  func parallels() throws {
    let picture = canvas { rasterizer, pixmap in
      for (i, offset) in [-9.0, -4.5, 0, 4.5, 9].enumerated() {
        let colour = Colour(red: UInt8(i * 50), green: 90, blue: 120)
        rasterizer.stroke(
          zigzag, Stroke(width: 2, join: .round, offset: offset), with: colour, into: &pixmap)
      }
    }
    try expectGolden(picture, "parallels")
  }

  @Test("a hatch pattern, a scaled image and a group")
  func pictures() throws {
    var hatch = Pixmap(width: 8, height: 8)
    var rasterizer = Rasterizer()
    var line = Path()
    for x in [-4, 4, 12] {
      line.move(Int64(x - 8) * 256, 12 * 256)
      line.line(Int64(x + 8) * 256, -4 * 256)
    }
    rasterizer.stroke(line, Stroke(width: 2), with: ink, into: &hatch)
    let pattern = try #require(Pattern(hatch))
    let picture = canvas { rasterizer, pixmap in
      var path = Path()
      path.addCircle(x: 40 * 256, y: 40 * 256, radius: 33 * 256)
      rasterizer.fill(path, pattern: pattern, phaseX: 3, phaseY: 1, opacity: 220, into: &pixmap)
      var group = Pixmap(width: 96, height: 96)
      rasterizer.stroke(zigzag, Stroke(width: 6), with: black, into: &group)
      pixmap.blend(group, x: 3, y: 5, opacity: 100)
      pixmap.blend(hatch, x: 60 * 256 + 40, y: 60 * 256, width: 30 * 256, height: 25 * 256)
    }
    try expectGolden(picture, "pictures")
  }
}
