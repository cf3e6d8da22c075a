import Features
import Testing

@Suite struct TextFoldingTests {
  static let table: [(String, String)] = [
    // ASCII and width
    ("", ""), ("abc", "abc"), ("ABC", "abc"), ("ＡＢＣ１２３", "abc123"), ("LED", "led"),
    ("  a   b ", "a b"),
    ("a\tb\nc", "a b c"), ("Wakabano City", "wakabano city"), ("１０～１２", "10-12"), ("（株）", "(株)"),
    ("㈱若葉", "(株)若葉"), ("①", "1"), ("Ⅲ", "iii"), ("ⅲ", "iii"), ("㎡", "m2"), ("№５", "no5"),
    ("ﬁ", "fi"),
    ("Straße", "strasse"), ("É", "é"), ("e\u{301}", "é"), ("㍻", "平成"), ("㌢", "せんち"),
    // Kana
    ("カーブミラー", "かーぶみらー"), ("ｶｰﾌﾞﾐﾗｰ", "かーぶみらー"), ("かーぶみらー", "かーぶみらー"), ("ｶﾞｰﾄﾞ", "がーど"),
    ("がーど", "がーど"), ("か\u{3099}", "が"), ("か゛", "が"), ("キャノン", "きやのん"), ("四ッ谷", "4つ谷"),
    ("四ツ谷", "4つ谷"), ("四つ谷", "4つ谷"), ("ヴ", "ゔ"), ("ゐゑ", "いえ"), ("ヰヱ", "いえ"), ("ヷ", "わ"),
    ("いすゞ", "いすゞ"), ("イスヾ", "いすゞ"),
    // Dashes
    ("1-2", "1-2"), ("1－2", "1-2"), ("1−2", "1-2"), ("1‐2", "1-2"), ("1―2", "1-2"), ("1ー2", "1-2"),
    ("1ｰ2", "1-2"), ("1–2", "1-2"), ("1─2", "1-2"), ("月〜金", "月-金"), ("月～金", "月-金"), ("月~金", "月-金"),
    ("センタ－", "せんたー"), ("ｾﾝﾀ-", "せんたー"), ("センター", "せんたー"), ("A-3", "a-3"), ("ーあ", "-あ"),
    ("1ーー2", "1--2"), ("1の2", "1-2"), ("二の三", "2-3"), ("一ノ宮", "1の宮"), ("一の宮", "1の宮"),
    // Ideographs
    ("髙橋", "高橋"), ("山﨑", "山崎"), ("渡邊", "渡辺"), ("渡邉", "渡辺"), ("藤澤", "藤沢"), ("廣瀨", "広瀬"),
    ("國", "国"), ("櫻井", "桜井"), ("𠮷野", "吉野"), ("嶋", "島"), ("龍ケ崎", "竜け崎"), ("瀧", "滝"), ("舘", "館"),
    ("鹽竈", "塩竈"), ("桒", "桑"), ("濵", "浜"), ("⽯", "石"), ("⻲", "亀"), ("⻫", "斉"), ("⼭", "山"),
    ("神\u{FE00}", "神"), ("葛\u{E0100}", "葛"), ("神", "神"), ("佐々木", "佐佐木"), ("佐佐木", "佐佐木"),
    ("代々木", "代代木"), ("二々", "22"),
    // ヶ and its like
    ("緑が丘", "緑け丘"), ("緑ヶ丘", "緑け丘"), ("緑ケ丘", "緑け丘"), ("緑ガ丘", "緑け丘"), ("緑が", "緑け"),
    ("霞ヵ関", "霞け関"), ("3か所", "3け所"), ("３カ所", "3け所"), ("三ヶ所", "3け所"), ("3箇所", "3け所"),
    ("がけ崩れ", "がけ崩れ"), ("裏がけ", "裏がけ"), ("都市ガス", "都市がす"), ("雨がやむ", "雨がやむ"),
    // Numbers
    ("三丁目", "3丁目"), ("３丁目", "3丁目"), ("十二丁目", "12丁目"), ("二十三番地", "23番地"), ("三〇番", "30番"),
    ("第一種", "第1種"), ("第１種", "第1種"), ("第６", "第6"), ("第十", "第10"), ("第二十三回", "第23回"),
    ("八千代", "8千代"), ("千代田", "千代田"), ("百合", "百合"), ("五十嵐", "5十嵐"), ("二〇二三年", "2023年"),
    ("二○二三年", "2023年"), ("二零二三", "2023"), ("○○市", "〇〇市"), ("〇", "〇"), ("零戦", "〇戦"),
    ("緑が丘三丁目第２集積所", "緑け丘3丁目第2集積所"),
    // Spaces
    ("緑が丘 三丁目", "緑け丘3丁目"), ("緑が丘　三丁目", "緑け丘3丁目"), ("市道 11 号", "市道11号"), ("A 棟", "a棟"),
    ("Aoba Park 公園", "aoba park公園"), ("若葉\u{200B}川", "若葉川"), ("\u{FEFF}若葉", "若葉"), ("　若葉　", "若葉"),
    ("、。", ",."), ("“あ”", "\"あ\""),
  ]

