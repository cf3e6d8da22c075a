import CInline
import Testing

@testable import PNG

@Suite("Prefix codes")
struct HuffmanCodeTests {
  /// Whether the codes are those of RFC 1951, section 3.2.2: complete, without a code that begins another.
  private func expectComplete(_ code: HuffmanCode, _ counts: [UInt32], limit: Int) {
    var sum = 0
    for (symbol, length) in code.lengths.enumerated() {
      #expect((length > 0) == (counts[symbol] > 0))
      #expect(length <= limit && code.entries[symbol].count == UInt64(length))
      if length > 0 { sum += 1 << (limit - Int(length)) }
    }
    #expect(sum == 1 << limit)
    var words: Set<String> = []
    for (symbol, length) in code.lengths.enumerated() where length > 0 {
      words.insert(
        String((0..<length).map { code.entries[symbol].bits >> UInt64($0) & 1 == 1 ? "1" : "0" }))
    }
    #expect(words.count == code.lengths.count { $0 > 0 })
    #expect(!words.contains { word in words.contains { $0 != word && $0.hasPrefix(word) } })
  }

  /// The least number of bits without a limit: the sum of all inner nodes.
  private func leastBits(_ counts: [UInt32]) -> Int {
    var weights = counts.filter { $0 > 0 }.map(Int.init)
    var bits = 0
    while weights.count > 1 {
      weights.sort(by: >)
      let node = weights.removeLast() + weights.removeLast()
      bits += node
      weights.append(node)
    }
    return bits
  }

  @Test("codes are complete and as short as they can be")
  func optimal() {
    var state: UInt64 = 3
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 40
    }
    for turn in 0..<60 {
      var counts = (0..<286).map { _ in UInt32(next() % UInt64(1 + turn)) }
      if turn % 3 == 0 { for i in 0..<250 { counts[i] = 0 } }
      counts[256] = 1
      counts[3] = 4
      var code = HuffmanCode(count: 286, limit: 15)
      code.build(counts)
      expectComplete(code, counts, limit: 15)
      let bits = counts.indices.reduce(0) { $0 + Int(counts[$1]) * Int(code.lengths[$1]) }
      #expect(bits == leastBits(counts))
    }
  }

  @Test("no code is longer than its limit, and the codes stay complete", arguments: [7, 9, 14])
  func limited(limit: Int) {
    // Fibonacci's numbers make the deepest tree.
    var counts: [UInt32] = [1, 1]
    while counts.count < 30 { counts.append(counts[counts.count - 1] + counts[counts.count - 2]) }
    var code = HuffmanCode(count: 30, limit: limit)
    code.build(counts)
    expectComplete(code, counts, limit: limit)
    #expect(code.lengths.max() == UInt8(limit))
  }
}

@Suite("Checksum of a stream")
struct AdlerTests {
  @Test("both processor levels give the sum that the definition gives")
  func levels() {
    var state: UInt64 = 9
    for (width, height) in [(1, 1), (7, 5), (8, 4), (9, 4), (256, 256), (31_999, 2)] {
      let bytes = (0..<width * height * 4).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 56) | 0xC0
      }
      for channels in [3, 4] {
        var bytes = bytes
        if channels == 3 { for i in stride(from: 3, to: bytes.count, by: 4) { bytes[i] = 255 } }
        var (low, high) = (1, 0)
        for (i, byte) in bytes.enumerated() {
          if i % (width * 4) == 0 { high = (high + low) % 65_521 }
          guard i % 4 < channels else { continue }
          low = (low + Int(byte)) % 65_521
          high = (high + low) % 65_521
        }
        unsafe bytes.withUnsafeBytes { bytes in
          let rows = unsafe PixelRows(
            bytes.baseAddress!, width: width, height: height, channels: channels)
          for usesAVX2 in [false, ci_has_x86_64_v3()] {
            #expect(Adler.sum(rows, usesAVX2: usesAVX2) == UInt32(high << 16 | low))
          }
        }
      }
    }
  }
}

@Suite("Deflated pixels")
struct PixelDeflaterTests {
  /// Pixels of few colours, in runs to the left and from above.
  private func pixels(_ width: Int, _ height: Int, alpha: UInt8) -> [UInt8] {
    var state: UInt64 = 5
    func next(_ limit: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % limit)
    }
    var words: [UInt32] = []
    while words.count < width * height {
      let kind = next(3)
      let count = min(next(next(8) == 0 ? 300 : 9) + 1, width * height - words.count)
      for _ in 0..<count {
        switch kind {
        case 0 where words.count >= width: words.append(words[words.count - width])
        case 1: words.append(words.last ?? 0)
        default: words.append(UInt32(next(1 << 24)))
        }
      }
    }
    return words.flatMap {
      [UInt8($0 & 255), UInt8($0 >> 8 & 255), UInt8($0 >> 16 & 255), alpha]
    }
  }

  private func stream(
    _ rgba: [UInt8], _ width: Int, _ height: Int, channels: Int, usesAVX2: Bool, offset: Int = 0
  ) -> [UInt8]? {
    var deflater = PixelDeflater(widthLimit: width, usesAVX2: usesAVX2)
    let bytes = [UInt8](repeating: 0, count: offset) + rgba
    let outcome = unsafe deflater.compress(
      bytes.span.extracting(droppingFirst: offset), width: width, height: height, channels: channels
    )
    guard case .stream(let bytes) = unsafe outcome else { return nil }
    return unsafe Array(bytes)
  }

  @Test("both processor levels give the same stream, wherever the pixels stand")
  func levels() throws {
    for (width, height) in [(1, 40), (63, 9), (64, 33), (65, 33), (256, 64), (511, 20)] {
      for channels in [3, 4] {
        let rgba = pixels(width, height, alpha: channels == 3 ? 255 : 90)
        let plain = stream(rgba, width, height, channels: channels, usesAVX2: false)
        try #require(plain != nil)
        let quick = stream(
          rgba, width, height, channels: channels, usesAVX2: ci_has_x86_64_v3())
        #expect(plain == quick)
        // Rows are then compared where they do not stand.
        let shifted = stream(
          rgba, width, height, channels: channels, usesAVX2: false, offset: 1)
        #expect(plain == shifted)
      }
    }
  }

  @Test("a picture with one pixel that is not opaque is not written without alphas")
  func translucent() {
    let (width, height) = (67, 40)
    for place in [0, 66, 1000, width * height - 1] {
      for usesAVX2 in [false, ci_has_x86_64_v3()] {
        var rgba = pixels(width, height, alpha: 255)
        #expect(stream(rgba, width, height, channels: 3, usesAVX2: usesAVX2) != nil)
        rgba[place * 4 + 3] = 254
        #expect(stream(rgba, width, height, channels: 3, usesAVX2: usesAVX2) == nil)
      }
    }
  }
}
