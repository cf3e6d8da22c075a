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
  /// log₂ of the metatiles a side of the largest square that is taken for empty at once: what is done
  /// without a look at the clock or at Ctrl-C stays small.
  private static let emptyBits = 6

  let job: RenderJob
  let contents: CatalogueContents
  let workspace: Workspace
  let zooms: ClosedRange<Int>
  let area: PyramidArea
  let shard: Shard?
  /// Whether the archive says from which state of which layers it was drawn, so that it can be brought
  /// up to date.
  let tellsRevisions: Bool
  /// By zoom what its tiles are drawn from.
  let drawing: [Int: ZoomContent]

  init(
    job: RenderJob, contents: CatalogueContents, workspace: Workspace, zooms: ClosedRange<Int>,
    area: PyramidArea, shard: Shard?, tellsRevisions: Bool
  ) throws {
    self.job = job
    self.contents = contents
    self.workspace = workspace
    self.zooms = zooms
    self.area = area
    self.shard = shard
    self.tellsRevisions = tellsRevisions
    var drawing: [Int: ZoomContent] = [:]
    for zoom in zooms {
      drawing[zoom] = try ZoomContent(
        job.map, selection: job.selection, zoom: zoom, scale: job.scale, source: job.source)
    }
    self.drawing = drawing
  }

  /// The layers that are drawn and that the audience may see.
  var drawn: [LayerDeclaration] {
    let layers = job.selection.layers ?? job.map.initialLayers
    return job.source.declarations.filter {
      layers.contains($0.id.text) && job.map.document.sourceLayers.contains($0.id.text)
    }
  }

  /// What the archive tells of itself.
  ///
  /// Revisions count all commits of the store and hashes cover whole documents, so that they move with
  /// what the archive's audience may not see: what leaves the house tells what its readers need.
  var toldDescription: ArchiveDescription {
    get throws {
      var description = try description
      if !tellsRevisions {
        description.machizu = description.machizu(only: [
          "style", "language", "audience", "scale", "layers",
        ])
      }
      return description
    }
  }

  /// All that the archive depends on.
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
        machizu: try JSONParser.parse(own()))
    }
  }

  /// All that the tiles depend on.
  private func own() -> [UInt8] {
    var own = JSONWriter()
    own.beginObject()
    own.member("program", CommandLineTool.version)
    own.member("style", job.map.id)
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
    own.key(ArchiveDescription.zoomHashesKey)
    own.beginObject()
    for (zoom, content) in drawing.sorted(by: { $0.key < $1.key }) {
      own.member(String(zoom), String(hash(of: content), radix: 16))
    }
    own.endObject()
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

  /// A number that changes whenever the same rows may give other tiles of a zoom.
  private func hash(of content: ZoomContent) -> UInt64 {
    var hash = FixedHash()
    hash.add(content.hash)
    for id in content.layers {
      guard let stored = contents.stored(id) else { continue }
      hash.add(id.text.utf8)
      hash.add(UInt64(stored.reference.epsg))
      // Which rows the public sees may depend on any column.
      guard job.source.audience == .public, let rule = workspace[layer: id]?.publicWhere else {
        continue
      }
      hash.add(rule.utf8)
      for field in stored.fields { hash.add("\(field.name) \(field.type)".utf8) }
    }
    return hash.value
  }

  /// What is written at a time: a metatile, or a larger square in which there is nothing.
  struct Piece {
    let range: TileRange
    /// Whether the area has all tiles of the range.
    fileprivate let isWhole: Bool

    fileprivate init(_ metatile: HilbertMetatiles.Metatile) {
      range = metatile.range
      isWhole = metatile.isWhole
    }

    /// Whether its tiles need not be drawn: no metatile is as large.
    var isEmpty: Bool { range.columns.count > 1 << PyramidPlan.metatileBits }

    /// Of an empty piece, which is a whole square.
    var numbers: ClosedRange<UInt64> { numbers(bits: range.columns.count.trailingZeroBitCount) }

    /// The least number in the square that it is cut from: what stands before it has lower ones.
    fileprivate var firstNumber: UInt64 {
      isEmpty ? numbers.lowerBound : numbers(bits: PyramidPlan.metatileBits).lowerBound
    }

    /// The metatile's square, or one of those in the larger square.
    fileprivate var metatile: TileID? { square(bits: PyramidPlan.metatileBits) }

    private func square(bits: Int) -> TileID? {
      let bits = min(bits, range.zoom)
      return TileID(
        zoom: range.zoom - bits, column: range.columns.lowerBound >> bits,
        row: range.rows.lowerBound >> bits)
    }

    private func numbers(bits: Int) -> ClosedRange<UInt64> {
      square(bits: bits)?.hilbertNumbers(zoom: range.zoom) ?? 0...0
    }
  }

  /// The pieces zoom by zoom along the Hilbert curve, from the one behind a tile on.
  ///
  /// - Parameter last: the last tile of a piece.
  func pieces(after last: UInt64? = nil) -> AnyIterator<Piece> {
    var pieces = zooms.lazy.compactMap { area.range(zoom: $0) }.flatMap(squares).makeIterator()
    return AnyIterator {
      while let piece = pieces.next().map(Piece.init) {
        guard let square = piece.metatile else { continue }
        if let shard, !shard.has(square) { continue }
        if let last, piece.firstNumber <= last { continue }
        return piece
      }
      return nil
    }
  }

  private func squares(_ range: TileRange) -> HilbertMetatiles {
    let area = area
    let lowest =
      range.zoom - Self.metatileBits - (shard == nil ? Self.emptyBits : Shard.blockBits)
    // What cannot be read is told where it is drawn.
    let ground = try? EmptyGround(
      job.map, selection: job.selection, zoom: range.zoom, scale: job.scale, source: job.source)
    return HilbertMetatiles(
      range, sideBits: Self.metatileBits,
      share: area.isBox ? nil : { @Sendable in area.share(of: $0) },
      isUncut: { @Sendable square in square.zoom >= lowest && ground?.covers(square) ?? false })
  }

  /// The tiles of a metatile that the area has, in the archive's order.
  func tiles(of piece: Piece) -> [TileID] {
    let tiles = piece.range.tilesAlongCurve
    return piece.isWhole ? tiles : tiles.filter(area.touches)
  }

  /// How many tiles there are.
  var count: Int {
    guard !area.isBox || shard != nil else {
      return zooms.reduce(0) { $0 + (area.range(zoom: $1)?.count ?? 0) }
    }
    return count(upTo: .max)
  }

  /// How many tiles stand in the archive's order up to one of them.
  func count(upTo last: UInt64) -> Int {
    var count = 0
    for piece in IteratorSequence(pieces()) {
      guard piece.firstNumber <= last else { break }
      count += piece.isWhole ? piece.range.count : tiles(of: piece).count
    }
    return count
  }
}
