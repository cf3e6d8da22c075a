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
  /// A JSON object in UTF-8, for PMTiles.
  let metadata: [UInt8]
  /// The same as names and values, for MBTiles.
  let rows: [(name: String, value: String)]

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
    var own = JSONWriter()
    own.beginObject()
    own.member("style", job.map.id)
    own.member("style_hash", String(job.map.hash, radix: 16))
    own.member("language", job.selection.language.rawValue)
    own.member("audience", job.source.audience.name)
    own.member("scale", job.scale)
    if let layers = job.selection.layers {
      own.key("layers")
      own.beginArray()
      for name in layers.sorted() { own.value(name) }
      own.endArray()
    }
    own.member("epoch", pyramid.contents.epoch)
    own.key("revisions")
    own.beginObject()
    for declaration in drawn {
      guard let stored = pyramid.contents.stored(declaration.id) else { continue }
      own.member(declaration.id.text, Int(stored.revision))
    }
    own.endObject()
    own.endObject()
    let title = document.title.text(in: job.selection.language)
    let credit = credits.joined(separator: ", ")
    let sides = [bounds.minX, bounds.minY, bounds.maxX, bounds.maxY]
    rows = [
      ("name", title), ("type", "baselayer"), ("format", "png"),
      ("bounds", sides.map { "\($0)" }.joined(separator: ",")),
      (
        "center",
        "\((sides[0] + sides[2]) / 2),\((sides[1] + sides[3]) / 2),\(pyramid.zooms.lowerBound)"
      ),
      ("minzoom", "\(pyramid.zooms.lowerBound)"), ("maxzoom", "\(pyramid.zooms.upperBound)"),
      ("attribution", credit), ("machizu", String(decoding: own.bytes, as: UTF8.self)),
    ]
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("name", title)
    writer.member("type", "baselayer")
    writer.member("format", "png")
    writer.key("bounds")
    writer.beginArray()
    for side in sides { writer.value(side) }
    writer.endArray()
    writer.member("minzoom", pyramid.zooms.lowerBound)
    writer.member("maxzoom", pyramid.zooms.upperBound)
    writer.member("attribution", credit)
    writer.key("machizu")
    writer.value(json: own.bytes)
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

/// An MBTiles archive; one that has the name is replaced.
final class MBTilesTarget: PyramidTarget {
  let name: String
  private let writer: MBTilesWriter

  init(path: String) throws {
    name = path
    writer = try MBTilesWriter(path: path)
  }

  func add(_ bytes: [UInt8], for tile: TileID) throws { try writer.add(bytes, for: tile) }
  func finish(_ facts: PyramidFacts) throws { try writer.finish(metadata: facts.rows) }
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
