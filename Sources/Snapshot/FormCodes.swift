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
  static let blockBits = 4

  /// By item.
  private let numbers: [UInt8]
  /// For each `1 << blockBits` items, the numbers that occur.
  private let blocks: [UInt64]

  init(_ numbers: [UInt8]) {
    var blocks = [UInt64](repeating: 0, count: (numbers.count >> Self.blockBits) + 1)
    for (item, number) in numbers.enumerated() { blocks[item >> Self.blockBits] |= 1 << number }
    self.numbers = numbers
    self.blocks = blocks
  }

  /// The number of a kind and a code below `codeLimit`.
  static func number(_ kind: GeometryKind, _ code: UInt32) -> UInt8 {
    kind.rawValue * UInt8(codeLimit) + UInt8(truncatingIfNeeded: code)
  }

  /// The first item of `range` whose number is not refused; the range's end if there is none.
  @inline(__always)
  func next(in range: Range<Int>, refused: UInt64) -> Int {
    var item = range.lowerBound
    let side = 1 << Self.blockBits
    while item < range.upperBound {
      if item & (side - 1) == 0, item + side <= range.upperBound,
        blocks[item >> Self.blockBits] & ~refused == 0
      {
        item += side
      } else if refused >> numbers[item] & 1 != 0 {
        item += 1
      } else {
        return item
      }
    }
    return item
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
