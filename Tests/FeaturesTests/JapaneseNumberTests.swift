import Features
import Testing

@Suite struct JapaneseNumberTests {
  @Test(
    "reads digits of every width and kanji with and without multipliers",
    arguments: [
      ("0", 0), ("12", 12), ("１２", 12), ("一二", 12), ("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23),
      ("三〇", 30), ("二〇二三", 2023), ("百", 100), ("百一", 101), ("千二百", 1200), ("三千四百五十六", 3456),
      ("一万", 10_000), ("十二万三千", 123_000), ("1万2千", 12_000), ("2千", 2000), ("零", 0),
      ("999999999", 999_999_999), ("千万", 10_000_000),
    ])
  func reads(written: String, value: Int) {
    #expect(JapaneseNumber.parse(written) == value)
  }

  @Test(
    "refuses what is no number or leaves doubt",
    arguments: ["", "十百", "12十", "一二十", "万", "a", "1.5", "-1", "一万二万", "9999999999", "十十", "億"])
  func refuses(written: String) {
    #expect(JapaneseNumber.parse(written) == nil)
  }

  @Test("agrees with its own spelling up to 9999")
  func roundTrip() {
    let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
    func part(_ value: Int, _ unit: String) -> String {
      value == 0 ? "" : value == 1 && !unit.isEmpty ? unit : digits[value] + unit
    }
    for number in 1...9999 {
      let written =
        part(number / 1000, "千") + part(number / 100 % 10, "百") + part(number / 10 % 10, "十")
        + part(number % 10, "")
      #expect(JapaneseNumber.parse(written) == number)
    }
  }
}
