import Features
import Geometry
import Testing

/// One ledger row for the filters of these tests.
enum FilterSample {
  static let schema = Schema([
    field("名称", .text), field("状態", .text), field("利用世帯数", .integer), field("幅員", .real),
    field("公開", .boolean), field("設置日", .date), field("廃止日", .date), field("発生日", .date),
    field("調査日", .date), field("更新日時", .datetime), field("備考", .text),
    field("災害種別_崖崩れ、土石流及び地滑り", .text), field("建物名等(方書)", .text), field("owner", .text),
    field("floors", .integer), field("depth", .real), field("swimming_pool", .boolean),
    field("cityName", .text), field("eo:cloud_cover", .real), field("road_class", .text),
    field("LIKE", .integer), field("url", .url), field("欠測", .real),
  ])

  static func field(_ name: String, _ type: FieldType) -> Field {
    Field(name: name, type: type, audience: .public)
  }

  static func date(_ text: String) -> Attribute {
    if case .date(let date, _) = DateReading.parse(text) { .date(date) } else { .null }
  }

  static let values: [String: Attribute] = [
    "名称": .text("緑が丘三丁目第2集積所"), "状態": .text("1"), "利用世帯数": .integer(24), "幅員": .real(4.5),
    "公開": .boolean(true), "設置日": date("1998-04-01"), "廃止日": .null, "発生日": date("S61.8"),
    "調査日": date("不明"), "更新日時": .text("2023-04-01T08:30:00+09:00"), "備考": .null,
    "災害種別_崖崩れ、土石流及び地滑り": .text("1"), "建物名等(方書)": .text("若葉荘"),
    "owner": .text("Mike O'Hara"), "floors": .integer(6), "depth": .real(120.5),
    "swimming_pool": .boolean(false), "cityName": .text("Tokyo"), "eo:cloud_cover": .real(0.15),
    "road_class": .text("Straße"), "LIKE": .integer(1), "url": .text("https://example.jp/"),
    "欠測": .null,
  ]

  static func row(_ column: Int) -> Attribute { values[schema.names[column]] ?? .null }

  static func answer(_ text: String) throws(FilterError) -> Ternary {
    try Filter(parsing: text, schema: schema).evaluate(row) { predicate in
      // The feature stands at (140.9, 35.3): enough geometry for boxes and points.
      guard let bounds = predicate.shape.bounds else { return false }
      let isInside = bounds.contains(Point(x: 140.9, y: 35.3))
      switch predicate.relation {
      case .intersects, .within: return isInside
      case .disjoint: return !isInside
      case .equals: return isInside && bounds.minX == bounds.maxX && bounds.minY == bounds.maxY
      case .contains: return isInside && predicate.shape.kind == .point
      case .touches, .crosses, .overlaps: return false
      }
    }
  }
}

@Suite struct FilterTests {
  static let comparisons: [(String, Ternary)] = [
    ("状態 = '1'", .true), ("状態 <> '3'", .true), ("状態 = '3'", .false), ("状態='1'", .true),
    ("\"状態\" = '1'", .true), ("'1' = 状態", .true), ("利用世帯数 = 24", .true), ("利用世帯数 > 23", .true),
    ("利用世帯数 >= 24", .true), ("利用世帯数 < 24", .false), ("利用世帯数 <= 24.0", .true),
    ("利用世帯数 <> 24", .false), ("24 = 利用世帯数", .true), ("幅員 < 6", .true), ("幅員 = 4.5", .true),
    ("幅員 > 4.5e0", .false), ("幅員 >= .5", .true), ("幅員 > -1", .true), ("幅員 > +1", .true),
    ("公開 = TRUE", .true), ("公開 = true", .true), ("公開 <> FALSE", .true), ("公開", .true),
    ("NOT 公開", .false), ("TRUE", .true), ("FALSE", .false), ("NOT FALSE", .true),
    ("備考 = 'x'", .unknown), ("備考 <> 'x'", .unknown), ("NOT 備考 = 'x'", .unknown),
    ("欠測 > 0", .unknown), ("欠測 = 欠測", .unknown), ("owner = 'Mike O''Hara'", .true),
    ("owner = 'Mike O\\'Hara'", .true), ("cityName='Tokyo'", .true), ("cityName='tokyo'", .false),
    ("cityName < 'Toronto'", .true), ("cityName >= 'Tokyo'", .true), ("depth-120.0 > 0", .true),
    ("floors>5", .true), ("TRUE = (floors > 5)", .true), ("(floors > 5) = TRUE", .true),
    ("url = 'https://example.jp/'", .true), ("\"LIKE\" = 1", .true),
    ("災害種別_崖崩れ、土石流及び地滑り = '1'", .true), ("\"建物名等(方書)\" = '若葉荘'", .true),
    ("名称 = '緑が丘三丁目第２集積所'", .false), ("  状態  =\n'1'\t", .true), ("eo:cloud_cover < 0.2", .true),
    ("floors = 6 ", .true), ("利用世帯数 = 9223372036854775807", .false),
    ("利用世帯数 < 99999999999999999999", .true), ("floors = floors", .true),
  ]

