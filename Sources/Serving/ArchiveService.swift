internal import Features
internal import Synchronization
public import Tiles
internal import Workers

/// An archive of tiles served over HTTP as it is, without a store.
public final class ArchiveServer {
  private let http: HTTPServer
  private let service: ArchiveService

  /// - Throws: `ServingError.wrongAudience` where the archive says that it was drawn for a wider
  ///   audience than is served.
  public init(_ archive: TileArchive, options: ServerOptions) throws(ServingError) {
    let service = try ArchiveService(archive, options: options)
    self.service = service
    http = try HTTPServer(host: options.host, port: options.port) { service.answer($0) }
  }

  /// The port that the server listens on.
  public var port: Int { http.port }

  public func stop() {
    http.stop()
    service.close()
  }
}

/// The routes of an archive.
///
/// Tiles are answered at `/tiles/{z}/{x}/{y}.png` and, where the archive names its style, also at the
/// address that the full service has for it, so that a map may fall back from one to the other.
final class ArchiveService: Sendable {
  /// Seconds between two looks at whether another file has got the archive's name.
  private static let lookInterval = Duration.seconds(1)
  private static let queueLimit = 256

  /// An opened archive and what is answered of it.
  private struct Opened: Sendable {
    let archive: TileArchive
    let description: ArchiveDescription
    let documents: [String: Response]
  }

  private struct State {
    var opened: Opened
    var lastLook: ContinuousClock.Instant
  }

  private let state: Mutex<State>
  private let pool: WorkerPool<Void>
  private let audience: Audience
  private let page: [String: Response]

  init(_ archive: TileArchive, options: ServerOptions) throws(ServingError) {
    let opened = try Self.open(archive, for: options.audience)
    state = Mutex(State(opened: opened, lastLook: .now))
    audience = options.audience
    page = try ViewerFiles.published()
    pool = WorkerPool(threads: options.workers, queueLimit: Self.queueLimit) {}
  }

  func close() { pool.close() }

  func answer(_ request: Request) -> Answer { Answer { try route(request) } }

  private func route(_ request: Request) throws -> Answer {
    let parts = request.pathParts
    let path = parts.joined(separator: "/")
    if path == "healthz" || path == "readyz" {
      return .now(.text(path == "healthz" ? "ok\n" : "ready\n"))
    }
    if let file = page[path.isEmpty ? "index.html" : path] { return .now(file) }
    let opened = current()
    if let document = opened.documents[path] {
      try allow(request)
      return .now(document)
    }
    guard parts.first == "tiles" else { throw Problem.notFound }
    return try tile(Array(parts.dropFirst()), of: opened, request)
  }

  private func tile(_ parts: [String], of opened: Opened, _ request: Request) throws -> Answer {
    var parts = parts
    if parts.count == 4, parts[0] == opened.description.style { parts.removeFirst() }
    let suffix = "." + opened.archive.picture.rawValue
    guard parts.count == 3, parts[2].hasSuffix(suffix) else { throw Problem.notFound }
    guard let zoom = TileID.number(parts[0]), let column = TileID.number(parts[1]),
      let row = TileID.number(parts[2].dropLast(suffix.count)),
      let tile = TileID(zoom: zoom, column: column, row: row)
    else { throw Problem(404, "There is no such tile.") }
    let zooms = opened.archive.zooms
    guard zooms.contains(zoom) else {
      throw Problem(404, "The archive has zooms \(zooms.lowerBound) to \(zooms.upperBound).")
    }
    try allow(request)
    return .later { [self] reply in
      let isQueued = pool.submit { _ in
        do {
          guard let bytes = try opened.archive.tile(tile) else {
            return reply(.problem(404, "The archive has no tile \(tile)."))
          }
          reply(.tagged(type: opened.archive.picture.mediaType, body: bytes))
        } catch {
          reply(.problem(500, "The tile could not be read from the archive."))
        }
      }
      if !isQueued {
        reply(.problem(503, "More tiles are asked for than can be read; try again soon."))
      }
    }
  }

  /// The tiles were drawn with one set of layers in one language: nothing can be chosen.
  private func allow(_ request: Request) throws(Problem) {
    guard let parameter = request.parameters.first else { return }
    throw Problem(
      400,
      "The parameter “\(parameter.name.shortened)” is not known; an archive is served as it is.")
  }

  /// The archive that bears the name now; the one before for as long as the new one is unreadable.
  private func current() -> Opened {
    let (opened, isDue) = state.withLock { state in
      let isDue = state.lastLook.duration(to: .now) > Self.lookInterval
      if isDue { state.lastLook = .now }
      return (state.opened, isDue)
    }
    guard isDue, !opened.archive.isCurrent,
      let archive = try? TileArchive(path: opened.archive.path),
      let renewed = try? Self.open(archive, for: audience)
    else { return opened }
    state.withLock { $0.opened = renewed }
    return renewed
  }

  private static func open(
    _ archive: TileArchive, for audience: Audience
  ) throws(ServingError) -> Opened {
    let description = try ArchiveDescription(archive)
    guard audience.sees(description.audience) else {
      throw .wrongAudience(
        path: archive.path, drawnFor: description.audience.name, served: audience.name)
    }
    let tileJSON = Response.tagged(
      type: "application/json", body: description.tileJSON(of: archive))
    var documents = ["tiles.json": tileJSON]
    if let style = description.style { documents["tiles/\(style).json"] = tileJSON }
    documents["map.js"] = .tagged(
      type: "text/javascript; charset=utf-8", body: description.facts(of: archive).script)
    return Opened(archive: archive, description: description, documents: documents)
  }
}
