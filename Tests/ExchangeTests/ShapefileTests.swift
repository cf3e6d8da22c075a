import Formats
import Geometry
import Testing

@Suite struct ShapefileTests {
  private let scratch: Scratch
  /// 異常気象名 in CP932: ten bytes, as much as a name can take.
  private let name: [UInt8] = [0x88, 0xD9, 0x8F, 0xED, 0x8B, 0x43, 0x8F, 0xDB, 0x96, 0xBC]
  /// 程度 in CP932.
  private let degree: [UInt8] = [0x92, 0xF6, 0x93, 0x78]

  init() throws { scratch = try Scratch() }

  private func maker(rows: Int = 3) -> ShapefileMaker {
    var maker = ShapefileMaker()
    maker.fields = [
      .init(name: name, type: "C", width: 6), .init(name: Array("N".utf8), type: "N", width: 9),
    ]
    for row in 0..<rows {
      maker.polygons.append(ShapefileMaker.square(Double(row * 10)))
      maker.rows.append([degree, Array("\(row)".utf8)])
    }
    return maker
  }

  @Test("shapes and attributes are read record by record")
  func wholeFile() throws {
    let run = ExchangeRun.read(
      try maker().write(to: scratch.path, cpg: Array("\u{FEFF}Shift_JIS".utf8)))
    #expect(run.status == 0)
    #expect(
      run.header?.columns == [
        SourceColumn(name: "異常気象名", kind: .text), SourceColumn(name: "N", kind: .integer),
      ])
    #expect(run.header?.encoding.evidence == "CP932: .cpg “Shift_JIS”, 4 of 4 values decode")
    #expect(run.header?.geometry == .polygon)
    #expect(run.records.map(\.values) == (0..<3).map { [.text("程度"), .integer($0)] })
    #expect(run.records.map(\.place.row) == [1, 2, 3])
    guard case .polygon(let rings)? = run.records.dropFirst().first?.geometry else {
      Issue.record("no polygon in \(run.records)")
      return
    }
    #expect(Set(rings[0]) == Set([10, 11].flatMap { x in [0, 1].map { Point(x: x, y: $0) } }))
  }

  @Test("without .cpg the language byte, then the bytes, decide for CP932")
  func noCodePage() throws {
    var maker = maker()
    let first = ExchangeRun.read(try maker.write(to: scratch.path))
    #expect(
      first.header?.encoding.evidence == "CP932: no .cpg, language byte 0x13, 4 of 4 values decode")
    maker.languageByte = 0
    let second = ExchangeRun.read(try maker.write(to: scratch.path))
    #expect(
      second.header?.encoding.evidence == "CP932: no .cpg, no language byte, 4 of 4 values decode")
    #expect(second.records.first?.values.first == .text("程度"))
  }

  @Test("UTF-8 without .cpg is read as UTF-8, a name cut at ten bytes with a word")
  func utf8WithoutCodePage() throws {
    var maker = maker()
    // 水害地域 is twelve bytes in UTF-8: what is left ends inside its last character.
    maker.fields[0].name = Array("水害地域".utf8.prefix(10))
    maker.fields[0].width = 12
    maker.rows = [[Array("～①".utf8), []], [Array("浸水".utf8), []], [[], []]]
    let run = ExchangeRun.read(try maker.write(to: scratch.path))
    #expect(run.header?.encoding.encoding == .utf8)
    #expect(run.header?.columns.first?.name == "水害地")
    #expect(run.header?.warnings.contains { $0.contains("cut inside a character") } == true)
    #expect(run.records.map { $0.values[0] } == [.text("～①"), .text("浸水"), .null])
  }

  @Test("a value cut inside a character is flagged and keeps the rest")
  func cutValue() throws {
    var maker = maker(rows: 1)
    maker.rows[0][0] = Array("10c".utf8) + degree.prefix(3)
    let run = ExchangeRun.read(try maker.write(to: scratch.path))
    try #require(run.records.count == 1)
    #expect(run.records[0].values[0] == .text("10c程"))
    #expect(
      run.records[0].damages == [ValueDamage(column: 0, damage: .cutMidCharacter(byteOffset: 5))])
  }

  @Test("an unknown .cpg is refused where it matters, and the declared encoding helps")
  func unknownCodePage() throws {
    let path = try maker().write(to: scratch.path, cpg: Array("936".utf8))
    let run = ExchangeRun.read(path)
    #expect(run.status == 3)
    #expect(run.error?.fault == .encoding)
    #expect(run.error?.reason.contains("“936”") == true)
    #expect(ExchangeRun.read(path, ["--encoding", "SJIS"]).status == 0)
  }

  @Test("no digit of a number, no date and no word in a numeric field is lost")
  func fieldTypes() throws {
    var maker = ShapefileMaker()
    maker.fields = [
      .init(name: Array("ID".utf8), type: "N", width: 20),
      .init(name: Array("REAL".utf8), type: "N", width: 19, decimals: 11),
      .init(name: Array("DAY".utf8), type: "D", width: 8),
      .init(name: Array("FLAG".utf8), type: "L", width: 1),
      .init(name: Array("WORD".utf8), type: "N", width: 9),
    ]
    let cells = [
      ["1234567890123456789", "-123.45678901234", "20240229", "T", "7"],
      ["12345678901234567890", "*******************", "20241345", "f", "     "],
      ["", "1e3", "00000000", "?", ""],
    ]
    maker.rows = cells.map { $0.map { Array($0.utf8) } }
    maker.rows[1][4] = [0x20] + degree
    maker.polygons = [nil, nil, nil]
    let run = ExchangeRun.read(try maker.write(to: scratch.path))
    #expect(run.header?.columns.map(\.kind) == [.integer, .real, .date, .boolean, .integer])
    #expect(
      run.records.map(\.values) == [
        [
          .integer(1_234_567_890_123_456_789), .real(-123.45678901234), .text("2024-02-29"),
          .boolean(true), .integer(7),
        ],
        [.text("12345678901234567890"), .null, .text("20241345"), .boolean(false), .text("程度")],
        [.null, .real(1000), .null, .null, .null],
      ])
    #expect(
      run.records.allSatisfy { $0.geometry == nil && $0.geometryFaults == ["the geometry is null"] }
    )
  }

  @Test("rows marked as deleted are rejected, not lost")
  func deletedRows() throws {
    var maker = maker()
    maker.deletedRows = [1]
    let run = ExchangeRun.read(try maker.write(to: scratch.path))
    #expect(run.records.map(\.place.row) == [1, 3])
    #expect(run.rejections.map(\.row) == [2])
  }

  @Test("missing companions are told, and what there is is read")
  func missingCompanions() throws {
    let noTable = ExchangeRun.read(
      try maker().write(to: scratch.path, name: "a", parts: ["shp", "shx"]))
    #expect(noTable.records.count == 3)
    #expect(noTable.header?.columns == [])
    #expect(noTable.header?.warnings.contains { $0.contains(".dbf is missing") } == true)
    #expect(noTable.header?.warnings.contains { $0.contains(".prj is missing") } == true)
    let noIndex = ExchangeRun.read(
      try maker().write(to: scratch.path, name: "b", parts: ["shp", "dbf"]))
    #expect(noIndex.records.map(\.geometry) == noTable.records.map(\.geometry))
    #expect(noIndex.header?.warnings.contains { $0.contains(".shx is missing") } == true)
    #expect(try scratch.names().filter { $0.hasSuffix(".shx") } == ["a.shx"])
  }

  @Test("shapes and rows of different number are all delivered")
  func unevenCounts() throws {
    var maker = maker()
    maker.rows.removeLast()
    let fewer = ExchangeRun.read(try maker.write(to: scratch.path, name: "a"))
    try #require(fewer.records.count == 3)
    #expect(fewer.records[2].values == [.null, .null])
    #expect(fewer.records[2].geometryFaults == ["the .dbf has no attributes for this shape"])
    maker = self.maker()
    maker.polygons.removeLast()
    let more = ExchangeRun.read(try maker.write(to: scratch.path, name: "b"))
    try #require(more.records.count == 3)
    #expect(more.records[2].geometry == nil)
    #expect(more.records[2].geometryFaults == ["the .shp has no shape for this row"])
  }

  @Test(
    "a Shapefile cut anywhere is refused or delivers every row, never fewer in silence",
    arguments: ["shp", "shx", "dbf"])
  func truncation(ending: String) throws {
    let maker = maker()
    let path = try maker.write(to: scratch.path)
    let whole = ending == "shp" ? maker.shp : ending == "shx" ? maker.shx : maker.dbf
    for count in 0..<whole.count {
      _ = try scratch.file("t.\(ending)", Array(whole.prefix(count)))
      let run = ExchangeRun.read(path)
      if run.status == 0 {
        // The mark that ends a .dbf says nothing.
        #expect(ending == "dbf" && count == whole.count - 1)
        #expect(run.items.count == 3)
      } else {
        #expect(run.status == 3)
        #expect(run.error?.file == path)
        #expect(run.items.isEmpty)
      }
    }
  }

  @Test(
    "no changed byte of a .shp stops the program or loses a row in silence",
    arguments: [0x00, 0x7F, 0xFF] as [UInt8])
  func damagedShapes(value: UInt8) throws {
    let maker = maker()
    let path = try maker.write(to: scratch.path)
    for index in maker.shp.indices where index < 100 || index % 3 == 0 {
      var damaged = maker.shp
      damaged[index] = value
      _ = try scratch.file("t.shp", damaged)
      let run = ExchangeRun.read(path)
      if run.status == 0 { #expect(run.items.count == 3, "byte \(index)") }
    }
  }

  @Test("bytes after the announced end are told and not read")
  func trailingBytes() throws {
    let maker = maker()
    let path = try maker.write(to: scratch.path)
    _ = try scratch.file("t.shp", maker.shp + [0])
    let run = ExchangeRun.read(path)
    #expect(run.records.count == 3)
    #expect(run.header?.warnings.contains { $0.contains("1 bytes after") } == true)
  }

  @Test("the source and its folder are left as they were")
  func readOnly() throws {
    let path = try maker().write(to: scratch.path)
    let before = try scratch.names()
    _ = ExchangeRun.read(path)
    #expect(try scratch.names() == before)
  }
}

