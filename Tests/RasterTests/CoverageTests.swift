import Raster
import SeededRandom
import Testing

/// The signed area of each pixel, edge by edge, in floating point: the obvious way.
private struct ExactAreas {
  let width: Int, height: Int
  private(set) var areas: [Double]

  init(_ contours: [[SIMD2<Int64>]], width: Int, height: Int) {
    self.width = width
    self.height = height
    areas = Array(repeating: 0, count: width * height)
    for contour in contours where contour.count > 1 {
      for i in contour.indices { add(contour[i], contour[(i + 1) % contour.count]) }
    }
  }

  /// Adds the area between an edge and the right side of each pixel, positive downward.
  private mutating func add(_ a: SIMD2<Int64>, _ b: SIMD2<Int64>) {
    let (ax, ay) = (Double(a.x) / 256, Double(a.y) / 256)
    let (bx, by) = (Double(b.x) / 256, Double(b.y) / 256)
    guard ay != by else { return }
    for y in 0..<height {
      let from = min(max(ay, Double(y)), Double(y + 1))
      let to = min(max(by, Double(y)), Double(y + 1))
      guard from != to else { continue }
      let x0 = ax + (bx - ax) * (from - ay) / (by - ay)
      let x1 = ax + (bx - ax) * (to - ay) / (by - ay)
      for x in 0..<width {
        let right = ExactAreas.meanAbove(Double(x + 1), x0, x1)
        let left = ExactAreas.meanAbove(Double(x), x0, x1)
        areas[y * width + x] += (to - from) * (right - left)
      }
    }
  }

  /// The mean of max(0, side - t) for t from x0 to x1.
  private static func meanAbove(_ side: Double, _ x0: Double, _ x1: Double) -> Double {
    let low = min(x0, x1)
    let high = max(x0, x1)
    if side >= high { return side - (low + high) / 2 }
    if side <= low { return 0 }
    return (side - low) * (side - low) / (2 * (high - low))
  }

  func shares(_ rule: FillRule) -> [Double] {
    areas.map { area in
      switch rule {
      case .nonZero: return min(abs(area), 1)
      case .evenOdd:
        let rest = abs(area).truncatingRemainder(dividingBy: 2)
        return rest > 1 ? 2 - rest : rest
      }
    }
  }
}

@Suite("Coverage")
struct CoverageTests {
  @Test("agrees with areas summed pixel by pixel to 2/255", arguments: 0..<40)
  func fillAgreesWithExactAreas(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var rasterizer = Rasterizer()
    for _ in 0..<50 {
      let size = Int.random(in: 5...40, using: &random)
      let shape = RandomContours(
        &random, contourCount: .random(in: 1...3, using: &random),
        pointCount: .random(in: 2...9, using: &random), extent: Int64(size))
      let exact = ExactAreas(shape.contours, width: size, height: size)
      for rule in [FillRule.nonZero, .evenOdd] {
        var mask = Mask(width: size, height: size)
        rasterizer.fill(shape.path(), rule: rule, into: &mask)
        for (i, share) in exact.shares(rule).enumerated() {
          let found = Double(mask[i % size, i / size])
          #expect(abs(found - share * 255) <= 2, "pixel \(i % size), \(i / size) of \(shape)")
        }
      }
    }
  }

  @Test("agrees with exact areas over many blocks", arguments: 0..<4)
  func largeFillAgreesWithExactAreas(seed: Int) {
    var random = SeededGenerator(seed: 1000 + seed)
    var rasterizer = Rasterizer()
    let shape = RandomContours(&random, contourCount: 2, pointCount: 6, extent: 330)
    let exact = ExactAreas(shape.contours, width: 330, height: 290).shares(.nonZero)
    var mask = Mask(width: 330, height: 290)
    rasterizer.fill(shape.path(), into: &mask)
    for (i, share) in exact.enumerated() {
      #expect(abs(Double(mask[i % 330, i / 330]) - share * 255) <= 2)
    }
  }

