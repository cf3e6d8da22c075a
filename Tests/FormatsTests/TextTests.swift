import Formats
import Testing

@Suite struct TextEncodingTests {
  @Test(
    "every way to say Shift_JIS means CP932",
    arguments: [
      "Shift_JIS", "SJIS", "932", "CP932", "MS932", "Windows-31J", "shift-jis", "x-sjis",
      "\u{FEFF}Shift_JIS", "ANSI 932",
    ])
  func shiftJISIsCP932(name: String) {
    #expect(TextEncoding(named: name) == .cp932)
  }

  @Test("the other allowed names are known")
  func otherNames() {
    #expect(TextEncoding(named: "utf8") == .utf8)
    #expect(TextEncoding(named: "UTF-8\r\n") == .utf8)
    #expect(TextEncoding(named: "EUC-JP") == .eucJP)
    #expect(TextEncoding(named: "ISO-2022-JP") == .iso2022JP)
    #expect(TextEncoding(named: "UTF-16LE") == .utf16LE)
    for encoding in TextEncoding.allCases {
      #expect(TextEncoding(named: encoding.name) == encoding)
    }
  }

  @Test("an unknown name is refused with the names that are allowed")
  func unknownName() throws {
    #expect(TextEncoding(named: "CP936") == nil)
    let error = #expect(throws: FormatError.self) {
      try SourceOptions.encoding(named: "SJISS", file: "a.csv")
    }
    #expect(error?.fault == .encoding)
    #expect(error?.description.contains("SJISS") == true)
    #expect(error?.description.contains("CP932") == true)
    #expect(try SourceOptions.encoding(named: "auto", file: "a.csv") == nil)
  }
}

@Suite struct TextDecoderTests {
  @Test("CP932 decodes the characters that strict Shift_JIS lacks")
  func windowsCharacters() throws {
    let decoded = try TextDecoder(.cp932, file: "t").decode(CP932.windowsCharacters)
    #expect(decoded.text == "\u{FF5E}①㈱髙\u{FA11}Ⅲ")
    #expect(decoded.damage == nil)
  }

  @Test("a value cut inside a character keeps what stands before and says so")
  func cutInsideCharacter() throws {
    let decoder = try TextDecoder(.cp932, file: "t")
    let cut = decoder.decode(Array("10cm".utf8) + CP932.degree.prefix(3))
    #expect(cut.text == "10cm程")
    #expect(cut.damage == .cutMidCharacter(byteOffset: 6))
    let utf8 = try TextDecoder(.utf8, file: "t").decode(Array("程度".utf8.dropLast()))
    #expect(utf8.text == "程")
    #expect(utf8.damage == .cutMidCharacter(byteOffset: 3))
  }

  @Test("bytes that are no character are flagged by their place and the rest is kept")
  func undecodableBytes() throws {
    let cp932 = try TextDecoder(.cp932, file: "t").decode(CP932.name + [0xFD] + CP932.name)
    #expect(cp932.text == "名称\u{FFFD}名称")
    #expect(cp932.damage == .undecodable(byteOffset: 4))
    let utf8 = try TextDecoder(.utf8, file: "t").decode([0x41, 0xFF, 0x42, 0xC0, 0xAF])
    #expect(utf8.text.hasPrefix("A\u{FFFD}B\u{FFFD}"))
    #expect(utf8.damage == .undecodable(byteOffset: 1))
  }

