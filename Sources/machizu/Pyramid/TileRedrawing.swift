internal import Rendering
internal import Tiles
internal import Workers

/// Draws single tiles with several threads and gives them in the order asked.
struct TileRedrawing {
  private static let windowPerWorker = 8

  let job: RenderJob
  let workers: Int

  func draw(
    _ tiles: some Sequence<TileID>, _ body: (TileID, [UInt8]) throws -> Void
  ) throws {
    let window = workers * Self.windowPerWorker
    let delivery = OrderedDelivery<Result<(tile: TileID, bytes: [UInt8]), CommandError>>()
    let job = self.job
    let pool = WorkerPool<TileDrawer>(threads: workers, queueLimit: window) { TileDrawer(job) }
    defer { pool.close() }
    var rest = tiles.makeIterator()
    var submitted = 0
    func submitNext() {
      guard let tile = rest.next() else { return }
      let number = submitted
      submitted += 1
      let isQueued = pool.submit { drawer in
        do {
          let bytes = try drawer.draw([tile])[0].bytes
          delivery.put(.success((tile, bytes)), number: number)
        } catch {
          delivery.put(
            .failure(.failed("Tile \(tile): \(CommandError(error).message)")), number: number)
        }
      }
      if !isQueued { delivery.put(.failure(.failed("The queue is full.")), number: number) }
    }
    for _ in 0..<window { submitNext() }
    var taken = 0
    while taken < submitted {
      let (tile, bytes) = try delivery.take().get()
      taken += 1
      submitNext()
      try body(tile, bytes)
    }
  }
}
