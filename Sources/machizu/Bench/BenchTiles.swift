internal import Features
internal import Geometry
internal import LayerStore
internal import PNG
internal import Raster
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

/// Times the drawing and the encoding of a map's own tiles, in µs a tile, one row a zoom.
///
/// A run draws up to 64 tiles of the town's area with a new renderer: fonts and the snapshot are warm,
/// while label decisions, glyph coverage and pixels are made in the run.
func benchTiles(of style: String, workspace: Workspace, json: Bool) throws {
  let map = try Session.map(style, in: workspace)
  let source = try Catalogue(workspace).contents().source(for: .staff)
  var extent = GridBox.empty
  for id in workspace.town.boundary.map({ [$0] }) ?? source.layerIDs {
    if let view = try source.view(of: id) { extent.formUnion(view.bounds) }
  }
  let selection = MapSelection(language: workspace.town.language)
  for zoom in [12, 14, 16, 18] where map.document.tileZooms.contains(zoom) {
    guard let range = TileRange(zoom: zoom, covering: extent) else { continue }
    let all = range.tiles
    let step = max(all.count / 64, 1)
    let tiles = stride(from: 0, to: all.count, by: step).map { all[$0] }.prefix(64)
    let frames = tiles.compactMap { PictureFrame($0) }
    var pictures: [Pixmap] = []
    let drawing = try BenchTimes(
      "tile/\(style)-z\(zoom)", minimumRuns: 5, scale: 1 / Double(frames.count)
    ) {
      let renderer = TileRenderer(map, selection: selection)
      pictures = try frames.map { try renderer.render($0, from: source) }
    }
    print(drawing.line(json: json, extra: [("tiles", frames.count)]))
    var encoder = PNGEncoder()
    var byteCount = 0
    let encoding = try BenchTimes(
      "png/\(style)-z\(zoom)", minimumRuns: 5, scale: 1 / Double(frames.count)
    ) {
      byteCount = 0
      for picture in pictures { byteCount += try encoder.encode(picture).count }
    }
    print(encoding.line(json: json, extra: [("bytes", byteCount / frames.count)]))
  }
}
