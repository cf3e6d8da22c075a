extension Command {
  static let bench = Command(
    name: "bench",
    usage: "raster --scene FILE.rsc [--save OUT.raw] | png --tiles DIR | tiles [--style STYLE] "
      + "| index --boxes DIR [--tag 1m] | import [--polygons N] | snapshot LAYER "
      + "| archive --archive FILE | town --style STYLE TILES.txt [--meta]",
    summary: "Time the kernels, one line a row",
    options: [
      Option("--scene", "FILE", "a scene of shapes"),
      Option("--save", "FILE|DIR", "write the drawn picture as raw RGBA; town: a folder for PNGs"),
      Option("--tiles", "DIR", "a folder of raw RGBA tiles"),
      Option("--style", "STYLE", "the map whose tiles are timed (default: general)"),
      Option("--boxes", "DIR", "a folder of boxes and windows"),
      Option("--archive", "FILE", "a PMTiles or MBTiles file whose tiles are read"),
      Option("--tag", "TAG", "which of the folder's sets (default: 1m)"),
      Option("--meta", nil, "town: the list holds metatiles of 8 x 8"),
      Option("--noq", nil, "town: do not time the query alone"),
      Option("--polygons", "N", "import: how many (default: 100000)"),
      Option("--runs", "N", "town: measured passes (default: 3); import: (default: 1)"),
      Option("--enc", "A,B", "town: png, png8 (default: both)"),
      Option("--worker", "K/N", "town: draw every N-th line, from the K-th on"),
      Option("--zooms", "A,B", "town: only these zooms"),
      Option("--wall", nil, "town: wall time instead of CPU time"),
      Option(
        "--warm", nil, "town: keep label decisions and coverage between tiles, as a server does"),
    ], run: runBench)
}

private let benchmarks = "raster, png, tiles, index, import, snapshot, archive"

private func runBench(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  if arguments.operands.first == "town" {
    Console.write(try benchTown(townRequest(arguments), workspace: try session.workspace()))
    return 0
  }
  if arguments.operands.first == "snapshot" {
    guard arguments.operands.count == 2 else {
      throw CommandError.usage("Name the layer: machizu bench snapshot LAYER")
    }
    try benchSnapshot(
      of: arguments.operands[1], workspace: try session.workspace(), json: session.isJSON)
    return 0
  }
  switch try arguments.operand("a benchmark: \(benchmarks) or town") {
  case "raster":
    guard let scene = arguments["--scene"] else {
      throw CommandError.usage("bench raster needs --scene FILE.rsc.")
    }
    try benchRaster(scene: scene, save: arguments["--save"], json: session.isJSON)
  case "png":
    guard let tiles = arguments["--tiles"] else {
      throw CommandError.usage("bench png needs --tiles DIR.")
    }
    try benchPNG(tiles: tiles, json: session.isJSON)
  case "tiles":
    try benchTiles(
      of: arguments["--style"] ?? "general", workspace: try session.workspace(),
      json: session.isJSON)
  case "index":
    guard let boxes = arguments["--boxes"] else {
      throw CommandError.usage("bench index needs --boxes DIR.")
    }
    try benchIndex(boxes: boxes, tag: arguments["--tag"] ?? "1m", json: session.isJSON)
  case "archive":
    guard let archive = arguments["--archive"] else {
      throw CommandError.usage("bench archive needs --archive FILE.")
    }
    try benchArchive(archive, json: session.isJSON)
  case "import":
    try benchImport(
      polygons: try arguments.integer("--polygons", in: 1...10_000_000) ?? 100_000,
      runs: try arguments.integer("--runs", in: 1...1000) ?? 1, json: session.isJSON)
  case let name:
    throw CommandError.usage(
      "There is no benchmark “\(name)”; \(benchmarks) and town are there."
    )
  }
  return 0
}

private func townRequest(_ arguments: Arguments) throws(CommandError) -> TownBenchRequest {
  guard arguments.operands.count == 2 else {
    throw .usage("Name the list of tiles: machizu bench town --style STYLE TILES.txt")
  }
  var request = TownBenchRequest(
    style: arguments["--style"] ?? "bench", tileList: arguments.operands[1])
  request.isMeta = arguments.has("--meta")
  request.measuresQuery = !arguments.has("--noq")
  request.runs = try arguments.integer("--runs", in: 1...1000) ?? 3
  request.isWallTime = arguments.has("--wall")
  request.isWarm = arguments.has("--warm")
  request.folder = arguments["--save"]
  if let names = arguments.list("--enc") {
    guard !names.isEmpty, names.allSatisfy({ $0 == "png" || $0 == "png8" }) else {
      throw .usage("--enc is “\(arguments["--enc"] ?? "")”; png, png8 or both are allowed.")
    }
    request.encodings = names
  }
  if let text = arguments["--worker"] {
    let numbers = text.split(separator: "/").compactMap { Int($0) }
    guard numbers.count == 2, numbers[0] >= 0, numbers[0] < numbers[1] else {
      throw .usage("--worker is “\(text)”; K/N with K from 0 below N is needed.")
    }
    request.worker = (numbers[0], numbers[1])
  }
  if let names = arguments.list("--zooms") {
    request.zooms = Set(names.compactMap { Int($0) })
    guard request.zooms.count == names.count else {
      throw .usage("--zooms is “\(arguments["--zooms"] ?? "")”; numbers with commas are needed.")
    }
  }
  return request
}
