internal import Features
internal import LayerStore
internal import PNG
internal import Raster
internal import Rendering
internal import Synchronization
internal import Tiles
internal import Workers

/// Everything that a drawn tile depends on.
struct TileKey: Hashable, Sendable {
  var style: UInt64
  var tile: TileID
  var scale: Int
  var selection: MapSelection
  var audience: Audience
  /// Epoch and revisions of the map's layers.
  var data: UInt64
}

/// Draws tiles on worker threads, remembers them, and lets equal requests share one drawing.
final class TileService: Sendable {
  /// What one thread keeps.
  struct Worker {
    var renderers: [RendererKey: TileRenderer] = [:]
    var encoder = EncoderBox()

    final class EncoderBox {
      var encoder = PNGEncoder()
    }

    struct RendererKey: Hashable {
      var style: UInt64
      var selection: MapSelection
      var scale: Int
    }
  }

  /// Renderers that a thread keeps; when there are more, all are made anew.
  private static let rendererLimit = 16

  private struct State {
    /// Two generations: when the younger one is full, it becomes the older one.
    var young: [TileKey: Response] = [:]
    var old: [TileKey: Response] = [:]
    var youngBytes = 0
    var underWay: [TileKey: [@Sendable (Response) -> Void]] = [:]
    var drawnCount = 0
    var hitCount = 0
  }

  private let state = Mutex(State())
  /// What any of the threads has decided about labels.
  private let labels = LabelMemo()
  private let pool: WorkerPool<Worker>
  private let generationBytes: Int

  init(workers: Int, queueLimit: Int, cacheMegabytes: Int) {
    pool = WorkerPool(threads: workers, queueLimit: queueLimit) { Worker() }
    generationBytes = cacheMegabytes << 19
  }

  func close() { pool.close() }

  var figures: (drawn: Int, hits: Int, waiting: Int) {
    let counts = state.withLock { ($0.drawnCount, $0.hitCount) }
    return (counts.0, counts.1, pool.queueLength)
  }

  /// The answer for a tile: from memory, from a drawing under way, or drawn.
  func answer(_ key: TileKey, map: MapStyle, source: CatalogueSource) -> Answer {
    if let known = known(key) { return .now(known) }
    return .later { [self] reply in
      let isFirst = state.withLock { state in
        let waiting = state.underWay[key]
        state.underWay[key, default: []].append(reply)
        return waiting == nil
      }
      guard isFirst else { return }
      let isQueued = pool.submit { [self] worker in
        finish(key, draw(key, map: map, source: source, worker: &worker))
      }
      if !isQueued {
        finish(key, .problem(503, "More tiles are asked for than can be drawn; try again soon."))
      }
    }
  }

  private func known(_ key: TileKey) -> Response? {
    state.withLock { state in
      if let found = state.young[key] {
        state.hitCount += 1
        return found
      }
      guard let found = state.old.removeValue(forKey: key) else { return nil }
      state.hitCount += 1
      insert(found, key, into: &state)
      return found
    }
  }

  private func insert(_ response: Response, _ key: TileKey, into state: inout State) {
    if state.youngBytes + response.body.count > generationBytes {
      state.old = state.young
      state.young = [:]
      state.youngBytes = 0
    }
    state.young[key] = response
    state.youngBytes += response.body.count + 512
  }

  private func finish(_ key: TileKey, _ response: Response) {
    let waiting = state.withLock { state in
      // A failure is told, but never remembered.
      if response.status == 200 {
        state.drawnCount += 1
        insert(response, key, into: &state)
      }
      return state.underWay.removeValue(forKey: key) ?? []
    }
    for reply in waiting { reply(response) }
  }

  private func draw(
    _ key: TileKey, map: MapStyle, source: CatalogueSource, worker: inout Worker
  ) -> Response {
    guard let frame = PictureFrame(key.tile, scale: key.scale) else {
      return .problem(404, "There is no tile \(key.tile) at this scale.")
    }
    let rendererKey = Worker.RendererKey(
      style: key.style, selection: key.selection, scale: key.scale)
    if worker.renderers.count > Self.rendererLimit { worker.renderers.removeAll() }
    let renderer =
      worker.renderers[rendererKey] ?? TileRenderer(map, selection: key.selection, labels: labels)
    worker.renderers[rendererKey] = renderer
    do {
      let picture = try renderer.render(frame, from: source)
      let bytes = try worker.encoder.encoder.encode(
        premultiplied: picture.bytes.span, width: picture.width, height: picture.height)
      return .tagged(type: "image/png", body: bytes)
    } catch RenderError.source {
      worker.renderers.removeAll()
      return .problem(503, "The map's data are being made again; try again soon.")
    } catch {
      return .problem(500, "The tile could not be drawn.")
    }
  }

  /// Runs other work on the same threads.
  func perform(_ work: @escaping @Sendable () -> Response) -> Answer {
    .later { [self] reply in
      if !pool.submit({ _ in reply(work()) }) {
        reply(.problem(503, "More is asked for than can be answered; try again soon."))
      }
    }
  }
}
