import TestSupport
import Testing

/// The faults that the town's sources hold on purpose, and what comes of them.
@Suite("Faults in the sources")
struct DirtTests {
  private let town: Town

  init() throws {
    town = try Town.shared()
  }

  @Test("garbage points: keys that Excel made dates of and second uses of a key are refused by row")
  func garbageKeys() throws {
    let table = try SourceTable(
      town.source("garbage_points/garbage_points.csv"), encoding: "CP932")
    let report = try town.report(of: "garbage_points")
    var seen: Set<String> = []
    var dates = 0
    var repeats = 0
    for row in table.rows {
      let key = table.value(row, "管理番号")
      let isWellFormed =
        key.utf8.count == 6 && key.utf8.dropFirst(2).first == UInt8(ascii: "-")
      let found = report.rejections.first { $0.row == row.line }
      if !isWellFormed {
        dates += 1
        let rejection = try #require(found, "row \(row.line)")
        #expect(rejection.column == "管理番号")
        #expect(rejection.reason.contains(key))
        #expect(rejection.reason.contains("[0-9]{2}-[0-9]{3}"))
      } else if !seen.insert(key).inserted {
        repeats += 1
        #expect(try #require(found, "row \(row.line)").reason.contains(key))
      } else {
        #expect(found == nil, "row \(row.line)")
      }
    }
    #expect(dates > 0 && repeats > 0)
    #expect(report.rejected == dates + repeats)
    let stored = try town.machizu.features(["garbage_points", "--audience", "restricted"])
    #expect(Set(stored.map(\.id)) == seen)
  }

  @Test("garbage points: every text is as in the file, ～ ① ㈱ 髙 﨑 Ⅲ included")
  func garbageTexts() throws {
    let table = try SourceTable(
      town.source("garbage_points/garbage_points.csv"), encoding: "CP932")
    let stored = try byID(["garbage_points", "--audience", "restricted"])
    let refused = Set(try town.report(of: "garbage_points").rejections.map(\.row))
    var characters: Set<Character> = []
    for row in table.rows where !refused.contains(row.line) {
      let feature = try #require(stored[table.value(row, "管理番号")])
      for column in ["名称", "所在地_連結表記", "可燃", "管理者氏名", "管理者電話", "備考"] {
        #expect(feature[column] == table.value(row, column))
      }
      characters.formUnion(feature["名称"])
    }
    for character in "～①㈱髙﨑Ⅲ" { #expect(characters.contains(character), "\(character)") }
  }

  @Test("garbage points: rows without a place, or at 0,0, are ledger rows without a place")
  func garbagePlaces() throws {
    let table = try SourceTable(
      town.source("garbage_points/garbage_points.csv"), encoding: "CP932")
    let stored = try byID(["garbage_points", "--audience", "restricted"])
    let report = try town.report(of: "garbage_points")
    var empty = 0
    for row in table.rows {
      guard let feature = stored[table.value(row, "管理番号")],
        !report.rejections.contains(where: { $0.row == row.line })
      else { continue }
      let place = [table.value(row, "X座標"), table.value(row, "Y座標")]
      let isMissing = place.contains("") || place.allSatisfy { Double($0) == 0 }
      #expect(feature.vertices.isEmpty == isMissing, "row \(row.line)")
      guard isMissing else { continue }
      empty += 1
      #expect(report.notes(on: nil).contains { $0.row == row.line }, "row \(row.line)")
    }
    #expect(empty > 0)
  }

  @Test("garbage points: ditto marks in a column of numbers are told by row")
  func dittoMarks() throws {
    let table = try SourceTable(
      town.source("garbage_points/garbage_points.csv"), encoding: "CP932")
    let rows = table.rows.filter { ["〃", "同上"].contains(table.value($0, "自治会番号")) }
    let told = try town.report(of: "garbage_points").notes(on: "自治会番号").map(\.row)
    #expect(!rows.isEmpty)
    #expect(Set(told) == Set(rows.map(\.line)))
  }

  @Test("security lights: numbers that lost their zeros are filled and told, the remark is no row")
  func leadingZeros() throws {
    let table = try SourceTable(town.source("security_lights/security_lights.csv"))
    let report = try town.report(of: "security_lights")
    let rows = table.rows.filter { !$0.cells[0].hasPrefix("※") }
    #expect(rows.count < table.rows.count)
    #expect(report.read == rows.count)
    let filled = rows.filter { table.value($0, "灯具番号").count < 6 }
    #expect(!filled.isEmpty)
    let notes = report.notes(on: "灯具番号")
    #expect(Set(notes.map(\.row)) == Set(filled.map(\.line)))
    for row in filled {
      let key = table.value(row, "灯具番号")
      #expect(notes.contains { $0.row == row.line && $0.reason.contains(padded(key, to: 6)) })
    }
    let stored = try town.machizu.features(["security_lights", "--audience", "restricted"])
    #expect(
      Set(stored.map(\.id))
        == Set(
          table.values("灯具番号").filter { !$0.hasPrefix("※") }.map {
            padded($0, to: 6)
          }))
  }

