internal import Features
internal import Glibc
internal import JSON
internal import LayerStore
internal import PNG
internal import Raster
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

/// What `machizu bench town` was asked to do, in the words of the peers' protocol.
struct TownBenchRequest {
  var style: String
  /// Lines `z x y`, or `z X Y x0 y0 x1 y1` for metatiles.
  var tileList: String
  var isMeta = false
  var measuresQuery = true
  var runs = 3
  var encodings = ["png", "png8"]
  /// A folder for the first two encodings' files.
  var folder: String?
  var worker = (number: 0, of: 1)
  var zooms: Set<Int> = []
  var isWallTime = false
  /// Keeps label decisions, paints and coverage between tiles, as a server does.
  var isWarm = false
}

/// Speaks the renderer protocol of the peers' bench: one pass that is not measured, then `runs` passes
/// on one thread, each tile's median, one JSON object.
///
/// Measured passes reuse fonts, glyph outlines, the snapshot and the style. Label decisions, glyph
/// coverage and pixels are made anew for every tile or metatile; `png8` is the palette mode, its
/// palette trained for each zoom from the pass that is not measured.
func benchTown(_ request: TownBenchRequest, workspace: Workspace) throws -> String {
  try TownBench(request, workspace: workspace).run()
}

private final class TownBench {
  /// A line of the tile list.
  struct Job {
    let tiles: TileRange
    /// Around them all.
    let frame: PictureFrame

    var zoom: Int { tiles.zoom }
  }

  /// Milliseconds of each measured pass.
  struct Times {
    var render: [Double] = []
    var query: [Double] = []
    var encode: [[Double]]
    var bytes: [Int]
    /// Labels by style layer, from the pass that is not measured; of a metatile, all together.
    var labels: [String: Int] = [:]
  }

  private let request: TownBenchRequest
  private let clock: clockid_t
  private let source: CatalogueSource
  private let map: MapStyle
  private let selection: MapSelection
  private let renderer: TileRenderer
  private let jobs: [Job]
  private var encoder = PNGEncoder()
  private var palettes: [Int: TilePalette] = [:]
  private var trainers: [Int: PaletteTrainer] = [:]
  private var times: [Times]
  private let startMilliseconds: Double
  private let loadMilliseconds: Double
  private let loadedMegabytes: Double

  init(_ request: TownBenchRequest, workspace: Workspace) throws {
    self.request = request
    clock = request.isWallTime ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID
    startMilliseconds = Self.now(clock)
    map = try Session.map(request.style, in: workspace)
    source = try Catalogue(workspace).contents().source(for: .staff)
    selection = MapSelection(language: workspace.town.language)
    renderer = TileRenderer(
      map, selection: selection, labels: request.isWarm ? LabelMemo() : nil)
    loadMilliseconds = Self.now(clock) - startMilliseconds
    loadedMegabytes = Self.memory("VmRSS:")
    jobs = try Self.jobs(request)
    times = Array(
      repeating: Times(
        encode: Array(repeating: [], count: request.encodings.count),
        bytes: Array(repeating: 0, count: request.encodings.count)), count: jobs.count)
  }

  func run() throws -> String {
    let wall = Self.now(CLOCK_MONOTONIC)
    let processor = Self.now(CLOCK_PROCESS_CPUTIME_ID)
    var first = 0.0
    for pass in -1..<request.runs {
      for index in jobs.indices {
        let milliseconds = try draw(index, pass: pass)
        if first == 0 { first = milliseconds }
      }
      if pass == -1 { palettes = trainers.mapValues { $0.palette() } }
    }
    return report(
      first: first, wall: Self.now(CLOCK_MONOTONIC) - wall,
      processor: Self.now(CLOCK_PROCESS_CPUTIME_ID) - processor)
  }

