import Foundation
import JSON
import Synchronization
import TestSupport
import Testing
import Tiles

/// Looks on a thread of its own whether a file is there, again and again.
private final class Watch: Sendable {
  private let looks = Atomic(0)
  private let missed = Atomic(0)
  private let isStopped = Atomic(false)

  init(_ path: String) {
    Thread.detachNewThread { [self] in
      while !isStopped.load(ordering: .relaxed) {
        if !TestFile.exists(path) { missed.add(1, ordering: .relaxed) }
        looks.add(1, ordering: .relaxed)
      }
    }
  }

  var misses: Int { missed.load(ordering: .relaxed) }

  /// Ends it; how often it has looked.
  func stop() -> Int {
    isStopped.store(true, ordering: .relaxed)
    return looks.load(ordering: .relaxed)
  }
}

/// `machizu publish`: what leaves the town hall.
@Suite("A publication")
struct PublishTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder("publish")
  }

  private static let area = ["--bbox", "140.917,35.299,140.923,35.302", "--zoom", "14-16"]

  /// A map that draws, names and explains what the public may not see.
  private static let style = """
    {"version": 8, "name": "都市図", "sources": {"machizu": {"type": "vector"}},
     "metadata": {"machizu:title": {"ja": "都市図", "en": "City map"}, "machizu:tile-size": 256,
                  "machizu:minzoom": 10, "machizu:maxzoom": 18},
     "layers": [
       {"id": "ground", "type": "background", "paint": {"background-color": "#f6f3ec"}},
       {"id": "streets", "type": "line", "source": "machizu", "source-layer": "streets",
        "metadata": {"machizu:legend": {"ja": "道", "en": "Street"}},
        "paint": {"line-color": "#888888", "line-width": 6}},
       {"id": "wells", "type": "circle", "source": "machizu", "source-layer": "wells",
        "metadata": {"machizu:legend": {"ja": "井戸", "en": "Well"}},
        "paint": {"circle-color": "#0a7d3c", "circle-radius": 9}},
       {"id": "keepers", "type": "symbol", "source": "machizu", "source-layer": "wells",
        "metadata": {"machizu:legend": {"ja": "井戸の持主", "en": "Keeper"}},
        "layout": {"text-field": ["get", "氏名"], "text-font": ["IPAexGothic"], "text-size": 15}},
       {"id": "graves", "type": "circle", "source": "machizu", "source-layer": "graves",
        "metadata": {"machizu:legend": {"ja": "無縁の墓", "en": "Nameless grave"}},
        "paint": {"circle-color": "#d40000", "circle-radius": 20}},
       {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "wells",
        "layout": {"text-field": ["get", "名称"], "text-font": ["IPAexGothic"], "text-size": 13}}]}
    """

  /// All that is planted where the public may not look: values, columns, rows, layers, signs.
  private static let secrets = [
    "持主", "官兵衛", "金庫", "鍵は裏口", "非公開井戸", "W-901", "秘密墓地", "無縁", "墓地台帳", "graves",
    "氏名", "世帯", "メモ", "開示", "keepers", "Keeper", "Nameless", "墓地課",
  ]

  private func town(_ change: (inout SmallTown) -> Void = { _ in }) throws -> SmallTown {
    var town = try SmallTown()
    change(&town)
    try town.write()
    try town.write("Styles/city.json", Self.style)
    let graves = try town.read("Layers/graves/layer.json")
    try town.write(
      "Layers/graves/layer.json",
      graves.replacing(
        #""audience": "restricted","#, with: #""audience": "restricted", "attribution": "墓地課","#))
    let wells = try town.read("Layers/wells/layer.json")
    try town.write(
      "Layers/wells/layer.json",
      wells.replacing(
        #""audience": "public","#,
        with: #""audience": "public", "licence": "CC-BY-4.0", "attribution": "小町水道課","#,
        maxReplacements: 1))
    _ = try town.machizu.importing()
    return town
  }

  @discardableResult
  private func publish(
    _ town: SmallTown, to name: String, _ more: [String] = []
  ) throws -> String {
    let target = folder.path + "/" + name
    _ = try town.machizu.output("publish", [target, "--style", "city"] + Self.area + more)
    return target
  }

  /// The text as bytes in every form that a file may hold it in.
  private static func forms(of secret: String) -> [[UInt8]] {
    let units = Array(secret.utf16)
    let escaped = units.map { unit in
      let hex = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }.joined()
    var forms = [
      Array(secret.utf8), units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
      units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }, Array(escaped.utf8),
      Array(escaped.uppercased().replacing("\\U", with: "\\u").utf8),
      Array(secret.percentEncoded.utf8),
    ]
    if let office = secret.data(using: .shiftJIS) { forms.append(Array(office)) }
    return forms
  }

  private static func found(in bytes: [UInt8]) -> [String] {
    let data = Data(bytes)
    return secrets.filter { secret in
      forms(of: secret).contains { data.range(of: Data($0)) != nil }
    }
  }

  /// Files by their paths, with what is packed in them unpacked beside.
  private func contents(of target: String) throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for name in TestFile.list(target) {
      contents[name] = try TestFile.read(target + "/" + name)
      guard name.hasSuffix(".pmtiles") else { continue }
      let reader = try PMTilesReader(path: target + "/" + name)
      contents[name + " metadata"] = try reader.metadata()
      try reader.forEachRun { run in
        contents["\(name) \(run.number).png"] = try reader.content(of: run)
      }
    }
    return contents
  }

  @Test("no byte of it tells what the public may not see", arguments: ["folder", "pmtiles"])
  func secrets(format: String) throws {
    let town = try town { town in
      town.wells.append(SmallTown.Well(number: "W-901", name: "非公開井戸", isPublic: false))
    }
    let contents = try contents(of: publish(town, to: "out", ["--format", format]))
    #expect(contents.count > 20)
    for (name, bytes) in contents {
      #expect(Self.found(in: bytes) == [], "\(name)")
      #expect(Self.found(in: Array(name.utf8)) == [], "\(name)")
      // A picture has pixels and nothing else: no chunk could hold packed text.
      guard name.hasSuffix(".png"), !name.contains("leaflet") else { continue }
      let chunks = try Self.chunks(of: bytes)
      #expect(Set(chunks).isSubset(of: ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]), "\(name)")
    }
    // What was planted can be found where it is, or the search would find nothing anywhere.
    let sources =
      try TestFile.read(town.path("Layers/wells/wells.csv"))
      + TestFile.read(town.path("Layers/graves/graves.csv"))
      + TestFile.read(town.path("Layers/graves/layer.json"))
      + TestFile.read(town.path("Styles/city.json"))
    #expect(Set(Self.found(in: sources)).isSuperset(of: ["持主", "非公開井戸", "秘密墓地", "墓地課", "Keeper"]))
  }

  @Test(
    "it is the same, byte for byte, whatever the hidden values are and however often they changed",
    arguments: ["folder", "pmtiles"])
  func twins(format: String) throws {
    let one = try town()
    var other = try town { town in
      for index in town.wells.indices {
        town.wells[index].keeper = "黒田官兵衛\(20 - index)"
        town.wells[index].households = 99 - index * 3
        town.wells[index].memo = "金庫"
      }
      town.wells.append(
        SmallTown.Well(number: "W-901", name: "非公開井戸", isPublic: false, longitude: 140.9205))
      town.graves = [
        SmallTown.Grave(number: "G-1", name: "無縁", longitude: 140.9195, latitude: 35.3003)
      ]
    }
    // A layer, a row, a column and a declaration that the public does not see are edited: commits and
    // revisions go on, and two stores are told apart by a random number.
    other.graves[0].name = "秘密墓地"
    other.wells.append(
      SmallTown.Well(number: "W-902", name: "非公開井戸", isPublic: false, longitude: 141.9))
    other.wells[0].keeper = "別の持主"
    try other.write()
    let wells = try other.read("Layers/wells/layer.json")
    try other.write(
      "Layers/wells/layer.json",
      wells.replacing(
        #""name": "氏名", "type": "text""#, with: #""name": "氏名", "title": "持主の名", "type": "text""#))
    _ = try other.machizu.importing()
    #expect(try one.revisions() != other.revisions())
    let first = try contents(of: publish(one, to: "one", ["--format", format]))
    let second = try contents(of: publish(other, to: "other", ["--format", format]))
    #expect(first.keys.sorted() == second.keys.sorted())
    for (name, bytes) in first { #expect(second[name] == bytes, "\(name)") }
    let told = try first["map.pmtiles metadata"] ?? #require(first["tiles/tiles.json"])
    #expect(
      try JSONParser.parse(told)["machizu"]?.object?.map(\.key)
        == ["style", "language", "audience", "scale"])
  }

  @Test("an archive without revisions tells of the store's state in no byte, nor how to update it")
  func noRevisions() throws {
    let town = try town()
    let words = ["city", "--audience", "public"] + Self.area
    let full = folder.path + "/full.pmtiles"
    try folder.write("archive/a.txt", "")
    _ = try town.machizu.output("render", words + ["-o", full])
    let metadata = try JSONParser.parse(PMTilesReader(path: full).metadata())
    let epoch = try #require(metadata["machizu"]?["epoch"]?.string)
    for name in ["a.pmtiles", "a.mbtiles", "a/"] {
      let path = "\(folder.path)/\(name.hasSuffix("/") ? "" : "archive/")\(name)"
      _ = try town.machizu.output("render", words + ["--no-revisions", "-o", path])
      let place = name.hasSuffix("/") ? path : folder.path + "/archive"
      for (file, bytes) in try contents(of: place) {
        for word in [epoch, "revisions", "epoch", "zoom_hashes"] {
          #expect(Data(bytes).range(of: Data(word.utf8)) == nil, "\(file): \(word)")
        }
      }
      let night = try town.machizu("nightly", ["--pyramid", path])
      #expect(night.status == 1 && night.text.contains("machizu render"), "\(night.text)")
    }
    for more in [["--shard", "1/2"], ["--update"]] {
      let run = try town.machizu("render", words + ["--no-revisions", "-o", full] + more)
      #expect(run.status == 2 && run.errors.contains("--no-revisions"), "\(run.errors)")
    }
  }

  @Test("holds tiles with the service's pixels, page, legend and data of the public layers")
  func contents() throws {
    let town = try town()
    let target = try publish(town, to: "out")
    let server = try town.machizu.serving()
    let tile = SmallTown.tile
    let picture = try Picture(file: "\(target)/tiles/\(tile).png")
    let served = try Picture(png: server.http.get("/tiles/city/\(tile).png").body)
    #expect(!picture.isBlank && picture.difference(from: served) == nil)
    // The page needs nothing from anywhere else, and all that it names is there.
    let page = String(decoding: try TestFile.read(target + "/index.html"), as: UTF8.self)
    #expect(!page.contains("http://") && !page.contains("https://"))
    for part in page.split(separator: "\"") where part.hasSuffix(".js") || part.hasSuffix(".css") {
      #expect(TestFile.exists("\(target)/\(part)"), "\(part)")
    }
    let script = String(decoding: try TestFile.read(target + "/map.js"), as: UTF8.self)
    #expect(script.hasPrefix("window.machizuMap = {") && script.hasSuffix("};\n"))
    let facts = try JSONParser.parse(String(script.dropFirst(20).dropLast(2)))
    #expect(facts["bounds"]?.array?.map(\.double) == [140.917, 35.299, 140.923, 35.302])
    #expect(facts["maxzoom"]?.int64 == 16 && facts["attribution"]?.string == "小町水道課")
    let data = facts["data"]?.array ?? []
    #expect(data.compactMap { $0["title"]?["ja"]?.string }.sorted() == ["井戸", "道"])
    for file in data.flatMap({ $0["files"]?.array ?? [] }) {
      #expect(TestFile.exists(target + "/" + (file["href"]?.string ?? "?")))
    }
    let legend = try JSONParser.parse(try TestFile.read(target + "/legend.json"))
    #expect(legend["legend"]?.array?.compactMap { $0["id"]?.string } == ["wells", "streets"])
    for language in ["ja", "en"] {
      #expect(try !Picture(file: "\(target)/legend.\(language).png").isBlank)
    }
    #expect(!TestFile.exists(target + ".part") && !TestFile.exists(target + ".lock"))
  }

  @Test("its search knows the names that the public sees, folded as the service folds them")
  func search() throws {
    let town = try town { town in
      town.wells.append(SmallTown.Well(number: "W-901", name: "非公開井戸", isPublic: false))
      town.wells.append(SmallTown.Well(number: "W-902", name: "12-3"))
    }
    let target = try publish(town, to: "out")
    let script = String(decoding: try TestFile.read(target + "/search.js"), as: UTF8.self)
    #expect(script.hasPrefix("window.machizuSearch = {") && script.hasSuffix("};\n"))
    let data = try JSONParser.parse(String(script.dropFirst(23).dropLast(2)))
    #expect(data["layers"]?.array?.compactMap { $0["ja"]?.string } == ["道", "井戸"])
    let entries = data["entries"]?.array ?? []
    let asked = try town.machizu.features(["wells", "--audience", "public"])
    // A number alone is no name.
    #expect(
      entries.compactMap { $0.array?[1].string }
        == asked.map { $0["名称"] }.filter { $0 != "12-3" })
    let named = try #require(entries.first { $0.array?[1].string == "﨑山～髙橋①" }?.array)
    #expect(named[0].int64 == 1 && named[4].string == "崎山-高橋1")
    let place = try #require(asked.first { $0["名称"] == "﨑山～髙橋①" }?.vertices.first)
    for (found, exact) in [(named[5].double, place.x), (named[6].double, place.y)] {
      #expect(abs((found ?? 0) - exact) < 2e-6)
    }
    let page = String(decoding: try TestFile.read(target + "/map.js"), as: UTF8.self)
    #expect(page.contains(#""search":"search.js""#) && !page.contains(#""maps""#))
  }

  @Test(
    "several maps stand beside each other, the first under the plain names",
    arguments: ["folder", "pmtiles"])
  func several(format: String) throws {
    let town = try town()
    let target = folder.path + "/out"
    let said = try town.machizu.json(
      "publish", [target, "--style", "city,plain", "--format", format] + Self.area)
    #expect(said["styles"]?.array?.compactMap(\.string) == ["city", "plain"])
    let script = String(decoding: try TestFile.read(target + "/map.js"), as: UTF8.self)
    let facts = try JSONParser.parse(String(script.dropFirst(20).dropLast(2)))
    let maps = facts["maps"]?.array ?? []
    #expect(maps.compactMap { $0["id"]?.string } == ["city", "plain"])
    let isArchive = format == "pmtiles"
    let key = isArchive ? "archive" : "tiles"
    #expect(facts[key]?.string == maps[0][key]?.string)
    #expect(
      maps.compactMap { $0[key]?.string }
        == (isArchive
          ? ["map.pmtiles", "map.plain.pmtiles"]
          : ["tiles/{z}/{x}/{y}.png", "tiles.plain/{z}/{x}/{y}.png"]))
    let alone = try publish(town, to: "alone", ["--format", format])
    let first = try contents(of: target)
    for (name, bytes) in try contents(of: alone) where name.hasSuffix(".png") {
      #expect(first[name] == bytes, "\(name)")
    }
    let server = try town.machizu.serving()
    let served = try Picture(png: server.http.get("/tiles/plain/\(SmallTown.tile).png").body)
    if !isArchive {
      let picture = try Picture(file: "\(target)/tiles.plain/\(SmallTown.tile).png")
      #expect(picture.difference(from: served) == nil)
    }
    for map in maps {
      for language in ["ja", "en"] {
        #expect(TestFile.exists(target + "/" + (map["legend"]?[language]?.string ?? "?")))
      }
    }
  }

  @Test("its data are what the public finds by query, with places, source and licence")
  func data() throws {
    let town = try town()
    let target = try publish(town, to: "out")
    let csv = try TestFile.read(target + "/data/wells.csv")
    #expect(csv.starts(with: [0xEF, 0xBB, 0xBF]))
    let lines = String(decoding: csv.dropFirst(3), as: UTF8.self).split(separator: "\r\n")
    #expect(lines[0] == "番号,名称,水深,設置日,緯度,経度")
    #expect(lines[1] == "W-101,ごみ集積所,10,2010-01-15,35.3,140.919")
    #expect(lines.count == 1 + town.wells.count)
    let map = try Feature.collection(try TestFile.read(target + "/data/wells.geojson"))
    let asked = try town.machizu.features(["wells", "--audience", "public"])
    #expect(map.map { $0["番号"] } == asked.map(\.id) && map.count == town.wells.count)
    #expect(
      TestFile.list(target + "/data") == [
        "README.txt", "streets.csv", "streets.geojson", "wells.csv", "wells.geojson",
      ])
    let notes = String(decoding: try TestFile.read(target + "/data/README.txt"), as: UTF8.self)
    for word in ["井戸 (wells)", "小町水道課", "CC-BY-4.0", "水深 [m]", "（12 件）", "Open data of Small"] {
      #expect(notes.contains(word), "\(word)")
    }
  }

  @Test("a second one takes the first one's place in one step")
  func replaces() throws {
    var town = try town()
    let target = try publish(town, to: "out")
    try folder.write("out/old.txt", "left behind")
    let watch = Watch(target + "/index.html")
    town.wells[0].name = "新しい井戸"
    try town.write()
    _ = try town.machizu.importing()
    let said = try town.machizu.json("publish", [target, "--style", "city"] + Self.area)
    #expect(said["layers"]?.array?.compactMap { $0["id"]?.string } == ["streets", "wells"])
    #expect(said["layers"]?[1]?["count"]?.int64 == 12)
    try publish(town, to: "out/")
    #expect(watch.stop() > 0 && watch.misses == 0)
    let table = String(decoding: try TestFile.read(target + "/data/wells.csv"), as: UTF8.self)
    #expect(table.contains("新しい井戸"))
    #expect(!TestFile.exists(target + "/old.txt"))
    #expect(TestFile.list(folder.path).allSatisfy { $0.hasPrefix("out/") })
  }

  @Test("a run that is killed leaves nothing under the name, and is no hindrance")
  func killed() throws {
    let town = try town()
    let target = folder.path + "/out"
    let program = try RunningProgram(
      try Repository.machizu(),
      ["publish"] + town.machizu.place + [
        target, "--style", "city", "--zoom", "10-18", "--bbox", "140.8,35.2,141,35.4",
      ],
      in: town.machizu.workspace)
    let deadline = Date(timeIntervalSinceNow: 30)
    while !TestFile.exists(target + ".part"), Date() < deadline { usleep(500) }
    // A second run keeps away from the first one.
    let second = try town.machizu("publish", [target, "--style", "city"])
    program.send(signal: SIGKILL)
    let status = try program.wait()
    try #require(status == 128 + SIGKILL, "It ended before it was killed.")
    #expect(second.status == 1 && second.errors.contains("Another run"), "\(second.errors)")
    #expect(!TestFile.exists(target))
    try publish(town, to: "out")
    #expect(TestFile.list(folder.path).allSatisfy { $0.hasPrefix("out/") })
  }

  @Test("a folder with other things is never replaced, and wrong words are refused")
  func refusals() throws {
    let town = try town()
    try folder.write("mine/letter.txt", "Dear…")
    let target = folder.path + "/mine"
    let asked: [([String], String)] = [
      ([target, "--style", "city"], "other things"),
      ([target + "/letter.txt", "--style", "city"], "is a file"),
      ([folder.path + "/new"], "--style"), ([folder.path + "/new", "--style", "citi"], "city"),
      ([folder.path + "/new", "--style", "city,citi"], "city"),
      ([folder.path + "/new", "--style", "city,city"], "twice"),
      ([folder.path + "/new", "--style", "city", "--zoom", "3-30"], "10 to 18"),
      ([folder.path + "/new", "--style", "city", "--format", "zip"], "pmtiles"),
      ([folder.path + "/new", "--style", "city", "--audience", "staff"], "no option --audience"),
    ]
    for (words, told) in asked {
      let run = try town.machizu("publish", words)
      #expect(run.status == 2 && run.errors.contains(told), "\(words): \(run.errors)")
    }
    #expect(TestFile.list(folder.path) == ["mine/letter.txt"])
  }

  @Test("a program that was copied without the viewer's files says so before it draws anything")
  func strayProgram() throws {
    let town = try town()
    let program = folder.path + "/stray/machizu"
    try folder.write("stray/note.txt", "")
    try FileManager.default.copyItem(atPath: try Repository.machizu(), toPath: program)
    let target = folder.path + "/out"
    let words = ["publish", target, "--style", "city"] + Self.area + town.machizu.place
    let run = try ProgramRun(program, words, in: folder.path, seconds: 60)
    #expect(run.status == 1 && run.errors.contains("viewer"), "\(run.errors)")
    #expect(!run.errors.contains("tiles"))
    #expect(TestFile.list(folder.path) == ["stray/machizu", "stray/note.txt"])
  }

  private static func chunks(of png: [UInt8]) throws -> [String] {
    var names: [String] = []
    var position = 8
    while position + 12 <= png.count {
      let length = png[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      names.append(String(decoding: png[position + 4..<position + 8], as: UTF8.self))
      position += 12 + length
    }
    #expect(position == png.count)
    return names
  }
}
