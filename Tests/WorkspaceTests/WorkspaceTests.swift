import Features
import Foundation
import Testing
import Workspace

@Suite("Workspace")
struct WorkspaceTests {
  private let town = #""town": {"name": {"ja": "若葉野市", "en": "Wakabano"}, "code": "22999"}"#

  private func workspace(
    _ members: String = "", town: String? = nil, in scratch: Scratch,
    paths: [String: String] = [:]
  ) throws -> Workspace {
    try scratch.write(
      "machizu.json", "{\(town ?? self.town)\(members.isEmpty ? "" : ",\n" + members)}")
    return try Workspace(folder: scratch.path, paths: paths)
  }

  private func faults(
    _ members: String, town: String? = nil, in scratch: Scratch
  ) throws -> [String] {
    do {
      _ = try workspace(members, town: town, in: scratch)
      return []
    } catch let error as WorkspaceError {
      return error.faults.map(\.description)
    }
  }

  @Test("every key of machizu.json is read")
  func everyKey() throws {
    let scratch = try Scratch()
    try scratch.write("Layers/wards/layer.json", layer())
    try scratch.write("Layers/a-2/layer.json", layer())
    try scratch.write("Styles/general.json", "{}")
    try scratch.write("Styles/No.json", "{}")
    try scratch.write("Styles/symbols/a.svg", "")
    let read = try workspace(
      #"""
      "language": "en", "boundary": "wards", "grids": "grids", "fonts": ["A", "B"],
      "paths": {"flood": "../data", "absolute": "/data"},
      "limits": {"pictureSide": 4096, "pageFeatures": 5, "queue": 6, "cacheMegabytes": 0}
      """#, in: scratch)
    #expect(read.town.name == Title(japanese: "若葉野市", english: "Wakabano"))
    #expect(read.town.code == "22999")
    #expect(read.town.language == .english)
    #expect(read.town.boundary?.text == "wards")
    #expect(read.town.grids == "grids")
    #expect(read.town.fonts == ["A", "B"])
    #expect(read.town.limits.pictureSide == 4096)
    #expect(read.town.limits.pageFeatures == 5)
    #expect(read.town.limits.queue == 6)
    #expect(read.town.limits.cacheMegabytes == 0)
    #expect(read.paths == ["flood": "\(scratch.path)/../data", "absolute": "/data"])
    #expect(read.layers.map(\.id.text) == ["a-2", "wards"])
    #expect(read[layer: try #require(LayerID("wards"))]?.folder == "\(scratch.path)/Layers/wards")
    #expect(read.styleIDs == ["general"])
    #expect(read.stylePath("general") == "\(scratch.path)/Styles/general.json")
    #expect(read.varFolder == "\(scratch.path)/var")
    #expect(read.storePath == "\(scratch.path)/var/town.gpkg")
    let elsewhere = try Workspace(folder: scratch.path, varFolder: "/tmp/elsewhere")
    #expect(elsewhere.storePath == "/tmp/elsewhere/town.gpkg")
  }

  @Test("a town's name is all that is needed")
  func defaults() throws {
    let read = try workspace(town: #""town": {"name": "町"}"#, in: Scratch())
    #expect(read.town.language == .japanese)
    #expect(read.town.fonts == ["IPAexGothic"])
    #expect(read.town.limits.pictureSide == 8192)
    #expect(read.town.limits.queue == 256)
    #expect(read.layers.isEmpty && read.paths.isEmpty && read.styleIDs.isEmpty)
  }

  @Test(
    "what is wrong is told in Japanese, too, with the same places and names",
    arguments: [
      (#""langauge": "ja""#, "", ":2:1: 「langauge」というキーはありません。「language」ではありませんか。"),
      (#""zzz": 1"#, "", "「zzz」というキーはありません。使えるのは town, language, "),
      (#""language": "fr""#, "", ":2:13: 「language」が「fr」です。jaかenにしてください。"),
      (#""boundary": "wards""#, "", "「boundary」のレイヤ「wards」は宣言されていません。"),
      (#""fonts": [5]"#, "", ":2:11: 「fonts」に書けるのは文字列だけです。"),
      (#""limits": {"queue": 0}"#, "", "「queue」は1から"),
      (#""fonts": ["a" "b"]"#, "", "のはずのところに"), (#""fonts": "a"#, "", "閉じられていません"),
      (#""fonts": "a", "fonts": "b""#, "", "キー「fonts」が一つのオブジェクトに二度あります"),
      ("", #"{"title": 5}"#, "「title」は文字列か {\"ja\": …, \"en\": …} にしてください。"),
      ("", #"{"title": "a", "geometry": "blob"}"#, "「geometry」が「blob」です。使えるのは point, "),
      ("", #"{"title": "a", "geometry": "point"}"#, "「fields」がありません。"),
      (
        "",
        #"{"title": "a", "geometry": "any", "key": "番", "fields": [{"name": "番号", "type": "txt"}]}"#,
        "型「txt」はありません。使えるのは text, "
      ),
      ("", #"[]"#, "オブジェクト（{ }）にしてください。"),
    ])
  func japanese(members: String, layer: String, expected: String) throws {
    let scratch = try Scratch()
    if !layer.isEmpty { try scratch.write("Layers/wells/layer.json", layer) }
    let error = try #require(throws: WorkspaceError.self) {
      _ = try workspace(members, in: scratch)
    }
    let text = error.text(in: .japanese)
    #expect(text.contains(expected), "\(text)")
    #expect(error.text(in: .english) == error.description)
    // No sentence is left in English.
    for line in text.split(separator: "\n") {
      #expect(line.unicodeScalars.contains { (0x3041...0x3096).contains($0.value) }, "\(line)")
    }
  }

  @Test(
    "what is wrong in machizu.json is told with its place",
    arguments: [
      (#""langauge": "ja""#, "2:1:", "“language”"), (#""language": "fr""#, "2:13:", "ja or en"),
      (#""language": 5"#, "2:13:", "text"), (#""boundary": "wards""#, "2:13:", "not declared"),
      (#""boundary": "Not An Id""#, "2:13:", "id of a layer"), (#""fonts": [5]"#, "2:11:", "texts"),
      (#""paths": "a""#, "2:10:", "object"), (#""paths": {"a": 1}"#, "2:16:", "texts"),
      (#""limits": {"queue": 0}"#, "2:21:", "1 to 100000"), (#""limits": []"#, "2:11:", "object"),
      (#""limits": {"pictureSize": 512}"#, "2:12:", "“pictureSide”"),
      (#""limits": {"pageFeatures": 1.5}"#, "2:28:", "whole"), (#""grids": []"#, "2:10:", "text"),
    ])
  func wrongMembers(member: String, place: String, word: String) throws {
    let found = try faults(member, in: Scratch())
    #expect(found.count == 1)
    #expect(found.first?.contains("machizu.json:\(place)") == true, "\(found)")
    #expect(found.first?.contains(word) == true, "\(found)")
  }

  @Test(
    "a town that is missing or without a name is refused",
    arguments: [
      #""language": "ja""#, #""town": {}"#, #""town": {"name": {"en": "a"}}"#, #""town": 5"#,
    ])
  func wrongTown(text: String) throws {
    #expect(try !faults("", town: text, in: Scratch()).isEmpty)
  }

  @Test("a folder without machizu.json is no workspace, a broken one says where")
  func noWorkspace() throws {
    let scratch = try Scratch()
    #expect(throws: WorkspaceError.self) { try Workspace(folder: scratch.path) }
    try scratch.write("machizu.json", "{\n  \"town\": ,\n}")
    do {
      _ = try Workspace(folder: scratch.path)
      Issue.record("broken JSON was read")
    } catch {
      #expect(error.description.contains("machizu.json:2:11:"))
    }
  }

  @Test("the faults of all files come in one list")
  func allFiles() throws {
    let scratch = try Scratch()
    try scratch.write("Layers/one/layer.json", layer(#""lable": "a""#))
    try scratch.write("Layers/two/layer.json", "{")
    try scratch.write("Layers/Three/layer.json", layer())
    try scratch.write("Layers/no-declaration/data.csv", "a")
    let found = try faults(#""langauge": "ja""#, in: scratch)
    #expect(found.count == 4)
    for part in ["machizu.json", "Layers/one", "Layers/two", "“Three”"] {
      #expect(found.contains { $0.contains(part) }, "\(part)")
    }
  }

  @Test(
    "layer ids that the store's own tables have are refused",
    arguments: ["gpkg_contents", "machizu_history", "rtree_wards_geom", "sqlite_master"])
  func reservedIDs(id: String) throws {
    let scratch = try Scratch()
    try scratch.write("Layers/\(id)/layer.json", layer())
    let found = try faults("", in: scratch)
    #expect(found.count == 1)
    #expect(found.first?.contains("“\(id)”") == true)
  }

  @Test("named paths lead out of the workspace; the command line's stand in place of the file's")
  func namedPaths() throws {
    let scratch = try Scratch()
    try scratch.write("Layers/a/layer.json", layer(#""source": {"files": ["data:x/*.csv"]}"#))
    try scratch.write("one/x/r1.csv", "a")
    try scratch.write("two/x/r2.csv", "a")
    let id = try #require(LayerID("a"))
    func names(_ workspace: Workspace) throws -> [String] {
      let layer = try #require(workspace[layer: id])
      let file = try #require(layer.source?.files.first)
      return try workspace.files(of: file, in: layer).map(\.path)
    }
    let members = #""paths": {"data": "one"}"#
    #expect(try names(workspace(members, in: scratch)) == ["\(scratch.path)/one/x/r1.csv"])
    let overridden = try workspace(members, in: scratch, paths: ["data": "\(scratch.path)/two"])
    #expect(try names(overridden) == ["\(scratch.path)/two/x/r2.csv"])
    #expect(
      try names(workspace(in: scratch, paths: ["data": "\(scratch.path)/two"])).count == 1)
    do {
      _ = try names(workspace(#""paths": {"other": "one"}"#, in: scratch))
      Issue.record("a path without a name was found")
    } catch let error as WorkspaceError {
      #expect(error.description.contains("--path data=DIR"))
      #expect(error.description.contains("other"))
    }
  }

  @Test(
    "the workspaces of the repository are read without a fault",
    arguments: [".", "Tests/Workspaces/yaizu"])
  func repository(folder: String) throws {
    let read = try Workspace(folder: "\(repositoryRoot)/\(folder)")
    #expect(!read.layers.isEmpty)
  }
}

@Suite("Glob")
struct GlobTests {
  private func scratch(_ names: [String]) throws -> Scratch {
    let scratch = try Scratch()
    for name in names { try scratch.write(name, "") }
    return scratch
  }

  private func captures(_ pattern: String, in scratch: Scratch) -> [String: [String]] {
    var found: [String: [String]] = [:]
    for match in Glob(pattern).matches(in: scratch.path) {
      found[String(match.path.dropFirst(scratch.path.count + 1))] = match.captures
    }
    return found
  }

  @Test("stars stand for what they matched, in Japanese names too")
  func japanese() throws {
    let scratch = try scratch([
      "令和5年度_浸水実績.shp", "令和6年度_浸水実績.shp", "令和6年度_浸水実績.dbf", "平成30年度_浸水実績.shp",
    ])
    #expect(
      captures("令和*年度_*.shp", in: scratch) == [
        "令和5年度_浸水実績.shp": ["5", "浸水実績"], "令和6年度_浸水実績.shp": ["6", "浸水実績"],
      ])
    #expect(
      captures("*年度_浸水実績.shp", in: scratch).values.flatMap { $0 }.sorted() == [
        "令和5", "令和6", "平成30",
      ])
    #expect(captures("??30年度_*.shp", in: scratch) == ["平成30年度_浸水実績.shp": ["浸水実績"]])
  }

  @Test("several stars take the shortest first, over folders in order")
  func severalStars() throws {
    let scratch = try scratch(["2024/a-b-c.csv", "2025/a-b.csv", "2025/deep/a-b.csv", "a-b.csv"])
    #expect(
      captures("*/*-*.csv", in: scratch) == [
        "2024/a-b-c.csv": ["2024", "a", "b-c"], "2025/a-b.csv": ["2025", "a", "b"],
      ])
    #expect(captures("20*/**-b*", in: scratch)["2024/a-b-c.csv"] == ["24", "", "a", "-c.csv"])
    let paths = Glob("*/*.csv").matches(in: scratch.path).map(\.path)
    #expect(paths == paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  @Test("a star does not cross a folder, find hidden files or stand for a missing one")
  func limits() throws {
    let scratch = try scratch([".hidden.csv", "sub/a.csv", "plain.csv"])
    #expect(captures("*.csv", in: scratch) == ["plain.csv": []].mapValues { _ in ["plain"] })
    #expect(captures("plain.csv", in: scratch) == ["plain.csv": []])
    #expect(captures("missing.csv", in: scratch).isEmpty)
    #expect(captures("missing/*.csv", in: scratch).isEmpty)
    #expect(captures("plain.csv/*", in: scratch).isEmpty)
    #expect(captures("", in: scratch).keys.allSatisfy { $0.isEmpty })
    #expect(Glob("a*").hasWildcards && Glob("a?").hasWildcards && !Glob("a").hasWildcards)
  }

  @Test("an absolute pattern is taken as it is")
  func absolute() throws {
    let scratch = try scratch(["a1.csv", "a2.csv"])
    let found = Glob("\(scratch.path)/a*.csv").matches(in: "/elsewhere")
    #expect(found.map(\.captures) == [["1"], ["2"]])
  }

  @Test("names and captures agree with a slow matcher", arguments: 0..<4)
  func agreesWithTwin(seed: Int) throws {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    func word(_ letters: [Character]) -> String {
      String((0..<1 + random(5)).map { _ in letters[random(letters.count)] })
    }
    let names = Set((0..<60).map { _ in word(["a", "町", "b"]) })
    let scratch = try scratch(Array(names))
    for _ in 0..<60 {
      let pattern = word(["a", "町", "*", "?", "b"])
      let expected = names.filter { matches(Array(pattern), Array($0)) }
      let found = captures(pattern, in: scratch)
      #expect(Set(found.keys) == expected, "\(pattern)")
      for (name, parts) in found {
        // The captures put back in the stars' places, and `?` as it was, give the name.
        #expect(parts.count == pattern.count { $0 == "*" })
        var rest = parts[...]
        var length = 0
        for sign in pattern { length += sign == "*" ? rest.removeFirst().count : 1 }
        #expect(length == name.count)
      }
    }
  }

  private func matches(_ pattern: [Character], _ name: [Character]) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    let rest = Array(pattern.dropFirst())
    if first == "*" {
      return (0...name.count).contains { matches(rest, Array(name.dropFirst($0))) }
    }
    guard let letter = name.first, first == "?" || first == letter else { return false }
    return matches(rest, Array(name.dropFirst()))
  }
}

@Suite("Files")
struct FileContentsTests {
  @Test("a file is read whole, refused over its limit and told when it is missing")
  func reading() throws {
    let scratch = try Scratch()
    try scratch.write("a.txt", "12345")
    #expect(try FileContents.read("\(scratch.path)/a.txt") == Array("12345".utf8))
    #expect(try FileContents.read("\(scratch.path)/a.txt", limitBytes: 5).count == 5)
    #expect(throws: WorkspaceError.self) {
      try FileContents.read("\(scratch.path)/a.txt", limitBytes: 4)
    }
    #expect(throws: WorkspaceError.self) { try FileContents.read("\(scratch.path)/b.txt") }
    #expect(throws: WorkspaceError.self) { try FileContents.read(scratch.path) }
  }

  @Test("replacing leaves one whole file under the name; moving takes no name that is taken")
  func replacing() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/a.txt"
    try FileContents.replace(path, with: [1])
    try FileContents.replace(path, with: [2, 3])
    #expect(try FileContents.read(path) == [2, 3])
    try FileContents.write("\(scratch.path)/b.txt", [9])
    #expect(throws: WorkspaceError.self) {
      try FileContents.move("\(scratch.path)/b.txt", to: path)
    }
    try FileContents.move("\(scratch.path)/b.txt", to: "\(scratch.path)/c.txt")
    #expect(FileContents.list(scratch.path) == ["a.txt", "c.txt"])
    #expect(try FileContents.read(path) == [2, 3])
    #expect(throws: WorkspaceError.self) {
      try FileContents.replace("\(scratch.path)/none/a.txt", with: [1])
    }
  }

  @Test("paths are joined unless they are absolute")
  func joining() {
    #expect(FileContents.join("a", "b") == "a/b")
    #expect(FileContents.join("a/", "b") == "a/b")
    #expect(FileContents.join("a", "/b") == "/b")
    #expect(FileContents.join("", "b") == "b")
    #expect(FileContents.join(".", "b") == "b")
  }
}
