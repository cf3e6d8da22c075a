internal import PNG
internal import Raster
internal import Rendering
internal import Tiles

/// Draws the tiles of metatiles as PNG, for one thread.
final class TileDrawer {
  private let job: RenderJob
  private let renderer: TileRenderer
  private var encoder = PNGEncoder()
  /// The tile of each zoom in which there is nothing.
  private var empty: [Int: [UInt8]] = [:]

  init(_ job: RenderJob) {
    self.job = job
    renderer = TileRenderer(job.map, selection: job.selection, labels: job.labels)
  }

  /// - Parameter tiles: of one metatile, in the order in which they are given back.
  func draw(_ tiles: [TileID]) throws -> [(tile: TileID, bytes: [UInt8])] {
    var drawn: [(tile: TileID, bytes: [UInt8])] = []
    drawn.reserveCapacity(tiles.count)
    try renderer.render(tiles, scale: job.scale, from: job.source) { tile, picture in
      let bytes: [UInt8]
      if let picture {
        bytes = try encoder.encode(picture)
      } else {
        bytes = try emptyTile(zoom: tile.zoom)
      }
      drawn.append((tile, bytes))
    }
    return drawn
  }

  /// A tile of a zoom in which there is nothing but an even background.
  func emptyTile(zoom: Int) throws -> [UInt8] {
    if let known = empty[zoom] { return known }
    let side = 256 * job.scale
    guard
      let frame = PictureFrame(
        zoom: zoom, scale: job.scale, originX: 0, originY: 0, width: side, height: side)
    else { throw CommandError.failed("they have no place in a picture.") }
    let bytes = try encoder.encode(try renderer.renderBackground(frame, from: job.source))
    empty[zoom] = bytes
    return bytes
  }
}
