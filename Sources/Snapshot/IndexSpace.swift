internal import Geometry
internal import SpatialIndex

/// The frame of the index: boxes as 32-bit numbers from an origin, rounded outward.
struct IndexSpace {
  let originX: Int64
  let originY: Int64
  let shift: Int

  init(_ boxes: [GridBox]) {
    var all = GridBox.empty
    for box in boxes { all.formUnion(box) }
    guard !all.isEmpty else {
      originX = 0
      originY = 0
      shift = 0
      return
    }
    originX = all.minX
    originY = all.minY
    let side = max(all.maxX - all.minX, all.maxY - all.minY)
    var shift = 0
    while side >> Int64(shift) >= Int64(Int32.max) { shift += 1 }
    self.shift = shift
  }

  init(originX: Int64, originY: Int64, shift: Int) {
    self.originX = originX
    self.originY = originY
    self.shift = shift
  }

  func rounded(_ box: GridBox) -> IndexBox {
    IndexBox(
      minX: down(box.minX, originX), minY: down(box.minY, originY),
      maxX: up(box.maxX, originX), maxY: up(box.maxY, originY))
  }

  private func down(_ value: Int64, _ origin: Int64) -> Int32 {
    let (difference, overflow) = value.subtractingReportingOverflow(origin)
    if overflow { return value < 0 ? .min : .max }
    return Int32(clamping: difference >> Int64(shift))
  }

  private func up(_ value: Int64, _ origin: Int64) -> Int32 {
    let (difference, overflow) = value.subtractingReportingOverflow(origin)
    if overflow { return value < 0 ? .min : .max }
    let mask: Int64 = (1 << Int64(shift)) - 1
    let whole = difference >> Int64(shift)
    return Int32(clamping: difference & mask == 0 ? whole : whole + 1)
  }
}
