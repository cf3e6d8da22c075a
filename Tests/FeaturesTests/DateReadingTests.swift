import Features
import Testing

@Suite struct DateReadingTests {
  static let days: [(String, String)] = [
    ("2023-04-01", "2023-04-01"), ("20230401", "2023-04-01"), ("2023/4/1", "2023-04-01"),
    ("2023/04/01", "2023-04-01"), ("2023.4.1", "2023-04-01"), ("2023年4月1日", "2023-04-01"),
    ("２０２３年４月１日", "2023-04-01"), ("２０２３／４／１", "2023-04-01"), ("西暦2023年4月1日", "2023-04-01"),
    ("R5.4.1", "2023-04-01"), ("R05-04-01", "2023-04-01"), ("R5/4/1", "2023-04-01"),
    ("r5.4.1", "2023-04-01"), ("Ｒ５．４．１", "2023-04-01"), ("R050401", "2023-04-01"),
    ("R.5.4.1", "2023-04-01"), ("令和5年4月1日", "2023-04-01"), ("令和５年４月１日", "2023-04-01"),
    ("令和五年四月一日", "2023-04-01"), ("㋿5年4月1日", "2023-04-01"), ("令5.4.1", "2023-04-01"),
    ("令和元年5月1日", "2019-05-01"), ("平成元年1月8日", "1989-01-08"), ("㍻25年4月1日", "2013-04-01"),
    ("平成二十五年十二月三十一日", "2013-12-31"), ("昭和64年1月7日", "1989-01-07"),
    ("S61.8.4", "1986-08-04"), ("昭和 57年 9月 10日", "1982-09-10"), ("S570910", "1982-09-10"),
    ("大正12年9月1日", "1923-09-01"), ("T12.9.1", "1923-09-01"), ("明治6年1月1日", "1873-01-01"),
    ("M45.7.30", "1912-07-30"), ("大正元年7月30日", "1912-07-30"), ("大正15年12月25日", "1926-12-25"),
    ("昭和元年12月25日", "1926-12-25"), ("平成31年4月30日", "2019-04-30"), ("H31.4.30", "2019-04-30"),
    ("令和5年4月1日(土)", "2023-04-01"), ("令和5年4月1日（土曜日）", "2023-04-01"),
    ("2023/4/1 0:00:00", "2023-04-01"), ("2023-04-01T00:00:00", "2023-04-01"),
    ("二〇二三年四月一日", "2023-04-01"), ("2024-02-29", "2024-02-29"), ("R6.2.29", "2024-02-29"),
    ("令和5年4月1日付", "2023-04-01"), ("２０２３－０４－０１", "2023-04-01"), (" 2023-04-01 ", "2023-04-01"),
  ]

  @Test("reads one day from every written form, without a note", arguments: days)
  func readsDays(written: String, iso: String) throws {
    guard case .date(let date, let notes) = DateReading.parse(written) else {
      Issue.record("\(written) was not read")
      return
    }
    #expect(date.day?.iso == iso)
    #expect(date.precision == .day)
    #expect(date.written == (written == iso ? nil : written))
    #expect(notes.isEmpty)
  }

