import Features
import Testing

@Suite struct FilterErrorTests {
  func refusal(_ text: String, _ schema: Schema = FilterSample.schema) -> FilterError? {
    do {
      _ = try Filter(parsing: text, schema: schema)
      return nil
    } catch {
      return error
    }
  }

  static let places: [(String, Int)] = [
    ("", 1), ("状態", 1), ("状態 =", 5), ("状態 = ", 6), ("= 1", 1), ("状態 = '1", 6), ("\"状態 = 1", 1),
    ("状態 = '1' AND", 13), ("状態 = '1' 公開", 10), ("(状態 = '1'", 10), ("状態 = '1')", 9),
    ("状態 LIKE", 8), ("状態 NOT '1'", 8), ("状態 IS '1'", 7), ("状態 IS NOT '1'", 11),
    ("利用世帯数 BETWEEN 1", 16), ("利用世帯数 BETWEEN 1 OR 2", 17), ("利用世帯数 IN 1", 10),
    ("利用世帯数 IN ()", 11), ("利用世帯数 IN (1", 12), ("利用世帯数 IN (1,)", 13), ("状態 == '1'", 4),
    ("状態 != '1'", 4), ("状態 ＝ '1'", 4), ("状態＝'1'", 3), ("利用世帯数 ≧ 1", 7), ("状態 = ‘1’", 6),
    ("状態 = '1' && 公開", 10), ("状態 = '1' ; DROP", 10), ("備考 = NULL", 6), ("状態 = '1' = '2'", 10),
    ("利用世帯数 = '24'", 9), ("状態 = 1", 6), ("1 = 状態", 1), ("公開 = 1", 6), ("公開 = 'true'", 6),
    ("設置日 = 20230401", 7), ("設置日 = '4月12日'", 7), ("設置日 = DATE('x')", 12),
    ("設置日 = DATE(状態)", 12), ("設置日 = 状態", 7), ("更新日時 > TIMESTAMP('x')", 18),
    ("状態 > 公開", 4), ("公開 > FALSE", 4), ("名称 + 1 = 2", 1), ("1 + 名称 = 2", 5), ("利用世帯数", 1),
    ("利用世帯数 AND 公開", 1), ("利用世帯数 LIKE '2%'", 1), ("CASEI(利用世帯数) = 'x'", 7), ("CASEI() = 'x'", 1),
    ("CASEI('a','b') = 'x'", 1), ("avg(利用世帯数) < 4", 1), ("S_INTERSECTS(geometry)", 1),
    ("S_INTERSECTS(geometry, geometry)", 1), ("S_INTERSECTS(名称, POINT(1 2))", 1),
    ("S_INTERSECTS(geometry, POINT(1))", 31), ("S_INTERSECTS(geometry, POINT(1 2)", 34),
    ("S_INTERSECTS(geometry, POINT(35.3 140.9))", 30), ("S_INTERSECTS(geometry, POINT(a b))", 30),
    ("S_INTERSECTS(geometry, POINT EMPTY)", 30), ("S_INTERSECTS(geometry, BBOX(3,2,1,4))", 24),
    ("S_INTERSECTS(geometry, BBOX(1,2,3))", 24), ("S_INTERSECTS(geometry, LINESTRING(1 2))", 35),
    ("S_INTERSECTS(geometry, POLYGON((0 0,1 1,0 0)))", 33),
    ("S_INTERSECTS(geometry, POLYGON((0 0,1 0,1 1,0 1)))", 33),
    ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(1 2))", 43), ("geometry = 1", 10),
    ("S_INTERSECTS(geometry, POINT(1 2 3 4 5))", 30), ("T_AFTER(設置日)", 1), ("T_AFTER(設置日, 1)", 14),
    ("T_AFTER(設置日, INTERVAL('2023-01-01','2022-01-01'))", 14),
    ("T_AFTER(名称, DATE('2023-01-01'))", 9),
    ("T_AFTER(設置日, INTERVAL(INTERVAL('..','..'),'..'))", 23), ("#", 1), ("状態 = '1' # x", 10),
    ("A_CONTAINS(名称, 状態)", 1), ("状態 IN ('1', 2)", 13), ("NOT", 4), ("- 名称 = 1", 3),
  ]

  @Test("points at the place of what is wrong", arguments: places)
  func pointsAtPlace(text: String, column: Int) {
    let error = refusal(text)
    #expect(error?.column == column, "\(error.map { $0.description } ?? "accepted")")
  }

  @Test("names the nearest properties, and only visible ones")
  func nearestNames() {
    #expect(
      refusal("状体 = '1'")?.fault
        == .unknownProperty(name: "状体", nearest: ["状態"], isQuoted: false))
    #expect(
      refusal("利用世帯 > 1")?.fault
        == .unknownProperty(name: "利用世帯", nearest: ["利用世帯数"], isQuoted: false))
    #expect(
      refusal("ｏｗｎｅｒ = 'x'")?.fault
        == .unknownProperty(name: "ｏｗｎｅｒ", nearest: ["owner"], isQuoted: false))
    #expect(
      refusal("状態 = \"1\"")?.fault == .unknownProperty(name: "1", nearest: [], isQuoted: true))
    let visible = Schema([FilterSample.field("管理番号", .text)])
    let hidden = refusal("管理者氏名 = 'x'", visible)
    #expect(hidden?.fault == .unknownProperty(name: "管理者氏名", nearest: [], isQuoted: false))
    #expect(hidden?.description.contains("管理番号") == false)
  }

  @Test("says how to write a value of the column's type")
  func remedies() {
    #expect(refusal("状態 = 1")?.description.contains("write '1'") == true)
    #expect(refusal("利用世帯数 = '24'")?.description.contains("write 24") == true)
    #expect(refusal("公開 = 1")?.description.contains("write TRUE") == true)
    #expect(refusal("備考 = NULL")?.description.contains("IS NULL") == true)
    #expect(refusal("状態 != '1'")?.description.contains("<>") == true)
    #expect(refusal("状態 = 1")?.text(in: .japanese).contains("'1'と書いてください。") == true)
  }

  @Test("says every fault in one sentence of both languages", arguments: places)
  func sentences(text: String, column: Int) throws {
    let error = try #require(refusal(text))
    #expect(error.description.hasPrefix("Filter, character \(column): "))
    #expect(error.description.hasSuffix("."))
    #expect(error.text(in: .japanese).hasPrefix("絞り込みの式の\(column)文字目: "))
    #expect(error.text(in: .japanese).hasSuffix("。"))
  }

  @Test("draws a caret under the place, two columns a Japanese character")
  func carets() throws {
    let text = "状態 = 1"
    let japanese = try #require(refusal(text))
    #expect(japanese.caretLines(for: text) == ["状態 = 1", "       ^"])
    let lines = "公開 AND\n状態 = 1"
    #expect(try #require(refusal(lines)).caretLines(for: lines) == ["状態 = 1", "       ^"])
    let missing = "状態 = '1' AND"
    #expect(try #require(refusal(missing)).caretLines(for: missing)[1] == "              " + "^")
    #expect(try #require(refusal("")).caretLines(for: "") == ["", "^"])
    let long =
      String(repeating: "公開 AND ", count: 50) + "x = 1 AND " + String(repeating: "y", count: 90)
    let cut = try #require(refusal(long)).caretLines(for: long)
    #expect(cut[0].hasPrefix("…") && cut[0].hasSuffix("…"))
    #expect(cut[0].count == 74)
    let far = FilterError(.unclosedText, column: .max)
    #expect(far.caretLines(for: "ab") == ["ab", "  ^"])
    #expect(FilterError(.unclosedText, column: .min + 1).caretLines(for: "ab") == ["ab", "^"])
  }

  @Test("refuses filters that are too long or too deep")
  func limits() {
    let long = "状態 = '" + String(repeating: "x", count: 65_536) + "'"
    #expect(refusal(long)?.fault == .tooLong(limit: 65_536))
    let repeated: [(String, String, Int)] = [
      ("(", "公開", 20_000), ("NOT ", "公開", 16_000), ("-", "1 = 1", 60_000),
      ("1 + ", "1 = 1", 16_000),
      ("1 ^ ", "1 = 1", 16_000), ("CASEI(", "名称", 10_000), ("2 * ", "1 = 1", 16_000),
    ]
    for (part, end, count) in repeated {
      let text = String(repeating: part, count: count) + end
      let isLimited: Bool
      switch refusal(text)?.fault {
      case .tooDeep(limit: 32)?: isLimited = true
      default: isLimited = false
      }
      #expect(isLimited, "\(part)")
    }
    let collections =
      "S_INTERSECTS(geometry, " + String(repeating: "GEOMETRYCOLLECTION(", count: 2000)
    #expect(refusal(collections)?.fault == .tooDeep(limit: 32))
    let nested = String(repeating: "(", count: 28) + "公開" + String(repeating: ")", count: 28)
    #expect(refusal(nested) == nil)
    let flat = String(repeating: "公開 AND ", count: 5000) + "公開"
    #expect(refusal(flat) == nil)
  }

  @Test("never traps on beginnings, holes and mixtures of filters")
  func mutilated() {
    let examples =
      FilterTests.comparisons + FilterTests.predicates + FilterTests.arithmetic + FilterTests.times
      + FilterTests.spatial
    var state: UInt64 = 42
    for (text, _) in examples {
      let scalars = Array(text.unicodeScalars)
      for count in 0..<scalars.count { evaluate(scalars[..<count]) }
      for _ in 0..<20 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var changed = scalars
        let place = Int((state >> 33) % UInt64(scalars.count))
        let other = examples[Int((state >> 20) % UInt64(examples.count))].0.unicodeScalars
        changed.replaceSubrange(
          place..<min(scalars.count, place + 2), with: other.prefix(Int((state >> 50) % 12)))
        evaluate(changed[...])
      }
    }
  }

  private func evaluate(_ scalars: ArraySlice<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    let text = String(view)
    do {
      _ = try FilterSample.answer(text)
    } catch {
      #expect(error.column >= 1 && error.column <= text.count + 1)
      #expect(error.caretLines(for: text).count == 2)
    }
  }
}
