public import Geometry

/// Writes a clustered PMTiles archive, version 3, of PNG tiles in one pass.
///
/// Tiles are added in the order of `TileID.hilbertNumber`; equal contents are stored once. The file
/// stands under `path + ".part"` until `finish`. Equal tiles and metadata give equal bytes.
/// Memory: about 70 bytes for each different content and 24 for each run of tiles.
///
/// The tiles lie right behind the place kept for the root directory, metadata and leaf directories
/// after them, so that nothing is copied at the end; the specification leaves their order free.
public final class PMTilesWriter {
  /// Entries of a leaf directory at first; doubled until the root directory fits into its place.
  private static let leafEntryCount = 4096

  private let path: String
  private let partialPath: String
  private let file: ArchiveFile
  private var entries: [PMTilesEntry] = []
  private var contents: [UInt64: PMTilesHeader.Section] = [:]
  private var contentCount: UInt64 = 0
  private var tileCount: UInt64 = 0
  private var dataLength: UInt64 = 0
  private var lastNumber: UInt64?
  private var zooms: (lowest: UInt8, highest: UInt8)?

  public init(path: String) throws(ArchiveError) {
    self.path = path
    partialPath = path + ".part"
    file = try ArchiveFile(path: partialPath, mode: .create)
  }

  /// Adds the next tile in the archive's order.
  public func add(_ bytes: [UInt8], for tile: TileID) throws(ArchiveError) {
    let number = tile.hilbertNumber
    guard lastNumber.map({ $0 < number }) ?? true, !bytes.isEmpty,
      let length = UInt32(exactly: bytes.count)
    else { throw ArchiveError(path: path, fault: .outOfOrder(tile: tile)) }
    lastNumber = number
    tileCount += 1
    zooms = (zooms?.lowest ?? UInt8(tile.zoom), UInt8(tile.zoom))
    let place = try place(of: bytes)
    if let last = entries.last, last.offset == place, last.length == length,
      last.number + UInt64(last.runLength) == number, last.runLength < .max
    {
      entries[entries.count - 1].runLength += 1
    } else {
      entries.append(
        PMTilesEntry(number: number, offset: place, length: length, runLength: 1))
    }
  }

  /// Completes the archive and gives it its name.
  ///
  /// - Parameter metadata: a JSON object in UTF-8.
  public func finish(metadata: [UInt8], bounds: Box<Geographic>) throws(ArchiveError) {
    var header = PMTilesHeader()
    header.tiles = .init(
      offset: UInt64(PMTilesHeader.frontByteCount), length: dataLength)
    header.addressedTileCount = tileCount
    header.entryCount = UInt64(entries.count)
    header.contentCount = contentCount
    header.zooms = zooms ?? (0, 0)
    header.centreZoom = header.zooms.lowest
    header.bounds = [bounds.minX, bounds.minY, bounds.maxX, bounds.maxY].map(Self.units)
    header.centre = [
      Self.units((bounds.minX + bounds.maxX) / 2), Self.units((bounds.minY + bounds.maxY) / 2),
    ]
    let packed = try compressed(metadata)
    header.metadata = .init(
      offset: header.tiles.offset + dataLength, length: UInt64(packed.count))
    try file.write(packed, at: header.metadata.offset)
    let (root, leaves) = try directories()
    header.leaves = .init(
      offset: header.metadata.offset + header.metadata.length, length: UInt64(leaves.count))
    try file.write(leaves, at: header.leaves.offset)
    header.root = .init(offset: UInt64(PMTilesHeader.byteCount), length: UInt64(root.count))
    let front = header.bytes + root
    let padding = [UInt8](repeating: 0, count: PMTilesHeader.frontByteCount - front.count)
    try file.write(front + padding, at: 0)
    try file.synchronize()
    try ArchiveFile.rename(partialPath, to: path)
  }

  /// Removes what was written.
  public func cancel() { ArchiveFile.remove(partialPath) }

  /// Where the content is, from the start of the tiles; written where it is new.
  private func place(of bytes: [UInt8]) throws(ArchiveError) -> UInt64 {
    let hash = Self.hash(bytes)
    let front = UInt64(PMTilesHeader.frontByteCount)
    if let known = contents[hash], known.length == UInt64(bytes.count),
      try file.read(at: front + known.offset, count: bytes.count) == bytes
    {
      return known.offset
    }
    let offset = dataLength
    try file.write(bytes, at: front + offset)
    dataLength += UInt64(bytes.count)
    contentCount += 1
    // Two contents with one hash: the first keeps the place, the other is not shared.
    if contents[hash] == nil {
      contents[hash] = .init(offset: offset, length: UInt64(bytes.count))
    }
    return offset
  }

  private func directories() throws(ArchiveError) -> (root: [UInt8], leaves: [UInt8]) {
    let room = PMTilesHeader.frontByteCount - PMTilesHeader.byteCount
    let single = try compressed(PMTilesDirectory.encode(entries))
    if single.count <= room { return (single, []) }
    var side = Self.leafEntryCount
    while true {
      var leaves: [UInt8] = []
      var pointers: [PMTilesEntry] = []
      for start in stride(from: 0, to: entries.count, by: side) {
        let part = entries[start..<min(start + side, entries.count)]
        let bytes = try compressed(PMTilesDirectory.encode(part))
        pointers.append(
          PMTilesEntry(
            number: entries[start].number, offset: UInt64(leaves.count),
            length: UInt32(bytes.count), runLength: 0))
        leaves += bytes
      }
      let root = try compressed(PMTilesDirectory.encode(pointers))
      if root.count <= room { return (root, leaves) }
      side *= 2
    }
  }

  private func compressed(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
    guard let packed = Gzip.compressed(bytes) else {
      throw ArchiveError(
        path: path, fault: .system(action: "compressed", reason: "memory is lacking"))
    }
    return packed
  }

  /// FNV-1a: the same in every process, as the archive's bytes depend on it.
  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  private static func units(_ degrees: Double) -> Int32 {
    Int32((min(max(degrees, -180), 180) * 1e7).rounded())
  }
}
