public import Geometry

/// The address of a tile: zoom, column from 180° W and row from the north (XYZ order).
public struct TileID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let zoom: Int
  public let column: Int
  public let row: Int

  /// Nil outside the zooms 0–20 or outside the world.
  public init?(zoom: Int, column: Int, row: Int) {
    guard (0...WorldGrid.highestZoom).contains(zoom), (0..<1 << zoom).contains(column),
      (0..<1 << zoom).contains(row)
    else { return nil }
    self.zoom = zoom
    self.column = column
    self.row = row
  }

  /// `Z/X/Y` in decimal digits; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, let zoom = Self.number(parts[0]), let column = Self.number(parts[1]),
      let row = Self.number(parts[2])
    else { return nil }
    self.init(zoom: zoom, column: column, row: row)
  }

  /// A number in plain digits without sign, as addresses hold it.
  public static func number(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return Int(text)
  }

  /// The tile's square on the world grid: its minimum is inside, its maximum belongs to the next.
  public var bounds: GridBox {
    let side = WorldGrid.side >> Int64(zoom)
    let x = Int64(column) * side
    let y = Int64(row) * side
    return GridBox(minX: x, minY: y, maxX: x + side, maxY: y + side)
  }

  public static func < (left: TileID, right: TileID) -> Bool {
    (left.zoom, left.row, left.column) < (right.zoom, right.row, right.column)
  }

  public var description: String { "\(zoom)/\(column)/\(row)" }
}

/// A rectangle of tiles of one zoom.
public struct TileRange: Hashable, Sendable {
  public let zoom: Int
  public let columns: ClosedRange<Int>
  public let rows: ClosedRange<Int>

  /// Nil where a corner is no tile.
  public init?(zoom: Int, columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
    guard TileID(zoom: zoom, column: columns.lowerBound, row: rows.lowerBound) != nil,
      TileID(zoom: zoom, column: columns.upperBound, row: rows.upperBound) != nil
    else { return nil }
    self.zoom = zoom
    self.columns = columns
    self.rows = rows
  }

  /// `Z/X0-X1/Y0-Y1`; a single number stands for a range of one.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, let zoom = TileID.number(parts[0]),
      let columns = Self.range(parts[1]), let rows = Self.range(parts[2])
    else { return nil }
    self.init(zoom: zoom, columns: columns, rows: rows)
  }

  /// The smallest range that holds tiles of one zoom; nil where there are none.
  public init?(around tiles: some Collection<TileID>) {
    guard let first = tiles.first else { return nil }
    var columns = first.column...first.column
    var rows = first.row...first.row
    for tile in tiles {
      columns = min(columns.lowerBound, tile.column)...max(columns.upperBound, tile.column)
      rows = min(rows.lowerBound, tile.row)...max(rows.upperBound, tile.row)
    }
    self.init(zoom: first.zoom, columns: columns, rows: rows)
  }

  /// The tiles of a zoom that a box touches; nil for an empty box.
  public init?(zoom: Int, covering box: GridBox) {
    guard !box.isEmpty, (0...WorldGrid.highestZoom).contains(zoom) else { return nil }
    let bits = Int64(WorldGrid.sideBits - zoom)
    let last = (1 << Int64(zoom)) - 1
    func clamped(_ value: Int64) -> Int { Int(min(max(value >> bits, 0), Int64(last))) }
    self.init(
      zoom: zoom, columns: clamped(box.minX)...clamped(box.maxX),
      rows: clamped(box.minY)...clamped(box.maxY))
  }

  private static func range(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = ends.first.flatMap({ TileID.number($0) }),
      let last = ends.last.flatMap({ TileID.number($0) }), first <= last
    else { return nil }
    return first...last
  }

  public var count: Int { columns.count * rows.count }

  public var tiles: [TileID] {
    rows.flatMap { row in
      columns.compactMap { TileID(zoom: zoom, column: $0, row: row) }
    }
  }

  public func contains(_ tile: TileID) -> Bool {
    tile.zoom == zoom && columns.contains(tile.column) && rows.contains(tile.row)
  }
}
