internal import Glibc

/// A file's bytes in memory, read as they are touched; unmapped when the last holder lets go.
@safe
final class MappedFile: Sendable {
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  init(path: String) throws(SnapshotError) {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
    let count = Int(status.st_size)
    guard count >= SnapshotFormat.headerWords * 8 else {
      throw SnapshotError.notASnapshot(path: path)
    }
    let start = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else { throw Self.failure(path) }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }

  private static func failure(_ path: String) -> SnapshotError {
    .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
  }

  /// The number at a byte offset, 0 outside of the file.
  func word(at offset: Int) -> UInt64 {
    guard offset >= 0, unsafe offset <= bytes.count - 8 else { return 0 }
    return unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
