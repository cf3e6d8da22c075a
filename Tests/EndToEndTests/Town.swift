import JSON
import TestSupport

/// Runs the built program in a workspace.
struct Machizu: Sendable {
  /// The folder with machizu.json.
  let workspace: String
  /// The store's folder; nil for the workspace's own.
  var store: String?

  /// What every command is given besides its own words.
  var place: [String] {
    ["--workspace", workspace] + (store.map { ["--var", $0] } ?? [])
  }

  func callAsFunction(_ command: String, _ arguments: [String] = []) throws -> ProgramRun {
    try ProgramRun(
      try Repository.machizu(), [command] + place + arguments, in: workspace, seconds: 300)
  }

  /// The output of a command that must succeed.
  func output(_ command: String, _ arguments: [String] = []) throws -> [UInt8] {
    let run = try self(command, arguments)
    guard run.status == 0 else {
      throw TestSupportError(
        "machizu \(command) \(arguments) ended with \(run.status): \(run.errors)")
    }
    return run.output
  }

  func json(_ command: String, _ arguments: [String] = []) throws -> JSONValue {
    try JSONParser.parse(try output(command, ["--json"] + arguments))
  }

  /// The state that a reader sees: `layers --json`.
  func state() throws -> String {
    String(decoding: try output("layers", ["--json", "--audience", "restricted"]), as: UTF8.self)
  }

  func importing(_ arguments: [String] = []) throws -> [ImportedLayer] {
    try ImportedLayer.all(try output("import", ["--json"] + arguments))
  }

  /// The features that a query writes, in its order.
  func features(_ arguments: [String]) throws -> [Feature] {
    try Feature.lines(try output("query", ["--format", "ndjson"] + arguments))
  }

  func count(_ arguments: [String]) throws -> Int {
    Int(try json("query", ["--count"] + arguments)["count"]?.int64 ?? -1)
  }

  func serving(_ arguments: [String] = []) throws -> RunningServer {
    try RunningServer(place + arguments, in: workspace)
  }
}

/// The demonstration town, imported once for all tests of this target and served to two audiences.
struct Town: Sendable {
  let machizu: Machizu
  /// What the first import of a new store said, whatever its status.
  let firstImport: ProgramRun
  let reports: [ImportedLayer]
  let `public`: RunningServer
  let staff: RunningServer
  private let folder: TemporaryFolder

  private init() throws {
    folder = try TemporaryFolder("town")
    machizu = Machizu(workspace: Repository.root, store: folder.path)
    firstImport = try machizu("import", ["--json"])
    reports = try ImportedLayer.all(firstImport.output)
    self.public = try machizu.serving()
    staff = try machizu.serving(["--audience", "staff"])
  }

  private static let made = Result { try Town() }
  static func shared() throws -> Town { try made.get() }

  func report(of layer: String) throws -> ImportedLayer {
    guard let found = reports.first(where: { $0.layer == layer }) else {
      throw TestSupportError("The import reported nothing of \(layer): \(firstImport.errors)")
    }
    return found
  }

  /// A source file of the town.
  func source(_ path: String) throws -> [UInt8] {
    try TestFile.read("\(Repository.root)/Layers/\(path)")
  }
}

/// One element of what `import --json` writes.
struct ImportedLayer: Sendable {
  struct Row: Sendable {
    let kind: String
    let file: String
    let row: Int
    let column: String?
    let reason: String
  }

  struct File: Sendable {
    let path: String
    let read: Int
    let crs: String
    let encoding: String
    let warnings: [String]
  }

  let layer: String
  let read: Int, added: Int, changed: Int, unchanged: Int
  let removed: Int, rejected: Int, conflicts: Int
  let rows: [Row]
  let files: [File]

  static func all(_ bytes: [UInt8]) throws -> [ImportedLayer] {
    try (try JSONParser.parse(bytes).array ?? []).map { try ImportedLayer($0) }
  }

  private init(_ value: JSONValue) throws {
    func number(_ value: JSONValue, _ key: String) throws -> Int {
      guard let number = value[key]?.int64 else {
        throw TestSupportError("The report has no number “\(key)”.")
      }
      return Int(number)
    }
    layer = value["layer"]?.string ?? ""
    read = try number(value, "read")
    added = try number(value, "added")
    changed = try number(value, "changed")
    unchanged = try number(value, "unchanged")
    removed = try number(value, "removed")
    rejected = try number(value, "rejected")
    conflicts = try number(value, "conflicts")
    rows = try (value["rows"]?.array ?? []).map { row in
      Row(
        kind: row["kind"]?.string ?? "", file: row["file"]?.string ?? "",
        row: try number(row, "row"), column: row["column"]?.string,
        reason: row["reason"]?.string ?? "")
    }
    files = try (value["files"]?.array ?? []).map { file in
      File(
        path: file["file"]?.string ?? "", read: try number(file, "read"),
        crs: file["crs"]?.string ?? "", encoding: file["encoding"]?.string ?? "",
        warnings: (file["warnings"]?.array ?? []).compactMap(\.string))
    }
  }

  var rejections: [Row] { rows.filter { $0.kind == "rejected" } }
  func notes(on column: String?) -> [Row] {
    rows.filter { $0.kind == "note" && $0.column == column }
  }
}
