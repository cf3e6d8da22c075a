public import Geometry

/// What an archive tells about itself.
public struct ArchiveFacts: Sendable {
  public var bounds: Box<Geographic>
  /// A JSON object in UTF-8: the metadata of PMTiles, and a folder's `tiles.json`.
  public var json: [UInt8]
  /// The same as names and values: the table `metadata` of MBTiles.
  public var rows: [(name: String, value: String)]

  public init(bounds: Box<Geographic>, json: [UInt8], rows: [(name: String, value: String)]) {
    self.bounds = bounds
    self.json = json
    self.rows = rows
  }
}

/// Where tiles go; what is written bears the final name only when it is whole.
public protocol TileArchiveWriter: AnyObject {
  /// The final name.
  var path: String { get }
  /// The last tile that is there, by `TileID.hilbertNumber`: the tiles up to it are not added again.
  var lastNumber: UInt64? { get }
  /// Adds the next tile in the order of `TileID.hilbertNumber`.
  func add(_ bytes: [UInt8], for tile: TileID) throws(ArchiveError)
  /// Adds the next tiles, by `TileID.hilbertNumber`, all of one content.
  func add(_ bytes: [UInt8], for numbers: ClosedRange<UInt64>) throws(ArchiveError)
  /// Makes what was added so far outlast the end of the process; needs an `UnfinishedRun`.
  func checkpoint() throws(ArchiveError)
  /// Completes the archive and gives it its name.
  func finish(_ facts: ArchiveFacts) throws(ArchiveError)
  /// Removes what was written.
  func cancel()
}

extension TileArchiveWriter {
  public func add(_ bytes: [UInt8], for numbers: ClosedRange<UInt64>) throws(ArchiveError) {
    for number in numbers {
      guard let tile = TileID(hilbertNumber: number) else { return }
      try add(bytes, for: tile)
    }
  }
}

/// The kinds of archives, by their names.
public enum ArchiveKind: Sendable {
  case pmtiles
  case mbtiles
  /// Files `Z/X/Y.png` in a folder.
  case folder

  /// Nil where the name is neither an archive's nor ends with a slash.
  public init?(path: String) {
    if path.hasSuffix(".pmtiles") {
      self = .pmtiles
    } else if path.hasSuffix(".mbtiles") {
      self = .mbtiles
    } else if path.hasSuffix("/"), path.utf8.contains(where: { $0 != 47 }) {
      self = .folder
    } else {
      return nil
    }
  }

  /// - Parameter replacesFolder: whether a folder of the name is replaced, as files always are.
  public func writer(
    path: String, run: UnfinishedRun? = nil, replacesFolder: Bool = false
  ) throws(ArchiveError) -> any TileArchiveWriter {
    switch self {
    case .pmtiles: try PMTilesWriter(path: path, run: run)
    case .mbtiles: try MBTilesWriter(path: path, run: run)
    case .folder: try FolderWriter(path: path, run: run, replaces: replacesFolder)
    }
  }
}
