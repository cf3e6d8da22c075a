internal import Features
internal import Glibc
internal import LayerStore
internal import Rendering
internal import Serving
internal import Tiles
internal import Workspace

extension Command {
  static let serve = Command(
    name: "serve",
    usage: "[--host 127.0.0.1] [--port 8080] [--audience public] [--workers N] [--archive FILE]",
    summary: "Serve tiles, features and the viewer over HTTP",
    options: [
      .audience,
      Option("--host", "ADDRESS", "the address to listen on (default: 127.0.0.1)"),
      Option("--port", "N", "the port, 0 for any free one (default: 8080)"),
      .workers,
      Option("--archive", "FILE", "serve the tiles of a PMTiles or MBTiles file; needs no store"),
    ], run: runServe)
}

private func runServe(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  guard arguments.operands.isEmpty else {
    throw CommandError.usage("serve takes options only: machizu serve --help.")
  }
  var options = ServerOptions()
  options.host = arguments["--host"] ?? options.host
  options.port = try arguments.integer("--port", in: 0...65_535) ?? options.port
  options.audience = try arguments.audience(default: .public)
  options.workers = try arguments.workers()
  if let archive = arguments["--archive"] {
    let server = try ArchiveServer(openArchive(archive), options: options)
    serve(options, port: server.port) { server.stop() }
    return 0
  }
  let workspace = try session.workspace()
  let maps = try workspace.styleIDs.map { try Session.map($0, in: workspace) }
  let catalogue = try Catalogue(workspace)
  let server = try Server(workspace, catalogue: catalogue, maps: maps, options: options)
  serve(options, port: server.port) { server.stop() }
  return 0
}

/// Tells the address and serves until the program is asked to end.
private func serve(_ options: ServerOptions, port: Int, stop: () -> Void) {
  let host = options.host.contains(":") ? "[\(options.host)]" : options.host
  Console.write("http://\(host):\(port)/ (\(options.audience.name))")
  waitForSignal()
  stop()
}

/// What is no readable archive is refused input, not failed work.
private func openArchive(_ path: String) throws(CommandError) -> TileArchive {
  do {
    return try TileArchive(path: path)
  } catch {
    throw .refused(error.description)
  }
}

/// Returns when the program is asked to end.
private func waitForSignal() {
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  unsafe sigaddset(&signals, SIGINT)
  unsafe sigaddset(&signals, SIGTERM)
  unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  var received: Int32 = 0
  unsafe sigwait(&signals, &received)
}
