internal import Features
internal import Import
internal import Workspace

/// A file that becomes a layer: it is copied into the layer's folder, and gets a layer.json when its
/// import has succeeded.
struct FirstFile {
  let declaration: LayerDeclaration
  let findings: [Title]
  private let files: [String]
  private let madeFolder: Bool

  init(
    _ path: String, as name: String, _ arguments: Arguments, in workspace: Workspace,
    language: Language
  ) throws {
    guard let id = LayerID(name), !Workspace.isReserved(name) else {
      throw CommandError.usage(
        "--as is “\(name)”; a layer id is a–z first, then a–z, 0–9, _ and -, at most 63, and does not "
          + "begin like the store's own tables.")
    }
    guard workspace[layer: id] == nil else {
      throw CommandError.usage(
        "The layer “\(id)” is declared already: machizu import \(id) brings its files in.")
    }
    do {
      let contact = try FirstContact(
        path, as: id,
        FirstContact.Statement(
          encoding: arguments["--encoding"], crs: arguments["--crs"], key: arguments["--key"]),
        in: workspace)
      declaration = contact.declaration
      files = contact.files
      findings = contact.findings
    } catch {
      throw CommandError(error, language: language)
    }
    madeFolder = !FileContents.exists(declaration.folder)
  }

  private var targets: [(from: String, to: String)] {
    files.compactMap { path in
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let target = FileContents.join(declaration.folder, FirstContact.storedName(name))
      return FileContents.exists(target) ? nil : (path, target)
    }
  }

  /// Brings the files to where the declaration looks for them.
  func place() throws {
    try FileContents.makeFolder(declaration.folder)
    for (path, target) in targets { try FileContents.copy(path, to: target) }
  }

  /// Writes the declaration: from now on the layer is one like any other.
  func keep() throws {
    try FileContents.replace(
      FileContents.join(declaration.folder, "layer.json"), with: declaration.document)
  }

  /// Takes back what `place()` did.
  func discard() {
    if madeFolder { FileContents.remove(declaration.folder) }
  }
}
