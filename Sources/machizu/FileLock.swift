internal import Glibc

/// A file that one process at a time holds; the lock ends with the process, however it ends.
final class FileLock {
  private let descriptor: Int32

  /// - Parameter busy: what to tell where another process holds it.
  init(path: String, busy: String) throws(CommandError) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .failed("\(path) cannot be made: \(unsafe String(cString: strerror(errno))).")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isNamed(path, descriptor) else {
      close(descriptor)
      throw .failed(busy)
    }
  }

  /// Whether the opened file still has the name: who held the lock may have removed it meanwhile.
  private static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
    var own = stat()
    var named = stat()
    guard unsafe fstat(descriptor, &own) == 0, unsafe stat(path, &named) == 0 else { return false }
    return own.st_ino == named.st_ino && own.st_dev == named.st_dev
  }

  deinit { close(descriptor) }
}
