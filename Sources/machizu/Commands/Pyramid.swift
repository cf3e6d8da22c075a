internal import Geometry
internal import LayerStore
internal import PNG
internal import Raster
internal import Rendering
internal import Styling
internal import Synchronization
internal import Tiles
internal import Workers

/// All tiles of a map in an area over a range of zooms.
///
/// The output depends on the map and its data only, not on the number of workers. Memory: the
/// renderers, and the tiles of `windowPerWorker` metatiles for each worker.
struct Pyramid {
  /// A metatile has 2 to this power tiles a side: their features and labels are gathered once.
  private static let metatileBits = 2
  /// Metatiles that may be drawn before an earlier one of them is written.
  private static let windowPerWorker = 8

  let job: RenderJob
  let contents: CatalogueContents
  let zooms: ClosedRange<Int>
  let box: Box<Geographic>
  let workers: Int

  /// Whether an output's name says that it is no single picture.
  static func isPyramid(_ output: String) -> Bool {
    output.hasSuffix("/") || output.hasSuffix(".pmtiles") || output.hasSuffix(".mbtiles")
  }

  /// State of one thread.
  private struct Worker {
    let renderer: TileRenderer
    let encoder = EncoderBox()
  }

  private final class EncoderBox {
    var encoder = PNGEncoder()
  }

  private typealias Drawn = Result<[(tile: TileID, bytes: [UInt8])], CommandError>

  func write(to output: String) throws {
    guard let grid = WorldGrid.box(box) else { throw CommandError.usage("The area is empty.") }
    let ranges = zooms.compactMap { TileRange(zoom: $0, covering: grid) }
    let target: any PyramidTarget =
      if output.hasSuffix(".pmtiles") {
        try PMTilesTarget(path: output)
      } else if output.hasSuffix(".mbtiles") {
        try MBTilesTarget(path: output)
      } else {
        try FolderTarget(path: output)
      }
    do {
      try draw(ranges, into: target)
      try target.finish(PyramidFacts(self))
    } catch {
      target.cancel()
      throw error
    }
    let total = ranges.reduce(0) { $0 + $1.count }
    Console.report("machizu: \(total) tiles in \(target.name)\n")
  }

  /// Gives the target the tiles zoom by zoom along the Hilbert curve.
  private func draw(_ ranges: [TileRange], into target: any PyramidTarget) throws {
    let total = ranges.reduce(0) { $0 + $1.count }
    var metatiles = ranges.lazy
      .flatMap { HilbertMetatiles($0, sideBits: Self.metatileBits) }.makeIterator()
    let window = workers * Self.windowPerWorker
    let delivery = OrderedDelivery<Drawn>()
    let isStopped = Atomic(false)
    let job = self.job
    let pool = WorkerPool<Worker>(threads: workers, queueLimit: window) {
      Worker(renderer: TileRenderer(job.map, selection: job.selection))
    }
    defer {
      isStopped.store(true, ordering: .relaxed)
      pool.close()
      if Console.isTerminal { Console.report("\n") }
    }
    var submitted = 0
    func submitNext() {
      guard let range = metatiles.next() else { return }
      let number = submitted
      submitted += 1
      let isQueued = pool.submit { worker in
        if !isStopped.load(ordering: .relaxed) {
          delivery.put(Self.draw(range, job: job, worker: worker), number: number)
        }
      }
      if !isQueued { delivery.put(.failure(.failed("The queue is full.")), number: number) }
    }
    for _ in 0..<window { submitNext() }
    var taken = 0
    var done = 0
    while taken < submitted {
      let tiles = try delivery.take().get()
      taken += 1
      submitNext()
      for (tile, bytes) in tiles { try target.add(bytes, for: tile) }
      done += tiles.count
      if Console.isTerminal {
        Console.report("\r\(done * 100 / max(total, 1)) %  \(done) / \(total)")
      }
    }
  }

  private static func draw(_ range: TileRange, job: RenderJob, worker: Worker) -> Drawn {
    do {
      guard let frame = PictureFrame(range, scale: job.scale) else {
        throw CommandError.failed("they have no place in a picture.")
      }
      let picture = try worker.renderer.render(frame, from: job.source)
      let side = 256 * job.scale
      return .success(
        try range.tilesAlongCurve.map { tile in
          let part = picture.cropped(
            x: (tile.column - range.columns.lowerBound) * side,
            y: (tile.row - range.rows.lowerBound) * side, width: side, height: side)
          return (tile, try worker.encoder.encoder.encode(part))
        })
    } catch {
      return .failure(
        .failed(
          "Tiles \(range.zoom)/\(range.columns)/\(range.rows): \(CommandError(error).message)"))
    }
  }
}
