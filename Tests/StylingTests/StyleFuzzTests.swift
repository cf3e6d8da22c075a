import Features
import Foundation
import Glibc
import Testing

@testable import Styling

/// Shipped styles damaged at random, for as long as `MACHIZU_FUZZ_SECONDS` says (a second if it says
/// nothing): `tools/soak` runs this for minutes under the address sanitizer.
@Suite("Fuzzing styles")
struct StyleFuzzTests {
  @Test("no damaged style traps, and what is read draws in bounds or is refused with a place")
  func damagedStyles() throws {
    let wanted = unsafe getenv("MACHIZU_FUZZ_SECONDS").flatMap { Int(unsafe String(cString: $0)) }
    var clock = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    let end = clock.tv_sec + (wanted ?? 1)
    let originals = try Self.fragments()
    var seed: UInt64 = 0
    repeat {
      for _ in 0..<20 {
        var fuzzer = StyleFuzzer(seed: seed)
        if let complaint = fuzzer.complaint(about: originals) {
          Issue.record("seed \(seed): \(complaint)")
          return
        }
        seed += 1
      }
      unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    } while clock.tv_sec < end
    #expect(seed > 0)
  }

  /// Documents of one layer each, so that damage meets every part of a style in little time.
  private static func fragments() throws -> [[UInt8]] {
    var documents: [[UInt8]] = []
    for name in ShippedStyleTests.names {
      let file = ShippedStyleTests.folder.appendingPathComponent("\(name).json")
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
      guard var style = json as? [String: Any], let layers = style["layers"] as? [Any] else {
        continue
      }
      for layer in layers {
        style["layers"] = [layer]
        documents.append([UInt8](try JSONSerialization.data(withJSONObject: style)))
      }
    }
    return documents
  }
}

private struct StyleFuzzer {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(state: seed) }

  /// Damages one of the documents and reads it; nil when all is as it must be.
  mutating func complaint(about originals: [[UInt8]]) -> String? {
    guard var bytes = originals.randomElement(using: &random) else { return "no styles" }
    for _ in 0..<Int.random(in: 1...6, using: &random) { damage(&bytes) }
    let style: StyleDocument
    do throws(StyleError) {
      style = try StyleDocument(parsing: bytes, id: "fuzz")
    } catch {
      return error.faults.isEmpty ? "refused without a fault" : nil
    }
    for layer in style.layers {
      if let complaint = drawing(layer) { return complaint }
    }
    return nil
  }

  private mutating func drawing(_ layer: StyleLayer) -> String? {
    let columns = ["種別", "級別", "幅員", "名称", "状態", "方位1", "発生日", "路線番号", "階級"]
    let values: [Attribute] = [
      .text(""), .text("1"), .text("é\u{301}髙"), .integer(.max), .integer(.min), .real(1e300),
      .real(-0.0), .boolean(true),
    ]
    var properties: [String: Attribute] = [:]
    for column in columns { properties[column] = values.randomElement(using: &random) }
    let context = EvaluationContext(
      zoom: Double.random(in: -1...25, using: &random), geometryType: .line,
      properties: properties)
    let fixed = layer.fixed(atZoom: context.zoom)
    if fixed.matches(context) != layer.matches(context) { return "another filter at the zoom" }
    var ground = context
    ground.properties = [:]
    ground.geometryType = nil
    let isSame =
      switch layer.type {
      case .fill:
        layer.fillPaint(in: context)
          == fixed.fillPaint(in: context, base: fixed.fillPaint(in: ground))
      case .line:
        layer.linePaint(in: context)
          == fixed.linePaint(in: context, base: fixed.linePaint(in: ground))
      case .circle:
        layer.circlePaint(in: context)
          == fixed.circlePaint(in: context, base: fixed.circlePaint(in: ground))
      case .background, .symbol: true
      }
    if !isSame { return "another paint at the zoom" }
    switch layer.type {
    case .background: _ = layer.backgroundPaint(in: context)
    case .fill:
      let opacity = layer.fillPaint(in: context).opacity
      if !(0...1).contains(opacity) { return "fill-opacity \(opacity)" }
    case .line:
      let width = layer.linePaint(in: context).width
      if !(0...1e6).contains(width) { return "line-width \(width)" }
    case .circle:
      let radius = layer.circlePaint(in: context).radius
      if !(0...1e6).contains(radius) { return "circle-radius \(radius)" }
    case .symbol:
      let size = layer.symbolLayout(in: context).icon.size
      if !(0...1e6).contains(size) { return "icon-size \(size)" }
    }
    return nil
  }

  private static let words = [
    "[", "]", "{", "}", ",", ":", "null", "true", "-1", "1e308", "-1e308", "0", "\"\"",
    "[\"get\",\"x\"]", "[\"zoom\"]", "[\"var\",\"rank\"]", "[\"let\",\"a\",1,[\"var\",\"a\"]]",
    "[\"/\",1,0]", "[\"interpolate\",[\"linear\"],[\"zoom\"],1,1]", "{\"stops\":[]}",
    "[\"slice\",\"ab\",-9,9]", "[\"literal\",[]]", "\"\\uD800\"", "\u{FEFF}", "\"none\"",
  ].map { Array($0.utf8) }

  /// One of: a byte changed, a part removed, a part doubled, a word put in, a value replaced.
  private mutating func damage(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty, let word = Self.words.randomElement(using: &random) else { return }
    let start = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[start] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.removeSubrange(start..<end)
    case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
    case 3: bytes.insert(contentsOf: word, at: start)
    default:
      // A whole number or string gives way, so that the document often stays JSON.
      guard let (lower, upper) = value(after: start, in: bytes) else { return }
      bytes.replaceSubrange(lower..<upper, with: word)
    }
  }

  private func value(after start: Int, in bytes: [UInt8]) -> (Int, Int)? {
    let separators = Array(",:[]{}".utf8)
    guard let before = bytes[start...].firstIndex(where: { separators.contains($0) }) else {
      return nil
    }
    let lower = before + 1
    guard lower < bytes.count,
      let upper = bytes[lower...].firstIndex(where: { separators.contains($0) })
    else { return nil }
    return upper > lower ? (lower, upper) : nil
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
