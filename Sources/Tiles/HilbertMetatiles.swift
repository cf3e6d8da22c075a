/// The metatiles of a range of tiles along the Hilbert curve, made as they are asked for.
///
/// A metatile is an aligned square of tiles that are drawn as one picture, cut down to the range.
/// Its tiles follow each other on the curve, so that metatile by metatile all tiles come in the
/// order of `TileID.hilbertNumber`.
public struct HilbertMetatiles: Sequence, IteratorProtocol, Sendable {
  /// How much of a square's tiles is wanted.
  public enum Share: Sendable {
    case nothing
    case some
    case all
  }

  public struct Metatile: Sendable {
    public let range: TileRange
    /// Whether all tiles of the range are wanted; else each must be asked for.
    public let isWhole: Bool
  }

  private let range: TileRange
  private let metatileZoom: Int
  /// Squares to look at, the next one last: four times a zoom at most.
  private var waiting: [(square: TileID, isWhole: Bool)]
  private let share: (@Sendable (TileID) -> Share)?
  private let isUncut: (@Sendable (TileID) -> Bool)?

  /// - Parameters:
  ///   - sideBits: a metatile has 2 to this power tiles a side.
  ///   - share: says of squares from the world's on down to the metatiles how much of them is wanted,
  ///     but for those inside of one of which all is; nil where everything is.
  ///   - isUncut: says of squares larger than metatiles, all of whose tiles are in the range and wanted,
  ///     whether they are given as they are; nil for none.
  public init(
    _ range: TileRange, sideBits: Int, share: (@Sendable (TileID) -> Share)? = nil,
    isUncut: (@Sendable (TileID) -> Bool)? = nil
  ) {
    self.range = range
    self.share = share
    self.isUncut = isUncut
    metatileZoom = Swift.max(range.zoom - Swift.max(sideBits, 0), 0)
    waiting = TileID(zoom: 0, column: 0, row: 0).map { [($0, share == nil)] } ?? []
  }

  public mutating func next() -> Metatile? {
    while let (square, isKnownWhole) = waiting.popLast() {
      guard let part = part(of: square) else { continue }
      var isWhole = isKnownWhole
      if !isWhole, let share {
        switch share(square) {
        case .nothing: continue
        case .some: break
        case .all: isWhole = true
        }
      }
      if square.zoom == metatileZoom { return Metatile(range: part, isWhole: isWhole) }
      if isWhole, let isUncut, part.count == 1 << (2 * (range.zoom - square.zoom)),
        isUncut(square)
      {
        return Metatile(range: part, isWhole: true)
      }
      let children = [(0, 0), (1, 0), (0, 1), (1, 1)].compactMap { right, lower in
        TileID(
          zoom: square.zoom + 1, column: square.column * 2 + right, row: square.row * 2 + lower)
      }
      waiting += children.sorted { $0.hilbertNumber > $1.hilbertNumber }.map { ($0, isWhole) }
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
