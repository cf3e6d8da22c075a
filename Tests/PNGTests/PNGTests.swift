import CAllocationCounter
import PNG
import Testing

/// A sanitizer's own allocator is not counted.
private let isCounted = allocation_count() >= 0

/// Pictures that a seed stands for.
private struct Sample {
  let width: Int, height: Int
  let straight: [UInt8]

  /// - Parameter colourCount: different colours that pixels are chosen from.
  init(seed: Int, width: Int, height: Int, colourCount: Int, isOpaque: Bool) {
    self.width = width
    self.height = height
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 99
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let colours = (0..<colourCount).map { number -> [UInt8] in
      // The number itself keeps the colours apart.
      let alpha = isOpaque ? 255 : UInt8(1 + next() % 255)
      return [UInt8(number & 255), UInt8(number >> 8), UInt8(next() & 255), alpha]
    }
    var bytes: [UInt8] = []
    var last = 0
    for i in 0..<width * height {
      if i < colourCount { last = i } else if next() % 3 == 0 { last = Int(next()) % colourCount }
      bytes += colours[last]
    }
    straight = bytes
  }

  var premultiplied: [UInt8] {
    var bytes = straight
    for i in stride(from: 0, to: bytes.count, by: 4) {
      for c in i..<i + 3 {
        bytes[c] = UInt8((Int(bytes[c]) * Int(bytes[i + 3]) * 2 + 255) / 510)
      }
    }
    return bytes
  }
}

/// Bit depth and colour type of a file.
private func format(_ file: [UInt8]) -> [UInt8] { Array(file[24...25]) }

private func chunkNames(_ file: [UInt8]) -> [String] {
  var names: [String] = []
  var offset = 8
  while offset + 12 <= file.count {
    let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    names.append(String(decoding: file[offset + 4..<offset + 8], as: UTF8.self))
    offset += 12 + length
  }
  return names
}

@Suite("PNG encoder")
struct PNGEncoderTests {
  @Test(
    "a picture comes back exactly, whatever its colours and size",
    arguments: [1, 2, 3, 4, 5, 16, 17, 255, 256, 257, 700], [true, false])
  func roundTrip(colourCount: Int, isOpaque: Bool) throws {
    for compression in [PNGEncoder.Compression.fast, .compact] {
      var encoder = PNGEncoder(compression: compression)
      for (seed, size) in [(40, 30), (33, 64), (701, 1), (1, 701), (256, 256)].enumerated() {
        guard size.0 * size.1 >= colourCount else { continue }
        let sample = Sample(
          seed: seed, width: size.0, height: size.1, colourCount: colourCount, isOpaque: isOpaque)
        let file = try encoder.encode(
          straight: sample.straight.span, width: sample.width, height: sample.height)
        let picture = try PNGDecoder.decode(file)
        #expect(picture.width == sample.width && picture.height == sample.height)
        #expect(picture.rgba == sample.straight)
      }
    }
  }

  @Test("the smallest format that holds the colours is chosen")
  func formats() throws {
    var encoder = PNGEncoder()
    let expected: [(Int, Bool, [UInt8])] = [
      (1, true, [1, 3]), (2, true, [1, 3]), (3, true, [2, 3]), (4, false, [2, 3]),
      (5, true, [4, 3]), (16, false, [4, 3]), (17, true, [8, 3]), (256, false, [8, 3]),
      (257, true, [8, 2]), (257, false, [8, 6]),
    ]
    for (count, isOpaque, wanted) in expected {
      let sample = Sample(seed: 1, width: 32, height: 32, colourCount: count, isOpaque: isOpaque)
      let file = try encoder.encode(straight: sample.straight.span, width: 32, height: 32)
      #expect(format(file) == wanted, "\(count) colours, opaque \(isOpaque)")
    }
  }

  @Test("only the chunks that the picture needs are written")
  func noMetadata() throws {
    var encoder = PNGEncoder()
    func chunks(_ count: Int, _ isOpaque: Bool) throws -> [String] {
      let sample = Sample(seed: 1, width: 32, height: 32, colourCount: count, isOpaque: isOpaque)
      return chunkNames(try encoder.encode(straight: sample.straight.span, width: 32, height: 32))
    }
    #expect(try chunks(9, true) == ["IHDR", "PLTE", "IDAT", "IEND"])
    #expect(try chunks(9, false) == ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"])
    #expect(try chunks(500, true) == ["IHDR", "IDAT", "IEND"])
    #expect(try chunks(500, false) == ["IHDR", "IDAT", "IEND"])
  }

