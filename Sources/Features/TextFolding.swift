/// The one form in which texts are searched and compared; never what is stored.
///
/// Folded are: NFKC and case; radicals and strokes (U+2E80–2FDF, U+31C0–31E3) and old or variant
/// ideographs; katakana and small kana to large hiragana; every hyphen, dash and wave dash, and ー
/// after a digit, to `-`, but after kana each of them to ー; 々 to what it repeats; spaces beside
/// Japanese characters to nothing, others to one; kanji digits to digits, kanji numbers with 十百千
/// where 第 stands before them or a counter after them; 〇, 零 and ○ after a digit to `0`; の between
/// digits to `-`; が, ヶ and ヵ between ideographs, and か before a counter after a digit, to け.
///
/// A result folds to itself.
public enum TextFolding {
  public static func fold(_ text: String) -> String {
    if let short = foldedASCII(text) { return short }
    var folded = foldedOnce(text)
    // Rare scripts need a second round, because case folding can open a new composition.
    for _ in 0..<3 where !folded.isSettled {
      let again = foldedOnce(folded.text)
      if again.text.utf8.elementsEqual(folded.text.utf8) { break }
      folded = again
    }
    return folded.text
  }

  /// The text with full case folding, in NFC: what CQL2's CASEI compares.
  public static func foldCase(_ text: String) -> String {
    UnicodeNormaliser.normalised(text, .caseFolded)
  }

  /// The text without accents, in NFC: what CQL2's ACCENTI compares. The voicing marks of kana are
  /// no accents and stay.
  public static func withoutAccents(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    let decomposed = UnicodeNormaliser.normalised(text, .decomposed)
    var kept = String.UnicodeScalarView()
    for scalar in decomposed.unicodeScalars {
      let isMark = scalar.value >= 0x300 && scalar.properties.generalCategory == .nonspacingMark
      if !isMark || isVoicing(scalar) { kept.append(scalar) }
    }
    return UnicodeNormaliser.normalised(String(kept), .composed)
  }

  private static func isVoicing(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0x3099 || scalar.value == 0x309A
  }

  // MARK: - Short ways

