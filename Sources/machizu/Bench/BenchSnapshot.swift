internal import Features
internal import Geometry
internal import Glibc
internal import LayerStore
internal import Snapshot
internal import Workspace

/// Opens a layer's snapshot and prints how long that takes, and how much of the file was read and is in
/// memory after it is opened, after a window of a hundred metres, after zoom 9 of everything, and
/// after everything. Linux maps more than is read: whole folios of its cache, up to 2 MB at a fault.
///
/// The whole file is looked at last, page by page, with its checksums.
func benchSnapshot(of name: String, workspace: Workspace, json: Bool) throws {
  let id = try Session.layerID(name, in: workspace)
  let store = try LayerStore(path: workspace.storePath, access: .read)
  guard let stored = try store.layer(id), let declaration = workspace[layer: id] else {
    throw StoreError.unknownLayer(name)
  }
  let files = SnapshotFiles(workspace)
  let path = try files.open(stored, in: store, declaration: declaration).path
  let opening = try BenchTimes("snapshot/open") { _ = try Snapshot(path: path) }

  let snapshot = try Snapshot(path: path)
  let atOpening = residentKilobytes(path)
  let fields = SnapshotFiles.fields(of: stored, declaration: declaration)
  let view = SnapshotView(snapshot, layer: id, fields: fields, audience: .restricted)
  print(
    opening.line(
      json: json,
      extra: [
        ("features", view.count), ("file_kb", fileKilobytes(path)),
        ("read_kb", snapshot.touchedBytes / 1024), ("rss_kb", atOpening),
      ]))

  // A hundred metres on the ground are about 210,000 units of the grid at 36° N.
  let middle = GridPoint(
    x: (view.bounds.minX + view.bounds.maxX) / 2, y: (view.bounds.minY + view.bounds.maxY) / 2)
  let window = GridBox(
    minX: middle.x - 105_000, minY: middle.y - 105_000, maxX: middle.x + 105_000,
    maxY: middle.y + 105_000)
  var selection = Selection()
  for (name, box, zoom) in [
    ("snapshot/window-100m", window, 20), ("snapshot/all-z9", view.bounds, 9),
    ("snapshot/all-z20", view.bounds, 20),
  ] {
    selection.removeAll()
    view.search(box, zoom: zoom, columns: [], into: &selection)
    let resident = residentKilobytes(path)
    let read = snapshot.touchedBytes / 1024
    let found = selection.items.count
    let times = BenchTimes(name, minimumRuns: 3) {
      selection.removeAll()
      view.search(box, zoom: zoom, columns: [], into: &selection)
    }
    print(
      times.line(json: json, extra: [("items", found), ("read_kb", read), ("rss_kb", resident)]))
  }
  let verifying = try BenchTimes("snapshot/verify", minimumRuns: 3) {
    try Snapshot(path: path).verify()
  }
  print(verifying.line(json: json, extra: [("rss_kb", residentKilobytes(path))]))
}

private func fileKilobytes(_ path: String) -> Int {
  var status = stat()
  return unsafe stat(path, &status) == 0 ? Int(status.st_size) / 1024 : 0
}

/// How much of a mapped file is in this process's memory.
private func residentKilobytes(_ path: String) -> Int {
  guard let bytes = try? BenchFile.read("/proc/self/smaps") else { return 0 }
  let name = path.split(separator: "/").last.map(String.init) ?? path
  var isFile = false
  var sum = 0
  for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
    let words = line.split(separator: " ")
    guard let first = words.first else { continue }
    if first.contains("-"), !first.hasSuffix(":") { isFile = line.hasSuffix(name) }
    if isFile, first == "Rss:", words.count > 1 { sum += Int(words[1]) ?? 0 }
  }
  return sum
}
