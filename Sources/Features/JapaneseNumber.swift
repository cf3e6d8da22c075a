/// Numbers as Japanese texts write them: full-width digits, kanji digits and kanji multipliers.
public enum JapaneseNumber {
  /// The ASCII scalar for a full-width form (U+FF01–FF5E, the ideographic space), else the same scalar.
  @inlinable
  public static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
    case 0x3000, 0xA0: " "
    default: scalar
    }
  }

  /// The value of one digit: ASCII, full width, or kanji with 〇 and 零; nil for anything else.
  public static func digit(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar {
    case "0"..."9": Int(scalar.value) - 0x30
    case "０"..."９": Int(scalar.value) - 0xFF10
    default: kanjiDigit(scalar)
    }
  }

  /// The value of a kanji digit, 〇 and 零 included.
  static func kanjiDigit(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar {
    case "〇", "零": 0
    case "一": 1
    case "二": 2
    case "三": 3
    case "四": 4
    case "五": 5
    case "六": 6
    case "七": 7
    case "八": 8
    case "九": 9
    default: nil
    }
  }

  static func multiplier(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar {
    case "十": 10
    case "百": 100
    case "千": 1000
    default: nil
    }
  }

  /// A whole number of at most nine digits: `12`, `１２`, `一二`, `十二`, `二十三`, `三〇`, `千二百`, `1万2千`.
  ///
  /// Nil for any other text, also where multipliers rise (`十百`) or mixed forms leave doubt (`1十`).
  public static func parse(_ text: some StringProtocol) -> Int? {
    parse(text.unicodeScalars.map { $0 }[...])
  }

  /// The same for a run of scalars.
  static func parse(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
    guard !scalars.isEmpty, scalars.count <= 20 else { return nil }
    let parts = scalars.split(separator: "万", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    guard parts.count == 2 else { return belowTenThousand(scalars, isWhole: true) }
    guard let high = belowTenThousand(parts[0], isWhole: false), high > 0 else { return nil }
    if parts[1].isEmpty { return high * 10_000 }
    guard let low = belowTenThousand(parts[1], isWhole: false) else { return nil }
    return high * 10_000 + low
  }

  private static func belowTenThousand(_ scalars: ArraySlice<Unicode.Scalar>, isWhole: Bool) -> Int?
  {
    guard scalars.contains(where: { multiplier($0) != nil }) else {
      return positional(scalars, limit: isWhole ? 9 : 4)
    }
    var total = 0
    var digits: Int?
    var lastMultiplier = 10_000
    for scalar in scalars {
      if let factor = multiplier(scalar) {
        guard factor < lastMultiplier else { return nil }
        total += (digits ?? 1) * factor
        digits = nil
        lastMultiplier = factor
      } else if let value = digit(scalar), digits == nil {
        digits = value
      } else {
        return nil
      }
    }
    return total + (digits ?? 0)
  }

  private static func positional(_ scalars: ArraySlice<Unicode.Scalar>, limit: Int) -> Int? {
    guard !scalars.isEmpty, scalars.count <= limit else { return nil }
    var value = 0
    for scalar in scalars {
      guard let digit = digit(scalar) else { return nil }
      value = value * 10 + digit
    }
    return value
  }
}
