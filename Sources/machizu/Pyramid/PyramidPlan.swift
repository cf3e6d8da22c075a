internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import Projection
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

/// What a pyramid holds: map, data, area and zooms. Two runs of one plan write the same tiles.
struct PyramidPlan: Sendable {
  /// A metatile has 2 to this power tiles a side: their features and labels are gathered once.
  static let metatileBits = 2

  let job: RenderJob
  let contents: CatalogueContents
  let workspace: Workspace
  let zooms: ClosedRange<Int>
  let area: PyramidArea
  let shard: Shard?

  /// The layers that are drawn and that the audience may see.
  var drawn: [LayerDeclaration] {
    let layers = job.selection.layers ?? job.map.initialLayers
    return job.source.declarations.filter {
      layers.contains($0.id.text) && job.map.document.sourceLayers.contains($0.id.text)
    }
  }

  var description: ArchiveDescription {
    get throws {
      var credits: [String] = []
      for declaration in drawn {
        if let credit = declaration.attribution, !credits.contains(credit) {
          credits.append(credit)
        }
      }
      return ArchiveDescription(
        name: job.map.document.title.text(in: job.selection.language),
        attribution: credits.joined(separator: ", "), bounds: area.box, zooms: zooms,
        machizu: try JSONParser.parse(try own()))
    }
  }

  /// All that the tiles depend on.
  private func own() throws -> [UInt8] {
    var own = JSONWriter()
    own.beginObject()
    own.member("program", CommandLineTool.version)
    own.member("style", job.map.id)
    own.member("style_hash", String(job.map.hash, radix: 16))
    own.member("language", job.selection.language.rawValue)
    own.member("audience", job.source.audience.name)
    own.member("scale", job.scale)
    if let layers = job.selection.layers {
      own.key("layers")
      own.beginArray()
      for layer in layers.sorted() { own.value(layer) }
      own.endArray()
    }
    if let feature = area.feature { own.member("inside", feature) }
    own.member("epoch", contents.epoch)
    own.member("declarations", String(try declarationsHash(), radix: 16))
    own.key("revisions")
    own.beginObject()
    for declaration in drawn {
      guard let stored = contents.stored(declaration.id) else { continue }
      own.member(declaration.id.text, Int(stored.revision))
    }
    own.endObject()
    if let shard { own.member("shard", shard.description) }
    own.endObject()
    return own.bytes
  }

  /// Of what the declarations and the columns of the drawn layers say: which rows and columns there
  /// are for the audience, and how values are shown.
  private func declarationsHash() throws -> UInt64 {
    var hash = FixedHash()
    for declaration in drawn {
      let file = FileContents.join(declaration.folder, "layer.json")
      hash.add(Array(declaration.id.text.utf8))
      hash.add(try FileContents.read(file, limitBytes: 4 << 20))
      guard let stored = contents.stored(declaration.id) else { continue }
      hash.add(UInt64(stored.reference.epsg))
      for field in stored.fields { hash.add(Array("\(field.name) \(field.type)".utf8)) }
    }
    return hash.value
  }

  /// The metatiles zoom by zoom along the Hilbert curve, from the one behind a tile on.
  func metatiles(after last: UInt64? = nil) -> AnyIterator<TileRange> {
    let area = area
    let isIncluded: (@Sendable (TileID) -> Bool)? =
      area.isBox ? nil : { @Sendable tile in area.touches(tile) }
    var squares = zooms.lazy.compactMap { area.range(zoom: $0) }.flatMap {
      HilbertMetatiles($0, sideBits: Self.metatileBits, isIncluded: isIncluded)
    }.makeIterator()
    return AnyIterator {
      while let range = squares.next() {
        let bits = min(Self.metatileBits, range.zoom)
        guard
          let square = TileID(
            zoom: range.zoom - bits, column: range.columns.lowerBound >> bits,
            row: range.rows.lowerBound >> bits)
        else { continue }
        if let shard, !shard.has(square) { continue }
        // A run ends between metatiles only: one tile tells of all.
        if let last, let first = tiles(of: range).first, first.hilbertNumber <= last { continue }
        return range
      }
      return nil
    }
  }

  /// The tiles of a metatile that the area has, in the archive's order.
  func tiles(of range: TileRange) -> [TileID] {
    let tiles = range.tilesAlongCurve
    return area.isBox ? tiles : tiles.filter(area.touches)
  }

  /// How many tiles there are.
  var count: Int {
    guard !area.isBox || shard != nil else {
      return zooms.reduce(0) { $0 + (area.range(zoom: $1)?.count ?? 0) }
    }
    var count = 0
    for range in IteratorSequence(metatiles()) { count += tiles(of: range).count }
    return count
  }
}
