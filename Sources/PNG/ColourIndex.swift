/// Finds out whether a picture has at most 256 colours, and numbers its pixels if so.
struct ColourIndex: Sendable {
  /// R, G, B, A from the low byte up; entries with alpha below 255 first, each kind in the order
  /// of its first pixel.
  private(set) var palette: [UInt32] = []
  private var found: [UInt32] = []
  /// Number in `found` for each pixel.
  private var indices: [UInt8] = []
  /// Where a found colour is in `palette`.
  private var places: [UInt8] = []
  /// Open hash table; a slot counts only if its stamp is the present one.
  private var keys = [UInt32](repeating: 0, count: slotCount)
  private var stamps = [UInt32](repeating: 0, count: slotCount)
  private var numbers = [UInt8](repeating: 0, count: slotCount)
  private var stamp: UInt32 = 0

  private static let slotCount = 1024

  var count: Int { found.count }
  var first: UInt32 { found.first ?? 0 }

  /// Numbers the pixels of straight RGBA; false at the 257th colour.
  mutating func index(_ rgba: Span<UInt8>) -> Bool {
    found.removeAll(keepingCapacity: true)
    let pixelCount = rgba.count / 4
    if indices.count != pixelCount { indices = [UInt8](repeating: 0, count: pixelCount) }
    stamp &+= 1
    if stamp == 0 {
      for i in stamps.indices { stamps[i] = 0 }
      stamp = 1
    }
    var target: [UInt8] = []
    swap(&target, &indices)
    defer { swap(&target, &indices) }
    let fits = unsafe rgba.withUnsafeBytes { bytes in
      unsafe target.withUnsafeMutableBufferPointer { numbers in
        guard let base = bytes.baseAddress, let out = numbers.baseAddress else { return true }
        return unsafe scan(base, out, pixelCount)
      }
    }
    if fits { arrange() }
    return fits
  }

  private mutating func scan(
    _ pixels: UnsafeRawPointer, _ out: UnsafeMutablePointer<UInt8>, _ count: Int
  ) -> Bool {
    var i = 0
    while i < count {
      let colour = unsafe (pixels + i &* 4).loadUnaligned(as: UInt32.self)
      guard let number = number(of: colour) else { return false }
      unsafe out[i] = number
      i &+= 1
      let run = SIMD8(repeating: colour)
      while i &+ 8 <= count {
        let next = unsafe (pixels + i &* 4).loadUnaligned(as: SIMD8<UInt32>.self) ^ run
        let halves = next.lowHalf | next.highHalf
        let pair = halves.lowHalf | halves.highHalf
        guard pair.x | pair.y == 0 else { break }
        unsafe UnsafeMutableRawPointer(out + i).storeBytes(
          of: UInt64(number) &* 0x0101_0101_0101_0101, as: UInt64.self)
        i &+= 8
      }
      while i < count, unsafe (pixels + i &* 4).loadUnaligned(as: UInt32.self) == colour {
        unsafe out[i] = number
        i &+= 1
      }
    }
    return true
  }

  private mutating func number(of colour: UInt32) -> UInt8? {
    var slot = Int((colour &* 2_654_435_761) &>> 22)
    while stamps[slot] == stamp {
      if keys[slot] == colour { return numbers[slot] }
      slot = (slot + 1) & (ColourIndex.slotCount - 1)
    }
    guard found.count < 256 else { return nil }
    stamps[slot] = stamp
    keys[slot] = colour
    numbers[slot] = UInt8(found.count)
    found.append(colour)
    return numbers[slot]
  }

  /// Puts the colours that need an alpha entry first.
  private mutating func arrange() {
    palette.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    places.append(contentsOf: repeatElement(0, count: found.count))
    for isOpaque in [false, true] {
      for (i, colour) in found.enumerated() where (colour >> 24 == 255) == isOpaque {
        places[i] = UInt8(palette.count)
        palette.append(colour)
      }
    }
  }

  /// Rows of palette numbers, packed from the high bits down, each after a filter byte of zero.
  mutating func pack(width: Int, height: Int, bitDepth: Int, into rows: inout [UInt8]) {
    let perByte = 8 / bitDepth
    let stride = (width + perByte - 1) / perByte + 1
    if rows.count != stride * height { rows = [UInt8](repeating: 0, count: stride * height) }
    var table = [UInt8](repeating: 0, count: 256)
    for (i, place) in places.enumerated() { table[i] = place }
    unsafe indices.withUnsafeBufferPointer { from in
      unsafe table.withUnsafeBufferPointer { table in
        unsafe rows.withUnsafeMutableBufferPointer { to in
          for y in 0..<height {
            unsafe to[y &* stride] = 0
            for byte in 0..<stride &- 1 {
              var value: UInt8 = 0
              for k in 0..<perByte {
                let x = byte &* perByte &+ k
                let place = x < width ? unsafe table[Int(from[y &* width &+ x])] : 0
                value = value &<< UInt8(truncatingIfNeeded: bitDepth) | place
              }
              unsafe to[y &* stride &+ 1 &+ byte] = value
            }
          }
        }
      }
    }
  }
}
