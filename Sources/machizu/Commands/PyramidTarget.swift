internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

/// Where a pyramid goes; it bears its name only when it is whole.
protocol PyramidTarget: AnyObject {
  /// As messages call it.
  var name: String { get }
  /// Takes the next tile in the order of `TileID.hilbertNumber`.
  func add(_ bytes: [UInt8], for tile: TileID) throws
  func finish(_ facts: PyramidFacts) throws
  /// Removes what was written.
  func cancel()
}

/// What an archive tells about itself.
struct PyramidFacts {
  let bounds: Box<Geographic>
  /// A JSON object in UTF-8.
  let metadata: [UInt8]

  init(_ pyramid: Pyramid) {
    bounds = pyramid.box
    let job = pyramid.job
    let document = job.map.document
    let layers = job.selection.layers ?? job.map.initialLayers
    let drawn = job.source.declarations.filter {
      layers.contains($0.id.text) && document.sourceLayers.contains($0.id.text)
    }
    var credits: [String] = []
    for declaration in drawn {
      if let credit = declaration.attribution, !credits.contains(credit) { credits.append(credit) }
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("name", document.title.text(in: job.selection.language))
    writer.member("type", "baselayer")
    writer.member("format", "png")
    writer.key("bounds")
    writer.beginArray()
    for side in [bounds.minX, bounds.minY, bounds.maxX, bounds.maxY] { writer.value(side) }
    writer.endArray()
    writer.member("minzoom", pyramid.zooms.lowerBound)
    writer.member("maxzoom", pyramid.zooms.upperBound)
    writer.member("attribution", credits.joined(separator: ", "))
    writer.key("machizu")
    writer.beginObject()
    writer.member("style", job.map.id)
    writer.member("style_hash", String(job.map.hash, radix: 16))
    writer.member("language", job.selection.language.rawValue)
    writer.member("audience", job.source.audience.name)
    writer.member("scale", job.scale)
    writer.member("epoch", pyramid.contents.epoch)
    writer.key("revisions")
    writer.beginObject()
    for declaration in drawn {
      guard let stored = pyramid.contents.stored(declaration.id) else { continue }
      writer.member(declaration.id.text, Int(stored.revision))
    }
    writer.endObject()
    writer.endObject()
    writer.endObject()
    metadata = writer.bytes
  }
}

/// A PMTiles archive; one that has the name is replaced.
final class PMTilesTarget: PyramidTarget {
  let name: String
  private let writer: PMTilesWriter

  init(path: String) throws {
    name = path
    writer = try PMTilesWriter(path: path)
  }

  func add(_ bytes: [UInt8], for tile: TileID) throws { try writer.add(bytes, for: tile) }

  func finish(_ facts: PyramidFacts) throws {
    try writer.finish(metadata: facts.metadata, bounds: facts.bounds)
  }

  func cancel() { writer.cancel() }
}

/// Files `Z/X/Y.png` in a new folder.
final class FolderTarget: PyramidTarget {
  let name: String
  private let partial: String
  private var column = ""

  init(path: String) throws {
    name = path.hasSuffix("/") ? String(path.dropLast()) : path
    partial = name + ".part"
    guard !name.hasSuffix(".mbtiles") else {
      throw CommandError.usage(
        "Pyramids are written as NAME.pmtiles or into folders: name one with a slash at its end, "
          + "such as -o tiles/.")
    }
    guard !FileContents.exists(name) else {
      throw CommandError.usage(
        "\(name) is already there: name another folder or remove it first.")
    }
    FileContents.remove(partial)
  }

  func add(_ bytes: [UInt8], for tile: TileID) throws {
    let folder = "\(partial)/\(tile.zoom)/\(tile.column)"
    if folder != column { try FileContents.makeFolder(folder) }
    column = folder
    try FileContents.write("\(folder)/\(tile.row).png", bytes)
  }

  func finish(_ facts: PyramidFacts) throws { try FileContents.move(partial, to: name) }

  func cancel() { FileContents.remove(partial) }
}

extension JSONWriter {
  fileprivate mutating func member(_ key: String, _ value: String) {
    self.key(key)
    self.value(value)
  }

  fileprivate mutating func member(_ key: String, _ value: Int) {
    self.key(key)
    self.value(value)
  }
}
