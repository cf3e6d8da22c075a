import Foundation
import Geometry
import Lettering
import Raster
import Rendering
import Styling
import Testing
import Tiles

/// Hatched areas, whole pictures against their tiles.
@Suite("Hatches across tiles")
struct HatchMosaicTests {
  private static let symbols = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Styles/symbols")

  private func map(_ hatch: String) throws -> MapStyle {
    let file = Self.symbols.appendingPathComponent("\(hatch).svg")
    let bytes = Array(
      """
      {"version": 8, "metadata": {"machizu:tile-size": 256, "machizu:minzoom": 0, "machizu:maxzoom": 20},
       "sources": {"machizu": {"type": "vector"}}, "layers": [
        {"id": "ground", "type": "background", "paint": {"background-color": "#FFFFFF"}},
        {"id": "areas", "type": "fill", "source": "machizu", "source-layer": "things",
         "paint": {"fill-pattern": "\(hatch)", "fill-opacity": 0.5}}]}
      """.utf8)
    return MapStyle(
      try StyleDocument(parsing: bytes, id: "hatch"), documentBytes: bytes, fonts: try FontSet(),
      symbols: try SymbolSet(files: [hatch: [UInt8](Data(contentsOf: file))]))
  }

  @Test(
    "a hatch runs on from tile to tile, whatever its period",
    arguments: ["45", "135", "cross", "dots", "waves", "vertical"], [1, 2])
  func mosaic(form: String, scale: Int) throws {
    let range = try #require(TileRange(zoom: 16, columns: 58421...58422, rows: 25890...25891))
    var box = GridBox.empty
    for tile in range.tiles { box.formUnion(tile.bounds) }
    let town = try RandomTown(seed: 11, count: 60, in: box)
    let frame = try #require(PictureFrame(range, scale: scale))
    let side = 256 * scale
    for density in 1...2 {
      let map = try map("hatch-\(form)-\(density)")
      let picture = try TileRenderer(map, selection: MapSelection()).render(frame, from: town)
      var mosaic = Pixmap(width: frame.width, height: frame.height)
      let renderer = TileRenderer(map, selection: MapSelection())
      for tile in range.tiles {
        let frame = try #require(PictureFrame(tile, scale: scale))
        mosaic.copy(
          try renderer.render(frame, from: town),
          x: (tile.column - range.columns.lowerBound) * side,
          y: (tile.row - range.rows.lowerBound) * side)
      }
      #expect(mosaic.bytes == picture.bytes)
      #expect(picture.bytes.contains { $0 < 250 })
    }
  }
}
