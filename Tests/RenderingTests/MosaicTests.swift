import Features
import Geometry
import Raster
import Rendering
import Snapshot
import Testing
import Tiles

@Suite("Pictures do not depend on how they are cut")
struct MosaicTests {
  private func range(_ zoom: Int) throws -> TileRange {
    let place = try #require(WorldGrid.point(Point(x: 140.925, y: 35.303)))
    let bits = Int64(WorldGrid.sideBits - zoom)
    let column = Int(place.x >> bits)
    let row = Int(place.y >> bits)
    return try #require(
      TileRange(zoom: zoom, columns: column - 1...column + 1, rows: row - 1...row + 1))
  }

  private func box(_ range: TileRange) throws -> GridBox {
    var box = GridBox.empty
    for tile in range.tiles { box.formUnion(tile.bounds) }
    return box
  }

  @Test(
    "a mosaic of tiles equals the picture, labels included",
    arguments: [(11, 1), (14, 1), (16, 1), (17, 2), (19, 2), (20, 1)], 0..<3)
  func mosaicEqualsPicture(grid: (zoom: Int, scale: Int), seed: Int) throws {
    try expectMosaic(of: RandomTown.map(), zoom: grid.zoom, scale: grid.scale, seed: seed)
  }

  @Test(
    "no ink is missing at a tile's border, however far the only layer draws from its features",
    arguments: [
      #""type": "line", "paint": {"line-width": 0.6}"#,
      #""type": "line", "paint": {"line-width": 14}, "layout": {"line-miter-limit": 9}"#,
      #""type": "line", "paint": {"line-width": ["match", ["get", "class"], "a", 1, "b", 26, 7]}"#,
      #""type": "line", "paint": {"line-width": 20}, "layout": {"line-cap": "square", "line-join": "bevel"}"#,
      #""type": "line", "paint": {"line-width": 3, "line-offset": -9}"#,
      #""type": "line", "paint": {"line-width": 3, "line-offset": ["match", ["get", "class"], "a", -8, 12]}"#,
      #""type": "line", "paint": {"line-width": 4, "line-gap-width": ["match", ["get", "class"], "a", 20, 0]}"#,
      #""type": "line", "paint": {"line-width": 2, "line-dasharray": [3, 2]}, "layout": {"line-join": "round", "line-cap": "round"}"#,
      #""type": "circle", "paint": {"circle-radius": ["match", ["get", "class"], "a", 2, 17], "circle-stroke-width": 5, "circle-stroke-color": "white"}"#,
      #""type": "circle", "paint": {"circle-radius": ["*", 3, ["get", "width"]]}"#,
      #""type": "fill", "paint": {"fill-color": "green", "fill-outline-color": "red"}"#,
    ])
  func layersReach(layer: String) throws {
    let map = try RandomTown.map(
      """
      {"version": 8, "metadata": {"machizu:tile-size": 256}, "sources": {"machizu": {"type": "vector"}},
       "layers": [{"id": "only", "source": "machizu", "source-layer": "things", \(layer)}]}
      """)
    for (zoom, scale) in [(15, 1), (17, 2)] {
      try expectMosaic(of: map, zoom: zoom, scale: scale, seed: 7)
    }
  }

  private func expectMosaic(of map: MapStyle, zoom: Int, scale: Int, seed: Int) throws {
    let range = try range(zoom)
    let town = try RandomTown(seed: UInt64(seed), count: 240, in: box(range))
    let frame = try #require(PictureFrame(range, scale: scale))
    let picture = try TileRenderer(map, selection: MapSelection()).render(frame, from: town)
    var mosaic = Pixmap(width: frame.width, height: frame.height)
    let side = 256 * scale
    // Tiles are asked in another order, and each by a renderer that has drawn something else before.
    let renderer = TileRenderer(map, selection: MapSelection())
    for tile in range.tiles.reversed() {
      let frame = try #require(PictureFrame(tile, scale: scale))
      mosaic.copy(
        try renderer.render(frame, from: town),
        x: (tile.column - range.columns.lowerBound) * side,
        y: (tile.row - range.rows.lowerBound) * side)
    }
    #expect(mosaic.bytes == picture.bytes)
    let isBlank = picture.bytes.allSatisfy { $0 == picture.bytes[0] }
    #expect(!isBlank)
  }

  @Test(
    "tiles drawn together are those that are drawn alone, in any choice and order",
    arguments: [(11, 1), (14, 1), (16, 1), (17, 2), (20, 1)], 0..<3)
  func tilesTogether(grid: (zoom: Int, scale: Int), seed: Int) throws {
    let range = try range(grid.zoom)
    // Few features, so that some tiles stay empty.
    let town = try RandomTown(seed: UInt64(40 + seed), count: seed == 0 ? 3 : 120, in: box(range))
    let map = try RandomTown.map()
    let alone = TileRenderer(map, selection: MapSelection())
    let together = TileRenderer(map, selection: MapSelection())
    var random = SeededGenerator(seed: UInt64(40 + seed))
    for count in [9, 4, 1] {
      let tiles = Array(range.tiles.shuffled(using: &random).prefix(count))
      var given: [TileID] = []
      try together.render(tiles, scale: grid.scale, from: town) { tile, picture in
        given.append(tile)
        let frame = try #require(PictureFrame(tile, scale: grid.scale))
        let expected = try alone.render(frame, from: town)
        if let picture {
          #expect(picture.bytes == expected.bytes, "\(tile)")
        } else {
          #expect(try alone.renderBackground(frame, from: town).bytes == expected.bytes, "\(tile)")
        }
      }
      #expect(given == tiles)
    }
  }

  @Test("a renderer lets go of what it has drawn from")
  func viewsAreReleased() throws {
    let range = try range(14)
    let map = try RandomTown.map()
    weak var snapshot: Snapshot?
    do {
      let town = try RandomTown(seed: 3, count: 30, in: box(range))
      snapshot = town.snapshot
      let renderer = TileRenderer(map, selection: MapSelection())
      let frame = try #require(PictureFrame(range))
      _ = try renderer.render(frame, from: town)
      #expect(snapshot != nil)
    }
    #expect(snapshot == nil)
  }

  @Test("a layer that is not chosen leaves neither ink nor labels")
  func unchosenLayersAreAbsent() throws {
    let range = try range(16)
    let town = try RandomTown(seed: 5, count: 90, in: box(range))
    let map = try RandomTown.map()
    let frame = try #require(PictureFrame(range))
    let none = try TileRenderer(map, selection: MapSelection(layers: ["others"]))
      .render(frame, from: town)
    var ground = Pixmap(width: frame.width, height: frame.height)
    ground.clear(Colour(red: 0xF6, green: 0xF3, blue: 0xEC))
    #expect(none.bytes == ground.bytes)
    let all = try TileRenderer(map, selection: MapSelection(layers: ["things"]))
      .render(frame, from: town)
    #expect(all.bytes != ground.bytes)
  }

  @Test("a box of degrees becomes whole pixels, rounded outward")
  func framesRoundOutward() throws {
    let tile = try #require(TileID("16/58424/25911"))
    let southWest = WorldGrid.degrees(GridPoint(x: tile.bounds.minX, y: tile.bounds.maxY))
    let northEast = WorldGrid.degrees(GridPoint(x: tile.bounds.maxX, y: tile.bounds.minY))
    let box = try #require(
      Box<Geographic>(
        minX: southWest.x, minY: southWest.y, maxX: northEast.x, maxY: northEast.y))
    let frame = try #require(PictureFrame(box, zoom: 16))
    #expect(frame == PictureFrame(tile))
    #expect(PictureFrame(box, zoom: 21) == nil)
    #expect(PictureFrame(box, zoom: 20, scale: 2) == nil)
  }
}
