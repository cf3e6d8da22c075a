internal import CInline

/// Deflates the rows of an RGB or RGBA picture straight from its pixels, each row after a filter byte
/// of zero.
///
/// Whole pixels are matched, with their left neighbours and with those above: map pictures are areas of
/// one colour with narrow edges between them. The comparison of a row makes words of bits, so that a
/// match costs the same whatever its length. The codes are made for some rows of the picture, and then
/// all is written in one pass. The formats are those of RFC 1950 and 1951; equal pixels give equal
/// bytes, on every machine.
///
/// It has one owner, and its memory is reached through it alone: it may move between threads.
@safe struct PixelDeflater: ~Copyable, @unchecked Sendable {
  private var output: UnsafeMutableRawPointer
  private var capacity = 1 << 16
  /// The widest picture that there is room for.
  let widthLimit: Int
  private let usesAVX2: Bool
  private var writer = BitWriter()
  private var codes = BlockCodes()
  /// Which pixels of a row equal their left neighbour, the one above, one of the two.
  private let equalLeft: PixelBits
  private let equalAbove: PixelBits
  private let isMatched: PixelBits
  /// A row and the one above it in turn, with room before and after each: 64 pixels are compared at a
  /// time.
  private let rows: UnsafeMutablePointer<UInt32>
  private let rowCapacity: Int
  /// How often a byte stands in a literal pixel, and a match of so many bytes is to the left and above.
  private let literalCounts: UnsafeMutablePointer<UInt32>
  private let lengthCounts: UnsafeMutablePointer<UInt32>
  /// The last pair of pixels of each hash that began with a literal, in the rows of the sample.
  private let pairs: UnsafeMutablePointer<UInt64>

  private static let pairBits: UInt64 = 12
  /// Rows that the codes are made for.
  private static let sampleCount = 32
  private static let longestDistance = 32_768

  init(widthLimit: Int, usesAVX2: Bool = ci_has_x86_64_v3()) {
    self.widthLimit = widthLimit
    self.usesAVX2 = usesAVX2
    unsafe output = .allocate(byteCount: capacity, alignment: 8)
    let words = widthLimit / 64 + 1
    unsafe equalLeft = PixelBits(words: .allocate(capacity: words + 1))
    unsafe equalAbove = PixelBits(words: .allocate(capacity: words + 1))
    unsafe isMatched = PixelBits(words: .allocate(capacity: words + 1))
    rowCapacity = words * 64 + 32
    unsafe rows = .allocate(capacity: 2 * rowCapacity)
    unsafe rows.initialize(repeating: 0, count: 2 * rowCapacity)
    unsafe pairs = .allocate(capacity: 1 << PixelDeflater.pairBits)
    unsafe literalCounts = .allocate(capacity: 256)
    unsafe lengthCounts = .allocate(capacity: 2 * BlockCodes.lengthEnd)
  }

  deinit {
    unsafe output.deallocate()
    unsafe equalLeft.words.deallocate()
    unsafe equalAbove.words.deallocate()
    unsafe isMatched.words.deallocate()
    unsafe rows.deallocate()
    unsafe pairs.deallocate()
    unsafe literalCounts.deallocate()
    unsafe lengthCounts.deallocate()
  }

  /// What becomes of a picture.
  @unsafe enum Outcome {
    /// A zlib stream, which the next call overwrites.
    case stream(UnsafeRawBufferPointer)
    /// Patterns or letters repeat: a compressor that looks further back makes far fewer bytes.
    case repeats
    /// Alphas were to be left out, but not all are 255.
    case isTranslucent
  }

  /// Compresses straight RGBA of `width * height * 4` bytes.
  ///
  /// - Parameter channels: 3 leaves the alpha out, 4 keeps it.
  mutating func compress(
    _ rgba: Span<UInt8>, width: Int, height: Int, channels: Int
  ) -> Outcome {
    writer = BitWriter()
    makeRoom(64)
    // Deflate with a window of 32 KiB, made the fastest way.
    unsafe writer.put(0x0178, 16, output)
    return unsafe rgba.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return unsafe .repeats }
      let picture = unsafe PixelRows(base, width: width, height: height, channels: channels)
      guard let sum = Adler.sum(picture, usesAVX2: usesAVX2) else { return unsafe .isTranslucent }
      guard makeCodes(picture) else { return unsafe .repeats }
      for y in 0..<height {
        var (row, above) = unsafe (UnsafePointer(row(y)), UnsafePointer(self.row(y &+ 1)))
        if y > 0, picture.isComparable {
          unsafe (row, above) = (picture.pixels(y), picture.pixels(y &- 1))
        } else {
          loadRow(y, picture)
        }
        unsafe compare(row, y > 0 ? above : nil, picture)
        makeRoom(width * 8)
        unsafe put(row, picture)
      }
      makeRoom(64)
      unsafe writer.put(codes.endOfBlock, output)
      unsafe writer.align(output)
      unsafe writer.put(UInt64(sum.byteSwapped), 32, output)
      return unsafe .stream(UnsafeRawBufferPointer(start: output, count: writer.position))
    }
  }

  /// Room for so many bytes, and for what the writer writes beyond.
  private mutating func makeRoom(_ size: Int) {
    let needed = writer.position + size + 64
    guard needed > capacity else { return }
    capacity = max(needed, 2 * capacity)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
    unsafe larger.copyMemory(from: output, byteCount: writer.position)
    unsafe output.deallocate()
    unsafe output = larger
  }
}

