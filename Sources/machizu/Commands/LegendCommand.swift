internal import Features
internal import Geometry
internal import LayerStore
internal import Rendering
internal import Serving
internal import Workspace

extension Command {
  static let legend = Command(
    name: "legend", usage: "STYLE -o OUT.png | --json",
    summary: "Draw or list what the signs of a map mean",
    options: [
      .audience,
      Option("--zoom", "Z", "only what is drawn at this zoom"),
      Option("--bbox", "W,S,E,N", "only what lies in this area, in degrees"),
      .layers, .scale,
      Option("-o", "OUT", "a PNG file"),
    ], run: runLegend)
}

private func runLegend(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let name = try arguments.operand("a style")
  let workspace = try session.workspace()
  let map = try Session.map(name, in: workspace)
  let audience = try arguments.audience(default: .staff)
  let source = try Catalogue(workspace).contents().source(for: audience)
  let selection = try mapSelection(arguments, map: map, source: source, in: workspace)
  let zoom = try arguments.integer("--zoom", in: 0...WorldGrid.highestZoom)
  let legend = try Legend(
    of: map, selection: selection, zoom: zoom,
    area: try PyramidArea.asked(arguments).map { WorldGrid.box($0) ?? .empty },
    source: source)
  if session.isJSON {
    Console.write(legend.document(of: map) + Array("\n".utf8))
    return 0
  }
  guard let output = arguments["-o"] else {
    throw CommandError.usage("Say where to draw: -o OUT.png, or --json for a list.")
  }
  let scale = try arguments.scale()
  try TileRenderer(map, selection: selection).render(legend, scale: scale).write(to: output)
  return 0
}