@Suite struct ReferenceTests {
  /// A .prj as ESRI's programs write one.
  private func plane(
    _ datum: String, spheroid: String, meridian: String, latitude: String, name: String = "x"
  ) -> String {
    "PROJCS[\"\(name)\",GEOGCS[\"GCS\",DATUM[\"\(datum)\",SPHEROID[\(spheroid)]],PRIMEM[\"Greenwich\",0.0],"
      + "UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",0.0],"
      + "PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",\(meridian)],PARAMETER[\"Scale_Factor\",0.9999],"
      + "PARAMETER[\"Latitude_Of_Origin\",\(latitude)],UNIT[\"Meter\",1.0]]"
  }

  private let grs80 = "\"GRS_1980\",6378137.0,298.257222101"
  private let bessel = "\"Bessel_1841\",6377397.155,299.1528128"

  private func code(_ prj: String) throws -> Int? {
    let scratch = try Scratch()
    var maker = ShapefileMaker()
    maker.polygons = [ShapefileMaker.square(0)]
    let run = ExchangeRun.read(
      try maker.write(to: scratch.path, parts: ["shp", "shx"], prj: prj))
    #expect(run.header?.reference?.text == prj)
    return run.header?.reference?.epsg
  }

  @Test(
    "the nineteen zones of each datum are found by their parameters",
    arguments: [
      ("D_JGD_2000", 2442), ("D_JGD_2011", 6668), ("D_Tokyo", 30_160),
    ])
  func zones(datum: String, base: Int) throws {
    let spheroid = datum == "D_Tokyo" ? bessel : grs80
    let origins = [
      ("129.5", "33.0"), ("131.0", "33.0"), ("132.1666666666667", "36.0"), ("133.5", "33.0"),
      ("134.3333333333333", "36.0"), ("136.0", "36.0"), ("137.1666666666667", "36.0"),
      ("138.5", "36.0"),
      ("139.8333333333333", "36.0"), ("140.8333333333333", "40.0"), ("140.25", "44.0"),
      ("142.25", "44.0"),
      ("144.25", "44.0"), ("142.0", "26.0"), ("127.5", "26.0"), ("124.0", "26.0"),
      ("131.0", "26.0"),
      ("136.0", "20.0"), ("154.0", "26.0"),
    ]
    for (zone, origin) in origins.enumerated() {
      let prj = plane(datum, spheroid: spheroid, meridian: origin.0, latitude: origin.1)
      #expect(try code(prj) == base + zone + 1)
    }
  }

  @Test("a name alone proves nothing")
  func nameAlone() throws {
    let wrong = plane(
      "D_JGD_2000", spheroid: grs80, meridian: "139.0", latitude: "36.0",
      name: "JGD_2000_Japan_Zone_8")
    #expect(try code(wrong) == nil)
    let wrongBody = plane("D_Tokyo", spheroid: grs80, meridian: "138.5", latitude: "36.0")
    #expect(try code(wrongBody) != 30_168)
  }

  @Test(
    "the geographic systems in use are found",
    arguments: [
      ("GCS_JGD_2011", "D_JGD_2011", true, 6668), ("GCS_JGD_2000", "D_JGD_2000", true, 4612),
      ("GCS_Tokyo", "D_Tokyo", false, 4301),
    ])
  func geographic(name: String, datum: String, isGRS80: Bool, expected: Int) throws {
    let prj =
      "GEOGCS[\"\(name)\",DATUM[\"\(datum)\",SPHEROID[\(isGRS80 ? grs80 : bessel)]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]"
    #expect(try code(prj) == expected)
  }

  @Test("WGS 84 is found")
  func wgs84() throws {
    let prj =
      "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]"
    #expect(try code(prj) == 4326)
  }

  @Test("a .prj that is no WKT keeps its text without a code")
  func unreadable() throws {
    #expect(try code("平面直角座標系 8系") == nil)
  }
}
