/// What a reader did to a written value, for the person who wrote it.
public enum ValueNote: Hashable, Sendable {
  /// A date that does not say its day: the days that it may mean.
  case impreciseDate(written: String, first: CalendarDay, last: CalendarDay)
  /// A text that says that the date is not known.
  case unknownDate(written: String)
  /// A day that its era does not hold, counted on in that era.
  case impossibleInEra(written: String, meant: CalendarDay)
  /// A day of the lunisolar calendar that ended with 1872: only the year is taken.
  case lunisolarDate(written: String)
  /// A count of days from Excel.
  case serialDate(written: String, meant: CalendarDay)
  /// A date with a time of day where only the date is kept.
  case droppedTime(written: String)
  /// A date without a time where a time is kept: the start of the day.
  case assumedMidnight(written: String)
  /// A time without a zone: Japan's was taken.
  case assumedZone(written: String)
  /// A value in another form than the declared one, read as `value`.
  case readAs(written: String, value: String)
  /// A number with its unit.
  case unitInValue(written: String, value: String, unit: String)
  /// A number or word that stands for "no value".
  case standsForNothing(written: String)
  /// 〃 or 同上: the value of the row above is meant and not written.
  case dittoMark(written: String)
  /// The meaning of a code instead of the code.
  case codeByMeaning(written: String, value: String)
  /// A value that is not on the column's list; it is kept.
  case unlistedCode(written: String)
  /// A code that had lost its leading zeros.
  case padded(written: String, value: String)
  /// A value that does not have the column's form; it is kept.
  case otherForm(written: String, pattern: String)
  /// A text that is no web address; it is kept.
  case notAnAddress(written: String)

  /// One sentence that says what was found and what was made of it.
  public func text(in language: Language) -> String {
    language == .japanese ? japanese : english
  }

  private var japanese: String {
    switch self {
    case .impreciseDate(let written, let first, let last):
      "「\(written)」は日まで分からないため、\(first.iso)から\(last.iso)までの間として読み、元の文字も残しました。"
    case .unknownDate(let written):
      "「\(written)」は日付不明として読み、元の文字も残しました。"
    case .impossibleInEra(let written, let meant):
      "「\(written)」はその元号にない日付のため、\(meant.iso)（\(meant.era(.japanese) ?? meant.iso)）に読み替えました。"
    case .lunisolarDate(let written):
      "「\(written)」は旧暦の日付のため、年だけを読み、元の文字も残しました。"
    case .serialDate(let written, let meant):
      "「\(written)」はExcelの日付の通し番号として、\(meant.iso)と読みました。"
    case .droppedTime(let written):
      "「\(written)」の時刻は使わず、日付だけを読みました。"
    case .assumedMidnight(let written):
      "「\(written)」には時刻がないため、その日の0時としました。"
    case .assumedZone(let written):
      "「\(written)」には時差がないため、日本時間（+09:00）としました。"
    case .readAs(let written, let value):
      "「\(written)」を「\(value)」と読みました。"
    case .unitInValue(let written, let value, let unit):
      "「\(written)」に単位「\(unit)」が付いていたため、「\(value)」と読みました。"
    case .standsForNothing(let written):
      "「\(written)」は値がないことを表すものとして、空欄にしました。"
    case .dittoMark(let written):
      "「\(written)」は上の行と同じという印で、値が書かれていません。値を入力してください。"
    case .codeByMeaning(let written, let value):
      "「\(written)」はコード「\(value)」の意味のため、「\(value)」にしました。"
    case .unlistedCode(let written):
      "「\(written)」は定められた値の一覧にありませんが、そのまま残しました。"
    case .padded(let written, let value):
      "「\(written)」は先頭の0が失われているため、「\(value)」に補いました。"
    case .otherForm(let written, let pattern):
      "「\(written)」は定められた形（\(pattern)）ではありませんが、そのまま残しました。"
    case .notAnAddress(let written):
      "「\(written)」はhttpまたはhttpsで始まるアドレスではありませんが、そのまま残しました。"
    }
  }

