internal import Geometry
internal import SQLite

/// An MBTiles archive opened for reading by one thread at a time.
public final class MBTilesReader {
  private let path: String
  private let database: Database
  private let readTile: Statement

  public init(path: String) throws(ArchiveError) {
    self.path = path
    do {
      database = try Database(path: path, mode: .readOnly)
      readTile = try database.prepare(
        "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?")
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// A tile's content as stored; nil where the archive has none.
  public func tile(_ tile: TileID) throws(ArchiveError) -> [UInt8]? {
    do {
      try readTile.bind([
        .integer(Int64(tile.zoom)), .integer(Int64(tile.column)), .integer(Int64(tile.tmsRow)),
      ])
      return try readTile.step() ? readTile.blob(0) : nil
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// `TileID.hilbertNumber` of every tile, in no order.
  public func tileNumbers() throws(ArchiveError) -> [UInt64] {
    do {
      let statement = try database.prepare("SELECT zoom_level, tile_column, tile_row FROM tiles")
      var numbers: [UInt64] = []
      while try statement.step() {
        let tile = TileID(
          zoom: Int(statement.integer(0)), column: Int(statement.integer(1)),
          tmsRow: Int(statement.integer(2)))
        if let tile { numbers.append(tile.hilbertNumber) }
      }
      return numbers
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// The lowest and the highest zoom that have tiles; nil for an archive without any.
  public func zooms() throws(ArchiveError) -> ClosedRange<Int>? {
    do {
      let rows = try database.rows("SELECT min(zoom_level), max(zoom_level) FROM tiles")
      guard let row = rows.first, case .integer(let lowest) = row[0],
        case .integer(let highest) = row[1], lowest <= highest
      else { return nil }
      return Int(lowest)...Int(highest)
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// The rows of the table `metadata`.
  public func metadata() throws(ArchiveError) -> [String: String] {
    do {
      var values: [String: String] = [:]
      for row in try database.rows("SELECT name, value FROM metadata") {
        if case .text(let name) = row[0], case .text(let value) = row[1] { values[name] = value }
      }
      return values
    } catch {
      throw Self.failure(path, error)
    }
  }

  private static func failure(_ path: String, _ error: SQLiteError) -> ArchiveError {
    ArchiveError(path: path, fault: .system(action: "read", reason: error.description))
  }
}

extension TileID {
  /// The row counted from the south, as MBTiles stores it.
  var tmsRow: Int { Self.turned(row, zoom: zoom) }

  /// Nil outside the zooms 0–20 or outside the world.
  init?(zoom: Int, column: Int, tmsRow: Int) {
    guard (0...WorldGrid.highestZoom).contains(zoom), (0..<1 << zoom).contains(tmsRow) else {
      return nil
    }
    self.init(zoom: zoom, column: column, row: Self.turned(tmsRow, zoom: zoom))
  }

  /// The only place that turns rows from one order to the other.
  private static func turned(_ row: Int, zoom: Int) -> Int { (1 << zoom) - 1 - row }
}
