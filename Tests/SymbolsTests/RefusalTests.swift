import Raster
import Symbols
import Testing

@Suite struct RefusalTests {
  private func error(_ text: String) -> SymbolError? {
    do throws(SymbolError) {
      _ = try Symbol(parsing: Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  /// Content of a view box, from line 2, column 1.
  private func fault(_ content: String) -> (SymbolError.Fault?, line: Int?, column: Int?) {
    let found = error("<svg viewBox='0 0 16 16'>\n\(content)\n</svg>")
    return (found?.fault, found?.line, found?.column)
  }

  @Test("what a symbol may have around its drawing is read and has no effect")
  func accepted() {
    #expect(
      error(
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- a <comment> -->\n"
          + "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='y' version='1.1' id='a' width='16px' height='16'>"
          + "<title>集積所 &amp; &lt;ごみ&gt;</title><desc>text</desc><!-- -->"
          + "<g id='b' data-name='c'><path class='d' d=''/></g></svg>\n<!-- end -->\n") == nil)
    #expect(error("<svg viewBox='0 0 16 16'/>") == nil)
  }

  @Test("what symbols may not have is refused by name and place")
  func forbidden() {
    #expect(
      error("<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg/>")
        == SymbolError(.forbidden("a document type"), line: 1, column: 1))
    #expect(fault("<![CDATA[x]]>") == (.forbidden("a CDATA section"), 2, 1))
    #expect(fault("<?php x?>") == (.forbidden("a processing instruction"), 2, 1))
    let entity = SymbolError.Fault.forbidden("an entity other than amp, lt, gt, quot and apos")
    #expect(fault("<g id='&x;'/>") == (entity, 2, 8))
    #expect(fault("<g id='&#65;'/>") == (entity, 2, 8))
    #expect(fault("<title>&nbsp;</title>") == (entity, 2, 8))
    #expect(fault(" <script/>") == (.unknownElement("script"), 2, 2))
    #expect(fault("<image href='x.png'/>") == (.unknownElement("image"), 2, 1))
    #expect(fault("<rect><g/></rect>") == (.unknownElement("g"), 2, 7))
    #expect(
      fault("<g style='fill:red'/>") == (.unknownAttribute("style", element: "g"), 2, 11))
    #expect(
      fault("<path d='' onclick='x'/>") == (.unknownAttribute("onclick", element: "path"), 2, 21))
    #expect(error("<html/>")?.fault == .notSVG(root: "html"))
    #expect(error("<svg/>")?.fault == .missingAttribute("viewBox", element: "svg"))
    #expect(fault("<path/>").0 == .missingAttribute("d", element: "path"))
    #expect(fault("<polygon/>").0 == .missingAttribute("points", element: "polygon"))
  }

  @Test("tags that do not match, repeat attributes or stray text are refused")
  func malformed() {
    #expect(fault("<g></path>") == (.mismatchedTag(expected: "g", found: "path"), 2, 4))
    #expect(fault("<g id='a' id='b'/>") == (.duplicateAttribute("id"), 2, 11))
    #expect(fault("text") == (.malformed(expected: "an element", found: "text"), 2, 1))
    #expect(fault("<g id=a/>") == (.malformed(expected: "a value in quotes", found: "a/>"), 2, 7))
    #expect(
      fault("<g id='a'class='b'/>").0 == .malformed(expected: "a space", found: "class='b'/>"))
    #expect(fault("<g id='<'/>").0 == .malformed(expected: "the end of the value", found: "<'/>"))
    #expect(fault("<1/>").0 == .malformed(expected: "an element's name", found: "1/>"))
    #expect(error("")?.fault == .unexpectedEnd(in: "an element"))
    #expect(
      error("<svg viewBox='0 0 1 1'/>x")?.fault
        == .malformed(expected: "the end of the file", found: "x"))
    #expect(error("<svg viewBox='0 0 1 1'/><svg/>") != nil)
  }

  @Test(
    "values that mean nothing are refused with their place",
    arguments: [
      "<path d='L1 1'/>", "<path d='M1'/>", "<path d='M1 1 X'/>", "<path d='M1 1Q2 2'/>",
      "<path d='M1 1A1 1 0 2 0 3 3'/>",
      "<path d='M1 1L1e7 1'/>", "<path d='M1 1L1e999 1'/>", "<path d='M1 1l999999 0 999999 0'/>",
      "<path d='M--1 1'/>",
      "<path d='M1 1 L nan 1'/>", "<path d='Mе1 1'/>", "<circle r='-1'/>", "<circle r='5%'/>",
      "<circle r='5em'/>",
      "<circle cx='a' r='1'/>", "<circle cx='' r='1'/>", "<rect width='1 2' height='1'/>",
      "<polygon points='1 2 3'/>",
      "<g fill='#12'/>", "<g fill='#ggg'/>", "<g fill='url(#a)'/>", "<g fill='currentColor'/>",
      "<g opacity='2'/>",
      "<g opacity=''/>", "<g fill-opacity='-0.1'/>", "<g stroke-linecap='flat'/>",
      "<g fill-rule='odd'/>",
      "<g stroke-width='-1'/>", "<g transform='skewX(10)'/>", "<g transform='rotate(1 2)'/>",
      "<g transform='scale('/>",
      "<g transform='scale(2) x'/>", "<g transform='matrix(1 2 3)'/>",
      "<g transform='scale(100000) scale(100000)'/>",
      "<g transform='scale(1000)'><g transform='scale(1000)'><g transform='scale(1000)'/></g></g>",
      "<g transform='scale(1 2)'><line x2='1' stroke='#000'/></g>",
    ])
  func badValues(content: String) {
    let found = error("<svg viewBox='0 0 16 16'>\n\(content)\n</svg>")
    guard case .badValue = found?.fault else {
      Issue.record("\(content): \(String(describing: found))")
      return
    }
    #expect(found?.line == 2)
    #expect((found?.column ?? 0) > (content.contains("<line") ? 0 : 3))
  }

  @Test("a fault inside of path data is placed at its character, over lines")
  func placeInPath() {
    #expect(fault("<path d='M1 1 L2 x'/>").column == 18)
    let found = error("<svg viewBox='0 0 16 16'><path d='M1 1\n  L2 2\n  B'/></svg>")
    #expect(found?.line == 3 && found?.column == 3)
  }

  @Test("view boxes without room, and other encodings, are refused")
  func frames() {
    for box in ["", "0 0 16", "0 0 0 16", "0 0 16 -1", "0 0 16 16 16", "a b c d", "0 0 1e9 1"] {
      #expect(error("<svg viewBox='\(box)'/>") != nil, "\(box)")
    }
    #expect(error("<svg width='0' height='16'/>") != nil)
    #expect(
      error("<?xml version='1.0' encoding='Shift_JIS'?><svg viewBox='0 0 1 1'/>")?.fault == .notUTF8
    )
    #expect(throws: SymbolError(.notUTF8, line: 1, column: 1)) {
      try Symbol(parsing: [0x3C, 0x73, 0x82, 0xA0])
    }
  }

  @Test("what is too deep, too much or too large is refused and does not exhaust the stack")
  func limits() {
    let deep = String(repeating: "<g>", count: 100_000)
    #expect(fault(deep).0 == .tooLarge(what: "elements inside each other", limit: 32))
    let many = String(repeating: "<g/>", count: 20_000)
    #expect(fault(many).0 == .tooLarge(what: "the elements", limit: 10_000))
    let attributes = (0..<100).map { " a\($0)='x'" }.joined()
    #expect(
      fault("<g\(attributes)/>").0 == .tooLarge(what: "the attributes of an element", limit: 64))
    let large = String(repeating: " ", count: 1 << 20)
    #expect(
      error("<svg viewBox='0 0 1 1'>\(large)</svg>")?.fault
        == .tooLarge(what: "the file's bytes", limit: 1 << 20))
    let long = String(repeating: "l1 0", count: 30_000)
    #expect(fault("<path d='M0 0\(long)'/>").0 != nil)
    let paths = String(
      repeating: "<path d='M0 0\(String(repeating: "l1 0", count: 900))'/>", count: 30)
    #expect(fault(paths).0 == .tooLarge(what: "the segments", limit: 20_000))
  }

  @Test("every shorter beginning of a symbol is refused")
  func truncation() {
    let text = """
      <?xml version="1.0"?><!-- c --><svg viewBox="0 0 16 16" fill='#0a5a33'>
      <title>集積所 &amp; 他</title><g transform="rotate(45 8 8)"><path d="M2 8A6 6 0 0 1 14 8z"/>
      <circle cx="8" cy="8" r="3" fill="none" stroke="#fff"/></g></svg>
      """
    #expect(error(text) == nil)
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      #expect(throws: SymbolError.self, "\(length)") {
        try Symbol(parsing: Array(bytes.prefix(length)))
      }
    }
  }

  @Test("symbols with damaged bytes are refused or drawn without trapping", arguments: 0..<400)
  func damage(seed: UInt64) {
    let text =
      "<svg viewBox='0 0 16 16'><g transform='rotate(45 8 8) scale(.5)' opacity='.5'>"
      + "<path d='M2 8A6 6 0 0 1 14 8zC1 2 3 4 5 6S7 8 9 10q1 2 3 4t5 6' stroke='#fff' stroke-width='1e1'/></g></svg>"
    var bytes = Array(text.utf8)
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % bound
    }
    let replacements = Array("0123456789.-eE+ <>/'\"&;zMA(),".utf8)
    for _ in 0..<(1 + random(4)) {
      bytes[random(bytes.count)] = replacements[random(replacements.count)]
    }
    do throws(SymbolError) {
      let symbol = try Symbol(parsing: bytes)
      #expect(SymbolImages().image(of: symbol, sizePixels: 16, rotationDegrees: 30).width > 0)
    } catch {
      #expect(error.line >= 1 && error.column >= 1)
    }
  }

  @Test("an error is one sentence with line and column")
  func descriptions() {
    let faults: [SymbolError.Fault] = [
      .notUTF8, .unexpectedEnd(in: "x"), .malformed(expected: "x", found: "y"), .forbidden("x"),
      .mismatchedTag(expected: "x", found: "y"), .duplicateAttribute("x"), .notSVG(root: "x"),
      .unknownElement("x"), .unknownAttribute("x", element: "y"),
      .missingAttribute("x", element: "y"),
      .badValue(attribute: "x", value: "y", allowed: "z"), .tooLarge(what: "x", limit: 1),
    ]
    for fault in faults {
      let text = SymbolError(fault, line: 3, column: 7).description
      #expect(text.hasPrefix("Line 3, column 7: ") && text.hasSuffix("."))
    }
  }
}
