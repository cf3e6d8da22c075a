public import Features
internal import Geometry
internal import JSON
public import LayerStore
public import Rendering
internal import Styling
internal import Tiles
public import Workspace

/// How a server is started.
public struct ServerOptions: Sendable {
  public var host = "127.0.0.1"
  /// 0 lets the system choose.
  public var port = 8080
  public var audience = Audience.public
  public var workers = 2

  public init() {}
}

/// A workspace served over HTTP to one audience.
public final class Server {
  private let http: HTTPServer
  private let service: Service

  public init(
    _ workspace: Workspace, catalogue: Catalogue, maps: [MapStyle], options: ServerOptions
  ) throws(ServingError) {
    let service = try Service(workspace, catalogue: catalogue, maps: maps, options: options)
    self.service = service
    http = try HTTPServer(host: options.host, port: options.port) { service.answer($0) }
  }

  /// The port that the server listens on.
  public var port: Int { http.port }

  public func stop() {
    http.stop()
    service.tiles.close()
  }
}

/// The routes: a path becomes an answer.
final class Service: Sendable {
  let workspace: Workspace
  let catalogue: Catalogue
  let maps: [MapStyle]
  let audience: Audience
  let tiles: TileService
  private let viewer: ViewerFiles

  init(
    _ workspace: Workspace, catalogue: Catalogue, maps: [MapStyle], options: ServerOptions
  ) throws(ServingError) {
    self.workspace = workspace
    self.catalogue = catalogue
    self.maps = maps
    audience = options.audience
    let limits = workspace.town.limits
    tiles = TileService(
      workers: options.workers, queueLimit: limits.queue, cacheMegabytes: limits.cacheMegabytes)
    viewer = try ViewerFiles()
  }

  func answer(_ request: Request) -> Answer { Answer { try route(request) } }

  private func route(_ request: Request) throws -> Answer {
    let parts = request.pathParts
    switch parts.first {
    case "" where parts.count == 1: return .now(viewer.page)
    case "viewer":
      guard let file = viewer[parts.dropFirst().joined(separator: "/")] else {
        throw Problem.notFound
      }
      return .now(file)
    case "healthz" where parts.count == 1:
      return .now(.text("ok\n"))
    case "readyz" where parts.count == 1:
      _ = try contents()
      return .now(.text("ready\n"))
    case "metrics" where parts.count == 1: return .now(metrics())
    case "styles": return try styles(Array(parts.dropFirst()), request)
    case "tiles": return try tile(Array(parts.dropFirst()), request)
    case "ogc": return try ogc(Array(parts.dropFirst()), request)
    default: throw Problem.notFound
    }
  }

  /// The store's present state; 503 while it cannot be read.
  func contents() throws -> CatalogueContents {
    do {
      return try catalogue.contents()
    } catch {
      throw Problem(503, "The store cannot be read at the moment; try again soon.")
    }
  }

  func map(_ id: String) throws(Problem) -> MapStyle {
    guard let map = maps.first(where: { $0.id == id }) else {
      throw Problem(404, "There is no map “\(id.shortened)”.")
    }
    return map
  }

  /// Refuses parameters that the route does not know: a misspelt one must not be ignored.
  func allow(_ names: [String], _ request: Request) throws(Problem) {
    for parameter in request.parameters where !names.contains(parameter.name) {
      throw Problem(
        400,
        "The parameter “\(parameter.name.shortened)” is not known; allowed: "
          + (names.isEmpty ? "none" : names.joined(separator: ", ")) + ".")
    }
  }

  private func tile(_ parts: [String], _ request: Request) throws -> Answer {
    if parts.count == 1, parts[0].hasSuffix(".json") {
      try allow([], request)
      return .now(try tileJSON(of: map(String(parts[0].dropLast(5)))))
    }
    guard parts.count == 4, parts[3].hasSuffix(".png") else { throw Problem.notFound }
    let map = try map(parts[0])
    var row = parts[3].dropLast(4)
    let scale = row.hasSuffix("@2x") ? 2 : 1
    if scale == 2 { row = row.dropLast(3) }
    guard let zoom = TileID.number(parts[1]), let column = TileID.number(parts[2]),
      let row = TileID.number(row), let tile = TileID(zoom: zoom, column: column, row: row),
      PictureFrame(tile, scale: scale) != nil
    else { throw Problem(404, "There is no such tile.") }
    let zooms = map.document.tileZooms
    guard zooms.contains(tile.zoom) else {
      throw Problem(
        404, "The map \(map.id) has zooms \(zooms.lowerBound) to \(zooms.upperBound).")
    }
    try allow(["layers", "lang"], request)
    let contents = try contents()
    let source = contents.source(for: audience)
    let selection = MapSelection(
      layers: try layers(request["layers"], of: map, source: source),
      language: try language(request["lang"]))
    let key = TileKey(
      style: map.hash, tile: tile, scale: scale, selection: selection, audience: audience,
      data: contents.fingerprint(of: map.document.sourceLayers))
    return tiles.answer(key, map: map, source: source)
  }

  func layers(
    _ text: String?, of map: MapStyle, source: CatalogueSource
  ) throws(Problem) -> Set<String>? {
    guard let text else { return nil }
    let visible = Set(source.layerIDs.map(\.text))
    let known = map.document.sourceLayers.filter(visible.contains)
    let names = text.split(separator: ",").map(String.init)
    guard !names.isEmpty, names.count <= 256 else {
      throw Problem(400, "“layers” must name at least one layer: \(known.joined(separator: ", ")).")
    }
    for name in names where !known.contains(name) {
      throw Problem(
        400,
        "“layers” names “\(name.shortened)”; the map \(map.id) has \(known.joined(separator: ", "))."
      )
    }
    return Set(names)
  }

  func language(_ text: String?) throws(Problem) -> Language {
    guard let text else { return workspace.town.language }
    guard let language = Language(rawValue: text) else {
      throw Problem(400, "“lang” is “\(text.shortened)”; ja or en is allowed.")
    }
    return language
  }

  private func metrics() -> Response {
    let figures = tiles.figures
    let text = """
      # TYPE machizu_tiles_drawn_total counter
      machizu_tiles_drawn_total \(figures.drawn)
      # TYPE machizu_tile_cache_hits_total counter
      machizu_tile_cache_hits_total \(figures.hits)
      # TYPE machizu_queue_length gauge
      machizu_queue_length \(figures.waiting)

      """
    return Response(type: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
  }
}

/// An error that the client gets to read.
struct Problem: Error {
  let status: UInt32
  let detail: String

  init(_ status: UInt32, _ detail: String) {
    self.status = status
    self.detail = detail
  }

  static let notFound = Problem(404, "There is nothing at this address.")
}

extension String {
  /// Fit for being told back: no more than 80 characters.
  var shortened: String { count <= 80 ? self : String(prefix(80)) + "…" }
}
