internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

/// The archive that a run brings up to date, and which of its tiles are still right.
struct FormerArchive {
  let archive: ArchiveTiles
  /// What the run will do, for the person.
  let reason: String
  /// Whether the archive is as a full run would leave it.
  let isCurrent: Bool
  /// The tiles that must be drawn by zoom; nil for all.
  private let changed: [Int: Set<TileID>]?
  private let ranges: [ClosedRange<UInt64>]

  /// Nil where there is no archive yet.
  init?(path: String, plan: PyramidPlan, description: ArchiveDescription) throws {
    let name = path.hasSuffix("/") ? String(path.dropLast()) : path
    guard FileContents.exists(name) else { return nil }
    archive = try ArchiveTiles(path: name)
    ranges = archive.ranges
    let former = try ArchiveDescription(archive)
    let moving: Set<String> = ["revisions", "inside"]
    guard
      former.machizu(without: moving).serialized()
        == description.machizu(without: moving).serialized()
    else {
      changed = nil
      isCurrent = false
      reason =
        "\(name) was drawn by another program, style, store or with other options: all tiles are drawn."
      return
    }
    if former.facts.json == description.facts.json {
      changed = [:]
      isCurrent = true
      reason = "\(name) is up to date."
      return
    }
    isCurrent = false
    guard let past = try Self.past(of: former, plan: plan) else {
      changed = nil
      reason = "The history does not tell what \(name) showed: all tiles are drawn."
      return
    }
    let renderer = TileRenderer(plan.job.map, selection: plan.job.selection)
    let before = past.contents.source(for: plan.job.source.audience)
    var changed: [Int: Set<TileID>] = [:]
    for zoom in plan.zooms {
      changed[zoom] = try renderer.changedTiles(
        zoom: zoom, scale: plan.job.scale, changes: past.changes, before: before,
        after: plan.job.source)
    }
    self.changed = changed
    let count = changed.values.reduce(0) { $0 + $1.count }
    reason = "At most \(count) tiles of \(name) have changed."
  }

  private static func past(
    of former: ArchiveDescription, plan: PyramidPlan
  ) throws -> PastContents? {
    var revisions: [LayerID: Revision] = [:]
    for member in former.machizu["revisions"]?.object ?? [] {
      guard let id = LayerID(member.key), let revision = member.value.int64 else { return nil }
      revisions[id] = revision
    }
    guard Set(revisions.keys) == Set(plan.drawn.map(\.id)) else { return nil }
    let document = try FileContents.read(plan.workspace.stylePath(plan.job.map.id))
    let text = String(decoding: document, as: UTF8.self)
    return try Catalogue(plan.workspace).past(of: plan.contents, revisions: revisions) { _, field in
      text.contains(field)
    }
  }

  /// Whether the archive's tile is still right.
  func keeps(_ tile: TileID) -> Bool {
    guard let changed, changed[tile.zoom]?.contains(tile) == false else { return false }
    let number = tile.hilbertNumber
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(number)
  }
}
