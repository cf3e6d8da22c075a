internal import CFiles
internal import Features
internal import Geometry
internal import LayerStore
internal import PNG
internal import Raster
internal import Rendering
internal import Styling
internal import Tiles
internal import Workers
internal import Workspace

extension Command {
  static let render = Command(
    name: "render",
    usage:
      "STYLE --tile Z/X/Y | --bbox W,S,E,N --zoom Z | --tiles Z/X0-X1/Y0-Y1 | --zoom A-B, -o OUT",
    summary: "Draw a tile, a picture or a whole pyramid of a map",
    options: [
      .audience,
      Option("--tile", "Z/X/Y", "one tile"),
      Option("--tiles", "Z/X0-X1/Y0-Y1", "the tiles of a range as one picture"),
      Option("--bbox", "W,S,E,N", "the area in degrees; with --zoom Z one picture of it"),
      Option("--inside", "LAYER:KEY", "for a pyramid the area of a feature, instead of --bbox"),
      Option("--zoom", "Z|A-B", "one zoom, or for a pyramid the first and the last"),
      .layers, .scale, .workers,
      Option("--resume", nil, "go on where an ended run of the same pyramid stopped"),
      Option("--update", nil, "draw only the tiles of OUT that changes of data or style reach"),
      Option("--duration", "2h|30m|90s", "end after this time; --resume goes on later"),
      Option("--shard", "I/N", "draw one of N parts, for machizu pyramid merge"),
      Option(
        "--no-revisions", nil,
        "OUT tells nothing of the store's state and changes: to be given away, not to be updated"),
      Option("-o", "OUT", "a PNG file; for a pyramid *.pmtiles, *.mbtiles or a folder (DIR/)"),
    ], run: runRender)
}

private func runRender(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  // Found features, paths and pictures need megabytes over and over: memory that goes back to the system
  // after each comes back as zeroed pages, each with a fault.
  machizu_keep_memory()
  let name = try arguments.operand("a style")
  guard let output = arguments["-o"] else {
    throw CommandError.usage("Say where to write: -o OUT.")
  }
  let isPyramid = try asksForPyramid(arguments, to: output)
  let workspace = try session.workspace()
  let opened = Pending { try Catalogue(workspace).contents() }
  let map = try Session.map(name, in: workspace)
  let scale = try arguments.scale()
  let audience = try arguments.audience(default: .staff)
  let contents = try opened.value()
  let source = contents.source(for: audience)
  let selection = try mapSelection(arguments, map: map, source: source, in: workspace)
  let job = RenderJob(map: map, selection: selection, source: source, scale: scale)
  let side = workspace.town.limits.pictureSide

  if let text = arguments["--tile"] {
    guard let tile = TileID(text), let frame = PictureFrame(tile, scale: scale) else {
      throw CommandError.usage(
        "--tile is “\(text)”; Z/X/Y with Z from 0 to \(WorldGrid.highestZoom - scale + 1) is needed, "
          + "X and Y below 2^Z.")
    }
    try requireZoom(tile.zoom, of: map)
    try job.draw(frame, to: output)
  } else if let text = arguments["--tiles"] {
    guard let range = TileRange(text), range.columns.count * 256 * scale <= side,
      range.rows.count * 256 * scale <= side, let frame = PictureFrame(range, scale: scale)
    else {
      throw CommandError.usage(
        "--tiles is “\(text)”; Z/X0-X1/Y0-Y1 is needed, at most \(side) pixels a side.")
    }
    try requireZoom(range.zoom, of: map)
    try job.draw(frame, to: output)
  } else if let zooms = try zoomRange(arguments["--zoom"]) {
    let area = try PyramidArea(arguments, workspace: workspace, source: source)
    if !isPyramid {
      try requireZoom(zooms.lowerBound, of: map)
      guard let frame = PictureFrame(area.box, zoom: zooms.lowerBound, scale: scale),
        frame.width <= side, frame.height <= side
      else {
        throw CommandError.usage(
          "The picture would be more than \(side) pixels wide or high: take a smaller --bbox or --zoom."
        )
      }
      try job.draw(frame, to: output)
    } else {
      try requireZoom(zooms.lowerBound, of: map)
      try requireZoom(zooms.upperBound, of: map)
      let plan = try PyramidPlan(
        job: job, contents: contents, workspace: workspace, zooms: zooms, area: area,
        shard: try shard(arguments), tellsRevisions: !arguments.has("--no-revisions"))
      guard plan.tellsRevisions || plan.shard == nil && !arguments.has("--update") else {
        throw CommandError.usage(
          "--no-revisions leaves out what --shard and --update go by: take it without them.")
      }
      return try PyramidDrawing(
        plan: plan,
        workers: try arguments.workers(),
        isResumed: arguments.has("--resume"), isUpdate: arguments.has("--update"),
        duration: try duration(arguments["--duration"]), endsProcess: session.endsProcess,
        form: session.isJSON ? .json : Console.isTerminal ? .bar : .lines
      ).write(to: output)
    }
  } else {
    throw CommandError.usage(
      "Say what to draw: --tile Z/X/Y, --tiles Z/X0-X1/Y0-Y1, --bbox with --zoom, or --zoom A-B.")
  }
  return 0
}

