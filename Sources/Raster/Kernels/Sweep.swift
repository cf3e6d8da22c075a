internal import CInline

extension CellBlock {
  /// Hands the block's areas, folded by the rule, to `sink` and leaves the block empty.
  ///
  /// - Parameters:
  ///   - isWhole: whether the block is whole groups wide.
  ///   - x: column of the sink where the block begins; y: its row.
  @inline(__always)
  func sweep<Sink: CoverageSink>(
    isEvenOdd: Bool, isWhole: Bool, into sink: inout Sink, x: Int, y: Int
  ) {
    for row in 0..<height {
      var bits = unsafe touched[row]
      guard bits != 0 else { continue }
      unsafe touched[row] = 0
      sink.begin(row: y &+ row)
      let rowCells = unsafe UnsafeMutableRawPointer(cells + row &* stride)
      var area = SIMD8<Int32>()
      var column = 0
      repeat {
        let next = bits.trailingZeroBitCount &<< 3
        runUp(to: next, from: column, area, isEvenOdd, &sink, x)
        let end = (~(bits | (bits &- 1))).trailingZeroBitCount &<< 3
        bits &= bits &+ (bits & (0 &- bits))
        column = next
        repeat {
          let cell = unsafe rowCells + column &<< 2
          let change = unsafe cell.loadUnaligned(as: SIMD8<Int32>.self)
          unsafe cell.storeBytes(of: SIMD8<Int32>(), as: SIMD8<Int32>.self)
          let areas = ci_prefix_sum(change) &+ area
          area = ci_broadcast_last(areas)
          if column < width {
            let share = isEvenOdd ? ci_fold_evenodd(areas) : ci_fold_nonzero(areas)
            sink.group(x: x &+ column, count: isWhole ? 8 : min(width &- column, 8), share: share)
          }
          column &+= 8
        } while column < end
      } while bits != 0
      runUp(to: width, from: column, area, isEvenOdd, &sink, x)
    }
  }

  /// The same for a narrow block without marks: every cell of its rows is read.
  @inline(__always)
  func sweepAll<Sink: CoverageSink>(
    isEvenOdd: Bool, isWhole: Bool, into sink: inout Sink, x: Int, y: Int
  ) {
    // One loop for each number of groups, so that no branch within a row depends on the shape.
    switch (width &+ 7) >> 3 {
    case 1: sweepRows(groups: 1, isEvenOdd: isEvenOdd, isWhole: isWhole, into: &sink, x: x, y: y)
    case 2: sweepRows(groups: 2, isEvenOdd: isEvenOdd, isWhole: isWhole, into: &sink, x: x, y: y)
    case 3: sweepRows(groups: 3, isEvenOdd: isEvenOdd, isWhole: isWhole, into: &sink, x: x, y: y)
    default: sweepRows(groups: 4, isEvenOdd: isEvenOdd, isWhole: isWhole, into: &sink, x: x, y: y)
    }
  }

  @inline(__always)
  private func sweepRows<Sink: CoverageSink>(
    groups: Int, isEvenOdd: Bool, isWhole: Bool, into sink: inout Sink, x: Int, y: Int
  ) {
    let lastCount = isWhole ? 8 : width &- (groups &- 1) &* 8
    var rowCells = unsafe UnsafeMutableRawPointer(cells)
    for row in 0..<height {
      sink.begin(row: y &+ row)
      var area = SIMD8<Int32>()
      for group in 0..<groups {
        let cell = unsafe rowCells + group &<< 5
        let change = unsafe cell.loadUnaligned(as: SIMD8<Int32>.self)
        unsafe cell.storeBytes(of: SIMD8<Int32>(), as: SIMD8<Int32>.self)
        let areas = ci_prefix_sum(change) &+ area
        area = ci_broadcast_last(areas)
        let share = isEvenOdd ? ci_fold_evenodd(areas) : ci_fold_nonzero(areas)
        sink.group(
          x: x &+ group &<< 3, count: group == groups &- 1 ? lastCount : 8, share: share)
      }
      // The edges may also have added to the cells behind the row.
      unsafe (rowCells + groups &<< 5).storeBytes(of: SIMD8<Int32>(), as: SIMD8<Int32>.self)
      unsafe rowCells += stride &<< 2
    }
  }

  @inline(__always)
  private func runUp<Sink: CoverageSink>(
    to end: Int, from start: Int, _ area: SIMD8<Int32>, _ isEvenOdd: Bool, _ sink: inout Sink,
    _ x: Int
  ) {
    let end = min(end, width)
    guard end > start else { return }
    let share = (isEvenOdd ? ci_fold_evenodd(area) : ci_fold_nonzero(area))[0]
    if share != 0 { sink.run(x: x &+ start, count: end &- start, share: share) }
  }
}
