internal import Features
internal import Formats
internal import Geometry
internal import Glibc
internal import Import
internal import LayerStore
internal import Projection
internal import Workspace

/// Times the import of small polygons from a GeoPackage into a new store, and beside it, run by run,
/// `ogr2ogr` from the same file into a GeoPackage with an R-tree, where it is installed.
///
/// The import reads by machizu-exchange, checks every polygon, keeps history and makes the snapshot
/// that drawing reads, for which ogr2ogr has no counterpart.
func benchImport(polygons count: Int, runs: Int, json: Bool) throws {
  let folder = try BenchFolder("import")
  let source = folder.path + "/source.gpkg"
  try writePolygons(count, to: source)
  try writeWorkspace(in: folder.path, source: "source.gpkg")
  let workspace = try Workspace(folder: folder.path)
  guard let declaration = workspace.layers.first else {
    throw BenchError(description: "The benchmark's own workspace declares no layer.")
  }
  var ours = ImportTimes("import/machizu")
  var theirs = ImportTimes("import/ogr2ogr")
  for _ in 0..<max(runs, 1) {
    FileContents.remove(workspace.varFolder)
    try FileContents.makeFolder(workspace.varFolder)
    let start = ImportClock()
    let store = try LayerStore(path: workspace.storePath, access: .write)
    var options = ImportOptions(time: "2026-04-01T00:00:00+09:00")
    options.makesSnapshot = true
    let report = try LayerImport(declaration, in: workspace, options: options).run(into: store)
    if let stored = try store.layer(declaration.id) {
      _ = try SnapshotFiles(workspace).open(stored, in: store, declaration: declaration)
    }
    ours.add(since: start)
    guard report.added == count else {
      throw BenchError(description: "\(report.added) of \(count) rows were imported.")
    }
    let target = folder.path + "/target.gpkg"
    FileContents.remove(target)
    let rival = ImportClock()
    if run("ogr2ogr", ["-f", "GPKG", target, source]) { theirs.add(since: rival) }
  }
  for times in [ours, theirs] where !times.wall.isEmpty {
    print(times.line(rows: count, beside: theirs, json: json))
  }
}

/// The wall clock, and the processor time of this process and of the children that it has waited for.
private struct ImportClock {
  private let wall = ContinuousClock.now
  private let processor = Self.processorMicroseconds()

  var elapsed: (wall: Double, processor: Double) {
    let parts = (ContinuousClock.now - wall).components
    return (
      Double(parts.seconds) * 1e6 + Double(parts.attoseconds) * 1e-12,
      Self.processorMicroseconds() - processor
    )
  }

  private static func processorMicroseconds() -> Double {
    var sum = 0.0
    for who in [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue] {
      var usage = rusage()
      unsafe getrusage(who, &usage)
      for time in [usage.ru_utime, usage.ru_stime] {
        sum += Double(time.tv_sec) * 1e6 + Double(time.tv_usec)
      }
    }
    return sum
  }
}

/// The times of one row of the benchmark, in microseconds a run.
private struct ImportTimes {
  private let name: String
  private(set) var wall: [Double] = []
  private var processor: [Double] = []

  init(_ name: String) {
    self.name = name
  }

  mutating func add(since start: ImportClock) {
    let elapsed = start.elapsed
    wall.append(elapsed.wall)
    processor.append(elapsed.processor)
  }

  /// The rival's speed is 100 percent, by the wall clock and by processor time.
  func line(rows: Int, beside rival: ImportTimes, json: Bool) -> String {
    let times = BenchTimes(name, measured: wall)
    let work = BenchTimes(name, measured: processor).median
    var extra = [
      ("per_second", Int(Double(rows) * 1e6 / times.median)), ("cpu_ms", Int(work / 1000)),
    ]
    if !rival.wall.isEmpty {
      let rivalTimes = BenchTimes(rival.name, measured: rival.wall)
      let rivalWork = BenchTimes(rival.name, measured: rival.processor).median
      extra.append(("percent_of_ogr2ogr", Int(100 * rivalTimes.median / times.median)))
      extra.append(("percent_of_ogr2ogr_cpu", Int(100 * rivalWork / work)))
    }
    return times.line(json: json, extra: extra)
  }
}

/// Houses of 8 m, turned a little, in rows of 2000.
private func writePolygons(_ count: Int, to path: String) throws {
  guard let layer = LayerID("houses") else { return }
  let file = try GeoPackageFile(
    path: path, layer: layer, title: "houses",
    fields: [
      StoredField(name: "番号", type: .text), StoredField(name: "名称", type: .text),
      StoredField(name: "高さ", type: .real),
    ], reference: ReferenceSystem(epsg: 6677), hasGeometry: true)
  var state: UInt64 = 1
  func random() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }
  for number in 0..<count {
    let x = 96_000 + Double(number % 2000) * 12 + random() * 3
    let y = -80_000 + Double(number / 2000) * 12 + random() * 3
    let (a, b) = (7.2 + random(), 2 + random())
    let ring = [(x, y), (x + a, y + b), (x + a - b, y + a + b), (x - b, y + a), (x, y)]
    try file.write(
      [.text("B\(1_000_000 + number)"), .text("第\(number % 977)棟"), .real(random() * 20)],
      shape: .polygon([ring.map { Point(x: $0.0, y: $0.1) }]))
  }
  try file.finish()
}

private func writeWorkspace(in folder: String, source: String) throws {
  try FileContents.makeFolder(folder + "/Layers/houses")
  try FileContents.write(
    folder + "/machizu.json", Array(#"{"town": {"name": "町", "code": "999999"}}"#.utf8))
  try FileContents.write(
    folder + "/Layers/houses/layer.json",
    Array(
      """
      {"title": "houses", "geometry": "polygon", "key": "番号", "source": {"files": ["../../\(source)"]},
       "fields": [{"name": "番号", "type": "text"}, {"name": "名称", "type": "text"},
                  {"name": "高さ", "type": "real"}]}
      """.utf8))
}

/// Whether a program was found and ended well.
private func run(_ program: String, _ arguments: [String]) -> Bool {
  let words = [program] + arguments
  let pointers = unsafe words.map { unsafe strdup($0) } + [nil]
  defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
  var child: pid_t = 0
  guard unsafe posix_spawnp(&child, program, nil, nil, pointers, environ) == 0 else {
    return false
  }
  var status: CInt = 0
  while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
  return status == 0
}

/// A folder for one benchmark, removed with its owner.
private final class BenchFolder {
  let path: String

  init(_ name: String) throws(BenchError) {
    var template = Array("/tmp/machizu-bench-\(name)-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw BenchError(description: "No folder can be made in /tmp.")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { FileContents.remove(path) }
}