  private var english: String {
    switch self {
    case .impreciseDate(let written, let first, let last):
      "“\(written)” does not say the day: it was read as some day from \(first.iso) to \(last.iso), "
        + "and the text was kept."
    case .unknownDate(let written):
      "“\(written)” was read as an unknown date, and the text was kept."
    case .impossibleInEra(let written, let meant):
      "“\(written)” is not a day of that era: it was read as \(meant.iso)."
    case .lunisolarDate(let written):
      "“\(written)” is a date of the old lunisolar calendar: only its year was read, "
        + "and the text was kept."
    case .serialDate(let written, let meant):
      "“\(written)” was read as Excel's count of days, \(meant.iso)."
    case .droppedTime(let written):
      "Only the date of “\(written)” was read; its time was left out."
    case .assumedMidnight(let written):
      "“\(written)” has no time of day: the start of the day was taken."
    case .assumedZone(let written):
      "“\(written)” has no time zone: Japan's (+09:00) was taken."
    case .readAs(let written, let value):
      "“\(written)” was read as “\(value)”."
    case .unitInValue(let written, let value, let unit):
      "“\(written)” carries the unit “\(unit)”: it was read as “\(value)”."
    case .standsForNothing(let written):
      "“\(written)” stands for no value: the cell was left empty."
    case .dittoMark(let written):
      "“\(written)” means “as in the row above”, so the value itself is not written; enter the value."
    case .codeByMeaning(let written, let value):
      "“\(written)” is the meaning of the code “\(value)”: the code was taken."
    case .unlistedCode(let written):
      "“\(written)” is not on the list of allowed values; it was kept as it is."
    case .padded(let written, let value):
      "“\(written)” had lost its leading zeros: it was filled to “\(value)”."
    case .otherForm(let written, let pattern):
      "“\(written)” does not have the declared form (\(pattern)); it was kept as it is."
    case .notAnAddress(let written):
      "“\(written)” is no address that begins with http or https; it was kept as it is."
    }
  }
}

/// Why a written value could not be read.
public enum ValueFault: Hashable, Sendable, CustomStringConvertible {
  case empty
  case notADate(written: String)
  /// A well-formed date that no calendar has.
  case noSuchDay(written: String)
  /// A month and a day: what Excel makes of a number such as `4-12`.
  case dateWithoutYear(written: String)
  /// Three numbers of which the first may be the year of any era.
  case eraMissing(written: String)
  case notADateTime(written: String)
  case notANumber(written: String)
  case notWhole(written: String)
  case outOfRange(written: String)
  case otherUnit(written: String, found: String, declared: String)
  case notABoolean(written: String)
  /// A key that does not have the declared form.
  case otherForm(written: String, pattern: String)
  /// A key of which Excel made a date, with the form that the key should have.
  case keyMadeADate(written: String, pattern: String)

  /// One sentence that says what was found and what is allowed.
  public func text(in language: Language) -> String {
    language == .japanese ? japanese : english
  }

  public var description: String { english }

  private var japanese: String {
    switch self {
    case .empty: "値が空です。"
    case .notADate(let written):
      "「\(written)」は日付として読めません。2023-04-01、令和5年4月1日、R5.4.1などの形で入力してください。"
    case .noSuchDay(let written): "「\(written)」という日は暦にありません。"
    case .dateWithoutYear(let written):
      "「\(written)」には年がありません。Excelが番号などを日付に変えた可能性があります。元の値を確かめてください。"
    case .eraMissing(let written):
      "「\(written)」には元号がありません。R5.4.1のように元号を付けてください。"
    case .notADateTime(let written):
      "「\(written)」は日時として読めません。2023-04-01T09:00:00+09:00などの形で入力してください。"
    case .notANumber(let written): "「\(written)」は数として読めません。数字だけを入力してください。"
    case .notWhole(let written): "「\(written)」は整数ではありません。整数を入力してください。"
    case .outOfRange(let written): "「\(written)」は扱える数の範囲を超えています。"
    case .otherUnit(let written, let found, let declared):
      "「\(written)」の単位「\(found)」は、項目の単位「\(declared)」と違います。\(declared)に直した数を入力してください。"
    case .notABoolean(let written):
      "「\(written)」は有無として読めません。1または0を入力してください。"
    case .otherForm(let written, let pattern):
      "「\(written)」は定められた形（\(pattern)）ではありません。"
    case .keyMadeADate(let written, let pattern):
      "「\(written)」はExcelが番号を日付に変えたものと思われます。形（\(pattern)）の番号に直してください。"
    }
  }

  private var english: String {
    switch self {
    case .empty: "The value is empty."
    case .notADate(let written):
      "“\(written)” cannot be read as a date: write it like 2023-04-01, 令和5年4月1日 or R5.4.1."
    case .noSuchDay(let written): "“\(written)” is a day that the calendar does not have."
    case .dateWithoutYear(let written):
      "“\(written)” has no year: Excel may have made a date of a number; look up what it was."
    case .eraMissing(let written):
      "“\(written)” does not say the era of its year: write it like R5.4.1."
    case .notADateTime(let written):
      "“\(written)” cannot be read as date and time: write it like 2023-04-01T09:00:00+09:00."
    case .notANumber(let written): "“\(written)” cannot be read as a number: write digits only."
    case .notWhole(let written): "“\(written)” is not a whole number, as the column wants."
    case .outOfRange(let written): "“\(written)” is beyond the numbers that can be kept."
    case .otherUnit(let written, let found, let declared):
      "“\(written)” is in “\(found)”, but the column is in “\(declared)”: write the number in that unit."
    case .notABoolean(let written):
      "“\(written)” cannot be read as yes or no: write 1 or 0."
    case .otherForm(let written, let pattern):
      "“\(written)” does not have the declared form (\(pattern))."
    case .keyMadeADate(let written, let pattern):
      "“\(written)” looks like a date that Excel made of the key: write the key in its form (\(pattern))."
    }
  }
}
