internal import Features
internal import Import
internal import LayerStore
internal import Tiles
internal import Workspace

/// One night's work: import what changed, update the pyramids, back up. A step that fails does not
/// keep the others from being done; the report tells all of them.
struct NightJob {
  let workspace: Workspace
  let session: Session
  let pyramids: [String]
  let backupFolder: String?
  /// Backups of earlier nights that are kept beside the new one; nil for all.
  let keptBackups: Int?

  static func statePath(_ workspace: Workspace) -> String {
    FileContents.join(workspace.varFolder, "nightly.json")
  }

  func run() throws -> NightlyReport {
    var report = NightlyReport(started: Session.now())
    let store = try LayerStore(path: workspace.storePath, access: .write)
    var state = NightlyState(path: Self.statePath(workspace), epoch: store.epoch)
    for declaration in workspace.layersInImportOrder where declaration.source != nil {
      attempt("\(declaration.id)", &report) { report in
        try importLayer(declaration, into: store, state: &state, report: &report)
      }
    }
    for path in pyramids {
      attempt(path, &report) { report in try update(path, report: &report) }
    }
    if let backupFolder {
      attempt(backupFolder, &report) { report in
        report.backup = try backUp(store, to: backupFolder)
      }
    }
    attempt(Self.statePath(workspace), &report) { _ in
      try state.write(to: Self.statePath(workspace))
    }
    report.ended = Session.now()
    return report
  }

  private func attempt(
    _ subject: String, _ report: inout NightlyReport,
    _ body: (inout NightlyReport) throws -> Void
  ) {
    do {
      try body(&report)
    } catch {
      report.failures.append(
        .init(
          subject: subject,
          reason: Title(
            japanese: CommandError(error, language: .japanese).message,
            english: CommandError(error).message)))
    }
  }

  private func importLayer(
    _ declaration: LayerDeclaration, into store: LayerStore, state: inout NightlyState,
    report: inout NightlyReport
  ) throws {
    let id = declaration.id.text
    report.declaredLayers += 1
    let digest = try SourceDigest.value(of: declaration, in: workspace)
    if let stored = try store.layer(declaration.id),
      state.layers[id] == .init(digest: digest, revision: stored.revision)
    {
      return
    }
    // Forgotten until it is done: a night that is cut off starts with this layer again.
    state.layers[id] = nil
    var options = ImportOptions(time: Session.now())
    options.author = Session.author()
    options.makesSnapshot = true
    let imported = try LayerImport(declaration, in: workspace, options: options).run(into: store)
    report.imports.append(.init(title: declaration.title, report: imported))
    guard let stored = try store.layer(declaration.id) else { return }
    _ = try SnapshotFiles(workspace).open(stored, in: store, declaration: declaration)
    state.layers[id] = .init(digest: digest, revision: stored.revision)
  }

  private func update(_ path: String, report: inout NightlyReport) throws {
    guard FileContents.exists(path) else {
      throw BilingualError(
        title: Title(
          japanese: "アーカイブがありません。machizu render スタイル --zoom A-B -o \(path) で一度作ってください。",
          english:
            "There is no archive \(path): draw it once with machizu render STYLE --zoom A-B -o \(path)."
        ))
    }
    let before = try ArchiveDescription(ArchiveTiles(path: path))
    do {
      try PyramidRun(updating: path, describedBy: before).draw(for: session)
    } catch let error as CommandError {
      throw BilingualError(
        title: Title(
          japanese: "描き直せませんでした。描けなかった理由: \(error.message)", english: error.message),
        isRefusedInput: error.status == 3)
    }
    let wasDrawn =
      try ArchiveDescription(ArchiveTiles(path: path)).facts.json != before.facts.json
    report.pyramids.append(.init(path: path, wasDrawn: wasDrawn))
  }

  private func backUp(_ store: LayerStore, to folder: String) throws -> NightlyReport.Backup {
    try FileContents.makeFolder(folder)
    let path = FileContents.join(folder, "town-\(Session.now().prefix(10)).gpkg")
    try store.backUp(to: path)
    var removed: [String] = []
    if let keptBackups {
      let earlier = FileContents.list(folder).filter { Self.isBackup($0) }
        .map { FileContents.join(folder, $0) }.filter { $0 != path }
      removed = Array(earlier.dropLast(keptBackups))
      for file in removed { FileContents.remove(file) }
    }
    return .init(path: path, removed: removed)
  }

  /// `town-2026-04-01.gpkg`: nothing else in the folder is ever touched.
  private static func isBackup(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count == 20, name.hasPrefix("town-"), name.hasSuffix(".gpkg") else { return false }
    return bytes[5..<15].enumerated().allSatisfy { index, byte in
      index == 4 || index == 7 ? byte == UInt8(ascii: "-") : (48...57).contains(byte)
    }
  }
}
