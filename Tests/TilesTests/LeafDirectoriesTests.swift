import Testing

@testable import Tiles

@Suite("Kept leaf directories")
struct LeafDirectoriesTests {
  private func entries(_ number: UInt64, count: Int) -> [PMTilesEntry] {
    (0..<count).map {
      PMTilesEntry(number: number + UInt64($0), offset: 0, length: 1, runLength: 1)
    }
  }

  @Test("a directory that was read is not read again, and another place's is another")
  func keeps() throws {
    let leaves = LeafDirectories(entryLimit: 100)
    for round in 0..<3 {
      for offset in [UInt64](arrayLiteral: 10, 20) {
        let found = try leaves.directory(at: offset) { () throws(ArchiveError) in
          guard round == 0 else { throw ArchiveError(path: "again", fault: .notAnArchive) }
          return entries(offset, count: 5)
        }
        #expect(found == entries(offset, count: 5))
      }
    }
  }

  @Test(
    "what is kept stays within the limit, and one that is larger is not kept", arguments: 0..<10)
  func bounded(seed: Int) throws {
    let leaves = LeafDirectories(entryLimit: 100)
    var state = UInt64(seed) &+ 1
    for _ in 0..<500 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let offset = (state >> 33) % 40
      let wanted = entries(offset, count: Int(offset) * 4 + 1)
      #expect(try leaves.directory(at: offset) { () throws(ArchiveError) in wanted } == wanted)
      #expect(leaves.entryCount <= 200)
    }
    let large = entries(0, count: 101)
    var reads = 0
    for _ in 0..<2 {
      _ = try leaves.directory(at: 99) { () throws(ArchiveError) in
        reads += 1
        return large
      }
    }
    #expect(reads == 2)
  }

  @Test("an error is told and not kept")
  func tellsErrors() throws {
    let leaves = LeafDirectories(entryLimit: 100)
    #expect(throws: ArchiveError(path: "a", fault: .notAnArchive)) {
      try leaves.directory(at: 1) { () throws(ArchiveError) in
        throw ArchiveError(path: "a", fault: .notAnArchive)
      }
    }
    #expect(try leaves.directory(at: 1) { () throws(ArchiveError) in [] } == [])
  }
}
