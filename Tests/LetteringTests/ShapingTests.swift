import Lettering
import Testing

@Suite(.enabled(if: Fonts.isInstalled, Fonts.missing)) struct ShapingTests {
  @Test("a town's name stands in whole ems, from exact font units")
  func golden() throws {
    let text = try Fonts.letterer().shape("若葉野市", style: TextStyle(pixels: 12))
    #expect(text.glyphs.map(\.id) == [2085, 3669, 3600, 1976])
    #expect(text.glyphs.map(\.x) == [0, 3072, 6144, 9216])
    #expect(text.glyphs.map(\.y) == [0, 0, 0, 0])
    #expect(text.advance == 12288)
    #expect(text.ascent == 2703 && text.descent == 369)
    #expect(text.ink == TextBox(minX: 141, minY: -2550, maxX: 12089, maxY: 216))
  }

  @Test("signs that other systems lack are glyphs of the standard font")
  func vendorCharacters() throws {
    let letterer = try Fonts.letterer()
    let text = letterer.shape("～①㈱髙﨑Ⅲ", style: TextStyle(pixels: 12))
    #expect(text.glyphs.map(\.id) == [431, 7276, 7332, 8073, 8576, 7298])
    #expect(text.glyphs.map(\.x) == [0, 3072, 6144, 9216, 12288, 15360])
    #expect(letterer.missingCharacters(in: "～①㈱髙﨑Ⅲ").isEmpty)
  }

  @Test("Latin text is kerned as the font says and its advances do not drift")
  func latin() throws {
    let text = try Fonts.letterer().shape("123-4", style: TextStyle(pixels: 12))
    #expect(text.glyphs.map(\.id) == [20, 21, 22, 16, 23])
    #expect(text.glyphs.map(\.x) == [0, 1935, 3870, 5805, 6905])
    #expect(text.advance == 8840)
    let long = try Fonts.letterer().shape(
      String(repeating: "A", count: 1000), style: TextStyle(pixels: 12))
    // 1,305 of 2,048 units each: the sum is rounded, not the parts.
    #expect(abs(Int(long.advance) - 1000 * 1305 * 3072 / 2048) <= 1)
  }

  @Test("places scale with the size", arguments: [9, 10, 11, 12, 13, 14, 15, 16, 24, 32])
  func sizes(pixels: Int) throws {
    let text = try Fonts.letterer().shape("若葉野市123", style: TextStyle(pixels: Double(pixels)))
    let twice = try Fonts.letterer().shape("若葉野市123", style: TextStyle(pixels: Double(2 * pixels)))
    for (one, two) in zip(text.glyphs, twice.glyphs) { #expect(abs(2 * one.x - two.x) <= 1) }
  }

  @Test("letter spacing stands between characters, not behind the last")
  func letterSpacing() throws {
    let letterer = try Fonts.letterer()
    let text = letterer.shape("若葉野市", style: TextStyle(pixels: 10, letterSpacingEms: 0.2))
    #expect(text.glyphs.map(\.x) == [0, 3072, 6144, 9216])
    #expect(text.advance == 9216 + 2560)
    // Parts of one character are not spaced.
    let voiced = letterer.shape("ﾊﾟ", style: TextStyle(pixels: 10, letterSpacingEms: 0.2))
    #expect(voiced.advance == 2560)
  }

  @Test("a combining mark is composed with its letter")
  func combining() throws {
    let letterer = try Fonts.letterer()
    let style = TextStyle(pixels: 12)
    #expect(
      letterer.shape("か\u{3099}", style: style).glyphs.map(\.id)
        == letterer.shape("が", style: style).glyphs.map(\.id))
    #expect(letterer.missingCharacters(in: "か\u{3099}葛\u{E0100}").isEmpty)
  }

  @Test("vertical writing takes the vertical forms, upright and centred")
  func verticalForms() throws {
    let letterer = try Fonts.letterer()
    let across = letterer.shape("ー、（）", style: TextStyle(pixels: 12))
    let down = letterer.shape("ー、（）", style: TextStyle(pixels: 12, direction: .vertical))
    #expect(across.glyphs.map(\.id) == [426, 400, 440, 441])
    #expect(down.glyphs.map(\.id) == [7477, 7473, 7485, 7486])
    #expect(down.glyphs.map(\.x) == [-1536, -1536, -1536, -1536])
    #expect(down.glyphs.map(\.y) == [2703, 5775, 8847, 11919])
    #expect(down.advance == 12288)
    #expect(down.box == TextBox(minX: -1536, minY: 0, maxX: 1536, maxY: 12288))
    // Ideographs have no other form; digits stand upright in the middle.
    let mixed = letterer.shape("市1", style: TextStyle(pixels: 12, direction: .vertical))
    #expect(mixed.glyphs.map(\.id) == [1976, 20])
    #expect(mixed.glyphs.map(\.x) == [-1536, -967])
  }

  @Test("characters that no font has are named once, take no room and draw nothing")
  func missingCharacters() throws {
    let letterer = try Fonts.letterer()
    #expect(letterer.missingCharacters(in: "森\u{E05A}川\u{E05A}👍 \n\u{200B}") == ["\u{E05A}", "👍"])
    #expect(letterer.missingCharacters(in: "") == [])
    let style = TextStyle(pixels: 12)
    let with = letterer.shape("森\u{E05A}川", style: style)
    #expect(with.glyphs.map(\.id) == letterer.shape("森川", style: style).glyphs.map(\.id))
    #expect(with.advance == 2 * 3072)
    let alone = letterer.shape("\u{E05A}", style: style)
    #expect(alone.glyphs.isEmpty && alone.advance == 0 && alone.ink == nil)
  }

  @Test("what the first font lacks is taken from the next, and the line goes on behind it")
  func fallback() throws {
    let latin = try Fonts.reduced(to: [("A", 36), ("B", 37)])
    try Fonts.withFile(latin) { path in
      let fonts = try FontSet(files: [path, Fonts.standardFile])
      let letterer = Letterer(fonts)
      let text = letterer.shape("A若葉B\u{E05A}野", style: TextStyle(pixels: 12))
      #expect(text.glyphs.map(\.font) == [0, 1, 1, 0, 1])
      #expect(text.glyphs.map(\.id) == [36, 2085, 3669, 37, 3600])
      let whole = try Fonts.letterer().shape("A若葉B野", style: TextStyle(pixels: 12))
      #expect(zip(text.glyphs, whole.glyphs).allSatisfy { abs($0.x - $1.x) <= 2 })
      #expect(letterer.missingCharacters(in: "A若\u{E05A}") == ["\u{E05A}"])
      // A style may begin with another font of the set.
      let second = letterer.shape("A若", style: TextStyle(pixels: 12, font: 1))
      #expect(second.glyphs.map(\.font) == [1, 1])
    }
  }

  @Test("line feeds, tabs and hostile lengths are harmless")
  func hostileTexts() throws {
    let letterer = try Fonts.letterer()
    let style = TextStyle(pixels: 12)
    #expect(letterer.shape("\u{0}\n\t\u{7F}", style: style).ink == nil)
    #expect(
      letterer.shape(String(repeating: "あ", count: 100_000), style: style).glyphs.count == 1000)
    let marks = "あ" + String(repeating: "\u{3099}", count: 5000)
    #expect(letterer.shape(marks, style: style).glyphs.count <= 1000)
    let mixed = "مرحبا‮עברית 👩‍👩‍👧‍👦 \u{FFFD}\u{1F1EF}\u{1F1F5}"
    _ = letterer.shape(mixed, style: TextStyle(pixels: 12, direction: .vertical))
    #expect(
      letterer.shape("あ", style: TextStyle(size: .max, letterSpacing: .min)).advance == 512 << 8)
    #expect(TextStyle(pixels: .nan, letterSpacingEms: .infinity) == TextStyle(pixels: 12))
  }

  @Test("the same text is set alike whatever was set before", arguments: 0..<20)
  func noMemory(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let used = try Fonts.letterer()
    let alphabet = Array("若葉野市Aa1ー（）か\u{E05A}")
    for _ in 0..<20 {
      let text = String((0..<8).map { _ in alphabet.randomElement(using: &random)! })
      let style = TextStyle(
        size: Int32.random(in: 2000...5000, using: &random),
        direction: Bool.random(using: &random) ? .vertical : .horizontal)
      #expect(used.shape(text, style: style) == (try Fonts.letterer()).shape(text, style: style))
    }
  }
}

