import Features
import Foundation
import Geometry
import Raster
import Rendering
import Testing
import Tiles

/// Random edits of a kind: as many as `MACHIZU_EDITS` says (6 if it says nothing).
private let editCount =
  ProcessInfo.processInfo.environment["MACHIZU_EDITS"].flatMap { Int($0) } ?? 6

@Suite("Tiles that a change reaches")
struct ChangedTilesTests {
  @Test(
    "tiles that are not named stay as they are, and every tile equals one drawn from nothing",
    arguments: [(14, 1), (16, 1), (17, 2)], 0..<editCount)
  func unnamedTilesStay(grid: (zoom: Int, scale: Int), seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(1000 + seed))
    let place = try #require(WorldGrid.point(Point(x: 140.925, y: 35.303)))
    let bits = Int64(WorldGrid.sideBits - grid.zoom)
    let column = Int(place.x >> bits)
    let row = Int(place.y >> bits)
    let range = try #require(
      TileRange(zoom: grid.zoom, columns: column - 4...column + 4, rows: row - 4...row + 4))
    var box = GridBox.empty
    for tile in range.tiles { box.formUnion(tile.bounds) }
    let side = (box.maxX - box.minX) / 30
    var things =
      (0..<400).map { RandomTown.thing($0, in: box, side: side, using: &random) }
      + RandomTown.streets(40, in: box, side: side / 3, using: &random)
    let before = try RandomTown(things)
    var boxes: [GridBox] = []
    // A removal, a move and an addition; the other seeds make only one of them.
    if seed % 4 < 2 {
      let removed = things.remove(at: Int.random(in: 0..<things.count, using: &random))
      boxes.append(removed.shape.bounds)
    }
    if seed % 4 == 0 || seed % 4 == 2 {
      let moved = Int.random(in: 0..<things.count, using: &random)
      boxes.append(things[moved].shape.bounds)
      let key = things[moved].key
      things[moved] = RandomTown.thing(moved, in: box, side: side, using: &random)
      things[moved].key = key
      boxes.append(things[moved].shape.bounds)
    }
    if seed % 4 == 0 || seed % 4 == 3 {
      let added = RandomTown.thing(things.count + 50, in: box, side: side, using: &random)
      things.append(added)
      boxes.append(added.shape.bounds)
    }
    let after = try RandomTown(things, revision: 2)
    let map = try RandomTown.map()
    let renderer = TileRenderer(map, selection: MapSelection())
    let named = try renderer.changedTiles(
      zoom: grid.zoom, scale: grid.scale, changes: ["things": boxes], before: before,
      after: after)
    let fresh = TileRenderer(map, selection: MapSelection())
    var old: [TileID: [UInt8]] = [:]
    for tile in range.tiles {
      let frame = try #require(PictureFrame(tile, scale: grid.scale))
      old[tile] = try renderer.render(frame, from: before).bytes
    }
    var differing = 0
    for tile in range.tiles {
      let frame = try #require(PictureFrame(tile, scale: grid.scale))
      let kept = try renderer.render(frame, from: after).bytes
      #expect(try fresh.render(frame, from: after).bytes == kept)
      let isSame = kept == old[tile]
      if !isSame { differing += 1 }
      #expect(isSame || named.contains(tile), "\(tile) changed and is not named")
    }
    print(
      "z\(grid.zoom) @\(grid.scale)x: \(named.count) tiles named, \(differing) differ, "
        + "of \(range.count)")
    #expect(differing > 0)
    #expect(named.count < range.count)
  }

  @Test("a change of a layer that the map does not draw names no tile")
  func otherLayersNameNothing() throws {
    let tile = try #require(TileID("16/58424/25911"))
    let town = try RandomTown(seed: 1, count: 30, in: tile.bounds)
    let renderer = TileRenderer(try RandomTown.map(), selection: MapSelection())
    #expect(
      try renderer.changedTiles(
        zoom: 16, changes: ["others": [tile.bounds]], before: town, after: town
      ).isEmpty)
    #expect(
      try renderer.changedTiles(
        zoom: 16, changes: ["things": [tile.bounds]], before: town, after: town
      ).contains(tile))
  }
}
