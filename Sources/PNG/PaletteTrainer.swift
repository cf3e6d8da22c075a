/// Makes a `TilePalette` from sample tiles.
///
/// The commonest colours keep entries of their own, so that areas stay exact; the rest is split by
/// median cut and then moved to the means of what they stand for. Ties are broken by the colour's
/// value, so the same samples give the same palette.
public struct PaletteTrainer: Sendable {
  private var counts: [UInt32: Int] = [:]

  private static let entryCount = 256
  /// Entries for single colours, a quarter as in common quantisers.
  private static let exactCount = 64
  private static let rounds = 4

  public init() {}

  /// Counts the pixels of a tile of premultiplied RGBA.
  public mutating func add(premultiplied: Span<UInt8>) { count(premultiplied, divides: true) }

  /// Counts the pixels of a tile of straight RGBA.
  public mutating func add(straight: Span<UInt8>) { count(straight, divides: false) }

  private mutating func count(_ rgba: Span<UInt8>, divides: Bool) {
    var last: UInt32 = 0
    var run = 0
    for i in stride(from: 0, to: rgba.count - rgba.count % 4, by: 4) {
      let colour =
        UInt32(rgba[i]) | UInt32(rgba[i + 1]) << 8 | UInt32(rgba[i + 2]) << 16
        | UInt32(rgba[i + 3]) << 24
      if colour != last {
        note(last, run, divides)
        last = colour
        run = 0
      }
      run += 1
    }
    note(last, run, divides)
  }

  private mutating func note(_ colour: UInt32, _ run: Int, _ divides: Bool) {
    guard run > 0 else { return }
    counts[divides ? Pixels.unpremultiplied(colour) : colour, default: 0] += run
  }

  /// The palette for what was added; of no tiles at all it is one transparent entry.
  public func palette() -> TilePalette {
    var samples = counts.map { Sample($0.key, $0.value) }
    samples.sort { $0.count != $1.count ? $0.count > $1.count : $0.colour < $1.colour }
    var centres: [SIMD4<Double>]
    if samples.count <= PaletteTrainer.entryCount {
      centres = samples.map(\.place)
    } else {
      let exact = samples[..<PaletteTrainer.exactCount].map(\.place)
      var rest = Array(samples[PaletteTrainer.exactCount...])
      centres = exact
      centres += MedianCut.centres(
        &rest, count: PaletteTrainer.entryCount - PaletteTrainer.exactCount)
      for _ in 0..<PaletteTrainer.rounds {
        PaletteTrainer.refine(&centres, samples, keeping: PaletteTrainer.exactCount)
      }
    }
    return PaletteTrainer.table(centres, samples)
  }

  /// Moves the centres behind the first `keeping` to the means of their samples.
  private static func refine(
    _ centres: inout [SIMD4<Double>], _ samples: [Sample], keeping: Int
  ) {
    let search = NearestEntry(centres)
    var sums = [SIMD4<Double>](repeating: .zero, count: centres.count)
    var weights = [Double](repeating: 0, count: centres.count)
    for sample in samples {
      let entry = search.entry(nearest: sample.place)
      sums[entry] += sample.place * Double(sample.count)
      weights[entry] += Double(sample.count)
    }
    for i in keeping..<centres.count where weights[i] > 0 { centres[i] = sums[i] / weights[i] }
  }

  private static func table(_ centres: [SIMD4<Double>], _ samples: [Sample]) -> TilePalette {
    var colours = Set(centres.map(Sample.colour(at:)))
    if colours.isEmpty { colours = [0] }
    let sorted = colours.sorted {
      ($0 >> 24 == 255) == ($1 >> 24 == 255) ? $0 < $1 : $1 >> 24 == 255
    }
    let search = NearestEntry(sorted.map { Sample($0, 1).place })
    var opaque = CellMeans(count: TilePalette.opaqueCellCount)
    var translucent = CellMeans(count: TilePalette.translucentCellCount)
    for sample in samples {
      if sample.colour >> 24 == 255 {
        opaque.add(sample, to: TilePalette.opaqueCell(sample.colour))
      } else {
        translucent.add(sample, to: TilePalette.translucentCell(sample.colour))
      }
    }
    // Cells without a sample will hardly be asked for: one search serves 4 × 4 × 4 of them.
    let coarse = (0..<4096).map { cell in
      let parts = SIMD4(Double(cell & 15), Double(cell >> 4 & 15), Double(cell >> 8), 0)
      var centre = parts * 16 + 7.5
      centre.w = 255
      return UInt8(search.entry(nearest: centre))
    }
    let opaqueEntries = (0..<TilePalette.opaqueCellCount).map { cell in
      if let mean = opaque.mean(of: cell) { return UInt8(search.entry(nearest: mean)) }
      return coarse[cell >> 2 & 15 | cell >> 4 & 0xF0 | cell >> 6 & 0xF00]
    }
    let translucentEntries = (0..<TilePalette.translucentCellCount).map { cell in
      let parts = SIMD4(
        Double(cell & 15), Double(cell >> 4 & 15), Double(cell >> 8 & 15), Double(cell >> 12))
      return UInt8(search.entry(nearest: translucent.mean(of: cell) ?? parts * 16 + 7.5))
    }
    return TilePalette(colours: sorted, opaque: opaqueEntries, translucent: translucentEntries)
  }
}

