internal import CInline

/// Puts bits into bytes, the lowest first (RFC 1951, section 3.1.1).
///
/// It writes eight bytes beyond those that count: what it writes to has room for them.
struct BitWriter {
  private var state = ci_bit_writer()

  var position: Int { Int(state.position) }

  /// At most 56 bits.
  mutating func put(_ value: UInt64, _ count: UInt64, _ output: UnsafeMutableRawPointer) {
    unsafe ci_put_bits(value, count, &state, output.assumingMemoryBound(to: UInt8.self))
  }

  mutating func put(_ code: ci_code, _ output: UnsafeMutableRawPointer) {
    unsafe put(code.bits, code.count, output)
  }

  /// Puts a row of pixels.
  mutating func put(
    _ row: inout ci_pixel_row, hasAlpha: Bool, _ output: UnsafeMutableRawPointer, usesAVX2: Bool
  ) {
    let output = unsafe output.assumingMemoryBound(to: UInt8.self)
    if usesAVX2 {
      unsafe ci_put_row_avx2(&row, hasAlpha, &state, output)
    } else {
      unsafe ci_put_row(&row, hasAlpha, &state, output)
    }
  }

  /// Fills the byte begun with zeros.
  mutating func align(_ output: UnsafeMutableRawPointer) {
    unsafe put(0, (8 &- state.count) & 7, output)
  }
}
