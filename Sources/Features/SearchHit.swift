package import Geometry

/// An item that a search found, before anything else of it is read.
package struct SearchHit: Sendable {
  /// Row and kind, in the order of keys.
  package let word: UInt64
  /// The number that its source knows it by.
  package let item: UInt32
  /// What its source notes of its form.
  package let form: Int32

  @inlinable @inline(__always)
  package init(row: UInt32, kind: GeometryKind, item: UInt32, form: Int32) {
    word = Self.word(row: row, kind: kind)
    self.item = item
    self.form = form
  }

  @inlinable @inline(__always)
  package var row: UInt32 { UInt32(truncatingIfNeeded: word >> 2) }

  @inlinable @inline(__always)
  package var isPoint: Bool { word & 3 == UInt64(GeometryKind.point.rawValue) }

  @inlinable @inline(__always)
  package static func word(row: UInt32, kind: GeometryKind) -> UInt64 {
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
    for i in hits.indices {
      let word = hits[i].word
      differing |= word ^ first.word
      if word < last { isSorted = false }
      last = word
    }
    guard !isSorted else { return }
    guard hits.count > insertionLimit else { return insert(&hits) }
    if others.count < hits.count {
      others.append(contentsOf: repeatElement(first, count: hits.count - others.count))
    } else {
      others.removeLast(others.count - hits.count)
    }
    // As few steps as the count bears, all of about the same width.
    let low = differing.trailingZeroBitCount
    let width = UInt64.bitWidth - differing.leadingZeroBitCount - low
    let widest = hits.count < 64 ? 6 : hits.count < 2048 ? 9 : 11
    let steps = (width + widest - 1) / widest
    let bits = (width + steps - 1) / steps
    var starts = [UInt32](repeating: 0, count: 1 << bits)
    for step in 0..<steps {
      move(
        from: hits.span, to: others.mutableSpan, starts: starts.mutableSpan,
        shift: UInt64(low + step * bits))
      swap(&hits, &others)
    }
  }

  private static var insertionLimit: Int { 12 }

  private static func insert(_ hits: inout [SearchHit]) {
    var sorted = hits.mutableSpan
    for i in sorted.indices.dropFirst() {
      let hit = sorted[i]
      var place = i
      while place > 0, sorted[place &- 1].word > hit.word {
        sorted[place] = sorted[place &- 1]
        place &-= 1
      }
      sorted[place] = hit
    }
  }

  /// One step of a sort by digits from the last to the first.
  ///
  /// - Parameter starts: for each digit a place, whatever is in it.
  private static func move(
    from hits: Span<SearchHit>, to others: consuming MutableSpan<SearchHit>,
    starts: consuming MutableSpan<UInt32>, shift: UInt64
  ) {
    let mask = UInt64(starts.count &- 1)
    for digit in starts.indices { starts[digit] = 0 }
    for i in hits.indices { starts[Int(hits[i].word &>> shift & mask)] &+= 1 }
    var sum: UInt32 = 0
    for digit in starts.indices {
      let count = starts[digit]
      starts[digit] = sum
      sum &+= count
    }
    for i in hits.indices {
      let hit = hits[i]
      let digit = Int(hit.word &>> shift & mask)
      let place = starts[digit]
      others[Int(place)] = hit
      starts[digit] = place &+ 1
    }
  }
}

/// What a search works with, kept for the next one.
package struct SearchScratch: Sendable {
  package var hits: [SearchHit] = []
  package var others: [SearchHit] = []
  package var ranges: [Range<Int>] = []
  /// By packed kind and codes what is known of a form.
  package var forms: [Int32] = []

  package init() {}
}
