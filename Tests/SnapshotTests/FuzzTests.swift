import Features
import Geometry
import Glibc
import SeededRandom
import Snapshot
import Testing

/// Random damage to a valid file, for as long as `MACHIZU_FUZZ_SECONDS` says (a second if it says
/// nothing). Under the address sanitizer this also looks for reads beside the mapping.
@Suite("Fuzzing of the snapshot reader")
struct FuzzTests {
  @Test("no damage to a file makes opening it or reading it trap")
  func damage() throws {
    let wanted = unsafe getenv("MACHIZU_FUZZ_SECONDS").flatMap { Int(unsafe String(cString: $0)) }
    var clock = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    let end = clock.tv_sec + (wanted ?? 1)
    let reader = DamageTests()
    let scratch = Scratch()
    // Without a wish for time the seeds are the same in every run; with one they go on from there.
    var seed = 0
    var opened = 0
    repeat {
      var random = SeededGenerator(seed: seed)
      let ledger = randomLedger(seed: seed, count: Int.random(in: 0...60, using: &random))
      let bytes = try ledger.bytes()
      for _ in 0..<20 {
        let damaged = damage(bytes, reader, &random)
        if let snapshot = try? scratch.open(damaged) {
          reader.walk(snapshot, ledger)
          opened += 1
        }
      }
      seed += 1
      unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    } while clock.tv_sec < end
    #expect(opened > 0, "every damaged file was refused, so that none was read")
  }

  private func damage(
    _ bytes: [UInt8], _ reader: DamageTests, _ random: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = .random(in: .min ... .max, using: &random)
      case 2, 3:
        // A whole number becomes an extreme or a near one.
        let start = place / 8 * 8
        guard start + 8 <= bytes.count else { continue }
        let word: UInt64 = [
          0, 1, .max, 1 << 63, 1 << 62, 0xFFFF_FFFF, 0x7FFF_FFFF, UInt64(bytes.count),
          reader.word(bytes, at: start) &+ 1, reader.word(bytes, at: start) &- 1,
        ][Int.random(in: 0..<10, using: &random)]
        for byte in 0..<8 { bytes[start + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte)) }
      case 4, 5:
        // A stretch of the file is copied over another.
        let length = Int.random(in: 1...64, using: &random)
        let source = Int.random(in: 0..<bytes.count, using: &random)
        for offset in 0..<length where max(place, source) + offset < bytes.count {
          bytes[place + offset] = bytes[source + offset]
        }
      case 6:
        for index in place..<min(place + 40, bytes.count) { bytes[index] = 0xFF }
      default:
        // Now and then the file ends early.
        if place > 512, Int.random(in: 0..<8, using: &random) == 0 {
          bytes.removeSubrange(place...)
        }
      }
    }
    // Mostly the header tells the truth about itself, so that the contents are reached.
    guard bytes.count >= 512, Int.random(in: 0..<8, using: &random) != 0 else { return bytes }
    var words = (0..<64).map { reader.word(bytes, at: 8 * $0) }
    if Bool.random(using: &random) { words[3] = UInt64(bytes.count) }
    return reader.sealed(words, bytes)
  }
}
