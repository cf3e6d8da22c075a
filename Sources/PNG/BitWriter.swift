/// Puts bits into bytes, the lowest first (RFC 1951, section 3.1.1).
///
/// It writes eight bytes beyond those that count: what it writes to has room for them.
struct BitWriter {
  private(set) var position = 0
  private var bits: UInt64 = 0
  /// Bits held back; below 8 after `flush`.
  private var count: UInt64 = 0

  /// Between two flushes at most 56 bits are put.
  @inline(__always)
  mutating func put(_ value: UInt64, _ length: UInt64) {
    bits |= value &<< count
    count &+= length
  }

  /// An entry of a code: bits, and from bit 24 their number.
  @inline(__always)
  mutating func put(_ entry: UInt32) {
    put(UInt64(entry & 0xFF_FFFF), UInt64(entry &>> 24))
  }

  @inline(__always)
  mutating func flush(_ output: UnsafeMutableRawPointer) {
    unsafe (output + position).storeBytes(of: bits.littleEndian, as: UInt64.self)
    position &+= Int(truncatingIfNeeded: count &>> 3)
    bits = bits &>> (count & ~7)
    count &= 7
  }

  /// Fills the byte begun with zeros.
  mutating func align(_ output: UnsafeMutableRawPointer) {
    count = (count &+ 7) & ~7
    unsafe flush(output)
  }
}
