/// The metatiles of a range of tiles along the Hilbert curve, made as they are asked for.
///
/// A metatile is an aligned square of tiles that are drawn as one picture, cut down to the range.
/// Its tiles follow each other on the curve, so that metatile by metatile all tiles come in the
/// order of `TileID.hilbertNumber`.
public struct HilbertMetatiles: Sequence, IteratorProtocol, Sendable {
  private let range: TileRange
  private let metatileZoom: Int
  /// Squares to look at, the next one last: four times a zoom at most.
  private var waiting: [TileID]
  private let isIncluded: (@Sendable (TileID) -> Bool)?
  private let isUncut: (@Sendable (TileID) -> Bool)?

  /// - Parameters:
  ///   - sideBits: a metatile has 2 to this power tiles a side.
  ///   - isIncluded: says of squares from the world's on down to the metatiles whether anything in
  ///     them is wanted; nil for all.
  ///   - isUncut: says of squares larger than metatiles, all of whose tiles are in the range, whether
  ///     they are given as they are; nil for none.
  public init(
    _ range: TileRange, sideBits: Int, isIncluded: (@Sendable (TileID) -> Bool)? = nil,
    isUncut: (@Sendable (TileID) -> Bool)? = nil
  ) {
    self.range = range
    self.isIncluded = isIncluded
    self.isUncut = isUncut
    metatileZoom = Swift.max(range.zoom - Swift.max(sideBits, 0), 0)
    waiting = TileID(zoom: 0, column: 0, row: 0).map { [$0] } ?? []
  }

  public mutating func next() -> TileRange? {
    while let square = waiting.popLast() {
      guard let part = part(of: square), isIncluded?(square) ?? true else { continue }
      if square.zoom == metatileZoom { return part }
      if let isUncut, part.count == 1 << (2 * (range.zoom - square.zoom)), isUncut(square) {
        return part
      }
      let children = [(0, 0), (1, 0), (0, 1), (1, 1)].compactMap { right, lower in
        TileID(
          zoom: square.zoom + 1, column: square.column * 2 + right, row: square.row * 2 + lower)
      }
      waiting += children.sorted { $0.hilbertNumber > $1.hilbertNumber }
    }
    return nil
  }

  /// The tiles of the range below a square; nil where there are none.
  private func part(of square: TileID) -> TileRange? {
    let bits = range.zoom - square.zoom
    func overlap(_ place: Int, _ side: ClosedRange<Int>) -> ClosedRange<Int>? {
      let first = Swift.max(place << bits, side.lowerBound)
      let last = Swift.min((place + 1) << bits - 1, side.upperBound)
      return first <= last ? first...last : nil
    }
    guard let columns = overlap(square.column, range.columns),
      let rows = overlap(square.row, range.rows)
    else { return nil }
    return TileRange(zoom: range.zoom, columns: columns, rows: rows)
  }
}

extension TileRange {
  /// The tiles in the order of `TileID.hilbertNumber`.
  public var tilesAlongCurve: [TileID] {
    tiles.map { ($0.hilbertNumber, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