  /// Draws and encodes a tile or metatile; returns the milliseconds of the drawing.
  private func draw(_ index: Int, pass: Int) throws -> Double {
    let job = jobs[index]
    if !request.isWarm { renderer.forgetDecisions() }
    let start = Self.now(clock)
    var files: [[[UInt8]]] = Array(repeating: [], count: request.encodings.count)
    var encoding = Array(repeating: 0.0, count: request.encodings.count)
    var training = 0.0
    try renderer.render(job.tiles.tiles, scale: 1, from: source) { tile, picture in
      let picture = try picture ?? background(tile)
      guard pass >= 0 else {
        let start = Self.now(clock)
        if request.encodings.contains("png8") {
          trainers[job.zoom, default: PaletteTrainer()].add(premultiplied: picture.bytes.span)
        }
        training += Self.now(clock) - start
        return
      }
      for (number, name) in request.encodings.enumerated() {
        let start = Self.now(clock)
        files[number].append(try encode(picture, zoom: job.zoom, as: name))
        encoding[number] += Self.now(clock) - start
      }
    }
    let drawn = Self.now(clock) - start - encoding.reduce(0, +) - training
    guard pass >= 0 else {
      times[index].labels = try renderer.labelCounts(job.frame, from: source)
      return drawn
    }
    times[index].render.append(drawn)
    for number in request.encodings.indices {
      times[index].encode[number].append(encoding[number])
      times[index].bytes[number] = files[number].reduce(0) { $0 + $1.count }
      guard let folder = request.folder, pass == request.runs - 1, number < 2 else { continue }
      for (tile, file) in zip(job.tiles.tiles, files[number]) {
        let kind = request.isMeta ? "meta" : "single"
        let name = "\(kind)_\(tile.zoom)_\(tile.column)_\(tile.row)\(number == 0 ? "" : "_b").png"
        try BenchFile.write(file, to: "\(folder)/\(name)")
      }
    }
    if request.measuresQuery {
      if !request.isWarm { renderer.forgetDecisions() }
      let start = Self.now(clock)
      try renderer.gather(job.frame, from: source)
      times[index].query.append(Self.now(clock) - start)
    }
    return drawn
  }

  /// The picture of a tile in which there is nothing.
  private func background(_ tile: TileID) throws -> Pixmap {
    guard let frame = PictureFrame(tile) else { return Pixmap(width: 256, height: 256) }
    return try renderer.renderBackground(frame, from: source)
  }

  private func encode(_ picture: Pixmap, zoom: Int, as encoding: String) throws -> [UInt8] {
    guard encoding == "png8", let palette = palettes[zoom] else {
      return try encoder.encode(picture)
    }
    return try encoder.encode(
      premultiplied: picture.bytes.span, width: picture.width, height: picture.height,
      palette: palette)
  }

  /// The lines of the list that this worker draws, of the zooms asked for.
  private static func jobs(_ request: TownBenchRequest) throws -> [Job] {
    let text = String(decoding: try BenchFile.read(request.tileList), as: UTF8.self)
    var jobs: [Job] = []
    var count = 0
    for line in text.split(separator: "\n") {
      let numbers = line.split(separator: " ").compactMap { TileID.number($0) }
      guard numbers.count == (request.isMeta ? 7 : 3) else {
        throw BenchError(
          description: "\(request.tileList) has the line “\(line)”; "
            + (request.isMeta ? "z X Y x0 y0 x1 y1 is needed." : "z x y is needed."))
      }
      guard request.zooms.isEmpty || request.zooms.contains(numbers[0]) else { continue }
      defer { count += 1 }
      guard count % request.worker.of == request.worker.number else { continue }
      guard let job = job(numbers) else {
        throw BenchError(description: "\(request.tileList) has the line “\(line)”: no such tile.")
      }
      jobs.append(job)
    }
    guard !jobs.isEmpty else { throw BenchError(description: "There is no tile to draw.") }
    return jobs
  }

  private static func job(_ numbers: [Int]) -> Job? {
    let (zoom, column, row) = (numbers[0], numbers[1], numbers[2])
    let side = numbers.count == 7 ? 8 : 1
    let written = numbers.count == 7 ? Array(numbers[3...]) : [column, row, column, row]
    guard TileID(zoom: zoom, column: column, row: row) != nil, written[0] >= column,
      written[0] <= written[2], written[2] < column + side, written[1] >= row,
      written[1] <= written[3], written[3] < row + side,
      let tiles = TileRange(
        zoom: zoom, columns: written[0]...written[2], rows: written[1]...written[3]),
      let frame = PictureFrame(tiles)
    else { return nil }
    return Job(tiles: tiles, frame: frame)
  }

