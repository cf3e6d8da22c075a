internal import SQLite

/// Writes an MBTiles archive, version 1.3, of PNG tiles; equal contents are stored once.
///
/// The tables are `images` and `map` with the view `tiles` over them, as other writers have them.
/// The file stands under `path + ".part"`, locked, until `finish`. Memory: about 40 bytes for each
/// different content. With an `UnfinishedRun` each `checkpoint` is a transaction, and the table
/// `machizu_run` tells a later run where to go on; it is gone when the archive is whole.
public final class MBTilesWriter: TileArchiveWriter {
  public let path: String
  private let partialPath: String
  /// Holds the lock; SQLite writes through a connection of its own.
  private let file: ArchiveFile
  private let database: Database
  private let insertImage: Statement
  private let insertTile: Statement
  private let readImage: Statement
  private var numbers: [UInt64: Int64] = [:]
  private var imageCount: Int64 = 0

  private let isResumable: Bool
  public private(set) var lastNumber: UInt64?

  public init(path: String, run: UnfinishedRun? = nil) throws(ArchiveError) {
    self.path = path
    partialPath = path + ".part"
    isResumable = run != nil
    file = try ArchiveFile(path: partialPath, mode: run?.isResumed == true ? .resume : .create)
    do {
      let path = partialPath
      let prepared = try Self.prepare(path, file: file, run: run)
      database = prepared.database
      lastNumber = prepared.lastNumber
      insertImage = try database.prepare("INSERT INTO images VALUES (?, ?)")
      insertTile = try database.prepare("INSERT INTO map VALUES (?, ?, ?, ?)")
      readImage = try database.prepare("SELECT tile_data FROM images WHERE tile_id = ?")
      if lastNumber != nil { try readNumbers() }
      try database.execute("BEGIN")
    } catch let error as SQLiteError {
      throw Self.failure(path, error)
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw ArchiveError(path: path, fault: .system(action: "written", reason: "\(error)"))
    }
  }

  /// The database as an ended run of the same plan left it, else an empty one.
  private static func prepare(
    _ path: String, file: ArchiveFile, run: UnfinishedRun?
  ) throws -> (database: Database, lastNumber: UInt64?) {
    if run?.isResumed == true, try file.size() > 0 {
      let database = try Database(path: path, mode: .readWrite)
      // What an ended run left in its rollback journal is undone by this first reading.
      let isBegun = try !database.rows(
        "SELECT 1 FROM sqlite_master WHERE name = 'machizu_run'"
      ).isEmpty
      if isBegun, let row = try database.rows("SELECT plan, last FROM machizu_run").first {
        guard row[0] == .blob(run?.plan ?? []) else {
          throw ArchiveError(path: path, fault: .anotherPlan)
        }
        guard case .integer(let number) = row[1] else { return (database, nil) }
        return (database, UInt64(bitPattern: number))
      }
    }
    try file.truncate(to: 0)
    ArchiveFile.remove(path + "-journal")
    let database = try Database(path: path, mode: .readWrite)
    if run == nil {
      // A partial file is of no use after a crash: nothing is kept for taking steps back.
      _ = try database.rows("PRAGMA journal_mode = OFF")
      try database.execute("PRAGMA synchronous = OFF")
    }
    try database.execute(
      """
      PRAGMA application_id = 0x4d504258;
      BEGIN;
      CREATE TABLE metadata (name TEXT, value TEXT);
      CREATE UNIQUE INDEX metadata_name ON metadata (name);
      CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB);
      CREATE TABLE map (
        zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id INTEGER);
      CREATE UNIQUE INDEX map_place ON map (zoom_level, tile_column, tile_row);
      CREATE VIEW tiles AS
        SELECT map.zoom_level AS zoom_level, map.tile_column AS tile_column,
          map.tile_row AS tile_row, images.tile_data AS tile_data
        FROM map JOIN images ON images.tile_id = map.tile_id;
      """)
    if let run {
      try database.execute("CREATE TABLE machizu_run (plan BLOB, last INTEGER)")
      try database.run("INSERT INTO machizu_run VALUES (?, NULL)", [.blob(run.plan)])
    }
    try database.execute("COMMIT")
    return (database, nil)
  }

  /// Learns again which contents are there.
  private func readNumbers() throws {
    let statement = try database.prepare("SELECT tile_id, tile_data FROM images ORDER BY tile_id")
    while try statement.step() {
      imageCount = statement.integer(0)
      let hash = ContentHash.value(of: statement.blob(1))
      if numbers[hash] == nil { numbers[hash] = imageCount }
    }
  }

  /// Adds a tile; a second one at its place is an error.
  public func add(_ bytes: [UInt8], for tile: TileID) throws(ArchiveError) {
    do {
      try insertTile.bind([
        .integer(Int64(tile.zoom)), .integer(Int64(tile.column)),
        .integer(Int64(tile.tmsRow)), .integer(try number(of: bytes)),
      ])
      _ = try insertTile.step()
      lastNumber = tile.hilbertNumber
    } catch {
      throw Self.failure(path, error)
    }
  }

  public func checkpoint() throws(ArchiveError) {
    guard isResumable, let lastNumber else { return }
    do {
      try database.run(
        "UPDATE machizu_run SET last = ?", [.integer(Int64(bitPattern: lastNumber))])
      try database.execute("COMMIT; BEGIN")
    } catch {
      throw Self.failure(path, error)
    }
  }

  public func finish(_ facts: ArchiveFacts) throws(ArchiveError) {
    try finish(metadata: facts.rows)
  }

  /// Completes the archive and gives it its name.
  ///
  /// - Parameter metadata: the rows of the table of this name.
  public func finish(metadata: [(name: String, value: String)]) throws(ArchiveError) {
    do {
      for row in metadata {
        try database.run(
          "INSERT INTO metadata VALUES (?, ?)", [.text(row.name), .text(row.value)])
      }
      if isResumable {
        // Nothing of the plan may stay in the file's unused pages.
        _ = try database.rows("PRAGMA secure_delete = ON")
        try database.execute("DROP TABLE machizu_run")
      }
      try database.execute("COMMIT")
    } catch {
      throw Self.failure(path, error)
    }
    try file.synchronize()
    try ArchiveFile.rename(partialPath, to: path)
  }

  /// Removes what was written.
  public func cancel() {
    ArchiveFile.remove(partialPath)
    ArchiveFile.remove(partialPath + "-journal")
  }

  private func number(of bytes: [UInt8]) throws(SQLiteError) -> Int64 {
    let hash = ContentHash.value(of: bytes)
    if let known = numbers[hash] {
      try readImage.bind([.integer(known)])
      var isEqual = false
      // To the end: a statement that waits with a row would hold its table.
      while try readImage.step() { isEqual = readImage.blob(0) == bytes }
      if isEqual { return known }
    }
    imageCount += 1
    try insertImage.bind([.integer(imageCount), .blob(bytes)])
    _ = try insertImage.step()
    // Two contents with one hash: the first keeps the place, the other is not shared.
    if numbers[hash] == nil { numbers[hash] = imageCount }
    return imageCount
  }

  private static func failure(_ path: String, _ error: SQLiteError) -> ArchiveError {
    ArchiveError(path: path, fault: .system(action: "written", reason: error.description))
  }
}
