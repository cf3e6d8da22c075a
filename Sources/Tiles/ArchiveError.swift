/// Why an archive of tiles was refused or could not be written.
public struct ArchiveError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Fault: Equatable, Sendable {
    /// The first bytes are not those of an archive of tiles.
    case notAnArchive
    case unsupportedVersion(found: UInt8)
    /// A section, directory or tile reaches beyond the end of the file.
    case truncated(neededBytes: UInt64, foundBytes: UInt64)
    /// The directories are compressed in another way than none or gzip.
    case unsupportedCompression(found: UInt8)
    /// The compressed bytes are damaged, or unpack to more than is allowed.
    case damagedCompression(allowedBytes: Int)
    case damagedDirectory(reason: String)
    case directoryTooDeep(limit: Int)
    /// The tiles are no pictures that a browser shows, or are compressed once more.
    case unsupportedTiles(found: String)
    /// The archive's description of itself is unreadable.
    case damagedMetadata(reason: String)
    /// A tile was added before or at the place of one that is there.
    case outOfOrder(tile: TileID)
    /// Another run writes the file.
    case inUse
    /// The unfinished file was begun for something else than what is to be written now.
    case anotherPlan
    /// The archive is there already and is not to be replaced.
    case exists
    /// Neither a PMTiles archive, nor an MBTiles archive, nor a folder of tiles.
    case unknownKind
    /// The system's reason.
    case system(action: String, reason: String)
  }

  public let path: String
  public let fault: Fault
  /// Bytes from the start of the file to what was refused; 0 for the file as a whole.
  public let byteOffset: UInt64

  public init(path: String, fault: Fault, byteOffset: UInt64 = 0) {
    self.path = path
    self.fault = fault
    self.byteOffset = byteOffset
  }

  /// Whether the file is at fault, and not the system or the call.
  public var isRefusedInput: Bool {
    switch fault {
    case .outOfOrder, .inUse, .anotherPlan, .exists, .system: false
    default: true
    }
  }

  public var description: String {
    let reason =
      switch fault {
      case .notAnArchive: "it begins neither as a PMTiles nor as an MBTiles archive"
      case .unsupportedVersion(let found): "it has PMTiles version \(found); version 3 is read"
      case .truncated(let needed, let found):
        "\(needed) bytes are needed and \(found) are there; get the whole file again"
      case .unsupportedCompression(let found):
        "its directories have compression \(found); 1 (none) and 2 (gzip) are read"
      case .damagedCompression(let allowed):
        "its gzip data are damaged or unpack to more than \(allowed) bytes"
      case .damagedDirectory(let reason): "its directory is damaged: \(reason)"
      case .directoryTooDeep(let limit): "its directories are nested deeper than \(limit)"
      case .unsupportedTiles(let found):
        "its tiles are \(found); PNG, JPEG, WebP and AVIF pictures are served"
      case .damagedMetadata(let reason): "its metadata are damaged: \(reason)"
      case .outOfOrder(let tile): "the tile \(tile) was added out of the archive's order"
      case .inUse: "another run is writing it; wait for its end"
      case .anotherPlan:
        "it was begun with other data, another style or other options; start again without --resume"
      case .exists: "it is already there; name another folder, remove it or take --update"
      case .unknownKind: "it is neither *.pmtiles, *.mbtiles nor a folder of tiles"
      case .system(let action, let reason): "it cannot be \(action): \(reason)"
      }
    return "\(path)\(byteOffset > 0 ? ", byte \(byteOffset)" : ""): \(reason)."
  }
}