  /// Milliseconds.
  private static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
  }

  /// Megabytes of this process by the name that /proc/self/status gives them.
  private static func memory(_ name: String) -> Double {
    guard let bytes = try? BenchFile.read("/proc/self/status") else { return 0 }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix(name) {
      return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap { Double($0) }
        .first.map { $0 / 1024 } ?? 0
    }
    return 0
  }
}

extension TownBench {
  /// The object of the protocol, in one line.
  private func report(first: Double, wall: Double, processor: Double) -> String {
    let zooms = Set(jobs.map(\.zoom)).sorted().map(zoomReport).joined(separator: ",")
    return "{\"renderer\":\"machizu\(request.isWarm ? " warm" : "")\","
      + "\"map\":\"\(request.style)\",\"meta\":\(request.isMeta ? 1 : 0),\"runs\":\(request.runs),"
      + "\"lib_ms\":0,\"load_ms\":\(number(loadMilliseconds)),\"first_ms\":\(number(first)),"
      + "\"rss_load_mb\":\(number(loadedMegabytes)),\"rss_mb\":\(number(Self.memory("VmRSS:"))),"
      + "\"rss_peak_mb\":\(number(Self.memory("VmHWM:"))),\"wall_ms\":\(number(wall)),"
      + "\"cpu_ms\":\(number(processor)),\"zooms\":[\(zooms)]}"
  }

  private func zoomReport(_ zoom: Int) -> String {
    let chosen = jobs.indices.filter { jobs[$0].zoom == zoom }
    let counts = chosen.map { Double(jobs[$0].tiles.count) }
    let total = counts.reduce(0, +)
    let render = chosen.map { Self.quantile(times[$0].render) }
    let query = chosen.map { Self.quantile(times[$0].query) }
    let renderEach = zip(render, counts).map { $0 / $1 }
    let queryEach = zip(query, counts).map { $0 / $1 }
    let encodings = request.encodings.enumerated().map { position, name in
      let encode = chosen.map { Self.quantile(times[$0].encode[position]) }
      let bytes = chosen.reduce(0) { $0 + times[$1].bytes[position] }
      let sums = zip(encode, render).map { $0 + $1 }
      let each = zip(sums, counts).map { $0 / $1 }
      return "\"\(name)\":{\"mean\":\(number(encode.reduce(0, +) / total)),"
        + "\"bytes\":\(number(Double(bytes) / total)),"
        + "\"tot_mean\":\(number(sums.reduce(0, +) / total)),"
        + "\"tot_med\":\(number(Self.quantile(each))),"
        + "\"tot_p95\":\(number(Self.quantile(each, 0.95)))}"
    }
    var labels: [String: Int] = [:]
    for index in chosen { labels.merge(times[index].labels, uniquingKeysWith: +) }
    let labelFields = labels.sorted { $0.key < $1.key }.map {
      "\"\($0.key)\":\(number(Double($0.value) / total))"
    }
    let labelSum = Double(labels.values.reduce(0, +)) / total
    return "{\"z\":\(zoom),\"n\":\(Int(total)),"
      + "\"labels\":\(number(labelSum)),\"labels_by_layer\":{\(labelFields.joined(separator: ","))},"
      + "\"render\":{\"mean\":\(number(render.reduce(0, +) / total)),"
      + "\"med\":\(number(Self.quantile(renderEach))),"
      + "\"p95\":\(number(Self.quantile(renderEach, 0.95)))},"
      + "\"query\":{\"mean\":\(number(query.reduce(0, +) / total)),"
      + "\"med\":\(number(Self.quantile(queryEach)))},"
      + "\"enc\":{\(encodings.joined(separator: ","))}}"
  }

  /// As the peers' programs take it; 0 of nothing.
  private static func quantile(_ values: [Double], _ part: Double = 0.5) -> Double {
    guard !values.isEmpty else { return 0 }
    return values.sorted()[min(values.count - 1, Int(part * Double(values.count)))]
  }

  private func number(_ value: Double) -> String {
    "\((value * 1e4).rounded() / 1e4)"
  }
}
