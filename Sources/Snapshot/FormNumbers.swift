internal import Features
internal import Geometry

/// The forms that one search meets: each is asked for once, and those that are wanted are numbered, so
/// that whoever draws them decides once for all items of a form.
@safe
struct FormNumbers {
  /// Kinds and codes that are packed into more bits are asked for and noted with each item.
  private static let bitLimit = 12
  private static let unknown: Int32 = 0
  private static let refused: Int32 = 1
  private static let wanted: Int32 = 2
  /// What is above is a number.
  private static let firstNumber: Int32 = 3

  /// For each column the bits of its codes, in five bits, the first lowest: a word, as the loop over
  /// items would count the references to an array.
  private var widths: UInt64 = 0
  private let columnCount: Int
  private let first: Int
  private let start: Int
  /// By packed kind and codes; empty where forms are not numbered.
  private let table: UnsafeMutableBufferPointer<Int32>
  private let tableCount: Int
  /// The number after the last one.
  private(set) var end: Int

  var isNumbered: Bool { tableCount > 0 }

  /// - Parameters:
  ///   - codeCounts: of the columns that are asked for.
  ///   - first: the first number to be given.
  ///   - firstCode: where the codes of the first form will stand.
  ///   - table: made by `clear`; it outlives the search.
  init(
    codeCounts: [Int], first: Int, firstCode: Int, table: UnsafeMutableBufferPointer<Int32>
  ) {
    columnCount = codeCounts.count
    self.first = first
    start = firstCode
    end = first
    unsafe self.table = unsafe table
    tableCount = table.count
    guard isNumbered else { return }
    for (place, bits) in Self.bits(codeCounts).enumerated() {
      widths |= UInt64(bits) << UInt64(5 * place)
    }
  }

  /// Makes the table for the forms of some columns, empty where they are too many to be numbered.
  static func clear(_ table: inout [Int32], codeCounts: [Int]) {
    table.removeAll(keepingCapacity: true)
    let width = bits(codeCounts).reduce(2, +)
    guard width <= bitLimit else { return }
    table.append(contentsOf: repeatElement(unknown, count: 1 << width))
  }

  private static func bits(_ codeCounts: [Int]) -> [Int] {
    codeCounts.map { UInt32.bitWidth - UInt32(max($0, 1)).leadingZeroBitCount }
  }

  @inline(__always)
  private func state(_ place: Int) -> Int32 {
    precondition(place >= 0 && place < tableCount)
    return unsafe table[place]
  }

  @inline(__always)
  private func set(_ place: Int, _ state: Int32) {
    precondition(place >= 0 && place < tableCount)
    unsafe table[place] = state
  }

  /// Bits of a column's codes.
  @inline(__always)
  private func width(_ place: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: widths &>> UInt64(truncatingIfNeeded: 5 &* place) & 31)
  }

  @inline(__always)
  private func packed(_ kind: GeometryKind, _ codes: Span<UInt32>) -> Int {
    var packed = UInt32(kind.rawValue)
    for place in codes.indices { packed = self.packed(packed, place, codes[place]) }
    return Int(packed)
  }

  /// Whether a form is wanted, from what was answered before where that is known.
  mutating func isWanted(
    _ kind: GeometryKind, _ codes: Span<UInt32>, _ ask: (GeometryKind, Span<UInt32>) -> Bool
  ) -> Bool {
    guard isNumbered else { return ask(kind, codes) }
    // A damaged file may tell of codes that its columns do not have.
    for place in codes.indices where codes[place] >> width(place) != 0 { return ask(kind, codes) }
    let place = packed(kind, codes)
    if state(place) == Self.unknown { set(place, ask(kind, codes) ? Self.wanted : Self.refused) }
    return state(place) != Self.refused
  }

  /// What `number` answers of a form that was not met before.
  var unknownForm: Int { -2 }

  /// Adds the code of the column at a place to a packed form.
  @inline(__always)
  func packed(_ packed: UInt32, _ place: Int, _ code: UInt32) -> UInt32 {
    packed &<< width(place) | code
  }

  /// The number of a form, -1 if it is not wanted, or `unknownForm`.
  @inline(__always)
  func number(_ packed: UInt32) -> Int {
    let state = state(Int(packed))
    if state >= Self.firstNumber { return Int(state &- Self.firstNumber) }
    return state == Self.refused ? -1 : unknownForm
  }

  /// What is noted of an item of a form that has no number yet: the number that it gets, or where its
  /// codes stand if forms are not numbered; -1 for one that is not wanted.
  ///
  /// - Parameter allCodes: takes the form's codes.
  @inline(never)
  mutating func addNumber(
    _ kind: GeometryKind, _ codes: Span<UInt32>, _ ask: (GeometryKind, Span<UInt32>) -> Bool,
    codes allCodes: inout [UInt32]
  ) -> Int {
    guard isWanted(kind, codes, ask) else { return -1 }
    let noted: Int
    if isNumbered {
      noted = end
      set(packed(kind, codes), Int32(end) + Self.firstNumber)
      end += 1
    } else {
      noted = allCodes.count
    }
    for place in codes.indices { allCodes.append(codes[place]) }
    return noted
  }

  /// Where the codes of a form stand, by what was noted of it.
  @inline(__always)
  func firstCode(of noted: Int32) -> Int32 {
    isNumbered
      ? Int32(truncatingIfNeeded: start &+ (Int(noted) &- first) &* columnCount) : noted
  }
}
