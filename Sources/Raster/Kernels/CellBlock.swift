internal import CInline

/// The signed areas of one block of pixels, while a path's edges are walked.
///
/// A cell holds the *change* of covered area from the pixel on its left, in 1/65536 pixel, so that
/// a running sum along the row gives each pixel's signed area. An edge therefore touches only the
/// cells that it crosses and the one after. One bit of `touched` stands for eight cells of a row.
/// Cells and bits are zero before a path and the sweep clears what it reads.
///
/// Every row of every edge is computed from the edge's own end points in integers, never from where
/// a clip began: the same path moved by whole pixels or cut by another block leaves the same areas.
///
/// Source: the accumulation buffer of R. Levien's font-rs (2016), with integers; the marks are as in
/// Blend2D's analytic rasterizer.
@safe struct CellBlock {
  /// Pixels along a side of the largest block: 33 groups of eight cells fit a row's 64 bits.
  static let side = 256
  static let maximumStride = side + 8
  /// See `isNarrow`.
  static let narrowWidth = 32
  /// Longer edges are halved first, so that the products below stay within 63 bits.
  static let longestEdge: Int64 = 1 << 20

  let cells: UnsafeMutablePointer<Int32>
  let touched: UnsafeMutablePointer<UInt64>
  /// Cells from one row to the next.
  let stride: Int
  /// Pixels.
  let width: Int, height: Int

  /// Whether a row is so short that reading all of it is quicker than looking for marks, as the
  /// number of groups to read is then the same for every row of a shape.
  @inline(__always)
  var isNarrow: Bool { width <= Self.narrowWidth }

  /// Whether everything in a box, relative to the block, lies in it.
  @inline(__always)
  func contains(_ box: Box) -> Bool {
    box.minX >= 0 && box.minY >= 0 && box.maxX < Int64(width) &<< 8
      && box.maxY < Int64(height) &<< 8
  }

  /// Walks one contour whose points all lie in the block. Points are relative to `origin`.
  @inline(__always)
  func walkInside(
    _ points: UnsafePointer<SIMD2<Int64>>, _ range: Range<Int>, origin: SIMD2<Int64>, marks: Bool
  ) {
    _ = unsafe walkEdges(
      points, range, before: range.upperBound &- 1, origin: origin, marks: marks, isInside: true)
  }

  /// Walks edges; returns those that do not lie in the block, the first as the lowest bit, which it
  /// leaves out.
  @inline(__always)
  private func walkEdges(
    _ points: UnsafePointer<SIMD2<Int64>>, _ range: Range<Int>, before: Int,
    origin: SIMD2<Int64>, marks: Bool, isInside: Bool
  ) -> UInt64 {
    unsafe ci_walk_edges(
      cells, touched, Int64(stride), Int64(width), Int64(height),
      UnsafeRawPointer(points).assumingMemoryBound(to: Int64.self), Int64(range.lowerBound),
      Int64(range.upperBound), Int64(before), origin, marks, isInside)
  }

  /// Walks the edges that end at the points of `range` of a contour; `before` is the point before
  /// them. `box` holds all of these points, relative to the block.
  func walk(
    _ points: UnsafePointer<SIMD2<Int64>>, _ range: Range<Int>, before: Int,
    origin: SIMD2<Int64>, box: Box
  ) {
    let right = Int64(width) &<< 8
    let bottom = Int64(height) &<< 8
    guard box.maxY > 0, box.minY < bottom, box.minX < right else { return }
    if box.maxX <= 0 {
      // Left of the block only the sum of the windings counts, which the ends give.
      let from = unsafe points[before] &- origin
      let to = unsafe points[range.upperBound &- 1] &- origin
      let top = min(from.y, to.y)
      let end = max(from.y, to.y)
      if end > 0, top < bottom, top != end {
        edgeLeft(top: Int(top), bottom: Int(end), sign: from.y < to.y ? 1 : -1)
      }
      return
    }
    if contains(box) {
      _ = unsafe walkEdges(
        points, range, before: before, origin: origin, marks: true, isInside: true)
      return
    }
    var others = unsafe walkEdges(
      points, range, before: before, origin: origin, marks: true, isInside: false)
    while others != 0 {
      let i = range.lowerBound &+ others.trailingZeroBitCount
      let from = unsafe points[i == range.lowerBound ? before : i &- 1] &- origin
      edge(from, unsafe points[i] &- origin)
      others &= others &- 1
    }
  }

