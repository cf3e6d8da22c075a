import JSON
import TestSupport
import Testing

@Suite("The legend")
struct LegendTests {
  private let town: Town

  init() throws {
    town = try Town.shared()
  }

  private func sections(_ document: JSONValue) -> [String] {
    (document["legend"]?.array ?? []).compactMap { $0["id"]?.string }
  }

  @Test(
    "the command lists what is drawn at a zoom, in both languages, and the server says the same")
  func list() throws {
    let all = try town.machizu.json("legend", ["general", "--audience", "public"])
    let far = try town.machizu.json(
      "legend", ["general", "--zoom", "12", "--audience", "public"])
    #expect(sections(far).contains("road-fill") && !sections(far).contains("mirrors"))
    #expect(sections(far).count < sections(all).count)
    #expect(Set(sections(far)).isSubset(of: sections(all)))
    let roads = try #require(far["legend"]?.array?.first { $0["id"]?.string == "road-fill" })
    #expect(roads["title"]?["ja"]?.string == "道路" && roads["title"]?["en"]?.string == "Roads")
    #expect(roads["items"]?[0]?["title"]?["ja"]?.string == "国道")
    #expect(roads["items"]?[0]?["properties"]?["種別"]?.string == "1")
    let served = try town.public.http.get("/styles/general/legend.json?zoom=12")
    #expect(served.status == 200 && served.type == "application/json")
    #expect(try sections(JSONParser.parse(served.body)) == sections(far))
  }

  @Test("the picture of the command is the server's, twice as large at twice the density")
  func picture() throws {
    let folder = try TemporaryFolder("legend")
    let path = folder.path + "/legend.png"
    _ = try town.machizu.output(
      "legend", ["general", "--zoom", "16", "--audience", "public", "-o", path])
    let drawn = try Picture(png: TestFile.read(path))
    let served = try town.public.http.get("/styles/general/legend.png?zoom=16")
    #expect(served.status == 200 && served.type == "image/png")
    #expect(try drawn.difference(from: Picture(png: served.body)) == nil)
    let dense = try Picture(
      png: town.public.http.get("/styles/general/legend.png?zoom=16&scale=2").body)
    #expect(dense.height == 2 * drawn.height)
    let english = try Picture(
      png: town.public.http.get("/styles/general/legend.png?zoom=16&lang=en").body)
    #expect(english != drawn)
    #expect(try town.machizu("legend", ["general"]).status == 2)
  }

  @Test("an area has fewer signs than the town, the same by command and server, for each audience")
  func area() throws {
    func ids(_ box: String, _ audience: String) throws -> [String] {
      sections(
        try town.machizu.json(
          "legend", ["general", "--zoom", "17", "--bbox", box, "--audience", audience]))
    }
    let field = "140.905,35.2985,140.907,35.3"
    let centre = "140.915,35.305,140.922,35.310"
    let (some, many) = (try ids(field, "staff"), try ids(centre, "staff"))
    #expect(!some.contains("facilities") && many.contains("facilities"))
    #expect(many.contains("security-lights") && some.contains("landuse"))
    #expect(try ids("139.0,35.0,139.1,35.1", "staff").isEmpty)
    let served = try town.public.http.get("/styles/general/legend.json?zoom=17&bbox=\(centre)")
    #expect(try sections(JSONParser.parse(served.body)) == ids(centre, "public"))
    let facilities = try JSONParser.parse(served.body)["legend"]?.array?
      .first { $0["id"]?.string == "facilities" }
    let classes = facilities?["items"]?.array?.compactMap { $0["title"]?["ja"]?.string } ?? []
    let roads = try JSONParser.parse(served.body)["legend"]?.array?
      .first { $0["id"]?.string == "road-fill" }
    #expect(
      roads?["items"]?.array?.compactMap { $0["title"]?["ja"]?.string }
        == ["国道", "県道", "市道1級", "その他の市道"])
    #expect(classes.contains("市役所") && !classes.contains("浄化センター"))
  }

  @Test("an answer has a tag and is answered with 304 for it", arguments: ["png", "json"])
  func tags(_ format: String) throws {
    let path = "/styles/general/legend.\(format)"
    let answer = try town.public.http.get(path)
    let tag = try #require(answer["etag"])
    let again = try town.public.http.get(path, headers: ["If-None-Match": tag])
    #expect(again.status == 304 && again.body.isEmpty)
    #expect(try town.public.http.get(path + "?zoom=12")["etag"] != tag)
  }

  @Test(
    "what cannot be answered is refused",
    arguments: [
      ("nowhere/legend.png", 404), ("nowhere/legend.json", 404), ("general/legend.svg", 404),
      ("general/legend.png?zoom=21", 400), ("general/legend.json?zoom=far", 400),
      ("general/legend.json?zoom=-1", 400), ("general/legend.png?scale=3", 400),
      ("general/legend.png?lang=fr", 400), ("general/legend.png?bbox=1,2,3", 400),
      ("general/legend.json?bbox=141,35,140,36", 400), ("general/legend.png?layers=nothing", 400),
      ("general/legend.png?colour=red", 400),
    ])
  func refusals(_ path: String, _ status: Int) throws {
    let answer = try town.public.http.get("/styles/" + path)
    #expect(answer.status == status)
    #expect(answer.type == "application/problem+json")
  }

  @Test("a class told by a column for staff, and a layer that is hidden, are not in the public's")
  func audience() throws {
    let small = try SmallTown()
    try small.write(
      "Styles/told.json",
      """
      {"version": 8, "name": "told", "sources": {"machizu": {"type": "vector"}},
       "metadata": {"machizu:tile-size": 256, "machizu:minzoom": 10, "machizu:maxzoom": 20},
       "layers": [
        {"id": "wells", "type": "circle", "source": "machizu", "source-layer": "wells",
         "metadata": {"machizu:legend": {"title": {"ja": "井戸"}, "entries": [
           {"title": {"ja": "浅い井戸"}, "properties": {"水深": 5}},
           {"title": {"ja": "多世帯の井戸"}, "properties": {"世帯": 9}}]}}},
        {"id": "graves", "type": "circle", "source": "machizu", "source-layer": "graves",
         "metadata": {"machizu:legend": {"ja": "墓地"}}}]}
      """)
    _ = try small.machizu.importing()
    let server = try small.machizu.serving()
    let open = try server.http.get("/styles/told/legend.json").text
    #expect(open.contains("浅い井戸"))
    for hidden in ["多世帯", "世帯", "墓地", "graves"] { #expect(!open.contains(hidden)) }
    let staff = String(
      decoding: try small.machizu.output("legend", ["told", "--json"]), as: UTF8.self)
    #expect(staff.contains("多世帯の井戸") && !staff.contains("墓地"))
    let all = String(
      decoding: try small.machizu.output("legend", ["told", "--json", "--audience", "restricted"]),
      as: UTF8.self)
    #expect(all.contains("墓地"))
  }
}
