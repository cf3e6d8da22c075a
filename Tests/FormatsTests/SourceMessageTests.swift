import Features
import Formats
import Testing

@Suite("What readers say, in Japanese")
struct SourceMessageTests {
  @Test(
    "what was found stands in its place",
    arguments: [
      ("the coordinates are empty", "座標が空です"),
      ("“x” is no length in metres", "「x」はメートルとして読めません"),
      (
        "the row has 5 cells where the header has 4, the first beyond it holds “余り”; a value that "
          + "holds the delimiter stands in quotation marks",
        "見出しは4列ですが、この行には5列あります。はみ出した最初の値は「余り」です。区切り文字を含む値は引用符で囲んでください"
      ),
      ("the file has 2 layers, name one of them: 道路, 建物", "ファイルに2個のレイヤがあります。一つを指定してください: 道路, 建物"),
      ("cannot be read: Is a directory", "読めません（Is a directory）"),
    ])
  func holes(english: String, japanese: String) {
    #expect(SourceMessage.japanese(english) == japanese)
    #expect(SourceMessage.title(english) == Title(japanese: japanese, english: english))
  }

  @Test("a clause that nobody has put into Japanese stays as it is")
  func unknown() {
    for text in ["", "the moon is full", "“x” is", "the coordinates are empty now"] {
      #expect(SourceMessage.japanese(text) == nil)
      #expect(SourceMessage.title(text).text(in: .japanese) == text)
    }
  }

  @Test("what readers really say of refused files and rows is on the list")
  func readers() throws {
    let scratch = try Scratch()
    func reason(_ name: String, _ text: String, _ options: SourceOptions = SourceOptions()) throws
      -> String
    {
      let path = try scratch.file(name, text)
      do {
        var source = try SourceFile.open(path, options: options)
        while let item = try source.next() {
          switch item {
          case .rejected(_, let reason): return reason
          case .record(let record):
            if let fault = record.geometryFaults.first { return fault }
          }
        }
      } catch {
        #expect(error.text(in: .japanese).hasSuffix("。"))
        #expect(error.text(in: .english) == error.description)
        return error.reason
      }
      return "nothing was said"
    }
    for (name, text) in [
      ("a.csv", ""), ("b.csv", "名称,緯度,経度\nあ,,\n"), ("c.csv", "名称,緯度,経度\nあ,0,0\n"),
      ("d.csv", "名称,緯度,経度\nあ,北,138\n"), ("e.csv", "a,b\n1,2,3\n"), ("f.csv", "a,b\n1,\"2\n"),
      ("g.geojson", "{\"type\": \"Topology\"}"), ("h.geojson", "{\"type\": "),
      ("i.geojson", "{}"), ("j.ndjson", "{\"type\": \"Feature\"}\n"), ("k.ndjson", "[1]\n"),
    ] {
      let said = try reason(name, text)
      #expect(SourceMessage.japanese(said) != nil, "\(name): \(said)")
    }
    var options = SourceOptions()
    options.coordinates = .metres(east: "東", north: "北")
    #expect(try SourceMessage.japanese(reason("l.csv", "a\n1\n", options)) != nil)
  }
}
