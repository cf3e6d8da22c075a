import Raster
import SeededRandom

/// Contours of random points, in 1/256 px.
struct RandomContours {
  private(set) var contours: [[SIMD2<Int64>]] = []

  /// - Parameter extent: points lie in `-extent / 4 ... extent * 5 / 4` px, so that some leave a
  ///   picture of that size.
  init(_ random: inout SeededGenerator, contourCount: Int, pointCount: Int, extent: Int64) {
    let range = -extent * 64...extent * 320
    for _ in 0..<contourCount {
      var contour: [SIMD2<Int64>] = []
      for _ in 0..<pointCount {
        var point = SIMD2(
          Int64.random(in: range, using: &random), .random(in: range, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0: point = SIMD2(point.x & ~255, point.y & ~255)
        case 1: point.x = contour.last?.x ?? point.x
        case 2: point.y = contour.last?.y ?? point.y
        case 3:
          if let last = contour.last {
            point =
              last
              &+ SIMD2(.random(in: -300...300, using: &random), .random(in: -3...3, using: &random))
          }
        default: break
        }
        contour.append(point)
      }
      contours.append(contour)
    }
  }

  /// The contours as a path, moved by whole pixels.
  func path(x: Int = 0, y: Int = 0, closed: Bool = true) -> Path {
    let offset = SIMD2(Int64(x) * 256, Int64(y) * 256)
    var path = Path()
    for contour in contours {
      for (i, point) in contour.enumerated() {
        let p = point &+ offset
        if i == 0 { path.move(p.x, p.y) } else { path.line(p.x, p.y) }
      }
      if closed { path.close() }
    }
    return path
  }
}

extension Pixmap {
  /// The alpha of each pixel as a character from ` ` (0) over `.:-=+*#` to `@` (255).
  var text: String {
    let ramp = Array(" .:-=+*#%@")
    return (0..<height).map { y in
      String((0..<width).map { x in ramp[(Int(self[x, y].w) * 9 + 127) / 255] })
    }.joined(separator: "\n")
  }
}

let black = Colour(red: 0, green: 0, blue: 0)

/// A path drawn black on transparent pixels.
func drawn(
  width: Int, height: Int, rule: FillRule = .nonZero, _ build: (inout Path) -> Void
) -> Pixmap {
  var path = Path()
  var rasterizer = Rasterizer()
  var pixmap = Pixmap(width: width, height: height)
  build(&path)
  rasterizer.fill(path, rule: rule, with: black, into: &pixmap)
  return pixmap
}

/// The first pixel in which two pictures differ, in words; nil if they are equal.
func difference(_ a: Pixmap, _ b: Pixmap) -> String? {
  guard a.width == b.width, a.height == b.height else { return "sizes differ" }
  guard a.bytes != b.bytes else { return nil }
  for y in 0..<a.height {
    for x in 0..<a.width where a[x, y] != b[x, y] { return "(\(x), \(y)): \(a[x, y]) \(b[x, y])" }
  }
  return nil
}
