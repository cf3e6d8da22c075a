internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import PNG
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

extension Command {
  static let explain = Command(
    name: "explain", usage: "STYLE --tile Z/X/Y [--at LON,LAT]",
    summary: "Tell why a tile looks as it does: features, rules, labels, time",
    options: [
      .audience,
      Option("--tile", "Z/X/Y", "the tile"),
      Option("--at", "LON,LAT", "tell each feature at this place and every rule of its layer"),
      .layers, .scale,
    ], run: runExplain)
}

private func runExplain(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let name = try arguments.operand("a style")
  guard let text = arguments["--tile"] else {
    throw CommandError.usage("Say which tile: --tile Z/X/Y.")
  }
  let workspace = try session.workspace()
  let map = try Session.map(name, in: workspace)
  let scale = try arguments.scale()
  guard let tile = TileID(text), let frame = PictureFrame(tile, scale: scale) else {
    throw CommandError.usage(
      "--tile is “\(text)”; Z/X/Y with Z from 0 to \(WorldGrid.highestZoom - scale + 1) is needed, "
        + "X and Y below 2^Z.")
  }
  try requireZoom(tile.zoom, of: map)
  let place = try place(arguments, in: tile)
  let audience = try arguments.audience(default: .staff)
  let source = try Catalogue(workspace).contents().source(for: audience)
  let selection = try mapSelection(arguments, map: map, source: source, in: workspace)
  let renderer = TileRenderer(map, selection: selection)
  let (picture, explanation) = try renderer.explain(frame, at: place, from: source)
  let clock = ContinuousClock()
  let start = clock.now
  var encoder = PNGEncoder()
  let bytes = try encoder.encode(picture)
  let spent = (clock.now - start).components
  let report = ExplainReport(
    style: name, tile: tile, audience: audience, hasPlace: place != nil,
    explanation: explanation, encodeMilliseconds: Double(spent.attoseconds) / 1e15,
    byteCount: bytes.count)
  if session.isJSON {
    Console.write(report.document + [0x0A])
  } else {
    Console.write(report.text(in: try session.messageLanguage()))
  }
  return 0
}

/// The place that `--at` names, which must lie in the tile.
private func place(_ arguments: Arguments, in tile: TileID) throws(CommandError) -> GridPoint? {
  guard let degrees = try arguments.numbers("--at", count: 2) else { return nil }
  guard abs(degrees[0]) <= 180, abs(degrees[1]) <= 90,
    let place = WorldGrid.point(Point(x: degrees[0], y: degrees[1]))
  else {
    throw .usage("--at must name longitude and latitude in degrees, longitude first.")
  }
  guard tile.bounds.contains(place) else {
    let box = tile.bounds
    let northWest = WorldGrid.degrees(GridPoint(x: box.minX, y: box.minY))
    let southEast = WorldGrid.degrees(GridPoint(x: box.maxX, y: box.maxY))
    func shown(_ degrees: Double) -> String { "\((degrees * 1e5).rounded() / 1e5)" }
    throw .usage(
      "--at lies outside of the tile \(tile), which covers \(shown(northWest.x)) to "
        + "\(shown(southEast.x)) east and \(shown(southEast.y)) to \(shown(northWest.y)) north.")
  }
  return place
}