  /// One edge that does not lie in the block.
  @inline(__always)
  private func edge(_ a: SIMD2<Int64>, _ b: SIMD2<Int64>) {
    let top = min(a.y, b.y)
    let bottom = max(a.y, b.y)
    let left = min(a.x, b.x)
    let right = max(a.x, b.x)
    let edgeOfBlock = Int64(width) &<< 8
    guard bottom > 0, top < Int64(height) &<< 8, top != bottom, left < edgeOfBlock else { return }
    if right <= 0 {
      edgeLeft(top: Int(top), bottom: Int(bottom), sign: a.y < b.y ? 1 : -1)
    } else {
      edgeAcross(a, b)
    }
  }

  /// An edge wholly left of the block: it only adds its winding to the first column.
  private func edgeLeft(top: Int, bottom: Int, sign: Int) {
    let first = max(top, 0)
    let end = min(bottom, height &<< 8)
    for row in (first >> 8)...((end &- 1) >> 8) {
      let rowHeight = min(end, (row &+ 1) &<< 8) &- max(first, row &<< 8)
      unsafe cells[row &* stride] &+= Int32(truncatingIfNeeded: sign &* rowHeight &<< 8)
      unsafe touched[row] |= 1
    }
  }

  /// An edge that crosses a border of the block, or is too long to be walked at once.
  private func edgeAcross(_ a: SIMD2<Int64>, _ b: SIMD2<Int64>) {
    let d = b &- a
    let longest = CellBlock.longestEdge
    if d.x > longest || d.x < -longest || d.y > longest || d.y < -longest {
      // The floor of the mean moves with the points when both move by whole pixels.
      let middle = SIMD2((a.x &+ b.x) >> 1, (a.y &+ b.y) >> 1)
      edge(a, middle)
      edge(middle, b)
      return
    }
    let down = a.y < b.y
    let sign = down ? 1 : -1
    let (x0, y0) = (Int(down ? a.x : b.x), Int(down ? a.y : b.y))
    let (x1, y1) = (Int(down ? b.x : a.x), Int(down ? b.y : a.y))
    let (slope, steepness) = CellBlock.slopes(x1 &- x0, y1 &- y0)
    let firstRow = max(y0 >> 8, 0)
    let lastRow = min((y1 &- 1) >> 8, height &- 1)
    let isSteep = (x1 > x0 ? x1 &- x0 : x0 &- x1) <= y1 &- y0
    let entrance = CellBlock.crossing(x0, slope, max(y0, firstRow &<< 8) &- y0)
    if isSteep, min(x0, x1) >= 0, max(x0, x1) < width &<< 8 {
      // 1/65536 px aside for 1/256 px down; all of it is exact in a double.
      let aside = Double(slope) * 0x1p-24
      return unsafe ci_walk_steep(
        cells, touched, Int64(stride), Int64(firstRow), Int64(lastRow), Int64((y1 &- 1) >> 8),
        Int32(truncatingIfNeeded: y0), Int32(truncatingIfNeeded: y1),
        Int32(truncatingIfNeeded: entrance),
        Double(x0 &<< 8) + aside * Double((firstRow &+ 1) &<< 8 &- y0), aside * 256,
        Int32(truncatingIfNeeded: x1 &<< 8), Double(steepness) * 0x1p-41, down ? 0 : -1, true)
    }
    var xa = entrance
    for row in firstRow...lastRow {
      let top = max(y0, row &<< 8)
      let bottom = min(y1, (row &+ 1) &<< 8)
      let xb = bottom == y1 ? x1 &<< 8 : CellBlock.crossing(x0, slope, bottom &- y0)
      clippedSpan(row, xa, xb, bottom &- top, sign, steepness)
      xa = xb
    }
  }

