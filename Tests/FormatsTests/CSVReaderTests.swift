import Formats
import Geometry
import Testing

@Suite struct CSVReaderTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func read(
    _ bytes: [UInt8], _ options: SourceOptions = SourceOptions(), name: String = "t.csv"
  ) throws -> (header: SourceHeader, items: [SourceItem]) {
    var reader = try CSVReader(path: try scratch.file(name, bytes), options: options)
    return (reader.header, try reader.all())
  }

  private func read(
    _ text: String, _ options: SourceOptions = SourceOptions(), name: String = "t.csv"
  ) throws -> (header: SourceHeader, items: [SourceItem]) {
    try read(Array(text.utf8), options, name: name)
  }

  private func texts(_ record: SourceRecord) -> [String] { record.values.map(\.description) }

  @Test("quotes, doubled quotes and line ends inside cells are read as RFC 4180 says")
  func quoting() throws {
    let (header, items) = try read("名称,備考\r\n\"a,b\",\"say \"\"x\"\"\"\r\n\"two\nlines\",\r\nc,d")
    #expect(header.columns.map(\.name) == ["名称", "備考"])
    #expect(items.records.map(texts) == [["a,b", "say \"x\""], ["two\nlines", ""], ["c", "d"]])
    #expect(items.records.map(\.place.row) == [2, 3, 5])
    #expect(items.records[1].values[1] == .null)
  }

  @Test(
    "every line end and delimiter gives the same rows", arguments: ["\n", "\r\n", "\r"],
    [",", ";", "\t"])
  func lineEndsAndDelimiters(lineEnd: String, delimiter: String) throws {
    let rows = [["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"], ["7", "", "9"]]
    let text = rows.map { $0.joined(separator: delimiter) }.joined(separator: lineEnd) + lineEnd
    let (header, items) = try read(text)
    #expect(header.columns.map(\.name) == rows[0])
    #expect(items.records.map(texts) == Array(rows.dropFirst()))
    #expect(items.records.map(\.place.row) == [2, 3, 4])
  }

  @Test("a semicolon in texts does not become the delimiter")
  func delimiterIsTheEvenOne() throws {
    let (header, _) = try read("名称,時間\na,月;火\nb,水;木;金\nc,土\n")
    #expect(header.columns.map(\.name) == ["名称", "時間"])
  }

  @Test("a byte-order mark belongs to no name, and UTF-16 is read with one and without")
  func unicodeMarks() throws {
    let text = "名称,値\n～①,1\n"
    let utf16 = Array(text.utf16)
    let little = utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let sources: [([UInt8], TextEncoding)] = [
      ([0xEF, 0xBB, 0xBF] + Array(text.utf8), .utf8), (Array(text.utf8), .utf8),
      ([0xFF, 0xFE] + little, .utf16LE), ([0xFE, 0xFF] + big, .utf16BE), (little, .utf16LE),
      (big, .utf16BE),
    ]
    for (bytes, encoding) in sources {
      let (header, items) = try read(bytes)
      #expect(header.encoding.encoding == encoding)
      #expect(header.columns.map(\.name) == ["名称", "値"])
      #expect(items.records.map(texts) == [["～①", "1"]])
    }
  }

  @Test("a declaration that a byte-order mark contradicts is refused")
  func contradictedDeclaration() throws {
    let bytes = [0xEF, 0xBB, 0xBF] + Array("a,b\n".utf8)
    let error = #expect(throws: FormatError.self) {
      try read(bytes, SourceOptions(encoding: .cp932))
    }
    #expect(error?.fault == .encoding)
    #expect(try read(bytes, SourceOptions(encoding: .utf8)).header.columns.count == 2)
  }

  @Test("CP932 is found without a declaration, and its evidence says why")
  func cp932() throws {
    let bytes = CP932.name + Array(",n\n".utf8) + CP932.windowsCharacters + Array(",1\n".utf8)
    let (header, items) = try read(bytes)
    #expect(header.encoding.encoding == .cp932)
    #expect(header.encoding.evidence.contains("no UTF-8 (byte 0)"))
    #expect(header.encoding.evidence.contains("8 of 8 characters"))
    #expect(items.records.map(texts) == [["～①㈱髙﨑Ⅲ", "1"]])
  }

  @Test("ISO-2022-JP is found by its escape sequences")
  func iso2022() throws {
    let name: [UInt8] = [0x1B, 0x24, 0x42, 0x4C, 0x3E, 0x1B, 0x28, 0x42]  // 名
    let (header, items) = try read(name + Array(",b\n1,2\n".utf8))
    #expect(header.encoding.encoding == .iso2022JP)
    #expect(header.columns.map(\.name) == ["名", "b"])
    #expect(items.records.map(texts) == [["1", "2"]])
  }

  @Test("damaged cells are flagged by column")
  func damage() throws {
    let bytes =
      Array("a,b\n".utf8) + CP932.name + [0x2C] + CP932.degree.prefix(3) + [0x0A]
    let record = try #require(try read(bytes, SourceOptions(encoding: .cp932)).items.records.first)
    #expect(texts(record) == ["名称", "程"])
    #expect(record.damages == [ValueDamage(column: 1, damage: .cutMidCharacter(byteOffset: 2))])
  }

  @Test("the header may stand on a later row, counted as a spreadsheet counts")
  func laterHeader() throws {
    let text = "防犯灯一覧,,\n\n番号,名称,備考\n1,a,b\n"
    let (header, items) = try read(text, SourceOptions(headerRow: 3))
    #expect(header.columns.map(\.name) == ["番号", "名称", "備考"])
    #expect(items.records.map(\.place.row) == [4])
    let error = #expect(throws: FormatError.self) { try read(text, SourceOptions(headerRow: 9)) }
    #expect(error?.reason == "the header is declared in row 9, the file has 4 rows")
  }

  @Test("comment rows and blank rows are passed over")
  func comments() throws {
    let text = "#title\na,b\n# note, with a comma\n1,2\n\n,,\n\"# quoted\",3\n3,4\n"
    let (header, items) = try read(text, SourceOptions(comment: "#"))
    #expect(header.columns.map(\.name) == ["a", "b"])
    #expect(items.records.map(texts) == [["1", "2"], ["3", "4"]])
  }

  @Test("a remark right under the header is skipped with a word, and only there")
  func remark() throws {
    let (header, items) = try read("番号,名称\n※半角で入力,\n1,※印\n※2,b\n")
    #expect(header.warnings.contains { $0.contains("row 2 is a remark") })
    #expect(items.records.map(\.place.row) == [3, 4])
    let plain = try read("番号,名称\n注連寺,a\n")
    #expect(plain.items.records.count == 1)
  }

  @Test("a linkdata.org table has its header in the #property row")
  func linkData() throws {
    let text = "#LINK,,\n#lang,ja,\n#property,name,note\n#object_type,x,\np.1,名,b\n"
    let (header, items) = try read(text)
    #expect(header.columns.map(\.name) == ["#property", "name", "note"])
    #expect(items.records.map(texts) == [["p.1", "名", "b"]])
  }

  @Test(
    "rows that are too short are filled, rows that are too long are rejected unless the rest is empty"
  )
  func unevenRows() throws {
    let (_, items) = try read("a,b\n1\n1,2,, ,　\n1,2,3\n4,5\n")
    #expect(items.records.map(texts) == [["1", ""], ["1", "2"], ["4", "5"]])
    #expect(items.rejections.map(\.row) == [4])
    #expect(items.rejections[0].reason.contains("3 cells where the header has 2"))
    #expect(items.rejections[0].reason.contains("“3”"))
  }

  @Test("an unclosed quotation mark costs its own row alone")
  func unclosedQuote() throws {
    let (_, items) = try read("a,b\n1,\"x\n2,y\n3,z\n")
    #expect(items.rejections.map(\.row) == [2])
    #expect(items.records.map(texts) == [["2", "y"], ["3", "z"]])
  }

  @Test("an unclosed quotation mark right under the header is rejected too")
  func unclosedQuoteUnderHeader() throws {
    let (_, items) = try read("a,b\n\"1,x\n2,y\n")
    #expect(items.rejections.map(\.row) == [2])
    #expect(items.records.map(texts) == [["2", "y"]])
  }

  @Test("names are made single, and columns without a name are called by their number")
  func names() throws {
    let (header, _) = try read("名称,,名称, 住所 ,\n1,2,3,4\n")
    #expect(header.columns.map(\.name) == ["名称", "column_2", "名称_2", "住所"])
    #expect(header.warnings.count == 2)
  }

  @Test("degrees become points with longitude first")
  func degrees() throws {
    let (header, items) = try read("名称,緯度,経度\na,35.5,138.25\nb,35度30分0秒,138°15'0\"\n")
    #expect(header.geometry == .point)
    for record in items.records {
      #expect(record.geometry == .point(Point(x: 138.25, y: 35.5)))
    }
  }

  @Test("metres are read from the declared columns, north given first or not")
  func metres() throws {
    let options = SourceOptions(coordinates: .metres(east: "Y座標", north: "X座標"))
    let record = try #require(
      try read("番号,X座標,Y座標\n1,\"-35,000.5\",12000.25\n", options).items.records.first)
    #expect(record.geometry == .point(Point(x: 12000.25, y: -35000.5)))
  }

  @Test("WKT columns are read")
  func wkt() throws {
    let (_, items) = try read(
      "id,形状\n1,\"LINESTRING (1 2, 3 4)\"\n2,x\n3,\n", SourceOptions(coordinates: .wkt("形状")))
    #expect(items.records[0].geometry == .line([Point(x: 1, y: 2), Point(x: 3, y: 4)]))
    #expect(items.records[1].geometry == nil)
    #expect(items.records[1].geometryFaults.count == 1)
    #expect(items.records[2].geometryFaults == ["the geometry column is empty"])
  }

  @Test("a row without a usable place stays a row, with the reason")
  func rowsWithoutPlaces() throws {
    let (_, items) = try read(
      "名称,緯度,経度\na,,\nb,0,0\nc,35.1,\nd,不明,139\ne,139.7,35.6\nf,0.0,0\n")
    #expect(items.records.count == 6)
    #expect(items.records.allSatisfy { $0.geometry == nil && !$0.geometryFaults.isEmpty })
    #expect(items.records[0].geometryFaults == ["the coordinates are empty"])
    #expect(items.records[1].geometryFaults[0].contains("0, 0"))
    #expect(items.records[2].geometryFaults == ["one of the coordinates is empty"])
    #expect(items.records[3].geometryFaults[0].contains("不明"))
    #expect(items.records[4].geometryFaults[0].contains("out of range"))
  }

  @Test("a declared column that is not there is named with those that are")
  func missingColumn() throws {
    let options = SourceOptions(coordinates: .degrees(longitude: "経度", latitude: "緯度"))
    let error = #expect(throws: FormatError.self) { try read("名称,北緯\n", options) }
    #expect(error?.fault == .selection)
    #expect(error?.reason.contains("“経度”") == true)
    #expect(error?.reason.contains("“北緯”") == true)
  }

  @Test("an empty file, a binary file, a folder and a missing file are refused")
  func refusedFiles() throws {
    #expect(throws: FormatError.self) { try read("") }
    #expect(throws: FormatError.self) {
      try read([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 7))
    }
    #expect(throws: FormatError.self) { try CSVReader(path: scratch.path) }
    let error = #expect(throws: FormatError.self) {
      try CSVReader(path: "\(scratch.path)/none.csv")
    }
    #expect(error?.fault == .unreadable)
  }

  @Test("a file larger than every buffer is read row by row, long cells included")
  func largeFile() throws {
    var text = "id,text,経度,緯度\n"
    let long = String(repeating: "長い文、\n", count: 60_000)
    for row in 0..<40_000 { text += "\(row),\"住所\"\"\(row)\"\"\",138.\(row),35.\(row)\n" }
    text += "last,\"\(long)\",138,35\n"
    let (_, items) = try read(text)
    #expect(items.rejections.isEmpty)
    #expect(items.records.count == 40_001)
    for (row, record) in items.records.prefix(40_000).enumerated()
    where record.values[1] != .text("住所\"\(row)\"") {
      Issue.record("row \(row) reads \(record.values)")
      return
    }
    #expect(items.records.last?.values[1] == .text(long))
    #expect(items.records.last?.place.row == 40_002)
  }
}

