extension Command {
  static let bench = Command(
    name: "bench",
    usage: "raster --scene FILE.rsc [--save OUT.raw] | png --tiles DIR | tiles [--style STYLE] "
      + "| index --boxes DIR [--tag 1m]",
    summary: "Time the kernels, one line a row",
    options: [
      Option("--scene", "FILE", "a scene of shapes"),
      Option("--save", "FILE", "write the drawn picture as raw RGBA"),
      Option("--tiles", "DIR", "a folder of raw RGBA tiles"),
      Option("--style", "STYLE", "the map whose tiles are timed (default: general)"),
      Option("--boxes", "DIR", "a folder of boxes and windows"),
      Option("--tag", "TAG", "which of the folder's sets (default: 1m)"),
    ], run: runBench)
}

private func runBench(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  switch try arguments.operand("a benchmark: raster, png, tiles or index") {
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
  case let name:
    throw CommandError.usage(
      "There is no benchmark “\(name)”; raster, png, tiles and index are there.")
  }
  return 0
}
