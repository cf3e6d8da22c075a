/// The place of a cell along the Hilbert curve of a 65536 × 65536 grid.
///
/// Source: the state-free bit formulation of "rawrunprotected" (2016), public domain.
@inlinable
public func hilbertIndex(x: UInt32, y: UInt32) -> UInt32 {
  var a = x ^ y
  var b = 0xFFFF ^ a
  var c = 0xFFFF ^ (x | y)
  var d = x & (y ^ 0xFFFF)
  var e = a | (b >> 1)
  var f = (a >> 1) ^ a
  var g = ((c >> 1) ^ (b & (d >> 1))) ^ c
  var h = ((a & (c >> 1)) ^ (d >> 1)) ^ d
  for shift: UInt32 in [2, 4] {
    (a, b, c, d) = (e, f, g, h)
    e = (a & (a >> shift)) ^ (b & (b >> shift))
    f = (a & (b >> shift)) ^ (b & ((a ^ b) >> shift))
    g ^= (a & (c >> shift)) ^ (b & (d >> shift))
    h ^= (b & (c >> shift)) ^ ((a ^ b) & (d >> shift))
  }
  (a, b, c, d) = (e, f, g, h)
  g ^= (a & (c >> 8)) ^ (b & (d >> 8))
  h ^= (b & (c >> 8)) ^ ((a ^ b) & (d >> 8))
  a = g ^ (g >> 1)
  b = h ^ (h >> 1)
  var i0 = x ^ y
  var i1 = b | (0xFFFF ^ (i0 | a))
  i0 = spread(i0)
  i1 = spread(i1)
  return (i1 << 1) | i0
}

@inlinable
func spread(_ value: UInt32) -> UInt32 {
  var bits = (value | (value << 8)) & 0x00FF_00FF
  bits = (bits | (bits << 4)) & 0x0F0F_0F0F
  bits = (bits | (bits << 2)) & 0x3333_3333
  return (bits | (bits << 1)) & 0x5555_5555
}
