import Foundation
import JSON
import TestSupport
import Testing
import Tiles

/// `machizu serve --archive`: tiles without a store.
@Suite("A served archive")
struct ArchiveServerTests {
  private let town: Town
  private let folder: TemporaryFolder
  private static let area = ["--zoom", "13-15", "--bbox", "140.91,35.295,140.93,35.31"]
  private static let tile = "15/29210/12944"

  init() throws {
    town = try Town.shared()
    folder = try TemporaryFolder("served")
  }

  private func draw(_ name: String, audience: String = "public") throws -> String {
    let path = folder.path + "/" + name
    _ = try town.machizu.output(
      "render", ["general", "--audience", audience] + Self.area + ["-o", path])
    return path
  }

  /// In a folder that is no workspace: an archive needs none.
  private func serve(_ path: String, _ more: [String] = []) throws -> RunningServer {
    try RunningServer(["--archive", path] + more, in: folder.path)
  }

  @Test("answers the tiles of both formats as they are stored", arguments: ["pmtiles", "mbtiles"])
  func tiles(format: String) throws {
    let path = try draw("town." + format)
    let archive = try TileArchive(path: path)
    let http = try serve(path)
    let tile = try #require(TileID(Self.tile))
    let stored = try #require(try archive.tile(tile))
    for address in ["/tiles/\(Self.tile).png", "/tiles/general/\(Self.tile).png"] {
      let answer = try http.http.get(address)
      #expect(answer.status == 200 && answer.type == "image/png")
      #expect(answer.body == stored)
      // The full service's tile of the same address has the same pixels.
      let drawn = try town.public.http.get("/tiles/general/\(Self.tile).png")
      #expect(try Picture(png: stored).difference(from: Picture(png: drawn.body)) == nil)
      let tag = try #require(answer["etag"])
      #expect(answer["cache-control"] == "no-cache")
      let again = try http.http.get(address, headers: ["If-None-Match": tag])
      #expect(again.status == 304 && again.body.isEmpty)
      let head = try http.http.get(address, method: "HEAD")
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(head["content-length"] == String(stored.count))
      // A part is not answered, so the whole is, and not as a part.
      let part = try http.http.get(address, headers: ["Range": "bytes=0-9"])
      #expect(part.status == 200 && part.body == stored)
    }
  }

  @Test("has a page, a description and signs of life")
  func documents() throws {
    let server = try serve(try draw("town.pmtiles"))
    for address in ["/tiles.json", "/tiles/general.json"] {
      let document = try JSONParser.parse(try server.http.get(address).body)
      #expect(document["minzoom"]?.int64 == 13 && document["maxzoom"]?.int64 == 15)
      #expect(document["bounds"]?.array?.map(\.double) == [140.91, 35.295, 140.93, 35.31])
      #expect(document["tiles"]?[0]?.string == "/tiles/{z}/{x}/{y}.png")
      #expect(document["name"]?.string?.isEmpty == false)
    }
    let page = try server.http.get("/")
    #expect(page.status == 200 && page["content-security-policy"]?.contains("default-src") == true)
    // All that the page names is there.
    for part in page.text.split(separator: "\"")
    where part.hasSuffix(".js") || part.hasSuffix(".css") {
      let file = try server.http.get("/" + part)
      #expect(file.status == 200 && !file.body.isEmpty, "\(part)")
    }
    #expect(try server.http.get("/map.js").text.contains(#""tiles":"tiles/{z}/{x}/{y}.png""#))
    #expect(try server.http.get("/healthz").text == "ok\n")
    #expect(try server.http.get("/readyz").text == "ready\n")
    #expect(try server.stop() == 0)
  }

  @Test("refuses what is outside of it with a problem document")
  func refusals() throws {
    let server = try serve(try draw("town.pmtiles"))
    let asked = [
      ("/tiles/12/3651/1618.png", 404), ("/tiles/16/58420/25888.png", 404),
      ("/tiles/15/0/0.png", 404), ("/tiles/15/32768/0.png", 404), ("/tiles/15/-1/0.png", 404),
      ("/tiles/other/\(Self.tile).png", 404), ("/tiles/\(Self.tile).jpg", 404),
      ("/tiles/\(Self.tile)@2x.png", 404), ("/tiles/99999999999/0/0.png", 404),
      ("/tiles/\(Self.tile).png?layers=parks", 400), ("/tiles.json?x=1", 400), ("/ogc", 404),
      ("/viewer/../town.pmtiles", 404), ("/viewer/%2e%2e/town.pmtiles", 404), ("/styles", 404),
    ]
    for (address, status) in asked {
      let answer = try server.http.get(address)
      #expect(answer.status == status, "\(address): \(answer.status)")
      #expect(answer.type == "application/problem+json")
      #expect(answer["cache-control"] == "no-store")
    }
    #expect(try server.http.get("/tiles/\(Self.tile).png", method: "POST").status == 405)
  }

  @Test("an archive that gets the name later is served without a restart, a damaged one is not")
  func replaced() throws {
    let path = try draw("town.pmtiles")
    let server = try serve(path)
    let before = try server.http.get("/tiles/\(Self.tile).png").body
    try folder.write("damaged", Array(try TestFile.read(path)[..<3000]))
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: folder.path + "/damaged", toPath: path)
    usleep(1_200_000)
    #expect(try server.http.get("/tiles/\(Self.tile).png").body == before)
    _ = try town.machizu.output(
      "render",
      ["general", "--audience", "public", "--layers", "landuse"] + Self.area + ["-o", path])
    let stored = try TileArchive(path: path).tile(try #require(TileID(Self.tile)))
    #expect(stored != before)
    usleep(1_200_000)
    #expect(try server.http.get("/tiles/\(Self.tile).png").body == stored)
  }

  @Test("what was drawn for staff is not served to the public")
  func audience() throws {
    let path = try draw("staff.pmtiles", audience: "staff")
    let refused = try ProgramRun(
      try Repository.machizu(), ["serve", "--port", "0", "--archive", path], in: folder.path)
    #expect(refused.status == 3 && refused.errors.contains("drawn for staff"), "\(refused.errors)")
    let server = try serve(path, ["--audience", "staff"])
    #expect(try server.http.get("/tiles/\(Self.tile).png").status == 200)
  }

  @Test("a damaged archive is refused with a sentence")
  func damaged() throws {
    let whole = try TestFile.read(try draw("town.pmtiles"))
    let tables = try TestFile.read(try draw("town.mbtiles"))
    var vector = whole
    vector[99] = 1
    var zooms = whole
    zooms[100] = 30
    let files: [(String, [UInt8])] = [
      ("empty.pmtiles", []), ("text.pmtiles", Array("Not an archive.".utf8)),
      ("cut.pmtiles", Array(whole[..<5000])), ("vector.pmtiles", vector), ("zooms.pmtiles", zooms),
      ("cut.mbtiles", Array(tables[..<5000])),
    ]
    for (name, bytes) in files {
      let path = try folder.write(name, bytes)
      let run = try ProgramRun(
        try Repository.machizu(), ["serve", "--port", "0", "--archive", path], in: folder.path,
        seconds: 20)
      #expect(run.status == 3, "\(name): \(run.status)")
      #expect(run.errors.contains(path) && run.errors.hasSuffix(".\n"), "\(run.errors)")
    }
    let absent = try ProgramRun(
      try Repository.machizu(), ["serve", "--port", "0", "--archive", "none"], in: folder.path)
    #expect(absent.status == 3)
  }
}
