import Features
import Testing

@Suite struct FieldReaderTests {
  static func field(
    _ type: FieldType, unit: String? = nil, codes: [CodeMeaning] = [], pattern: String? = nil,
    padWidth: Int? = nil
  ) -> Field {
    Field(
      name: "項目", type: type, unit: unit, codes: codes, pattern: pattern, padWidth: padWidth,
      audience: .public)
  }

  func read(_ text: String, _ field: Field, isKey: Bool = false) throws -> ValueReading {
    try ValueReading.read(text, as: field, isKey: isKey)
  }

  @Test("takes empty and blank text for null, whatever the type", arguments: FieldType.allCases)
  func emptyIsNull(type: FieldType) throws {
    for text in ["", " ", "　", " \t"] {
      #expect(try read(text, Self.field(type)) == .value(.null, notes: []))
    }
  }

  @Test(
    "keeps text as it is written",
    arguments: ["～①㈱髙﨑Ⅲ", " 前後 ", "第１種", "null", "-", "不明", "0", "が"])
  func keepsText(text: String) throws {
    let reading = try read(text, Self.field(.text))
    guard case .value(.text(let kept), let notes) = reading else {
      Issue.record("\(reading)")
      return
    }
    #expect(Array(kept.utf8) == Array(text.utf8))
    #expect(notes.isEmpty)
  }

  @Test("notes ditto marks", arguments: ["〃", "同上", "々", " 〃 "])
  func dittoMarks(text: String) throws {
    let note = ValueNote.dittoMark(written: text)
    #expect(try read(text, Self.field(.text)) == .value(.text(text), notes: [note]))
    #expect(try read(text, Self.field(.integer)) == .value(.null, notes: [note]))
    #expect(try read(text, Self.field(.date)) == .value(.null, notes: [note]))
  }

  // MARK: - Numbers

  @Test(
    "reads plain integers without a word",
    arguments: [
      ("0", 0), ("30", 30), ("-5", -5), ("007", 7), ("30.0", 30), ("30.", 30),
      ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("1e3", 1000),
    ])
  func plainIntegers(text: String, number: Int64) throws {
    let reading = try read(text, Self.field(.integer))
    #expect(reading.attribute == .integer(number))
  }

  @Test(
    "reads other ways to write an integer, with a note",
    arguments: [
      ("３０", 30), ("1,234", 1234), ("1,234,567", 1_234_567), ("１，２３４", 1234), ("三十", 30), ("+5", 5),
      ("▲5", -5), ("−5", -5), (" 30 ", 30),
    ])
  func otherIntegers(text: String, number: Int64) throws {
    let reading = try read(text, Self.field(.integer))
    #expect(reading.attribute == .integer(number))
    #expect(reading.notes.count == 1)
    guard case .readAs(text, _)? = reading.notes.first else {
      Issue.record("\(reading)")
      return
    }
  }

  @Test(
    "refuses what is no integer",
    arguments: [
      ("30.5", ValueFault.notWhole(written: "30.5")), ("abc", .notANumber(written: "abc")),
      ("12,34", .notANumber(written: "12,34")), ("1,2345", .notANumber(written: "1,2345")),
      ("約30", .notANumber(written: "約30")), ("10-20", .notANumber(written: "10-20")),
      ("9223372036854775808", .outOfRange(written: "9223372036854775808")),
      ("1e400", .outOfRange(written: "1e400")), ("1..2", .notANumber(written: "1..2")),
      ("--5", .notANumber(written: "--5")), ("1,", .notANumber(written: "1,")),
    ])
  func refusedIntegers(text: String, fault: ValueFault) throws {
    #expect(try read(text, Self.field(.integer)) == .unreadable(fault))
  }

  @Test(
    "reads reals",
    arguments: [
      ("2.8", 2.8), ("-0.5", -0.5), (".5", 0.5), ("2.", 2), ("２．８", 2.8), ("1,234.5", 1234.5),
      ("1.5E+03", 1500), ("12", 12), ("-0", 0),
    ])
  func reals(text: String, number: Double) throws {
    #expect(try read(text, Self.field(.real)).attribute == .real(number))
  }

