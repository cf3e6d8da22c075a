internal import CInline

/// A picture of premultiplied RGBA, eight bits a channel, rows from the top without gaps.
public struct Pixmap: Sendable {
  /// Pixels.
  public let width: Int, height: Int
  /// The bytes R, G, B, A of all pixels, premultiplied; `bytes.span` reads them without a copy.
  public private(set) var bytes: [UInt8]

  /// A transparent picture.
  ///
  /// - Precondition: 0 ≤ width, height ≤ 65,536.
  public init(width: Int, height: Int) {
    precondition((0...65_536).contains(width) && (0...65_536).contains(height))
    self.width = width
    self.height = height
    bytes = [UInt8](repeating: 0, count: width * height * 4)
  }

  /// A picture from `width * height * 4` bytes of premultiplied RGBA; nil if their number differs
  /// or a channel exceeds its alpha.
  public init?(width: Int, height: Int, premultiplied: [UInt8]) {
    guard (0...65_536).contains(width), (0...65_536).contains(height),
      premultiplied.count == width * height * 4
    else { return nil }
    for i in stride(from: 0, to: premultiplied.count, by: 4) {
      let alpha = premultiplied[i + 3]
      guard premultiplied[i] <= alpha, premultiplied[i + 1] <= alpha, premultiplied[i + 2] <= alpha
      else { return nil }
    }
    self.width = width
    self.height = height
    bytes = premultiplied
  }

  /// A picture from `width * height * 4` bytes of straight RGBA; nil if their number differs.
  public init?(width: Int, height: Int, straight: [UInt8]) {
    guard (0...65_536).contains(width), (0...65_536).contains(height),
      straight.count == width * height * 4
    else { return nil }
    self.width = width
    self.height = height
    bytes = straight
    for i in Swift.stride(from: 0, to: bytes.count, by: 4) where bytes[i + 3] != 255 {
      let alpha = UInt32(bytes[i + 3])
      for c in i..<i + 3 { bytes[c] = UInt8(divide255(UInt32(bytes[c]) * alpha)) }
    }
  }

  /// Replaces every pixel of some rows, of all if `rows` is nil.
  public mutating func clear(_ colour: Colour, rows: Range<Int>? = nil) {
    let word = colour.premultiplied
    let rows = (rows ?? 0..<height).clamped(to: 0..<height)
    let count = rows.upperBound &* width
    let first = rows.lowerBound &* width
    unsafe withPixels { pixels in
      let fill = SIMD8(repeating: word)
      var i = first
      while i &+ 8 <= count {
        unsafe (pixels + i &<< 2).storeBytes(of: fill, as: SIMD8<UInt32>.self)
        i &+= 8
      }
      while i < count {
        unsafe (pixels + i &<< 2).storeBytes(of: word, as: UInt32.self)
        i &+= 1
      }
    }
  }

