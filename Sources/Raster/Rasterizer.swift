internal import CInline

/// Draws paths on pictures by exact area coverage.
///
/// Drawing is unaffected by clipping and by moves of whole pixels: a path and the same path moved by
/// multiples of 256 units give the same pixels, whatever part of it lies on the picture. One
/// rasterizer serves one thread; it keeps its memory, so that drawing allocates nothing once warm.
public struct Rasterizer: Sendable {
  private var filler: Filler
  private var stroker = Stroker()

  public init() { self.init(level: .best) }

  /// A rasterizer that uses the kernels of a level, which must be supported.
  package init(level: ProcessorLevel) {
    precondition(ProcessorLevel.isSupported(level))
    filler = Filler(KernelTable(level))
  }

  /// Fills the inside of `path`; all its contours count as one shape, each closed.
  ///
  /// - Parameter rows: the picture's rows to draw on, all if nil. A picture larger than the
  ///   processor's cache is drawn sooner in bands of rows, all shapes on one band after another.
  public mutating func fill(
    _ path: borrowing Path, rule: FillRule = .nonZero, with colour: Colour,
    into pixmap: inout Pixmap, rows: Range<Int>? = nil
  ) {
    filler.fill(path.shape, rule, with: colour, into: &pixmap, rows: rows)
  }

  /// Fills the inside of `path` with a pattern.
  ///
  /// - Parameters:
  ///   - phaseX: column of the pattern at the picture's left side, any integer (wrapped).
  ///   - phaseY: row of the pattern at its top.
  ///   - opacity: scales the pattern's alpha, of 255.
  public mutating func fill(
    _ path: borrowing Path, rule: FillRule = .nonZero, pattern: borrowing Pattern, phaseX: Int64,
    phaseY: Int64, opacity: UInt8 = 255, into pixmap: inout Pixmap
  ) {
    let phase = SIMD2(phaseX, phaseY)
    filler.fill(path.shape, rule, pattern: pattern, phase: phase, opacity: opacity, into: &pixmap)
  }

  /// Replaces `mask` by the shares that `path` covers; its pixel (0, 0) is the path's.
  public mutating func fill(
    _ path: borrowing Path, rule: FillRule = .nonZero, into mask: inout Mask
  ) {
    filler.fill(path.shape, rule, into: &mask)
  }

  /// Replaces `mask` by the shares that `path` covers, just as large as it needs to be.
  ///
  /// - Returns: the mask's upper left pixel; nil, and a mask without pixels, for a path without points
  ///   or of more than 4096 pixels.
  public mutating func fill(
    _ path: borrowing PlacedPath, into mask: inout Mask
  ) -> (left: Int, top: Int)? {
    filler.fill(path, into: &mask)
  }

  /// Draws the line along `path`.
  ///
  /// Open contours that end at one point are one line there: with round ends they look as if each had
  /// its own, with butt ends the straightest two have a join if they turn by less than 60°. Lines with
  /// square ends, dashes or an offset stay apart.
  public mutating func stroke(
    _ path: borrowing Path, _ stroke: Stroke, with colour: Colour, into pixmap: inout Pixmap
  ) {
    stroker.outline(path, stroke, width: pixmap.width, height: pixmap.height)
    filler.fill(stroker.result.shape, .nonZero, with: colour, into: &pixmap)
  }

  /// Draws the line along `path` with a pattern; see `fill` for the phase.
  public mutating func stroke(
    _ path: borrowing Path, _ stroke: Stroke, pattern: borrowing Pattern, phaseX: Int64,
    phaseY: Int64, opacity: UInt8 = 255, into pixmap: inout Pixmap
  ) {
    stroker.outline(path, stroke, width: pixmap.width, height: pixmap.height)
    let phase = SIMD2(phaseX, phaseY)
    filler.fill(
      stroker.result.shape, .nonZero, pattern: pattern, phase: phase, opacity: opacity,
      into: &pixmap)
  }

  /// Replaces `mask` by the shares that the line along `path` covers.
  public mutating func stroke(_ path: borrowing Path, _ stroke: Stroke, into mask: inout Mask) {
    stroker.outline(path, stroke, width: mask.width, height: mask.height)
    filler.fill(stroker.result.shape, .nonZero, into: &mask)
  }
}

/// Hands paths to the kernels with the scratch memory that they need.
struct Filler: Sendable {
  private let kernels: KernelTable
  /// Made with the first path: many a rasterizer is never asked for one.
  private var cells: [Int32] = []
  private var touched: [UInt64] = []
  private var boxes: [SIMD4<Int64>] = []

  init(_ kernels: KernelTable) { self.kernels = kernels }

  mutating func fill(
    _ shape: Shape, _ rule: FillRule, with colour: Colour, into pixmap: inout Pixmap,
    rows: Range<Int>? = nil
  ) {
    guard colour.alpha != 0 else { return }
    let width = pixmap.width
    let height = pixmap.height
    let run = unsafe kernels.fillColour
    unsafe pixmap.withPixels { pixels in
      unsafe prepare(shape, rule, pixels, width, height) { fill in
        unsafe fill.colour = colour.opaque
        unsafe fill.alpha = colour.alpha
        if let rows {
          let drawn = rows.clamped(to: 0..<height)
          unsafe fill.first_row = Int64(drawn.lowerBound)
          unsafe fill.end_row = Int64(drawn.upperBound)
        }
        unsafe run(fill)
      }
    }
  }

