import FoundationEssentials
import TestSupport
import Testing

/// Pictures of the demonstration town: however a place is cut into pictures, its pixels are the same.
@Suite("Pictures of the demonstration town")
struct RenderTests {
  private let town: Town
  private let folder: TemporaryFolder

  init() throws {
    town = try Town.shared()
    folder = try TemporaryFolder("pictures")
  }

  private func render(_ arguments: [String], style: String = "general") throws -> Picture {
    let file = folder.path + "/picture.png"
    _ = try town.machizu.output("render", [style] + arguments + ["-o", file])
    return try Picture(file: file)
  }

  /// The tiles of a range as the server draws them one by one, put together.
  private func mosaic(
    zoom: Int, columns: ClosedRange<Int>, rows: ClosedRange<Int>, scale: Int
  ) throws -> Picture {
    let ending = scale == 2 ? "@2x.png" : ".png"
    return Picture(
      mosaic: try rows.map { row in
        let paths = columns.map { "/tiles/general/\(zoom)/\($0)/\(row)\(ending)" }
        return try town.staff.http.getTogether(paths).map { answer in
          #expect(answer.status == 200)
          return try Picture(png: answer.body)
        }
      })
  }

  /// The whole town, its dense middle, a hillside, and places where labels cross tile edges.
  static let windows: [(zoom: Int, columns: ClosedRange<Int>, rows: ClosedRange<Int>, scale: Int)] =
    [
      (16, 58416...58431, 25882...25897, 1), (16, 58418...58425, 25884...25891, 2),
      (16, 58420...58427, 25886...25893, 1), (15, 29208...29215, 12940...12947, 1),
      (14, 14603...14608, 6469...6474, 2), (17, 116836...116843, 51772...51779, 1),
      (18, 233680...233687, 103550...103557, 1), (12, 3650...3652, 1616...1619, 2),
    ]

  @Test(
    "a big picture equals the mosaic of its tiles to the last pixel, labels included",
    arguments: windows)
  func mosaics(
    _ zoom: Int, _ columns: ClosedRange<Int>, _ rows: ClosedRange<Int>, _ scale: Int
  ) throws {
    let big = try render([
      "--tiles",
      "\(zoom)/\(columns.lowerBound)-\(columns.upperBound)/\(rows.lowerBound)-\(rows.upperBound)",
      "--scale", "\(scale)",
    ])
    #expect(big.width == columns.count * 256 * scale && big.height == rows.count * 256 * scale)
    #expect(!big.isBlank)
    let tiles = try mosaic(zoom: zoom, columns: columns, rows: rows, scale: scale)
    #expect(big.difference(from: tiles) == nil)
  }

  @Test("a picture of a box is a cut of the same mosaic")
  func box() throws {
    // The edges of tile 16/58420/25888, a quarter of a pixel inside.
    let west = longitude(58420 + 0.001, zoom: 16)
    let east = longitude(58421 - 0.001, zoom: 16)
    let north = latitude(25888 + 0.001, zoom: 16)
    let south = latitude(25889 - 0.001, zoom: 16)
    let picture = try render(["--bbox", "\(west),\(south),\(east),\(north)", "--zoom", "16"])
    let tile = try render(["--tile", "16/58420/25888"])
    // Edges are rounded outward to whole pixels.
    #expect(picture.difference(from: tile) == nil)
    let wide = try render([
      "--bbox",
      "\(longitude(58420.25, zoom: 16)),\(south),\(longitude(58421.5, zoom: 16)),\(north)",
      "--zoom", "16",
    ])
    #expect((320...321).contains(wide.width) && wide.height == 256)
    let next = try render(["--tile", "16/58421/25888"])
    for y in stride(from: 0, to: 256, by: 5) {
      #expect(wide[100, y] == tile[164, y] && wide[300, y] == next[108, y])
    }
  }

