public import Features
internal import Geometry
internal import SpatialIndex

/// A layer's drawing geometry, index and columns at one revision, mapped read-only from its file.
///
/// Opening costs the same whatever the file's size; any number of threads share it without locks.
@safe
public final class Snapshot: Sendable {
  let file: MappedFile
  let pages: PageChecks
  public let path: String
  public let revision: Revision
  let rowCount: Int
  private let rowCounts: [Int]
  let formCodes = FormCodeCache()
  let itemCount: Int
  let columns: [Column]
  let index: IndexSpace
  /// By audience.
  private let boxes: [GridBox]
  private let sections: [Range<Int>]
  /// Coarsest first.
  let strata: [Stratum]
  /// Where each band's offsets begin in the file, finest first.
  let bandOffsets: [Int]

  struct Column: Sendable {
    let codeWidth: Int
    let codeCount: Int
    /// Byte offsets in the file.
    let codes: Int
    let dictionary: Int
    let end: Int

    /// One that the file does not have: all of its codes are 0.
    static let absent = Column(codeWidth: 0, codeCount: 0, codes: 0, dictionary: 0, end: 0)

    /// The code of a row that the file has.
    @inline(__always)
    func code(row: Int, base: UnsafeRawPointer, pages: PageChecks) -> UInt32 {
      let offset = codes &+ codeWidth &* row
      pages.touch(offset, codeWidth)
      let code =
        switch codeWidth {
        case 1: unsafe UInt32(base.load(fromByteOffset: offset, as: UInt8.self))
        case 2:
          unsafe UInt32(
            UInt16(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        default:
          unsafe UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
      return Int(code) < codeCount ? code : 0
    }
  }

  /// Opens and checks the header and every section's place; the sections' contents are checked
  /// page by page when they are first read: see `damage`.
  public init(path: String) throws(SnapshotError) {
    let file = try MappedFile(path: path)
    self.file = file
    self.path = path
    typealias Word = SnapshotFormat.HeaderWord
    func word(_ index: Int) -> UInt64 { file.word(at: 8 * index) }
    func signed(_ index: Int) -> Int64 { Int64(bitPattern: word(index)) }
    guard word(Word.magic) == SnapshotFormat.magic else {
      throw SnapshotError.notASnapshot(path: path)
    }
    let version = UInt32(truncatingIfNeeded: word(Word.version))
    guard version == SnapshotFormat.version else {
      throw SnapshotError.otherVersion(
        path: path, found: version, expected: SnapshotFormat.version)
    }
    let header = (0..<SnapshotFormat.headerWords).map { $0 == Word.checksum ? 0 : word($0) }
    let size = unsafe file.bytes.count
    guard SnapshotFormat.checksum(header) == word(Word.checksum),
      word(Word.fileBytes) == UInt64(size)
    else { throw SnapshotError.damaged(path: path, what: "its header or its length is wrong") }

    var sections: [Range<Int>] = []
    for section in SnapshotFormat.Section.allCases {
      let start = word(Word.sections + 2 * section.rawValue)
      let count = word(Word.sections + 2 * section.rawValue + 1)
      guard start <= UInt64(size), count <= UInt64(size) - start,
        start % UInt64(SnapshotFormat.alignment) == 0
      else { throw SnapshotError.damaged(path: path, what: "section \(section) is out of bounds") }
      sections.append(Int(start)..<Int(start + count))
    }
    func require(_ section: SnapshotFormat.Section, _ count: UInt64) throws(SnapshotError) {
      guard UInt64(sections[section.rawValue].count) >= count else {
        throw SnapshotError.damaged(path: path, what: "section \(section) is too short")
      }
    }
    let rows = word(Word.rowCount)
    let items = word(Word.itemCount)
    let columnCount = word(Word.columnCount)
    guard rows <= UInt64(size), items <= UInt64(size), columnCount <= UInt64(size) else {
      throw SnapshotError.damaged(path: path, what: "its counts are impossible")
    }
    let checked = sections[SnapshotFormat.Section.checksums.rawValue]
    guard sections.allSatisfy({ $0.upperBound <= checked.lowerBound || $0 == checked }),
      checked.count == 8 * PageChecks.pageCount(checked.lowerBound),
      SnapshotFormat.checksum(
        stride(from: checked.lowerBound, to: checked.upperBound, by: 8).lazy.map(file.word))
        == word(Word.contents)
    else { throw SnapshotError.damaged(path: path, what: "its checksums are wrong") }
    pages = unsafe PageChecks(
      file.bytes, start: 8 * SnapshotFormat.headerWords, checksums: checked.lowerBound)

    let bands = SnapshotFormat.bandZooms.count
    let told = sections[SnapshotFormat.Section.strata.rawValue]
    pages.touch(told.lowerBound, told.count)
    guard items <= UInt64(UInt32.max),
      let strata = Stratum.all(
        told, columnCount: Int(columnCount), itemCount: Int(items),
        nodes: sections[SnapshotFormat.Section.nodes.rawValue].lowerBound, word: file.word)
    else { throw SnapshotError.damaged(path: path, what: "its counts are impossible") }
    self.strata = strata
    let nodes = strata.reduce(0) { $0 + $1.nodeCount }
    var bandOffsets: [Int] = []
    var place = sections[SnapshotFormat.Section.bandOffsets.rawValue].lowerBound
    for band in 0..<bands {
      bandOffsets.append(place)
      place += 8 * (strata.reduce(0) { $0 + ($1.band >= band ? $1.count : 0) } + 1)
    }
    self.bandOffsets = bandOffsets
    try require(.nodes, UInt64(nodes * MemoryLayout<IndexNode>.stride))
    try require(.items, items * UInt64(SnapshotFormat.itemBytes))
    try require(
      .bandOffsets,
      UInt64(place - sections[SnapshotFormat.Section.bandOffsets.rawValue].lowerBound))
    try require(.rows, rows)
    try require(.storeRows, rows * 8)
    try require(.keyOffsets, (rows + 1) * 8)
    try require(.columns, columnCount * 32)

    let values = sections[SnapshotFormat.Section.values.rawValue]
    var columns: [Column] = []
    for column in 0..<Int(columnCount) {
      let place = sections[SnapshotFormat.Section.columns.rawValue].lowerBound + 32 * column
      pages.touch(place, 32)
      let width = file.word(at: place)
      let count = file.word(at: place + 8)
      let codes = file.word(at: place + 16)
      let dictionary = file.word(at: place + 24)
      guard [1, 2, 4].contains(width), codes <= UInt64(values.count),
        UInt64(values.count) - codes >= rows * width, dictionary <= UInt64(values.count),
        count < UInt64(values.count),
        UInt64(values.count) - dictionary >= (count + 1) * 8, count > 0 || rows == 0
      else { throw SnapshotError.damaged(path: path, what: "column \(column) is out of bounds") }
      columns.append(
        Column(
          codeWidth: Int(width), codeCount: Int(count), codes: values.lowerBound + Int(codes),
          dictionary: values.lowerBound + Int(dictionary), end: values.upperBound))
    }
    func box(_ index: Int) -> GridBox {
      GridBox(
        minX: signed(index), minY: signed(index + 1), maxX: signed(index + 2),
        maxY: signed(index + 3))
    }
    let shift = word(Word.indexShift)
    guard shift < 32 else { throw SnapshotError.damaged(path: path, what: "its index is wrong") }
    self.sections = sections
    self.columns = columns
    revision = signed(Word.revision)
    rowCount = Int(rows)
    rowCounts = [Word.publicRowCount, Word.staffRowCount, Word.rowCount].map {
      Int(min(word($0), rows))
    }
    itemCount = Int(items)
    index = IndexSpace(
      originX: signed(Word.indexOriginX), originY: signed(Word.indexOriginY), shift: Int(shift))
    boxes = [box(Word.publicBounds), box(Word.staffBounds), box(Word.bounds)]
  }

  /// How many columns the file holds.
  public var columnCount: Int { columns.count }

  func section(_ section: SnapshotFormat.Section) -> Range<Int> { sections[section.rawValue] }

  /// The rows that an audience sees, and the box around their places.
  func rowCount(for audience: Audience) -> Int { rowCounts[Int(audience.rawValue)] }
  func bounds(for audience: Audience) -> GridBox { boxes[Int(audience.rawValue)] }

  /// What was found wrong in the pages that were read so far: an answer that was made from them must
  /// not be given.
  public var damage: SnapshotError? {
    pages.damagedPage.map {
      .damaged(path: path, what: "the checksum of its page \($0) is wrong")
    }
  }

  /// How much of the file was read so far, in whole pages of 64 KiB.
  public var touchedBytes: Int { pages.touchedCount << SnapshotFormat.pageBits }

  /// Looks at every page.
  public func verify() throws(SnapshotError) {
    pages.touchAll()
    if let damage { throw damage }
  }

  /// The number at a byte offset in a section, 0 outside of the file.
  func word(at offset: Int) -> UInt64 {
    pages.touch(offset, 8)
    return file.word(at: offset)
  }

  /// The code of a column in a row: one that the column has, whatever the bytes say.
  func code(row: Int, column: Int) -> UInt32 {
    code(row: row, of: column < columns.count ? columns[column] : .absent)
  }

  private func code(row: Int, of place: Column) -> UInt32 {
    guard row < rowCount, let base = unsafe file.bytes.baseAddress else { return 0 }
    return unsafe place.code(row: row, base: base, pages: pages)
  }

  func value(column: Int, code: UInt32) -> Attribute {
    guard column < columns.count, Int(code) < columns[column].codeCount else { return .null }
    let place = columns[column]
    let first = word(at: place.dictionary + 8 * Int(code))
    let last = word(at: place.dictionary + 8 * Int(code) + 8)
    let room = UInt64(place.end - place.dictionary)
    guard first <= last, last <= room else { return .null }
    let range = place.dictionary + Int(first)..<place.dictionary + Int(last)
    pages.touch(range.lowerBound, range.count)
    return AttributeCoding.decode(unsafe Array(file.bytes[range]))
  }

  /// The least audience that sees a row.
  ///
  /// - Precondition: `row` is in `0 ..< rowCount`.
  func audience(row: Int) -> UInt8 {
    precondition(row >= 0 && row < rowCount)
    let place = section(.rows).lowerBound + row
    pages.touch(place, 1)
    return unsafe file.bytes[place]
  }

  func keyText(row: Int) -> String {
    let range = keyRange(row)
    return unsafe String(
      decoding: UnsafeRawBufferPointer(rebasing: file.bytes[range]), as: UTF8.self)
  }

  /// The row of a key by binary search, over bytes as they are stored.
  func row(keyText: String) -> Int? {
    let wanted = Array(keyText.utf8)
    var low = 0
    var high = rowCount
    while low < high {
      let middle = (low + high) / 2
      let range = keyRange(middle)
      let stored = unsafe UnsafeRawBufferPointer(rebasing: file.bytes[range])
      if unsafe stored.elementsEqual(wanted) { return middle }
      if unsafe stored.lexicographicallyPrecedes(wanted) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return nil
  }

  private func keyRange(_ row: Int) -> Range<Int> {
    let offsets = section(.keyOffsets).lowerBound
    let keys = section(.keys)
    let first = word(at: offsets + 8 * row)
    let last = word(at: offsets + 8 * row + 8)
    guard row < rowCount, first <= last, last <= UInt64(keys.count) else {
      return keys.lowerBound..<keys.lowerBound
    }
    pages.touch(keys.lowerBound + Int(first), Int(last - first))
    return keys.lowerBound + Int(first)..<keys.lowerBound + Int(last)
  }
}
