import JSON
import TestSupport
import Testing

/// Two towns that differ in nothing but what the public may not see.
private struct TwoTowns: Sendable {
  /// The values that may be told to nobody outside.
  static let secrets = [
    "持主", "黒田官兵衛", "鍵は", "金庫", "秘密墓地", "無縁", "非公開井戸", "G-1", "W-001", "W-999",
  ]
  /// Names of columns and layers that the public has not.
  static let names = ["氏名", "世帯", "メモ", "開示", "graves", "墓地台帳"]

  let one: Machizu
  let other: Machizu
  let oneServer: RunningServer
  let otherServer: RunningServer
  private let towns: [SmallTown]

  private init() throws {
    let first = try SmallTown()
    var second = try SmallTown()
    for index in second.wells.indices {
      second.wells[index].keeper = "黒田官兵衛\(20 - index)"
      second.wells[index].households = 99 - index * 3
      second.wells[index].memo = index % 2 == 0 ? "金庫" : "鍵は裏口"
    }
    // Hidden rows: before and after all others, on top of them, and far from the town.
    let places = [(140.9193, 35.3001), (140.9201, 35.3008), (141.9, 36.2), (139.1, 34.2)]
    for (index, place) in places.enumerated() {
      second.wells.append(
        SmallTown.Well(
          number: index % 2 == 0 ? "W-00\(index + 1)" : "W-99\(9 - index)", name: "非公開井戸\(index)",
          isPublic: false, longitude: place.0, latitude: place.1))
    }
    second.graves = (1...5).map { index in
      SmallTown.Grave(
        number: "G-\(10 + index)", name: "無縁\(index)", longitude: 140.9185 + Double(index) * 0.0005,
        latitude: 35.3005)
    }
    try second.write()
    towns = [first, second]
    one = first.machizu
    other = second.machizu
    for town in towns { _ = try town.machizu.importing() }
    oneServer = try one.serving()
    otherServer = try other.serving()
  }

  private static let made = Result { try TwoTowns() }
  static func shared() throws -> TwoTowns { try made.get() }

  /// What a run shows, without the folder that a town happens to be in.
  func shown(_ run: ProgramRun, of machizu: Machizu) -> String {
    "\(run.status)\n\(run.text)\n\(run.errors)"
      .split(separator: machizu.workspace, omittingEmptySubsequences: false)
      .joined(separator: "TOWN")
  }
}

/// What is asked of both.
private enum Asked {
  /// Every way of the command line to a hidden value, column, row or layer.
  static let commands: [[String]] = [
    ["layers"], ["layers", "--json"], ["layers", "--language", "ja"],
    ["describe", "wells"], ["describe", "wells", "--json"], ["describe", "graves"],
    ["describe", "grave"], ["history", "wells", "W-101"], ["history", "graves", "G-1"],
    ["query", "wells"], ["query", "wells", "--format", "csv"],
    ["query", "wells", "--format", "csv", "--encoding", "CP932"],
    ["query", "wells", "--format", "geojson"], ["query", "wells", "--format", "ndjson"],
    ["query", "wells", "--format", "ndjson", "--crs", "EPSG:6677"],
    ["query", "wells", "--count"], ["query", "wells", "--count", "--json"],
    ["query", "wells", "--fields", "氏名"], ["query", "wells", "--fields", "番号,世帯"],
    ["query", "wells", "--fields", "メモ"], ["query", "wells", "--fields", "氏"],
    ["query", "wells", "--where", "氏名 = '持主0'"], ["query", "wells", "--where", "氏名 LIKE '持%'"],
    ["query", "wells", "--where", "世帯 > 3"], ["query", "wells", "--where", "メモ IS NULL"],
    ["query", "wells", "--where", "開示 = '0'"], ["query", "wells", "--where", "世 > 3"],
    ["query", "wells", "--where", "水深 > 世帯"],
    ["query", "wells", "--where", "番号 = 'W-001'"], ["query", "wells", "--where", "水深 IS NULL"],
    ["query", "wells", "--sort", "氏名"], ["query", "wells", "--sort", "-世帯"],
    ["query", "wells", "--sort", "世帯,番号"], ["query", "wells", "--sort", "-水深"],
    ["query", "wells", "--text", "持主"], ["query", "wells", "--text", "官兵衛"],
    ["query", "wells", "--text", "金庫"], ["query", "wells", "--text", "非公開井戸"],
    ["query", "wells", "--bbox", "138,33,143,38", "--count"],
    ["query", "wells", "--near", "140.9193,35.3001", "--within", "100000", "--format", "ndjson"],
    ["query", "wells", "--limit", "3", "--offset", "8"],
    ["query", "graves"], ["query", "graves", "--count"], ["query", "gravel"],
    ["render", "telling", "--tile", SmallTown.tile, "--layers", "graves", "-o", "none.png"],
    ["render", "telling", "--tile", SmallTown.tile, "--layers", "no", "-o", "none.png"],
  ]