  static let logic: [(String, Ternary)] = [
    ("状態 = '1' AND 幅員 < 6", .true), ("状態 = '3' OR 幅員 < 6", .true), ("状態 = '3' or 幅員 > 6", .false),
    ("状態 = '1' and not 幅員 > 6", .true), ("備考 = 'x' AND 状態 = '3'", .false),
    ("備考 = 'x' AND 状態 = '1'", .unknown), ("備考 = 'x' OR 状態 = '1'", .true),
    ("備考 = 'x' OR 状態 = '3'", .unknown), ("NOT (備考 = 'x' AND 状態 = '3')", .true),
    ("swimming_pool=true AND (floors>5 OR owner LIKE 'brick%')", .false),
    ("(floors>5 AND owner LIKE 'Mike%') OR swimming_pool=true", .true),
    ("NOT (floors<5) OR swimming_pool=true", .true),
    ("(owner LIKE 'mike%' OR owner LIKE 'Mike%') AND floors<7", .true),
    ("状態 = '3' AND 幅員 < 6 OR 公開", .true), ("状態 = '3' AND (幅員 < 6 OR 公開)", .false),
    ("NOT NOT 公開", .true), ("TRUE AND TRUE AND FALSE", .false), ("FALSE OR FALSE OR TRUE", .true),
    ("(((公開)))", .true), ("NOT swimming_pool AND 公開", .true),
  ]

  static let predicates: [(String, Ternary)] = [
    ("名称 LIKE '緑が丘%'", .true), ("名称 LIKE '%第2%'", .true), ("名称 LIKE '緑が丘'", .false),
    ("名称 NOT LIKE '緑%'", .false), ("名称 LIKE '%集積_'", .true), ("名称 LIKE '_が丘%所'", .true),
    ("名称 LIKE '%'", .true), ("名称 LIKE ''", .false), ("備考 LIKE '%'", .unknown),
    ("備考 NOT LIKE '%'", .unknown), ("owner LIKE '%O\\'%'", .true), ("owner LIKE 'Mike_O%'", .true),
    ("owner LIKE 'Mike\\_O%'", .false), ("owner NOT LIKE '%mike%'", .true),
    ("CASEI(owner) LIKE CASEI('mike%')", .true), ("CASEI(owner) LIKE 'MIKE%'", .false),
    ("CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))", .true),
    ("CASEI(road_class) = casei('STRASSE')", .true), ("ACCENTI('é') = 'e'", .true),
    ("ACCENTI(owner) = ACCENTI('Míke O''Hara')", .true),
    ("ACCENTI(CASEI(cityName)) = ACCENTI(CASEI('TÔKYO'))", .true),
    ("状態 IN ('1','2')", .true), ("状態 NOT IN ('1','2')", .false), ("状態 IN ('3')", .false),
    ("備考 IN ('1')", .unknown), ("備考 NOT IN ('1')", .unknown), ("利用世帯数 IN (12, 24, 36)", .true),
    ("利用世帯数 IN (12, 24.5)", .false), ("利用世帯数 NOT IN (1,2,3,4)", .true),
    ("cityName IN ('Toronto','Frankfurt','Tokyo','New York')", .true),
    ("公開 IN (TRUE)", .true), ("設置日 IN (DATE('1998-04-01'), DATE('1999-04-01'))", .true),
    ("floors IN (floors + 1, floors)", .true),
    ("depth BETWEEN 100.0 and 150.0", .true), ("depth NOT BETWEEN 100 AND 150", .false),
    ("depth BETWEEN 121 AND 150", .false), ("幅員 BETWEEN 4.5 AND 4.5", .true),
    ("欠測 BETWEEN 1 AND 2", .unknown), ("floors BETWEEN floors - 1 AND floors + 1 AND 公開", .true),
    ("cityName BETWEEN 'A' AND 'Z'", .true), ("eo:cloud_cover BETWEEN 0.1 AND 0.2", .true),
    ("設置日 BETWEEN DATE('1998-01-01') AND DATE('1998-12-31')", .true),
    ("備考 IS NULL", .true), ("備考 IS NOT NULL", .false), ("状態 IS NULL", .false),
    ("状態 is not null", .true),
    ("廃止日 IS NULL", .true), ("調査日 IS NULL", .false), ("(欠測 > 0) IS NULL", .true),
    ("欠測 + 1 IS NULL", .true), ("1 IS NULL", .false), ("geometry IS NULL", .false),
    ("geometry IS NOT NULL", .true), ("CASEI(備考) IS NULL", .true),
  ]