/// A colour of the samples and the number of its pixels.
struct Sample: Sendable {
  let colour: UInt32
  let count: Int
  /// R, G, B, A of 0...255.
  let place: SIMD4<Double>

  init(_ colour: UInt32, _ count: Int) {
    self.colour = colour
    self.count = count
    place = SIMD4(
      Double(colour & 255), Double(colour >> 8 & 255), Double(colour >> 16 & 255),
      Double(colour >> 24))
  }

  static func colour(at place: SIMD4<Double>) -> UInt32 {
    var colour: UInt32 = 0
    for c in 0..<4 { colour |= UInt32((place[c] + 0.5).rounded(.down)) << UInt32(8 * c) }
    return colour
  }
}

/// The mean colour of the samples in each cell of a table.
private struct CellMeans {
  private var sums: [SIMD4<Double>]
  private var weights: [Double]

  init(count: Int) {
    sums = Array(repeating: .zero, count: count)
    weights = Array(repeating: 0, count: count)
  }

  mutating func add(_ sample: Sample, to cell: Int) {
    sums[cell] += sample.place * Double(sample.count)
    weights[cell] += Double(sample.count)
  }

  func mean(of cell: Int) -> SIMD4<Double>? {
    weights[cell] > 0 ? sums[cell] / weights[cell] : nil
  }
}

/// Finds the nearest of some colours; the first of equally near ones.
struct NearestEntry {
  /// Sorted by green, the channel that differs most, to leave the search early.
  private let sorted: [(place: SIMD4<Double>, entry: Int)]

  init(_ places: [SIMD4<Double>]) {
    sorted = places.enumerated().map { ($0.element, $0.offset) }.sorted {
      $0.place.y != $1.place.y ? $0.place.y < $1.place.y : $0.entry < $1.entry
    }
  }

  func entry(nearest place: SIMD4<Double>) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].place.y < place.y { low = middle + 1 } else { high = middle }
    }
    var best = Double.infinity
    var entry = 0
    var up = low
    var down = low - 1
    while up < sorted.count || down >= 0 {
      let above = up < sorted.count ? sorted[up].place.y - place.y : .infinity
      let below = down >= 0 ? place.y - sorted[down].place.y : .infinity
      let gap = min(above, below)
      if gap * gap > best { break }
      let candidate = above <= below ? sorted[up] : sorted[down]
      if above <= below { up += 1 } else { down -= 1 }
      let d = candidate.place - place
      let distance = (d * d).sum()
      if distance < best || (distance == best && candidate.entry < entry) {
        best = distance
        entry = candidate.entry
      }
    }
    return entry
  }
}

/// Splits samples into boxes of little variance.
private enum MedianCut {
  private struct Part {
    let range: Range<Int>
    /// Squared error about the mean in the worst channel.
    let error: Double
    let channel: Int
    let mean: SIMD4<Double>

    init(_ samples: [Sample], _ range: Range<Int>) {
      self.range = range
      var sum = SIMD4<Double>()
      var squares = SIMD4<Double>()
      var weight = 0.0
      for sample in samples[range] {
        let n = Double(sample.count)
        sum += sample.place * n
        squares += sample.place * sample.place * n
        weight += n
      }
      mean = sum / weight
      let errors = squares - sum * mean
      var worst = 0
      for c in 1..<4 where errors[c] > errors[worst] { worst = c }
      channel = worst
      error = range.count > 1 ? errors[worst] : 0
    }
  }

  static func centres(_ samples: inout [Sample], count: Int) -> [SIMD4<Double>] {
    guard !samples.isEmpty else { return [] }
    var parts = [Part(samples, 0..<samples.count)]
    while parts.count < count {
      var worst = 0
      for i in parts.indices where parts[i].error > parts[worst].error { worst = i }
      let part = parts[worst]
      guard part.error > 0 else { break }
      let c = part.channel
      samples[part.range].sort {
        $0.place[c] != $1.place[c] ? $0.place[c] < $1.place[c] : $0.colour < $1.colour
      }
      let first = part.range.lowerBound + 1
      let last = part.range.upperBound - 1
      var cut = first
      while cut < last, samples[cut].place[c] <= part.mean[c] { cut += 1 }
      parts[worst] = Part(samples, part.range.lowerBound..<cut)
      parts.append(Part(samples, cut..<part.range.upperBound))
    }
    return parts.map(\.mean)
  }
}
