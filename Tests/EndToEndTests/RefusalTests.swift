import JSON
import TestSupport
import Testing

/// Each refusal: one clear sentence, the documented status, and a store that is as it was.
@Suite("Bad input")
struct RefusalTests {
  private let town: SmallTown
  private let before: String
  private var machizu: Machizu { town.machizu }

  init() throws {
    town = try SmallTown()
    _ = try town.machizu.importing()
    before = try town.machizu.state()
  }

  /// Expects a command to fail with a message that holds all the words, and to leave the store.
  private func expectRefusal(
    _ words: [String], status: Int32, telling parts: [String],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let run = try machizu(words[0], Array(words.dropFirst()))
    #expect(run.status == status, "\(run.errors)", sourceLocation: location)
    #expect(run.errors.hasPrefix("machizu: "), sourceLocation: location)
    for part in parts {
      #expect(run.errors.contains(part), "\(run.errors)", sourceLocation: location)
    }
    #expect(
      !run.errors.contains("Fatal") && !run.errors.contains("Error("), sourceLocation: location)
    #expect(run.errors.utf8.count < 2000, sourceLocation: location)
  }

  private func expectUnchanged(location: SourceLocation = #_sourceLocation) throws {
    #expect(try machizu.state() == before, sourceLocation: location)
  }

  /// Changes a file for the time of a test and puts it back, so that the store can be looked at.
  private func replacing(
    _ name: String, _ old: String, with new: String, _ body: () throws -> Void
  ) throws {
    let text = try town.read(name)
    try #require(text.contains(old))
    try town.write(name, text.replacing(old, with: new))
    try body()
    try town.write(name, text)
    try expectUnchanged()
  }

  @Test(
    "an unknown key of layer.json is told with file, line, column and the nearest key",
    arguments: [["import"], ["check"], ["layers"], ["query", "wells"], ["serve", "--port", "0"]])
  func unknownKey(_ words: [String]) throws {
    let file = "Layers/wells/layer.json"
    try replacing(file, "\"label\"", with: "\"lable\"") {
      let before = try town.read(file).split(separator: "\"lable\"")[0]
      let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
      let position = "\(lines.count):\((lines.last ?? "").count + 1)"
      try expectRefusal(
        words, status: 3, telling: ["\(file):\(position):", "“lable”", "Did you mean “label”?"])
    }
  }

  @Test("faults of machizu.json and of layer.json are refused, each with its place")
  func faultyDeclarations() throws {
    try replacing("machizu.json", "\"language\": \"ja\"", with: "\"language\": \"fr\"") {
      try expectRefusal(["import"], status: 3, telling: ["machizu.json:1:", "fr", "ja or en"])
    }
    try replacing("machizu.json", "}, \"language\"", with: "} \"language\"") {
      try expectRefusal(["import"], status: 3, telling: ["machizu.json:1:"])
    }
    let layer = "Layers/wells/layer.json"
    for (old, new, word) in [
      ("\"audience\": \"staff\"", "\"audience\": \"stuff\"", "stuff"),
      ("\"type\": \"integer\"", "\"type\": \"number\"", "number"),
      ("\"geometry\": \"point\"", "\"geometry\": \"points\"", "points"),
      ("\"key\": \"番号\"", "\"key\": \"番\"", "番"),
      ("\"longitude\"", "\"x\"", "x"),
    ] {
      try replacing(layer, old, with: new) {
        try expectRefusal(["import"], status: 3, telling: ["layer.json:", word])
      }
    }
    try replacing(layer, "開示 = '1'", with: "開 = '1'") {
      try expectRefusal(["check"], status: 3, telling: ["wells", "public_where"])
    }
  }

  @Test("a missing source file is told by its pattern")
  func missingFile() throws {
    try replacing("Layers/wells/layer.json", "wells.csv", with: "well*.txt") {
      try expectRefusal(["import", "wells"], status: 3, telling: ["wells", "well*.txt"])
      try expectRefusal(["check"], status: 3, telling: ["wells", "well*.txt"])
    }
    try replacing("Layers/wells/layer.json", "wells.csv", with: "archive:wells.csv") {
      try expectRefusal(["import", "wells"], status: 3, telling: ["archive", "--path"])
    }
  }

  @Test("the name of an encoding that is not known is refused")
  func encoding() throws {
    let place = "\"source\": {\"files\": [\"wells.csv\"],"
    try replacing(
      "Layers/wells/layer.json", place, with: place + " \"encoding\": \"SJIZ\","
    ) {
      try expectRefusal(["import", "wells"], status: 3, telling: ["SJIZ"])
    }
  }

  @Test("a byte that is no character of the declared encoding is told by row and column")
  func damagedText() throws {
    var lines = try town.read("Layers/wells/wells.csv").split(separator: "\n").map {
      Array($0.utf8)
    }
    // In the name of the third row, on line 4.
    let place = try #require(lines[3].firstIndex(of: 0x2C)) + 1
    lines[3][place] = 0xFF
    try town.write("Layers/wells/wells.csv", Array(lines.joined(separator: [0x0A])) + [0x0A])
    try town.write(
      "Layers/wells/layer.json",
      try town.read("Layers/wells/layer.json").replacing(
        "\"source\": {", with: "\"source\": {\"encoding\": \"UTF-8\", "))
    let report = try #require(try machizu.importing(["wells", "--dry-run"]).first)
    #expect(report.rows.contains { $0.row == 4 && $0.column == "名称" })
    try expectUnchanged()
  }

  @Test("a reference system that is not known, or not said, is refused")
  func referenceSystem() throws {
    try replacing("Layers/wells/layer.json", "EPSG:6668", with: "EPSG:999999") {
      try expectRefusal(["import", "wells"], status: 3, telling: ["wells", "EPSG:999999"])
    }
    try replacing("Layers/wells/layer.json", "\"crs\": \"EPSG:6668\",", with: "") {
      try expectRefusal(["import", "wells"], status: 3, telling: ["wells", "EPSG:"])
    }
  }

  @Test(
    "a Shapefile that was cut short is refused by name, wherever the cut is",
    arguments: [
      ("shp", 50), ("shp", 100), ("shp", 150), ("shp", 3001), ("dbf", 10), ("dbf", 40),
      ("dbf", 700), ("shx", 60), ("shx", 120),
    ])
  func truncatedShapefile(_ ending: String, _ count: Int) throws {
    let source = "\(Repository.root)/Layers/districts/districts."
    for part in ["cpg", "dbf", "prj", "shp", "shx"] {
      var bytes = try TestFile.read(source + part)
      if part == ending {
        #expect(bytes.count > count)
        bytes = Array(bytes.prefix(count))
      }
      try town.write("Layers/cut/cut.\(part)", bytes)
    }
    try town.write(
      "Layers/cut/layer.json",
      """
      {"title": "切断", "audience": "public", "geometry": "polygon",
       "source": {"files": ["cut.shp"], "crs": "EPSG:6677"}, "key": "machizu:content",
       "fields": []}
      """)
    try expectRefusal(["import", "cut"], status: 3, telling: ["cut."])
    try expectUnchanged()
  }

  @Test(
    "a style that is broken is told with its file and the path to the fault",
    arguments: [
      ("\"type\": \"line\"", "\"type\": \"lines\"", "layers[1]"),
      ("\"line-width\": 6", "\"line-widht\": 6", "line-widht"),
      ("\"line-width\": 6", "\"line-width\": \"six\"", "layers[1].paint.line-width"),
      ("\"line-width\": 6", "\"line-width\": [\"plus\", 1, 2]", "layers[1].paint.line-width"),
      ("\"line-color\": \"#888888\"", "\"line-color\": \"#88888\"", "layers[1].paint.line-color"),
      ("\"version\": 8", "\"version\": 7", "version"),
      ("\"version\": 8,", "\"version\": 8", "line 1, column"),
      ("\"id\": \"wells\"", "\"id\": \"streets\"", "streets"),
    ])
  func brokenStyle(_ old: String, _ new: String, _ word: String) throws {
    try replacing("Styles/plain.json", old, with: new) {
      let tile = ["render", "plain", "--tile", SmallTown.tile, "-o", town.path("none.png")]
      for words in [tile, ["check"], ["serve", "--port", "0"]] {
        try expectRefusal(words, status: 3, telling: ["plain", word])
      }
      #expect(!TestFile.exists(town.path("none.png")))
    }
  }

  @Test("a style's column that its layer does not have is told by the check, and is drawn as empty")
  func unknownColumn() throws {
    #expect(try !town.machizu("check").errors.contains("Styles/plain.json"))
    try replacing("Styles/plain.json", "名称", with: "名") {
      let told = try town.machizu("check")
      #expect(told.status == 0)
      #expect(
        told.errors.contains("Styles/plain.json: the rule “names” asks for the column “名”, which")
          && told.errors.contains("Did you mean “名称”?"), "\(told.errors)")
    }
  }

  @Test(
    "tiles and pictures out of range are refused, with what is allowed",
    arguments: [
      ["--tile", "16/65536/1"], ["--tile", "16/1/65536"], ["--tile", "21/1/1"],
      ["--tile", "-1/0/0"], ["--tile", "9/1/1"], ["--tile", "16/1"], ["--tile", "a/b/c"],
      ["--tile", "20/1/1", "--scale", "2"], ["--tile", "16/1/1", "--scale", "3"],
      ["--tile", "16/99999999999999999999/1"], ["--tiles", "16/0-1000/0-1000"],
      ["--tiles", "16/5-3/1-2"], ["--bbox", "140,35,141,36", "--zoom", "20"],
      ["--bbox", "141,36,140,35", "--zoom", "12"], ["--bbox", "140,35,141", "--zoom", "12"],
      ["--bbox", "nan,35,141,36", "--zoom", "12"], ["--zoom", "14-12"], ["--zoom", "12-21"], [],
    ])
  func outOfRange(_ words: [String]) throws {
    let file = town.path("none.png")
    try expectRefusal(["render", "plain"] + words + ["-o", file], status: 2, telling: [])
    #expect(!TestFile.exists(file))
  }

  @Test(
    "words that have no effect beside others, and names of another kind, are refused by render",
    arguments: [
      (["--zoom", "14-12", "-o", "a.pmtiles"], ["14-12", "say 12-14"]),
      (["--zoom", "12-14", "-o", "a.png"], ["a.png", "OUT.pmtiles", "DIR/"]),
      (["--zoom", "12", "-o", "a.png"], ["a.png", "--bbox"]),
      (["--tile", "12/1/1", "-o", "a.pmtiles"], ["--tile", "a.pmtiles", "PNG"]),
      (["--tile", "12/1/1", "--zoom", "12", "-o", "a.png"], ["--tile", "--zoom"]),
      (["--tiles", "12/1-2/1-2", "--bbox", "1,1,2,2", "-o", "a.png"], ["--tiles", "--bbox"]),
      (["--tile", "12/1/1", "--update", "-o", "a.png"], ["--tile", "--update"]),
      (["--bbox", "1,1,2,2", "--zoom", "12", "--resume", "-o", "a.png"], ["--resume", "picture"]),
      (["--zoom", "12-14", "--shard", "0/0", "-o", "a.pmtiles"], ["0/0", "I/N"]),
    ])
  func renderWords(_ words: [String], _ parts: [String]) throws {
    try expectRefusal(["render", "plain"] + words, status: 2, telling: parts)
    for name in ["a.png", "a.pmtiles", "a.pmtiles.part"] {
      #expect(!TestFile.exists(town.path(name)))
    }
  }

  @Test(
    "an unknown layer, style, column, command or option is wrong usage, with the nearest name",
    arguments: [
      (["query", "well"], ["“well”", "wells"]), (["describe", "well"], ["“well”", "wells"]),
      (["import", "well"], ["“well”", "wells"]), (["query", "../wells"], ["../wells"]),
      (["render", "plane", "--tile", "16/1/1", "-o", "x.png"], ["“plane”", "plain"]),
      (["render", "../Styles/plain", "--tile", "16/1/1", "-o", "x.png"], ["../Styles/plain"]),
      (["render", "plain", "--tile", "16/1/1", "--layers", "well", "-o", "x.png"], ["well"]),
      (["query", "wells", "--sort", "名"], ["“名”"]), (["query", "wells", "--fields", "名前"], ["名前"]),
      (["query", "wells", "--frmat", "csv"], ["--frmat", "--format"]),
      (["query", "wells", "--format", "xls"], ["xls", "csv"]),
      (["query", "wells", "--limit", "-1"], ["--limit", "-1"]),
      (["query", "wells", "--limit"], ["--limit"]),
      (["query", "wells", "--count=1"], ["--count"]),
      (["query", "wells", "--limit", "1", "--limit", "2"], ["--limit", "twice"]),
      (["query", "wells", "--crs", "EPSG:1"], ["EPSG:1"]),
      (["query", "wells", "--crs", "tokyo"], ["tokyo"]),
      (["query", "wells", "--near", "140,35"], ["--within"]),
      (["query", "wells", "--within", "5"], ["--near"]),
      (["query", "wells", "--near", "35,140", "--within", "5"], ["longitude"]),
      (["query", "wells", "--bbox", "35,140,36,141"], ["--bbox", "longitude"]),
      (["query", "wells", "--audience", "everyone"], ["everyone", "staff"]),
      (["query", "wells", "--where", "水深 >"], ["character"]),
      (["query", "wells", "--where", "水深 > '深い'"], ["character"]),
      (["query", "wells", "--where", "水深 = 1 OR"], ["character"]),
      (["query"], ["layer"]), (["query", "wells", "streets"], ["layer"]),
      (["serve", "wells"], ["serve"]), (["serve", "--port", "70000"], ["--port", "70000"]),
      (["qeury", "wells"], ["“qeury”", "query"]),
      (["import", "--allow-removal", "many"], ["many"]),
      (["render", "plain", "--tile", "16/1/1"], ["-o"]),
    ])
  func wrongUsage(_ words: [String], _ parts: [String]) throws {
    try expectRefusal(words, status: 2, telling: parts)
    try expectUnchanged()
  }

  @Test("a folder that is no workspace, a store that is missing and one that is no store are told")
  func stores() throws {
    let empty = try TemporaryFolder("empty")
    let nowhere = Machizu(workspace: empty.path)
    for command in ["layers", "import", "check"] {
      let run = try nowhere(command)
      #expect(run.status == 3 && run.errors.contains("machizu.json"))
    }
    #expect(TestFile.list(empty.path).isEmpty)
    let unimported = Machizu(workspace: machizu.workspace, store: empty.path)
    let missing = try unimported("query", ["wells"])
    #expect([1, 3].contains(missing.status) && missing.errors.contains("import"))
    try empty.write("town.gpkg", String(repeating: "no database ", count: 500))
    for words in [["layers"], ["query", "wells"], ["import"], ["serve", "--port", "0"]] {
      let run = try unimported(words[0], Array(words.dropFirst()))
      #expect(run.status == 3, "\(words)")
      #expect(run.errors.contains("town.gpkg"))
    }
    #expect(try TestFile.read(empty.path + "/town.gpkg").starts(with: "no database".utf8))
    try expectUnchanged()
  }

  @Test("an output that cannot be written is a failure, not a success without a file")
  func outputs() throws {
    try expectRefusal(
      ["render", "plain", "--tile", SmallTown.tile, "-o", town.path("no/such/folder.png")],
      status: 1, telling: ["folder.png"])
    try town.write("taken/1.txt", "here before")
    try expectRefusal(
      ["render", "plain", "--zoom", "14-15", "-o", town.path("taken/")], status: 1,
      telling: ["taken"])
    #expect(try town.read("taken/1.txt") == "here before")
  }

  @Test("help, version and lists of commands go to standard output with status 0")
  func help() throws {
    let program = try Repository.machizu()
    for words in [["--help"], ["query", "--help"], ["render", "--help"], ["--version"]] {
      let run = try ProgramRun(program, words)
      #expect(run.status == 0 && !run.output.isEmpty && run.errors.isEmpty)
    }
    #expect(try ProgramRun(program, []).status == 2)
  }
}
