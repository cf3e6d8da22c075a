internal import Features
internal import Formats
internal import Geometry
public import LayerStore
internal import Projection
public import Workspace

/// How an import is to be done.
public struct ImportOptions: Sendable {
  public var isDryRun = false
  /// Refuses the whole import if one row is refused.
  public var isStrict = false
  /// The share of stored rows that may disappear, in percent.
  public var allowedRemovalPercent = 30.0
  /// Who imports, for the history.
  public var author = "import"
  /// ISO 8601 with the zone.
  public var time: String
  public var exchangeExecutable: String?
  /// Whether the snapshot of a new layer is made beside its import.
  public var makesSnapshot = false

  public init(time: String) {
    self.time = time
  }
}

extension Workspace {
  /// The layers in an order in which those that others relate to come before them, so that an import
  /// of all finds the entries that its rows name; otherwise by id. Joined columns need no order.
  public var layersInImportOrder: [LayerDeclaration] {
    var ordered: [LayerDeclaration] = []
    var visited: Set<LayerID> = []
    func visit(_ layer: LayerDeclaration) {
      guard visited.insert(layer.id).inserted else { return }
      for id in Set(layer.relates.values).sorted() {
        if let related = self[layer: id] { visit(related) }
      }
      ordered.append(layer)
    }
    for layer in layers { visit(layer) }
    return ordered
  }
}

/// Brings one declared layer from its source files into the store.
public struct LayerImport {
  private let workspace: Workspace
  private let declaration: LayerDeclaration
  private let options: ImportOptions
  private let glyphs: GlyphCheck?

  /// - Parameter missingCharacters: the characters of a text that no font of the workspace can draw;
  ///   nil looks for none.
  public init(
    _ declaration: LayerDeclaration, in workspace: Workspace, options: ImportOptions,
    missingCharacters: ((String) -> [Unicode.Scalar])? = nil
  ) {
    glyphs = missingCharacters.map(GlyphCheck.init)
    self.declaration = declaration
    self.workspace = workspace
    self.options = options
  }

  /// Reads all sources and applies them in one transaction: all of it or nothing.
  public func run(into store: LayerStore) throws(ImportError) -> ImportReport {
    do {
      return try importRows(into: store)
    } catch let error as ImportError {
      throw error
    } catch let error as FormatError {
      throw .unreadable(error)
    } catch let error as StoreError {
      throw .store(error)
    } catch let error as WorkspaceError {
      throw .declaration(error)
    } catch let error as PatternError {
      throw .badField(layer: declaration.id.text, reason: "\(error)")
    } catch {
      throw .store(.folder("\(error)"))
    }
  }

  private func importRows(into store: LayerStore) throws -> ImportReport {
    let area =
      declaration.id == workspace.town.boundary || declaration.geometry == .none
      ? nil : TownArea(workspace, exchangeExecutable: options.exchangeExecutable)
    let entries = try SourceEntry.all(
      of: declaration, in: workspace, exchangeExecutable: options.exchangeExecutable, area: area)
    let layout = ColumnLayout(declaration, entries: entries)
    let reference = try Self.commonest(entries)
    let context = try ImportContext(
      declaration, in: workspace, store: store, area: area, glyphs: glyphs)
    var report = ImportReport(layer: declaration.id)
    let keyNames: [String] =
      if case .fields(let names) = declaration.key { names } else { [] }
    let readers = try layout.fields.map { field in
      try FieldReader(field, isKey: keyNames.contains(field.name))
    }
    return try store.importLayer(
      declaration.id, title: declaration.title.japanese,
      fields: layout.fields.map { StoredField(name: $0.name, type: $0.type) },
      reference: reference, hasGeometry: declaration.geometry != .none, author: options.author,
      cause: entries.map(\.path).joined(separator: ", "), time: options.time,
      isDryRun: options.isDryRun, workspace: workspace,
      snapshots: options.makesSnapshot ? (SnapshotFiles(workspace), declaration) : nil
    ) { writer in
      for entry in entries {
        let rows = try FileImport(
          entry, declaration: declaration, layout: layout, readers: readers, keyNames: keyNames,
          reference: reference, context: context)
        try rows.run(into: writer, report: &report)
      }
      try finish(writer, report: &report)
      let changed = report.added + report.changed + report.removed > 0
      return (report, changed)
    }
  }

  private func finish(_ writer: LayerWriter, report: inout ImportReport) throws {
    // Brooks and tracks mostly bear no name; a ledger in which one row of ten lacks it has gaps.
    if report.emptyLabels.count * 10 <= report.read { report.rows += report.emptyLabels }
    if options.isStrict, report.rejected > 0 { throw ImportError.rejectedRows(report) }
    let missing = writer.missingCount
    let share = 100 * Double(missing) / Double(max(writer.storedCount, 1))
    if share > options.allowedRemovalPercent {
      throw ImportError.tooManyRemoved(
        layer: declaration.id.text, missing: missing, stored: writer.storedCount,
        allowedPercent: options.allowedRemovalPercent)
    }
    try writer.removeMissing()
    report.removed = writer.removedCount
    let sources = report.files.map(\.file).joined(separator: ", ")
    for key in writer.missingEditedKeys {
      report.rows.append(
        ImportReport.RowNote(
          kind: .note, file: sources, row: 0, column: nil,
          reason: Title(
            japanese: "「\(key)」は取込元にありませんが、編集されているため残しました。",
            english: "“\(key)” is no longer in the source, but it was edited and is kept.")))
    }
  }

  /// The reference system of most rows; of equals the first. The files are counted only where they
  /// differ.
  private static func commonest(_ entries: [SourceEntry]) throws -> ReferenceSystem {
    guard let first = entries.first else { return .geographic }
    guard entries.contains(where: { $0.reference != first.reference }) else {
      return first.reference
    }
    var counts: [ReferenceSystem: Int] = [:]
    for entry in entries {
      var source = try SourceFile.open(entry.path, options: entry.options)
      var count = 0
      while try source.next() != nil { count += 1 }
      counts[entry.reference, default: 0] += count
    }
    let most = counts.values.max() ?? 0
    return entries.first { counts[$0.reference] == most }?.reference ?? first.reference
  }
}