  mutating func fill(
    _ shape: Shape, _ rule: FillRule, pattern: borrowing Pattern, phase: SIMD2<Int64>,
    opacity: UInt8, into pixmap: inout Pixmap
  ) {
    guard opacity != 0 else { return }
    let width = pixmap.width
    let height = pixmap.height
    let patternWidth = pattern.width
    let patternHeight = pattern.height
    let run = unsafe kernels.fillPicture
    unsafe pattern.picture.withReadOnlyPixels { source in
      unsafe pixmap.withPixels { pixels in
        unsafe prepare(shape, rule, pixels, width, height) { fill in
          unsafe fill.source = unsafe source.assumingMemoryBound(to: UInt8.self)
          unsafe fill.source_width = Int64(patternWidth)
          unsafe fill.source_height = Int64(patternHeight)
          unsafe fill.phase_x = Int64(Pattern.wrapped(phase.x, patternWidth))
          unsafe fill.phase_y = Int64(Pattern.wrapped(phase.y, patternHeight))
          unsafe fill.alpha = opacity
          unsafe run(fill)
        }
      }
    }
  }

  mutating func fill(
    _ shape: Shape, _ rule: FillRule, into mask: inout Mask
  ) {
    let width = mask.width
    let height = mask.height
    mask.resize(width: width, height: height)
    let run = unsafe kernels.fillMask
    unsafe mask.withBytes { bytes in
      unsafe prepare(shape, rule, UnsafeMutableRawPointer(bytes), width, height) { fill in
        unsafe run(fill)
      }
    }
  }

  mutating func fill(
    _ placed: borrowing PlacedPath, into mask: inout Mask
  ) -> (left: Int, top: Int)? {
    let (left, top) = (placed.minX >> 8, placed.minY >> 8)
    let (width, height) = ((placed.maxX >> 8) &- left &+ 1, (placed.maxY >> 8) &- top &+ 1)
    guard !placed.path.isEmpty, (1...4096).contains(width), (1...4096).contains(height) else {
      mask.resize(width: 0, height: 0)
      return nil
    }
    mask.resize(width: Int(width), height: Int(height))
    guard width <= Kernels.narrowWidth, height <= Kernels.blockSide else {
      var moved = Path()
      moved.append(placed.path, x: -left << 8, y: -top << 8)
      fill(moved.shape, .nonZero, into: &mask)
      return (Int(left), Int(top))
    }
    let run = unsafe kernels.fillMask
    unsafe mask.withBytes { bytes in
      let target = UnsafeMutableRawPointer(bytes)
      unsafe prepare(placed.path.shape, .nonZero, target, Int(width), Int(height)) { fill in
        // All points lie in the mask, which is the box round them.
        unsafe fill.is_inside = true
        unsafe fill.left = left
        unsafe fill.top = top
        unsafe run(fill)
      }
    }
    return (Int(left), Int(top))
  }

  /// Makes what the kernels read about a path and a picture, and lends it to `body`.
  @inline(__always)
  private mutating func prepare(
    _ shape: Shape, _ rule: FillRule, _ target: UnsafeMutableRawPointer, _ width: Int,
    _ height: Int, _ body: (inout ci_fill) -> Void
  ) {
    let count = shape.count
    let boxCount = count / Kernels.edgesPerBox + shape.starts.count
    if boxes.count < boxCount { boxes = Array(repeating: SIMD4(), count: 2 * boxCount) }
    guard boxCount > 0 else { return }
    if cells.isEmpty {
      cells = Array(repeating: 0, count: Kernels.cellCount)
      touched = Array(repeating: 0, count: Kernels.touchedCount)
    }
    unsafe shape.points.withUnsafeBytes { points in
      unsafe shape.starts.withUnsafeBufferPointer { starts in
        unsafe cells.withUnsafeMutableBufferPointer { cells in
          unsafe touched.withUnsafeMutableBufferPointer { touched in
            unsafe boxes.withUnsafeMutableBytes { boxes in
              var fill = unsafe ci_fill()
              unsafe fill.points = unsafe points.baseAddress?.assumingMemoryBound(to: Int64.self)
              unsafe fill.point_count = Int64(count)
              unsafe fill.starts = starts.baseAddress
              unsafe fill.contour_count = Int64(starts.count)
              unsafe fill.is_even_odd = rule == .evenOdd
              unsafe fill.cells = cells.baseAddress
              unsafe fill.touched = touched.baseAddress
              unsafe fill.boxes = unsafe boxes.baseAddress?.assumingMemoryBound(to: Int64.self)
              unsafe fill.target = unsafe target.assumingMemoryBound(to: UInt8.self)
              unsafe fill.width = Int64(width)
              unsafe fill.height = Int64(height)
              unsafe fill.end_row = Int64(height)
              unsafe body(&fill)
            }
          }
        }
      }
    }
  }
}