  @Test("security lights: degrees, minutes and seconds are read as places")
  func degreesMinutesSeconds() throws {
    let table = try SourceTable(town.source("security_lights/security_lights.csv"))
    let rows = table.rows.filter {
      !$0.cells[0].hasPrefix("※") && Double(table.value($0, "緯度")) == nil
    }
    #expect(!rows.isEmpty)
    let stored = try byID(["security_lights", "--audience", "restricted"])
    for row in rows {
      let feature = try #require(stored[padded(table.value(row, "灯具番号"), to: 6)])
      let expected = SIMD2(degrees(table.value(row, "経度")), degrees(table.value(row, "緯度")))
      let vertex = try #require(feature.vertices.first)
      #expect(metres(vertex, expected) < 0.1, "row \(row.line)")
    }
  }

  @Test("road sections: route numbers that lost their zeros are filled and told")
  func routeNumbers() throws {
    let notes = try town.report(of: "road_sections").notes(on: "路線番号")
    #expect(!notes.isEmpty)
    let stored = try town.machizu.features(
      ["road_sections", "--fields", "路線番号", "--audience", "restricted"])
    #expect(stored.allSatisfy { $0["路線番号"].utf8.count == 5 })
  }

  @Test(
    "values that stand for nothing are empty and told, numbers with units and wide digits are read")
  func numbers() throws {
    let mirrors = try town.report(of: "curve_mirrors")
    #expect(mirrors.notes(on: "方位1").contains { $0.reason.contains("999") })
    #expect(mirrors.notes(on: "高さ").contains { $0.reason.contains("“m”") })
    #expect(try town.machizu.count(["curve_mirrors", "--where", "方位1 = 999"]) == 0)
    let pipes = try town.report(of: "sewer_pipes")
    #expect(pipes.rows.contains { $0.reason.contains("999.99") })
    #expect(pipes.rows.contains { $0.reason.contains("9999") })
    #expect(try town.machizu.count(["sewer_pipes", "--where", "土被り上 > 900"]) == 0)
    #expect(try town.report(of: "zoning").rows.contains { $0.reason.contains("２００") })
    #expect(try town.machizu.count(["zoning", "--where", "容積率 IS NULL"]) <= 2)
  }

