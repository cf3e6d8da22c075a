internal import Features
internal import Geometry
internal import Synchronization

/// What a search may pass over without a look at the items: kind and code of one column.
///
/// At low zooms a map draws few of a layer's forms, say its trunk roads, and a search would read all
/// of the others only to hear that they are not wanted.
struct FormCodes: Sendable {
  /// Columns with more codes than this are not numbered: three kinds of them fit 64 bits.
  static let codeLimit = 20

  /// The numbers that occur, ascending.
  private let present: [UInt8]
  /// For each 64 items a word for each of `present`: which of the items have that number.
  private let words: [UInt64]

  init(_ numbers: [UInt8]) {
    var places = [Int](repeating: -1, count: 64)
    var present: [UInt8] = []
    for number in Set(numbers).sorted() {
      places[Int(number)] = present.count
      present.append(number)
    }
    var words = [UInt64](repeating: 0, count: (numbers.count + 63) / 64 * present.count)
    for (item, number) in numbers.enumerated() {
      words[item / 64 * present.count + places[Int(number)]] |= 1 << UInt64(item % 64)
    }
    self.present = present
    self.words = words
  }

  /// The number of a kind and a code below `codeLimit`.
  static func number(_ kind: GeometryKind, _ code: UInt32) -> UInt8 {
    kind.rawValue * UInt8(codeLimit) + UInt8(truncatingIfNeeded: code)
  }

  /// Those of 64 items whose numbers are not refused, a bit each.
  ///
  /// - Parameter word: of the items from 64 · `word` on.
  fileprivate func wanted(_ word: Int, refused: UInt64) -> UInt64 {
    let step = present.count
    var wanted: UInt64 = 0
    for place in 0..<step where refused >> UInt64(present[place]) & 1 == 0 {
      wanted |= words[word * step + place]
    }
    return wanted
  }
}

/// Leads a search from item to item past what it has refused.
struct FormCursor {
  private let codes: FormCodes
  private var refused: UInt64 = 0
  /// The 64 items that `wanted` is for.
  private var word = -1
  private var wanted: UInt64 = 0

  init(_ codes: FormCodes) {
    self.codes = codes
  }

  mutating func refuse(_ number: UInt8) {
    refused |= 1 << UInt64(number)
    word = -1
  }

  /// The first item of `range` whose number is not refused; the range's end if there is none.
  @inline(__always)
  mutating func next(in range: Range<Int>) -> Int {
    guard refused != 0 else { return range.lowerBound }
    var item = range.lowerBound
    while item < range.upperBound {
      if item >> 6 != word {
        word = item >> 6
        wanted = codes.wanted(word, refused: refused)
      }
      let rest = wanted >> UInt64(item & 63)
      if rest != 0 { return min(item + rest.trailingZeroBitCount, range.upperBound) }
      item = (word + 1) << 6
    }
    return range.upperBound
  }
}

/// The numbered columns of a snapshot: a column is numbered once searches have looked at as many items
/// in vain as the snapshot has.
final class FormCodeCache: Sendable {
  private struct Entry {
    var wasted = 0
    var codes: FormCodes?
  }

  private let entries = Mutex<[Int: Entry]>([:])

  /// Nil while the column is not numbered.
  func codes(column: Int) -> FormCodes? {
    entries.withLock { $0[column]?.codes }
  }

  /// - Parameters:
  ///   - wasted: items that a search has looked at in vain.
  ///   - make: numbers the column.
  func note(column: Int, wasted: Int, itemCount: Int, make: () -> FormCodes) {
    let isDue = entries.withLock { entries in
      entries[column, default: Entry()].wasted += wasted
      return entries[column].map { $0.codes == nil && $0.wasted >= itemCount } ?? false
    }
    guard isDue else { return }
    let made = make()
    entries.withLock { $0[column]?.codes = made }
  }
}
