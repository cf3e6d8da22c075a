/// Where a Japanese line may end: the rules of 禁則処理 for labels.
///
/// Source: JIS X 4051 and the W3C note "Requirements for Japanese Text Layout" (3.1.7, 3.1.8), with what a
/// map adds: numbers with their counters, and 丁目, stay whole.
struct Kinsoku {
  private let scalars: [Unicode.Scalar]
  private let traits: [CharacterTraits]
  private let scripts: [Script]
  /// Whether the place after a character lies inside of a listed word.
  private let isInsideWord: [Bool]

  /// The penalties of a break after each character of `text` but the last: how much worse than an even
  /// line it is, in squared ems; nil where none is allowed.
  static func penalties(_ text: [Character]) -> [Int?] {
    guard text.count > 1 else { return [] }
    let rules = Kinsoku(text)
    return (0..<(text.count - 1)).map { rules.penalty(after: $0) }
  }

  private init(_ text: [Character]) {
    // What a character begins with decides; the rest are marks on it.
    scalars = text.map { $0.unicodeScalars.first ?? " " }
    scripts = scalars.map { Script(of: $0) }
    traits = zip(scalars, scripts).map { CharacterTraits(of: $0, in: $1) }
    isInsideWord = PlaceWords.insides(of: scalars)
  }

  private func penalty(after index: Int) -> Int? {
    let left = traits[index]
    let right = traits[index + 1]
    if left.contains(.glue) || right.contains(.glue) { return nil }
    // Spaces hang at the line's end, so the break lies after the last of them.
    if right.contains(.space) || right.contains(.neverFirst) { return nil }
    let lastSolid = traits[...index].last { !$0.contains(.space) }
    if let lastSolid, lastSolid.contains(.neverLast) { return nil }
    if left.contains(.space) { return 0 }
    if left.contains(.wordPart) && right.contains(.wordPart) { return nil }
    if isInsideNumber(after: index) || isInsideChome(after: index) { return nil }
    if left.contains(.leader) && scalars[index] == scalars[index + 1] { return nil }
    return preference(after: index)
  }

  private func isInsideNumber(after index: Int) -> Bool {
    let left = traits[index]
    let right = traits[index + 1]
    if left.contains(.digit) {
      return right.contains(.digit) || right.contains(.counter) || right.contains(.numberSign)
    }
    guard index > 0, traits[index - 1].contains(.digit) else { return false }
    if left.contains(.numberSign) && right.contains(.digit) { return true }
    return PlaceWords.counters.contains([scalars[index], scalars[index + 1]])
  }

  /// 一丁目, 2丁目: the numeral and both characters hold together.
  private func isInsideChome(after index: Int) -> Bool {
    if scalars[index] == "丁" && scalars[index + 1] == "目" { return true }
    guard traits[index].contains(.numeral) else { return false }
    return scalars[index + 1] == "丁" || isBeforeChome(after: index)
  }

  /// Before the numeral of a 丁目.
  private func isBeforeChome(after index: Int) -> Bool {
    var next = index + 1
    while next < traits.count, traits[next].contains(.numeral) { next += 1 }
    return next > index + 1 && next < traits.count && scalars[next] == "丁"
  }

  /// How badly a permitted break reads: 0 after a sign or a phrase, more inside a word.
  private func preference(after index: Int) -> Int {
    let isKana = scripts[index] == .hiragana || scripts[index] == .katakana
    if traits[index].contains(.neverFirst) && !isKana && scalars[index] != "々" { return 0 }
    if traits[index + 1].contains(.neverLast) { return 0 }
    if isInsideWord[index] { return 6 }
    switch (scripts[index], scripts[index + 1]) {
    case (.katakana, .katakana): return 6
    case (.hiragana, .hiragana):
      // の behind a noun ends a phrase; elsewhere it may be part of a word.
      let endsPhrase = scalars[index] == "の" && index > 0 && scripts[index - 1] != .hiragana
      return endsPhrase ? 0 : 4
    case (.ideograph, .hiragana): return scalars[index + 1] == "の" ? 3 : 4
    case (_, .ideograph) where traits[index + 1].contains(.ending): return 3
    case (.hiragana, _): return 0
    case (.ideograph, .ideograph):
      return traits[index].contains(.ending) || isBeforeChome(after: index) ? 1 : 2
    default: return 1
    }
  }
}

/// What the rules ask of a character.
private struct CharacterTraits: OptionSet {
  let rawValue: UInt16

