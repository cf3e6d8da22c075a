import Foundation
import JSON
import TestSupport
import Testing

@Suite("Parameters of a collection's items")
struct ItemsTests {
  private let town: Town
  private let items = "/ogc/collections/garbage_points/items?limit=1000"

  init() throws { town = try Town.shared() }

  private func ids(_ parameters: String, staff: Bool = false) throws -> [String] {
    let answer = try (staff ? town.staff : town.public).http.get("\(items)&\(parameters)")
    #expect(answer.status == 200, "\(parameters): \(answer.text)")
    return try Feature.collection(answer.body).map(\.id)
  }

  private func system(_ code: String) -> String {
    "http://www.opengis.net/def/crs/\(code)".percentEncoded
  }

  @Test("a box in another system is read in that system's order of axes")
  func boxSystem() throws {
    let degrees = try ids("bbox=140.91,35.3,140.92,35.31")
    #expect(degrees.count > 10)
    #expect(
      try ids("bbox=140.91,35.3,140.92,35.31&bbox-crs=\(system("OGC/1.3/CRS84"))") == degrees)
    // EPSG:6668 writes latitude first.
    #expect(
      try ids("bbox=35.3,140.91,35.31,140.92&bbox-crs=\(system("EPSG/0/6668"))") == degrees)
    #expect(try ids("bbox=140.91,35.3,0,140.92,35.31,9") == degrees)
    // The plane's X is north and written first; --crs has east first always.
    let asked = try town.machizu.features([
      "garbage_points", "--audience", "public", "--crs", "EPSG:6677", "--bbox",
      "98000,-77000,100000,-75000",
    ])
    #expect(
      try ids("bbox=-77000,98000,-75000,100000&bbox-crs=\(system("EPSG/0/6677"))")
        == asked.map(\.id))
    #expect(!asked.isEmpty)
  }

  @Test("a filter's geometries may be in another system")
  func filterSystem() throws {
    let degrees = "S_INTERSECTS(geometry,BBOX(140.91,35.3,140.92,35.31))".percentEncoded
    let turned = "S_INTERSECTS(geometry,BBOX(35.3,140.91,35.31,140.92))".percentEncoded
    let expected = try ids("filter=\(degrees)")
    #expect(expected.count > 10)
    #expect(try ids("filter=\(turned)&filter-crs=\(system("EPSG/0/6668"))") == expected)
    #expect(try ids("filter=\(degrees)&filter-crs=\(system("OGC/1.3/CRS84"))") == expected)
  }

  @Test(
    "datetime finds what holds at a day or in a span, and is said to be none where it is hidden")
  func datetime() throws {
    let day = try town.machizu.features(["garbage_points", "--as-of", "2000-01-01"]).map(\.id)
    #expect(!day.isEmpty)
    #expect(try ids("datetime=2000-01-01", staff: true) == day)
    #expect(try ids("datetime=2000-01-01T12:00:00%2B09:00", staff: true) == day)
    let all = Set(try ids("", staff: true))
    let until = Set(try ids("datetime=../1999-12-31", staff: true))
    let since = Set(try ids("datetime=2000-01-01/..", staff: true))
    // Entries without a readable date hold at no time.
    let dated = Set(try ids("datetime=0001-01-01/9999-12-31", staff: true))
    #expect(dated.isSubset(of: all) && until.count < dated.count)
    #expect(!until.isEmpty && until.union(since) == dated)
    #expect(
      Set(try ids("datetime=1999-12-31/2000-01-01", staff: true))
        == Set(try ids("datetime=1999-12-31", staff: true)).union(day))
    // The public sees no column of the layer's time: the same sentence as for a layer without any.
    for layer in ["garbage_points", "parks"] {
      let answer = try town.public.http.get("/ogc/collections/\(layer)/items?datetime=2000-01-01")
      #expect(answer.status == 400 && answer.text.contains("datetime"))
      #expect(answer.text.contains("no time that this audience may see"), "\(answer.text)")
    }
    let run = try town.machizu(
      "query", ["garbage_points", "--audience", "public", "--as-of", "2000-01-01"])
    #expect(run.status == 2 && run.errors.contains("no time that this audience may see"))
  }

  @Test(
    "a wrong value is 400 and names its parameter",
    arguments: [
      ("bbox=140,35,141,36&bbox-crs=EPSG:6677", "bbox-crs"),
      ("bbox=1,2,3,4&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/99", "bbox-crs"),
      ("bbox=1,2,3,4&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/32767", "bbox-crs"),
      ("bbox=140,35,141,36&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", "bbox"),
      ("filter=TRUE&filter-crs=x", "filter-crs"),
      ("filter=S_INTERSECTS(geometry,POINT(50%200))", "filter"),
      (
        "filter=S_INTERSECTS(geometry,POINT(1e300%201e300))&filter-crs="
          + "http://www.opengis.net/def/crs/EPSG/0/4326", "filter"
      ),
      ("datetime=..", "datetime"), ("datetime=yesterday", "datetime"), ("datetime=", "datetime"),
      ("datetime=2000-02-30", "datetime"), ("datetime=2000-01-01/1999-01-01", "datetime"),
      ("datetime=2000-01-01T25:00:00Z", "datetime"),
    ])
  func refusals(_ parameters: String, _ named: String) throws {
    let answer = try town.staff.http.get("\(items)&\(parameters)")
    #expect(answer.status == 400, "\(parameters): \(answer.status) \(answer.text)")
    #expect(answer.text.contains("“\(named)”"), "\(answer.text)")
  }

  @Test("the next page keeps every parameter that says what is asked for")
  func links() throws {
    let asked =
      "bbox=35.3,140.91,35.31,140.92&bbox-crs=\(system("EPSG/0/6668"))&datetime=2000-01-01"
    let expected = try ids(asked, staff: true)
    #expect(expected.count > 5)
    var path: String? = "/ogc/collections/garbage_points/items?limit=3&\(asked)"
    var found: [String] = []
    for _ in 0..<40 {
      guard let next = path else { break }
      let page = try JSONParser.parse(try town.staff.http.get(next).body)
      found += (page["features"]?.array ?? []).compactMap { $0["id"]?.string }
      path = page["links"]?.array?.first { $0["rel"]?.string == "next" }?["href"]?.string
    }
    #expect(found == expected)
  }
}