  @Test("imprecise, impossible and badly written dates are told, and imprecise texts are kept")
  func dates() throws {
    var small = try SmallTown()
    let written = [
      "S61.8", "昭和57年9月頃", "昭和64年1月10日", "平成31年5月10日", "R5.4.1", "令和5年4月1日",
      "20230401", "2023/4/1", "45017", "いつか",
    ]
    for (index, text) in written.enumerated() { small.wells[index].date = text }
    try small.write()
    let report = try #require(try small.machizu.importing(["wells"]).first)
    #expect(report.added == small.wells.count)
    let told = report.notes(on: "設置日").map(\.row)
    // A row is two lines below its index: the header is line 1.
    for index in [0, 1, 2, 3, 9] { #expect(told.contains(index + 2), "\(written[index])") }
    for index in 4...7 { #expect(!told.contains(index + 2), "\(written[index])") }
    func found(_ condition: String) throws -> [String] {
      try small.machizu.features(["wells", "--where", condition]).map(\.id)
    }
    func numbers(_ indices: [Int]) -> [String] { indices.map { small.wells[$0].number } }
    #expect(try found("設置日 = DATE('2023-04-01')") == numbers([4, 5, 6, 7, 8]))
    #expect(try found("設置日 = DATE('1989-01-10')") == numbers([2]))
    #expect(try found("設置日 = DATE('2019-05-10')") == numbers([3]))
    #expect(
      try found("設置日 >= DATE('1986-08-01') AND 設置日 <= DATE('1986-08-31')") == numbers([0]))
    #expect(try found("設置日 < DATE('1986-08-15') AND 設置日 > DATE('1986-01-01')") == [])
    let stored = try small.machizu.features(["wells"])
    #expect(stored[0]["設置日"] == "S61.8" && stored[1]["設置日"] == "昭和57年9月頃")
    #expect(stored[4]["設置日"] == stored[5]["設置日"])
  }

  @Test("disaster areas: the yearly files are one layer, with the year of their source")
  func disasterYears() throws {
    let report = try town.report(of: "disaster_areas")
    #expect(report.files.count >= 10)
    #expect(Set(report.files.map(\.crs)).count >= 3)
    let years = Set(
      try town.machizu.features(["disaster_areas", "--audience", "restricted"]).map { $0["発生年"] })
    for file in report.files {
      let year = file.path.split(separator: "_").first { $0.count == 4 && Int($0) != nil }
      #expect(years.contains(try #require(year.map(String.init))), "\(file.path)")
    }
  }

  @Test(
    "facilities: ways to write yes are read, 外字 and radical forms are kept, and search finds them")
  func facilities() throws {
    let table = try SourceTable(town.source("public_facilities/public_facilities.csv"))
    let stored = try byID(["public_facilities"])
    let texts = ["名称", "名称_カナ", "団体名", "説明", "開始時間", "終了時間", "備考", "電話番号"]
    var characters: Set<Unicode.Scalar> = []
    for row in table.rows {
      let feature = try #require(stored[table.value(row, "ID")])
      for column in texts {
        let text = table.value(row, column)
        #expect(feature[column].unicodeScalars.elementsEqual(text.unicodeScalars))
        characters.formUnion(text.unicodeScalars)
      }
      #expect(feature["所在地_連結表記"] == table.value(row, "所在地_連結標記"))
      if ["1", "○", "有", "TRUE"].contains(table.value(row, "AED有無")) {
        #expect(feature["AED有無"] == "true", "row \(row.line)")
      }
    }
    #expect(characters.contains("\u{E05A}") && characters.contains("\u{2F6F}"))
    let radicals = table.rows.filter { row in
      texts.contains { table.value(row, $0).unicodeScalars.contains("\u{2F6F}") }
    }
    let found = try town.machizu.features(["public_facilities", "--text", "石"]).map(\.id)
    for row in radicals { #expect(found.contains(table.value(row, "ID"))) }
  }

  @Test("curve mirrors: the encoding is found without a hint and told, cut values too")
  func cutValues() throws {
    let report = try town.report(of: "curve_mirrors")
    let file = try #require(report.files.first)
    #expect(file.encoding.hasPrefix("CP932") && file.encoding.contains("no .cpg"))
    let cut = report.notes(on: "備考")
    #expect(!cut.isEmpty && cut.allSatisfy { $0.reason.contains("cut inside a character") })
    let stored = try town.machizu.features(["curve_mirrors", "--audience", "restricted"])
    #expect(stored.allSatisfy { !$0["備考"].contains("\u{FFFD}") })
  }

  @Test("exchanged axes are proposed by the city boundary, and the coordinates are as in the file")
  func exchangedAxes() throws {
    for (layer, file, reach) in [
      ("boundary_points", "boundary_points.csv", 8), ("garbage_points", "garbage_points.csv", 1),
    ] {
      let table = try SourceTable(town.source("\(layer)/\(file)"), encoding: "CP932")
      // East of the town's zone is positive, north negative.
      let rows = table.rows.filter { (Double(table.value($0, "X座標")) ?? 0) > 0 }
      #expect(rows.count == reach)
      let told = try town.report(of: layer).notes(on: nil).filter {
        $0.reason.contains("north and east exchanged")
      }
      #expect(told.map(\.row) == rows.map(\.line))
    }
    for layer in ["road_sections", "parcels", "sewer_manholes", "landuse", "disaster_areas"] {
      let notes = try town.report(of: layer).notes(on: nil)
      #expect(notes.allSatisfy { !$0.reason.contains("outside of the town") }, "\(layer)")
    }
  }

  @Test("boundary points: the file in the Tokyo datum says what its places may be off")
  func tokyoDatum() throws {
    let files = try town.report(of: "boundary_points").files
    let old = try #require(files.first { $0.crs == "EPSG:30169" })
    #expect(old.warnings.contains { $0.contains("without a grid file") && $0.contains(" m;") })
    #expect(
      files.filter { $0.crs != "EPSG:30169" }.allSatisfy { file in
        file.warnings.allSatisfy { !$0.contains("grid") }
      })
  }

  @Test("pipes whose manhole is not there, and zones without a name, are told by row and kept")
  func gaps() throws {
    let pipes = try town.report(of: "sewer_pipes")
    let manholes = Set(try town.machizu.features(["sewer_manholes"]).map(\.id))
    let columns = ["上流人孔", "下流人孔"]
    let broken = try town.machizu.features(["sewer_pipes"]).flatMap { pipe in
      columns.filter { !pipe[$0].isEmpty && !manholes.contains(pipe[$0]) }
    }
    #expect(broken.count == 3)
    #expect(columns.map { pipes.notes(on: $0).count }.reduce(0, +) == broken.count)
    let zoning = try town.report(of: "zoning")
    let nameless = try town.machizu.count(["zoning", "--where", "略称 IS NULL"])
    #expect(nameless == 2 && zoning.notes(on: "略称").count == nameless)
    #expect(zoning.rejected == 0)
  }

  @Test("facilities: private-use characters are told by row")
  func privateUse() throws {
    let table = try SourceTable(town.source("public_facilities/public_facilities.csv"))
    let rows = table.rows.filter { row in
      row.cells.contains { $0.unicodeScalars.contains("\u{E05A}") }
    }
    let told = try town.report(of: "public_facilities").rows.filter {
      $0.reason.contains("U+E05A")
    }
    #expect(!rows.isEmpty && told.map(\.row) == rows.map(\.line))
  }

  private func byID(_ arguments: [String]) throws -> [String: Feature] {
    Dictionary(
      try town.machizu.features(arguments).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  private func padded(_ text: String, to count: Int) -> String {
    String(repeating: "0", count: max(count - text.count, 0)) + text
  }

  /// Degrees of a text with degrees, minutes and seconds.
  private func degrees(_ text: String) -> Double {
    let parts = text.split { !$0.isNumber && $0 != "." }.compactMap { Double($0) }
    return zip(parts, [1, 60, 3600]).reduce(0) { $0 + $1.0 / $1.1 }
  }
}