@Suite struct CSVTwinTests {
  /// The obvious reader: one character at a time, everything in memory.
  private func naive(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      if isQuoted {
        if scalar == "\"" {
          if scalars.first == "\"" {
            cell.unicodeScalars.append("\"")
            scalars.removeFirst()
          } else {
            isQuoted = false
          }
        } else {
          cell.unicodeScalars.append(scalar)
        }
      } else if scalar == "\"" && cell.isEmpty {
        isQuoted = true
      } else if scalar == "," {
        row.append(cell)
        cell = ""
      } else if scalar == "\n" {
        row.append(cell)
        rows.append(row)
        row = []
        cell = ""
      } else {
        cell.unicodeScalars.append(scalar)
      }
    }
    return rows
  }

  @Test(
    "what the writer writes is read back, by the reader and by the obvious one", arguments: 0..<60)
  func writerReaderTwin(seed: Int) throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: seed)
    let pieces = ["a", "若葉", ",", "\"", "\n", " ", "①", "x;y", "\u{3000}", "～", "9"]
    let columns = (0..<Int.random(in: 2...5, using: &random)).map { "列\($0)" }
    let rows = (0..<Int.random(in: 0...20, using: &random)).map { _ in
      ["k"]
        + columns.dropFirst().map { _ in
          (0..<Int.random(in: 0...4, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
          }.joined()
        }
    }
    let encoding: TextEncoding =
      [.utf8, .cp932, .utf16LE, .eucJP].randomElement(using: &random) ?? .utf8
    let layout = CSVWriter.Layout(
      encoding: encoding, hasByteOrderMark: encoding == .utf16LE || seed % 2 == 0,
      endsLinesWithCRLF: false)
    let writer = try CSVWriter(columns: columns, layout: layout, path: "out.csv")
    for row in rows { try writer.write(row.map { .text($0) }) }
    let bytes = writer.take()
    let options = SourceOptions(
      encoding: encoding, delimiter: ",", coordinates: CoordinateColumns.none)
    var reader = try CSVReader(path: try scratch.file("t.csv", bytes), options: options)
    let items = try reader.all()
    #expect(items.rejections.isEmpty)
    #expect(items.records.map { $0.values.map(\.description) } == rows)
    if encoding == .utf8 {
      let text = String(decoding: bytes.dropFirst(layout.hasByteOrderMark ? 3 : 0), as: UTF8.self)
      #expect(naive(text) == [columns] + rows)
    }
  }

  @Test("every prefix of a file is read or refused, never more rows than the whole")
  func prefixes() throws {
    let scratch = try Scratch()
    let whole =
      CP932.name + Array(",緯度,経度\r\n".utf8.prefix(1)) + Array("lat,lon\r\n\"a\n\",35,139\r\n".utf8)
      + CP932.degree + Array(",\"36\",140\r\nb,0,0,\r\n".utf8)
    for count in 0...whole.count {
      let path = try scratch.file("p.csv", Array(whole.prefix(count)))
      do throws(FormatError) {
        var reader = try CSVReader(path: path)
        #expect(try reader.all().count <= 4)
      } catch {
        #expect(error.file == path)
      }
    }
  }
}

