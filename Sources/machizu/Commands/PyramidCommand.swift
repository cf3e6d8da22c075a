internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import Rendering
internal import Tiles
internal import Workspace

extension Command {
  static let pyramid = Command(
    name: "pyramid",
    usage:
      "diff A B | verify A [--sample N] | extract A [--bbox W,S,E,N] [--zoom A-B] -o B | merge A… -o B",
    summary: "Compare, check, cut out and join archives of tiles",
    options: [
      Option("--sample", "N", "verify: so many tiles, evenly spread (default: all)"),
      Option("--bbox", "W,S,E,N", "extract: the tiles that this area in degrees touches"),
      Option("--zoom", "Z|A-B", "extract: these zooms"),
      .workers,
      Option("-o", "OUT", "extract, merge: *.pmtiles, *.mbtiles or a folder (DIR/)"),
    ], run: runPyramid)
}

private func runPyramid(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let words = arguments.operands
  switch (words.first, words.count) {
  case ("diff", 3): return try diff(words[1], words[2], session)
  case ("verify", 2): return try verify(words[1], arguments, session)
  case ("extract", 2): return try extract(words[1], arguments)
  case ("merge", 3...): return try merge(Array(words[1...]), arguments)
  default: throw CommandError.usage("Say what to do: machizu pyramid \(arguments.command.usage)")
  }
}

// MARK: Comparing

/// Lists the tiles that two archives have otherwise.
private func diff(_ first: String, _ second: String, _ session: Session) throws -> Int32 {
  let old = try ArchiveTiles(path: first)
  let new = try ArchiveTiles(path: second)
  var differences = TileDifferences(isJSON: session.isJSON)
  // Tiles of empty country follow each other by the million: their pixels are compared once.
  var last: (before: [UInt8], after: [UInt8], isSame: Bool)?
  for range in TileNumbers.union([old.ranges, new.ranges]) {
    for number in range {
      guard let tile = TileID(hilbertNumber: number) else { continue }
      switch (try old.tile(tile), try new.tile(tile)) {
      case (nil, _?): differences.add(tile, "added")
      case (_?, nil): differences.add(tile, "removed")
      case (let before?, let after?):
        if last.map({ $0.before != before || $0.after != after }) ?? true {
          last = (before, after, TileContent.isSame(before, after))
        }
        if last?.isSame == false { differences.add(tile, "changed") }
      case (nil, nil): break
      }
    }
  }
  differences.close()
  if !session.isJSON { Console.tell("\(differences.count) tiles differ.") }
  return 0
}

/// Draws the tiles of an archive anew and lists those that are otherwise.
private func verify(
  _ path: String, _ arguments: Arguments, _ session: Session
) throws -> Int32 {
  let archive = try ArchiveTiles(path: path)
  let description = try ArchiveDescription(archive)
  let workspace = try session.workspace()
  let contents = try Catalogue(workspace).contents()
  let job = try RenderJob(description, path: path, workspace: workspace, contents: contents)
  let count = archive.count
  let sample = try arguments.integer("--sample", in: 1...1_000_000_000).map(UInt64.init) ?? count
  let numbers = TileNumbers(archive.ranges)
  let chosen = min(sample, count)
  let workers = try arguments.workers()
  var differences = TileDifferences(isJSON: session.isJSON)
  try TileRedrawing(job: job, workers: workers).draw(
    (0..<chosen).lazy.compactMap { index in
      let (high, low) = index.multipliedFullWidth(by: count)
      return TileID(hilbertNumber: numbers[chosen.dividingFullWidth((high, low)).quotient])
    }
  ) { tile, bytes in
    guard let stored = try archive.tile(tile) else { return }
    if !TileContent.isSame(stored, bytes) { differences.add(tile, "changed") }
  }
  differences.close()
  if !session.isJSON {
    Console.tell("\(differences.count) of \(chosen) tiles differ from what is drawn now.")
  }
  return differences.count == 0 ? 0 : 1
}

extension RenderJob {
  /// What an archive says that it was drawn from, with the data of now.
  fileprivate init(
    _ description: ArchiveDescription, path: String, workspace: Workspace,
    contents: CatalogueContents
  ) throws {
    guard let style = description.text("style"),
      let audience = description.text("audience").flatMap(Audience.init(name:)),
      let language = description.text("language").flatMap(Language.init(rawValue:)),
      let scale = description.machizu["scale"]?.int64, scale == 1 || scale == 2
    else { throw CommandError.refused("\(path) does not say what it was drawn from.") }
    let layers = description.machizu["layers"]?.array?.compactMap(\.string)
    self.init(
      map: try Session.map(style, in: workspace),
      selection: MapSelection(layers: layers.map(Set.init), language: language),
      source: contents.source(for: audience), scale: Int(scale))
  }
}

// MARK: Cutting out and joining

private func target(_ arguments: Arguments) throws -> any TileArchiveWriter {
  guard let output = arguments["-o"], let kind = ArchiveKind(path: output) else {
    throw CommandError.usage("Say where to write: -o OUT.pmtiles, OUT.mbtiles or DIR/.")
  }
  return try kind.writer(path: output)
}