  static let arithmetic: [(String, Ternary)] = [
    ("利用世帯数 + 1 = 25", .true), ("利用世帯数 - 1 = 23", .true), ("利用世帯数 * 2 = 48", .true),
    ("利用世帯数 / 5 = 4.8", .true), ("利用世帯数 DIV 5 = 4", .true), ("利用世帯数 % 5 = 4", .true),
    ("利用世帯数 div 5 = 4", .true), ("2 ^ 10 = 1024", .true), ("2 ^ 3 ^ 2 = 512", .true),
    ("-2 ^ 2 = -4", .true), ("2 ^ -1 = 0.5", .true), ("1 + 2 * 3 = 7", .true),
    ("(1 + 2) * 3 = 9", .true), ("10 - 3 - 2 = 5", .true), ("100 / 10 / 5 = 2", .true),
    ("7 DIV 2 * 2 = 6", .true), ("-7 DIV 2 = -3", .true), ("7.5 DIV 2 = 3", .true),
    ("7.5 % 2 = 1.5", .true), ("1 / 0 = 1", .unknown), ("1 DIV 0 = 1", .unknown),
    ("1 % 0 = 1", .unknown), ("欠測 + 1 > 0", .unknown), ("- 幅員 < 0", .true), ("--floors = 6", .true),
    ("\"depth\" > (\"幅員\"-1)", .true), ("9223372036854775807 + 1 > 9.2e18", .true),
    ("-9223372036854775807 - 1 DIV -1 < 0", .true), ("1e308 * 10 > 0", .unknown),
    ("幅員 * 2 >= floors + 3", .true),
  ]

  static let times: [(String, Ternary)] = [
    ("設置日 = DATE('1998-04-01')", .true), ("設置日 = '1998-04-01'", .true), ("設置日 = 'H10.4.1'", .true),
    ("設置日 < '平成10年4月2日'", .true), ("設置日 >= DATE('1998-04-02')", .false),
    ("設置日 <> DATE('1998-04-02')", .true), ("'1998-03-31' < 設置日", .true),
    ("設置日 = '1998-04'", .unknown), ("設置日 <= '1998-04'", .true), ("設置日 < '1998-05'", .true),
    ("廃止日 < DATE('2020-01-01')", .unknown), ("調査日 < DATE('2020-01-01')", .unknown),
    ("発生日 < DATE('1986-09-01')", .true), ("発生日 < DATE('1986-08-15')", .unknown),
    ("発生日 < DATE('1986-08-01')", .false), ("発生日 <= DATE('1986-08-31')", .true),
    ("発生日 >= DATE('1986-08-01')", .true), ("発生日 > DATE('1986-08-31')", .false),
    ("発生日 = DATE('1986-08-04')", .unknown), ("発生日 = DATE('1987-08-04')", .false),
    ("発生日 <> DATE('1987-08-04')", .true), ("NOT 発生日 = DATE('1986-08-04')", .unknown),
    ("更新日時 > TIMESTAMP('2023-03-31T23:29:59Z')", .true),
    ("更新日時 = TIMESTAMP('2023-03-31T23:30:00Z')", .true),
    ("更新日時 < '2023-04-01T08:30:00.5+09:00'", .true), ("更新日時 = DATE('2023-04-01')", .true),
    ("更新日時 >= '2023-04-01'", .true), ("設置日 < TIMESTAMP('2000-01-01T00:00:00Z')", .true),
    ("T_AFTER(設置日, DATE('1998-03-31'))", .true), ("T_BEFORE(設置日, DATE('1998-04-01'))", .false),
    ("T_EQUALS(設置日, DATE('1998-04-01'))", .true),
    ("T_DURING(設置日, INTERVAL('1998-01-01','1998-12-31'))", .true),
    ("T_INTERSECTS(発生日, INTERVAL('1986-08-15','1986-08-20'))", .true),
    ("T_EQUALS(発生日, INTERVAL('1986-08-01','1986-08-31'))", .true),
    ("T_DISJOINT(発生日, DATE('1986-07-31'))", .true),
    ("T_CONTAINS(発生日, INTERVAL('1986-08-15','1986-08-20'))", .true),
    ("T_OVERLAPS(INTERVAL('1986-07-01','1986-08-10'), 発生日)", .true),
    ("T_OVERLAPPEDBY(発生日, INTERVAL('1986-07-01','1986-08-10'))", .true),
    ("T_STARTS(INTERVAL('1986-08-01','1986-08-10'), 発生日)", .true),
    ("T_STARTEDBY(発生日, INTERVAL('1986-08-01','1986-08-10'))", .true),
    ("T_FINISHES(INTERVAL('1986-08-10','1986-08-31'), 発生日)", .true),
    ("T_FINISHEDBY(発生日, INTERVAL('1986-08-10','1986-08-31'))", .true),
    ("T_MEETS(INTERVAL('1986-07-01','1986-08-01'), 発生日)", .true),
    ("T_METBY(INTERVAL('1986-08-31','1986-09-30'), 発生日)", .true),
    ("T_INTERSECTS(INTERVAL(設置日, 廃止日), DATE('2023-04-01'))", .true),
    ("T_INTERSECTS(INTERVAL(設置日, 廃止日), DATE('1990-04-01'))", .false),
    ("T_INTERSECTS(INTERVAL(廃止日, 廃止日), DATE('1990-04-01'))", .unknown),
    ("T_INTERSECTS(調査日, DATE('1990-04-01'))", .unknown),
    ("T_AFTER(設置日, INTERVAL('..','1998-03-31'))", .true),
    ("T_INTERSECTS(設置日, INTERVAL('1998-01-01','..'))", .true),
    ("t_intersects(更新日時, INTERVAL('2023-03-31T23:00:00Z','2023-04-01T00:00:00Z'))", .true),
    ("T_DURING(更新日時, INTERVAL('..', '2023-03-31T23:30:00.000001Z'))", .true),
    ("T_BEFORE(INTERVAL('2000','2001'), DATE('2002-01-01'))", .true),
  ]