  /// Every way of HTTP to the same.
  static let paths = [
    "/ogc/collections", "/ogc/collections/wells", "/ogc/collections/graves",
    "/ogc/collections/graves/items", "/ogc/collections/graves/items/G-1",
    "/ogc/collections/wells/items?limit=100", "/ogc/collections/wells/items?limit=3&offset=10",
    "/ogc/collections/wells/items?bbox=138,33,143,38&limit=100",
    "/ogc/collections/wells/items?bbox=141,36,142,37",
    "/ogc/collections/wells/items?q=%E6%8C%81%E4%B8%BB",
    "/ogc/collections/wells/items?q=%E9%9D%9E%E5%85%AC%E9%96%8B",
    "/ogc/collections/wells/items/W-101", "/ogc/collections/wells/items/W-001",
    "/ogc/collections/wells/items/W-998", "/ogc/collections/wells/items?keeper=1",
    "/tiles/plain.json", "/tiles/telling.json", "/tiles/graves.json", "/styles",
    "/styles/telling.json", "/styles/keepers.json", "/styles/graves.json",
    "/tiles/telling/\(SmallTown.tile).png", "/tiles/telling/\(SmallTown.tile)@2x.png",
    "/tiles/graves/\(SmallTown.tile).png", "/tiles/keepers/\(SmallTown.tile).png?lang=en",
    "/tiles/telling/\(SmallTown.tile).png?layers=wells",
    "/tiles/telling/\(SmallTown.tile).png?layers=graves",
    "/tiles/telling/\(SmallTown.tile).png?layers=wells,graves",
    "/tiles/telling/\(SmallTown.tile).png?layers=",
    "/tiles/telling/\(SmallTown.tile).png?layers=nothing", "/healthz", "/readyz",
  ]
}

@Suite("What is above an audience")
struct AudienceTests {
  private let towns: TwoTowns

  init() throws {
    towns = try TwoTowns.shared()
  }

  @Test(
    "is told by no command: its output is the same whatever the hidden values are",
    arguments: Asked.commands)
  func commands(_ words: [String]) throws {
    let arguments = Array(words.dropFirst()) + ["--audience", "public"]
    let one = towns.shown(try towns.one(words[0], arguments), of: towns.one)
    #expect(one == towns.shown(try towns.other(words[0], arguments), of: towns.other))
    for secret in TwoTowns.secrets + TwoTowns.names
    where !words.contains(where: { $0.contains(secret) }) {
      #expect(!one.contains(secret), "\(secret)")
    }
  }

  @Test("is there for those who may see it, so that the tests above could fail")
  func control() throws {
    for words in [
      ["query", "wells", "--format", "csv"], ["query", "wells", "--where", "氏名 = '持主0'"],
      ["query", "wells", "--sort", "-世帯"], ["query", "wells", "--text", "官兵衛", "--count"],
      ["query", "wells", "--bbox", "138,33,143,38", "--count"], ["query", "graves"],
      ["layers", "--json"],
    ] {
      let arguments = Array(words.dropFirst()) + ["--audience", "restricted"]
      let one = try towns.one(words[0], arguments)
      #expect(one.status == 0)
      #expect(
        towns.shown(one, of: towns.one)
          != towns.shown(try towns.other(words[0], arguments), of: towns.other), "\(words)")
    }
    let columns = try towns.one("describe", ["wells", "--json", "--audience", "restricted"]).text
    for name in ["氏名", "世帯", "メモ"] { #expect(columns.contains(name)) }
  }

