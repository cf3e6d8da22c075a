internal import Features
internal import Geometry

/// A search's way through the items of the trees, and what it has found so far.
@safe
struct ItemWalk {
  private let reader: ItemReader
  /// Of the codes that are asked for.
  private let columns: UnsafeBufferPointer<Snapshot.Column>
  private let columnCount: Int
  private(set) var forms: FormNumbers
  /// Nil where no column is numbered.
  private(set) var cursor: FormCursor?
  /// Memory for the codes of one form.
  private var picked: [UInt32]
  /// How many items were looked at in vain.
  private(set) var wasted = 0
  /// Of all hits together, at most.
  private(set) var partCount = 0
  private(set) var vertexCount = 0

  /// - Precondition: `columns` outlives the walk's last step.
  init(
    _ reader: ItemReader, columns: UnsafeBufferPointer<Snapshot.Column>, forms: FormNumbers,
    cursor: FormCursor?
  ) {
    self.reader = reader
    unsafe self.columns = unsafe columns
    columnCount = columns.count
    self.forms = forms
    self.cursor = cursor
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

  /// Appends the visible items of a range that are wanted, lie in the window and have a form in the
  /// band.
  ///
  /// - Parameter codes: takes those of new forms.
  mutating func take(
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
    if cursor == nil {
      for item in range {
        for place in 0..<columnCount { unsafe reader.prefetch(item, columns[place]) }
      }
    }
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
        guard let size = reader.size(item, kind: kind) else { continue }
        partCount &+= size.parts
        vertexCount &+= size.vertices
        hits.append(
          SearchHit(
            row: UInt32(truncatingIfNeeded: row), kind: kind,
            item: UInt32(truncatingIfNeeded: item), form: Int32(truncatingIfNeeded: form)))
      }
    }
  }

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