  static let spatial: [(String, Ternary)] = [
    ("S_INTERSECTS(geometry, BBOX(140.889,35.281,140.960,35.325))", .true),
    ("S_INTERSECTS(geometry, BBOX(0,0,1,1))", .false),
    ("S_INTERSECTS(geom, BBOX(140.889,35.281,0,140.960,35.325,100))", .true),
    ("S_WITHIN(geometry, POLYGON((140 35,141 35,141 36,140 36,140 35)))", .true),
    ("S_CONTAINS(POLYGON((140 35,141 35,141 36,140 36,140 35)), geometry)", .true),
    ("S_DISJOINT(geometry, POINT(1 2))", .true), ("S_EQUALS(geometry, POINT(140.9 35.3))", .true),
    ("S_TOUCHES(geometry, LINESTRING(140 35, 141 36))", .false),
    ("S_CROSSES(geometry, LINESTRING(140 35, 141 36))", .false),
    ("S_OVERLAPS(geometry, MULTIPOLYGON(((0 0,1 0,1 1,0 0))))", .false),
    ("S_INTERSECTS(geometry, MULTIPOINT(140.9 35.3, 1 2))", .true),
    ("S_INTERSECTS(geometry, MULTIPOINT((140.9 35.3), (1 2)))", .true),
    ("S_INTERSECTS(geometry, MULTILINESTRING((140 35,141 36),(0 0,1 1)))", .true),
    ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(140.9 35.3), LINESTRING(0 0,1 1)))", .true),
    ("S_INTERSECTS(GEOMETRY, POINT Z (140.9 35.3 12.5))", .true),
    ("s_intersects(geometry, point(140.9 35.3)) and 状態 = '1'", .true),
    ("NOT S_DISJOINT(geometry, BBOX(-180,-90,180,90))", .true),
    ("S_INTERSECTS(geometry, BBOX(140.9,35.3,140.9,35.3))", .true),
    (
      "S_INTERSECTS(geometry, POLYGON((140 35,141 35,141 36,140 36,140 35),(0 0,1 0,1 1,0 0)))",
      .true
    ),
  ]

  @Test("compares", arguments: comparisons)
  func compares(text: String, expected: Ternary) throws {
    #expect(try FilterSample.answer(text) == expected)
  }

  @Test("joins conditions in three-valued logic", arguments: logic)
  func joins(text: String, expected: Ternary) throws {
    #expect(try FilterSample.answer(text) == expected)
  }

  @Test("answers LIKE, IN, BETWEEN and IS NULL", arguments: predicates)
  func answers(text: String, expected: Ternary) throws {
    #expect(try FilterSample.answer(text) == expected)
  }

  @Test("calculates", arguments: arithmetic)
  func calculates(text: String, expected: Ternary) throws {
    #expect(try FilterSample.answer(text) == expected)
  }

  @Test("compares dates as the days that they may be", arguments: times)
  func comparesTimes(text: String, expected: Ternary) throws {
    #expect(try FilterSample.answer(text) == expected)
  }

  @Test("hands questions of geometry out, the feature first", arguments: spatial)
  func asksGeometry(text: String, expected: Ternary) throws {
    #expect(try FilterSample.answer(text) == expected)
  }

  @Test("has at least 150 examples")
  func hasEnoughExamples() {
    let count =
      Self.comparisons.count + Self.logic.count + Self.predicates.count + Self.arithmetic.count
      + Self.times.count + Self.spatial.count
    #expect(count >= 150)
  }

  @Test("says which columns it reads and what it asks of geometry")
  func saysWhatItReads() throws {
    let filter = try Filter(
      parsing: "利用世帯数 > 1 AND (状態 = '1' OR 状態 = '2') AND S_WITHIN(geometry, BBOX(1,2,3,4))",
      schema: FilterSample.schema)
    #expect(filter.columns == [1, 2])
    #expect(filter.usesGeometry)
    #expect(filter.spatialPredicates.map(\.relation) == [.within])
    #expect(filter.spatialBounds == Box(minX: 1, minY: 2, maxX: 3, maxY: 4))
    let plain = try Filter(parsing: "TRUE", schema: FilterSample.schema)
    #expect(plain.columns.isEmpty && !plain.usesGeometry && plain.spatialBounds == nil)
    let either = try Filter(
      parsing: "S_INTERSECTS(geometry, POINT(1 2)) OR S_INTERSECTS(POINT(5 6), geometry)",
      schema: FilterSample.schema)
    #expect(either.spatialBounds == Box(minX: 1, minY: 2, maxX: 5, maxY: 6))
    #expect(either.spatialPredicates.map(\.index) == [0, 1])
    let open = try Filter(
      parsing: "S_INTERSECTS(geometry, POINT(1 2)) OR 公開", schema: FilterSample.schema)
    #expect(open.spatialBounds == nil)
    let turned = try Filter(
      parsing: "S_WITHIN(POINT(1 2), geometry)", schema: FilterSample.schema)
    #expect(turned.spatialPredicates.map(\.relation) == [.contains])
  }

  @Test("a feature without a place answers questions of geometry with unknown")
  func withoutPlace() throws {
    func answer(_ text: String) throws -> Ternary {
      try Filter(parsing: text, schema: FilterSample.schema).evaluate(FilterSample.row)
    }
    #expect(try answer("S_INTERSECTS(geometry, POINT(1 2))") == .unknown)
    #expect(try answer("NOT S_INTERSECTS(geometry, POINT(1 2))") == .unknown)
    #expect(try answer("geometry IS NULL") == .true)
  }

  @Test("a column named geometry comes before the layer's geometry")
  func columnNamedGeometry() throws {
    let schema = Schema([FilterSample.field("geometry", .text)])
    let filter = try Filter(parsing: "geometry = 'x'", schema: schema)
    #expect(filter.evaluate { _ in .text("x") } == .true)
  }

  @Test("LIKE agrees with trying every way", arguments: 0..<300)
  func likeAgreesWithTwin(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 7
    func random(_ bound: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % bound)
    }
    func word(_ letters: [Character]) -> String {
      String((0..<random(9)).map { _ in letters[random(UInt64(letters.count))] })
    }
    let text = word(["a", "b", "が"])
    let pattern = word(["a", "b", "が", "%", "_"])
    func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
      guard let first = pattern.first else { return text.isEmpty }
      if first == "%" {
        return matches(pattern.dropFirst(), text)
          || (!text.isEmpty && matches(pattern, text.dropFirst()))
      }
      guard let letter = text.first, first == "_" || first == letter else { return false }
      return matches(pattern.dropFirst(), text.dropFirst())
    }
    let filter = try Filter(parsing: "owner LIKE '\(pattern)'", schema: FilterSample.schema)
    #expect(
      filter.evaluate { _ in .text(text) }
        == Ternary(matches(Array(pattern)[...], Array(text)[...])), "\(text) \(pattern)")
  }
}