  init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// 行頭禁則 and 行末禁則.
  static let neverFirst = CharacterTraits(rawValue: 1 << 0)
  static let neverLast = CharacterTraits(rawValue: 1 << 1)
  /// May stand inside a number or between a number and its parts: 12-3, 1:2,500, 3.5.
  static let numberSign = CharacterTraits(rawValue: 1 << 2)
  /// Counters and units, never parted from the number before them.
  static let counter = CharacterTraits(rawValue: 1 << 3)
  /// Digits and the numerals 一 to 千.
  static let numeral = CharacterTraits(rawValue: 1 << 4)
  static let digit = CharacterTraits(rawValue: 1 << 5)
  /// Endings of names: well parted after, badly before.
  static let ending = CharacterTraits(rawValue: 1 << 6)
  static let space = CharacterTraits(rawValue: 1 << 7)
  /// Forbids a break on either side.
  static let glue = CharacterTraits(rawValue: 1 << 8)
  /// Letters, digits and the signs that hold a Latin word together.
  static let wordPart = CharacterTraits(rawValue: 1 << 9)
  /// Never parted from another of its kind.
  static let leader = CharacterTraits(rawValue: 1 << 10)

  init(of scalar: Unicode.Scalar, in script: Script) {
    self = Self.listed[scalar] ?? []
    if isDigit(scalar) { formUnion([.digit, .numeral]) }
    if script == .western { formUnion(.wordPart) }
  }

  private static let listed: [Unicode.Scalar: CharacterTraits] = {
    let lists: [(CharacterTraits, String)] = [
      (
        .neverFirst,
        "、。，．,.・･:;：；?!？！‼⁇⁈⁉”’)）]］}｝〕〉》」』】〙〗｠»〟ーｰ々〻ゝゞヽヾ゛゜ﾞﾟ-－‐–—〜～゠…‥％%‰℃°′″"
          + "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ"
      ),
      (.neverLast, "“‘(（[［{｛〔〈《「『【〘〖｟«〝＃#￥¥＄$№第"),
      (.numberSign, "-－‐−‑.．,，:：/／~～〜×+±のノ"),
      (
        .counter,
        "丁番号地街区条線年月日時分秒階級件人台棟戸世帯歳円回個本校組班割合次期型種mMkKcC㎡㎢㎥㎞㎝㎜％%‰℃°度"
      ),
      (.numeral, "〇一二三四五六七八九十百千"),
      (.ending, "町市区村郡県駅川橋山線館園校院局署所店寺社宮台丘島港道号立部"),
      (.space, " \u{3000}\t\u{200B}"),
      (.glue, "\u{A0}\u{202F}\u{2060}\u{FEFF}"),
      (.wordPart, "'’-&@_./+#"),
      (.leader, "…‥―─"),
    ]
    var listed: [Unicode.Scalar: CharacterTraits] = [:]
    for (trait, characters) in lists {
      for scalar in characters.unicodeScalars { listed[scalar, default: []].formUnion(trait) }
    }
    return listed
  }()
}

/// Letters and digits by their kind of writing.
private enum Script {
  case hiragana, katakana, ideograph, western, other

  init(of scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x3041...0x309F: self = .hiragana
    case 0x30A0...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: self = .katakana
    case 0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
      self = .ideograph
    case 0..<0x0530, 0x1E00...0x1FFF, 0xFF10...0xFF19, 0xFF21...0xFF5A:
      self = isDigit(scalar) || scalar.properties.isAlphabetic ? .western : .other
    default: self = .other
    }
  }
}

/// Words of place names that are badly parted.
private enum PlaceWords {
  private static let words: [Unicode.Scalar: [[Unicode.Scalar]]] = {
    let words = [
      "小学校", "中学校", "高等学校", "大学", "図書館", "公民館", "体育館", "市役所", "保育園", "幼稚園", "こども園", "消防署",
      "消防団", "警察署", "郵便局", "公園", "病院", "医院", "広場", "会館", "集会所", "駐車場", "集積所", "交差点", "自治会", "センター",
      "団地", "通り", "神社",
    ].map { Array($0.unicodeScalars) }
    return Dictionary(grouping: words) { $0[0] }
  }()

  /// The second halves of counters of two characters.
  static let counters: Set<[Unicode.Scalar]> = Set(
    ["番地", "号線", "号棟", "号室", "街区", "世帯", "年度", "年生", "ヶ所", "か所", "箇所"].map {
      Array($0.unicodeScalars)
    })

  /// For each place after a scalar, whether it lies inside of a listed word.
  static func insides(of text: [Unicode.Scalar]) -> [Bool] {
    var insides = [Bool](repeating: false, count: text.count)
    for start in text.indices {
      guard let candidates = words[text[start]] else { continue }
      for word in candidates where text[start...].starts(with: word) {
        for index in start..<(start + word.count - 1) { insides[index] = true }
      }
    }
    return insides
  }
}
