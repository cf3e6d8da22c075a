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

  /// The layers of a file: one, or with `--each` every one that the file holds, of which the first
  /// keeps the file for all.
  static func all(
    _ path: String, as name: String, _ arguments: Arguments, in workspace: Workspace,
    language: Language
  ) throws -> [FirstFile] {
    guard let id = LayerID(name), !Workspace.isReserved(name) else {
      throw CommandError.usage(
        "--as is “\(name)”; a layer id is a–z first, then a–z, 0–9, _ and -, at most 63, and does not "
          + "begin like the store's own tables.")
    }
    var statement = FirstContact.Statement(
      encoding: arguments["--encoding"], crs: arguments["--crs"], key: arguments["--key"],
      layer: arguments["--layer"])
    let names: [String]
    do {
      names = try FirstContact.layers(of: path)
    } catch {
      throw CommandError(error, language: language)
    }
    guard names.count > 1, statement.layer == nil else {
      if arguments.has("--each"), statement.layer != nil {
        throw CommandError.usage("--each takes every layer of the file and --layer one: name one.")
      }
      return [try FirstFile(path, as: id, statement, in: workspace, language: language)]
    }
    guard arguments.has("--each") else {
      let listed = names.prefix(50).map { "“\($0)”" }.joined(separator: ", ")
      throw CommandError.usage(
        language == .japanese
          ? "\(path)には\(names.count)個のレイヤがあります（\(listed)）。一つなら --layer 名前、すべてなら --each を付けてください。"
          : "\(path) has \(names.count) layers (\(listed)): choose one with --layer NAME, or take all "
            + "with --each.")
    }
    var files: [FirstFile] = []
    var shared: String?
    for (name, id) in zip(names, FirstContact.ids(of: names, behind: id)) {
      statement.layer = name
      files.append(
        try FirstFile(
          path, as: id, statement, in: workspace, source: shared, language: language))
      let file = path.split(separator: "/").last.map(String.init) ?? path
      shared = shared ?? "../\(id)/\(FirstContact.storedName(file))"
    }
    return files
  }

  private init(
    _ path: String, as id: LayerID, _ statement: FirstContact.Statement, in workspace: Workspace,
    source: String? = nil, language: Language
  ) throws {
    guard workspace[layer: id] == nil else {
      throw CommandError.usage(
        "The layer “\(id)” is declared already: machizu import \(id) brings its files in.")
    }
    do {
      let contact = try FirstContact(path, as: id, statement, in: workspace, source: source)
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

  /// Keeps the layers of those that came in. A file that others read stays where its own layer failed.
  static func settle(_ files: [FirstFile], imported: Set<LayerID>) throws {
    for (index, file) in files.enumerated() {
      if imported.contains(file.declaration.id) {
        try file.keep()
      } else if index > 0 || imported.isEmpty {
        file.discard()
      }
    }
  }
}
