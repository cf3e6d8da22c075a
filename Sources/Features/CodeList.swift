/// A column's closed list of values, prepared for looking up what was written.
struct CodeList: Sendable {
  private let values: Set<String>
  /// Folded meaning to value; nil where two values have the same meaning.
  private let byMeaning: [String: String?]
  private let inOrder: [String]

  init(_ codes: [CodeMeaning]) {
    inOrder = codes.map(\.value)
    values = Set(inOrder)
    var byMeaning: [String: String?] = [:]
    for code in codes {
      for title in [code.title.japanese, code.title.english].compactMap({ $0 }) {
        let folded = TextFolding.fold(title)
        if let known = byMeaning[folded], known != code.value {
          byMeaning[folded] = .some(nil)
        } else {
          byMeaning[folded] = code.value
        }
      }
    }
    self.byMeaning = byMeaning
  }

  func lists(_ value: String) -> Bool { values.contains(value) }

  func value(meaning text: String) -> String? { byMeaning[TextFolding.fold(text)] ?? nil }

  /// The listed value that is the same number (`01`, `1.0`), the same folded text (`ⅲ` for `Ⅲ`), or the
  /// 1 or 0 that a word for yes or no stands for (`○`).
  func value(equalTo text: String) -> String? {
    if let number = Double(text), number.isFinite {
      let equal = inOrder.filter { Double($0) == number }
      if equal.count == 1 { return equal[0] }
    }
    let folded = TextFolding.fold(text)
    let alike = inOrder.filter { TextFolding.fold($0) == folded }
    if alike.count == 1 { return alike[0] }
    guard let flag = BooleanWords.value(of: text.lowercased()) else { return nil }
    let value = flag ? "1" : "0"
    return values.contains(value) ? value : nil
  }
}

/// Words for yes and no.
enum BooleanWords {
  private static let yes: Set<String> = [
    "1", "true", "t", "yes", "y", "on", "○", "〇", "◯", "◎", "●", "✓", "✔", "レ", "有", "有り", "あり",
    "はい",
    "可", "該当", "真", "済",
  ]
  private static let no: Set<String> = [
    "0", "false", "f", "no", "n", "off", "×", "✕", "✗", "x", "無", "無し", "なし", "いいえ", "否", "不可",
    "非該当",
    "偽", "未",
  ]

  /// - Parameter word: narrowed and in lower case.
  static func value(of word: String) -> Bool? {
    if yes.contains(word) { return true }
    return no.contains(word) ? false : nil
  }
}
