package import CInline

/// The loops over edges and pixels.
///
/// This folder is compiled twice, into `Raster` for every processor and into `RasterV3` for
/// x86-64-v3; `Rasterizer` chooses when the program runs. Both give the same pixels, because all of
/// the arithmetic is on integers and on doubles that are rounded alike: quotients and products, and
/// sums that are exact.
package enum Kernels {
  /// Cells and marks that a fill needs as scratch memory.
  package static let cellCount = CellBlock.maximumStride * CellBlock.side
  package static let touchedCount = CellBlock.side
  /// Edges a box of `ci_fill.boxes` stands for; a contour begins a new one.
  package static let edgesPerBox = 16
  /// Pixels of the largest target of a fill that is known to lie inside.
  package static let narrowWidth = CellBlock.narrowWidth
  package static let blockSide = CellBlock.side

  /// Fills with a colour.
  package static func fillColour(_ fill: ci_fill) {
    guard unsafe !fill.is_even_odd && fill.width & 7 == 0 else {
      return unsafe fillColourAny(fill)
    }
    // Nearly all are such; what is known beforehand is not asked for at each group of pixels.
    var sink = unsafe ColourSink(fill)
    unsafe cover(fill, &sink, isEvenOdd: false, isWhole: true)
  }

  @inline(never)
  private static func fillColourAny(_ fill: ci_fill) {
    var sink = unsafe ColourSink(fill)
    unsafe cover(fill, &sink, isEvenOdd: fill.is_even_odd, isWhole: false)
  }

  /// Fills with a repeated picture.
  package static func fillPicture(_ fill: ci_fill) {
    var sink = unsafe PictureSink(fill)
    unsafe cover(fill, &sink, isEvenOdd: fill.is_even_odd, isWhole: false)
  }

  /// Writes the covered shares into a mask of zeros.
  package static func fillMask(_ fill: ci_fill) {
    var sink = unsafe MaskSink(fill)
    if unsafe fill.is_inside { return unsafe coverInside(fill, &sink) }
    unsafe cover(fill, &sink, isEvenOdd: fill.is_even_odd, isWhole: false)
  }

  /// Draws `count` pixels of `source`, scaled by `opacity`, over those at `target`.
  package static func blendRow(
    _ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, count: Int, opacity: UInt8
  ) {
    let m = widened(UInt32(opacity) &* 0x0001_0001)
    var i = 0
    while i &+ 8 <= count {
      let s = unsafe (source + i &<< 2).loadUnaligned(as: SIMD16<UInt16>.self)
      unsafe blendOver(target + i &<< 2, s, m)
      i &+= 8
    }
    while i < count {
      unsafe blendOver(target + i &<< 2, source + i &<< 2, UInt32(opacity))
      i &+= 1
    }
  }

  /// Draws a colour (R, G, B, 255) of some alpha through `count` shares.
  package static func blendMaskRow(
    _ target: UnsafeMutableRawPointer, _ shares: UnsafePointer<UInt8>, count: Int, colour: UInt32,
    alpha: UInt8
  ) {
    let blend = ColourBlend(colour)
    var i = 0
    while i < count {
      guard let (first, bytes) = unsafe eight(UnsafeRawPointer(shares), from: i, of: count) else {
        unsafe blend.pixel(target + i &<< 2, divide255(UInt32(shares[i]) &* UInt32(alpha)))
        i &+= 1
        continue
      }
      if unsafe unsafeBitCast(bytes, to: UInt64.self) != 0 {
        unsafe blend.group(target + first &<< 2, scaled(bytes, UInt32(alpha)))
      }
      i &+= 8
    }
  }

  /// Eight of a row's shares and the place of the first. At the row's end they are its last ones, zero
  /// for those before `i`, whose pixels that leaves as they are; nil in a row of fewer.
  @inline(__always)
  private static func eight(
    _ shares: UnsafeRawPointer, from i: Int, of count: Int
  ) -> (first: Int, shares: SIMD8<UInt8>)? {
    guard i &+ 8 > count else {
      return unsafe (i, (shares + i).loadUnaligned(as: SIMD8<UInt8>.self))
    }
    guard count >= 8 else { return nil }
    let first = count &- 8
    let word = unsafe UInt64(littleEndian: (shares + first).loadUnaligned(as: UInt64.self))
    let drawn = UInt64(truncatingIfNeeded: (i &- first) &* 8)
    return unsafe (
      first, unsafeBitCast(((word &>> drawn) &<< drawn).littleEndian, to: SIMD8<UInt8>.self)
    )
  }

  /// Spreads shares to the pixels around, sixty-four at a time.
  package static func spread(_ spread: ci_spreading) {
    var place = unsafe spread.first
    while unsafe place < spread.end {
      unsafe ci_halo(
        spread.ink + Int(place), spread.deltas, spread.ends, spread.gains, spread.rings,
        spread.halo + Int(place))
      place &+= 64
    }
  }

  /// Draws a halo's colour and then the letters' through their shares.
  package static func blendLabel(_ label: ci_label) {
    let under = unsafe ColourBlend(label.halo_colour)
    let over = unsafe ColourBlend(label.ink_colour)
    let underAlpha = unsafe UInt32(label.halo_alpha)
    let overAlpha = unsafe UInt32(label.ink_alpha)
    let width = unsafe Int(label.width)
    for row in unsafe 0..<Int(label.height) {
      let target = unsafe UnsafeMutableRawPointer(label.target + row &* Int(label.row_bytes))
      let halo = unsafe UnsafeRawPointer(label.halo + row &* Int(label.stride))
      let ink = unsafe UnsafeRawPointer(label.ink + row &* Int(label.stride))
      var i = 0
      while i < width {
        guard let (first, outer) = unsafe eight(halo, from: i, of: width),
          let (_, inner) = unsafe eight(ink, from: i, of: width)
        else {
          let p = unsafe target + i &<< 2
          let outer = unsafe UInt32(halo.load(fromByteOffset: i, as: UInt8.self))
          let inner = unsafe UInt32(ink.load(fromByteOffset: i, as: UInt8.self))
          unsafe under.pixel(p, divide255(outer &* underAlpha))
          unsafe over.pixel(p, divide255(inner &* overAlpha))
          i &+= 1
          continue
        }
        let p = unsafe target + first &<< 2
        i &+= 8
        let hasInk = unsafe unsafeBitCast(inner, to: UInt64.self) != 0
        guard unsafe hasInk || unsafeBitCast(outer, to: UInt64.self) != 0 else { continue }
        var pixels = unsafe p.loadUnaligned(as: SIMD16<UInt16>.self)
        pixels = under.mixed(pixels, ci_pairs(scaled(outer, underAlpha)))
        if hasInk { pixels = over.mixed(pixels, ci_pairs(scaled(inner, overAlpha))) }
        unsafe p.storeBytes(of: pixels, as: SIMD16<UInt16>.self)
      }
    }
  }

  /// Shares times an alpha / 255, rounded to the nearest.
  @inline(__always)
  private static func scaled(_ shares: SIMD8<UInt8>, _ alpha: UInt32) -> SIMD8<UInt32> {
    let t = SIMD8<UInt32>(truncatingIfNeeded: shares) &* SIMD8(repeating: alpha) &+ 128
    return (t &+ (t &>> 8)) &>> 8
  }

  /// Walks the contours block by block and hands the shares to `sink`.
  ///
  /// - Parameter isWhole: whether the target is whole groups of pixels wide.
  @inline(__always)
  private static func cover<Sink: CoverageSink>(
    _ fill: ci_fill, _ sink: inout Sink, isEvenOdd: Bool, isWhole: Bool
  ) {
    guard let fillPoints = unsafe fill.points else { return }
    let points = unsafe UnsafeRawPointer(fillPoints).assumingMemoryBound(to: SIMD2<Int64>.self)
    guard let box = unsafe measure(fill, points) else { return }
    // Whole pixels, half-open; columns begin and end at a multiple of eight, as groups do.
    let left = max(Int(box.minX >> 8), 0) & ~7
    let right = unsafe min((Int(box.maxX >> 8) &+ 8) & ~7, Int(fill.width))
    let top = unsafe max(Int(box.minY >> 8), Int(fill.first_row))
    let bottom = unsafe min(Int(box.maxY >> 8) &+ 1, Int(fill.end_row))
    guard left < right, top < bottom else { return }
    let side = CellBlock.side
    var y = top
    while y < bottom {
      let height = min(side, bottom &- y)
      var x = left
      while x < right {
        let width = min(side, right &- x)
        let block = unsafe CellBlock(
          cells: fill.cells, touched: fill.touched, stride: (width &+ 15) & ~7, width: width,
          height: height)
        let origin = SIMD2(Int64(x) &<< 8, Int64(y) &<< 8)
        let part = box.moved(by: origin)
        if block.isNarrow && block.contains(part) {
          unsafe walkInside(fill, points, block, origin)
          block.sweepAll(isEvenOdd: isEvenOdd, isWhole: isWhole, into: &sink, x: x, y: y)
        } else {
          unsafe walk(fill, points, part, block, origin)
          block.sweep(isEvenOdd: isEvenOdd, isWhole: isWhole, into: &sink, x: x, y: y)
        }
        x &+= side
      }
      y &+= side
    }
  }

  /// `cover` for a path of which that is known which `measure` would find out.
  private static func coverInside(_ fill: ci_fill, _ sink: inout MaskSink) {
    guard let fillPoints = unsafe fill.points else { return }
    let points = unsafe UnsafeRawPointer(fillPoints).assumingMemoryBound(to: SIMD2<Int64>.self)
    let width = unsafe Int(fill.width)
    let block = unsafe CellBlock(
      cells: fill.cells, touched: fill.touched, stride: (width &+ 15) & ~7, width: width,
      height: Int(fill.height))
    unsafe walkInside(fill, points, block, SIMD2(fill.left &<< 8, fill.top &<< 8))
    block.sweepAll(isEvenOdd: false, isWhole: false, into: &sink, x: 0, y: 0)
  }

  /// Walks all contours over one narrow block that holds them, without marks.
  private static func walkInside(
    _ fill: ci_fill, _ points: UnsafePointer<SIMD2<Int64>>, _ block: CellBlock,
    _ origin: SIMD2<Int64>
  ) {
    for c in 0..<(unsafe Int(fill.contour_count)) {
      unsafe block.walkInside(points, contour(fill, c), origin: origin, marks: false)
    }
  }

  /// Walks all contours over one block. `box` holds the whole path, relative to it.
  private static func walk(
    _ fill: ci_fill, _ points: UnsafePointer<SIMD2<Int64>>, _ box: Box, _ block: CellBlock,
    _ origin: SIMD2<Int64>
  ) {
    let isInside = block.contains(box)
    var boxes = unsafe UnsafeRawPointer(fill.boxes!).assumingMemoryBound(to: Box.self)
    for c in 0..<(unsafe Int(fill.contour_count)) {
      let range = unsafe contour(fill, c)
      guard range.count > 1 else { continue }
      if isInside {
        unsafe block.walkInside(points, range, origin: origin, marks: true)
        continue
      }
      var first = range.lowerBound
      var before = range.upperBound &- 1
      while first < range.upperBound {
        let end = min(first &+ edgesPerBox, range.upperBound)
        unsafe block.walk(
          points, first..<end, before: before, origin: origin, box: boxes[0].moved(by: origin))
        unsafe boxes += 1
        before = end &- 1
        first = end
      }
    }
  }

  /// Fills `boxes` and returns the box round them all; nil if there is nothing to draw.
  @inline(__always)
  private static func measure(_ fill: ci_fill, _ points: UnsafePointer<SIMD2<Int64>>) -> Box? {
    var whole = Box(SIMD2(.max, .max), SIMD2(.min, .min))
    var boxes = unsafe UnsafeMutableRawPointer(fill.boxes!).assumingMemoryBound(to: Box.self)
    for c in 0..<(unsafe Int(fill.contour_count)) {
      let range = unsafe contour(fill, c)
      guard range.count > 1 else { continue }
      var i = range.lowerBound
      var before = unsafe points[range.upperBound &- 1]
      while i < range.upperBound {
        let end = min(i &+ edgesPerBox, range.upperBound)
        var box = Box(before, before)
        repeat {
          before = unsafe points[i]
          box.include(before)
          i &+= 1
        } while i < end
        unsafe boxes[0] = box
        unsafe boxes += 1
        whole.include(SIMD2(box.minX, box.minY))
        whole.include(SIMD2(box.maxX, box.maxY))
      }
    }
    let limit: Int64 = 1 << 50
    guard whole.minX >= -limit, whole.maxX <= limit, whole.minY >= -limit, whole.maxY <= limit
    else { return nil }
    return whole
  }

  @inline(__always)
  private static func contour(_ fill: ci_fill, _ c: Int) -> Range<Int> {
    let start = unsafe Int(fill.starts[c])
    let end = unsafe Int(
      c &+ 1 < Int(fill.contour_count) ? fill.starts[c &+ 1] : fill.point_count)
    return unsafe Range(uncheckedBounds: (start, end))
  }
}

/// A closed box in 1/256 px.
struct Box {
  private(set) var minX: Int64, minY: Int64, maxX: Int64, maxY: Int64

  @inline(__always)
  init(_ low: SIMD2<Int64>, _ high: SIMD2<Int64>) {
    minX = low.x
    minY = low.y
    maxX = high.x
    maxY = high.y
  }

  @inline(__always)
  mutating func include(_ point: SIMD2<Int64>) {
    minX = min(minX, point.x)
    minY = min(minY, point.y)
    maxX = max(maxX, point.x)
    maxY = max(maxY, point.y)
  }

  /// The box relative to another origin.
  @inline(__always)
  func moved(by origin: SIMD2<Int64>) -> Box {
    Box(SIMD2(minX, minY) &- origin, SIMD2(maxX, maxY) &- origin)
  }
}