extension PixelDeflater {
  /// Makes the codes for what stands in some of the rows. Whatever else may stand in others has a code
  /// too, a long one. False, without codes, where more than a sixth of the sample's literals begin a
  /// pair that stood there before: of the bench town's tiles less than a sixth do, and files are at most
  /// a tenth larger than ISA-L's; with hatches and many letters they would be half as large again.
  private mutating func makeCodes(_ picture: PixelRows) -> Bool {
    unsafe literalCounts.update(repeating: 0, count: 256)
    unsafe lengthCounts.update(repeating: 0, count: 2 * BlockCodes.lengthEnd)
    unsafe pairs.update(repeating: 0, count: 1 << PixelDeflater.pairBits)
    var repeated = 0
    var literals = 0
    let step = max(1, picture.height / PixelDeflater.sampleCount)
    var y = step / 2
    while y < picture.height {
      if y > 0 { loadRow(y - 1, picture) }
      loadRow(y, picture)
      unsafe compare(row(y), y > 0 ? row(y + 1) : nil, picture)
      count(y, picture, &repeated, &literals)
      y += step
    }
    guard repeated * 6 <= literals else { return false }
    unsafe codes.build(
      literals: UnsafeBufferPointer(start: literalCounts, count: 256),
      lengths: UnsafeBufferPointer(
        start: lengthCounts, count: 2 * BlockCodes.lengthEnd),
      distances: (picture.channels, picture.rowSize))
    makeRoom(1024)
    unsafe codes.putHeader(&writer, output)
    return true
  }

  @inline(__always)
  private func row(_ y: Int) -> UnsafeMutablePointer<UInt32> {
    unsafe rows + ((y & 1) &* rowCapacity &+ 16)
  }

  private func loadRow(_ y: Int, _ picture: PixelRows) {
    let row = unsafe row(y)
    unsafe UnsafeMutableRawPointer(row).copyMemory(
      from: picture[y], byteCount: picture.width &* 4)
    // The first pixel has no left neighbour, the last one the same right neighbour in every picture.
    unsafe row[-1] = ~row[0]
    unsafe row[picture.width] = 0
  }

  /// Tells of each pixel of a row what it equals.
  private func compare(
    _ row: UnsafePointer<UInt32>, _ above: UnsafePointer<UInt32>?, _ picture: PixelRows
  ) {
    let seesAbove = picture.rowSize <= PixelDeflater.longestDistance
    let compare = unsafe usesAVX2 ? ci_compare_row_avx2 : ci_compare_row
    unsafe compare(
      row, seesAbove ? above : nil, Int64(picture.width), equalLeft.words, equalAbove.words,
      isMatched.words)
  }

  /// The match at a pixel that has one: where it ends, and -1 if it is with the row above, else 0. A
  /// branch on that would be wrong half of the time.
  @inline(__always)
  private func match(at x: Int) -> (end: Int, above: Int) {
    let leftEnd = equalLeft.firstClear(from: x)
    let aboveEnd = equalAbove.firstClear(from: x)
    return (max(leftEnd, aboveEnd), (leftEnd &- aboveEnd) >> 63)
  }

  /// Counts literals and matches of a row, and the literals that begin a pair seen before.
  private func count(
    _ y: Int, _ picture: PixelRows, _ repeated: inout Int, _ literals: inout Int
  ) {
    let (width, channels) = (picture.width, picture.channels)
    let row = unsafe row(y)
    var x = 0
    while x < width {
      let start = isMatched.firstSet(from: x)
      literals &+= start &- x
      for pixel in x..<start {
        let value = unsafe row[pixel]
        unsafe literalCounts[Int(truncatingIfNeeded: value & 255)] &+= 1
        unsafe literalCounts[Int(truncatingIfNeeded: value &>> 8 & 255)] &+= 1
        unsafe literalCounts[Int(truncatingIfNeeded: value &>> 16 & 255)] &+= 1
        if channels == 4 { unsafe literalCounts[Int(truncatingIfNeeded: value &>> 24)] &+= 1 }
        let pair = unsafe UInt64(value) | UInt64(row[pixel &+ 1]) &<< 32
        let hash = pair &* 0x9E37_79B9_7F4A_7C15
        let slot = Int(truncatingIfNeeded: hash &>> (64 &- PixelDeflater.pairBits))
        repeated &+= unsafe pairs[slot] == pair ? 1 : 0
        unsafe pairs[slot] = pair
      }
      guard start < width else { return }
      let (end, above) = match(at: start)
      var left = (end &- start) &* channels &+ (start == 0 ? 0 &- above : 0)
      let counts = unsafe lengthCounts + (above & BlockCodes.lengthEnd)
      repeat {
        let length = BlockCodes.matchLength(left)
        unsafe counts[length] &+= 1
        left &-= length
      } while left > 0
      x = end
    }
  }

  private mutating func put(_ pixels: UnsafePointer<UInt32>, _ picture: PixelRows) {
    unsafe codes.symbolEntries.withUnsafeBufferPointer { symbols in
      unsafe codes.matches.withUnsafeBufferPointer { matches in
        var row = unsafe ci_pixel_row(
          pixels: pixels, width: Int64(picture.width), equal_left: equalLeft.words,
          equal_above: equalAbove.words, is_matched: isMatched.words,
          literals: symbols.baseAddress, matches: matches.baseAddress)
        unsafe writer.put(&row, hasAlpha: picture.channels == 4, output, usesAVX2: usesAVX2)
      }
    }
  }
}
