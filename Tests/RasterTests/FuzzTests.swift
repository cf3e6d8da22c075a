import Glibc
import Raster
import SeededRandom
import Testing

/// Random calls with hostile numbers, for as long as `MACHIZU_FUZZ_SECONDS` says (a second if it
/// says nothing). Under the address sanitizer this also looks for writes beside the buffers.
@Suite("Fuzzing")
struct FuzzTests {
  @Test("no sequence of calls traps, and every pixel stays premultiplied")
  func hostileCalls() {
    let wanted = unsafe getenv("MACHIZU_FUZZ_SECONDS").flatMap { Int(unsafe String(cString: $0)) }
    var clock = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    let end = clock.tv_sec + (wanted ?? 1)
    // Without a wish for time the seeds are the same in every run; with one they go on from there.
    var seed = 0
    repeat {
      for _ in 0..<20 {
        var fuzzer = Fuzzer(seed: seed)
        fuzzer.run()
        seed += 1
      }
      unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    } while clock.tv_sec < end
    #expect(seed > 0)
  }
}

private struct Fuzzer {
  private var random: SeededGenerator
  private var path = Path()
  private var rasterizer = Rasterizer()
  private var pixmap: Pixmap
  private let seed: Int

  init(seed: Int) {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    let width = Int.random(in: 0...80, using: &random)
    pixmap = Pixmap(width: width, height: Int.random(in: 0...80, using: &random))
  }

  mutating func run() {
    for _ in 0..<30 { step() }
    for i in stride(from: 0, to: pixmap.bytes.count, by: 4) {
      let pixel = pixmap.bytes[i..<i + 4]
      if pixel.contains(where: { $0 > pixmap.bytes[i + 3] }) {
        Issue.record("seed \(seed) leaves \(Array(pixel)) at byte \(i)")
        return
      }
    }
  }

  private mutating func step() {
    switch Int.random(in: 0..<16, using: &random) {
    case 0: path.removeAll()
    case 1: path.close()
    case 2: path.move(number(), number())
    case 3, 4, 5: path.line(number(), number())
    case 6: path.quad(number(), number(), number(), number())
    case 7: path.cubic(number(), number(), number(), number(), number(), number())
    case 8: path.addCircle(x: number(), y: number(), radius: number())
    case 9: path.addRectangle(minX: number(), minY: number(), maxX: number(), maxY: number())
    case 10:
      let affine = Affine(
        xx: real(), xy: real(), yx: real(), yy: real(), x: number(), y: number())
      if path.bounds != nil { path.append(path, transform: affine) }
      if path.isEmpty == false, Bool.random(using: &random) { path.removeAll() }
    case 11:
      rasterizer.fill(
        path, rule: Bool.random(using: &random) ? .nonZero : .evenOdd, with: colour(),
        into: &pixmap, rows: rows())
    case 12: rasterizer.stroke(path, stroke(), with: colour(), into: &pixmap)
    case 13: drawPattern()
    case 14: drawMask()
    default: drawPicture()
    }
  }

  private mutating func drawPattern() {
    guard let pattern = Pattern(picture()) else { return }
    rasterizer.fill(
      path, pattern: pattern, phaseX: number(), phaseY: number(), opacity: byte(), into: &pixmap)
    rasterizer.stroke(
      path, stroke(), pattern: pattern, phaseX: number(), phaseY: number(), into: &pixmap)
  }

  private mutating func drawMask() {
    var mask = Mask(
      width: Int.random(in: 0...40, using: &random), height: Int.random(in: 0...40, using: &random))
    rasterizer.fill(path, into: &mask)
    pixmap.blend(mask: mask, x: Int(number() >> 8), y: Int(number() >> 8), with: colour())
    rasterizer.stroke(path, stroke(), into: &mask)
    pixmap.blend(mask: mask, x: Int(number()), y: 3, with: colour())
  }

  private mutating func drawPicture() {
    let picture = picture()
    pixmap.blend(picture, x: Int(number() >> 8), y: Int(number() >> 8), opacity: byte())
    pixmap.blend(
      picture, x: number(), y: number(), width: number(), height: number(), opacity: byte())
    pixmap.copy(picture, x: Int(number() >> 8), y: Int(number()))
  }

  private mutating func picture() -> Pixmap {
    var picture = Pixmap(
      width: Int.random(in: 0...20, using: &random), height: Int.random(in: 0...20, using: &random))
    picture.clear(colour())
    return picture
  }

  private mutating func stroke() -> Stroke {
    var stroke = Stroke(width: real())
    stroke.cap = [.butt, .round, .square].randomElement(using: &random) ?? .butt
    stroke.join = [.miter, .round, .bevel].randomElement(using: &random) ?? .miter
    stroke.miterLimit = real()
    if Bool.random(using: &random) {
      stroke.dashes = (0..<Int.random(in: 0...4, using: &random)).map { _ in abs(real()) }
      stroke.dashOffset = real()
    }
    if Bool.random(using: &random) { stroke.offset = real() }
    return stroke
  }

  private mutating func colour() -> Colour {
    Colour(red: byte(), green: byte(), blue: byte(), alpha: byte())
  }

  /// All rows, or some that may lie beside the picture.
  private mutating func rows() -> Range<Int>? {
    guard Bool.random(using: &random) else { return nil }
    let top = Int.random(in: -100...100, using: &random)
    return top..<top + Int.random(in: 0...150, using: &random)
  }

  private mutating func byte() -> UInt8 { .random(in: 0...255, using: &random) }

  /// A coordinate: mostly near the picture, sometimes on a pixel's side, far away or out of range.
  private mutating func number() -> Int64 {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: .random(in: -10...90, using: &random) * 256
    case 1: .random(in: -(1 << 38)...(1 << 38), using: &random)
    case 2: .random(in: -(1 << 50)...(1 << 50), using: &random)
    case 3:
      Int.random(in: 0..<40, using: &random) == 0
        ? .random(in: .min ... .max, using: &random) : 0
    default: .random(in: -3000...24_000, using: &random)
    }
  }

  private mutating func real() -> Double {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: Double(bitPattern: random.next())
    case 1: .random(in: -1e9...1e9, using: &random)
    case 2: 0
    default: .random(in: -2...20, using: &random)
    }
  }
}