  /// Horizontal units a vertical unit, in 1/2^32; vertical units a horizontal unit, positive, in 1/2^24.
  @inline(__always)
  private static func slopes(_ dx: Int, _ dy: Int) -> (slope: Int, steepness: Int) {
    let width = max((dx ^ (dx >> 63)) &- (dx >> 63), 1)
    let ratios =
      SIMD2(Double(dx &<< 32), Double(dy &<< 24)) / SIMD2(Double(dy), Double(width))
    return (Int(ci_trunc(ratios.x)), Int(ci_trunc(ratios.y)))
  }

  /// The area of the corner that an edge cuts off over `width`, 0...65536 of 1/65536 px, in one cell.
  @inline(__always)
  private static func corner(_ width: Int, _ steepness: Int) -> Int {
    Int(ci_trunc(Double(width &* width) * (Double(steepness) * 0x1p-41)))
  }

  /// Where the edge is `dy` (1/256 px) below its upper end, in 1/65536 px.
  @inline(__always)
  private static func crossing(_ x0: Int, _ slope: Int, _ dy: Int) -> Int {
    ((x0 &<< 32) &+ slope &* dy) >> 24
  }

  /// Marks the groups of cells `first ... last`.
  @inline(__always)
  private func mark(_ row: Int, _ first: Int, _ last: Int) {
    unsafe touched[row] |=
      (2 &<< UInt64(truncatingIfNeeded: last >> 3))
      &- (1 &<< UInt64(truncatingIfNeeded: first >> 3))
  }

  /// The piece of an edge in one row, from `xa` to `xb` (1/65536 px) over `dy` (1...256), that may reach
  /// over the left or right side of the block.
  private func clippedSpan(
    _ row: Int, _ xa: Int, _ xb: Int, _ dy: Int, _ sign: Int, _ steepness: Int
  ) {
    let left = min(xa, xb)
    let right = max(xa, xb)
    let first = left >> 16
    let last = right >> 16
    if first >= 0 && last < width {
      return unsafe ci_walk_span(
        cells + row &* stride, touched + row, Int64(xa), Int64(xb), Int64(dy),
        Double(steepness) * 0x1p-41, Int32(truncatingIfNeeded: sign >> 1), true)
    }
    guard first < width else { return }
    let all = dy &<< 8
    let p = unsafe cells + row &* stride
    if last < 0 {
      unsafe p[0] &+= Int32(truncatingIfNeeded: sign &* all)
      unsafe touched[row] |= 1
      return
    }
    let b = ((first &+ 1) &<< 16) &- left
    let c = right & 0xFFFF
    var before = 0
    let from = max(first, 0)
    let to = min(last, width &- 1)
    for cell in from...to {
      let now: Int
      if first == last {
        now = all &- (dy &* ((left & 0xFFFF) &+ (right & 0xFFFF))) >> 9
      } else if cell == first {
        now = CellBlock.corner(b, steepness)
      } else if cell == last {
        now = all &- CellBlock.corner(c, steepness)
      } else {
        now = (steepness &* (((cell &- first &- 1) &<< 16) &+ b &+ 32768)) >> 24
      }
      unsafe p[cell] &+= Int32(truncatingIfNeeded: sign &* (now &- before))
      before = now
    }
    let end: Int
    if last < width {
      unsafe p[last &+ 1] &+= Int32(truncatingIfNeeded: sign &* (all &- before))
      end = last &+ 1
    } else {
      end = to
    }
    mark(row, from, end)
  }
}
