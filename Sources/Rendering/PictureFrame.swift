public import Geometry
internal import Raster
public import Tiles

/// The part of a map that a picture shows, on the zoom's grid of pixels.
///
/// A tile, a metatile and a picture of any size differ only in this frame: whatever is drawn is
/// rounded on the world's grid first and then moved by whole pixels, so that all of them show the
/// same pixels.
public struct PictureFrame: Hashable, Sendable {
  /// The zoom of 256-px tiles that styles and zoom bands go by.
  public let zoom: Int
  /// 2 for pictures of twice the density, else 1.
  public let scale: Int
  /// The upper left pixel, counted from the world's corner on the grid of `zoom` and `scale`.
  public let originX: Int64
  public let originY: Int64
  public let width: Int
  public let height: Int

  /// Nil where zoom and scale ask for more than the grid holds (zoom 20, or 19 at scale 2), or where
  /// the picture is empty.
  public init?(
    zoom: Int, scale: Int, originX: Int64, originY: Int64, width: Int, height: Int
  ) {
    guard scale == 1 || scale == 2, zoom >= 0, zoom + scale - 1 <= WorldGrid.highestZoom, width > 0,
      height > 0
    else { return nil }
    self.zoom = zoom
    self.scale = scale
    self.originX = originX
    self.originY = originY
    self.width = width
    self.height = height
  }

  public init?(_ tile: TileID, scale: Int = 1) {
    let side = 256 * scale
    self.init(
      zoom: tile.zoom, scale: scale, originX: Int64(tile.column * side),
      originY: Int64(tile.row * side), width: side, height: side)
  }

  public init?(_ tiles: TileRange, scale: Int = 1) {
    let side = 256 * scale
    self.init(
      zoom: tiles.zoom, scale: scale, originX: Int64(tiles.columns.lowerBound * side),
      originY: Int64(tiles.rows.lowerBound * side), width: tiles.columns.count * side,
      height: tiles.rows.count * side)
  }

  /// The frame around a box of degrees; its edges are rounded outward to whole pixels after rounding
  /// to 10⁻⁶ px.
  public init?(_ box: Box<Geographic>, zoom: Int, scale: Int = 1) {
    guard (0...WorldGrid.highestZoom).contains(zoom), let grid = WorldGrid.box(box) else {
      return nil
    }
    let bits = Self.unitBits(zoom: zoom, scale: scale)
    guard bits >= 0 else { return nil }
    // A grid unit is coarser than 10⁻⁶ px from zoom 8 up and finer than needed below.
    let minX = grid.minX >> Int64(bits)
    let minY = grid.minY >> Int64(bits)
    let mask: Int64 = (1 << Int64(bits)) - 1
    let maxX = (grid.maxX + mask) >> Int64(bits)
    let maxY = (grid.maxY + mask) >> Int64(bits)
    let width = max(maxX - minX, 1)
    let height = max(maxY - minY, 1)
    guard width <= 1 << 20, height <= 1 << 20 else { return nil }
    self.init(
      zoom: zoom, scale: scale, originX: minX, originY: minY, width: Int(width),
      height: Int(height))
  }

  /// log₂ of the grid units in a pixel.
  private static func unitBits(zoom: Int, scale: Int) -> Int {
    WorldGrid.sideBits - 8 - zoom - (scale - 1)
  }

  var unitBits: Int { Self.unitBits(zoom: zoom, scale: scale) }

  /// The grid's box that the picture and a margin of `pixels` around it cover.
  func window(marginPixels pixels: Int) -> GridBox {
    let bits = Int64(unitBits)
    let margin = Int64(pixels)
    return GridBox(
      minX: (originX - margin) << bits, minY: (originY - margin) << bits,
      maxX: (originX + Int64(width) + margin) << bits,
      maxY: (originY + Int64(height) + margin) << bits)
  }

  /// A place in 24.8 pixels from the world's corner, rounded once, in world space.
  @inline(__always)
  func fixed(_ point: GridPoint) -> (x: Int64, y: Int64) {
    let shift = Int64(unitBits - 8)
    guard shift > 0 else { return (point.x << -shift, point.y << -shift) }
    let half: Int64 = 1 << (shift - 1)
    return ((point.x + half) >> shift, (point.y + half) >> shift)
  }

  /// The picture's corner in 24.8 pixels from the world's corner.
  var fixedOriginX: Int64 { originX << 8 }
  var fixedOriginY: Int64 { originY << 8 }

  /// The same grid with another window on it.
  func moved(originX: Int64, originY: Int64, width: Int, height: Int) -> PictureFrame? {
    PictureFrame(
      zoom: zoom, scale: scale, originX: originX, originY: originY, width: width, height: height)
  }
}
