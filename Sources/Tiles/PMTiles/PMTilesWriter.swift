public import Geometry

/// Writes a clustered PMTiles archive, version 3, of PNG tiles in one pass.
///
/// Tiles are added in the order of `TileID.hilbertNumber`; equal contents are stored once. The file
/// stands under `path + ".part"` until `finish`. Equal tiles and metadata give equal bytes.
/// Memory: about 70 bytes for each different content, 24 for each run of tiles, and a megabyte.
///
/// The tiles lie right behind the place kept for the root directory, metadata and leaf directories
/// after them, so that nothing is copied at the end; the specification leaves their order free.
///
/// With an `UnfinishedRun` the file `path + ".part.run"` holds what the last `checkpoint` added to the
/// directory, so that a later run goes on from there and ends with the same bytes.
public final class PMTilesWriter: TileArchiveWriter {
  /// Entries of a leaf directory at first; doubled until the root directory fits into its place.
  private static let leafEntryCount = 4096

  public let path: String
  private let partialPath: String
  private let notesPath: String
  private let file: ArchiveFile
  private let tiles: AppendedBytes
  private let journal: RunJournal?
  private var entries: [PMTilesEntry] = []
  private var contents: [UInt64: PMTilesHeader.Section] = [:]
  private var contentCount: UInt64 = 0
  private var tileCount: UInt64 = 0
  private var dataLength: UInt64 = 0
  public private(set) var lastNumber: UInt64?
  /// The last content added, which the next tile often has too.
  private var lastContent: (bytes: [UInt8], place: UInt64)?
  /// What the journal holds: entries, of which the last may grow, and the hashes of contents since.
  private var notedEntryCount = 0
  private var freshHashes: [UInt64] = []
  private var zooms: (lowest: UInt8, highest: UInt8)?

  public init(path: String, run: UnfinishedRun? = nil) throws(ArchiveError) {
    self.path = path
    partialPath = path + ".part"
    notesPath = path + ".part.run"
    file = try ArchiveFile(path: partialPath, mode: run?.isResumed == true ? .resume : .create)
    tiles = AppendedBytes(to: file)
    if let run {
      journal = try RunJournal(path: notesPath, run: run)
    } else {
      journal = nil
    }
    let front = UInt64(PMTilesHeader.frontByteCount)
    guard let journal else {
      try tiles.begin(at: front)
      return
    }
    var replayed = 0
    while replayed < journal.records.count, try replay(journal.records[replayed]) { replayed += 1 }
    try journal.keep(replayed)
    notedEntryCount = entries.count
    try file.truncate(to: lastNumber == nil ? 0 : front + dataLength)
    try tiles.begin(at: front + dataLength)
  }

  /// Adds the next tile in the archive's order.
  public func add(_ bytes: [UInt8], for tile: TileID) throws(ArchiveError) {
    let number = tile.hilbertNumber
    try add(bytes, for: number...number)
  }

  public func add(_ bytes: [UInt8], for numbers: ClosedRange<UInt64>) throws(ArchiveError) {
    guard let first = TileID(hilbertNumber: numbers.lowerBound),
      let last = TileID(hilbertNumber: numbers.upperBound)
    else { return }
    guard lastNumber.map({ $0 < numbers.lowerBound }) ?? true, !bytes.isEmpty,
      let length = UInt32(exactly: bytes.count)
    else { throw ArchiveError(path: path, fault: .outOfOrder(tile: first)) }
    lastNumber = numbers.upperBound
    tileCount += UInt64(numbers.count)
    zooms = (zooms?.lowest ?? UInt8(first.zoom), UInt8(last.zoom))
    let place = try place(of: bytes)
    var number = numbers.lowerBound
    var rest = UInt64(numbers.count)
    if let last = entries.last, last.offset == place, last.length == length,
      last.number + UInt64(last.runLength) == number
    {
      let count = min(rest, UInt64(UInt32.max - last.runLength))
      entries[entries.count - 1].runLength += UInt32(count)
      number += count
      rest -= count
    }
    while rest > 0 {
      let count = UInt32(clamping: rest)
      entries.append(
        PMTilesEntry(number: number, offset: place, length: length, runLength: count))
      number += UInt64(count)
      rest -= UInt64(count)
    }
  }

