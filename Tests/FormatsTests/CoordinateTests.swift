import Formats
import Testing

@Suite struct CoordinateTests {
  private func value(
    _ text: String, _ axis: Coordinate.Axis = .latitude, compact: Bool = false
  ) -> Double? {
    if case .value(let value) = Coordinate.parse(text, axis: axis, compact: compact) {
      value
    } else {
      nil
    }
  }

  @Test(
    "degrees, minutes and seconds are read in every spelling",
    arguments: [
      "35°18'12.3\"", "35度18分12.3秒", "３５度１８分１２．３秒", "北緯35度18分12.3秒", "35-18-12.3", "35:18:12.3",
      "35 18 12.3", "N35°18′12.3″", "35°18′12.3″N", "35°18'12.3''", " 35° 18' 12.3\" ",
      "＋35゜18分12.3秒",
    ])
  func sexagesimal(text: String) throws {
    let read = try #require(value(text))
    #expect((read - (35 + 18.0 / 60 + 12.3 / 3600)).magnitude < 1e-12)
  }

  @Test("decimal degrees are read to the last digit")
  func decimal() {
    #expect(value("35.30341666666667") == 35.30341666666667)
    #expect(value("３５．５") == 35.5)
    #expect(value("-33.5") == -33.5)
    #expect(value("35.5度") == 35.5)
    #expect(value("南緯33.5") == -33.5)
    #expect(value("東経138.5", .longitude) == 138.5)
    #expect(value("35°30'") == 35.5)
  }

  @Test("compact degrees are read only where they are declared")
  func compact() throws {
    let read = try #require(value("351812.3", compact: true))
    #expect((read - (35 + 18.0 / 60 + 12.3 / 3600)).magnitude < 1e-12)
    #expect(value("1382100", .longitude, compact: true) == 138.35)
    #expect(value("35.5", compact: true) == 35.5)
    #expect(value("351812.3") == nil)
    #expect(value("356012", compact: true) == nil)
  }

  @Test("metres may have separators and a unit")
  func metres() {
    #expect(value("-35,123.456", .northing) == -35123.456)
    #expect(value("１２３４．５ｍ", .easting) == 1234.5)
    #expect(value("1,23", .easting) == nil)
    #expect(value("1,234,567.5 m", .easting) == 1_234_567.5)
    #expect(value("12-34", .easting) == nil)
  }

  @Test(
    "what is no ordinate is refused with the text",
    arguments: [
      "―", "不明", "35.1.2", "abc", "inf", "nan", "1e5", "35°60'00\"", "35°18'75\"", "35 18",
      "35.5°10'",
      "54STD55136095", "35°-18'", "E35.5", "35,5", "--5", "4月12日", "35°18'12\"x",
    ])
  func refused(text: String) {
    guard case .refused(let reason) = Coordinate.parse(text, axis: .latitude) else {
      Issue.record("“\(text)” was read")
      return
    }
    #expect(reason.contains(text))
  }

  @Test("ordinates out of range are refused with the range")
  func range() {
    #expect(
      Coordinate.parse("139.7", axis: .latitude)
        == .refused("“139.7” is out of range: a latitude is within −90 and 90"))
    #expect(value("139.7", .longitude) == 139.7)
    #expect(value("180.1", .longitude) == nil)
  }

  @Test("white space is empty", arguments: ["", " ", "\u{3000}", "\t"])
  func empty(text: String) {
    #expect(Coordinate.parse(text, axis: .longitude) == .empty)
  }

  @Test("no text of marks and digits stops the reader", arguments: 0..<300)
  func anyText(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("0123456789..--°'\"度分秒NSEW北緯東経,: ０９．m")
    let text = String(
      (0..<Int.random(in: 0...14, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? "0"
      })
    for axis in [Coordinate.Axis.longitude, .latitude, .easting, .northing] {
      for compact in [false, true] {
        if let value = value(text, axis, compact: compact) { #expect(value.isFinite) }
      }
    }
  }
}
