import Features
import FoundationEssentials
import Geometry
import Lettering
import Rendering
import Snapshot
import Styling
import Testing
import Tiles

@Suite("Names along routes of short sections")
struct JoinedNamesTests {
  private let tile: TileID
  private let frame: PictureFrame

  init() throws {
    tile = try #require(TileID("16/58424/25911"))
    frame = try #require(PictureFrame(tile))
  }

  /// A line through places of the tile in pixels.
  private func line(_ key: String, _ name: String, _ points: [(Int64, Int64)]) -> RandomTown.Thing {
    let pixel = (tile.bounds.maxX - tile.bounds.minX) / 256
    return RandomTown.Thing(
      key: key, values: [.text("a"), .text(name), .real(2)],
      shape: GridShape(
        kind: .line,
        parts: [
          points.map {
            GridPoint(x: tile.bounds.minX + $0.0 * pixel, y: tile.bounds.minY + $0.1 * pixel)
          }
        ]))
  }

  private func map(_ metadata: String) throws -> MapStyle {
    let style = """
      {"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [
        {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "things",
         "metadata": {\(metadata)},
         "layout": {"text-field": ["get", "name"], "text-size": 10, "symbol-placement": "line"}}]}
      """
    let bytes = Array(style.utf8)
    return MapStyle(
      try StyleDocument(parsing: bytes, id: "test"), documentBytes: bytes, fonts: try FontSet(),
      symbols: .empty)
  }

  private func names(_ things: [RandomTown.Thing], _ metadata: String = "") throws -> Int {
    let counts = try TileRenderer(try map(metadata), selection: MapSelection())
      .labelCounts(frame, from: try RandomTown(things))
    return counts["names", default: 0]
  }

  /// Sections of 20 pixels from west to east, every second one digitised the other way.
  private func route(_ name: String, _ sections: Int) -> [RandomTown.Thing] {
    (0..<Int64(sections)).map { number in
      let ends: [(Int64, Int64)] = [(30 + 20 * number, 100), (50 + 20 * number, 100)]
      return line("A\(number)", name, number % 2 == 0 ? ends : ends.reversed())
    }
  }

  @Test("a name longer than a section runs on over the next, once for the route")
  func namesRunOn() throws {
    #expect(try names(route("市道十二号線", 8)) == 1)
    #expect(try names(route("市道十二号線", 8), #""machizu:join": false"#) == 0)
    // Two sections are too short for six letters of ten pixels.
    #expect(try names(route("市道十二号線", 2)) == 0)
  }

  @Test("names keep the style's distance from their repeats")
  func repeats() throws {
    #expect(try names(route("本町", 8), #""machizu:repeat": 0"#) >= 3)
    #expect(try names(route("本町", 8), #""machizu:repeat": 50"#) <= 3)
    #expect(try names(route("本町", 8)) == 1)
  }

  @Test("a name ends where its route forks, and where another begins")
  func forksEndNames() throws {
    let ends = route("市道十二号線", 4)
    #expect(try names(ends) == 1)
    var other = ends
    other[2].values[1] = .text("別の道")
    other[3].values[1] = .text("別の道")
    #expect(try names(other, #""machizu:priority": 1"#) <= 1)
    let forked =
      [ends[0], ends[1]]
      + [
        line("B1", "市道十二号線", [(70, 100), (90, 130)]), line("B2", "市道十二号線", [(70, 100), (90, 70)]),
      ]
    #expect(try names(forked) == 0)
  }

  @Test(
    "where several sections of a name meet, it runs on over the straightest, whatever their order")
  func straightestGoesOn() throws {
    // A road with a side road of its name at every second section's end, to either side.
    let name = "市道十二号線"
    let road = route(name, 8)
    let sides = (0..<4).map { number -> RandomTown.Thing in
      let x: Int64 = 50 + 40 * Int64(number)
      return line("S\(number)", name, [(x, 100), (x + 3, number % 2 == 0 ? 112 : 88)])
    }
    #expect(try names(road + sides) == 1)
    #expect(try names((road + sides).reversed()) == 1)
    let renamed = sides.enumerated().map { number, side in
      RandomTown.Thing(key: "0\(number)", values: side.values, shape: side.shape)
    }
    #expect(try names(renamed + road) == 1)
    // A side road too short for its name does not go on over the road, however little it turns.
    let two = [line("A", name, [(30, 100), (50, 100)]), line("B", name, [(50, 100), (70, 100)])]
    let slanting = line("C", name, [(50, 100), (70, 110)])
    #expect(try names(two + [slanting]) == 0)
    let long = line("B", name, [(50, 100), (150, 100)])
    #expect(try names([two[0], long, slanting]) == 1)
  }

  @Test("a name does not run on round a sharp corner")
  func cornersEndNames() throws {
    let corner = [
      line("A", "市道十二号線", [(30, 100), (60, 100)]), line("B", "市道十二号線", [(60, 100), (40, 60)]),
    ]
    #expect(try names(corner) == 0)
  }
}
