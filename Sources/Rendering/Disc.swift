internal import Raster

/// A disc with a rim, as it is painted in a picture.
struct Disc {
  /// The centre from the picture's upper left corner, 24.8 pixels.
  var x: Int64
  var y: Int64
  /// Without the rim, and the rim's width, 24.8 pixels.
  var radius: Int64
  var rim: Int64
  var colour: Colour
  var rimColour: Colour

  /// How far from the centre nothing shines through, 24.8 pixels; 0 where everything does.
  private var opaque: Int64 {
    rim > 0 && rimColour.alpha == 255 ? radius + rim : colour.alpha == 255 ? radius : 0
  }

  /// How far the corners of a circle that is drawn may lie from the true one, and a little more, in
  /// 24.8 pixels.
  private static let margin: Int64 = 24

  /// Takes out discs of which no pixel would be seen, because those that are painted later lie upon all
  /// of it: where tens of thousands lie upon each other at low zooms, their cost is that of the pixels.
  /// What is painted stays the same to the last bit.
  ///
  /// - Parameter discs: in the order of painting.
  static func removeHidden(_ discs: inout [Disc], width: Int, height: Int) {
    let boxes = discs.reduce(into: 0.0) { sum, disc in
      let side = Double(2 * (disc.radius + disc.rim)) / 256
      sum += side * side
    }
    // Fewer cannot lie upon each other often.
    guard boxes > Double(width * height) else { return }
    var covered = CoveredPixels(width: width, height: height)
    var seen = discs.count
    for position in discs.indices.reversed() {
      let disc = discs[position]
      guard disc.isSeen(above: covered) else { continue }
      disc.cover(&covered)
      seen -= 1
      discs[seen] = disc
    }
    discs.removeFirst(seen)
  }

  private func isSeen(above covered: CoveredPixels) -> Bool {
    let reach = radius + rim + Self.margin
    for row in covered.rows((y - reach) >> 8...(y + reach) >> 8) {
      let top = Int64(row) << 8
      let distance = max(top - y, y - top - 256, 0)
      let half = Self.half(reach, distance) + 1
      if !covered.holds(row: row, columns: (x - half) >> 8..<((x + half) >> 8) + 1) { return true }
    }
    return false
  }

  private func cover(_ covered: inout CoveredPixels) {
    let reach = opaque - Self.margin
    guard reach > 0 else { return }
    for row in covered.rows((y - reach) >> 8...(y + reach) >> 8) {
      let top = Int64(row) << 8
      let distance = max(y - top, top + 256 - y)
      let half = Self.half(reach, distance)
      let first = (x - half + 255) >> 8
      covered.cover(row: row, columns: first..<max((x + half) >> 8, first))
    }
  }

  /// Half the chord at a distance from the centre, rounded down.
  private static func half(_ radius: Int64, _ distance: Int64) -> Int64 {
    Int64(Double(max(radius * radius - distance * distance, 0)).squareRoot())
  }
}

/// Which pixels of a picture are known to be covered, a bit each.
struct CoveredPixels {
  private let width: Int64
  private let height: Int64
  private let rowWords: Int
  private var words: [UInt64]

  init(width: Int, height: Int) {
    self.width = Int64(width)
    self.height = Int64(height)
    rowWords = (width + 63) / 64
    words = Array(repeating: 0, count: rowWords * height)
  }

  /// Those of some rows that the picture has.
  func rows(_ range: ClosedRange<Int64>) -> Range<Int> {
    let first = min(max(range.lowerBound, 0), height)
    return Int(first)..<Int(max(min(range.upperBound + 1, height), first))
  }

  /// Whether all pixels of some columns that the picture has are covered; true where it has none.
  func holds(row: Int, columns: Range<Int64>) -> Bool {
    let columns = clamped(columns)
    for word in columns.lowerBound / 64..<(columns.upperBound + 63) / 64 {
      let bits = Self.bits(word, columns)
      if words[row * rowWords + word] & bits != bits { return false }
    }
    return true
  }

  mutating func cover(row: Int, columns: Range<Int64>) {
    let columns = clamped(columns)
    for word in columns.lowerBound / 64..<(columns.upperBound + 63) / 64 {
      words[row * rowWords + word] |= Self.bits(word, columns)
    }
  }

  private func clamped(_ columns: Range<Int64>) -> Range<Int> {
    let first = min(max(columns.lowerBound, 0), width)
    return Int(first)..<Int(max(min(columns.upperBound, width), first))
  }

  /// Which bits of a row's word stand for some of its columns.
  private static func bits(_ word: Int, _ columns: Range<Int>) -> UInt64 {
    let start = word * 64
    return UInt64.max << UInt64(max(columns.lowerBound - start, 0))
      & UInt64.max >> UInt64(max(start + 64 - columns.upperBound, 0))
  }
}
