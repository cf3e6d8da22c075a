import SeededRandom
import SpatialIndex

/// A box of any size, down to points, with its lower corner in a world of `extent`
/// units around zero; `extent` is at most half of what 32 bits hold.
func randomBox(_ random: inout SeededGenerator, extent: Int32) -> IndexBox {
  let x = Int32.random(in: -extent...extent, using: &random)
  let y = Int32.random(in: -extent...extent, using: &random)
  let sizes: [Int32] = [0, 1, max(extent / 1000, 1), max(extent / 20, 1), extent]
  let size = sizes[Int.random(in: 0..<sizes.count, using: &random)]
  let width = Int32.random(in: 0...size, using: &random)
  let height = Int32.random(in: 0...size, using: &random)
  return IndexBox(minX: x, minY: y, maxX: x + width, maxY: y + height)
}

/// The place of a cell along the curve, quadrant by quadrant from the largest: the slow twin.
func slowHilbertIndex(x: UInt32, y: UInt32, bits: Int) -> UInt32 {
  var (x, y) = (x, y)
  var index: UInt32 = 0
  for level in stride(from: bits - 1, through: 0, by: -1) {
    let half = UInt32(1) << UInt32(level)
    let right: UInt32 = x & half != 0 ? 1 : 0
    let far: UInt32 = y & half != 0 ? 1 : 0
    index = index << 2 | (3 * right ^ far)
    // Turn the quadrant so that its curve begins and ends where its neighbours' do.
    if far == 0 {
      if right == 1 {
        x = ~x
        y = ~y
      }
      (x, y) = (y, x)
    }
  }
  return index
}
