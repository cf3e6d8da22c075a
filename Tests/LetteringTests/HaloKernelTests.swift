import Testing

@testable import Lettering

@Suite struct HaloKernelTests {
  /// What the kernel's comment says, pixel by pixel.
  private func plain(_ ink: [UInt8], stride: Int, width: Int32, reach: Int) -> [UInt8] {
    let rows = ink.count / stride
    var halo = ink.map { _ in UInt8(0) }
    for y in reach..<(rows - reach) {
      for x in reach..<(stride - reach) {
        for dy in -reach...reach {
          for dx in -reach...reach {
            let there = Int(ink[(y - dy) * stride + x - dx])
            let distance = Double(dx * dx + dy * dy).squareRoot()
            let gain = Int(((Double(width) / 256 - distance) * 255).rounded())
            let firm = there > 15 ? 255 : there * 16
            let share = gain >= 0 ? min(there + gain, 255, firm) : max(there + gain, 0)
            halo[y * stride + x] = max(halo[y * stride + x], UInt8(share))
          }
        }
      }
    }
    return halo
  }

  @Test(
    "the halo is the greatest share that any pixel's ink gives", arguments: [100, 256, 384, 600])
  func spread(width: Int32) {
    var kernel = HaloKernel(width: width)
    var random = SystemRandomNumberGenerator()
    for (columns, rows) in [(1, 1), (3, 5), (40, 17), (97, 20)] {
      let stride = columns + 2 * kernel.reach
      let count = stride * (rows + 2 * kernel.reach)
      var ink = (0..<count).map { _ in
        UInt8.random(in: 0..<8, using: &random) == 0 ? UInt8.random(in: 0...255, using: &random) : 0
      }
      let expected = plain(ink, stride: stride, width: width, reach: kernel.reach)
      ink += [UInt8](repeating: 77, count: HaloKernel.padding)
      var halo: [UInt8] = [1, 2, 3]
      kernel.spread(ink, count: count, stride: stride, into: &halo)
      for y in kernel.reach..<(rows + kernel.reach) {
        let row = (y * stride + kernel.reach)..<(y * stride + kernel.reach + columns)
        #expect(Array(halo[row]) == Array(expected[row]))
      }
    }
  }

  @Test("numbers are rounded as the mathematics library rounds them")
  func rounding() {
    for value in [0, 0.5, -0.5, 1.5, -1.5, 0.49999999999999994, -2.5, 1e15 + 0.5, 123.499] {
      #expect(nearest(value) == Int64(value.rounded()))
    }
    for _ in 0..<10_000 {
      let value = Double.random(in: -1e9...1e9)
      #expect(nearest(value) == Int64(value.rounded()))
    }
  }
}

@Suite struct LabelInkTests {
  @Test("shares are joined as if they were independent, whatever is cut")
  func join() {
    var random = SystemRandomNumberGenerator()
    for width in 1...35 {
      let (rows, columns) = (5, 40)
      var expected = [Int](repeating: 0, count: rows * columns)
      var ink = LabelInk()
      ink.begin(left: 0, top: 0, right: columns, bottom: rows, reach: 0)
      for _ in 0..<4 {
        let mask = (0..<(width * 4)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let left = Int.random(in: -20..<40, using: &random)
        let top = Int.random(in: -3..<5, using: &random)
        ink.join(mask.span, offset: 0, left: left, top: top, width: width, height: 4)
        for row in 0..<4 where (0..<rows).contains(top + row) {
          for column in 0..<width where (0..<columns).contains(left + column) {
            let place = (top + row) * columns + left + column
            let (a, b) = (expected[place], Int(mask[row * width + column]))
            expected[place] = a + b - (2 * a * b + 255) / 510
          }
        }
      }
      #expect(ink.bytes.prefix(rows * columns).map(Int.init) == expected)
    }
  }
}