/// Whether the words ask for a pyramid and not for one picture; refuses those that have no effect beside
/// others, and names that are another thing's.
private func asksForPyramid(_ arguments: Arguments, to output: String) throws(CommandError) -> Bool
{
  let pyramidal = [
    "--inside", "--resume", "--update", "--duration", "--shard", "--no-revisions",
  ]
  func refuse(_ others: [String], beside name: String) throws(CommandError) {
    guard let other = others.first(where: { arguments.has($0) }) else { return }
    throw .usage("\(name) draws one picture: \(other) has no effect beside it.")
  }
  let isArchive = ArchiveKind(path: output) != nil
  var picture: String?
  if arguments.has("--tile") {
    picture = "--tile"
    try refuse(["--tiles", "--bbox", "--zoom"] + pyramidal, beside: "--tile")
  } else if arguments.has("--tiles") {
    picture = "--tiles"
    try refuse(["--bbox", "--zoom"] + pyramidal, beside: "--tiles")
  } else if !isArchive, arguments.has("--bbox"), try zoomRange(arguments["--zoom"])?.count == 1 {
    picture = "--bbox with one zoom"
    try refuse(pyramidal, beside: "--bbox with one zoom and -o \(output)")
  }
  if let picture {
    guard !isArchive else {
      throw .usage("\(picture) draws one picture: -o \(output) must name a PNG file.")
    }
    return false
  }
  let name = output.split(separator: "/").last ?? ""
  guard isArchive || !name.contains(".") || !arguments.has("--zoom") else {
    throw .usage(
      "-o is “\(output)”; a pyramid is written to OUT.pmtiles, OUT.mbtiles or DIR/, and one picture is "
        + "asked for with --bbox W,S,E,N and one --zoom.")
  }
  return true
}

func requireZoom(_ zoom: Int, of map: MapStyle) throws(CommandError) {
  let zooms = map.document.tileZooms
  guard zooms.contains(zoom) else {
    throw .usage(
      "The map \(map.id) has zooms \(zooms.lowerBound) to \(zooms.upperBound), not \(zoom).")
  }
}

/// What `--layers` and `--language` choose of a map.
func mapSelection(
  _ arguments: Arguments, map: MapStyle, source: CatalogueSource, in workspace: Workspace
) throws -> MapSelection {
  MapSelection(
    layers: try selectedLayers(arguments, map: map, source: source),
    language: try arguments.language() ?? workspace.town.language)
}

/// The layers that `--layers` names, each one of the map's and visible; nil where none are named.
private func selectedLayers(
  _ arguments: Arguments, map: MapStyle, source: CatalogueSource
) throws(CommandError) -> Set<String>? {
  guard let names = arguments.list("--layers") else { return nil }
  let visible = Set(source.layerIDs.map(\.text))
  let known = map.document.sourceLayers.filter(visible.contains)
  for name in names where !known.contains(name) {
    throw .usage(
      "The map \(map.id) has no layer “\(name)”." + NearestLayer.suggest(name, among: known))
  }
  return Set(names)
}

/// The zooms that `--zoom` names; nil where it names none.
func zoomRange(_ text: String?) throws(CommandError) -> ClosedRange<Int>? {
  guard let text else { return nil }
  let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { TileID.number($0) }
  if ends.count == 2, let first = ends[0], let last = ends[1], last < first {
    throw .usage("--zoom is “\(text)”: the first zoom lies above the last; say \(last)-\(first).")
  }
  guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
    first <= last, last <= WorldGrid.highestZoom
  else {
    throw .usage("--zoom is “\(text)”; Z or A-B from 0 to \(WorldGrid.highestZoom) is needed.")
  }
  return first...last
}

private func shard(_ arguments: Arguments) throws(CommandError) -> Shard? {
  guard let text = arguments["--shard"] else { return nil }
  guard let shard = Shard(text) else {
    throw .usage("--shard is “\(text)”; I/N is needed, I from 1 to N, N up to \(Shard.limit).")
  }
  return shard
}

/// `2h`, `1h30m`, `90s`; nil where none is asked for.
private func duration(_ text: String?) throws(CommandError) -> Duration? {
  guard let text else { return nil }
  let units: [Character: Int] = ["h": 3600, "m": 60, "s": 1]
  var seconds = 0
  var number = ""
  for character in text {
    if let unit = units[character], let count = TileID.number(number) {
      seconds += count * unit
      number = ""
    } else {
      number.append(character)
    }
  }
  guard number.isEmpty, seconds > 0 else {
    throw .usage("--duration is “\(text)”; a time such as 2h, 1h30m or 90s is needed.")
  }
  return .seconds(seconds)
}

/// What is drawn, apart from where.
struct RenderJob: Sendable {
  let map: MapStyle
  let selection: MapSelection
  let source: CatalogueSource
  let scale: Int
  /// What any of the run's threads has decided about labels.
  let labels = LabelMemo()

  func draw(_ frame: PictureFrame, to path: String) throws {
    try TileRenderer(map, selection: selection).render(frame, from: source).write(to: path)
  }
}

extension Pixmap {
  /// Writes the picture as a PNG file, in the place of what has the name.
  func write(to path: String) throws {
    var encoder = PNGEncoder()
    let bytes = try encoder.encode(self)
    do {
      try FileContents.replace(path, with: bytes)
    } catch {
      throw CommandError.failed(error.description)
    }
  }
}

extension PNGEncoder {
  mutating func encode(_ pixmap: Pixmap) throws(PNGError) -> [UInt8] {
    try encode(premultiplied: pixmap.bytes.span, width: pixmap.width, height: pixmap.height)
  }
}