  @Test("premultiplied colours are divided by their alpha and rounded to the nearest")
  func premultiplied() throws {
    var encoder = PNGEncoder()
    var bytes: [UInt8] = []
    for alpha in 0...255 {
      for c in 0...255 { bytes += [UInt8(min(c, alpha)), 0, UInt8(alpha), UInt8(alpha)] }
    }
    let file = try encoder.encode(premultiplied: bytes.span, width: 256, height: 256)
    let picture = try PNGDecoder.decode(file)
    for i in stride(from: 0, to: bytes.count, by: 4) {
      let alpha = Double(bytes[i + 3])
      let red = alpha == 0 ? 0 : (Double(bytes[i]) * 255 / alpha).rounded()
      #expect(Double(picture.rgba[i]) == red)
      #expect(picture.rgba[i + 2] == (alpha == 0 ? 0 : 255))
      #expect(picture.rgba[i + 3] == bytes[i + 3])
    }
  }

  @Test("premultiplied and straight opaque pixels give the same file")
  func opaqueEitherWay() throws {
    var encoder = PNGEncoder()
    let sample = Sample(seed: 3, width: 64, height: 64, colourCount: 900, isOpaque: true)
    let straight = try encoder.encode(straight: sample.straight.span, width: 64, height: 64)
    let file = try encoder.encode(premultiplied: sample.premultiplied.span, width: 64, height: 64)
    #expect(file == straight)
  }

  @Test("the same pixels give the same bytes, from a new encoder and from a used one")
  func deterministic() throws {
    var used = PNGEncoder()
    for seed in 0..<20 {
      let count = [1, 12, 300][seed % 3]
      let sample = Sample(seed: seed, width: 50, height: 41, colourCount: count, isOpaque: seed < 9)
      var fresh = PNGEncoder()
      let first = try fresh.encode(straight: sample.straight.span, width: 50, height: 41)
      #expect(try used.encode(straight: sample.straight.span, width: 50, height: 41) == first)
    }
  }

  @Test("equal pixels give equal bytes wherever the encoder's memory lies")
  func placeOfMemory() throws {
    // Too many colours for a palette, and the first pixels come again at the end.
    let (width, height) = (20, 30)
    let pictures = (0..<8).map { number in
      (0..<width * height).flatMap { i -> [UInt8] in
        if i >= 8 && i < 310 {
          return [UInt8(i & 255), UInt8(i >> 8), UInt8((number * 31 + i * 7) & 255), 255]
        }
        let shade = i < 8 ? 0 : i / 5 % 3
        return [UInt8(10 + number * 20 + shade), UInt8(200 - number), UInt8(90 + shade * 5), 255]
      }
    }
    var first: [[UInt8]] = []
    // Kept blocks push the next encoder's memory on.
    var kept: [[UInt8]] = []
    for turn in 0..<500 {
      var encoder = PNGEncoder()
      for (i, picture) in pictures.enumerated() {
        let file = try encoder.encode(straight: picture.span, width: width, height: height)
        if turn == 0 { first.append(file) }
        #expect(file == first[i])
      }
      kept.append([UInt8](repeating: 1, count: 66_000 + 4000 * (turn % 7)))
    }
    #expect(kept.count == 500)
  }

  @Test("a hundred thousand tiles leave no memory behind", .enabled(if: isCounted))
  func noGrowth() throws {
    var encoder = PNGEncoder()
    let samples = [1, 12, 300].map {
      Sample(seed: $0, width: 20, height: 16, colourCount: $0, isOpaque: $0 != 12)
    }
    func encode(_ count: Int) throws {
      for i in 0..<count {
        let sample = samples[i % 3]
        let file = try encoder.encode(straight: sample.straight.span, width: 20, height: 16)
        #expect(file.count > 60)
      }
    }
    try encode(300)
    let before = allocated_bytes()
    try encode(100_000)
    #expect(allocated_bytes() - before < 1000)
  }