  @Test("a column for staff is there for staff, a restricted one is not")
  func staff() throws {
    let columns = try towns.one("describe", ["wells", "--json", "--audience", "staff"]).text
    #expect(columns.contains("世帯"))
    #expect(!columns.contains("氏名") && !columns.contains("メモ"))
    #expect(try towns.one("query", ["wells", "--where", "世帯 > 3"]).status == 0)
    #expect(try towns.one("query", ["wells", "--where", "氏名 = 'x'"]).status == 2)
    // public_where hides rows from the public alone.
    #expect(
      try towns.other.count(["wells", "--audience", "staff"])
        == towns.other.count(["wells", "--audience", "public"]) + 4)
  }

  @Test(
    "errors treat a hidden column as one that does not exist",
    arguments: [["--where", "氏名 = 'x'"], ["--fields", "氏名"], ["--sort", "氏名"]])
  func sameErrors(_ words: [String]) throws {
    let arguments = ["wells", "--audience", "public"]
    let hidden = try towns.one("query", arguments + words)
    let absent = try towns.one(
      "query", arguments + words.map { $0.replacing("氏名", with: "存在") })
    #expect(hidden.status == 2)
    #expect(hidden.errors.replacing("氏名", with: "存在") == absent.errors)
  }

  @Test(
    "is told by no address: headers and bodies, or pixels, are the same whatever the hidden values are",
    arguments: Asked.paths)
  func addresses(_ path: String) throws {
    let one = try towns.oneServer.http.get(path)
    let other = try towns.otherServer.http.get(path)
    if one.type == "image/png" {
      #expect(one.status == other.status && other.type == one.type)
      let difference = try Picture(png: one.body).difference(from: Picture(png: other.body))
      #expect(difference == nil)
    } else {
      #expect(one.everything == other.everything)
    }
    let text = String(decoding: one.everything, as: UTF8.self)
    for secret in TwoTowns.secrets + TwoTowns.names where !path.contains(secret) {
      // The ids of styles are the map-maker's own words.
      if secret == "graves", path.hasPrefix("/styles") || path.hasPrefix("/tiles/graves") {
        continue
      }
      #expect(!text.contains(secret), "\(secret)")
    }
  }

  @Test("a hidden layer is not found, and a tile that names it is refused without naming it")
  func hiddenLayer() throws {
    let http = towns.oneServer.http
    #expect(try http.get("/ogc/collections/graves").status == 404)
    #expect(try http.get("/ogc/collections/graves/items").status == 404)
    #expect(try http.get("/ogc/collections/wells/items/W-001").status == 404)
    let tile = try http.get("/tiles/telling/\(SmallTown.tile).png?layers=nothing")
    #expect(tile.status == 400)
    #expect(tile.text.contains("wells") && !tile.text.contains("graves"))
    #expect(try http.get("/tiles/telling/\(SmallTown.tile).png?layers=graves").status == 400)
  }

  @Test(
    "a style that draws what is hidden draws the pixels of one without it, for the public",
    arguments: ["keepers", "graves"])
  func pixels(_ style: String) throws {
    func picture(_ style: String, _ audience: String) throws -> Picture {
      let folder = try TemporaryFolder("pixels")
      let file = folder.path + "/tile.png"
      _ = try towns.one.output(
        "render", [style, "--tile", SmallTown.tile, "--audience", audience, "-o", file])
      return try Picture(file: file)
    }
    let plain = try picture("plain", "public")
    #expect(!plain.isBlank)
    #expect(plain.difference(from: try picture(style, "public")) == nil)
    #expect(plain != (try picture(style, "restricted")))
    let served = try Picture(
      png: towns.oneServer.http.get("/tiles/\(style)/\(SmallTown.tile).png").body)
    #expect(plain.difference(from: served) == nil)
  }

  @Test("the style document and the legend of the public do not name a hidden column or layer")
  func styleDocument() throws {
    let document = try towns.oneServer.http.get("/styles/telling.json")
    #expect(document.status == 200)
    let layers = try JSONParser.parse(document.body)["layers"]?.array ?? []
    #expect(layers.contains { $0["id"]?.string == "ground" })
    let staff = try towns.one.serving(["--audience", "restricted"])
    #expect(try staff.http.get("/styles/telling.json").text.contains("氏名"))
  }
}

/// Columns above the public.
private let hiddenColumns = [
  ("garbage_points", "管理者氏名"), ("garbage_points", "管理者電話"), ("garbage_points", "利用世帯数"),
  ("security_lights", "供給地点番号"), ("security_lights", "電柱番号"), ("disaster_points", "罹災証明番号"),
]

@Suite("What the demonstration town hides")
struct TownAudienceTests {
  private let town: Town

  init() throws {
    town = try Town.shared()
  }

