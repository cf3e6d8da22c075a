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
    let groups = (width &+ 7) >> 3
    let within = (1 &<< UInt64(truncatingIfNeeded: groups)) &- 1
    for row in 0..<height {
      var bits = unsafe touched[row]
      guard bits != 0 else { continue }
      unsafe touched[row] = 0
      sink.begin(row: y &+ row)
      let rowCells = unsafe UnsafeMutableRawPointer(cells + row &* stride)
      // The edges may also have added to the cells behind the row.
      unsafe (rowCells + groups &<< 5).storeBytes(of: SIMD8<Int32>(), as: SIMD8<Int32>.self)
      bits &= within
      var area = SIMD8<Int32>()
      var column = 0
      // One loop over all groups: where they are next to each other and where nothing lies between
      // them cannot be foretold.
      while bits != 0 {
        let next = bits.trailingZeroBitCount &<< 3
        bits &= bits &- 1
        if area[0] != 0, next != column {
          run(to: next, from: column, area, isEvenOdd, &sink, x)
        }
        let cell = unsafe rowCells + next &<< 2
        let change = unsafe cell.loadUnaligned(as: SIMD8<Int32>.self)
        unsafe cell.storeBytes(of: SIMD8<Int32>(), as: SIMD8<Int32>.self)
        let areas = ci_prefix_sum(change) &+ area
        area = ci_broadcast_last(areas)
        let share = isEvenOdd ? ci_fold_evenodd(areas) : ci_fold_nonzero(areas)
        sink.group(x: x &+ next, count: isWhole ? 8 : min(width &- next, 8), share: share)
        column = next &+ 8
      }
      if area[0] != 0, column < width {
        run(to: width, from: column, area, isEvenOdd, &sink, x)
      }
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

  /// Pixels of one area.
  @inline(__always)
  private func run<Sink: CoverageSink>(
    to end: Int, from start: Int, _ area: SIMD8<Int32>, _ isEvenOdd: Bool, _ sink: inout Sink,
    _ x: Int
  ) {
    let share = (isEvenOdd ? ci_fold_evenodd(area) : ci_fold_nonzero(area))[0]
    if share != 0 { sink.run(x: x &+ start, count: end &- start, share: share) }
  }
}