  @Test("tiles of one colour are small, and right for every size and colour kept before")
  func plainTiles() throws {
    var encoder = PNGEncoder()
    for round in 0..<3 {
      for number in 0..<40 {
        let side = 256 - number % 2
        let colour = [UInt8(number), 9, 8, UInt8(number * 6)]
        let bytes = Array((0..<side * side).map { _ in colour }.joined())
        let file = try encoder.encode(straight: bytes.span, width: side, height: side)
        #expect(file.count < 200, "round \(round)")
        #expect(try PNGDecoder.decode(file).rgba == bytes)
      }
    }
  }

  @Test("sizes that do not fit the bytes are refused")
  func refusals() {
    var encoder = PNGEncoder()
    let bytes = [UInt8](repeating: 0, count: 16)
    #expect(throws: PNGError.wrongByteCount(found: 16, expected: 24)) {
      try encoder.encode(straight: bytes.span, width: 3, height: 2)
    }
    #expect(throws: PNGError.unsupportedSize(width: 0, height: 4)) {
      try encoder.encode(premultiplied: bytes.span, width: 0, height: 4)
    }
    #expect(throws: PNGError.unsupportedSize(width: 4, height: Int.max)) {
      try encoder.encode(straight: bytes.span, width: 4, height: Int.max)
    }
  }

  @Test("pictures of more than 256 colours come back, however their rows lie in words and windows")
  func deflatedPixels() throws {
    var encoder = PNGEncoder()
    let sizes = [
      (63, 40), (64, 40), (65, 40), (127, 9), (128, 300), (1, 600), (2, 300), (257, 33),
      // Rows longer than deflate's window, and hardly shorter.
      (8191, 3), (8192, 3), (10_922, 3), (10_923, 3), (12_000, 2),
    ]
    for (seed, size) in sizes.enumerated() {
      for isOpaque in [true, false] {
        var sample = Sample(
          seed: seed, width: size.0, height: size.1, colourCount: 3000, isOpaque: isOpaque
        ).straight
        // Areas that go on over rows, with a row of noise that no sample for codes need hold.
        for i in stride(from: size.0 * 4, to: sample.count, by: 4) where i / 64 % 3 == seed % 3 {
          for byte in i..<i + 4 { sample[byte] = sample[byte - size.0 * 4] }
        }
        let file = try encoder.encode(straight: sample.span, width: size.0, height: size.1)
        #expect(try PNGDecoder.decode(file).rgba == sample, "\(size), opaque \(isOpaque)")
        #expect(format(file) == [8, isOpaque ? 2 : 6])
      }
    }
  }

  @Test("values that few rows hold have codes too")
  func rareValues() throws {
    var encoder = PNGEncoder()
    let (width, height) = (256, 256)
    for odd in 0..<height {
      guard odd % 37 == 0 || odd % 8 == 4 || odd == height - 1 else { continue }
      var bytes = [UInt8](repeating: 255, count: width * height * 4)
      // One row of all values, the others of two colours.
      for x in 0..<width {
        for y in 0..<height where (x / 7 + y / 5) % 2 == 0 { bytes[(y * width + x) * 4] = 17 }
        bytes[(odd * width + x) * 4] = UInt8(x)
        bytes[(odd * width + x) * 4 + 1] = UInt8(x * 7 & 255)
      }
      bytes[0] = 3
      let file = try encoder.encode(straight: bytes.span, width: width, height: height)
      #expect(try PNGDecoder.decode(file).rgba == bytes)
    }
  }

  @Test("the stream's checksum is that of its rows")
  func checksum() throws {
    var encoder = PNGEncoder()
    for (seed, size) in [(256, 256), (300, 300), (7, 90), (1000, 200), (20_000, 9)].enumerated() {
      for isOpaque in [true, false] {
        // Bright noise: the greatest sums.
        let sample = Sample(
          seed: seed, width: size.0, height: size.1, colourCount: 400, isOpaque: isOpaque
        ).straight.map { $0 | 0xF0 }
        let alphas =
          isOpaque || sample.enumerated().contains { $0.offset % 4 == 3 && $0.element < 255 }
        let file = try encoder.encode(straight: sample.span, width: size.0, height: size.1)
        #expect(alphas && format(file)[0] == 8)
        let channels = format(file)[1] == 2 ? 3 : 4
        guard format(file)[1] != 3 else { continue }
        var (low, high) = (1, 0)
        for (i, byte) in sample.enumerated() {
          if i % (size.0 * 4) == 0 { high = (high + low) % 65_521 }
          guard i % 4 < channels else { continue }
          low = (low + Int(byte)) % 65_521
          high = (high + low) % 65_521
        }
        let end = file.count - 12 - 4
        let found = file[end - 4..<end].reduce(0) { $0 << 8 | Int($1) }
        #expect(found == high << 16 | low)
      }
    }
  }

  @Test("a pattern that repeats makes a small file, from a new encoder and from a used one")
  func pattern() throws {
    // Three hundred colours in a pattern of 20 × 15 pixels, no two neighbours alike.
    let (width, height) = (256, 256)
    let bytes = (0..<width * height).flatMap { i -> [UInt8] in
      let number = i / width % 15 * 20 + i % width % 20
      return [UInt8(number & 255), UInt8(number >> 8), 77, 255]
    }
    var used = PNGEncoder()
    let wide = Sample(seed: 1, width: 400, height: 40, colourCount: 5000, isOpaque: true)
    _ = try used.encode(straight: wide.straight.span, width: 400, height: 40)
    var fresh = PNGEncoder()
    let file = try fresh.encode(straight: bytes.span, width: width, height: height)
    #expect(try PNGDecoder.decode(file).rgba == bytes)
    #expect(file.count < 20_000)
    #expect(try used.encode(straight: bytes.span, width: width, height: height) == file)
  }

  @Test("noise grows by less than an eighth")
  func noise() throws {
    var encoder = PNGEncoder()
    var state: UInt64 = 5
    let bytes = (0..<256 * 256 * 4).map { i -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return i % 4 == 3 ? 255 : UInt8(state >> 56)
    }
    let file = try encoder.encode(straight: bytes.span, width: 256, height: 256)
    #expect(try PNGDecoder.decode(file).rgba == bytes)
    #expect(file.count < 256 * 256 * 3 * 9 / 8)
  }

  @Test("libpng's own way gives the same pixels")
  func referencePath() throws {
    for isOpaque in [true, false] {
      let sample = Sample(seed: 5, width: 90, height: 70, colourCount: 800, isOpaque: isOpaque)
      var encoder = PNGEncoder()
      let ours = try encoder.encode(straight: sample.straight.span, width: 90, height: 70)
      let reference = try PNGReference.encode(straight: sample.straight, width: 90, height: 70)
      #expect(try PNGDecoder.decode(ours).rgba == PNGDecoder.decode(reference).rgba)
    }
  }
}

