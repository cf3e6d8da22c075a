internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import PNG
internal import Rendering
internal import Serving
internal import Styling
internal import Tiles
internal import Workspace

extension Command {
  static let publish = Command(
    name: "publish", usage: "DIR --style STYLE[,STYLE…] [--format folder|pmtiles] [--zoom A-B]",
    summary: "Write the public map and open data as files for any web server",
    options: [
      Option(
        "--style", "STYLE", "the map to publish, or several with commas: the first is shown first"),
      Option(
        "--format", "F", "folder: files z/x/y.png; pmtiles: one archive, read by Range requests"),
      Option("--zoom", "A-B", "the first and the last zoom (default: the map's first to 16)"),
      Option("--bbox", "W,S,E,N", "the area in degrees (default: the town's)"),
      .workers,
    ], run: runPublish)
}

private func runPublish(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let target = try arguments.operand("a folder to write")
  guard let styles = arguments.list("--style"), !styles.isEmpty else {
    throw CommandError.usage("Say which map to publish: --style STYLE.")
  }
  guard Set(styles).count == styles.count else {
    throw CommandError.usage("--style names a map twice.")
  }
  let workspace = try session.workspace()
  let maps = try styles.map { try Session.map($0, in: workspace) }
  let publication = try Publication(
    maps: maps.map { ($0, try publishedZooms(arguments["--zoom"], of: $0)) }, workspace: workspace,
    isArchive: isArchive(arguments["--format"]), session: session)
  let folder = try NewFolder(target, mark: Publication.mark)
  let layers: [PublicData.Written]
  do {
    layers = try publication.write(into: folder.partial)
    try folder.finish()
  } catch {
    folder.cancel()
    throw error
  }
  if session.isJSON {
    Console.write(summary(folder.path, styles: styles, layers: layers))
  } else {
    let count = layers.reduce(0) { $0 + $1.count }
    let names = styles.joined(separator: ", ")
    Console.write(
      try session.messageLanguage() == .japanese
        ? "\(folder.path): 地図 \(names)、公開データ \(layers.count) レイヤ \(count) 件"
        : "\(folder.path): map \(names), data of \(layers.count) layers, \(count) entries")
  }
  return 0
}

private func summary(_ path: String, styles: [String], layers: [PublicData.Written]) -> [UInt8] {
  var writer = JSONWriter()
  writer.beginObject()
  writer.member("folder", path)
  writer.member("style", styles[0])
  writer.key("styles")
  writer.beginArray()
  for style in styles { writer.value(style) }
  writer.endArray()
  writer.key("layers")
  writer.beginArray()
  for layer in layers {
    writer.beginObject()
    writer.member("id", layer.declaration.id.text)
    writer.key("count")
    writer.value(layer.count)
    writer.endObject()
  }
  writer.endArray()
  writer.endObject()
  return writer.bytes + [0x0A]
}

private func isArchive(_ format: String?) throws(CommandError) -> Bool {
  switch format {
  case nil, "folder": return false
  case "pmtiles": return true
  case let name?: throw .usage("--format is “\(name)”; folder or pmtiles is allowed.")
  }
}

private func publishedZooms(
  _ text: String?, of map: MapStyle
) throws(CommandError) -> ClosedRange<Int> {
  let all = map.document.tileZooms
  guard let text else { return all.lowerBound...max(all.lowerBound, min(16, all.upperBound)) }
  let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { TileID.number($0) }
  guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
    first <= last, all.contains(first), all.contains(last)
  else {
    throw .usage(
      "--zoom is “\(text)”; A-B from \(all.lowerBound) to \(all.upperBound) is needed.")
  }
  return first...last
}

/// What the public gets: tiles, page, legend, data. Everything is read through the public's own view of
/// the store; nothing else is ever opened.
private struct Publication {
  /// Every publication holds this file, so that no other folder is ever replaced.
  static let mark = "published.json"

  /// One at least; the first is the one that the page shows at first, under the plain names.
  let maps: [(map: MapStyle, zooms: ClosedRange<Int>)]
  let workspace: Workspace
  let isArchive: Bool
  let session: Session

  /// What files of a map after the first have in their names.
  private func mark(_ map: MapStyle) -> String { map.id == maps[0].map.id ? "" : ".\(map.id)" }

  /// - Returns: the layers whose data were written.
  func write(into folder: String) throws -> [PublicData.Written] {
    let language = try session.arguments.language() ?? workspace.town.language
    // What is missing is told before hours of drawing.
    let page = try MapPage()
    let contents = try Catalogue(workspace).contents()
    let source = contents.source(for: .public)
    let sides = try sides(source)
    for (map, zooms) in maps {
      try drawTiles(of: map, zooms, sides, into: folder, language: language)
      try drawLegends(of: map, into: folder, source: source)
    }
    try FileContents.makeFolder(folder + "/data")
    let store = try LayerStore(path: workspace.storePath, access: .read)
    let day = String(Session.now().prefix(10))
    guard let today = CalendarDay(iso: day) else {
      throw CommandError.failed("The system's clock tells no day.")
    }
    let layers = try PublicData(workspace, contents, store: store, day: today)
      .write(into: folder + "/data")
    try FileContents.write(
      folder + "/search.js",
      try PublicSearch(source: source, declarations: source.declarations).script())
    try FileContents.write(
      folder + "/data/README.txt",
      PublicNotes(town: workspace.town, day: day, layers: layers).bytes)
    var facts = pageFacts(bounds: sides, source: source)
    facts.language = language
    facts.published = day
    facts.downloads = layers.map(Self.download)
    try FileContents.makeFolder(folder + "/viewer/leaflet/images")
    for file in page.files {
      try FileContents.write(folder + "/" + file.path, file.bytes)
    }
    // Tiles and data were read one after the other: an import in between would set them at variance.
    let names = source.layerIDs.map(\.text)
    guard
      try Catalogue(workspace).contents().fingerprint(of: names) == contents.fingerprint(of: names)
    else {
      throw CommandError.failed("The data changed while they were published; publish again.")
    }
    try FileContents.write(folder + "/map.js", facts.script)
    try FileContents.write(folder + "/" + Self.mark, markDocument(day: day))
    return layers
  }

