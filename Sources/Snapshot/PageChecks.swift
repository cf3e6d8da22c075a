internal import Synchronization

/// The checksums of a mapped file's pages: each page is looked at once, when it is first read.
///
/// Readers go on after a page that is damaged (every place they take from it is checked), and whoever
/// gives their answer away asks `damagedPage` before.
@safe
final class PageChecks: Sendable {
  private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  /// Where the pages begin and end: behind the header, before the checksums.
  private let start: Int
  private let end: Int
  let pageCount: Int
  /// A byte a page: 0 is not looked at.
  private nonisolated(unsafe) let states: UnsafeMutablePointer<Atomic<UInt8>>
  private let damaged = Atomic(-1)

  /// - Precondition: the bytes outlive this object; `checksums` lies within them and holds a word for
  ///   each page before it.
  init(_ bytes: UnsafeRawBufferPointer, start: Int, checksums end: Int) {
    unsafe self.bytes = unsafe bytes
    self.start = start
    self.end = end
    pageCount = Self.pageCount(end)
    unsafe states = .allocate(capacity: max(pageCount, 1))
    for page in 0..<pageCount { unsafe (states + page).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe states.deinitialize(count: pageCount)
    unsafe states.deallocate()
  }

  static func pageCount(_ end: Int) -> Int {
    (end + SnapshotFormat.pageBytes - 1) >> SnapshotFormat.pageBits
  }

  /// How many pages were looked at.
  var touchedCount: Int {
    (0..<pageCount).count { unsafe states[$0].load(ordering: .relaxed) != 0 }
  }

  /// The first page that was found damaged.
  var damagedPage: Int? {
    let page = damaged.load(ordering: .relaxed)
    return page < 0 ? nil : page
  }

  /// Looks at the pages of `count` bytes that were not looked at yet.
  @inline(__always)
  func touch(_ offset: Int, _ count: Int) {
    let page = offset >> SnapshotFormat.pageBits
    if page == (offset &+ count &- 1) >> SnapshotFormat.pageBits, page >= 0, page < pageCount,
      unsafe states[page].load(ordering: .relaxed) != 0
    {
      return
    }
    look(offset, count)
  }

  @inline(never)
  private func look(_ offset: Int, _ count: Int) {
    var page = offset >> SnapshotFormat.pageBits
    let last = (offset &+ count &- 1) >> SnapshotFormat.pageBits
    while page <= last {
      if page >= 0, page < pageCount, unsafe states[page].load(ordering: .relaxed) == 0 {
        verify(page)
      }
      page &+= 1
    }
  }

  /// Looks at every page.
  func touchAll() { touch(0, end) }

  @inline(never)
  private func verify(_ page: Int) {
    let first = max(page << SnapshotFormat.pageBits, start)
    let last = min((page + 1) << SnapshotFormat.pageBits, end)
    let expected = unsafe UInt64(
      littleEndian: bytes.loadUnaligned(fromByteOffset: end + 8 * page, as: UInt64.self))
    let found =
      first < last
      ? unsafe SnapshotFormat.checksum(page: UnsafeRawBufferPointer(rebasing: bytes[first..<last]))
      : expected
    if found != expected { damaged.store(page, ordering: .relaxed) }
    unsafe states[page].store(1, ordering: .releasing)
  }
}
