internal import Features
internal import LayerStore
internal import Rendering
internal import Styling
internal import Workspace

extension Command {
  static let check = Command(
    name: "check", usage: "",
    summary: "Check machizu.json, every layer.json, style, font, snapshot and attached document",
    options: [], run: runCheck)
}

private func runCheck(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let workspace = try session.workspace()
  var faults: [String] = []
  func attempt(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      faults.append(CommandError(error).message)
    }
  }
  for layer in workspace.layers {
    for file in layer.source?.files ?? [] {
      attempt {
        if try workspace.files(of: file, in: layer).isEmpty {
          faults.append("Layers/\(layer.id)/layer.json: no file matches “\(file.glob)”.")
        }
      }
    }
    attempt { try checkCondition(of: layer) }
    attempt { for field in layer.fields { _ = try FieldReader(field) } }
  }
  attempt { _ = try Session.fonts(of: workspace) }
  var symbols = SymbolSet.empty
  attempt { symbols = try Session.symbols(of: workspace) }
  for id in workspace.styleIDs {
    attempt {
      let bytes = try FileContents.read(workspace.stylePath(id), limitBytes: 4 << 20)
      let document = try StyleDocument(parsing: bytes, id: id)
      for name in document.sourceLayers {
        guard let layer = LayerID(name).flatMap({ workspace[layer: $0] }) else {
          faults.append(
            "Styles/\(id).json: source-layer “\(name)” is no layer of the workspace."
              + NearestLayer.suggest(name, among: workspace.layers.map(\.id.text)))
          continue
        }
        tellUnknownColumns(in: document, of: layer)
      }
    }
  }
  // A damaged snapshot is no fault of the workspace: it is told, removed and made again.
  let snapshots = SnapshotFiles(workspace).verify()
  for fault in snapshots.faults {
    Console.tell("\(fault) It is removed and made again when its layer is next asked for.")
  }
  // Before the first import there is no store, and nothing to compare.
  if let store = try? LayerStore(path: workspace.storePath, access: .read) {
    attempt {
      for layer in try store.layersWithStaleJoins(in: workspace) {
        Console.tell(
          "The joined columns of “\(layer)” are declared otherwise than they were worked out, and are not "
            + "shown until it is imported again: machizu import \(layer)")
      }
    }
  }
  attempt { faults += try attachmentFaults(in: workspace) }
  for fault in faults { Console.tell(fault) }
  guard faults.isEmpty else { return 3 }
  Console.write(
    "\(workspace.layers.count) layers, \(workspace.styleIDs.count) styles, \(symbols.names.count) symbols, "
      + "\(snapshots.wholeCount) snapshots: no fault found."
  )
  return 0
}

/// Columns that a style asks for and the layer has not. An expression may ask so on purpose, as
/// absent columns are null: it is told and is no fault.
private func tellUnknownColumns(in document: StyleDocument, of layer: LayerDeclaration) {
  let names = layer.fields.map(\.name)
  for rule in document.layers where rule.sourceLayer == layer.id.text {
    for column in rule.dependencies.properties.subtracting(names).sorted() {
      Console.tell(
        "Styles/\(document.id).json: the rule “\(rule.id)” asks for the column “\(column)”, which "
          + "the layer \(layer.id.text) does not have; it is drawn as if the column were empty."
          + NearestLayer.suggest(column, among: names))
    }
  }
}

/// Documents that are not where the store says, or that belong to entries that are no more.
private func attachmentFaults(in workspace: Workspace) throws -> [String] {
  guard FileContents.exists(workspace.storePath) else { return [] }
  let store = try LayerStore(path: workspace.storePath, access: .read)
  var faults: [String] = []
  for layer in try store.layers() {
    let attachments = try store.attachments(of: layer.id)
    guard !attachments.isEmpty else { continue }
    let keys = try store.keys(of: layer.id)
    for item in attachments {
      if !keys.contains(item.key) {
        faults.append(
          "The document \(item.path) belongs to \(item.layer) \(item.key), which is no longer "
            + "there: attach it to another entry and detach it from this one.")
      }
      if let fault = fault(of: item, in: workspace, readsAll: false) { faults.append(fault) }
    }
  }
  return faults
}

private func checkCondition(of layer: LayerDeclaration) throws {
  guard let text = layer.publicWhere else { return }
  do {
    _ = try Filter(parsing: text, schema: Schema(layer.fields))
  } catch {
    throw CommandError.refused("Layers/\(layer.id)/layer.json: “public_where”: \(error)")
  }
}
