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
    name: "publish", usage: "DIR --style STYLE [--format folder|pmtiles] [--zoom A-B]",
    summary: "Write the public map and open data as files for any web server",
    options: [
      Option("--style", "STYLE", "the map to publish"),
      Option(
        "--format", "F", "folder: files z/x/y.png; pmtiles: one archive, read by Range requests"),
      Option("--zoom", "A-B", "the first and the last zoom (default: the map's first to 16)"),
      Option("--bbox", "W,S,E,N", "the area in degrees (default: the town's)"),
      .workers,
    ], run: runPublish)
}

private func runPublish(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let target = try arguments.operand("a folder to write")
  guard let style = arguments["--style"] else {
    throw CommandError.usage("Say which map to publish: --style STYLE.")
  }
  let workspace = try session.workspace()
  let map = try Session.map(style, in: workspace)
  let publication = try Publication(
    map: map, workspace: workspace, isArchive: isArchive(arguments["--format"]),
    zooms: publishedZooms(arguments["--zoom"], of: map), session: session)
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
    Console.write(summary(folder.path, style: map.id, layers: layers))
  } else {
    let count = layers.reduce(0) { $0 + $1.count }
    Console.write(
      try session.messageLanguage() == .japanese
        ? "\(folder.path): 地図 \(map.id)、公開データ \(layers.count) レイヤ \(count) 件"
        : "\(folder.path): map \(map.id), data of \(layers.count) layers, \(count) entries")
  }
  return 0
}

private func summary(_ path: String, style: String, layers: [PublicData.Written]) -> [UInt8] {
  var writer = JSONWriter()
  writer.beginObject()
  writer.member("folder", path)
  writer.member("style", style)
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

  let map: MapStyle
  let workspace: Workspace
  let isArchive: Bool
  let zooms: ClosedRange<Int>
  let session: Session

  /// - Returns: the layers whose data were written.
  func write(into folder: String) throws -> [PublicData.Written] {
    let language = try session.arguments.language() ?? workspace.town.language
    let contents = try Catalogue(workspace).contents()
    let source = contents.source(for: .public)
    let sides = try sides(source)
    try drawTiles(of: sides, into: folder, language: language)
    try drawLegends(into: folder, source: source)
    try FileContents.makeFolder(folder + "/data")
    let store = try LayerStore(path: workspace.storePath, access: .read)
    let day = String(Session.now().prefix(10))
    guard let today = CalendarDay(iso: day) else {
      throw CommandError.failed("The system's clock tells no day.")
    }
    let layers = try PublicData(workspace, contents, store: store, day: today)
      .write(into: folder + "/data")
    try FileContents.write(
      folder + "/data/README.txt",
      PublicNotes(town: workspace.town, day: day, layers: layers).bytes)
    var facts = pageFacts(bounds: sides, source: source)
    facts.language = language
    facts.published = day
    facts.downloads = layers.map(Self.download)
    try FileContents.makeFolder(folder + "/viewer/leaflet/images")
    for file in try MapPage().files {
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

  private func drawTiles(of sides: [Double], into folder: String, language: Language) throws {
    try PyramidRun(
      style: map.id, audience: .public, zooms: "\(zooms.lowerBound)-\(zooms.upperBound)",
      box: sides.map(\.description).joined(separator: ","), language: language,
      workers: session.arguments["--workers"], tellsRevisions: false,
      output: folder + (isArchive ? "/map.pmtiles" : "/tiles/")
    ).draw(for: session)
  }

  private func drawLegends(into folder: String, source: CatalogueSource) throws {
    for language in Language.allCases {
      let selection = MapSelection(language: language)
      let legend = try Legend(of: map, selection: selection, source: source)
      let picture = TileRenderer(map, selection: selection).render(legend, scale: 1)
      var encoder = PNGEncoder()
      try FileContents.write(
        "\(folder)/legend.\(language.rawValue).png", try encoder.encode(picture))
      if language == .japanese {
        try FileContents.write(folder + "/legend.json", legend.document(of: map))
      }
    }
  }

  private func pageFacts(bounds: [Double], source: CatalogueSource) -> MapFacts {
    let tiles: MapFacts.Tiles =
      isArchive ? .archive("map.pmtiles") : .addresses("tiles/{z}/{x}/{y}.png")
    var facts = MapFacts(
      title: map.document.title, tiles: tiles, zooms: zooms, bounds: bounds)
    facts.town = workspace.town.name
    facts.legend = Title(japanese: "legend.ja.png", english: "legend.en.png")
    facts.notes = "data/README.txt"
    var credits: [String] = []
    for name in map.document.sourceLayers {
      guard let layer = source.declarations.first(where: { $0.id.text == name }),
        let credit = layer.attribution, !credits.contains(credit)
      else { continue }
      credits.append(credit)
    }
    facts.attribution = credits.joined(separator: ", ")
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
      ("style", map.id), ("audience", "public"), ("published", day),
      ("format", isArchive ? "pmtiles" : "folder"),
    ] {
      writer.key(key)
      writer.value(value)
    }
    writer.endObject()
    return writer.bytes + [0x0A]
  }
}