  @Test("reads numbers with their unit, and refuses another unit")
  func units() throws {
    let metres = Self.field(.real, unit: "m")
    #expect(
      try read("2.8m", metres)
        == .value(.real(2.8), notes: [.unitInValue(written: "2.8m", value: "2.8", unit: "m")]))
    #expect(
      try read("２．８ｍ", metres)
        == .value(.real(2.8), notes: [.unitInValue(written: "２．８ｍ", value: "2.8", unit: "m")]))
    #expect(try read("2.8 メートル", metres).attribute == .real(2.8))
    #expect(
      try read("280cm", metres)
        == .unreadable(.otherUnit(written: "280cm", found: "cm", declared: "m")))
    #expect(
      try read("30件", Self.field(.integer, unit: "件"))
        == .value(
          .integer(30), notes: [.unitInValue(written: "30件", value: "30", unit: "件")]))
    #expect(try read("30人", Self.field(.integer)).attribute == .integer(30))
    #expect(try read("120㎡", Self.field(.real, unit: "㎡")).attribute == .real(120))
    #expect(try read("120m2", Self.field(.real, unit: "㎡")).attribute == .real(120))
    #expect(try read("30匹", Self.field(.integer)) == .unreadable(.notANumber(written: "30匹")))
  }

  @Test(
    "takes numbers that stand for nothing for null where the unit makes them implausible",
    arguments: [
      ("999", "度"), ("999.99", "m"), ("9999.00", "m"), ("9999", "mm"), ("-1", "m"), ("-9999", "‰"),
      ("999", "m"), ("999.00", "度"), ("999.99m", "m"), ("９９９", "度"), ("9999.99", "cm"),
    ])
  func standsForNothing(text: String, unit: String) throws {
    let reading = try read(text, Self.field(.real, unit: unit))
    #expect(reading.attribute == .null)
    guard case .standsForNothing? = reading.notes.first else {
      Issue.record("\(reading)")
      return
    }
  }

  @Test(
    "keeps the same numbers where they may be meant",
    arguments: [
      ("999", nil, 999.0), ("-1", nil, -1), ("-1", "‰", -1), ("999.0", "m", 999), ("999", "件", 999),
      ("9999", "㎡", 9999), ("99", "度", 99), ("1999", "m", 1999),
    ] as [(String, String?, Double)])
  func staysANumber(text: String, unit: String?, number: Double) throws {
    #expect(
      try read(text, Self.field(.real, unit: unit)) == .value(.real(number), notes: []))
  }

  @Test(
    "takes words for nothing in number columns for null",
    arguments: ["-", "―", "NULL", "#N/A", "なし", "不明"])
  func emptyWords(text: String) throws {
    #expect(
      try read(text, Self.field(.real))
        == .value(.null, notes: [.standsForNothing(written: text)]))
  }

  @Test("reads typed values like written ones")
  func typedValues() throws {
    let degrees = try FieldReader(Self.field(.real, unit: "度"))
    #expect(
      degrees.read(Attribute.real(999))
        == .value(.null, notes: [.standsForNothing(written: "999")]))
    #expect(degrees.read(Attribute.real(45.5)) == .value(.real(45.5), notes: []))
    #expect(degrees.read(Attribute.integer(45)) == .value(.real(45), notes: []))
    #expect(degrees.read(Attribute.null) == .value(.null, notes: []))
    #expect(degrees.read(Attribute.real(.nan)).attribute == .null)
    #expect(degrees.read(Attribute.real(.infinity)).attribute == nil)
    let key = try FieldReader(Self.field(.text, pattern: "[0-9]{5}", padWidth: 5), isKey: true)
    #expect(
      key.read(Attribute.integer(101))
        == .value(.text("00101"), notes: [.padded(written: "101", value: "00101")]))
    let flags = try FieldReader(Self.field(.boolean))
    #expect(flags.read(Attribute.integer(1)) == .value(.boolean(true), notes: []))
    #expect(flags.read(Attribute.boolean(false)) == .value(.boolean(false), notes: []))
  }

  @Test("the short way for integers agrees with the long one")
  func shortWayAgrees() throws {
    let reader = try FieldReader(Self.field(.integer))
    for text in [
      "0", "1", "-1", "12", "999999999999999999", "1234567890123456789", "-", "1-", "--1",
    ] {
      let expected = Int64(text).map { ValueReading.value(.integer($0), notes: []) }
      let reading = reader.read(text)
      if let expected {
        #expect(reading == expected)
      } else {
        #expect(reading.attribute == nil || reading.attribute == .null)
      }
    }
  }

  // MARK: - Booleans, dates, addresses

  @Test(
    "reads yes and no",
    arguments: [
      ("1", true, 0), ("0", false, 0), ("true", true, 0), ("FALSE", false, 0), ("TRUE", true, 0),
      ("○", true, 1), ("×", false, 1), ("有", true, 1), ("無", false, 1), ("はい", true, 1),
      ("いいえ", false, 1), ("１", true, 0), ("Yes", true, 1),
    ])
  func booleans(text: String, flag: Bool, noteCount: Int) throws {
    let reading = try read(text, Self.field(.boolean))
    #expect(reading.attribute == .boolean(flag))
    #expect(reading.notes.count == noteCount)
  }

  @Test("refuses other words for yes and no")
  func refusedBooleans() throws {
    #expect(
      try read("多分", Self.field(.boolean)) == .unreadable(.notABoolean(written: "多分")))
  }

  @Test("reads dates with their notes, and dates that mean nothing as null")
  func dates() throws {
    let field = Self.field(.date)
    let day = try #require(CalendarDay(iso: "2023-04-01"))
    #expect(try read("2023-04-01", field) == .value(.date(LedgerDate(day: day)), notes: []))
    #expect(try read("45017", field).notes == [.serialDate(written: "45017", meant: day)])
    #expect(try read("0000-00-00", field).attribute == .null)
    #expect(try read("4月12日", field) == .unreadable(.dateWithoutYear(written: "4月12日")))
    let strict = try FieldReader(field, allowsSerialDates: false)
    #expect(strict.read("45017") == .unreadable(.notADate(written: "45017")))
  }

  @Test("normalises points of time and says what it assumed")
  func dateTimes() throws {
    let field = Self.field(.datetime)
    #expect(
      try read("2023-04-01 12:00", field)
        == .value(
          .text("2023-04-01T12:00:00+09:00"), notes: [.assumedZone(written: "2023-04-01 12:00")]))
    #expect(
      try read("2023-04-01", field)
        == .value(
          .text("2023-04-01T00:00:00+09:00"), notes: [.assumedMidnight(written: "2023-04-01")]))
    #expect(try read("25:00", field) == .unreadable(.notADateTime(written: "25:00")))
  }

  @Test("keeps addresses and notes what is none")
  func addresses() throws {
    let field = Self.field(.url)
    #expect(
      try read("https://example.jp/a", field)
        == .value(.text("https://example.jp/a"), notes: []))
    #expect(
      try read("javascript:alert(1)", field).notes
        == [.notAnAddress(written: "javascript:alert(1)")])
  }

  // MARK: - Codes and keys

  static let codes = [
    CodeMeaning(value: "1", title: Title(japanese: "使用中", english: "in use")),
    CodeMeaning(value: "3", title: Title(japanese: "廃止", english: "closed")),
  ]

  @Test("takes a listed value, its meaning and other ways to write it")
  func listedCodes() throws {
    let text = Self.field(.text, codes: Self.codes)
    #expect(try read("1", text) == .value(.text("1"), notes: []))
    #expect(
      try read("廃止", text)
        == .value(.text("3"), notes: [.codeByMeaning(written: "廃止", value: "3")]))
    #expect(try read("In Use", text).attribute == .text("1"))
    #expect(
      try read("３", text) == .value(.text("3"), notes: [.readAs(written: "３", value: "3")]))
    #expect(try read("03", text).attribute == .text("3"))
    #expect(try read("3.0", text).attribute == .text("3"))
    #expect(try read("○", text).attribute == .text("1"))
    #expect(
      try read("休止", text)
        == .value(.text("休止"), notes: [.unlistedCode(written: "休止")]))
    let integer = Self.field(.integer, codes: Self.codes)
    #expect(try read("1", integer) == .value(.integer(1), notes: []))
    #expect(try read("廃止", integer).attribute == .integer(3))
    #expect(
      try read("7", integer) == .value(.integer(7), notes: [.unlistedCode(written: "7")]))
    #expect(try read("休止", integer) == .unreadable(.notANumber(written: "休止")))
    let reader = try FieldReader(integer)
    #expect(reader.read(Attribute.integer(3)) == .value(.integer(3), notes: []))
    #expect(
      reader.read(Attribute.integer(4))
        == .value(.integer(4), notes: [.unlistedCode(written: "4")]))
  }

  @Test("does not guess between two values of one meaning")
  func ambiguousMeaning() throws {
    let field = Self.field(
      .text,
      codes: [
        CodeMeaning(value: "1", title: Title(japanese: "その他")),
        CodeMeaning(value: "2", title: Title(japanese: "その他")),
      ])
    #expect(try read("その他", field).notes == [.unlistedCode(written: "その他")])
  }

  @Test("fills codes that lost their zeros")
  func padding() throws {
    let field = Self.field(.text, padWidth: 5)
    #expect(
      try read("101", field)
        == .value(.text("00101"), notes: [.padded(written: "101", value: "00101")]))
    #expect(try read("00101", field) == .value(.text("00101"), notes: []))
    #expect(try read("N0099", field) == .value(.text("N0099"), notes: []))
    #expect(try read("A1", field) == .value(.text("A1"), notes: []))
  }

  @Test("refuses keys that do not have their form, and says where Excel was at work")
  func keys() throws {
    let field = Self.field(.text, pattern: "[0-9]{2}-[0-9]{3}")
    #expect(try read("01-001", field, isKey: true) == .value(.text("01-001"), notes: []))
    #expect(
      try read("４月１２日", field, isKey: true)
        == .unreadable(.keyMadeADate(written: "４月１２日", pattern: "[0-9]{2}-[0-9]{3}")))
    #expect(
      try read("4月12日", field, isKey: true)
        == .unreadable(.keyMadeADate(written: "4月12日", pattern: "[0-9]{2}-[0-9]{3}")))
    #expect(
      try read("01-1", field, isKey: true)
        == .unreadable(.keyMadeADate(written: "01-1", pattern: "[0-9]{2}-[0-9]{3}")))
    #expect(
      try read("01-99", field, isKey: true)
        == .unreadable(.otherForm(written: "01-99", pattern: "[0-9]{2}-[0-9]{3}")))
    #expect(
      try read("０１－００１", field, isKey: true)
        == .value(.text("01-001"), notes: [.readAs(written: "０１－００１", value: "01-001")]))
    #expect(
      try read("01-99", field)
        == .value(
          .text("01-99"), notes: [.otherForm(written: "01-99", pattern: "[0-9]{2}-[0-9]{3}")]))
  }

  @Test("refuses a field whose pattern is broken")
  func brokenPattern() {
    #expect(throws: PatternError.self) { try FieldReader(Self.field(.text, pattern: "[")) }
  }

  // MARK: - Words

  @Test("says every note and fault in two languages, in one sentence that names the value")
  func words() throws {
    let day = try #require(CalendarDay(iso: "2023-04-01"))
    let notes: [ValueNote] = [
      .impreciseDate(written: "甲", first: day, last: day), .unknownDate(written: "甲"),
      .impossibleInEra(written: "甲", meant: day), .lunisolarDate(written: "甲"),
      .serialDate(written: "甲", meant: day), .droppedTime(written: "甲"),
      .assumedMidnight(written: "甲"), .assumedZone(written: "甲"),
      .readAs(written: "甲", value: "乙"), .unitInValue(written: "甲", value: "乙", unit: "m"),
      .standsForNothing(written: "甲"), .dittoMark(written: "甲"),
      .codeByMeaning(written: "甲", value: "乙"), .unlistedCode(written: "甲"),
      .padded(written: "甲", value: "乙"), .otherForm(written: "甲", pattern: "x"),
      .notAnAddress(written: "甲"),
    ]
    let faults: [ValueFault] = [
      .notADate(written: "甲"), .noSuchDay(written: "甲"), .dateWithoutYear(written: "甲"),
      .eraMissing(written: "甲"), .notADateTime(written: "甲"), .notANumber(written: "甲"),
      .notWhole(written: "甲"), .outOfRange(written: "甲"),
      .otherUnit(written: "甲", found: "cm", declared: "m"), .notABoolean(written: "甲"),
      .otherForm(written: "甲", pattern: "x"), .keyMadeADate(written: "甲", pattern: "x"),
    ]
    var sentences: Set<String> = []
    for language in Language.allCases {
      for text in notes.map({ $0.text(in: language) }) + faults.map({ $0.text(in: language) }) {
        #expect(text.contains("甲") && text.hasSuffix(language == .japanese ? "。" : "."))
        sentences.insert(text)
      }
    }
    #expect(sentences.count == 2 * (notes.count + faults.count))
  }
}