  @Test("UTF-8 decodes as the standard library repairs it, over random bytes", arguments: 0..<200)
  func utf8AgreesWithStandardLibrary(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let pieces: [[UInt8]] = [
      [0x41], Array("程".utf8), Array("é".utf8), Array("𠮷".utf8), [0xFF], [0x80], [0xE7],
      [0xED, 0xA0],
    ]
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0..<12, using: &random) {
      bytes += pieces.randomElement(using: &random) ?? []
    }
    let decoded = try TextDecoder(.utf8, file: "t").decode(bytes)
    let repaired = String(decoding: bytes, as: UTF8.self)
    #expect((decoded.damage == nil) == (repaired.utf8.elementsEqual(bytes)))
    // Repair may spell one fault with several marks: what is no mark must be the same.
    #expect(decoded.text.filter { $0 != "\u{FFFD}" } == repaired.filter { $0 != "\u{FFFD}" })
  }

  @Test("no sequence of two bytes stops a decoder", arguments: TextEncoding.allCases)
  func everyPairOfBytes(encoding: TextEncoding) throws {
    let decoder = try TextDecoder(encoding, file: "t")
    for first in UInt8.min...UInt8.max {
      for second in stride(from: UInt8(0), through: 252, by: 3) {
        let decoded = decoder.decode([first, second])
        if decoded.damage == nil {
          #expect(
            !decoded.text.contains("\u{FFFD}") || encoding == .utf16LE || encoding == .utf16BE)
        }
      }
    }
  }
}

@Suite struct TextEncoderTests {
  @Test("what CP932 encodes comes back the same")
  func roundTrip() throws {
    let encoder = try TextEncoder(.cp932, file: "t")
    let decoder = try TextDecoder(.cp932, file: "t")
    for text in ["若葉野市～①㈱髙﨑Ⅲ", "ｶﾞ", "a\\b", "㌔㎡№"] {
      var bytes: [UInt8] = []
      #expect(encoder.append(text, to: &bytes).isEmpty)
      #expect(decoder.decode(bytes) == DecodedText(text: text))
    }
  }

  @Test("characters that would not come back are refused by name, and nothing is written")
  func refusedCharacters() throws {
    let encoder = try TextEncoder(.cp932, file: "t")
    var bytes: [UInt8] = [1]
    // U+301C is written by iconv as the pair that is read as U+FF5E.
    #expect(encoder.append("10〜20 葛󠄀 𠮷 é 𠮷", to: &bytes) == ["〜", "葛󠄀", "𠮷", "é"])
    #expect(bytes == [1])
  }
}

@Suite struct EncodingEvidenceTests {
  private func decide(
    _ values: [[UInt8]], hint: TextEncoding?, name: String = "no .cpg, language byte 0x13"
  ) throws -> SourceEncoding {
    var evidence = try EncodingEvidence(declared: hint, file: "t")
    for value in values { evidence.add(value.span) }
    return evidence.decide(hint: hint, hintName: name)
  }

  @Test("CP932 is decided with the count of the values that decode")
  func cp932() throws {
    let found = try decide([CP932.name, CP932.degree, Array("abc".utf8)], hint: .cp932)
    #expect(found.encoding == .cp932)
    #expect(found.evidence == "CP932: no .cpg, language byte 0x13, 2 of 2 values decode")
    #expect(try decide([CP932.name], hint: nil).encoding == .cp932)
  }

  @Test("Japanese in UTF-8 is UTF-8 whatever the file says of itself")
  func utf8AgainstDeclaration() throws {
    let found = try decide([Array("異常気象名".utf8)], hint: .cp932, name: ".cpg “Shift_JIS”")
    #expect(found.encoding == .utf8)
    #expect(found.evidence.contains("which the bytes contradict"))
  }

  @Test("half-width katakana that look like UTF-8 by chance stay CP932 where that is declared")
  func halfWidthKatakana() throws {
    // ﾃｱ is C3 B1, which is ñ in UTF-8.
    #expect(try decide([[0xC3, 0xB1]], hint: .cp932).encoding == .cp932)
  }

  @Test("a value cut inside a character counts as decoding")
  func cutValues() throws {
    let found = try decide([Array(CP932.degree.prefix(3))], hint: .cp932)
    #expect(found.evidence.hasSuffix("1 of 1 values decode"))
  }

  @Test("CP932 under a .cpg that says UTF-8 is CP932")
  func cp932UnderUTF8() throws {
    let found = try decide([CP932.name + CP932.degree], hint: .utf8, name: ".cpg “UTF-8”")
    #expect(found.encoding == .cp932)
  }
}
