import Features
import Geometry
import Raster
import Rendering
import Snapshot
import Testing
import Tiles

@Suite("Labels that workers decide for each other")
struct SharedLabelsTests {
  private func range(_ zoom: Int) throws -> TileRange {
    let place = try #require(WorldGrid.point(Point(x: 140.925, y: 35.303)))
    let bits = Int64(WorldGrid.sideBits - zoom)
    let (column, row) = (Int(place.x >> bits), Int(place.y >> bits))
    return try #require(
      TileRange(zoom: zoom, columns: column - 2...column + 2, rows: row - 2...row + 2))
  }

  private func box(_ range: TileRange) -> GridBox {
    var box = GridBox.empty
    for tile in range.tiles { box.formUnion(tile.bounds) }
    return box
  }

  private func draw(
    _ tiles: [TileID], scale: Int = 1, from town: RandomTown, with renderer: TileRenderer
  ) throws -> [TileID: [UInt8]] {
    var drawn: [TileID: [UInt8]] = [:]
    for tile in tiles {
      let frame = try #require(PictureFrame(tile, scale: scale))
      drawn[tile] = try renderer.render(frame, from: town).bytes
    }
    return drawn
  }

  @Test(
    "threads that share a memo of any size draw what one draws alone",
    arguments: [(14, 1), (16, 1), (17, 2)], [0, 1_000_000, 32 << 20])
  func sharedEqualsAlone(grid: (zoom: Int, scale: Int), byteLimit: Int) async throws {
    let range = try range(grid.zoom)
    let town = try RandomTown(seed: UInt64(grid.zoom), count: 600, in: box(range))
    let map = try RandomTown.map()
    let alone = try draw(
      range.tiles, scale: grid.scale, from: town,
      with: TileRenderer(map, selection: MapSelection()))
    let memo = LabelMemo(byteLimit: byteLimit)
    var random = SeededGenerator(seed: 7)
    let orders = (0..<4).map { _ in range.tiles.shuffled(using: &random) }
    try await withThrowingTaskGroup(of: [TileID: [UInt8]].self) { group in
      for order in orders {
        group.addTask {
          let renderer = TileRenderer(map, selection: MapSelection(), labels: memo)
          return try draw(order, scale: grid.scale, from: town, with: renderer)
        }
      }
      for try await drawn in group {
        let differing = range.tiles.filter { drawn[$0] != alone[$0] }
        #expect(differing.isEmpty, "\(differing)")
      }
    }
    #expect(memo.byteCount <= byteLimit)
    #expect((memo.count > 0) == (byteLimit > 0))
  }

  @Test("metatiles and pictures that share a memo are those that are drawn alone")
  func metatilesShare() throws {
    let range = try range(16)
    let town = try RandomTown(seed: 11, count: 700, in: box(range))
    let map = try RandomTown.map()
    let alone = try draw(
      range.tiles, from: town, with: TileRenderer(map, selection: MapSelection()))
    let memo = LabelMemo()
    // The left three columns as one metatile, the others tile by tile, by another renderer.
    let left = range.tiles.filter { $0.column < range.columns.lowerBound + 3 }
    try TileRenderer(map, selection: MapSelection(), labels: memo)
      .render(left, scale: 1, from: town) { tile, picture in
        #expect(picture?.bytes == alone[tile], "\(tile)")
      }
    #expect(memo.count > 0)
    let others = range.tiles.filter { !left.contains($0) }
    let drawn = try draw(
      others, from: town, with: TileRenderer(map, selection: MapSelection(), labels: memo))
    for tile in others { #expect(drawn[tile] == alone[tile], "\(tile)") }
    let frame = try #require(PictureFrame(range))
    let picture = try TileRenderer(map, selection: MapSelection(), labels: memo)
      .render(frame, from: town)
    let same = try TileRenderer(map, selection: MapSelection()).render(frame, from: town)
    #expect(picture.bytes == same.bytes)
  }

  @Test("an edit never meets an old answer, nor does another store with the same revision")
  func editsAreSeen() throws {
    let range = try range(16)
    var random = SeededGenerator(seed: 21)
    let box = box(range)
    var things = (0..<500).map {
      RandomTown.thing($0, in: box, side: (box.maxX - box.minX) / 30, using: &random)
    }
    let map = try RandomTown.map()
    let memo = LabelMemo()
    let renderer = TileRenderer(map, selection: MapSelection(), labels: memo)
    let other = TileRenderer(map, selection: MapSelection(), labels: memo)
    var before: [TileID: [UInt8]] = [:]
    for state in [(1, "a"), (2, "a"), (2, "b"), (1, "b")] as [(Revision, String)] {
      let town = try RandomTown(things, revision: state.0, epoch: state.1)
      let alone = try draw(
        range.tiles, from: town, with: TileRenderer(map, selection: MapSelection()))
      #expect(try draw(range.tiles, from: town, with: renderer) == alone)
      #expect(try draw(range.tiles.reversed(), from: town, with: other) == alone)
      #expect(before != alone)
      before = alone
      for number in stride(from: 0, to: things.count, by: 3) {
        things[number].values[1] = .text("\(state.0)\(state.1)丁目\(number % 9)")
      }
    }
  }

  @Test("maps, languages, audiences and scales do not share")
  func scopesAreApart() throws {
    let range = try range(16)
    let town = try RandomTown(seed: 31, count: 300, in: box(range))
    let map = try RandomTown.map()
    let memo = LabelMemo()
    for layers in [nil, ["things"], ["others"]] as [Set<String>?] {
      for scale in [1, 2] {
        let selection = MapSelection(layers: layers)
        let shared = try draw(
          range.tiles, scale: scale, from: town,
          with: TileRenderer(map, selection: selection, labels: memo))
        let alone = try draw(
          range.tiles, scale: scale, from: town, with: TileRenderer(map, selection: selection))
        #expect(shared == alone)
      }
    }
  }

  @Test("decisions forgotten for a measurement are not found in the memo either")
  func forgettingEmptiesTheMemo() throws {
    let range = try range(16)
    let town = try RandomTown(seed: 41, count: 200, in: box(range))
    let memo = LabelMemo()
    let renderer = TileRenderer(try RandomTown.map(), selection: MapSelection(), labels: memo)
    _ = try draw(range.tiles, from: town, with: renderer)
    #expect(memo.count == range.count)
    renderer.forgetDecisions()
    #expect(memo.count == 0)
    #expect(memo.byteCount == 0)
  }
}
