import Lettering
import Testing

/// A text, the greatest width in ems, and the lines that it must give.
struct BreakingCase: Sendable, CustomTestStringConvertible {
  let text: String
  let maximum: Double
  let lines: [String]

  init(_ text: String, _ maximum: Double, _ lines: [String]) {
    self.text = text
    self.maximum = maximum
    self.lines = lines
  }

  var testDescription: String { "\(text) in \(maximum) ems" }
}

@Suite struct LineBreakingTests {
  static let cases: [BreakingCase] = [
    .init("若葉野市立中央図書館", 7.0, ["若葉野市立", "中央図書館"]),
    .init("若葉野総合福祉保健センター", 7.0, ["若葉野総合福祉", "保健センター"]),
    .init("県立若葉野高等学校・中等部", 7.0, ["県立若葉野高等", "学校・中等部"]),
    .init("さくら町三丁目", 5.0, ["さくら町", "三丁目"]),
    .init("さくら町三丁目", 4.0, ["さくら町", "三丁目"]),
    .init("さくら町二十一丁目", 6.0, ["さくら町", "二十一丁目"]),
    .init("さくら町2丁目", 5.0, ["さくら町", "2丁目"]),
    .init("さくら町２丁目", 5.0, ["さくら町", "２丁目"]),
    .init("本町１丁目自治会館", 5.0, ["本町１丁目", "自治会館"]),
    .init("若葉野市役所", 5.0, ["若葉野", "市役所"]),
    .init("若葉野市役所。", 5.0, ["若葉野", "市役所。"]),
    .init("若葉野市役所（本庁舎）", 6.0, ["若葉野市役所", "（本庁舎）"]),
    .init("「若葉の森」公園", 4.0, ["「若葉の", "森」公園"]),
    .init("若葉の森・公園", 4.0, ["若葉の", "森・公園"]),
    .init("佐々木医院", 3.0, ["佐々木", "医院"]),
    .init("佐々木医院", 2.0, ["佐々", "木", "医院"]),
    .init("ちょうちん通り", 4.0, ["ちょうち", "ん通り"]),
    .init("コミュニティセンター", 6.0, ["コミュニティ", "センター"]),
    .init("コミュニティーセンター", 5.0, ["コミュニ", "ティーセ", "ンター"]),
    .init("スーパーマーケット若葉", 6.0, ["スーパーマー", "ケット若葉"]),
    .init("国道150号線バイパス", 5.0, ["国道", "150号線", "バイパス"]),
    .init("県道81号焼津森線", 4.0, ["県道81号", "焼津森線"]),
    .init("東海道1-23-4番地", 5.0, ["東海道", "1-23-4番地"]),
    .init("東海道１－２３－４番地", 5.0, ["東海道", "１－２３－４番地"]),
    .init("Wakabano City General Hospital", 7.0, ["Wakabano", "City General", "Hospital"]),
    .init("Wakabano", 2.0, ["Wakabano"]),
    .init("JR若葉野駅北口", 5.0, ["JR若葉", "野駅北口"]),
    .init("3.5m", 1.0, ["3.5m"]),
    .init("1,234人", 2.0, ["1,234人"]),
    .init("60/200 近隣商業", 4.0, ["60/200", "近隣商業"]),
    .init("第2小学校区", 4.0, ["第2", "小学校区"]),
    .init("若葉野市\n市役所", 10.0, ["若葉野市", "市役所"]),
    .init("若葉野市\n\n市役所", 10.0, ["若葉野市", "", "市役所"]),
    .init("", 5.0, [""]),
    .init("あ", 5.0, ["あ"]),
    .init("若葉野", 1.0, ["若", "葉", "野"]),
    .init("。。。", 1.0, ["。。。"]),
    .init("若葉野  中央", 4.0, ["若葉野", "中央"]),
    .init("若葉野市　中央公民館", 6.0, ["若葉野市", "中央公民館"]),
    .init("AEDあり：24時間", 4.0, ["AED", "あり：", "24時間"]),
    .init("消防団第１分団第２部", 5.0, ["消防団", "第１分団", "第２部"]),
    .init("津波避難タワー", 4.0, ["津波避難", "タワー"]),
    .init("……続く……", 3.0, ["……続", "く……"]),
    .init("五十三次記念館", 4.0, ["五十三次", "記念館"]),
    .init("髙﨑㈱Ⅲ号館", 4.0, ["髙﨑㈱", "Ⅲ号館"]),
    .init("旧〒425焼津局", 3.0, ["旧〒", "425", "焼津局"]),
    .init("若葉野市立若葉野北中学校", 7.0, ["若葉野市立若", "葉野北中学校"]),
    .init("とんぼ公園のトイレ", 5.0, ["とんぼ公園", "のトイレ"]),
    .init("ごみ集積所№12", 4.0, ["ごみ集積", "所№12"]),
    .init("市民の森のふれあい広場", 6.0, ["市民の森の", "ふれあい広場"]),
    .init("￥1,000均一", 3.0, ["￥1,000", "均一"]),
    .init("10:30～11:45", 3.0, ["10:30～11:45"]),
    .init("令和５年度浸水", 4.0, ["令和", "５年度", "浸水"]),
    .init("二番町二丁目", 3.0, ["二番町", "二丁目"]),
    .init("100%", 1.0, ["100%"]),
    .init("O'Neill's Pub", 3.0, ["O'Neill's", "Pub"]),
    .init("百万石通り", 3.0, ["百万石", "通り"]),
    .init("大井川鐵道新金谷駅", 5.0, ["大井川鐵道", "新金谷駅"]),
    .init("みなと\n第1駐車場", 5.0, ["みなと", "第1駐車場"]),
    .init("若葉野市立地域子育て支援センターわかば", 8.0, ["若葉野市立地", "域子育て支援", "センターわかば"]),
    .init("若葉野市民体育館・温水プール", 7.0, ["若葉野市民体育", "館・温水プール"]),
    .init("障害者自立支援センターあゆみ", 7.0, ["障害者自立支援", "センターあゆみ"]),
  ]