  static let intervals: [(String, String, String, LedgerDate.Precision)] = [
    ("S61.8", "1986-08-01", "1986-08-31", .month), ("H31.4", "2019-04-01", "2019-04-30", .month),
    ("昭和57年9月頃", "1982-09-01", "1982-09-30", .month),
    ("昭和57年9月ごろ", "1982-09-01", "1982-09-30", .month),
    ("昭和57年9月上旬", "1982-09-01", "1982-09-10", .month),
    ("昭和57年9月中旬", "1982-09-11", "1982-09-20", .month),
    ("昭和57年2月末", "1982-02-21", "1982-02-28", .month),
    ("昭和57年9月10日頃", "1982-09-01", "1982-09-30", .month),
    ("昭和57年9月日不明", "1982-09-01", "1982-09-30", .month),
    ("昭和57年月日不明", "1982-01-01", "1982-12-31", .year),
    ("昭和57年", "1982-01-01", "1982-12-31", .year), ("昭和57年頃", "1982-01-01", "1982-12-31", .year),
    ("昭和57年秋", "1982-01-01", "1982-12-31", .year), ("約昭和57年", "1982-01-01", "1982-12-31", .year),
    ("令和元年", "2019-05-01", "2019-12-31", .year), ("平成31年", "2019-01-01", "2019-04-30", .year),
    ("平成元年1月", "1989-01-08", "1989-01-31", .month),
    ("昭和64年1月", "1989-01-01", "1989-01-07", .month),
    ("大正元年", "1912-07-30", "1912-12-31", .year), ("S61", "1986-01-01", "1986-12-31", .year),
    ("S6108", "1986-08-01", "1986-08-31", .month), ("平成25年度", "2013-04-01", "2014-03-31", .year),
    ("令和元年度", "2019-04-01", "2020-03-31", .year), ("2013年度", "2013-04-01", "2014-03-31", .year),
    ("H25年度", "2013-04-01", "2014-03-31", .year), ("1986", "1986-01-01", "1986-12-31", .year),
    ("1986年", "1986-01-01", "1986-12-31", .year), ("1986年8月", "1986-08-01", "1986-08-31", .month),
    ("1986/8", "1986-08-01", "1986-08-31", .month), ("1986-08", "1986-08-01", "1986-08-31", .month),
    ("198608", "1986-08-01", "1986-08-31", .month),
    ("1986-08-00", "1986-08-01", "1986-08-31", .month),
    ("19860800", "1986-08-01", "1986-08-31", .month),
    ("19860000", "1986-01-01", "1986-12-31", .year),
    ("2024年2月", "2024-02-01", "2024-02-29", .month),
    ("昭和50年以前", "0001-01-01", "1975-12-31", .year),
    ("昭和50年4月以降", "1975-04-01", "9999-12-31", .month),
  ]