  private func drawTiles(
    of map: MapStyle, _ zooms: ClosedRange<Int>, _ sides: [Double], into folder: String,
    language: Language
  ) throws {
    let name = isArchive ? "map\(mark(map)).pmtiles" : "tiles\(mark(map))/"
    try PyramidRun(
      style: map.id, audience: .public, zooms: "\(zooms.lowerBound)-\(zooms.upperBound)",
      box: sides.map(\.description).joined(separator: ","), language: language,
      workers: session.arguments["--workers"], tellsRevisions: false, output: "\(folder)/\(name)"
    ).draw(for: session)
  }

  private func drawLegends(
    of map: MapStyle, into folder: String, source: CatalogueSource
  ) throws {
    for language in Language.allCases {
      let selection = MapSelection(language: language)
      let legend = try Legend(of: map, selection: selection, source: source)
      let picture = TileRenderer(map, selection: selection).render(legend, scale: 1)
      var encoder = PNGEncoder()
      try FileContents.write(
        "\(folder)/legend\(mark(map)).\(language.rawValue).png", try encoder.encode(picture))
      if language == .japanese {
        try FileContents.write("\(folder)/legend\(mark(map)).json", legend.document(of: map))
      }
    }
  }

  private func choice(_ map: MapStyle, _ zooms: ClosedRange<Int>, source: CatalogueSource)
    -> MapFacts.Choice
  {
    var credits: [String] = []
    for name in map.document.sourceLayers {
      guard let layer = source.declarations.first(where: { $0.id.text == name }),
        let credit = layer.attribution, !credits.contains(credit)
      else { continue }
      credits.append(credit)
    }
    return MapFacts.Choice(
      id: map.id, title: map.document.title,
      tiles: isArchive
        ? .archive("map\(mark(map)).pmtiles") : .addresses("tiles\(mark(map))/{z}/{x}/{y}.png"),
      zooms: zooms, attribution: credits.joined(separator: ", "),
      legend: Title(
        japanese: "legend\(mark(map)).ja.png", english: "legend\(mark(map)).en.png"))
  }

  private func pageFacts(bounds: [Double], source: CatalogueSource) -> MapFacts {
    let choices = maps.map { choice($0.map, $0.zooms, source: source) }
    let first = choices[0]
    var facts = MapFacts(
      title: first.title, tiles: first.tiles, zooms: first.zooms, bounds: bounds)
    facts.town = workspace.town.name
    facts.legend = first.legend
    facts.attribution = first.attribution
    if choices.count > 1 { facts.choices = choices }
    facts.notes = "data/README.txt"
    facts.search = "search.js"
    return facts
  }

  /// West, south, east and north of what is drawn: as asked, else of the town, else of all that the
  /// public may see.
  private func sides(_ source: CatalogueSource) throws -> [Double] {
    if let sides = try session.arguments.numbers("--bbox", count: 4) { return sides }
    var extent = GridBox.empty
    let ids = source.layerIDs
    let boundary = workspace.town.boundary.flatMap { id in ids.contains(id) ? [id] : nil }
    for id in boundary ?? ids {
      if let view = try source.view(of: id) { extent.formUnion(view.bounds) }
    }
    guard !extent.isEmpty else {
      throw CommandError.failed("No feature that the public may see has a place: nothing to draw.")
    }
    let southWest = WorldGrid.degrees(GridPoint(x: extent.minX, y: extent.maxY))
    let northEast = WorldGrid.degrees(GridPoint(x: extent.maxX, y: extent.minY))
    return [southWest.x, southWest.y, northEast.x, northEast.y].map { ($0 * 1e7).rounded() / 1e7 }
  }

  private static func download(_ layer: PublicData.Written) -> MapFacts.Download {
    MapFacts.Download(
      title: layer.declaration.title, group: layer.declaration.group, count: layer.count,
      attribution: layer.declaration.attribution, licence: layer.declaration.licence,
      updated: layer.declaration.updated,
      files: layer.files.map { (href: "data/" + $0.name, format: $0.format) })
  }

  private func markDocument(day: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (key, value) in [
      ("style", maps.map(\.map.id).joined(separator: ",")), ("audience", "public"),
      ("published", day),
      ("format", isArchive ? "pmtiles" : "folder"),
    ] {
      writer.key(key)
      writer.value(value)
    }
    writer.endObject()
    return writer.bytes + [0x0A]
  }
}
