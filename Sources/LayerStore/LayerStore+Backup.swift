internal import SQLite
internal import Workspace

extension LayerStore {
  /// Copies the store into a new file as one consistent state, while others read and write, and
  /// verifies the copy. The file gets its name only when it is whole.
  public func backUp(to path: String) throws(StoreError) {
    try StoreError.wrapping {
      let partial = path + ".part"
      FileContents.remove(partial)
      do {
        let target = try Database(path: partial, mode: .create)
        try database.backUp(to: target)
        // One file without companions, which can be read from a medium that cannot be written.
        try target.execute("PRAGMA journal_mode = DELETE")
        try Self.verify(target, path: path)
      } catch {
        FileContents.remove(partial)
        throw error
      }
      // The backup that was there before is given up only when the new one has its name.
      let former = path + ".former"
      do {
        if FileContents.exists(path) {
          FileContents.remove(former)
          try FileContents.move(path, to: former)
        }
        try FileContents.move(partial, to: path)
      } catch {
        throw StoreError.folder("\(error)")
      }
      FileContents.remove(former)
    }
  }

  /// Puts a backup's content in the store's place, with a new epoch, so that nothing that was made
  /// from the store before is taken for current. Content and epoch become visible in one step.
  public static func restore(from backup: String, to path: String) throws(StoreError) {
    guard FileContents.exists(backup) else { throw .missing(path: backup) }
    try StoreError.wrapping {
      let prepared = path + ".restoring"
      removeDatabase(prepared)
      defer { removeDatabase(prepared) }
      let source = try Database(path: backup, mode: .readOnly)
      try verify(source, path: backup)
      let renewed = try Database(path: prepared, mode: .create)
      try source.backUp(to: renewed)
      try renewed.run(
        "UPDATE machizu_store SET value = ? WHERE name = 'epoch'",
        [.text(String(UInt64.random(in: .min ... .max), radix: 16))])
      try renewed.backUp(to: try Database(path: path, mode: .create))
    }
  }

  private static func removeDatabase(_ path: String) {
    for companion in ["", "-wal", "-shm", "-journal"] { FileContents.remove(path + companion) }
  }

  private static func verify(_ database: Database, path: String) throws {
    guard case .text("ok")? = try database.rows("PRAGMA integrity_check").first?.first else {
      throw StoreError.notAStore(path: path, reason: "its integrity check fails")
    }
    guard
      try !database.rows("SELECT 1 FROM sqlite_master WHERE name = 'machizu_store'").isEmpty
    else { throw StoreError.notAStore(path: path, reason: "it holds no ledgers") }
  }
}
