import FoundationEssentials
import SeededRandom
import Testing

@testable import Tiles

/// The end of a growing file against an array that grows alike.
@Suite struct AppendedBytesTests {
  private let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).bin"

  @Test("what is added stands in the file, over many blocks and runs", arguments: [1, 2, 3])
  func addsOverBlocksAndRuns(seed: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var random = SeededGenerator(seed: seed)
    var expected = [UInt8](repeating: 9, count: 4096 * seed)
    try ArchiveFile(path: path, mode: .create).write(expected, at: 0)
    for _ in 0..<4 {
      // A run that ended has left bytes that nobody counts.
      let file = try ArchiveFile(path: path, mode: .resume)
      try file.write([1, 2, 3], at: UInt64(expected.count))
      try file.truncate(to: UInt64(expected.count))
      let appended = AppendedBytes(to: file)
      try appended.begin(at: UInt64(expected.count))
      for _ in 0..<40 {
        let count = Int.random(
          in: 1...(Bool.random(using: &random) ? 200 : 150_000), using: &random)
        let piece = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
        try appended.append(piece)
        expected += piece
        #expect(appended.end == UInt64(expected.count))
        if Int.random(in: 0..<9, using: &random) == 0 { try appended.flush() }
        let first = Int.random(in: 0..<expected.count, using: &random)
        let last = min(first + Int.random(in: 1...300_000, using: &random), expected.count)
        var part = Array(expected[first..<last])
        #expect(try appended.has(part, at: UInt64(first)))
        part[part.count / 2] &+= 1
        #expect(try !appended.has(part, at: UInt64(first)))
      }
      try appended.flush()
      #expect(try file.size() == UInt64(expected.count))
      #expect(try file.read(at: 0, count: expected.count) == expected)
    }
  }

  @Test("pages stand in the file whether or not the page cache is passed by")
  func writesPages() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try ArchiveFile(path: path, mode: .create)
    let pages = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 4096)
    defer { unsafe pages.deallocate() }
    let bytes = (0..<8192).map { UInt8(truncatingIfNeeded: $0 / 7) }
    unsafe pages.copyBytes(from: bytes)
    try unsafe file.writePastCache(UnsafeRawBufferPointer(pages), at: 4096)
    // Neither a whole page nor its place: no file system takes this past the cache.
    try unsafe file.writePastCache(UnsafeRawBufferPointer(rebasing: pages[..<100]), at: 50)
    #expect(try file.read(at: 4096, count: 8192) == bytes)
    #expect(try file.read(at: 50, count: 100) == Array(bytes[..<100]))
  }
}
