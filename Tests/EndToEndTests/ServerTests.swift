import JSON
import TestSupport
import Testing

@Suite("The server")
struct ServerTests {
  private let town: Town
  private var http: HTTPClient { town.public.http }
  private static let tile = "/tiles/general/15/29210/12944.png"

  init() throws {
    town = try Town.shared()
  }

  @Test(
    "answers every documented address with its media type",
    arguments: [
      ("/", "text/html"), ("/tiles/general.json", "application/json"), (tile, "image/png"),
      ("/tiles/general/15/29210/12944@2x.png", "image/png"), ("/healthz", "text/plain"),
      ("/readyz", "text/plain"), ("/metrics", "text/plain"), ("/styles", "application/json"),
      ("/styles/general.json", "application/json"), ("/ogc", "application/json"),
      ("/ogc/conformance", "application/json"), ("/ogc/collections", "application/json"),
      ("/ogc/collections/parks", "application/json"),
      ("/ogc/collections/parks/items", "application/geo+json"),
    ])
  func routes(_ path: String, _ type: String) throws {
    let answer = try http.get(path)
    #expect(answer.status == 200)
    #expect(answer.type == type)
    #expect(answer["x-content-type-options"] == "nosniff")
    #expect(!answer.body.isEmpty)
    let head = try http.get(path, method: "HEAD")
    #expect(head.status == 200 && head.body.isEmpty)
    #expect(head.type == type)
    // The counters of /metrics move between two requests.
    if path != "/metrics" { #expect(head["content-length"] == String(answer.body.count)) }
  }

  @Test("a tile has a strong tag, is answered with 304 for it, and asks to be checked again")
  func tags() throws {
    for path in [Self.tile, "/tiles/general/15/29210/12944@2x.png", "/"] {
      let answer = try http.get(path)
      let tag = try #require(answer["etag"])
      #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count > 4)
      #expect(answer["cache-control"] == "no-cache")
      for known in [tag, "\"other\", \(tag)", "*", "W/\(tag)"] {
        let again = try http.get(path, headers: ["If-None-Match": known])
        #expect(again.status == 304 && again.body.isEmpty)
        #expect(again["etag"] == tag)
      }
      let stale = try http.get(path, headers: ["If-None-Match": "\"0123456789abcdef\""])
      #expect(stale.status == 200 && stale.body == answer.body)
    }
  }

  @Test("tiles are 256 pixels wide, and 512 at twice the density, and show the town")
  func pictures() throws {
    let picture = try Picture(png: http.get(Self.tile).body)
    #expect(picture.width == 256 && picture.height == 256 && !picture.isBlank)
    let dense = try Picture(png: http.get("/tiles/general/15/29210/12944@2x.png").body)
    #expect(dense.width == 512 && dense.height == 512 && !dense.isBlank)
    let language = try Picture(png: http.get(Self.tile + "?lang=en").body)
    #expect(language != picture)
    let layers = try Picture(png: http.get(Self.tile + "?layers=parks,water").body)
    #expect(layers != picture)
  }

  @Test("TileJSON names the tiles, the zooms and the town's bounds")
  func tileJSON() throws {
    let document = try JSONParser.parse(try http.get("/tiles/general.json").body)
    #expect(document["tilejson"]?.string == "3.0.0")
    let template = try #require(document["tiles"]?[0]?.string)
    #expect(template.hasSuffix("/tiles/general/{z}/{x}/{y}.png"))
    let bounds = (document["bounds"]?.array ?? []).compactMap(\.double)
    try #require(bounds.count == 4)
    #expect(bounds[0] > 140.8 && bounds[2] < 141 && bounds[1] > 35.2 && bounds[3] < 35.4)
    let zooms = try #require(
      (document["minzoom"]?.int64).flatMap { low in document["maxzoom"]?.int64.map { low...$0 } })
    #expect(zooms.contains(16))
    let below = "/tiles/general/\(zooms.lowerBound - 1)/0/0.png"
    #expect(try http.get(below).status == 404)
  }

  @Test("fifty requests for one tile at once get the same bytes")
  func together() throws {
    let path = "/tiles/general/17/116842/51777.png"
    let answers = try http.getTogether(Array(repeating: path, count: 50))
    #expect(answers.allSatisfy { $0.status == 200 })
    #expect(Set(answers.map(\.body)).count == 1)
    #expect(Set(answers.map { $0["etag"] }).count == 1)
    let different = (0..<40).map { "/tiles/general/17/\(116_836 + $0 % 8)/\(51_770 + $0 / 8).png" }
    let first = try http.getTogether(different)
    #expect(first.allSatisfy { $0.status == 200 })
    for (path, answer) in zip(different, first) {
      #expect(try http.get(path).body == answer.body, "\(path)")
    }
  }