  @Test("folds every form to the one that is compared", arguments: table)
  func folds(text: String, expected: String) {
    #expect(TextFolding.fold(text) == expected)
  }

  @Test("a folded text folds to itself", arguments: table)
  func isIdempotent(text: String, expected: String) {
    #expect(TextFolding.fold(TextFolding.fold(text)) == TextFolding.fold(text))
  }

  @Test("folds every single character to what folds to itself")
  func everyCharacter() {
    for value in UInt32(0)..<0x32000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let once = TextFolding.fold(String(scalar))
      let twice = TextFolding.fold(once)
      #expect(once.utf8.elementsEqual(twice.utf8), "U+\(String(value, radix: 16))")
    }
  }

  @Test("folds random mixtures to what folds to itself", arguments: 0..<40)
  func mixtures(seed: UInt64) {
    let pool = Array(
      ("09aZ -~ー－〜がかヶヵケガのノ々〇零○一三十百千第丁目番所箇個年山高髙﨑邊ゃャッ、　"
        + "\u{3099}\u{309A}゛゜\u{301}ｶﾞﾞｰ⽯⻲①Ⅲ㈱ßİΣǰ\u{345}ﬃ가ᄀ\u{1161}\u{11A8}\u{FE00}\u{200B}神ヷ")
        .unicodeScalars)
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    for _ in 0..<1500 {
      var scalars = String.UnicodeScalarView()
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for _ in 0..<Int(state >> 60) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        scalars.append(pool[Int((state >> 33) % UInt64(pool.count))])
      }
      let text = String(scalars)
      let once = TextFolding.fold(text)
      let twice = TextFolding.fold(once)
      let codes = scalars.map { String($0.value, radix: 16) }
      #expect(once.utf8.elementsEqual(twice.utf8), "\(text) \(codes) \(once) \(twice)")
    }
  }

  @Test("lists each ideograph in one group of variants and folds it to the first")
  func variants() {
    var seen: Set<Unicode.Scalar> = []
    var pairCount = 0
    for group in FoldingTable.variants.split(whereSeparator: \.isWhitespace) {
      let target = String(group.unicodeScalars.prefix(1))
      for scalar in group.unicodeScalars {
        #expect(seen.insert(scalar).inserted, "\(scalar) stands twice")
        let folded = TextFolding.fold(String(scalar))
        #expect(folded == target, "\(scalar)")
      }
      pairCount += group.unicodeScalars.count - 1
    }
    #expect(pairCount >= 500)
  }

  @Test("folds every radical to an ideograph")
  func radicals() {
    for value in UInt32(0x2E80)...0x2FD5 {
      guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory == .otherSymbol,
        value != 0x2E80
      else { continue }
      let folded = TextFolding.fold(String(scalar)).unicodeScalars
      #expect(folded.count == 1)
      #expect(folded.first.map { !(0x2E80...0x2FDF).contains($0.value) } == true, "\(scalar)")
    }
  }

  @Test("a search that ends inside a name finds it")
  func prefixesAreFound() {
    let name = TextFolding.fold("緑が丘三丁目第２集積所")
    for query in ["緑", "緑が", "緑ヶ丘", "緑が丘三", "緑が丘3丁", "ミドリ", "第二", "第２集積"] {
      #expect(name.contains(TextFolding.fold(query)) == (query != "ミドリ"), "\(query)")
    }
  }

  @Test("folds case in NFC, and takes accents off but not voicing marks")
  func caseAndAccents() {
    #expect(TextFolding.foldCase("STRASSE Straße") == "strasse strasse")
    #expect(TextFolding.foldCase("ＡＢＣ") == "ａｂｃ")
    #expect(TextFolding.withoutAccents("Chișinău é") == "Chisinau e")
    let kana = "がぎパピ"
    #expect(TextFolding.withoutAccents(kana).utf8.elementsEqual(kana.utf8))
    #expect(TextFolding.withoutAccents("が").utf8.count == 3)
    #expect(TextFolding.withoutAccents("abc") == "abc")
  }
}