@Suite(.enabled(if: Fonts.isInstalled, Fonts.missing)) struct TextBlockTests {
  let style = TextStyle(pixels: 10)

  @Test("lines are justified within the widest and stand a line height apart")
  func justification() throws {
    let letterer = try Fonts.letterer()
    for (justification, offsets) in [
      (BlockStyle.Justification.left, [0, 0]), (.center, [2560, 0]), (.right, [5120, 0]),
    ] {
      let block = letterer.layOut(
        "若葉\n若葉野市", style: style,
        block: BlockStyle(lineHeightEms: 1.5, justification: justification))
      #expect(block.lines.map { Int($0.x) } == offsets)
      #expect(block.lines[1].y - block.lines[0].y == 3840)
      #expect(block.width == 10240 && block.height == 3840 + 2560)
    }
  }

  @Test("a long name is broken by its measured width")
  func breaksMeasured() throws {
    let letterer = try Fonts.letterer()
    let block = letterer.layOut("若葉野市立中央図書館", style: style, block: BlockStyle(maximumWidthEms: 7))
    #expect(block.lines.count == 2 && block.width == 5 * 2560)
    // Proportional letters are narrower than the nominal half em.
    let latin = letterer.layOut("illi lili", style: style, block: BlockStyle(maximumWidthEms: 3))
    #expect(latin.lines.count == 1)
  }

  @Test("letter spacing counts when lines are broken")
  func spacedWidth() throws {
    let letterer = try Fonts.letterer()
    let spaced = TextStyle(pixels: 10, letterSpacingEms: 0.5)
    let block = letterer.layOut("若葉野市役所", style: spaced, block: BlockStyle(maximumWidthEms: 6))
    #expect(block.lines.count == 2)
    #expect(block.lines.allSatisfy { $0.text.advance <= 6 * 2560 })
  }

  @Test("each anchor puts its point of the block on the place")
  func anchors() throws {
    let block = try Fonts.letterer().layOut("若葉\n若葉野市", style: style)
    for anchor in TextAnchor.allCases {
      let origin = block.origin(for: anchor)
      let box = block.box.offset(byX: origin.x, y: origin.y)
      switch anchor {
      case .left, .topLeft, .bottomLeft: #expect(box.minX == 0)
      case .right, .topRight, .bottomRight: #expect(box.maxX == 0)
      case .center, .top, .bottom: #expect(abs(box.minX + box.maxX) <= 1)
      }
      switch anchor {
      case .top, .topLeft, .topRight: #expect(box.minY == 0)
      case .bottom, .bottomLeft, .bottomRight: #expect(box.maxY == 0)
      case .center, .left, .right: #expect(abs(box.minY + box.maxY) <= 1)
      }
    }
  }

  @Test("empty and blank texts give a block without ink")
  func blank() throws {
    for text in ["", " ", "\n", "\u{E05A}"] {
      #expect(try Fonts.letterer().layOut(text, style: style).ink == nil)
    }
  }
}
