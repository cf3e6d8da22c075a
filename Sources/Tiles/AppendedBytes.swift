internal import Glibc

/// The growing end of a file that is larger than what should lie in the page cache: whole blocks go to the
/// disk past the cache, which costs the processor a third and leaves the cache to what is drawn from.
@safe
final class AppendedBytes {
  private static let blockBytes = 1 << 20
  private static let pageBytes = 4096

  private let file: ArchiveFile
  private let block: UnsafeMutableRawBufferPointer
  /// Where in the file the block begins, a multiple of a page: the file has all before it.
  private var start: UInt64 = 0
  /// Where in the file the next bytes will stand.
  private(set) var end: UInt64 = 0
  /// Up to where the file has what was added.
  private var writtenEnd: UInt64 = 0

  init(to file: ArchiveFile) {
    self.file = file
    unsafe block = .allocate(byteCount: Self.blockBytes, alignment: Self.pageBytes)
  }

  /// Adds what comes next at a place of the file; what it has of the page before that stays.
  func begin(at end: UInt64) throws(ArchiveError) {
    let pageBytes = UInt64(Self.pageBytes)
    start = end / pageBytes * pageBytes
    self.end = end
    writtenEnd = end
    guard start < end else { return }
    let bytes = try file.read(at: start, count: Int(end - start))
    unsafe block.copyBytes(from: bytes)
  }

  deinit { unsafe block.deallocate() }

  func append(_ bytes: [UInt8]) throws(ArchiveError) {
    var done = 0
    while done < bytes.count {
      let used = Int(end - start)
      let count = min(bytes.count - done, Self.blockBytes - used)
      unsafe UnsafeMutableRawBufferPointer(rebasing: block[used..<used + count])
        .copyBytes(from: bytes[done..<done + count])
      done += count
      end += UInt64(count)
      guard used + count == Self.blockBytes else { continue }
      try unsafe file.writePastCache(UnsafeRawBufferPointer(block), at: start)
      start = end
      writtenEnd = end
    }
  }

  /// Gives the file all that was added.
  func flush() throws(ArchiveError) {
    guard writtenEnd < end else { return }
    try unsafe file.write(
      UnsafeRawBufferPointer(rebasing: block[..<Int(end - start)]), at: start)
    writtenEnd = end
  }

  /// Whether the bytes at a place of the file are these.
  func has(_ bytes: [UInt8], at offset: UInt64) throws(ArchiveError) -> Bool {
    let after = offset + UInt64(bytes.count)
    if offset >= start, after <= end {
      let first = Int(offset - start)
      return unsafe block[first..<first + bytes.count].elementsEqual(bytes)
    }
    if after > start { try flush() }
    return try file.read(at: offset, count: bytes.count) == bytes
  }
}
