internal import Glibc

extension Snapshot {
  private static let partialSuffix = ".partial"

  /// Writes a snapshot's bytes beside `path` and renames them into place: readers see a whole file or
  /// none. Nothing is left where the disk is full; what a killed process left, `removeAbandoned` takes.
  public static func write(_ bytes: [UInt8], to path: String) throws(SnapshotError) {
    let partial = "\(path).\(getpid())\(partialSuffix)"
    func failure() -> SnapshotError {
      let reason = unsafe String(cString: strerror(errno))
      unsafe unlink(partial)
      return .unwritable(path: path, reason: reason)
    }
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure() }
    let isWritten = unsafe bytes.withUnsafeBytes { buffer in
      var start = 0
      while start < buffer.count {
        let count = unsafe Glibc.write(
          descriptor, buffer.baseAddress! + start, min(buffer.count - start, 1 << 24))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        start += count
      }
      return true
    }
    guard isWritten else {
      let reason = failure()
      close(descriptor)
      throw reason
    }
    guard close(descriptor) == 0, unsafe rename(partial, path) == 0 else { throw failure() }
  }

  /// Whether a file beside snapshots is what a process that is no more had begun to write.
  public static func isAbandoned(_ name: String) -> Bool {
    guard name.hasSuffix(partialSuffix),
      let process = name.dropLast(partialSuffix.count).split(separator: ".").last.flatMap({
        Int32($0)
      }), process > 0
    else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }
}