  @Test("the direction of contours does not change a pixel")
  func reversedContoursFillTheSame() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<100 {
      let shape = RandomContours(&random, contourCount: 2, pointCount: 7, extent: 40)
      for rule in [FillRule.nonZero, .evenOdd] {
        let forward = drawn(width: 40, height: 40, rule: rule) { $0 = shape.path() }
        let backward = drawn(width: 40, height: 40, rule: rule) { path in
          for contour in shape.contours {
            for (i, p) in contour.reversed().enumerated() {
              if i == 0 { path.move(p.x, p.y) } else { path.line(p.x, p.y) }
            }
          }
        }
        #expect(difference(forward, backward) == nil)
      }
    }
  }

  @Test("two halves of a shape add up to it without a seam")
  func sharedEdgeCancels() {
    let whole = drawn(width: 16, height: 16) {
      $0.addRectangle(minX: 300, minY: 300, maxX: 3500, maxY: 3500)
    }
    let halves = drawn(width: 16, height: 16) { path in
      path.move(300, 300)
      path.line(3500, 300)
      path.line(777, 3500)
      path.line(300, 3500)
      path.close()
      path.move(3500, 300)
      path.line(3500, 3500)
      path.line(777, 3500)
      path.close()
    }
    #expect(difference(whole, halves) == nil)
  }

  @Test("a triangle as text")
  func triangle() {
    let picture = drawn(width: 8, height: 8) { path in
      path.move(0, 0)
      path.line(8 * 256, 8 * 256)
      path.line(0, 8 * 256)
      path.close()
    }
    #expect(
      picture.text == """
        +       
        @+      
        @@+     
        @@@+    
        @@@@+   
        @@@@@+  
        @@@@@@+ 
        @@@@@@@+
        """)
  }

  @Test("a ring in a ring is a hole by even-odd, and by non-zero only if it turns the other way")
  func rules() {
    func rings(_ rule: FillRule, reversed: Bool) -> String {
      drawn(width: 6, height: 6, rule: rule) { path in
        path.addRectangle(minX: 256, minY: 256, maxX: 5 * 256, maxY: 5 * 256)
        if reversed {
          path.addRectangle(minX: 4 * 256, minY: 2 * 256, maxX: 2 * 256, maxY: 4 * 256)
        } else {
          path.addRectangle(minX: 2 * 256, minY: 2 * 256, maxX: 4 * 256, maxY: 4 * 256)
        }
      }.text
    }
    let hole = "      \n @@@@ \n @  @ \n @  @ \n @@@@ \n      "
    let solid = "      \n @@@@ \n @@@@ \n @@@@ \n @@@@ \n      "
    #expect(rings(.evenOdd, reversed: false) == hole)
    #expect(rings(.evenOdd, reversed: true) == hole)
    #expect(rings(.nonZero, reversed: false) == solid)
    #expect(rings(.nonZero, reversed: true) == hole)
  }

  @Test("a half, a quarter and a sixteenth of a pixel")
  func partsOfPixels() {
    let picture = drawn(width: 3, height: 1) { path in
      path.addRectangle(minX: 0, minY: 0, maxX: 128, maxY: 256)
      path.addRectangle(minX: 256, minY: 0, maxX: 384, maxY: 128)
      path.addRectangle(minX: 512, minY: 64, maxX: 576, maxY: 128)
    }
    #expect((0..<3).map { picture[$0, 0].w } == [128, 64, 16])
  }

  @Test("a circle has the area and the symmetry of a circle", arguments: [64, 256, 1000, 6000])
  func circles(radius: Int64) {
    let side = Int(radius / 128) + 4
    let picture = drawn(width: side, height: side) {
      $0.addCircle(x: Int64(side) * 128, y: Int64(side) * 128, radius: radius)
    }
    var area = 0.0
    for y in 0..<side {
      for x in 0..<side {
        area += Double(picture[x, y].w) / 255
        #expect(picture[x, y] == picture[side - 1 - x, y])
        #expect(picture[x, y] == picture[x, side - 1 - y])
        #expect(picture[x, y] == picture[y, x])
      }
    }
    let r = Double(radius) / 256
    // A ring of 1/32 px is the flattening's allowance.
    #expect(abs(area - 3.141592653589793 * r * r) <= 2 * 3.141592653589793 * r / 32)
  }
  @Test("a circle is the same whatever circles a path held before")
  func circlesInTurn() {
    let radii: [Int64] = [300, 500, 300, 700, 900, 1100, 500, 300, 1300]
    var used = Path()
    for radius in radii {
      used.removeAll()
      used.addCircle(x: 2000, y: 2000, radius: radius)
      var fresh = Path()
      fresh.addCircle(x: 2000, y: 2000, radius: radius)
      #expect(used.points == fresh.points)
    }
  }
}
