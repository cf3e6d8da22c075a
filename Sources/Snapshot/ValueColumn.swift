internal import Features

/// A column's values while they arrive: each different one once, with a code a row.
struct ValueColumn {
  private(set) var codes: [UInt32] = []
  /// By code, in the order of their first coming.
  private(set) var values: [Attribute] = []
  private var hashes: [UInt32] = []
  /// Codes in open addressing, half full at most; `.max` is a free place.
  private var places = [UInt32](repeating: .max, count: 64)

  mutating func append(_ value: Attribute) {
    let exact = ExactValue(value: value)
    if let last = codes.last, ExactValue(value: values[Int(last)]) == exact {
      codes.append(last)
      return
    }
    let hash = UInt32(truncatingIfNeeded: exact.hashValue)
    var place = Int(hash) & (places.count - 1)
    while places[place] != .max {
      let code = Int(places[place])
      if hashes[code] == hash, ExactValue(value: values[code]) == exact {
        codes.append(UInt32(code))
        return
      }
      place = (place + 1) & (places.count - 1)
    }
    places[place] = UInt32(values.count)
    codes.append(UInt32(values.count))
    values.append(value)
    hashes.append(hash)
    if values.count * 2 > places.count { grow() }
  }

  private mutating func grow() {
    places = Array(repeating: .max, count: places.count * 4)
    for (code, hash) in hashes.enumerated() {
      var place = Int(hash) & (places.count - 1)
      while places[place] != .max { place = (place + 1) & (places.count - 1) }
      places[place] = UInt32(code)
    }
  }
}
