internal import CFiles
internal import Glibc

/// An open file that is read and written at places; closed with its last owner.
final class ArchiveFile: Sendable {
  let path: String
  private let descriptor: Int32

  enum Mode {
    case read
    /// Makes the file and locks it; one that is there and that nobody writes loses its content.
    case create
    /// Locks the file and keeps its content; makes an empty one where there is none.
    case resume
  }

  init(path: String, mode: Mode) throws(ArchiveError) {
    self.path = path
    let flags = mode == .read ? O_RDONLY : O_RDWR | O_CREAT
    descriptor = unsafe open(path, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path, mode == .read ? "opened" : "made") }
    guard mode != .read else { return }
    // The lock ends with the process, however it ends.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, isNamed else {
      throw ArchiveError(path: path, fault: .inUse)
    }
    if mode == .create { try truncate(to: 0) }
  }

  func truncate(to size: UInt64) throws(ArchiveError) {
    guard ftruncate(descriptor, off_t(truncatingIfNeeded: size)) == 0 else {
      throw Self.failure(path, "cut down")
    }
  }

  /// Whether the opened file still has its name: who held the lock may have renamed it meanwhile.
  private var isNamed: Bool {
    var own = stat()
    var named = stat()
    guard unsafe fstat(descriptor, &own) == 0, unsafe stat(path, &named) == 0 else {
      return false
    }
    return own.st_ino == named.st_ino && own.st_dev == named.st_dev
  }

  deinit { close(descriptor) }

  func size() throws(ArchiveError) -> UInt64 {
    let end = lseek(descriptor, 0, Int32(SEEK_END))
    guard end >= 0 else { throw Self.failure(path, "measured") }
    return UInt64(end)
  }

  /// Exactly `count` bytes; fewer in the file is an error.
  func read(at offset: UInt64, count: Int) throws(ArchiveError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: done), count - done,
          off_t(truncatingIfNeeded: offset &+ UInt64(done)))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw Self.failure(path, "read", at: offset) }
      guard got > 0 else {
        throw ArchiveError(
          path: path,
          fault: .truncated(neededBytes: UInt64(count), foundBytes: UInt64(done)),
          byteOffset: offset)
      }
      done += got
    }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(ArchiveError) {
    try unsafe bytes.withUnsafeBytes { buffer in
      Result { () throws(ArchiveError) in try unsafe write(buffer, at: offset) }
    }.get()
  }

  @unsafe func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(ArchiveError) {
    var done = 0
    while done < bytes.count {
      let put = unsafe pwrite(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done,
        off_t(truncatingIfNeeded: offset &+ UInt64(done)))
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw Self.failure(path, "written", at: offset) }
      done += put
    }
  }

  /// Writes whole pages to the disk, from memory that begins with a page, and keeps none of them in the
  /// page cache; where the file system cannot, writes them as ever and lets the system begin to bring
  /// them to the disk, so that `synchronize` has less to wait for.
  @unsafe func writePastCache(
    _ pages: UnsafeRawBufferPointer, at offset: UInt64
  ) throws(ArchiveError) {
    let put = unsafe machizu_write_past_cache(
      descriptor, pages.baseAddress, Int64(pages.count), Int64(truncatingIfNeeded: offset))
    guard put != Int64(pages.count) else { return }
    // What was not written, and why, is told by the ordinary way.
    try unsafe write(pages, at: offset)
    _ = machizu_begin_writing_back(
      descriptor, Int64(truncatingIfNeeded: offset), Int64(pages.count))
  }

  /// Returns when the content is on the disk.
  func synchronize() throws(ArchiveError) {
    guard fsync(descriptor) == 0 else { throw Self.failure(path, "written to the disk") }
  }

  static func rename(_ path: String, to target: String) throws(ArchiveError) {
    guard unsafe Glibc.rename(path, target) == 0 else { throw failure(target, "given its name") }
  }

  static func remove(_ path: String) { unsafe unlink(path) }

  /// The system's reason for what failed last.
  static func failure(
    _ path: String, _ action: String, at offset: UInt64 = 0
  ) -> ArchiveError {
    let reason = unsafe String(cString: strerror(errno))
    return ArchiveError(
      path: path, fault: .system(action: action, reason: reason), byteOffset: offset)
  }
}

/// Which file has a name, and its state: differs when it was replaced or written to.
struct FileIdentity: Equatable, Sendable {
  private let numbers: [Int64]

  /// Nil where no file has the name.
  init?(path: String) {
    var found = stat()
    guard unsafe stat(path, &found) == 0 else { return nil }
    numbers = [
      Int64(truncatingIfNeeded: found.st_dev), Int64(truncatingIfNeeded: found.st_ino),
      Int64(found.st_size), Int64(found.st_mtim.tv_sec), Int64(found.st_mtim.tv_nsec),
    ]
  }
}