/// Writes an archive, or removes what is written of it.
private func write(
  _ writer: any TileArchiveWriter, _ description: ArchiveDescription,
  _ tiles: () throws -> Int
) throws -> Int32 {
  do {
    let count = try tiles()
    try writer.finish(description.facts)
    Console.tell("\(count) tiles in \(writer.path)")
    return 0
  } catch {
    writer.cancel()
    throw error
  }
}

private func extract(_ path: String, _ arguments: Arguments) throws -> Int32 {
  let archive = try ArchiveTiles(path: path)
  var description = try ArchiveDescription(archive)
  let box = try PyramidArea.asked(arguments)
  let zooms = try zoomRange(arguments["--zoom"]) ?? description.zooms
  guard box != nil || arguments.has("--zoom") else {
    throw CommandError.usage("Say what to cut out: --bbox W,S,E,N or --zoom A-B.")
  }
  let bounds = description.bounds
  guard zooms.overlaps(description.zooms),
    let common = Box<Geographic>(
      minX: max(box?.minX ?? -180, bounds.minX), minY: max(box?.minY ?? -90, bounds.minY),
      maxX: min(box?.maxX ?? 180, bounds.maxX), maxY: min(box?.maxY ?? 90, bounds.maxY)),
    let area = PyramidArea(common)
  else { throw CommandError.usage("\(path) has nothing of this area and these zooms.") }
  description.bounds = common
  let kept = zooms.clamped(to: description.zooms)
  description.zooms = kept
  description.zoomHashes = description.zoomHashes.filter { kept.contains($0.key) }
  let writer = try target(arguments)
  return try write(writer, description) {
    var count = 0
    for range in archive.ranges {
      for number in range {
        guard let tile = TileID(hilbertNumber: number), description.zooms.contains(tile.zoom),
          area.range(zoom: tile.zoom)?.contains(tile) == true, let bytes = try archive.tile(tile)
        else { continue }
        try writer.add(bytes, for: tile)
        count += 1
      }
    }
    return count
  }
}

private func merge(_ paths: [String], _ arguments: Arguments) throws -> Int32 {
  let archives = try paths.map { path throws(ArchiveError) in try ArchiveTiles(path: path) }
  let parts = try archives.map { try ArchiveDescription($0) }
  var joined = parts[0]
  joined.machizu = joined.machizu(without: ["shard"])
  for (part, path) in zip(parts, paths) {
    let hashes = joined.zoomHashes
    guard part.zoomHashes.allSatisfy({ hashes[$0.key] ?? $0.value == $0.value }),
      part.machizu(without: ["shard", ArchiveDescription.zoomHashesKey]).serialized()
        == joined.machizu(without: [ArchiveDescription.zoomHashesKey]).serialized()
    else {
      throw CommandError.refused(
        "\(path) and \(paths[0]) are of different maps, data or options.")
    }
    joined.zoomHashes = hashes.merging(part.zoomHashes) { first, _ in first }
    let (one, other) = (joined.bounds, part.bounds)
    joined.bounds =
      Box(
        minX: min(one.minX, other.minX), minY: min(one.minY, other.minY),
        maxX: max(one.maxX, other.maxX), maxY: max(one.maxY, other.maxY)) ?? one
    joined.zooms =
      min(
        joined.zooms.lowerBound, part.zooms.lowerBound)...max(
        joined.zooms.upperBound, part.zooms.upperBound)
  }
  try requireAll(parts, paths)
  let writer = try target(arguments)
  return try write(writer, joined) {
    var count = 0
    for range in TileNumbers.union(archives.map(\.ranges)) {
      for number in range {
        guard let tile = TileID(hilbertNumber: number) else { continue }
        var found: [UInt8]?
        for archive in archives {
          guard let bytes = try archive.tile(tile) else { continue }
          guard found.map({ $0 == bytes }) ?? true else {
            throw CommandError.refused("The archives have different tiles \(tile).")
          }
          found = bytes
        }
        guard let found else { continue }
        try writer.add(found, for: tile)
        count += 1
      }
    }
    return count
  }
}

/// Parts that `--shard` made are all needed, each once.
private func requireAll(_ parts: [ArchiveDescription], _ paths: [String]) throws(CommandError) {
  var shards: [Shard] = []
  for (part, path) in zip(parts, paths) {
    guard let text = part.text("shard") else { continue }
    guard let shard = Shard(text) else { throw .refused("\(path) names no part: “\(text)”.") }
    shards.append(shard)
  }
  guard let count = shards.first?.count else { return }
  let numbers = Set(shards.map(\.number))
  guard shards.count == parts.count, shards.allSatisfy({ $0.count == count }),
    numbers.count == count, shards.count == count
  else {
    let missing = (1...count).filter { !numbers.contains($0) }.prefix(10).map(\.description)
    throw .refused(
      "All \(count) parts of one pyramid are needed, each once"
        + (missing.isEmpty ? "." : "; missing: \(missing.joined(separator: ", "))."))
  }
}
