internal import PNG
internal import Raster
internal import Rendering
internal import Tiles

/// Draws the tiles of metatiles as PNG, for one thread.
final class TileDrawer {
  private let job: RenderJob
  private let renderer: TileRenderer
  private var encoder = PNGEncoder()
  private var part = Pixmap(width: 0, height: 0)
  /// The tile of each zoom in which there is nothing.
  private var empty: [Int: [UInt8]] = [:]

  init(_ job: RenderJob) {
    self.job = job
    renderer = TileRenderer(job.map, selection: job.selection)
  }

  /// - Parameter tiles: of one metatile, in the order in which they are given back.
  func draw(_ tiles: [TileID]) throws -> [(tile: TileID, bytes: [UInt8])] {
    guard let first = tiles.first else { return [] }
    var columns = first.column...first.column
    var rows = first.row...first.row
    for tile in tiles {
      columns = min(columns.lowerBound, tile.column)...max(columns.upperBound, tile.column)
      rows = min(rows.lowerBound, tile.row)...max(rows.upperBound, tile.row)
    }
    let scale = job.scale
    guard let range = TileRange(zoom: first.zoom, columns: columns, rows: rows),
      let frame = PictureFrame(range, scale: scale)
    else { throw CommandError.failed("they have no place in a picture.") }
    guard let picture = try renderer.renderUnlessEmpty(frame, from: job.source) else {
      let bytes = try emptyTile(zoom: first.zoom)
      return tiles.map { ($0, bytes) }
    }
    let side = 256 * scale
    return try tiles.map { tile in
      part.cut(
        from: picture, x: (tile.column - columns.lowerBound) * side,
        y: (tile.row - rows.lowerBound) * side, width: side, height: side)
      return (tile, try encoder.encode(part))
    }
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
