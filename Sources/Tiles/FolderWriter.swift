internal import CFiles
internal import Glibc

/// Writes files `Z/X/Y.png` and `tiles.json` into a folder.
///
/// The files stand below `path + ".part"` until `finish`; the file `path + ".part.run"` holds the
/// lock and, for a run that can be continued, how far the files are whole.
public final class FolderWriter: TileArchiveWriter {
  /// Without a slash at its end.
  public let path: String
  private let partialPath: String
  private let notesPath: String
  private let replaces: Bool
  private let lock: ArchiveFile?
  private let journal: RunJournal?
  private var column = ""
  public private(set) var lastNumber: UInt64?

  public init(
    path: String, run: UnfinishedRun? = nil, replaces: Bool = false
  ) throws(ArchiveError) {
    var name = path[...]
    while name.hasSuffix("/") { name = name.dropLast() }
    self.path = String(name)
    self.replaces = replaces
    partialPath = self.path + ".part"
    notesPath = self.path + ".part.run"
    if !replaces, Folder.exists(self.path) {
      throw ArchiveError(path: self.path, fault: .exists)
    }
    if let run {
      let journal = try RunJournal(path: notesPath, run: run)
      self.journal = journal
      lock = nil
      if let record = journal.records.last, Folder.exists(partialPath) {
        var fields = ByteFields(record)
        lastNumber = fields.next()
      }
      if lastNumber == nil { try journal.keep(0) }
    } else {
      journal = nil
      lock = try ArchiveFile(path: notesPath, mode: .create)
    }
    if lastNumber == nil { try Folder.remove(partialPath) }
    try Folder.make(partialPath)
  }

  public func add(_ bytes: [UInt8], for tile: TileID) throws(ArchiveError) {
    let number = tile.hilbertNumber
    guard lastNumber.map({ $0 < number }) ?? true else {
      throw ArchiveError(path: path, fault: .outOfOrder(tile: tile))
    }
    let folder = "\(partialPath)/\(tile.zoom)/\(tile.column)"
    if folder != column {
      try Folder.make("\(partialPath)/\(tile.zoom)")
      try Folder.make(folder)
    }
    column = folder
    try Folder.write(bytes, to: "\(folder)/\(tile.row).png")
    lastNumber = number
  }

  public func checkpoint() throws(ArchiveError) {
    guard let journal, let lastNumber else { return }
    // Files are many and small: their file system is told once, not each of them.
    try Folder.synchronize(partialPath)
    var fields = ByteFields()
    fields.append(lastNumber)
    try journal.append(fields.bytes)
  }

  public func finish(_ facts: ArchiveFacts) throws(ArchiveError) {
    try Folder.write(facts.json, to: partialPath + "/tiles.json")
    try Folder.synchronize(partialPath)
    if replaces, Folder.exists(path) {
      try Folder.exchange(partialPath, path)
      ArchiveFile.remove(notesPath)
      try Folder.remove(partialPath)
    } else {
      try ArchiveFile.rename(partialPath, to: path)
      ArchiveFile.remove(notesPath)
    }
  }

  public func cancel() {
    try? Folder.remove(partialPath)
    ArchiveFile.remove(notesPath)
  }
}

/// Folders and the files in them.
enum Folder {
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return unsafe stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  /// Nothing happens where the folder is there.
  static func make(_ path: String) throws(ArchiveError) {
    guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw ArchiveFile.failure(path, "made")
    }
  }

  /// The names in a folder, in no order; empty where it cannot be read.
  static func names(_ path: String) -> [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
          unsafe String(cString: text)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// With all that is in it; nothing happens where there is none.
  static func remove(_ path: String) throws(ArchiveError) {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFDIR else {
      guard unsafe unlink(path) == 0 else { throw ArchiveFile.failure(path, "removed") }
      return
    }
    for name in names(path) { try remove(path + "/" + name) }
    guard unsafe rmdir(path) == 0 else { throw ArchiveFile.failure(path, "removed") }
  }

  static func read(_ path: String) throws(ArchiveError) -> [UInt8] {
    let file = try ArchiveFile(path: path, mode: .read)
    return try file.read(at: 0, count: Int(try file.size()))
  }

  static func write(_ bytes: [UInt8], to path: String) throws(ArchiveError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw ArchiveFile.failure(path, "made") }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let put = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw ArchiveFile.failure(path, "written") }
      done += put
    }
  }

  /// Returns when all that was written to the folder's file system is on the disk.
  static func synchronize(_ path: String) throws(ArchiveError) {
    guard unsafe machizu_sync_file_system(path) == 0 else {
      throw ArchiveFile.failure(path, "written to the disk")
    }
  }

  /// Gives two folders each other's name: in one step, or where the file system cannot, in three.
  static func exchange(_ first: String, _ second: String) throws(ArchiveError) {
    if unsafe machizu_exchange_names(first, second) == 0 { return }
    guard errno == EINVAL || errno == ENOSYS else {
      throw ArchiveFile.failure(second, "given its name")
    }
    let former = second + ".former"
    try remove(former)
    try ArchiveFile.rename(second, to: former)
    try ArchiveFile.rename(first, to: second)
    try ArchiveFile.rename(former, to: first)
  }
}
