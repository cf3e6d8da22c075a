import Testing

@testable import Lettering

@Suite(.enabled(if: Fonts.isInstalled, Fonts.missing)) struct SettledGlyphTests {
  private let quick: Letterer
  private let slow: Letterer

  init() throws {
    let fonts = try #require(Fonts.standard)
    quick = Letterer(fonts, setsSingly: true)
    slow = Letterer(fonts, setsSingly: false)
  }

  private static func styles() -> [TextStyle] {
    [TextStyle.Direction.horizontal, .vertical].flatMap { direction in
      [
        TextStyle(pixels: 12, direction: direction),
        TextStyle(pixels: 10.5, letterSpacingEms: 0.15, direction: direction),
      ]
    }
  }

  @Test("every character alone is set as HarfBuzz sets it")
  func singles() {
    for style in Self.styles() {
      for value in UInt32(0)..<0x33100 {
        guard let scalar = Unicode.Scalar(value) else { continue }
        let text = String(scalar)
        guard let line = quick.shapeSettled(text, style: style, font: 0) else { continue }
        guard line != slow.shape(text, style: style) else { continue }
        Issue.record("U+\(String(value, radix: 16)) in \(style)")
      }
    }
  }

  @Test("random names are set as HarfBuzz sets them", arguments: styles())
  func names(style: TextStyle) {
    var random = SystemRandomNumberGenerator()
    let common = Array(
      "若葉野市町丁目公園小学校ーアカガキトハバプツップさくらがかきけこ々ヶ（）「」・、。0123456789０１２３-/.:ABfilx ゛ﾊﾟㇷ゚か゚１／２㈱髙﨑~"
        .unicodeScalars)
    for _ in 0..<5000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 1...9, using: &random) {
        let isCommon = Int.random(in: 0..<4, using: &random) > 0
        let any = Unicode.Scalar(UInt32.random(in: 0x20..<0x33000, using: &random)) ?? "町"
        text.append(isCommon ? common.randomElement(using: &random) ?? "町" : any)
      }
      let whole = String(text)
      guard quick.shape(whole, style: style) != slow.shape(whole, style: style) else { continue }
      Issue.record("\(whole) in \(style)")
    }
  }

  @Test("names in kanji, kana and digits need no look at neighbours")
  func common() {
    for text in ["若葉野市", "かきつばた公園", "マートドラッグ", "12-3", "中央通り", "1234"] {
      #expect(quick.shapeSettled(text, style: TextStyle(pixels: 12), font: 0) != nil, "\(text)")
    }
    let column = TextStyle(pixels: 12, direction: .vertical)
    for text in ["若葉野市", "かきつばた公園", "マートドラッグ", "（中央）"] {
      #expect(quick.shapeSettled(text, style: column, font: 0) != nil, "\(text)")
    }
  }

  @Test("what joins its neighbours is left to HarfBuzz")
  func joining() {
    for text in ["か\u{309A}", "ﾊﾟ", "e\u{301}", "\u{200D}", "葛\u{E0100}", "\u{10FFFF}"] {
      #expect(quick.shapeSettled(text, style: TextStyle(pixels: 12), font: 0) == nil, "\(text)")
    }
  }

  @Test("an em that is no power of two is scaled alike")
  func scale() {
    for units in [1000, 1024, 2048, 2000] {
      let scale = UnitScale(size: 3072, unitsPerEm: units)
      for value in -5000...5000 {
        #expect(scale.scaled(value) == scaleUnits(value, size: 3072, unitsPerEm: units))
      }
    }
  }
}
