/// A PMTiles archive, version 3, opened for reading; any number of threads may share it.
///
/// Damaged files are refused with an error, never more: nothing is read that the file does not hold,
/// no directory unpacks to more than `directoryLimitBytes`, and
/// `LeafDirectories` bounds what is kept.
public final class PMTilesReader: Sendable {
  static let directoryLimitBytes = 64 << 20
  /// The specification's writers use two levels; it allows one more.
  static let depthLimit = 4
  /// More bytes than any picture of a tile has.
  static let tileLimitBytes: UInt32 = 64 << 20

  public let header: PMTilesHeader
  private let file: ArchiveFile
  private let fileSize: UInt64
  private let root: [PMTilesEntry]
  private let leaves = LeafDirectories()

  public init(path: String) throws(ArchiveError) {
    file = try ArchiveFile(path: path, mode: .read)
    fileSize = try file.size()
    let front = try file.read(
      at: 0, count: Int(min(fileSize, UInt64(PMTilesHeader.byteCount))))
    header = try PMTilesHeader(front, path: path)
    for section in [header.root, header.metadata, header.leaves, header.tiles] {
      try Self.require(section, within: fileSize, path: path)
    }
    root = try Self.directory(header.root, header, file)
  }

  /// A tile's content as stored; nil where the archive has none.
  public func tile(_ tile: TileID) throws(ArchiveError) -> [UInt8]? {
    let number = tile.hilbertNumber
    var entries = root
    for _ in 0..<Self.depthLimit {
      guard let entry = PMTilesDirectory.entry(for: number, in: entries) else { return nil }
      if entry.runLength > 0 {
        guard number - entry.number < UInt64(entry.runLength) else { return nil }
        return try content(of: entry)
      }
      let leaf = try part(entry, of: header.leaves)
      entries = try leaves.directory(at: leaf.offset) { () throws(ArchiveError) in
        try Self.directory(leaf, header, file)
      }
    }
    throw ArchiveError(path: file.path, fault: .directoryTooDeep(limit: Self.depthLimit))
  }

  /// The metadata, a JSON object in UTF-8.
  public func metadata() throws(ArchiveError) -> [UInt8] {
    try Self.unpacked(header.metadata, header, file)
  }

  /// Calls `body` with every run of tiles in the archive's order.
  public func forEachRun(_ body: (PMTilesEntry) throws -> Void) throws {
    var next: UInt64 = 0
    try walk(root, depth: 1, next: &next, body)
  }

  /// The content that a run's tiles share.
  public func content(of run: PMTilesEntry) throws(ArchiveError) -> [UInt8] {
    let section = try part(run, of: header.tiles)
    guard run.length <= Self.tileLimitBytes else {
      throw ArchiveError(
        path: file.path,
        fault: .damagedDirectory(
          reason: "tile \(run.number) has \(run.length) bytes; \(Self.tileLimitBytes) are allowed"),
        byteOffset: section.offset)
    }
    return try file.read(at: section.offset, count: Int(section.length))
  }

  private func walk(
    _ entries: [PMTilesEntry], depth: Int, next: inout UInt64,
    _ body: (PMTilesEntry) throws -> Void
  ) throws {
    guard depth <= Self.depthLimit else {
      throw ArchiveError(path: file.path, fault: .directoryTooDeep(limit: Self.depthLimit))
    }
    for entry in entries {
      // Numbers rise over all directories, or a few leaves that name each other would never end.
      let (end, overflow) = entry.number.addingReportingOverflow(UInt64(entry.runLength))
      guard entry.number >= next, !overflow else {
        throw ArchiveError(
          path: file.path,
          fault: .damagedDirectory(reason: "tile \(entry.number) stands after tile \(next)"))
      }
      if entry.runLength > 0 {
        next = end
        try body(entry)
      } else {
        let leaf = try Self.directory(try part(entry, of: header.leaves), header, file)
        try walk(leaf, depth: depth + 1, next: &next, body)
      }
    }
  }

  private func part(
    _ entry: PMTilesEntry, of section: PMTilesHeader.Section
  ) throws(ArchiveError) -> PMTilesHeader.Section {
    let (end, overflow) = entry.offset.addingReportingOverflow(UInt64(entry.length))
    guard !overflow, end <= section.length else {
      throw ArchiveError(
        path: file.path,
        fault: .damagedDirectory(reason: "the entry of tile \(entry.number) leaves its section"),
        byteOffset: section.offset)
    }
    return PMTilesHeader.Section(
      offset: section.offset + entry.offset, length: UInt64(entry.length))
  }

  private static func require(
    _ section: PMTilesHeader.Section, within size: UInt64, path: String
  ) throws(ArchiveError) {
    let (end, overflow) = section.offset.addingReportingOverflow(section.length)
    guard !overflow, end <= size else {
      throw ArchiveError(
        path: path,
        fault: .truncated(neededBytes: overflow ? .max : end, foundBytes: size),
        byteOffset: section.offset)
    }
  }

  private static func unpacked(
    _ section: PMTilesHeader.Section, _ header: PMTilesHeader, _ file: ArchiveFile
  ) throws(ArchiveError) -> [UInt8] {
    guard section.length <= UInt64(directoryLimitBytes) else {
      throw ArchiveError(
        path: file.path, fault: .damagedCompression(allowedBytes: directoryLimitBytes),
        byteOffset: section.offset)
    }
    let bytes = try file.read(at: section.offset, count: Int(section.length))
    guard header.internalCompression == PMTilesHeader.gzip, !bytes.isEmpty else { return bytes }
    guard let unpacked = Gzip.decompressed(bytes, limitBytes: directoryLimitBytes) else {
      throw ArchiveError(
        path: file.path, fault: .damagedCompression(allowedBytes: directoryLimitBytes),
        byteOffset: section.offset)
    }
    return unpacked
  }

  private static func directory(
    _ section: PMTilesHeader.Section, _ header: PMTilesHeader, _ file: ArchiveFile
  ) throws(ArchiveError) -> [PMTilesEntry] {
    switch PMTilesDirectory.decode(try unpacked(section, header, file)) {
    case .success(let entries): return entries
    case .failure(let refusal):
      throw ArchiveError(
        path: file.path, fault: .damagedDirectory(reason: refusal.reason),
        byteOffset: section.offset)
    }
  }
}