  @Test("items are paged by links until all are there")
  func pages() throws {
    var path: String? = "/ogc/collections/garbage_points/items?limit=100"
    var ids: [String] = []
    var pages = 0
    while let next = path, pages < 20 {
      let page = try JSONParser.parse(try http.get(next).body)
      let features = page["features"]?.array ?? []
      #expect(page["numberReturned"]?.int64 == Int64(features.count))
      ids += features.compactMap { $0["id"]?.string }
      path = page["links"]?.array?.first { $0["rel"]?.string == "next" }?["href"]?.string
      pages += 1
    }
    let all = try town.machizu.features(["garbage_points", "--audience", "public"])
    #expect(ids == all.map(\.id))
    #expect(pages == (all.count + 99) / 100)
  }

  @Test("items of a box and of a search are those of the command line")
  func items() throws {
    let box = "140.91,35.30,140.92,35.31"
    let boxed = try Feature.collection(
      http.get("/ogc/collections/garbage_points/items?limit=1000&bbox=\(box)").body)
    let asked = try town.machizu.features(
      ["garbage_points", "--audience", "public", "--bbox", box])
    #expect(!boxed.isEmpty && boxed.map(\.id) == asked.map(\.id))
    #expect(zip(boxed, asked).allSatisfy { $0.vertices == $1.vertices })
    let found = try Feature.collection(
      http.get("/ogc/collections/garbage_points/items?limit=1000&q=\("ホンチョウ 本町".percentEncoded)")
        .body)
    let sought = try town.machizu.features(
      ["garbage_points", "--audience", "public", "--text", "ホンチョウ 本町"])
    #expect(found.map(\.id) == sought.map(\.id))
    let one = try http.get("/ogc/collections/garbage_points/items/\(asked[0].id)")
    #expect(Feature(try JSONParser.parse(one.body)).vertices == asked[0].vertices)
  }

  @Test("ends with status 0 when it is asked to, and nobody listens afterwards")
  func stops() throws {
    let small = try SmallTown()
    _ = try small.machizu.importing()
    let server = try small.machizu.serving()
    #expect(try server.http.get("/healthz").text == "ok\n")
    #expect(try server.stop() == 0)
    #expect(throws: TestSupportError.self) { try server.http.get("/healthz") }
    #expect(try server.errors() == "")
  }

  @Test(
    "a tile shows new data within two seconds of an import, under another tag, without a restart")
  func reimport() throws {
    var small = try SmallTown()
    _ = try small.machizu.importing()
    let server = try small.machizu.serving()
    let path = "/tiles/plain/\(SmallTown.tile).png"
    let before = try server.http.get(path)
    #expect(try server.http.get(path)["etag"] == before["etag"])
    small.wells[5].longitude += 0.0004
    small.wells[2].name = "移設"
    try small.write()
    _ = try small.machizu.importing(["wells"])
    let clock = ContinuousClock()
    let end = clock.now + .seconds(2)
    var after = try server.http.get(path, headers: ["If-None-Match": before["etag"] ?? ""])
    while after.status == 304, clock.now < end {
      after = try server.http.get(path, headers: ["If-None-Match": before["etag"] ?? ""])
    }
    #expect(after.status == 200)
    #expect(after["etag"] != before["etag"])
    #expect(try Picture(png: after.body) != Picture(png: before.body))
    let items = try server.http.get("/ogc/collections/wells/items?limit=100").text
    #expect(items.contains("移設"))
    // The picture is the one that a new start draws.
    let fresh = try small.machizu.serving()
    let drawn = try Picture(png: fresh.http.get(path).body)
    #expect(drawn.difference(from: try Picture(png: after.body)) == nil)
  }

  @Test("a tile that an import does not reach keeps its picture")
  func untouched() throws {
    var small = try SmallTown()
    _ = try small.machizu.importing()
    let server = try small.machizu.serving()
    let path = "/tiles/plain/16/58421/25850.png"
    let before = try Picture(png: server.http.get(path).body)
    small.wells[0].name = "改名"
    try small.write()
    _ = try small.machizu.importing(["wells"])
    let clock = ContinuousClock()
    let end = clock.now + .seconds(5)
    let items = "/ogc/collections/wells/items?limit=100"
    while !(try server.http.get(items).text.contains("改名")), clock.now < end {}
    #expect(try server.http.get(items).text.contains("改名"))
    #expect(try Picture(png: server.http.get(path).body).difference(from: before) == nil)
  }
}
