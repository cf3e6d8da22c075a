internal import Glibc

/// A file that is written beside its place and gets its name only when it is whole, so that nobody
/// ever reads half of it. What was not published is deleted with its owner.
public final class OutputFile {
  public let path: String
  private let partial: String
  private var descriptor: CInt
  private var buffer: [UInt8] = []
  private var isWaiting = true
  /// How many bytes were appended.
  public private(set) var byteCount = 0

  private static let bufferBytes = 256 << 10

  public init(path: String) throws(FormatError) {
    self.path = path
    partial = Self.partialPath(of: path)
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      descriptor = -1
      isWaiting = false
      throw FormatError(
        .refused, file: path, reason: "is no file that could be replaced; give another name")
    }
    descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      isWaiting = false
      throw Self.failure(path)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if isWaiting { Self.remove(partial) }
  }

  /// Where a file is written before it gets its name.
  public static func partialPath(of path: String) -> String { path + ".part" }

  public func append(_ bytes: [UInt8]) throws(FormatError) {
    buffer += bytes
    byteCount += bytes.count
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Replaces bytes at the file's beginning, such as a header that counts what follows it.
  public func replaceStart(_ bytes: [UInt8]) throws(FormatError) {
    try flush()
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.failure(path) }
    try write(bytes)
    guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw Self.failure(path) }
  }

  /// Completes the file; nothing can be appended after it.
  public func finish() throws(FormatError) {
    try flush()
    let status = close(descriptor)
    descriptor = -1
    guard status == 0 else { throw Self.failure(path) }
  }

  /// Gives the finished file its name, in place of a file that has it.
  public func publish() throws(FormatError) {
    try Self.publish(path)
    isWaiting = false
  }

  /// Gives the file at `partialPath(of:)` its name, in place of a file that has it.
  ///
  /// It is on the disk before it has the name, whoever wrote it.
  public static func publish(_ path: String) throws(FormatError) {
    let partial = partialPath(of: path)
    let descriptor = unsafe open(partial, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    let status = fsync(descriptor)
    close(descriptor)
    guard status == 0, unsafe rename(partial, path) == 0 else { throw failure(path) }
  }

  /// Deletes a file; nothing happens where there is none.
  public static func remove(_ path: String) { _ = unsafe unlink(path) }

  private func flush() throws(FormatError) {
    guard !buffer.isEmpty else { return }
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(FormatError) {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { source in
        unsafe Glibc.write(
          descriptor, source.baseAddress.map { unsafe $0 + start }, bytes.count - start)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure(path)
      }
      start += count
    }
  }

  private static func failure(_ path: String) -> FormatError {
    let reason = unsafe String(cString: strerror(errno))
    return FormatError(.unreadable, file: path, reason: "cannot be written: \(reason)")
  }
}