  @Test(
    "reads what a date without its day may mean, keeps the text and says so", arguments: intervals)
  func readsIntervals(
    written: String, first: String, last: String, precision: LedgerDate.Precision
  ) throws {
    guard case .date(let date, let notes) = DateReading.parse(written) else {
      Issue.record("\(written) was not read")
      return
    }
    let interval = try #require(date.interval)
    #expect(interval.lowerBound.iso == first)
    #expect(interval.upperBound.iso == last)
    #expect(date.precision == precision)
    #expect(date.written == written)
    #expect(date.text == written)
    #expect(
      notes == [
        .impreciseDate(written: written, first: interval.lowerBound, last: interval.upperBound)
      ])
  }

  @Test("keeps the words for an unknown date", arguments: ["不明", "未詳", "不詳", "年月日不明", "？"])
  func readsUnknown(written: String) {
    let date = LedgerDate(interval: nil, precision: .unknown, written: written)
    #expect(
      DateReading.parse(written) == .date(date, notes: [.unknownDate(written: written)]))
  }

  @Test(
    "counts a day on that its era does not hold, with a note",
    arguments: [
      ("昭和64年1月10日", "1989-01-10"), ("平成31年5月10日", "2019-05-10"), ("H31.5.1", "2019-05-01"),
      ("令和元年4月30日", "2019-04-30"), ("平成元年1月7日", "1989-01-07"), ("昭和99年1月1日", "2024-01-01"),
    ])
  func countsOn(written: String, iso: String) throws {
    let day = try #require(CalendarDay(iso: iso))
    let date = LedgerDate(interval: day...day, precision: .day, written: written)
    #expect(
      DateReading.parse(written)
        == .date(date, notes: [.impossibleInEra(written: written, meant: day)]))
  }

  @Test("notes an imprecise date outside its era once for each")
  func countsMonthsOn() throws {
    guard case .date(let date, let notes) = DateReading.parse("平成31年6月") else {
      Issue.record("not read")
      return
    }
    #expect(date.interval?.lowerBound.iso == "2019-06-01")
    #expect(notes.count == 2)
  }

  @Test("takes only the year from a day of the lunisolar calendar")
  func lunisolar() {
    guard case .date(let date, let notes) = DateReading.parse("明治5年12月2日") else {
      Issue.record("not read")
      return
    }
    #expect(date.precision == .year)
    #expect(date.interval?.lowerBound.iso == "1872-02-09")
    #expect(date.interval?.upperBound.iso == "1872-12-31")
    #expect(notes == [.lunisolarDate(written: "明治5年12月2日")])
  }

  @Test("takes Excel's serial numbers only where they are allowed")
  func serials() throws {
    let day = try #require(CalendarDay(iso: "2023-04-01"))
    #expect(
      DateReading.parse("45017", allowingSerials: true)
        == .date(
          LedgerDate(interval: day...day, precision: .day, written: "45017"),
          notes: [.serialDate(written: "45017", meant: day)]))
    #expect(DateReading.parse("45017") == .unreadable(.notADate(written: "45017")))
    guard case .date(let date, let notes) = DateReading.parse("45017.75", allowingSerials: true)
    else {
      Issue.record("not read")
      return
    }
    #expect(date.day == day)
    #expect(notes.contains(.droppedTime(written: "45017.75")))
    #expect(
      DateReading.parse("19999", allowingSerials: true)
        == .unreadable(.notADate(written: "19999")))
    #expect(
      DateReading.parse("60001", allowingSerials: true)
        == .unreadable(.notADate(written: "60001")))
  }

  @Test(
    "refuses a month and a day alone, which Excel makes of numbers",
    arguments: ["4月12日", "4/12", "12-Apr", "Apr-12", "４月１２日", "04-12"])
  func refusesDamagedKeys(written: String) {
    #expect(DateReading.parse(written) == .unreadable(.dateWithoutYear(written: written)))
  }

  @Test("refuses a year whose era is not said", arguments: ["7.4.1", "5/4/1", "05-04-01"])
  func refusesMissingEra(written: String) {
    #expect(DateReading.parse(written) == .unreadable(.eraMissing(written: written)))
  }

  @Test(
    "refuses days that no calendar has",
    arguments: [
      "2023-02-29", "2023/13/1", "令和5年4月31日", "20230431", "R5.13", "2023-00-05", "明治3年14月1日",
      "H30.2.29", "9999年度",
    ])
  func refusesImpossibleDays(written: String) {
    #expect(DateReading.parse(written) == .unreadable(.noSuchDay(written: written)))
  }

  @Test(
    "refuses what is no date",
    arguments: [
      "a", "東京", "令和", "平成年", "R", "R0.4.1", "R100.4.1", "2023-", "2023-04-", "2023-04-01x",
      "25:00",
      "1 April 2023", "01-001", "H25-02-013", "2023-04-01 25:00", "99999999999999999999",
      "R5.4.1〜R5.4.3",
      "昭和57年9月頃頃x", "令和5年4月1日上旬", "３", "2023--04--01", "S123", "S12345",
    ])
  func refusesOthers(written: String) {
    #expect(DateReading.parse(written) == .unreadable(.notADate(written: written)))
  }

  @Test("says that an empty text is empty")
  func refusesEmpty() {
    #expect(DateReading.parse("") == .unreadable(.empty))
    #expect(DateReading.parse("　 ") == .unreadable(.empty))
  }

  @Test("drops a time of day with a word")
  func dropsTimes() {
    guard case .date(let date, let notes) = DateReading.parse("2023-04-01 12:34:56") else {
      Issue.record("not read")
      return
    }
    #expect(date.day?.iso == "2023-04-01")
    #expect(notes == [.droppedTime(written: "2023-04-01 12:34:56")])
  }

  @Test("writes days in their eras")
  func writesEras() throws {
    func day(_ iso: String) throws -> CalendarDay { try #require(CalendarDay(iso: iso)) }
    #expect(try day("2023-04-01").era(.japanese) == "令和5年4月1日")
    #expect(try day("2023-04-01").era(.english) == "R5.4.1")
    #expect(try day("2019-05-01").era(.japanese) == "令和元年5月1日")
    #expect(try day("2019-05-01").era(.english) == "R1.5.1")
    #expect(try day("2019-04-30").era(.japanese) == "平成31年4月30日")
    #expect(try day("1989-01-08").era(.japanese) == "平成元年1月8日")
    #expect(try day("1989-01-07").era(.japanese) == "昭和64年1月7日")
    #expect(try day("1926-12-25").era(.japanese) == "昭和元年12月25日")
    #expect(try day("1912-07-30").era(.japanese) == "大正元年7月30日")
    #expect(try day("1873-01-01").era(.japanese) == "明治6年1月1日")
    #expect(try day("1872-12-31").era(.japanese) == nil)
    #expect(try day("2024-03-31").fiscalYear == 2023)
    #expect(try day("2024-04-01").fiscalYear == 2024)
  }

  @Test("reads back every day that it writes", arguments: [Language.japanese, .english])
  func roundTrip(language: Language) throws {
    let first = try #require(CalendarDay(iso: "1873-01-01")).daysSinceEpoch
    let last = try #require(CalendarDay(iso: "2060-12-31")).daysSinceEpoch
    for number in stride(from: first, through: last, by: 13) {
      let day = try #require(CalendarDay(daysSinceEpoch: number))
      let written = try #require(day.era(language))
      guard case .date(let date, let notes) = DateReading.parse(written) else {
        Issue.record("\(written) was not read")
        continue
      }
      #expect(date.day == day && notes.isEmpty)
    }
  }

  @Test("never traps on the beginnings and repetitions of dates")
  func prefixes() {
    for (written, _) in Self.days {
      let scalars = Array(written.unicodeScalars)
      for count in 0..<scalars.count {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[..<count])
        let beginning = String(text)
        if case .date(let date, _) = DateReading.parse(beginning, allowingSerials: true) {
          #expect(date.interval != nil)
        }
        if case .date(let date, _) = DateReading.parse(beginning + beginning) {
          #expect(date.interval != nil)
        }
      }
    }
  }
}

