/// The tiles of a finished archive or folder, for one thread: which there are, and each.
///
/// Memory: 24 bytes for each run of tiles of a PMTiles archive, 8 for each tile of another.
public final class ArchiveTiles {
  private enum Content {
    case pmtiles(PMTilesReader, [PMTilesEntry])
    case mbtiles(MBTilesReader)
    case folder
  }

  public let path: String
  /// The tiles that are there by `TileID.hilbertNumber`: rising, and not touching each other.
  public let ranges: [ClosedRange<UInt64>]
  private let content: Content
  /// The entry that was found last: its neighbour is mostly asked for next.
  private var position = 0
  /// The content read last, which a run's next tile has too.
  private var last: (offset: UInt64, bytes: [UInt8])?

  /// Opens what `path` names: a file by its first bytes, or a folder of files `Z/X/Y.png`.
  public init(path: String) throws(ArchiveError) {
    self.path = path
    if Folder.isFolder(path) {
      content = .folder
      ranges = try Self.merged(Self.folderNumbers(path))
      return
    }
    let file = try ArchiveFile(path: path, mode: .read)
    let magic = Array("SQLite format 3".utf8)
    if try file.size() >= 16, try file.read(at: 0, count: magic.count) == magic {
      let reader = try MBTilesReader(path: path)
      content = .mbtiles(reader)
      ranges = Self.merged(try reader.tileNumbers())
      return
    }
    let reader = try PMTilesReader(path: path)
    var entries: [PMTilesEntry] = []
    do {
      try reader.forEachRun { entries.append($0) }
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw ArchiveError(path: path, fault: .damagedDirectory(reason: "\(error)"))
    }
    content = .pmtiles(reader, entries)
    var ranges: [ClosedRange<UInt64>] = []
    for entry in entries {
      let end = entry.number + UInt64(entry.runLength) - 1
      if let before = ranges.last, before.upperBound + 1 == entry.number {
        ranges[ranges.count - 1] = before.lowerBound...end
      } else {
        ranges.append(entry.number...end)
      }
    }
    self.ranges = ranges
  }

  /// How many tiles there are.
  public var count: UInt64 { ranges.reduce(0) { $0 + UInt64($1.count) } }

  /// What the archive tells about itself, a JSON object in UTF-8; of MBTiles, its table as one.
  public func metadata() throws(ArchiveError) -> TileArchive.Metadata {
    switch content {
    case .pmtiles(let reader, _): .document(try reader.metadata())
    case .mbtiles(let reader): .rows(try reader.metadata())
    case .folder: .document(try Folder.read(path + "/tiles.json"))
    }
  }

  /// A tile's content as stored; nil where there is none.
  public func tile(_ tile: TileID) throws(ArchiveError) -> [UInt8]? {
    switch content {
    case .pmtiles(let reader, let entries):
      let number = tile.hilbertNumber
      guard let entry = entry(for: number, in: entries) else { return nil }
      if let last, last.offset == entry.offset, last.bytes.count == Int(entry.length) {
        return last.bytes
      }
      let bytes = try reader.content(of: entry)
      last = (entry.offset, bytes)
      return bytes
    case .mbtiles(let reader): return try reader.tile(tile)
    case .folder:
      let file = "\(path)/\(tile).png"
      return Folder.exists(file) ? try Folder.read(file) : nil
    }
  }

  private func entry(for number: UInt64, in entries: [PMTilesEntry]) -> PMTilesEntry? {
    func holds(_ index: Int) -> Bool {
      entries.indices.contains(index) && entries[index].number <= number
        && number - entries[index].number < UInt64(entries[index].runLength)
    }
    for near in [position, position + 1] where holds(near) {
      position = near
      return entries[near]
    }
    guard let found = PMTilesDirectory.position(of: number, in: entries), holds(found) else {
      return nil
    }
    position = found
    return entries[found]
  }

  private static func merged(_ numbers: [UInt64]) -> [ClosedRange<UInt64>] {
    var ranges: [ClosedRange<UInt64>] = []
    for number in numbers.sorted() {
      if let before = ranges.last, number <= before.upperBound + 1 {
        ranges[ranges.count - 1] = before.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges
  }

  private static func folderNumbers(_ path: String) throws(ArchiveError) -> [UInt64] {
    var numbers: [UInt64] = []
    for zoom in Folder.names(path) {
      guard let z = TileID.number(zoom) else { continue }
      for column in Folder.names("\(path)/\(zoom)") {
        guard let x = TileID.number(column) else { continue }
        for file in Folder.names("\(path)/\(zoom)/\(column)") where file.hasSuffix(".png") {
          guard let y = TileID.number(file.dropLast(4)) else { continue }
          guard let tile = TileID(zoom: z, column: x, row: y), file == "\(y).png",
            column == "\(x)", zoom == "\(z)"
          else { continue }
          numbers.append(tile.hilbertNumber)
        }
      }
    }
    guard !numbers.isEmpty || Folder.exists(path + "/tiles.json") else {
      throw ArchiveError(path: path, fault: .unknownKind)
    }
    return numbers
  }
}
