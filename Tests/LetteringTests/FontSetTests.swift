import Foundation
import Lettering
import Testing

/// The one font that the tests need, loaded once.
enum Fonts {
  static let standard: FontSet? = try? FontSet()
  static let standardFile = "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf"
  static var isInstalled: Bool { standard != nil }
  static let missing: Comment = "the package fonts-ipaexfont-gothic is not installed"

  static func letterer() throws -> Letterer { Letterer(try #require(standard)) }

  /// The standard font with a character map of only the given characters and glyphs.
  static func reduced(to characters: [(Unicode.Scalar, UInt32)]) throws -> [UInt8] {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: standardFile)))
    func big(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
    var groups: [UInt8] = []
    for (scalar, glyph) in characters.sorted(by: { $0.0 < $1.0 }) {
      groups += big(scalar.value) + big(scalar.value) + big(glyph)
    }
    let subtable =
      [0, 12, 0, 0] + big(UInt32(16 + groups.count)) + big(0) + big(UInt32(characters.count))
      + groups
    let map: [UInt8] = [0, 0, 0, 1, 0, 3, 0, 10] + big(12) + subtable
    let count = Int(bytes[4]) << 8 | Int(bytes[5])
    for record in (0..<count).map({ 12 + 16 * $0 })
    where Array(bytes[record..<(record + 4)]) == Array("cmap".utf8) {
      bytes.replaceSubrange(
        (record + 8)..<(record + 16), with: big(UInt32(bytes.count)) + big(UInt32(map.count)))
    }
    return bytes + map
  }

  /// Writes `bytes` to a file for as long as `body` runs.
  static func withFile<R>(
    _ bytes: [UInt8], named name: String = "font.ttf", _ body: (String) throws -> R
  ) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "lettering-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    return try body(file.path)
  }
}

@Suite(.enabled(if: Fonts.isInstalled, Fonts.missing)) struct FontSetTests {
  @Test(
    "the standard font is found by its name in any spelling",
    arguments: ["IPAexGothic", "ipaex gothic", "IPAex-Gothic", "ipaexg"])
  func namesAreFolded(name: String) throws {
    let fonts = try FontSet(names: [name])
    #expect(fonts.names == ["IPAexGothic"])
    #expect(fonts.index(named: name) == 0)
    #expect(fonts.index(named: "Another") == nil)
  }

  @Test("a name that no folder has is refused with the folders that were searched")
  func unknownName() {
    let error = #expect(throws: LetteringError.self) {
      try FontSet(names: ["NoSuchFont"], folders: ["/nonexistent"])
    }
    #expect(error?.subject == "NoSuchFont")
    #expect(error?.fault == .notFound(searchedFolders: ["/nonexistent"] + FontSet.standardFolders))
  }

  @Test("an empty list of fonts is refused")
  func noNames() {
    #expect(throws: LetteringError(.noFonts, subject: "")) { try FontSet(names: []) }
    #expect(throws: LetteringError(.noFonts, subject: "")) { try FontSet(files: []) }
  }

  @Test("a font in an extra folder is found by its file's name")
  func extraFolder() throws {
    let bytes = try Fonts.reduced(to: [("A", 36)])
    try Fonts.withFile(bytes, named: "town-latin.ttf") { path in
      let folder = String(path.dropLast("/town-latin.ttf".count))
      let fonts = try FontSet(names: ["Town Latin", "IPAexGothic"], folders: [folder])
      #expect(fonts.count == 2)
      #expect(fonts.index(named: "town latin") == 0)
    }
  }

  @Test("the hash depends on the bytes and the order of the fonts and on nothing else")
  func hash() throws {
    let standard = try #require(Fonts.standard)
    #expect(try FontSet(files: [Fonts.standardFile]).fontsHash == standard.fontsHash)
    try Fonts.withFile(try Fonts.reduced(to: [("A", 36)])) { path in
      let ab = try FontSet(files: [path, Fonts.standardFile])
      let ba = try FontSet(files: [Fonts.standardFile, path])
      #expect(Set([standard.fontsHash, ab.fontsHash, ba.fontsHash]).count == 3)
    }
  }

  @Test("a missing file, a folder, garbage and an empty file are refused by name")
  func refusals() throws {
    #expect(throws: LetteringError(.unreadable(errorNumber: ENOENT), subject: "/nonexistent.ttf")) {
      try FontSet(files: ["/nonexistent.ttf"])
    }
    #expect(throws: LetteringError(.unreadable(errorNumber: EINVAL), subject: "/usr")) {
      try FontSet(files: ["/usr"])
    }
    for garbage in [
      [], [0], Array("%PDF-1.4 not a font at all".utf8), [UInt8](repeating: 0xFF, count: 4096),
    ] {
      try Fonts.withFile(garbage) { path in
        let error = #expect(throws: LetteringError.self) { try FontSet(files: [path]) }
        #expect(error?.subject == path)
        #expect(error?.fault == .notAFont(magic: Array(garbage.prefix(4))))
      }
    }
  }

  @Test("every shorter beginning of a font is refused")
  func truncation() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fonts.standardFile)))
    // The last table may be followed by up to three bytes of padding.
    let lengths =
      Array(0..<300) + stride(from: 301, to: bytes.count - 4, by: bytes.count / 97) + [
        bytes.count - 4
      ]
    for length in lengths {
      #expect(throws: LetteringError.self, "\(length) bytes") {
        try checkFontTables(Array(bytes.prefix(length)), file: "cut")
      }
    }
    #expect(throws: Never.self) { try checkFontTables(bytes, file: "whole") }
    try Fonts.withFile(Array(bytes.prefix(bytes.count / 2))) { path in
      let error = #expect(throws: LetteringError.self) { try FontSet(files: [path]) }
      guard case .truncated(_, let expected, let found) = error?.fault else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(found == bytes.count / 2 && expected > found)
    }
  }

  @Test("a font with damaged tables is refused or drawn without trapping", arguments: 0..<24)
  func damagedTables(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fonts.standardFile)))
    // The directory stays whole, so that the damage reaches the libraries.
    for _ in 0..<20_000 {
      bytes[Int.random(in: 400..<bytes.count, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
    }
    try Fonts.withFile(bytes) { path in
      guard let fonts = try? FontSet(files: [path]) else { return }
      let letterer = Letterer(fonts)
      let text = "若葉野市さくら町三丁目ー（）123-4 Wakabano ～①㈱髙﨑Ⅲ"
      let block = letterer.layOut(
        text, style: TextStyle(pixels: 12), block: BlockStyle(maximumWidthEms: 5))
      _ = letterer.shape(
        text, style: TextStyle(pixels: 512, letterSpacingEms: 1, direction: .vertical))
      #expect(!block.lines.isEmpty)
    }
  }

  @Test("an error is one sentence that names the file")
  func descriptions() {
    let faults: [LetteringError.Fault] = [
      .notFound(searchedFolders: ["a", "b"]), .unreadable(errorNumber: 2),
      .tooLarge(byteCount: 9, limit: 8),
      .notAFont(magic: [1]), .truncated(table: "glyf", expectedBytes: 2, foundBytes: 1),
      .missingTable("cmap"), .rejected(code: 3),
    ]
    for fault in faults {
      let text = LetteringError(fault, subject: "x.ttf").description
      #expect(text.contains("x.ttf") && text.hasSuffix(".") && !text.contains("\n"))
    }
  }
}
