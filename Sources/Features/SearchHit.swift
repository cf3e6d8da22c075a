package import Geometry

/// An item that a search found, before anything else of it is read.
package struct SearchHit: Sendable {
  /// Row and kind, in the order of keys.
  package let word: UInt64
  /// The number that its source knows it by.
  package let item: UInt32
  /// What its source notes of its form.
  package let form: Int32

  @inline(__always)
  package init(row: UInt32, kind: GeometryKind, item: UInt32, form: Int32) {
    word = Self.word(row: row, kind: kind)
    self.item = item
    self.form = form
  }

  package var row: UInt32 { UInt32(truncatingIfNeeded: word >> 2) }

  @inline(__always)
  static func word(row: UInt32, kind: GeometryKind) -> UInt64 {
    UInt64(row) << 2 | UInt64(kind.rawValue & 3)
  }

  /// Sorts by row and kind, equals by their numbers.
  ///
  /// - Precondition: equals come in the order of their numbers.
  /// - Parameter others: memory for as many.
  package static func sort(_ hits: inout [SearchHit], _ others: inout [SearchHit]) {
    guard let first = hits.first else { return }
    var differing: UInt64 = 0
    var last = first.word
    var isSorted = true
    for hit in hits {
      differing |= hit.word ^ first.word
      if hit.word < last { isSorted = false }
      last = hit.word
    }
    guard !isSorted else { return }
    guard hits.count > 128 else {
      hits.sort { $0.word != $1.word ? $0.word < $1.word : $0.item < $1.item }
      return
    }
    if others.count < hits.count {
      others.append(contentsOf: repeatElement(first, count: hits.count - others.count))
    } else {
      others.removeLast(others.count - hits.count)
    }
    var starts = [Int](repeating: 0, count: digits)
    for shift in stride(from: UInt64(0), to: 34, by: digitBits)
    where differing >> shift & UInt64(digits - 1) != 0 {
      move(from: hits.span, to: others.mutableSpan, starts: starts.mutableSpan, shift: shift)
      swap(&hits, &others)
    }
  }

  private static var digitBits: Int { 10 }
  private static var digits: Int { 1 << digitBits }

  /// One step of a sort by digits from the last to the first.
  private static func move(
    from hits: Span<SearchHit>, to others: consuming MutableSpan<SearchHit>,
    starts: consuming MutableSpan<Int>, shift: UInt64
  ) {
    let mask = UInt64(digits - 1)
    for digit in 0..<digits { starts[digit] = 0 }
    for i in hits.indices { starts[Int(hits[i].word >> shift & mask)] += 1 }
    var sum = 0
    for digit in 0..<digits {
      let count = starts[digit]
      starts[digit] = sum
      sum += count
    }
    for i in hits.indices {
      let hit = hits[i]
      let digit = Int(hit.word >> shift & mask)
      others[starts[digit]] = hit
      starts[digit] += 1
    }
  }
}

/// What a search works with, kept for the next one.
package struct SearchScratch: Sendable {
  package var hits: [SearchHit] = []
  package var others: [SearchHit] = []
  /// By packed kind and codes what is known of a form.
  package var forms: [Int32] = []

  package init() {}
}
