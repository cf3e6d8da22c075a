internal import Glibc

/// A new file that is written from its start to its end.
final class OutputFile {
  let path: String
  private let descriptor: Int32

  /// A file that is there loses its content.
  init(_ path: String) throws(CommandError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws(CommandError) {
    var start = 0
    while start < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress! + start, bytes.count - start)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path) }
      start += written
    }
  }

  private static func failure(_ path: String) -> CommandError {
    .failed("\(path) cannot be written: \(unsafe String(cString: strerror(errno))).")
  }
}