  /// Lower case and single spaces; nil for a text beyond ASCII or with a tilde.
  private static func foldedASCII(_ text: String) -> String? {
    var isFolded = true
    var last: UInt8 = 32
    for byte in text.utf8 {
      if byte >= 0x80 || byte == 126 { return nil }
      if (65...90).contains(byte) || byte < 32 || byte == 127 || (byte == 32 && last == 32) {
        isFolded = false
      }
      last = byte
    }
    if isFolded, last != 32 { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if byte <= 32 || byte == 127 {
        if let last = bytes.last, last != 32 { bytes.append(32) }
      } else {
        bytes.append((65...90).contains(byte) ? byte + 32 : byte)
      }
    }
    if bytes.last == 32 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether NFKC and case folding do nothing to a scalar that `narrowed` does not also do, whatever
  /// stands beside it.
  private static func isPlain(_ value: UInt32) -> Bool {
    switch value {
    case 0...0x7E, 0x3000...0x3002, 0x3005...0x3029, 0x3041...0x3096, 0x30A1...0x30FE,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xFF01...0xFF5E:
      true
    default: false
    }
  }

  // MARK: - The fold

  private static func foldedOnce(_ text: String) -> (text: String, isSettled: Bool) {
    let isSettled = text.unicodeScalars.allSatisfy { isPlain($0.value) }
    let source = isSettled ? text : UnicodeNormaliser.normalised(prepared(text), .compatibleFolded)
    var scalars = FoldingPass.characters(of: source)
    FoldingPass.foldNumerals(&scalars)
    FoldingPass.foldContexts(&scalars)
    var result = String.UnicodeScalarView()
    for value in scalars { result.append(Unicode.Scalar(value) ?? "\u{FFFD}") }
    return (String(result), isSettled)
  }

  /// Voicing marks with a width of their own become combining ones, as their half-width forms do.
  private static func prepared(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x309B: scalars.append("\u{3099}")
      case 0x309C: scalars.append("\u{309A}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}

/// The steps of the fold after Unicode's own, on scalar values.
enum FoldingPass {
  private static let dash: UInt32 = 0x2D
  private static let longVowel: UInt32 = 0x30FC

  // MARK: - Character by character

  /// Each character's folded form, without spaces beside Japanese ones.
  static func characters(of text: String) -> [UInt32] {
    let table = FoldingTable.shared
    var result: [UInt32] = []
    result.reserveCapacity(text.utf8.count / 2)
    var spaceIsOpen = false
    for scalar in text.unicodeScalars {
      var value = folded(JapaneseNumber.narrowed(scalar).value, table: table)
      if value == dash, let last = result.last, isKana(last) { value = longVowel }
      if value == 0x20 {
        spaceIsOpen = !result.isEmpty
        continue
      }
      if value == 0 { continue }
      if spaceIsOpen {
        spaceIsOpen = false
        if !isJapanese(value), let last = result.last, !isJapanese(last) { result.append(0x20) }
      }
      if value == 0x3005 || value == 0x303B, let last = result.last, isIdeograph(last) {
        result.append(last)
      } else {
        result.append(value)
      }
    }
    return result
  }

  /// One character: 0 for what is left out, a space for every space and control character.
  private static func folded(_ value: UInt32, table: FoldingTable) -> UInt32 {
    switch value {
    case 0x41...0x5A: return value + 0x20
    case 0...0x20, 0x7F...0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F: return 0x20
    case 0x7E, 0x2010...0x2015, 0x2043, 0x2053, 0x2212, 0x223C, 0x223E, 0x2500, 0x2501, 0x301C,
      0x3030, 0x30A0:
      return dash
    case 0x2018, 0x2019: return 0x27
    case 0x201C, 0x201D: return 0x22
    case 0x3001: return 0x2C
    case 0x3002: return 0x2E
    // Marks that no kana took up.
    case 0x3099, 0x309A: return 0
    case 0x25CB, 0x25EF, 0x96F6: return 0x3007
    case 0x30F7...0x30FA: return [0x308F, 0x3044, 0x3048, 0x3092][Int(value - 0x30F7)]
    case 0x30FD, 0x30FE: return value - 0x60
    case 0x30A1...0x30F6: return large(value - 0x60)
    case 0x3041...0x3096: return large(value)
    default: return table[value]
    }
  }

  /// The large kana for a small one; ゕ and ゖ are the counters か and け.
  private static func large(_ hiragana: UInt32) -> UInt32 {
    switch hiragana {
    case 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308E:
      hiragana + 1
    case 0x3090: 0x3044
    case 0x3091: 0x3048
    case 0x3095: 0x304B
    case 0x3096: 0x3051
    default: hiragana
    }
  }

  // MARK: - Numbers

  private static let counters = Set(
    "丁番号条区組班種回期級次年月日線階件戸棟世人町校路街点区".unicodeScalars.map(\.value))

  /// Kanji digits become digits; numbers with multipliers where it is plain that they are numbers.
  static func foldNumerals(_ scalars: inout [UInt32]) {
    guard scalars.contains(where: { isNumeral($0) }) else { return }
    var result: [UInt32] = []
    result.reserveCapacity(scalars.count)
    var index = 0
    while index < scalars.count {
      guard isNumeral(scalars[index]) else {
        result.append(scalars[index])
        index += 1
        continue
      }
      let run = scalars[index...].prefix { isNumeral($0) }
      if let number = number(run, before: result.last, after: scalars[run.endIndex...].first) {
        result += String(number).unicodeScalars.map(\.value)
      } else {
        for value in run { result.append(digit(value, after: result.last) ?? value) }
      }
      index = run.endIndex
    }
    scalars = result
  }

  /// The value of a run with multipliers in its context; nil when its characters stand for themselves.
  private static func number(
    _ run: ArraySlice<UInt32>, before: UInt32?, after: UInt32?
  ) -> Int? {
    let characters = run.compactMap { Unicode.Scalar($0) }
    guard characters.contains(where: { JapaneseNumber.multiplier($0) != nil }) else { return nil }
    if let before, isDigit(before) { return nil }
    // 第
    guard before == 0x7B2C || after.map({ counters.contains($0) }) == true else { return nil }
    return JapaneseNumber.parse(characters[...])
  }

  private static func digit(_ value: UInt32, after last: UInt32?) -> UInt32? {
    guard let scalar = Unicode.Scalar(value), let digit = JapaneseNumber.kanjiDigit(scalar) else {
      return nil
    }
    // 〇 is also a mark and a blank: it counts only inside a number.
    if digit == 0, last.map({ isDigit($0) }) != true { return nil }
    return 0x30 + UInt32(digit)
  }

  // MARK: - What stands between

  /// ー, の, が and か, of which the neighbours decide what they mean.
  static func foldContexts(_ scalars: inout [UInt32]) {
    for index in scalars.indices {
      let before = index > 0 ? scalars[index - 1] : nil
      let after = index + 1 < scalars.count ? scalars[index + 1] : nil
      switch scalars[index] {
      case longVowel:
        guard let before, !isDigit(before), before != dash else {
          scalars[index] = dash
          continue
        }
      // の
      case 0x306E:
        if let before, let after, isDigit(before), isDigit(after) { scalars[index] = dash }
      // が
      case 0x304C:
        if let before, isIdeograph(before), after.map({ isIdeograph($0) }) ?? true {
          scalars[index] = 0x3051
        }
      // か, 箇, 個
      case 0x304B, 0x7B87:
        guard let before, let after else { continue }
        if isDigit(before), countedByKa.contains(after) {
          scalars[index] = 0x3051
        } else if scalars[index] == 0x304B, isIdeograph(before), isIdeograph(after) {
          scalars[index] = 0x3051
        }
      default: continue
      }
    }
  }

  private static let countedByKa = Set("所月国年村町条店寺処".unicodeScalars.map(\.value))

  // MARK: - Kinds of characters

  private static func isDigit(_ value: UInt32) -> Bool { (0x30...0x39).contains(value) }

  private static func isNumeral(_ value: UInt32) -> Bool {
    switch value {
    case 0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341,
      0x767E, 0x5343:
      true
    default: false
    }
  }

  private static func isKana(_ value: UInt32) -> Bool {
    (0x3041...0x3096).contains(value) || (0x309D...0x309E).contains(value) || value == longVowel
  }

  static func isIdeograph(_ value: UInt32) -> Bool {
    (0x4E00...0x9FFF).contains(value) || (0x3400...0x4DBF).contains(value)
      || (0x20000...0x3FFFF).contains(value) || (0xF900...0xFAFF).contains(value)
  }

  private static func isJapanese(_ value: UInt32) -> Bool {
    isIdeograph(value) || (0x3003...0x30FF).contains(value)
  }
}