@Suite("PNG decoder")
struct PNGDecoderTests {
  private func sampleFile(colourCount: Int) throws -> [UInt8] {
    var encoder = PNGEncoder()
    let sample = Sample(
      seed: 2, width: 20, height: 20, colourCount: colourCount, isOpaque: false)
    return try encoder.encode(straight: sample.straight.span, width: 20, height: 20)
  }

  @Test("every shorter beginning of a file is refused", arguments: [3, 300])
  func prefixes(colourCount: Int) throws {
    let file = try sampleFile(colourCount: colourCount)
    for length in 0..<file.count {
      #expect(throws: PNGError.truncated(byteOffset: length)) {
        try PNGDecoder.decode(Array(file[..<length]))
      }
    }
    #expect(try PNGDecoder.decode(file).width == 20)
  }

  @Test("damaged bytes are refused or decoded, and never trap")
  func damage() throws {
    let file = try sampleFile(colourCount: 60)
    var refused = 0
    for i in 0..<file.count {
      var damaged = file
      damaged[i] ^= 0x55
      do { _ = try PNGDecoder.decode(damaged) } catch { refused += 1 }
    }
    #expect(refused > file.count / 2)
  }

  @Test("what is no PNG is refused by name")
  func notPNG() {
    #expect(throws: PNGError.notPNG) { try PNGDecoder.decode(Array("GIF89a and more".utf8)) }
    #expect(throws: PNGError.notPNG) { try PNGDecoder.decode([1]) }
    #expect(throws: PNGError.truncated(byteOffset: 0)) { try PNGDecoder.decode([]) }
  }

  @Test("more pixels than allowed are refused before they are decoded")
  func tooManyPixels() throws {
    let file = try sampleFile(colourCount: 3)
    #expect(throws: PNGError.tooManyPixels(width: 20, height: 20, allowed: 399)) {
      try PNGDecoder.decode(file, maximumPixels: 399)
    }
    #expect(try PNGDecoder.decode(file, maximumPixels: 400).height == 20)
  }

  @Test("every error is one sentence")
  func descriptions() {
    let errors: [PNGError] = [
      .wrongByteCount(found: 1, expected: 4), .unsupportedSize(width: 0, height: 0), .notPNG,
      .truncated(byteOffset: 3), .tooManyPixels(width: 9, height: 9, allowed: 80), .refused("why"),
    ]
    for error in errors { #expect(error.description.hasSuffix(".")) }
  }
}

