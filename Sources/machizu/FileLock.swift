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
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .failed(busy)
    }
  }

  deinit { close(descriptor) }
}
