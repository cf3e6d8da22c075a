import Foundation
import TestSupport
import Testing
import Tiles

/// Archives that the built program writes.
@Suite("Pyramids as archives")
struct PyramidArchiveTests {
  private let town: Town
  private let folder: TemporaryFolder
  private static let area = ["--zoom", "13-16", "--bbox", "140.91,35.295,140.93,35.31"]

  init() throws {
    town = try Town.shared()
    folder = try TemporaryFolder("archives")
  }

  /// The addresses of the area by the textbook formulas.
  private static var addresses: [String] {
    (13...16).flatMap { zoom in
      (column(140.91, zoom: zoom)...column(140.93, zoom: zoom)).flatMap { column in
        (row(35.31, zoom: zoom)...row(35.295, zoom: zoom)).map { "\(zoom)/\(column)/\($0)" }
      }
    }
  }

  @discardableResult
  private func write(_ name: String, _ more: [String] = []) throws -> String {
    let path = folder.path + "/" + name
    _ = try town.machizu.output("render", ["general"] + Self.area + more + ["-o", path])
    return path
  }

  @Test("a PMTiles archive holds the area's tiles, each with the pixels of --tile and the service")
  func pmtiles() throws {
    let path = try write("town.pmtiles")
    let reader = try PMTilesReader(path: path)
    let addresses = Self.addresses
    #expect(reader.header.addressedTileCount == UInt64(addresses.count))
    #expect(reader.header.zooms == (13, 16))
    for (index, address) in addresses.enumerated() {
      let tile = try #require(TileID(address))
      let bytes = try #require(try reader.tile(tile))
      let picture = try Picture(png: bytes)
      let served = try town.staff.http.get("/tiles/general/\(address).png")
      #expect(picture.difference(from: try Picture(png: served.body)) == nil, "\(address)")
      guard index % 9 == 0 else { continue }
      let file = folder.path + "/tile.png"
      _ = try town.machizu.output("render", ["general", "--tile", address, "-o", file])
      #expect(picture.difference(from: try Picture(file: file)) == nil, "\(address)")
    }
    let metadata = String(decoding: try reader.metadata(), as: UTF8.self)
    #expect(metadata.contains(#""style":"general""#) && metadata.contains(#""format":"png""#))
    #expect(metadata.contains(#""revisions":{"#) && metadata.contains(#""landuse":"#))
    #expect(!metadata.contains("vector_layers"))
    #expect(!TestFile.exists(path + ".part"))
  }

  @Test("one worker and several write the same bytes, as the folder has them")
  func workers() throws {
    let first = try TestFile.read(try write("a.pmtiles", ["--workers", "1"]))
    for workers in ["2", "5"] {
      let other = try TestFile.read(try write("b.pmtiles", ["--workers", workers]))
      #expect(first == other, "\(workers) workers")
    }
    let reader = try PMTilesReader(path: folder.path + "/a.pmtiles")
    try write("files/")
    for address in Self.addresses {
      let tile = try #require(TileID(address))
      let bytes = try reader.tile(tile)
      #expect(bytes == (try TestFile.read(folder.path + "/files/\(address).png")), "\(address)")
    }
  }

  @Test("an MBTiles archive holds the tiles of the PMTiles archive")
  func mbtiles() throws {
    let reader = try MBTilesReader(path: try write("town.mbtiles"))
    let other = try PMTilesReader(path: try write("same.pmtiles"))
    for address in Self.addresses {
      let tile = try #require(TileID(address))
      let bytes = try reader.tile(tile)
      #expect(try bytes != nil && bytes == other.tile(tile), "\(address)")
    }
    let metadata = try reader.metadata()
    #expect(metadata["format"] == "png" && metadata["minzoom"] == "13")
    #expect(metadata["maxzoom"] == "16" && metadata["bounds"] == "140.91,35.295,140.93,35.31")
    #expect(metadata["machizu"]?.contains(#""revisions":{"#) == true)
  }

  @Test("a country with one town in it: squares without anything are stored as they would be drawn")
  func emptyCountry() throws {
    let wide = ["general", "--zoom", "8-13", "--bbox", "139.5,34.4,142.5,36.2"]
    let path = folder.path + "/wide.pmtiles"
    _ = try town.machizu.output("render", wide + ["-o", path])
    let reader = try PMTilesReader(path: path)
    let count = reader.header.addressedTileCount
    #expect(count > 4000 && reader.header.entryCount < count / 10)
    // Every tile is drawn again alone.
    let verified = try town.machizu("pyramid", ["verify", path])
    #expect(verified.status == 0, "\(verified.errors)")
    for name in ["wide.mbtiles", "wide/"] {
      let other = folder.path + "/" + name
      _ = try town.machizu.output("render", wide + ["-o", other])
      let difference = try town.machizu("pyramid", ["diff", path, other])
      #expect(difference.status == 0 && difference.output.isEmpty, "\(difference.errors)")
    }
    // Parts cut the empty squares where their blocks end; together they are the same archive.
    let parts = try (1...3).map { number in
      let part = folder.path + "/part-\(number).pmtiles"
      _ = try town.machizu.output("render", wide + ["--shard", "\(number)/3", "-o", part])
      return part
    }
    let merged = folder.path + "/merged.pmtiles"
    _ = try town.machizu.output("pyramid", ["merge"] + parts + ["-o", merged])
    #expect(try TestFile.read(merged) == TestFile.read(path))
  }

  @Test("a run that is killed leaves nothing under the archive's name, and the next one is whole")
  func killed() throws {
    let path = folder.path + "/killed.pmtiles"
    let program = try RunningProgram(
      try Repository.machizu(),
      ["render"] + town.machizu.place + ["general", "--zoom", "10-18", "-o", path],
      in: town.machizu.workspace)
    let deadline = Date(timeIntervalSinceNow: 30)
    while !TestFile.exists(path + ".part"), Date() < deadline { usleep(1000) }
    #expect(TestFile.exists(path + ".part"))
    // A second run is refused as long as the first one lives.
    let second = try town.machizu("render", ["general"] + Self.area + ["-o", path])
    #expect(second.status == 1 && second.errors.contains("another run"), "\(second.errors)")
    program.send(signal: SIGKILL)
    _ = try program.wait()
    #expect(!TestFile.exists(path))
    let again = try TestFile.read(try write("killed.pmtiles"))
    #expect(again == (try TestFile.read(try write("undisturbed.pmtiles"))))
  }

  @Test("where the archive cannot be made, the run says so and fails")
  func refused() throws {
    let path = folder.path + "/no/such/folder.pmtiles"
    let run = try town.machizu("render", ["general"] + Self.area + ["-o", path])
    #expect(run.status == 1 && run.errors.contains(path), "\(run.errors)")
  }
}