@Suite("Trained palettes")
struct TilePaletteTests {
  /// A gradient with an area of one colour: more than 256 colours.
  private func gradient(alpha: UInt8 = 255) -> [UInt8] {
    var bytes: [UInt8] = []
    for y in 0..<64 {
      for x in 0..<64 {
        bytes += y < 20 ? [201, 33, 77, alpha] : [UInt8(x * 4), UInt8(y * 4), 90, alpha]
      }
    }
    return bytes
  }

  @Test("common colours stay exact and the rest comes near")
  func quality() throws {
    var trainer = PaletteTrainer()
    let bytes = gradient()
    trainer.add(straight: bytes.span)
    let palette = trainer.palette()
    #expect(palette.colours.count <= 256)
    var encoder = PNGEncoder()
    let file = try encoder.encode(straight: bytes.span, width: 64, height: 64, palette: palette)
    #expect(format(file) == [8, 3])
    let picture = try PNGDecoder.decode(file)
    #expect(Array(picture.rgba[..<(20 * 256)]) == Array(bytes[..<(20 * 256)]))
    for (found, wanted) in zip(picture.rgba, bytes) { #expect(abs(Int(found) - Int(wanted)) < 20) }
  }

  @Test("pictures of few colours are written without loss")
  func fewColours() throws {
    var trainer = PaletteTrainer()
    trainer.add(straight: gradient().span)
    var encoder = PNGEncoder()
    let sample = Sample(seed: 8, width: 20, height: 20, colourCount: 200, isOpaque: false)
    let file = try encoder.encode(
      straight: sample.straight.span, width: 20, height: 20, palette: trainer.palette())
    #expect(try PNGDecoder.decode(file).rgba == sample.straight)
  }

  @Test("transparent and opaque pixels do not take each other's entries")
  func alpha() throws {
    var trainer = PaletteTrainer()
    trainer.add(straight: gradient().span)
    trainer.add(straight: gradient(alpha: 100).span)
    trainer.add(premultiplied: [UInt8](repeating: 0, count: 4000).span)
    let palette = trainer.palette()
    #expect(palette.entry(for: 0) == palette.colours.firstIndex(of: 0).map { UInt8($0) })
    let sample = gradient(alpha: 100)
    var encoder = PNGEncoder()
    let file = try encoder.encode(straight: sample.span, width: 64, height: 64, palette: palette)
    for i in stride(from: 3, to: 64 * 64 * 4, by: 4) {
      #expect(try abs(Int(PNGDecoder.decode(file).rgba[i]) - 100) < 30)
      if i > 400 { break }
    }
  }

  @Test("the same samples give the same palette, in any order")
  func deterministic() throws {
    func trained(_ tiles: [[UInt8]]) throws -> [UInt8] {
      var trainer = PaletteTrainer()
      for tile in tiles { trainer.add(straight: tile.span) }
      var encoder = PNGEncoder()
      return try encoder.encode(
        straight: gradient().span, width: 64, height: 64, palette: trainer.palette())
    }
    let tiles = [gradient(), gradient(alpha: 9), [1, 2, 3, 4]]
    #expect(try trained(tiles) == trained(tiles.reversed()))
  }

  @Test("no samples at all make one transparent entry")
  func empty() {
    #expect(PaletteTrainer().palette().colours == [0])
  }
}
