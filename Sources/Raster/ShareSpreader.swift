internal import CInline

/// Spreads shares of pixels to the pixels round them, as the halos of letters are made.
///
/// The pixels around are sorted into rings. Each ring gives the most of its shares, changed by the
/// ring's gain, and the greatest of what all rings give counts. A gain of 0 or more is added, to 255
/// at most, but no share becomes more than sixteen times itself; a negative one is taken off.
package struct ShareSpreader: Sendable {
  /// Bytes that must follow the shares, whatever they hold: as many pixels are made at once.
  package static let padding = 64

  private let kernels: KernelTable
  private let offsets: [SIMD2<Int64>]
  /// Of each ring.
  private let ends: [Int64]
  private let gains: [Int64]
  /// The offsets in rows of the last length.
  private var deltas: [Int64]
  /// How far the offsets reach, in rows and columns.
  private let reach: Int

  /// - Parameters:
  ///   - rings: each with a gain of -254...255 and offsets in columns (x) and rows (y).
  ///   - level: whose kernels are used; it must be supported.
  package init(_ rings: [(gain: Int, offsets: [SIMD2<Int>])], level: ProcessorLevel = .best) {
    precondition(ProcessorLevel.isSupported(level))
    kernels = KernelTable(level)
    precondition(rings.allSatisfy { (-254...255).contains($0.gain) })
    offsets = rings.flatMap { $0.offsets.map { SIMD2(Int64($0.x), Int64($0.y)) } }
    gains = rings.map { Int64($0.gain) }
    var end: Int64 = 0
    ends = rings.map { ring in
      end += Int64(ring.offsets.count)
      return end
    }
    deltas = Array(repeating: 0, count: offsets.count)
    reach = Int(offsets.reduce(0) { max($0, $1.x.magnitude, $1.y.magnitude) })
  }

  /// - Parameters:
  ///   - shares: `count` bytes in rows of `stride`, and at least `padding` more.
  ///   - spread: receives as many bytes; those nearer to an edge than the furthest offset mean
  ///     nothing, nor does what follows them.
  package mutating func spread(
    _ shares: [UInt8], count: Int, stride: Int, into spread: inout [UInt8]
  ) {
    precondition(count >= 0 && stride >= 0 && shares.count >= count + Self.padding)
    if spread.count < shares.count {
      spread.append(contentsOf: repeatElement(0, count: shares.count - spread.count))
    }
    // Whole rows in one run: what wraps from one row's end to the next one's beginning lands in the
    // margin.
    let edge = reach * stride + reach
    guard count > 2 * edge else { return }
    for index in offsets.indices {
      deltas[index] = offsets[index].y &* Int64(stride) &+ offsets[index].x
    }
    let run = unsafe kernels.spread
    unsafe spread.withUnsafeMutableBufferPointer { spread in
      unsafe shares.withUnsafeBufferPointer { shares in
        unsafe deltas.withUnsafeBufferPointer { deltas in
          unsafe ends.withUnsafeBufferPointer { ends in
            unsafe gains.withUnsafeBufferPointer { gains in
              // A delta is at most `edge` bytes, so that all reads lie in the shares and their padding.
              unsafe run(
                ci_spreading(
                  ink: shares.baseAddress, deltas: deltas.baseAddress, ends: ends.baseAddress,
                  gains: gains.baseAddress, rings: Int64(gains.count), halo: spread.baseAddress,
                  first: Int64(edge), end: Int64(count - edge)))
            }
          }
        }
      }
    }
  }
}
