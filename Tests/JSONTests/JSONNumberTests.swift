import JSON
import Testing

@Suite("JSON numbers")
struct JSONNumberTests {
  @Test("are the nearest double, as the standard library reads it", arguments: 0..<20)
  func nearest(seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    for _ in 0..<2_000 {
      let text = random.number()
      let number = try #require(try JSONParser.parse(text).number)
      #expect(number.double.bitPattern == Double(text)?.bitPattern, "\(text)")
      #expect(number.text == text)
    }
  }

  @Test("read every finite double back from its shortest text", arguments: 0..<10)
  func shortest(seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    for _ in 0..<2_000 {
      let value = Double(bitPattern: random.next())
      guard let number = JSONNumber(value) else { continue }
      #expect(try JSONParser.parse(number.text).double?.bitPattern == value.bitPattern)
    }
    #expect(JSONNumber(.nan) == nil)
    #expect(JSONNumber(.infinity) == nil)
  }

  @Test(
    "round ties to even",
    arguments: [
      ("9007199254740993", 9_007_199_254_740_992), ("9007199254740995", 9_007_199_254_740_996),
      ("900719925474099.25", 900_719_925_474_099.25), ("0.5e1", 5), ("-0.0", 0),
      ("18446744073709551615", 18_446_744_073_709_551_616),
    ] as [(String, Double)])
  func ties(text: String, value: Double) throws {
    #expect(try JSONParser.parse(text).double == value)
  }

  @Test(
    "are integers when they mean one exactly",
    arguments: [
      ("0", 0), ("-0", 0), ("1.0", 1), ("1e3", 1000), ("12.50e1", 125), ("0.0e999999999999", 0),
      ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("1.5", nil), ("1e-1", nil), ("1e19", nil), ("10e18", nil),
      ("1e18", 1_000_000_000_000_000_000), ("9007199254740993.0", 9_007_199_254_740_993),
      ("100e-2", 1), ("1e-99999999999", nil),
    ] as [(String, Int64?)])
  func integers(text: String, value: Int64?) throws {
    #expect(try JSONParser.parse(text).int64 == value)
  }
}

/// A small reproducible source of numbers (SplitMix64).
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A text in the grammar of JSON numbers with 1 to 22 digits and an exponent that stays in range.
  mutating func number() -> String {
    var digits = (0..<Int.random(in: 1...22, using: &self)).map { _ in
      Character(String(Int.random(in: 0...9, using: &self)))
    }
    while digits.count > 1, digits[0] == "0" { digits.removeFirst() }
    var text = Bool.random(using: &self) ? "-" : ""
    let point = Int.random(in: 1...digits.count, using: &self)
    text += String(digits[..<point])
    if point < digits.count { text += "." + String(digits[point...]) }
    if Int.random(in: 0..<3, using: &self) == 0 {
      text += "e\(Int.random(in: -300...280, using: &self))"
    }
    return text
  }
}