@Suite struct DateTimeReadingTests {
  @Test(
    "normalises points of time",
    arguments: [
      ("2023-04-01T12:34:56+09:00", "2023-04-01T12:34:56+09:00"),
      ("2023-04-01T12:34:56Z", "2023-04-01T12:34:56Z"),
      ("2023-04-01T12:34:56", "2023-04-01T12:34:56+09:00"),
      ("2023-04-01 12:34", "2023-04-01T12:34:00+09:00"),
      ("2023/4/1 1:02:03", "2023-04-01T01:02:03+09:00"),
      ("20230401T123456", "2023-04-01T12:34:56+09:00"),
      ("20230401123456", "2023-04-01T12:34:56+09:00"),
      ("2023-04-01T12:34:56.700+0900", "2023-04-01T12:34:56.7+09:00"),
      ("2023-04-01T12:34:56.000Z", "2023-04-01T12:34:56Z"),
      ("2023-04-01T12:34:56-05", "2023-04-01T12:34:56-05:00"),
      ("令和5年4月1日 12時34分56秒", "2023-04-01T12:34:56+09:00"),
      ("R5.4.1 9時", "2023-04-01T09:00:00+09:00"), ("2023-04-01", "2023-04-01T00:00:00+09:00"),
      ("2023-12-31T24:00", "2024-01-01T00:00:00+09:00"),
      ("２０２３／４／１　９：３０", "2023-04-01T09:30:00+09:00"),
    ])
  func normalises(written: String, expected: String) {
    #expect(DateTimeReading.parse(written) == expected)
  }

  @Test(
    "refuses what is no point of time",
    arguments: [
      "", "2023-04", "S61.8", "不明", "2023-04-01T25:00", "2023-04-01T12:60", "2023-04-01T24:01",
      "2023-02-30T12:00", "2023-04-01T", "2023-04-01T12", "12:34", "9999-12-31T24:00",
      "2023-04-01T12:34:56+15:00", "2023-04-01T12:34:56x",
    ])
  func refuses(written: String) {
    #expect(DateTimeReading.parse(written) == nil)
  }
}
