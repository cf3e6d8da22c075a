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
  /// By zoom the tiles that must be drawn; of a zoom that is missing all.
  private let changed: [Int: Set<TileID>]
  private let ranges: [ClosedRange<UInt64>]

  /// Nil where there is no archive yet.
  init?(path: String, plan: PyramidPlan, description: ArchiveDescription) throws {
    let name = path.hasSuffix("/") ? String(path.dropLast()) : path
    guard FileContents.exists(name) else { return nil }
    archive = try ArchiveTiles(path: name)
    ranges = archive.ranges
    let former = try ArchiveDescription(archive)
    isCurrent = former.facts.json == description.facts.json
    guard !isCurrent else {
      changed = [:]
      reason = "\(name) is up to date."
      return
    }
    if let word = Self.difference(former, description) {
      changed = [:]
      reason = "\(name) \(word): all tiles are drawn."
      return
    }
    let zooms = Set(plan.zooms.filter(former.zooms.contains))
    let alike = zooms.filter { former.zoomHashes[$0] == description.zoomHashes[$0] }
    guard let past = try Self.past(of: former, plan: plan, zooms: alike) else {
      changed = [:]
      reason = "The history does not tell what \(name) showed: all tiles are drawn."
      return
    }
    let renderer = TileRenderer(plan.job.map, selection: plan.job.selection)
    let before = past.contents.source(for: plan.job.source.audience)
    var changed: [Int: Set<TileID>] = [:]
    for zoom in alike where past.unknown.isDisjoint(with: plan.drawing[zoom]?.layers ?? []) {
      changed[zoom] = try renderer.changedTiles(
        zoom: zoom, scale: plan.job.scale, changes: past.changes, before: before,
        after: plan.job.source)
    }
    self.changed = changed
    var reasons: [String] = []
    if !changed.isEmpty {
      let count = changed.values.reduce(0) { $0 + $1.count }
      reasons.append("At most \(count) tiles of \(name) have changed\(Self.text(changed.keys)).")
    }
    if alike != zooms {
      reasons.append(
        "Style, columns, symbols or fonts are not what \(name) was drawn with: "
          + "all tiles are drawn\(Self.text(zooms.subtracting(alike))).")
    }
    if alike.count != changed.count {
      reasons.append(
        "The history does not tell what \(name) showed: "
          + "all tiles are drawn\(Self.text(alike.subtracting(changed.keys))).")
    }
    reason = reasons.joined(separator: " ")
  }

  /// In what an archive differs so that none of its tiles can be kept; nil where some may be.
  private static func difference(
    _ former: ArchiveDescription, _ description: ArchiveDescription
  ) -> String? {
    let moving: Set<String> = ["revisions", "inside", ArchiveDescription.zoomHashesKey]
    let (old, new) = (former.machizu(without: moving), description.machizu(without: moving))
    let keys = Set((old.object ?? []).map(\.key) + (new.object ?? []).map(\.key))
    let differing = keys.filter { old[$0]?.serialized() != new[$0]?.serialized() }
    if former.zoomHashes.isEmpty { return "does not tell what each zoom was drawn from" }
    guard !differing.isEmpty else { return nil }
    let names = differing.sorted().map { $0 == "epoch" ? "store" : $0 }
    return "was drawn with another \(names.joined(separator: ", "))"
  }

  /// ` at zoom 12`, ` at zooms 12–14, 16`.
  private static func text(_ zooms: some Collection<Int>) -> String {
    var runs: [ClosedRange<Int>] = []
    for zoom in zooms.sorted() {
      if let last = runs.last, last.upperBound + 1 == zoom {
        runs[runs.count - 1] = last.lowerBound...zoom
      } else {
        runs.append(zoom...zoom)
      }
    }
    let texts = runs.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
    }
    return " at zoom\(zooms.count == 1 ? "" : "s") \(texts.joined(separator: ", "))"
  }

  /// What the store held when the archive was drawn, of the layers that these zooms draw.
  private static func past(
    of former: ArchiveDescription, plan: PyramidPlan, zooms: Set<Int>
  ) throws -> PastContents? {
    var revisions: [LayerID: Revision] = [:]
    for id in Set(zooms.flatMap { plan.drawing[$0]?.layers ?? [] }) {
      guard let revision = former.machizu["revisions"]?[id.text]?.int64 else { return nil }
      revisions[id] = revision
    }
    let document = try FileContents.read(plan.workspace.stylePath(plan.job.map.id))
    let text = String(decoding: document, as: UTF8.self)
    return try Catalogue(plan.workspace).past(of: plan.contents, revisions: revisions) { _, field in
      text.contains(field)
    }
  }

  /// Whether the archive's tile is still right.
  func keeps(_ tile: TileID) -> Bool {
    guard changed[tile.zoom]?.contains(tile) == false else { return false }
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