  /// The premultiplied channels of one pixel.
  ///
  /// - Precondition: 0 ≤ x < width and 0 ≤ y < height.
  public subscript(x: Int, y: Int) -> SIMD4<UInt8> {
    precondition((0..<width).contains(x) && (0..<height).contains(y))
    let i = (y * width + x) * 4
    return SIMD4(bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3])
  }

  /// A part of the picture as a picture of its own; what lies outside is transparent.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Pixmap {
    var part = Pixmap(width: width, height: height)
    part.copy(self, x: 0 &- x, y: 0 &- y)
    return part
  }

  /// Replaces pixels by those of `source`, whose upper left corner comes to (x, y).
  public mutating func copy(_ source: borrowing Pixmap, x: Int, y: Int) {
    guard let overlap = Overlap(source.width, source.height, x: x, y: y, in: self) else { return }
    let rowBytes = width * 4
    let sourceRowBytes = source.width * 4
    unsafe source.withReadOnlyPixels { from in
      unsafe withPixels { to in
        for row in 0..<overlap.height {
          unsafe (to + (overlap.y + row) * rowBytes + overlap.x * 4).copyMemory(
            from: from + (overlap.sourceY + row) * sourceRowBytes + overlap.sourceX * 4,
            byteCount: overlap.width * 4)
        }
      }
    }
  }

  /// Draws `source` over this picture with its upper left corner at (x, y), its alpha scaled by
  /// `opacity`/255: an image, or a group that was drawn apart.
  public mutating func blend(_ source: borrowing Pixmap, x: Int, y: Int, opacity: UInt8 = 255) {
    guard let overlap = Overlap(source.width, source.height, x: x, y: y, in: self) else { return }
    let rowBytes = width * 4
    let sourceRowBytes = source.width * 4
    let kernels = ProcessorLevel.kernels
    unsafe source.withReadOnlyPixels { from in
      unsafe withPixels { to in
        for row in 0..<overlap.height {
          let target = unsafe to + (overlap.y + row) * rowBytes + overlap.x * 4
          let pixels =
            unsafe from + (overlap.sourceY + row) * sourceRowBytes + overlap.sourceX * 4
          unsafe kernels.blendRow(target, pixels, overlap.width, opacity)
        }
      }
    }
  }

  /// Draws `colour` through `mask`, whose upper left corner comes to (x, y).
  public mutating func blend(mask: borrowing Mask, x: Int, y: Int, with colour: Colour) {
    guard let overlap = Overlap(mask.width, mask.height, x: x, y: y, in: self) else { return }
    let rowBytes = width * 4
    let maskWidth = mask.width
    let kernels = ProcessorLevel.kernels
    unsafe mask.withReadOnlyBytes { shares in
      unsafe withPixels { to in
        for row in 0..<overlap.height {
          unsafe kernels.blendMaskRow(
            to + (overlap.y + row) * rowBytes + overlap.x * 4,
            shares + (overlap.sourceY + row) * maskWidth + overlap.sourceX, overlap.width,
            colour.opaque, colour.alpha)
        }
      }
    }
  }

  /// Draws the letters of a label and before them the halo round them, through shares of pixels in rows
  /// of `stride` bytes, the first pixel of which comes to (x, y).
  ///
  /// - Precondition: both hold `height` rows, the last of them at least up to `width`.
  package mutating func blend(
    halo: Span<UInt8>, _ haloColour: Colour, ink: Span<UInt8>, _ colour: Colour, stride: Int,
    width: Int, height: Int, x: Int, y: Int
  ) {
    guard let overlap = Overlap(width, height, x: x, y: y, in: self) else { return }
    let count = (height - 1) * stride + width
    precondition(stride >= width && ink.count >= count && halo.count >= count)
    let rowBytes = self.width * 4
    let blendLabel = unsafe ProcessorLevel.kernels.blendLabel
    let first = overlap.sourceY * stride + overlap.sourceX
    unsafe halo.withUnsafeBufferPointer { halo in
      unsafe ink.withUnsafeBufferPointer { ink in
        unsafe withPixels { to in
          guard let halo = halo.baseAddress, let ink = ink.baseAddress else { return }
          let target = unsafe to + overlap.y * rowBytes + overlap.x * 4
          unsafe blendLabel(
            ci_label(
              target: target.assumingMemoryBound(to: UInt8.self), row_bytes: Int64(rowBytes),
              halo: halo + first, ink: ink + first, stride: Int64(stride),
              width: Int64(overlap.width), height: Int64(overlap.height),
              halo_colour: haloColour.opaque, ink_colour: colour.opaque,
              halo_alpha: haloColour.alpha, ink_alpha: colour.alpha))
        }
      }
    }
  }

  /// Draws `source` scaled to `width` × `height` 1/256 px with its upper left corner at (x, y), in
  /// 1/256 px, by bilinear interpolation of the premultiplied pixels; outside of the source its
  /// border pixels are repeated, and whole pixels whose centres lie inside are drawn.
  public mutating func blend(
    _ source: borrowing Pixmap, x: Int64, y: Int64, width: Int64, height: Int64,
    opacity: UInt8 = 255
  ) {
    let limit: Int64 = 1 << 40
    guard source.width > 0, source.height > 0, (1...(1 << 28)).contains(width),
      (1...(1 << 28)).contains(height), (-limit...limit).contains(x), (-limit...limit).contains(y)
    else { return }
    // The first pixel whose centre is at or right of the edge, and the first behind the other.
    let fromX = max((x + 127) >> 8, 0)
    let toX = min((x + width + 127) >> 8, Int64(self.width))
    let fromY = max((y + 127) >> 8, 0)
    let toY = min((y + height + 127) >> 8, Int64(self.height))
    guard fromX < toX, fromY < toY else { return }
    let rowBytes = self.width * 4
    let sourceWidth = source.width
    let sourceHeight = source.height
    unsafe source.withReadOnlyPixels { from in
      unsafe withPixels { to in
        for row in fromY..<toY {
          let v = BilinearStep(row * 256 + 128 - y, of: height, over: sourceHeight)
          let upper = unsafe from + v.first * sourceWidth * 4
          let lower = unsafe from + v.second * sourceWidth * 4
          for column in fromX..<toX {
            let u = BilinearStep(column * 256 + 128 - x, of: width, over: sourceWidth)
            let top = unsafe mix(upper, u)
            let bottom = unsafe mix(lower, u)
            var pixel: UInt32 = 0
            for c in 0..<4 {
              // Weights of 8 bits each way: 16 bits of fraction.
              let sum = top[c] &* (256 &- v.weight) &+ bottom[c] &* v.weight &+ 32768
              pixel |= (sum &>> 16) &<< UInt32(truncatingIfNeeded: c &* 8)
            }
            unsafe withUnsafeBytes(of: pixel) {
              unsafe blendOver(
                to + Int(row) * rowBytes + Int(column) * 4, $0.baseAddress!, UInt32(opacity))
            }
          }
        }
      }
    }
  }

  @inline(__always)
  mutating func withPixels<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R? {
    unsafe bytes.withUnsafeMutableBytes {
      guard let base = $0.baseAddress else { return nil }
      return unsafe body(base)
    }
  }

  @inline(__always)
  func withReadOnlyPixels(_ body: (UnsafeRawPointer) -> Void) {
    unsafe bytes.withUnsafeBytes {
      guard let base = $0.baseAddress else { return }
      unsafe body(base)
    }
  }
}

