internal import Glibc

/// A regular file, opened for reading only.
final class InputFile {
  let path: String
  let byteCount: Int
  private let descriptor: CInt

  init(path: String) throws(FormatError) {
    // O_NONBLOCK, so that opening a FIFO nobody writes to does not wait for ever.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let error = Self.failure(path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FormatError(.unreadable, file: path, reason: "this is no regular file")
    }
    self.path = path
    self.byteCount = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Up to `limit` bytes from where reading stands; empty at the end.
  func read(upTo limit: Int) throws(FormatError) -> [UInt8] {
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
      repeat {
        unsafe count = Glibc.read(descriptor, buffer.baseAddress, limit)
      } while count < 0 && errno == EINTR
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw Self.failure(path) }
    return bytes
  }

  func seek(to offset: Int) throws(FormatError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw Self.failure(path) }
  }

  /// The whole file from its start; refused above `limit` bytes.
  func readAll(limit: Int) throws(FormatError) -> [UInt8] {
    guard byteCount <= limit else {
      throw FormatError(
        .refused, file: path, reason: "\(byteCount) bytes are above the limit of \(limit) bytes")
    }
    try seek(to: 0)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    while true {
      let chunk = try read(upTo: 1 << 20)
      if chunk.isEmpty { return bytes }
      guard bytes.count + chunk.count <= limit else {
        throw FormatError(
          .refused, file: path, reason: "it grows above the limit of \(limit) bytes while read")
      }
      bytes += chunk
    }
  }

  private static func failure(_ path: String) -> FormatError {
    let reason = unsafe String(cString: strerror(errno))
    return FormatError(.unreadable, file: path, reason: "cannot be read: \(reason)")
  }
}