  @Test(
    "a ledger's hidden column is in no answer to the public, neither by name nor by value",
    arguments: hiddenColumns)
  func column(_ layer: String, _ name: String) throws {
    let values = Set(
      try town.machizu.features([layer, "--fields", name, "--audience", "restricted"])
        .map { $0[name] }.filter { $0.utf8.count >= 8 })
    let all = "/ogc/collections/\(layer)/items?limit=10000"
    var answers = [
      try town.public.http.get(all).text,
      try town.public.http.get("/ogc/collections/\(layer)").text,
      try town.public.http.get("/styles/general.json").text,
      try town.public.http.get("/tiles/general.json").text,
    ]
    for format in ["table", "csv", "geojson", "ndjson"] {
      let arguments = [layer, "--format", format, "--audience", "public"]
      answers.append(try town.machizu("query", arguments).text)
    }
    answers.append(try town.machizu("describe", [layer, "--json", "--audience", "public"]).text)
    for answer in answers {
      #expect(!answer.isEmpty)
      #expect(!answer.contains(name))
      #expect(Self.found(values, in: answer) == [])
    }
    for words in [["--where", "\(name) IS NOT NULL"], ["--sort", name], ["--fields", name]] {
      let run = try town.machizu("query", [layer, "--audience", "public"] + words)
      #expect(run.status == 2 && run.output.isEmpty)
      #expect(Self.found(values, in: run.errors) == [])
    }
    for value in values.sorted().prefix(3) {
      #expect(try town.machizu.count([layer, "--text", value, "--audience", "public"]) == 0)
      let asked = try town.public.http.get("\(all)&q=\(value.percentEncoded)")
      #expect(try JSONParser.parse(asked.body)["numberMatched"]?.int64 == 0)
    }
  }

  @Test("a ledger's hidden column is there for those who may see it")
  func control() throws {
    for (layer, name) in hiddenColumns where name != "罹災証明番号" {
      let rows = try town.machizu("query", [layer, "--format", "csv", "--audience", "restricted"])
      #expect(rows.text.contains(name))
      let values = Set(
        try town.machizu.features([layer, "--fields", name, "--audience", "restricted"])
          .map { $0[name] }.filter { !$0.isEmpty })
      #expect(!values.isEmpty, "\(layer) \(name)")
      let long = values.filter { $0.utf8.count >= 8 }
      #expect(Self.found(long, in: rows.text).count == long.count)
    }
  }

  @Test(
    "rows outside of public_where are not there for the public",
    arguments: [
      ("disaster_points", "公開 = FALSE"), ("garbage_points", "状態 = '3'"),
      ("curve_mirrors", "状態 = '3'"),
    ])
  func rows(_ layer: String, _ hidden: String) throws {
    let all = try town.machizu.features([layer])
    let unseen = try town.machizu.features([layer, "--where", hidden])
    #expect(!unseen.isEmpty)
    let seen = try town.machizu.features([layer, "--audience", "public"])
    let unseenKeys = Set(unseen.map(\.id))
    #expect(seen.map(\.id) == all.map(\.id).filter { !unseenKeys.contains($0) })
    let items = try Feature.collection(
      town.public.http.get("/ogc/collections/\(layer)/items?limit=10000").body)
    #expect(items.map(\.id) == seen.map(\.id))
    for feature in unseen.prefix(3) {
      let path = "/ogc/collections/\(layer)/items/\(feature.id.percentEncoded)"
      #expect(try town.public.http.get(path).status == 404)
      #expect(try town.staff.http.get(path).status == 200)
    }
  }

  @Test(
    "a layer for staff is not there for the public, and there for staff",
    arguments: ["boundary_lines", "boundary_points"])
  func layer(_ layer: String) throws {
    for path in ["", "/items", "/items/1"] {
      #expect(try town.public.http.get("/ogc/collections/\(layer)\(path)").status == 404)
    }
    #expect(try town.staff.http.get("/ogc/collections/\(layer)/items").status == 200)
    #expect(!(try town.public.http.get("/ogc/collections").text.contains(layer)))
    #expect(!(try town.public.http.get("/styles/general.json").text.contains(layer)))
    let query = try town.machizu("query", [layer, "--audience", "public"])
    #expect(query.status == 2 && query.output.isEmpty)
    #expect(!query.errors.replacing("“\(layer)”", with: "").contains("boundary_"))
    let tile = try town.public.http.get("/tiles/general/16/58420/25888.png?layers=\(layer)")
    #expect(tile.status == 400)
    let nothing = try town.public.http.get("/tiles/general/16/58420/25888.png?layers=nothing")
    #expect(nothing.status == 400 && !nothing.text.contains(layer))
  }

  /// The values that occur in a text. Their first eight bytes are looked up at every place: thousands
  /// of searches through megabytes would take minutes.
  private static func found(_ values: Set<String>, in text: String) -> [String] {
    var starts: [UInt64: [[UInt8]]] = [:]
    for value in values {
      let bytes = Array(value.utf8)
      starts[bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, default: []].append(bytes)
    }
    let bytes = Array(text.utf8)
    var found: Set<String> = []
    var window: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      window = window << 8 | UInt64(byte)
      for value in starts[window] ?? [] where bytes[max(index - 7, 0)...].starts(with: value) {
        found.insert(String(decoding: value, as: UTF8.self))
      }
    }
    return found.sorted()
  }
}
