import Features
import Geometry
import Lettering
import Raster
import Rendering
import Styling
import Testing
import Tiles

@Suite("Forms below a pixel")
struct GrainTests {
  private func map(opacity: Double) throws -> MapStyle {
    let style = """
      {"version": 8, "metadata": {"machizu:tile-size": 256, "machizu:minzoom": 0, "machizu:maxzoom": 20},
       "sources": {"machizu": {"type": "vector"}}, "layers": [
        {"id": "ground", "type": "background", "paint": {"background-color": "#FFFFFF"}},
        {"id": "areas", "type": "fill", "source": "machizu", "source-layer": "things",
         "paint": {"fill-color": "#000000", "fill-opacity": \(opacity)}}]}
      """
    let bytes = Array(style.utf8)
    return MapStyle(
      try StyleDocument(parsing: bytes, id: "test"), documentBytes: bytes, fonts: try FontSet(),
      symbols: .empty)
  }

  @Test(
    "many small areas have together the tone of the ground that they cover",
    arguments: [(8, 0.25), (10, 0.1), (12, 0.25), (13, 0.5), (16, 0.25)], [1, 0.3])
  func tone(_ grid: (zoom: Int, spacing: Double), opacity: Double) throws {
    let place = try #require(WorldGrid.point(Point(x: 140.925, y: 35.303)))
    let bits = Int64(WorldGrid.sideBits - grid.zoom)
    let tile = try #require(
      TileID(zoom: grid.zoom, column: Int(place.x >> bits), row: Int(place.y >> bits)))
    let pixel = Double(WorldGrid.unitsPerPixel(zoom: grid.zoom))
    // Squares that cover a quarter of 12 x 12 pixels in the tile's middle.
    let count = Int(12 / grid.spacing)
    let side = Int64(grid.spacing * pixel / 2)
    var random = SeededGenerator(seed: UInt64(grid.zoom))
    var things: [RandomTown.Thing] = []
    for number in 0..<count * count {
      let spacing = grid.spacing * pixel
      let corner = GridPoint(
        x: tile.bounds.minX + Int64(100 * pixel + Double(number % count) * spacing)
          + .random(in: 0..<side, using: &random),
        y: tile.bounds.minY + Int64(100 * pixel + Double(number / count) * spacing)
          + .random(in: 0..<side, using: &random))
      things.append(
        RandomTown.Thing(
          key: "K\(number)", values: [.text("a"), .text(""), .real(1)],
          shape: GridShape(
            kind: .polygon,
            parts: [
              [
                corner, GridPoint(x: corner.x + side, y: corner.y),
                GridPoint(x: corner.x + side, y: corner.y + side),
                GridPoint(x: corner.x, y: corner.y + side),
              ]
            ])))
    }
    let town = try RandomTown(things)
    let frame = try #require(PictureFrame(tile))
    let picture = try TileRenderer(map(opacity: opacity), selection: MapSelection())
      .render(frame, from: town)
    var dark = 0.0
    for pixel in stride(from: 0, to: picture.bytes.count, by: 4) {
      dark += Double(255 - picture.bytes[pixel]) / 255
    }
    let expected = 144 * 0.25 * opacity
    #expect(abs(dark / expected - 1) < 0.12)
  }
}
