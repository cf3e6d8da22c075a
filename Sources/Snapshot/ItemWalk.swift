internal import Features
internal import Geometry

/// A search's way through the items of the trees, and what it has found so far.
@safe
struct ItemWalk {
  private static let longestRange = 64

  private let reader: ItemReader
  /// Of the codes that are asked for.
  private let columns: UnsafeBufferPointer<Snapshot.Column>
  private let columnCount: Int
  private(set) var forms: FormNumbers
  /// Items that may be found, in pieces that a look ahead bears.
  private var ranges: [Range<Int>]
  /// Nil where no column is numbered.
  private(set) var cursor: FormCursor?
  /// Memory for the codes of one form.
  private var picked: [UInt32]
  /// How many items were looked at in vain.
  private(set) var wasted = 0
  /// Of all hits together, at most.
  private(set) var partCount = 0
  private(set) var vertexCount = 0

  /// - Parameter ranges: memory, empty, taken until `giveBack`.
  /// - Precondition: `columns` outlives the walk's last step.
  init(
    _ reader: ItemReader, columns: UnsafeBufferPointer<Snapshot.Column>, forms: FormNumbers,
    cursor: FormCursor?, ranges: inout [Range<Int>]
  ) {
    self.reader = reader
    unsafe self.columns = unsafe columns
    columnCount = columns.count
    self.forms = forms
    self.cursor = cursor
    self.ranges = []
    swap(&self.ranges, &ranges)
    picked = Array(repeating: 0, count: columns.count)
  }

  /// As of `Stratum.mayHold`.
  ///
  /// - Parameter columns: of the file.
  mutating func mayTake(
    from stratum: Stratum, _ columns: [Int], where isWanted: (GeometryKind, Span<UInt32>) -> Bool
  ) -> Bool {
    var codes: [UInt32] = []
    swap(&codes, &picked)
    defer { swap(&codes, &picked) }
    return stratum.mayHold(columns, picked: &codes) { forms.isWanted($0, $1, isWanted) }
  }

  /// Notes a range of items to be taken, and asks for what is read of them first.
  mutating func note(_ range: Range<Int>) {
    reader.prefetchItems(range)
    guard cursor == nil else { return ranges.append(range) }
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + Self.longestRange, range.upperBound)
      ranges.append(start..<end)
      start = end
    }
  }

  /// Appends the visible items of the noted ranges that are wanted and lie in the window; the next
  /// range's memory is on its way while one is taken.
  ///
  /// - Parameter codes: takes those of new forms.
  mutating func takeNoted(
    where isWanted: (GeometryKind, Span<UInt32>) -> Bool, into hits: inout [SearchHit],
    codes: inout [UInt32]
  ) {
    var ranges: [Range<Int>] = []
    swap(&ranges, &self.ranges)
    if let first = ranges.first { ask(for: first) }
    for i in ranges.indices {
      if i + 1 < ranges.count { ask(for: ranges[i + 1]) }
      take(ranges[i], where: isWanted, into: &hits, codes: &codes)
    }
    ranges.removeAll(keepingCapacity: true)
    swap(&ranges, &self.ranges)
  }

  /// Asks for the codes and the place of the forms of a range's items.
  private func ask(for range: Range<Int>) {
    guard cursor == nil else { return }
    let reader = reader
    let columns = unsafe columns
    for item in range {
      for place in 0..<columnCount { unsafe reader.prefetch(item, columns[place]) }
    }
    reader.prefetchOffsets(range)
  }

  private mutating func take(
    _ range: Range<Int>, where isWanted: (GeometryKind, Span<UInt32>) -> Bool,
    into hits: inout [SearchHit], codes: inout [UInt32]
  ) {
    if hits.capacity - hits.count < range.count {
      hits.reserveCapacity(max(2 * hits.capacity, hits.count + range.count))
    }
    // What does not change is counted and read once.
    let reader = reader
    let columns = unsafe columns
    let columnCount = columnCount
    let isNumbered = forms.isNumbered
    let end = range.upperBound
    hits.append(addingCapacity: range.count) { hits in
      var item = range.lowerBound
      while true {
        if cursor != nil { item = cursor?.next(in: item..<end) ?? item }
        guard item < end else { return }
        defer { item &+= 1 }
        guard let (row, kind) = reader.find(item) else { continue }
        var form = forms.unknownForm
        if isNumbered {
          var packed = UInt32(kind.rawValue)
          for place in 0..<columnCount {
            packed = unsafe forms.packed(packed, place, reader.code(row: row, of: columns[place]))
          }
          form = forms.number(packed)
        }
        if form == forms.unknownForm { form = addForm(row, kind, isWanted, &codes) }
        guard form >= 0 else {
          waste(row, kind)
          continue
        }
        reader.prefetchGeometry(item)
        hits.append(
          SearchHit(
            row: UInt32(truncatingIfNeeded: row), kind: kind,
            item: UInt32(truncatingIfNeeded: item), form: Int32(truncatingIfNeeded: form)))
      }
    }
  }

  /// Leaves out the hits whose form is too small for the band, and counts what the others are made of.
  mutating func measure(_ hits: inout [SearchHit]) {
    let reader = reader
    var kept = 0
    for i in hits.indices {
      let hit = hits[i]
      guard let size = reader.size(Int(hit.item), isPoint: hit.isPoint) else { continue }
      partCount &+= size.parts
      vertexCount &+= size.vertices
      if kept != i { hits[kept] = hit }
      kept &+= 1
    }
    hits.removeLast(hits.count - kept)
  }

  mutating func giveBack(_ memory: inout [Range<Int>]) { swap(&ranges, &memory) }

  @inline(never)
  private mutating func addForm(
    _ row: Int, _ kind: GeometryKind, _ isWanted: (GeometryKind, Span<UInt32>) -> Bool,
    _ codes: inout [UInt32]
  ) -> Int {
    var asked: [UInt32] = []
    swap(&asked, &picked)
    defer { swap(&asked, &picked) }
    for place in 0..<columnCount {
      asked[place] = unsafe reader.code(row: row, of: columns[place])
    }
    return forms.addNumber(kind, asked.span, isWanted, codes: &codes)
  }

  private mutating func waste(_ row: Int, _ kind: GeometryKind) {
    wasted &+= 1
    guard cursor != nil, let column = unsafe columns.first else { return }
    cursor?.refuse(FormCodes.number(kind, reader.code(row: row, of: column)))
  }
}
