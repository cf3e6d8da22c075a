import Geometry
import Testing
import Tiles

@Suite("Tile addresses")
struct TileIDTests {
  @Test(
    "addresses are read",
    arguments: [
      ("0/0/0", 0, 0, 0), ("14/14552/6451", 14, 14552, 6451), ("1/1/1", 1, 1, 1),
      ("20/1048575/1048575", 20, 1_048_575, 1_048_575), ("007/3/4", 7, 3, 4),
    ] as [(String, Int, Int, Int)])
  func reads(text: String, zoom: Int, column: Int, row: Int) throws {
    let tile = try #require(TileID(text))
    #expect(tile == TileID(zoom: zoom, column: column, row: row))
    #expect(TileID(tile.description) == tile)
  }

  @Test(
    "anything else is no address",
    arguments: [
      "", "/", "//", "0/0", "0/0/0/0", "0/0/1", "0/1/0", "1/2/0", "21/0/0", "-1/0/0", "1/-1/0",
      "1/+1/0", "1/1 /0", " 1/1/0", "1/1/0 ", "1/0x1/0", "1/1e0/0", "1.0/0/0", "1//0",
      "20/1048576/0", "20/9999999999999999999999/0", "9223372036854775808/0/0", "1/１/0", "1/1/0\n",
      "1/1/0\0", "../1/0", "1/1/0.png", "999999999/0/0", "1/٣/0",
    ])
  func refuses(text: String) {
    #expect(TileID(text) == nil)
  }

  @Test("columns and rows end with the zoom's world")
  func limits() {
    for zoom in 0...20 {
      #expect(TileID(zoom: zoom, column: (1 << zoom) - 1, row: (1 << zoom) - 1) != nil)
      #expect(TileID(zoom: zoom, column: 1 << zoom, row: 0) == nil)
      #expect(TileID(zoom: zoom, column: 0, row: 1 << zoom) == nil)
      #expect(TileID(zoom: zoom, column: -1, row: 0) == nil)
    }
    for zoom in [-1, 21, 63, 64, .max, .min] {
      #expect(TileID(zoom: zoom, column: 0, row: 0) == nil)
    }
    #expect(TileID(zoom: 20, column: .max, row: .min) == nil)
  }

  @Test("numbers are plain ASCII digits, at most nine")
  func numbers() {
    #expect(TileID.number("0") == 0)
    #expect(TileID.number("999999999") == 999_999_999)
    for text in ["", "1000000000", "-1", "+1", "1_000", "１", "1 ", "0x1"] {
      #expect(TileID.number(text) == nil)
    }
  }

  @Test("a tile's four children tile it without gap or overlap", arguments: 0..<20)
  func bounds(zoom: Int) throws {
    let tile = try #require(TileID(zoom: zoom, column: (1 << zoom) / 3, row: (1 << zoom) / 2))
    let box = tile.bounds
    var children: [GridBox] = []
    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let child = try #require(
        TileID(zoom: zoom + 1, column: 2 * tile.column + dx, row: 2 * tile.row + dy))
      children.append(child.bounds)
    }
    #expect(children[0].minX == box.minX && children[0].minY == box.minY)
    #expect(children[0].maxX == children[1].minX && children[0].maxY == children[2].minY)
    #expect(children[3].maxX == box.maxX && children[3].maxY == box.maxY)
    #expect(box.maxX - box.minX == WorldGrid.side >> Int64(zoom))
  }

  @Test("the only tile of zoom 0 is the world")
  func world() throws {
    let tile = try #require(TileID(zoom: 0, column: 0, row: 0))
    #expect(
      tile.bounds == GridBox(minX: 0, minY: 0, maxX: WorldGrid.side, maxY: WorldGrid.side))
  }

  @Test("tiles are ordered by zoom, then row, then column")
  func order() throws {
    let tiles = try ["2/0/0", "1/1/1", "2/1/0", "2/0/1", "0/0/0"].map { try #require(TileID($0)) }
    #expect(tiles.sorted().map(\.description) == ["0/0/0", "1/1/1", "2/0/0", "2/1/0", "2/0/1"])
  }
}

@Suite("Ranges of tiles")
struct TileRangeTests {
  @Test(
    "ranges are read",
    arguments: [
      ("3/1-2/4-6", 3, 1...2, 4...6), ("3/1/4", 3, 1...1, 4...4), ("0/0-0/0-0", 0, 0...0, 0...0),
      ("20/0-1048575/0-1048575", 20, 0...1_048_575, 0...1_048_575),
    ] as [(String, Int, ClosedRange<Int>, ClosedRange<Int>)])
  func reads(text: String, zoom: Int, columns: ClosedRange<Int>, rows: ClosedRange<Int>) throws {
    let range = try #require(TileRange(text))
    #expect(range == TileRange(zoom: zoom, columns: columns, rows: rows))
    #expect(range.count == columns.count * rows.count)
  }

  @Test(
    "anything else is no range",
    arguments: [
      "", "3", "3/1", "3/1-2", "3/2-1/0", "3/0/2-1", "3/0-8/0", "3/0/0-8", "3/-1/0", "3/1-/0",
      "3/-/0", "3/1-2-3/0", "21/0/0", "3/0-99999999999999999999/0", "3/0–1/0", "3/0-1/0/0",
    ])
  func refuses(text: String) {
    #expect(TileRange(text) == nil)
  }

  @Test("the covering range holds exactly the tiles that the box meets", arguments: 0..<8)
  func covering(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int64) -> Int64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int64(state % UInt64(bound))
    }
    let zoom = 4
    for _ in 0..<40 {
      let x = next(WorldGrid.side)
      let y = next(WorldGrid.side)
      let box = GridBox(
        minX: x, minY: y, maxX: min(x + next(WorldGrid.side / 3), WorldGrid.side - 1),
        maxY: min(y + next(WorldGrid.side / 3), WorldGrid.side - 1))
      let range = try #require(TileRange(zoom: zoom, covering: box))
      for column in 0..<16 {
        for row in 0..<16 {
          let tile = try #require(TileID(zoom: zoom, column: column, row: row))
          var half = tile.bounds
          // A tile's last row and column of units belong to the next tile.
          half.maxX -= 1
          half.maxY -= 1
          #expect(range.contains(tile) == half.intersects(box))
        }
      }
      #expect(range.tiles.count == range.count)
      #expect(Set(range.tiles).count == range.count)
      #expect(range.tiles.allSatisfy(range.contains))
    }
  }

  @Test("a box that leaves the world is covered by the tiles at its edge")
  func coveringOutside() {
    let whole = GridBox(minX: .min, minY: .min, maxX: .max, maxY: .max)
    #expect(TileRange(zoom: 2, covering: whole) == TileRange("2/0-3/0-3"))
    let side = WorldGrid.side
    let corner = GridBox(minX: side, minY: side, maxX: side, maxY: side)
    #expect(TileRange(zoom: 20, covering: corner) == TileRange("20/1048575/1048575"))
    #expect(TileRange(zoom: 2, covering: .empty) == nil)
    #expect(TileRange(zoom: 21, covering: whole) == nil)
    #expect(TileRange(zoom: -1, covering: whole) == nil)
  }

  @Test("a range is refused when a corner is no tile")
  func refusedCorners() {
    #expect(TileRange(zoom: 2, columns: 0...4, rows: 0...0) == nil)
    #expect(TileRange(zoom: 2, columns: -1...0, rows: 0...0) == nil)
    #expect(TileRange(zoom: 40, columns: 0...0, rows: 0...0) == nil)
  }
}
