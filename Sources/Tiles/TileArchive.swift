public import Geometry
internal import Synchronization

/// A PMTiles or MBTiles archive of pictures, opened for reading; any number of threads may share it.
///
/// What the file is, its first bytes say, not its name.
public final class TileArchive: Sendable {
  /// What the tiles are.
  public enum Picture: String, Sendable {
    case png
    case jpeg = "jpg"
    case webp
    case avif

    public var mediaType: String { self == .jpeg ? "image/jpeg" : "image/\(rawValue)" }
  }

  /// What the archive tells of itself, as its format holds it.
  public enum Metadata: Sendable {
    /// A JSON object in UTF-8.
    case document([UInt8])
    case rows([String: String])
  }

  private enum Content {
    case pmtiles(PMTilesReader)
    case mbtiles(SharedReader)
  }

  /// SQLite's connection serves one thread at a time.
  private final class SharedReader: Sendable {
    let reader: Mutex<MBTilesReader>

    init(path: String) throws(ArchiveError) {
      reader = Mutex(try MBTilesReader(path: path))
    }
  }

  public let path: String
  public let picture: Picture
  public let zooms: ClosedRange<Int>
  /// Degrees; nil where the archive does not say.
  public let bounds: Box<Geographic>?
  public let metadata: Metadata
  private let content: Content
  private let identity: FileIdentity?

  /// - Throws: for files that are no archive, are damaged, or hold something else than pictures.
  public init(path: String) throws(ArchiveError) {
    self.path = path
    identity = FileIdentity(path: path)
    if try Self.isSQLite(path) {
      let shared = try SharedReader(path: path)
      let rows = try shared.reader.withLock { (reader) throws(ArchiveError) in
        try reader.metadata()
      }
      let held = try shared.reader.withLock { (reader) throws(ArchiveError) in
        try reader.zooms()
      }
      guard let held, held.lowerBound >= 0, held.upperBound <= WorldGrid.highestZoom else {
        throw ArchiveError(
          path: path,
          fault: .damagedMetadata(
            reason: "its tiles have no zooms from 0 to \(WorldGrid.highestZoom)"))
      }
      content = .mbtiles(shared)
      metadata = .rows(rows)
      picture = try Self.picture(named: rows["format"] ?? "png", path: path)
      zooms = held
      bounds = Self.box(
        (rows["bounds"] ?? "").split(separator: ",").compactMap { part in
          Double(part.filter { $0 != " " })
        })
    } else {
      let reader = try PMTilesReader(path: path)
      let header = reader.header
      guard header.tileCompression <= PMTilesHeader.noCompression else {
        throw ArchiveError(
          path: path, fault: .unsupportedTiles(found: "compressed once more"), byteOffset: 98)
      }
      let highest = min(Int(header.zooms.highest), WorldGrid.highestZoom)
      guard header.zooms.lowest <= header.zooms.highest, header.zooms.lowest <= highest else {
        throw ArchiveError(
          path: path,
          fault: .damagedMetadata(
            reason: "its zooms are \(header.zooms.lowest) to \(header.zooms.highest)"),
          byteOffset: 100)
      }
      content = .pmtiles(reader)
      metadata = .document(try reader.metadata())
      picture = try Self.picture(numbered: header.tileType, path: path)
      zooms = Int(header.zooms.lowest)...highest
      bounds = Self.box(header.bounds.map { Double($0) / 1e7 })
    }
  }

  /// A tile's picture as stored; nil where the archive has none.
  public func tile(_ tile: TileID) throws(ArchiveError) -> [UInt8]? {
    switch content {
    case .pmtiles(let reader): try reader.tile(tile)
    case .mbtiles(let shared):
      try shared.reader.withLock { (reader) throws(ArchiveError) in try reader.tile(tile) }
    }
  }

  /// Whether the file that bears the name now is still the one that was opened.
  public var isCurrent: Bool { FileIdentity(path: path) == identity }

  private static func isSQLite(_ path: String) throws(ArchiveError) -> Bool {
    let file = try ArchiveFile(path: path, mode: .read)
    let magic = Array("SQLite format 3\0".utf8)
    let size = try file.size()
    return try file.read(at: 0, count: Int(min(size, UInt64(magic.count)))) == magic
  }

  private static func picture(named name: String, path: String) throws(ArchiveError) -> Picture {
    guard let picture = Picture(rawValue: name == "jpeg" ? "jpg" : name) else {
      throw ArchiveError(path: path, fault: .unsupportedTiles(found: "of the format “\(name)”"))
    }
    return picture
  }

  private static func picture(
    numbered number: UInt8, path: String
  ) throws(ArchiveError) -> Picture {
    switch number {
    case 2: return .png
    case 3: return .jpeg
    case 4: return .webp
    case 5: return .avif
    default:
      throw ArchiveError(
        path: path,
        fault: .unsupportedTiles(found: number == 1 ? "vector tiles" : "of the type \(number)"),
        byteOffset: 99)
    }
  }

  /// Nil for sides that are no place on the world.
  private static func box(_ sides: [Double]) -> Box<Geographic>? {
    guard sides.count == 4, sides.allSatisfy(\.isFinite), abs(sides[0]) <= 180,
      abs(sides[2]) <= 180, abs(sides[1]) <= 90, abs(sides[3]) <= 90
    else { return nil }
    return Box(minX: sides[0], minY: sides[1], maxX: sides[2], maxY: sides[3])
  }
}
