internal import Features

/// 128 bits that tell whether two rows hold the same content.
///
/// Two independent 64-bit mixes over the same words (the finaliser of SplitMix64, with two seeds).
struct ContentDigest {
  private var first: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var second: UInt64 = 0xD1B5_4A32_D192_ED03

  mutating func add(_ word: UInt64) {
    first = Self.mix(first ^ word)
    second = Self.mix(second &+ word &* 0xFF51_AFD7_ED55_8CCD)
  }

  mutating func add(_ bytes: [UInt8]) {
    add(UInt64(bytes.count))
    var word: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      word = word << 8 | UInt64(byte)
      if index & 7 == 7 {
        add(word)
        word = 0
      }
    }
    add(word)
  }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  mutating func add(_ value: Attribute) {
    switch value {
    case .null: add(0)
    case .text(let text):
      add(1)
      add(text)
    case .integer(let number):
      add(2)
      add(UInt64(bitPattern: number))
    case .real(let number):
      add(3)
      add(number.bitPattern)
    case .boolean(let flag): add(flag ? 5 : 4)
    case .date(let date):
      add(6)
      add(date.text)
      add(date.written ?? "")
      add(date.precision.rawValue)
    }
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Half of the digest.
  var value: UInt64 { first }

  var bytes: [UInt8] {
    [first, second].flatMap { word in
      stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  var hexadecimal: String {
    bytes.map { byte in
      let digits = Array("0123456789abcdef")
      return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }.joined()
  }
}
