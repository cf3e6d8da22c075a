/// Ranges of seeds by block: a table of open places, because a tile asks it a thousand times.
struct BlockTable {
  private struct Place {
    var id = LabelPlacement.BlockID(x: 0, y: 0)
    var first: Int32 = -1
    var last: Int32 = 0
  }

  /// A power of two, at least twice `count`.
  private var places = [Place](repeating: Place(), count: 64)
  private(set) var count = 0

  /// What a block holds; nil for one that is not known. A known block's range is never changed.
  subscript(id: LabelPlacement.BlockID) -> Range<Int>? {
    get {
      let place = places[index(of: id)]
      return place.first < 0 ? nil : Int(place.first)..<Int(place.last)
    }
    set {
      guard let newValue else { return }
      if 2 * (count + 1) > places.count { grow() }
      let index = index(of: id)
      if places[index].first < 0 { count += 1 }
      places[index] = Place(
        id: id, first: Int32(newValue.lowerBound), last: Int32(newValue.upperBound))
    }
  }

  /// Knows no block any more; the memory is kept.
  mutating func removeAll() {
    guard count > 0 else { return }
    for index in places.indices { places[index] = Place() }
    count = 0
  }

  /// Where a block is, or the free place that it would take.
  private func index(of id: LabelPlacement.BlockID) -> Int {
    let word = UInt64(truncatingIfNeeded: id.x) &* 0x9E37_79B9_7F4A_7C15
    let mixed = (word ^ UInt64(truncatingIfNeeded: id.y)) &* 0xBF58_476D_1CE4_E5B9
    let mask = places.count - 1
    var index = Int(truncatingIfNeeded: mixed >> 32) & mask
    while places[index].first >= 0 && places[index].id != id { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = places
    places = [Place](repeating: Place(), count: old.count * 2)
    for place in old where place.first >= 0 { places[index(of: place.id)] = place }
  }
}