@Suite struct CSVWriterTests {
  @Test("cells are quoted where they must be")
  func quoting() throws {
    let writer = try CSVWriter(columns: ["a", "b"], path: "o.csv")
    try writer.write([.text("x,y"), .text("say \"z\"")])
    try writer.write([.null, .integer(-3)])
    try writer.write([.real(0.5), .boolean(true)])
    #expect(
      String(decoding: writer.take(), as: UTF8.self)
        == "a,b\r\n\"x,y\",\"say \"\"z\"\"\"\r\n,-3\r\n0.5,true\r\n")
    #expect(writer.take().isEmpty)
  }

  @Test("characters that CP932 lacks are named with their column and row")
  func refusedCharacters() throws {
    let writer = try CSVWriter(
      columns: ["番号", "氏名"], layout: CSVWriter.Layout(encoding: .cp932), path: "o.csv")
    try writer.write([.text("1"), .text("髙﨑")])
    let before = writer.pendingByteCount
    let error = #expect(throws: FormatError.self) {
      try writer.write([.text("2"), .text("𠮷野")])
    }
    #expect(error?.fault == .encoding)
    #expect(error?.row == 3)
    #expect(error?.reason.contains("“𠮷” (U+20BB7) in the column “氏名”") == true)
    #expect(writer.pendingByteCount == before)
  }

  @Test("a table of one column keeps its empty rows")
  func lonelyEmptyCell() throws {
    let writer = try CSVWriter(columns: ["a"], path: "o.csv")
    try writer.write([.null])
    #expect(String(decoding: writer.take(), as: UTF8.self) == "a\r\n\"\"\r\n")
  }
}