/// Two neighbouring source pixels and the share of the second, 0...255 of 256.
struct BilinearStep {
  let first: Int, second: Int
  let weight: UInt32

  /// - Parameter distance: from the picture's edge to the pixel's centre, of `size`, in 1/256 px.
  @inline(__always)
  init(_ distance: Int64, of size: Int64, over count: Int) {
    // Source pixel centres are at halves: 8 fraction bits of distance · count / size - 1/2.
    let position = (distance &* Int64(count) &* 256) / size &- 128
    let whole = Int(truncatingIfNeeded: position >> 8)
    first = min(max(whole, 0), count &- 1)
    second = min(max(whole &+ 1, 0), count &- 1)
    weight = UInt32(truncatingIfNeeded: position & 255)
  }
}

/// The channels between two pixels of a row, times 256.
@inline(__always)
private func mix(_ row: UnsafeRawPointer, _ step: BilinearStep) -> SIMD4<UInt32> {
  let a = unsafe (row + step.first &* 4).loadUnaligned(as: SIMD4<UInt8>.self)
  let b = unsafe (row + step.second &* 4).loadUnaligned(as: SIMD4<UInt8>.self)
  return SIMD4<UInt32>(truncatingIfNeeded: a) &* (256 &- step.weight)
    &+ SIMD4<UInt32>(truncatingIfNeeded: b) &* step.weight
}

/// The part of a rectangle that lies on a picture.
struct Overlap {
  /// Upper left corner on the picture, and the same pixel in the rectangle.
  let x: Int, y: Int, sourceX: Int, sourceY: Int
  let width: Int, height: Int

  init?(_ width: Int, _ height: Int, x: Int, y: Int, in pixmap: borrowing Pixmap) {
    let limit = 1 << 40
    guard x > -limit, x < limit, y > -limit, y < limit else { return nil }
    self.x = max(x, 0)
    self.y = max(y, 0)
    sourceX = self.x - x
    sourceY = self.y - y
    self.width = min(x + width, pixmap.width) - self.x
    self.height = min(y + height, pixmap.height) - self.y
    guard self.width > 0, self.height > 0 else { return nil }
  }
}