  @Test("a picture goes through a link to a device, which stays what it is")
  func device() throws {
    let link = folder.path + "/nothing.png"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
    _ = try town.machizu.output("render", ["general", "--tile", "16/58424/25890", "-o", link])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
    let table = folder.path + "/nothing.csv"
    try FileManager.default.createSymbolicLink(atPath: table, withDestinationPath: "/dev/null")
    let run = try town.machizu("export", ["parks", "-o", table])
    #expect(run.status != 0 && run.errors.contains(table), "\(run.errors)")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: table) == "/dev/null")
  }

  @Test("a pyramid in a folder holds the tiles of its area, each with the pixels of --tile")
  func pyramid() throws {
    let target = folder.path + "/pyramid"
    _ = try town.machizu.output(
      "render",
      [
        "general", "--zoom", "13-16", "--bbox", "140.91,35.295,140.93,35.31", "--workers", "2",
        "-o", target + "/",
      ])
    var expected: [String] = []
    for zoom in 13...16 {
      let columns = column(140.91, zoom: zoom)...column(140.93, zoom: zoom)
      let rows = row(35.31, zoom: zoom)...row(35.295, zoom: zoom)
      for column in columns {
        for row in rows { expected.append("\(zoom)/\(column)/\(row).png") }
      }
    }
    #expect(TestFile.list(target) == (expected + ["tiles.json"]).sorted())
    for name in expected {
      let served = try town.staff.http.get("/tiles/general/\(name)")
      let picture = try Picture(file: "\(target)/\(name)")
      #expect(picture.difference(from: try Picture(png: served.body)) == nil, "\(name)")
    }
    for name in [expected[0], expected[expected.count / 2], expected[expected.count - 1]] {
      let tile = try render(["--tile", String(name.dropLast(4))])
      #expect(tile.difference(from: try Picture(file: "\(target)/\(name)")) == nil, "\(name)")
    }
    #expect(!TestFile.exists(target + ".part"))
  }

  @Test("a pyramid without a box covers the town, not the farthest stray point")
  func pyramidOfTheTown() throws {
    let target = folder.path + "/town"
    _ = try town.machizu.output("render", ["general", "--zoom", "12-14", "-o", target + "/"])
    let tiles = TestFile.list(target)
    #expect(tiles.contains("14/14605/6472.png"))
    #expect(tiles.count < 60, "\(tiles.count) tiles")
  }

  @Test("English labels differ from Japanese ones, and what has no labels does not")
  func languages() throws {
    func picture(_ language: String, _ more: [String] = []) throws -> Picture {
      try render(["--tile", "15/29210/12944", "--language", language] + more)
    }
    let english = try picture("en")
    #expect(try picture("ja") != english)
    let served = try town.staff.http.get("/tiles/general/15/29210/12944.png?lang=en")
    #expect(english.difference(from: try Picture(png: served.body)) == nil)
    let plain = ["--layers", "landuse,buildings"]
    #expect(try picture("en", plain).difference(from: picture("ja", plain)) == nil)
    #expect(try picture("en", plain) != english)
  }

  @Test("the same picture drawn twice has the same pixels, with any number of workers")
  func repeated() throws {
    let range = ["--tiles", "16/58420-58422/25886-25888"]
    #expect(try render(range).difference(from: try render(range)) == nil)
    var pyramids: [[String: Picture]] = []
    for workers in ["1", "4"] {
      let target = folder.path + "/workers\(workers)"
      _ = try town.machizu.output(
        "render",
        [
          "general", "--zoom", "15-15", "--bbox", "140.91,35.295,140.93,35.31", "--workers",
          workers, "-o", target + "/",
        ])
      let tiles = TestFile.list(target).filter { $0.hasSuffix(".png") }
      pyramids.append(
        Dictionary(
          uniqueKeysWithValues: try tiles.map { ($0, try Picture(file: "\(target)/\($0)")) }))
    }
    #expect(pyramids[0] == pyramids[1] && pyramids[0].count > 2)
  }
}