@Suite("Damaged snapshots of a store")
struct DamagedSnapshotTests {
  /// So many wells that their snapshot has several pages: opening looks at the first one only.
  private func town() throws -> SmallTown {
    var town = try SmallTown()
    town.wells = (100..<1000).map { number in
      SmallTown.Well(
        number: "W-\(number)", name: "井戸\(number)",
        longitude: 140.919 + Double(number % 30) * 0.0001,
        latitude: 35.3 + Double(number / 30) * 0.0001)
    }
    try town.write()
    _ = try town.machizu.importing()
    return town
  }

  /// Changes a byte of the layer's snapshot, behind the first page and where the finest band's forms
  /// and the values of rows are read from; its path.
  private func damage(_ town: SmallTown, _ layer: String) throws -> String {
    _ = try town.machizu.output("layers")
    let folder = town.path("var/snapshots")
    let name = try #require(TestFile.list(folder).first { $0.hasPrefix("\(layer)-") })
    var bytes = try town.bytes("var/snapshots/\(name)")
    let items = (0..<8).reduce(0) { $0 | Int(bytes[8 * 28 + $1]) << (8 * $1) }
    let place = items + 40 * 2000
    #expect(place > 1 << 16 && place < bytes.count)
    bytes[place] ^= 0x40
    try town.write("var/snapshots/\(name)", bytes)
    return folder + "/" + name
  }

  @Test("a damaged snapshot is never answered from: it is made again for the next question")
  func query() throws {
    let town = try town()
    let question = ["wells", "--bbox", "140,35,141,36", "--fields", "番号"]
    let expected = try town.machizu.output("query", question)
    let path = try damage(town, "wells")
    let run = try town.machizu("query", question)
    #expect(run.status == 1 && run.errors.contains("wells"), "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(!TestFile.exists(path))
    #expect(try town.machizu.output("query", question) == expected)
  }

  @Test("a disk that fills while a snapshot is written leaves nothing, and the next question works")
  func fullDisk() throws {
    let town = try town()
    let folder = town.path("var/snapshots")
    for name in TestFile.list(folder) {
      try FileManager.default.removeItem(atPath: folder + "/" + name)
    }
    // No file may grow beyond 64 KiB; the signal that says so is ignored.
    let question = ["query", "--workspace", town.path(""), "wells", "--count"]
    let run = try ProgramRun(
      "/bin/sh",
      ["-c", "trap '' XFSZ; ulimit -f 128; exec \"$@\"", "sh", try Repository.machizu()] + question,
      in: town.path(""), seconds: 60)
    #expect(run.status == 1 && run.errors.contains("cannot be written"), "\(run.errors)")
    #expect(TestFile.list(folder).isEmpty)
    try town.write("var/snapshots/wells-1-0.mzs.999999999.partial", "begun")
    #expect(try town.machizu.count(["wells"]) == 900)
    _ = try town.machizu.output("layers")
    #expect(TestFile.list(folder).allSatisfy { $0.hasSuffix(".mzs") })
  }

  @Test("check finds damage, removes the file and says so")
  func check() throws {
    let town = try town()
    let path = try damage(town, "wells")
    let run = try town.machizu("check")
    #expect(run.errors.contains(path) && run.errors.contains("damaged"), "\(run.errors)")
    #expect(!TestFile.exists(path))
    #expect(try !town.machizu("check").errors.contains("damaged"))
  }

  @Test("a tile is never drawn from a damaged snapshot: 503, then the right one")
  func tile() throws {
    let town = try town()
    let path = "/tiles/plain/\(SmallTown.tile).png"
    let whole = try town.machizu.serving()
    let expected = try whole.http.get(path).body
    _ = try whole.stop()
    _ = try damage(town, "wells")
    let server = try town.machizu.serving()
    let first = try server.http.get(path)
    #expect(first.status == 503 && first["retry-after"] != nil, "\(first.status)")
    var answer = first
    for _ in 0..<200 where answer.status != 200 { answer = try server.http.get(path) }
    #expect(answer.status == 200 && answer.body == expected)
    _ = try server.stop()
  }
}