  /// Completes the archive and gives it its name.
  ///
  public func finish(_ facts: ArchiveFacts) throws(ArchiveError) {
    try finish(metadata: facts.json, bounds: facts.bounds)
  }

  /// - Parameter metadata: a JSON object in UTF-8.
  public func finish(metadata: [UInt8], bounds: Box<Geographic>) throws(ArchiveError) {
    try tiles.flush()
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
    if journal != nil { ArchiveFile.remove(notesPath) }
  }

  /// Removes what was written.
  public func cancel() {
    ArchiveFile.remove(partialPath)
    if journal != nil { ArchiveFile.remove(notesPath) }
  }

  /// Where the content is, from the start of the tiles; written where it is new.
  private func place(of bytes: [UInt8]) throws(ArchiveError) -> UInt64 {
    if let lastContent, lastContent.bytes == bytes { return lastContent.place }
    let place = try search(bytes)
    lastContent = (bytes, place)
    return place
  }

  private func search(_ bytes: [UInt8]) throws(ArchiveError) -> UInt64 {
    let hash = ContentHash.value(of: bytes)
    let front = UInt64(PMTilesHeader.frontByteCount)
    if let known = contents[hash], known.length == UInt64(bytes.count),
      try tiles.has(bytes, at: front + known.offset)
    {
      return known.offset
    }
    let offset = dataLength
    try tiles.append(bytes)
    dataLength += UInt64(bytes.count)
    contentCount += 1
    if journal != nil { freshHashes.append(hash) }
    // Two contents with one hash: the first keeps the place, the other is not shared.
    if contents[hash] == nil {
      contents[hash] = .init(offset: offset, length: UInt64(bytes.count))
    }
    return offset
  }

  public func checkpoint() throws(ArchiveError) {
    guard let journal, let lastNumber else { return }
    try tiles.flush()
    try file.synchronize()
    // The last entry noted before may have grown.
    let first = max(notedEntryCount - 1, 0)
    var fields = ByteFields()
    for number in [
      lastNumber, tileCount, dataLength, contentCount, UInt64(zooms?.lowest ?? 0), UInt64(first),
    ] { fields.append(number) }
    fields.append(UInt64(entries.count - first))
    for entry in entries[first...] {
      fields.append(entry.number)
      fields.append(entry.offset)
      fields.append(UInt64(entry.length))
      fields.append(UInt64(entry.runLength))
    }
    for hash in freshHashes {
      guard let place = contents[hash] else { continue }
      fields.append(hash)
      fields.append(place.offset)
      fields.append(place.length)
    }
    try journal.append(fields.bytes)
    notedEntryCount = entries.count
    freshHashes.removeAll(keepingCapacity: true)
  }

  /// Takes up what a checkpoint noted; false for a record that the file's tiles do not reach.
  private func replay(_ record: [UInt8]) throws(ArchiveError) -> Bool {
    var fields = ByteFields(record)
    guard let last = fields.next(), let tiles = fields.next(), let length = fields.next(),
      let contentCount = fields.next(), let lowest = fields.next().flatMap({ UInt8(exactly: $0) }),
      let first = fields.next().flatMap({ Int(exactly: $0) }), first <= entries.count,
      let count = fields.next(), let lastTile = TileID(hilbertNumber: last)
    else { return false }
    let (end, overflow) = length.addingReportingOverflow(UInt64(PMTilesHeader.frontByteCount))
    guard !overflow, end <= (try file.size()) else { return false }
    var added: [PMTilesEntry] = []
    for _ in 0..<count {
      guard let number = fields.next(), let offset = fields.next(),
        let size = fields.next().flatMap({ UInt32(exactly: $0) }),
        let run = fields.next().flatMap({ UInt32(exactly: $0) })
      else { return false }
      added.append(PMTilesEntry(number: number, offset: offset, length: size, runLength: run))
    }
    while let hash = fields.next(), let offset = fields.next(), let size = fields.next() {
      contents[hash] = .init(offset: offset, length: size)
    }
    entries.removeSubrange(first...)
    entries += added
    lastNumber = last
    tileCount = tiles
    dataLength = length
    self.contentCount = contentCount
    zooms = (lowest, UInt8(lastTile.zoom))
    return true
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

  private static func units(_ degrees: Double) -> Int32 {
    Int32((min(max(degrees, -180), 180) * 1e7).rounded())
  }
}
