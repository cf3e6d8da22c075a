internal import Features
internal import Geometry
internal import LayerStore
internal import Tiles
internal import Workspace

/// Where a pyramid has tiles: those that a box touches, or those that a feature does.
struct PyramidArea: Sendable {
  let box: Box<Geographic>
  /// `LAYER:KEY` where a feature is the area.
  private(set) var feature: String?
  private let grid: GridBox
  /// The feature's forms; nil for a box.
  private let outline: Outline?

  private struct Outline: Sendable {
    let selection: Selection
    let items: [Selection.Item]
  }

  /// A box of degrees; nil for an empty one.
  init?(_ box: Box<Geographic>) {
    guard let grid = WorldGrid.box(box) else { return nil }
    self.box = box
    self.grid = grid
    outline = nil
  }

  /// A feature's place; nil where it has none.
  private init?(_ selection: Selection, items: [Selection.Item]) {
    var extent = GridBox.empty
    for item in items { extent.formUnion(item.box) }
    guard !extent.isEmpty, let box = Self.degrees(extent) else { return nil }
    self.box = box
    grid = extent
    outline = Outline(selection: selection, items: items)
  }

  private static func degrees(_ box: GridBox) -> Box<Geographic>? {
    Box(around: [
      WorldGrid.degrees(GridPoint(x: box.minX, y: box.minY)),
      WorldGrid.degrees(GridPoint(x: box.maxX, y: box.maxY)),
    ])
  }

  /// What `--bbox` or `--inside` names, else the town's area, else the extent of all that the audience
  /// may see.
  init(_ arguments: Arguments, workspace: Workspace, source: CatalogueSource) throws {
    if let text = arguments["--inside"] {
      guard !arguments.has("--bbox") else {
        throw CommandError.usage("--inside and --bbox exclude each other.")
      }
      self = try Self.feature(text, workspace: workspace, source: source)
    } else {
      let box = try Self.asked(arguments) ?? Self.extent(of: workspace.town.boundary, in: source)
      guard let area = PyramidArea(box) else { throw CommandError.usage("The area is empty.") }
      self = area
    }
  }

  /// The box that `--bbox` names; nil where there is none.
  static func asked(_ arguments: Arguments) throws(CommandError) -> Box<Geographic>? {
    guard let sides = try arguments.numbers("--bbox", count: 4) else { return nil }
    guard
      let box = Box<Geographic>(
        minX: sides[0], minY: sides[1], maxX: sides[2], maxY: sides[3]),
      abs(box.minX) <= 180, abs(box.maxX) <= 180, abs(box.minY) <= 90, abs(box.maxY) <= 90
    else {
      throw .usage("--bbox must name west, south, east and north in degrees and in this order.")
    }
    return box
  }

  private static func extent(
    of boundary: LayerID?, in source: CatalogueSource
  ) throws -> Box<Geographic> {
    var extent = GridBox.empty
    let ids = source.layerIDs
    // A single misplaced point would stretch the extent of all layers across the country.
    let named = boundary.flatMap { id in ids.contains(id) ? [id] : nil }
    for id in named ?? ids {
      if let view = try source.view(of: id) { extent.formUnion(view.bounds) }
    }
    guard !extent.isEmpty, let box = degrees(extent) else {
      throw CommandError.failed("No imported feature has a place, so there is no area to draw.")
    }
    return box
  }

  /// - Parameter text: `LAYER:KEY`.
  private static func feature(
    _ text: String, workspace: Workspace, source: CatalogueSource
  ) throws -> PyramidArea {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else {
      throw CommandError.usage("--inside is “\(text)”; LAYER:KEY is needed.")
    }
    let id = try Session.layerID(String(parts[0]), in: workspace, for: source.audience)
    guard let view = try source.view(of: id), let row = view.row(key: FeatureKey(String(parts[1])))
    else {
      throw CommandError.usage("The layer \(id) has no feature with the key “\(parts[1])”.")
    }
    var selection = Selection()
    view.search(view.bounds, zoom: WorldGrid.highestZoom, columns: [], into: &selection)
    guard var area = PyramidArea(selection, items: selection.items.filter { $0.row == row }) else {
      throw CommandError.usage("The feature \(text) has no place.")
    }
    area.feature = text
    return area
  }

  /// Whether every tile of a range is in the area as soon as the box touches it.
  var isBox: Bool { outline == nil }

  /// The tiles of a zoom that the area's box touches.
  func range(zoom: Int) -> TileRange? { TileRange(zoom: zoom, covering: grid) }

  /// Whether the area touches a tile's square.
  func touches(_ tile: TileID) -> Bool {
    let box = Self.own(tile)
    guard grid.intersects(box) else { return false }
    guard let outline else { return true }
    return outline.items.contains { outline.selection.meets(box, item: $0) }
  }

  /// How much of a square the area touches.
  func share(of tile: TileID) -> HilbertMetatiles.Share {
    guard touches(tile) else { return .nothing }
    guard let outline else { return .some }
    let box = Self.own(tile)
    return outline.items.contains {
      $0.kind == .polygon && outline.selection.encloses(box, item: $0)
    } ? .all : .some
  }

  /// A tile's square without its eastern and southern edge, which belong to the next ones.
  private static func own(_ tile: TileID) -> GridBox {
    let square = tile.bounds
    return GridBox(
      minX: square.minX, minY: square.minY, maxX: square.maxX - 1, maxY: square.maxY - 1)
  }
}