  @Test("lines are broken by kinsoku, evenly and in as few lines as can be", arguments: cases)
  func breaksByKinsoku(_ example: BreakingCase) {
    let lines = breakLines(example.text, maximumWidthEms: example.maximum)
    #expect(lines.map(\.text) == example.lines)
  }

  @Test("a text without a limit stays in one line")
  func noLimit() {
    for limit in [0, -1, Double.infinity, Double.nan] {
      let lines = breakLines("若葉野市立中央図書館", maximumWidthEms: limit)
      #expect(lines.map(\.text) == ["若葉野市立中央図書館"])
      #expect(lines.map(\.widthMilliEms) == [10_000])
    }
  }

  @Test("widths that are given decide instead of the nominal ones")
  func measuredWidths() {
    let narrow = breakLines(
      "若葉野市", maximumWidthEms: 2, widths: [500, 500, 500, 500])
    #expect(narrow.map(\.text) == ["若葉野市"])
    #expect(narrow.map(\.widthMilliEms) == [2000])
  }

  @Test("nothing is lost, nothing too wide could have been broken", arguments: 0..<300)
  func randomTexts(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("若葉野市町丁目一二12０５-.ー々っょアンタぁあのは、。）（「」・ AbX　№%号")
    let text = String(
      (0..<Int.random(in: 1...30, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      })
    let maximum = Double(Int.random(in: 1...8, using: &random))
    let lines = breakLines(text, maximumWidthEms: maximum)
    let solid = { (text: String) in text.filter { !$0.isWhitespace } }
    #expect(lines.map { solid($0.text) }.joined() == solid(text))
    for (above, below) in zip(lines, lines.dropFirst()) {
      if let last = above.text.last, let first = below.text.first {
        #expect(!"、。）」・ー々っょぁ%-.".contains(first), "\(text) \(lines)")
        #expect(!"（「№".contains(last), "\(text) \(lines)")
        let parts =
          (last.isNumber && first.isNumber && last.isASCII) || (last == "丁" && first == "目")
        #expect(!parts, "\(text) \(lines)")
      }
    }
    for line in lines where Double(line.widthMilliEms) > maximum * 1000 {
      // What is too wide is one piece: broken alone, with the narrowest limit, it stays whole.
      #expect(breakLines(line.text, maximumWidthEms: 0.1).count == 1, "\(text) \(lines)")
    }
  }

  @Test("the balanced lines are no more than the greedy ones", arguments: 0..<100)
  func fewestLines(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("若葉野市ア、ー（）1")
    let text = String(
      (0..<Int.random(in: 1...25, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      })
    let pieces = breakLines(text, maximumWidthEms: 0.1)
    var greedyCount = 1
    var width = 0
    for piece in pieces {
      if width > 0 && width + piece.widthMilliEms > 5000 {
        greedyCount += 1
        width = 0
      }
      width += piece.widthMilliEms
    }
    #expect(breakLines(text, maximumWidthEms: 5).count == greedyCount, "\(text)")
  }
}

@Suite struct HalfWidthTests {
  @Test(
    "digits and Latin letters become half width, other signs only inside numbers",
    arguments: [
      ("１２３", "123"), ("さくら町２丁目", "さくら町2丁目"), ("１－２－３", "1-2-3"), ("ＪＲ若葉野駅", "JR若葉野駅"),
      ("－３", "－３".replacing("３", with: "3")), ("１，２３４．５", "1,234.5"), ("（１）", "（1）"),
      ("ａｂｃ：ｄ", "abc：d"), ("１０：３０", "10:30"), ("若葉野市", "若葉野市"), ("", ""), ("６０／２００", "60/200"),
      ("１－", "1－"),
      ("123-4", "123-4"),
    ])
  func converts(full: String, half: String) {
    #expect(halfWidthDigits(full) == half)
    #expect(halfWidthDigits(half) == half)
  }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) {
    state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 &+ 1
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
