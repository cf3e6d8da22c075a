import JSON
import TestSupport
import Testing

@Suite("The explanation of a tile, by the command")
struct ExplainTests {
  private let town: Town
  /// The middle of the old town.
  private let tile = "16/58421/25890"
  private let place = "140.9187,35.3080"

  init() throws {
    town = try Town.shared()
  }

  @Test("names every rule of the style, the features, the labels and the time of each step")
  func document() throws {
    let answer = try town.machizu.json("explain", ["general", "--tile", tile])
    let rules = answer["rules"]?.array ?? []
    let style = try JSONParser.parse(
      TestFile.read(Repository.root + "/Styles/general.json"))
    #expect(
      rules.compactMap { $0["id"]?.string }
        == style["layers"]?.array?.compactMap { $0["id"]?.string })
    func state(_ id: String) -> String? {
      rules.first { $0["id"]?.string == id }?["state"]?.string
    }
    #expect(state("buildings") == "drawn" && state("parcels") == "switchedOff")
    #expect(state("road-edges") == "otherZoom")
    let buildings = answer["sources"]?.array?.first { $0["layer"]?.string == "buildings" }
    #expect(buildings?["features"]?.int64 ?? 0 > 100)
    for step in ["prepare", "search", "paint", "decideLabels", "drawLabels", "encode"] {
      #expect(answer["milliseconds"]?[step]?.double ?? -1 >= 0, "\(step)")
    }
    let labels = answer["labels"]?.array ?? []
    #expect(labels.contains { $0["text"]?.string == "本町二丁目" && $0["outcome"]?.string == "stands" })
    let lost = labels.filter { $0["outcome"]?.string == "gaveWay" }
    #expect(!lost.isEmpty && lost.allSatisfy { !($0["to"]?.array ?? []).isEmpty })
    #expect(answer["features"] == nil)
  }

  @Test("tells of a place why its features look as they do")
  func features() throws {
    let answer = try town.machizu.json(
      "explain", ["general", "--tile", tile, "--at", place])
    let road = try #require(
      answer["features"]?.array?.first { $0["layer"]?.string == "road_sections" })
    let rules = road["rules"]?.array ?? []
    let fill = try #require(rules.first { $0["rule"]?.string == "road-fill" })
    #expect(fill["outcome"]?.string == "drawn" && fill["values"]?["line-color"]?.string != nil)
    let shield = try #require(rules.first { $0["rule"]?.string == "shield-national" })
    #expect(shield["outcome"]?.string == "filtered")
    #expect(shield["values"]?["種別"]?.string != nil)
  }

  @Test("speaks Japanese and English")
  func languages() throws {
    func text(_ language: String) throws -> String {
      String(
        decoding: try town.machizu.output(
          "explain", ["general", "--tile", tile, "--at", place, "--language", language]),
        as: UTF8.self)
    }
    let japanese = try text("ja")
    #expect(japanese.contains("譲った: ") && japanese.contains("条件に合わない"))
    let english = try text("en")
    #expect(english.contains("gave way to ") && english.contains("not at this zoom"))
  }

  @Test("knows nothing that the audience may not see")
  func audience() throws {
    let small = try SmallTown()
    _ = try small.machizu.importing()
    func rules(_ audience: String) throws -> [JSONValue] {
      try small.machizu.json(
        "explain", ["graves", "--tile", SmallTown.tile, "--audience", audience])["rules"]?.array
        ?? []
    }
    func graves(_ rules: [JSONValue]) -> JSONValue? {
      rules.first { $0["id"]?.string == "graves" }
    }
    #expect(try graves(rules("public"))?["state"]?.string == "noLayer")
    #expect(try graves(rules("restricted"))?["state"]?.string == "drawn")
    let keepers = try small.machizu.json(
      "explain", ["keepers", "--tile", SmallTown.tile, "--audience", "public"])
    let texts = (keepers["labels"]?.array ?? []).compactMap { $0["text"]?.string }
    #expect(!texts.isEmpty && !texts.contains { $0.hasPrefix("持主") })
  }

  @Test(
    "refuses what it cannot explain",
    arguments: [
      (["general"], "--tile"), (["nowhere", "--tile", "16/58421/25890"], "nowhere"),
      (["general", "--tile", "16/58421"], "16/58421"),
      (["general", "--tile", "21/0/0"], "21/0/0"),
      (["general", "--tile", "3/0/0"], "zooms"),
      (["general", "--tile", "16/58421/25890", "--at", "35.3080,140.9187"], "longitude first"),
      (["general", "--tile", "16/58421/25890", "--at", "140,35"], "lies outside"),
      (["general", "--tile", "16/58421/25890", "--at", "140"], "2 numbers"),
      (["general", "--tile", "16/58421/25890", "--layers", "nothing"], "nothing"),
      (["general", "--tile", "16/58421/25890", "--scale", "3"], "--scale"),
    ])
  func refusals(_ arguments: [String], _ word: String) throws {
    let answer = try town.machizu("explain", arguments)
    #expect(answer.status == 2)
    #expect(answer.errors.contains(word), "\(answer.errors)")
  }
}
