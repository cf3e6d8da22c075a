/// Where a Japanese line may end: the rules of 禁則処理 for labels.
///
/// Source: JIS X 4051 and the W3C note "Requirements for Japanese Text Layout" (3.1.7, 3.1.8), with what a
/// map adds: numbers with their counters, and 丁目, stay whole.
enum Kinsoku {
  /// How much worse than an even line a break at a place is, in squared ems; nil where none is allowed.
  typealias Penalty = Int?

  /// 行頭禁則: closing brackets, stops, middle dots, repeat marks, the long bar, small kana.
  private static let neverFirst = Set(
    "、。，．,.・･:;：；?!？！‼⁇⁈⁉”’)）]］}｝〕〉》」』】〙〗｠»〟ーｰ々〻ゝゞヽヾ゛゜ﾞﾟ-－‐–—〜～゠…‥％%‰℃°′″"
      + "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ")
  /// 行末禁則: opening brackets and signs that belong to the number after them.
  private static let neverLast = Set("“‘(（[［{｛〔〈《「『【〘〖｟«〝＃#￥¥＄$№第")
  /// What may stand inside a number or between a number and its parts: 12-3, 1:2,500, 3.5.
  private static let numberSigns = Set("-－‐−‑.．,，:：/／~～〜×+±のノ")
  /// Counters and units, never parted from the number before them.
  private static let counters = Set(
    "丁番号地街区条線年月日時分秒階級件人台棟戸世帯歳円回個本校組班割合次期型種級mMkKcC㎡㎢㎥㎞㎝㎜％%‰℃°度")
  private static let kanjiNumerals = Set("〇一二三四五六七八九十百千")

  /// The penalties of a break after each character of `text` but the last.
  static func penalties(_ text: [Character]) -> [Penalty] {
    guard text.count > 1 else { return [] }
    return text.indices.dropLast().map { penalty(text, after: $0) }
  }

  private static func penalty(_ text: [Character], after index: Int) -> Penalty {
    let left = text[index]
    let right = text[index + 1]
    if left == "\u{00A0}" || right == "\u{00A0}" || right == "\u{2060}" || left == "\u{2060}" {
      return nil
    }
    // Spaces hang at the line's end, so the break lies after the last of them.
    if isSpace(right) { return nil }
    let leftSolid = text[...index].last { !isSpace($0) }
    if neverFirst.contains(right) || leftSolid.map(neverLast.contains) ?? false { return nil }
    if left == "\u{200B}" || isSpace(left) { return 0 }
    if isInsideWord(left, right) || isInsideNumber(text, after: index) { return nil }
    if isInsideChome(text, after: index) { return nil }
    if left == right && "…‥―─".contains(left) { return nil }
    return preference(text, after: index)
  }

  private static func isSpace(_ character: Character) -> Bool {
    character == " " || character == "\u{3000}" || character == "\t"
  }

  /// Latin, Greek and Cyrillic letters with the marks that hold a word together.
  private static func isInsideWord(_ left: Character, _ right: Character) -> Bool {
    func isWordPart(_ character: Character) -> Bool {
      isWesternLetter(character) || isDigit(character) || "'’-&@_./+#".contains(character)
    }
    return isWordPart(left) && isWordPart(right)
  }

  private static func isInsideNumber(_ text: [Character], after index: Int) -> Bool {
    let left = text[index]
    let right = text[index + 1]
    if isDigit(left) && (isDigit(right) || counters.contains(right)) { return true }
    if isDigit(left) && numberSigns.contains(right) { return true }
    if numberSigns.contains(left) && isDigit(right) && index > 0 { return isDigit(text[index - 1]) }
    // 番地, 号線, 街区: the second half of a counter of two characters.
    let pairs: Set<String> = ["番地", "号線", "号棟", "号室", "街区", "世帯", "年度", "年生", "ヶ所", "か所", "箇所"]
    return index > 0 && isDigit(text[index - 1]) && pairs.contains(String([left, right]))
  }

  /// 一丁目, 2丁目: the numeral and both characters hold together.
  private static func isInsideChome(_ text: [Character], after index: Int) -> Bool {
    let left = text[index]
    let right = text[index + 1]
    if left == "丁" && right == "目" { return true }
    guard isDigit(left) || kanjiNumerals.contains(left) else { return false }
    if right == "丁" { return true }
    return isBeforeChome(text, after: index)
  }

  /// Words of place names that are badly parted.
  private static let words: [[Character]] = [
    "小学校", "中学校", "高等学校", "大学", "図書館", "公民館", "体育館", "市役所", "保育園", "幼稚園", "こども園", "消防署",
    "消防団", "警察署", "郵便局", "公園", "病院", "医院", "広場", "会館", "集会所", "駐車場", "集積所", "交差点", "自治会", "センター",
    "団地", "通り", "神社",
  ].map(Array.init)
  /// Endings of names: well parted after, badly before.
  private static let endings = Set("町市区村郡県駅川橋山線館園校院局署所店寺社宮台丘島港道立部")

  /// How badly a permitted break reads: 0 after a sign or a phrase, more inside a word.
  private static func preference(_ text: [Character], after index: Int) -> Int {
    let left = text[index]
    let right = text[index + 1]
    if neverFirst.contains(left) && !isKana(left) && left != "々" { return 0 }
    if neverLast.contains(right) { return 0 }
    if isInsideListedWord(text, after: index) { return 6 }
    switch (script(left), script(right)) {
    case (.katakana, .katakana): return 6
    case (.hiragana, .hiragana):
      // の behind a noun ends a phrase; elsewhere it may be part of a word.
      return left == "の" && index > 0 && script(text[index - 1]) != .hiragana ? 0 : 4
    case (.ideograph, .hiragana): return right == "の" ? 3 : 4
    case (_, .ideograph) where endings.contains(right): return 3
    case (.hiragana, _): return 0
    case (.ideograph, .ideograph):
      return endings.contains(left) || isBeforeChome(text, after: index) ? 1 : 2
    default: return 1
    }
  }

  private static func isInsideListedWord(_ text: [Character], after index: Int) -> Bool {
    words.contains { word in
      (1..<word.count).contains { split in
        let start = index + 1 - split
        return start >= 0 && start + word.count <= text.count
          && text[start..<(start + word.count)].elementsEqual(word)
      }
    }
  }

  /// Before the numeral of a 丁目.
  private static func isBeforeChome(_ text: [Character], after index: Int) -> Bool {
    var next = index + 1
    while next < text.count, isDigit(text[next]) || kanjiNumerals.contains(text[next]) { next += 1 }
    return next > index + 1 && next < text.count && text[next] == "丁"
  }

  private enum Script { case hiragana, katakana, ideograph, western, other }

  private static func script(_ character: Character) -> Script {
    guard let value = character.unicodeScalars.first?.value else { return .other }
    switch value {
    case 0x3041...0x309F: return .hiragana
    case 0x30A0...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: return .katakana
    case 0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
      return .ideograph
    default: return isWesternLetter(character) || isDigit(character) ? .western : .other
    }
  }

  private static func isKana(_ character: Character) -> Bool {
    script(character) == .hiragana || script(character) == .katakana
  }

  private static func isWesternLetter(_ character: Character) -> Bool {
    guard let scalar = character.unicodeScalars.first, scalar.properties.isAlphabetic else {
      return false
    }
    return scalar.value < 0x0530 || (0x1E00...0x1FFF).contains(scalar.value)
      || (0xFF21...0xFF5A).contains(scalar.value)
  }

  private static func isDigit(_ character: Character) -> Bool {
    character.unicodeScalars.first.map { Lettering.isDigit($0) } ?? false
  }
}
