internal import Features
internal import Glibc
internal import Rendering
internal import Workspace

/// A number made of every byte that an import of a layer reads: it changes when one of them does.
struct SourceDigest {
  private var hash = FixedHash()

  /// The declaration, the source files and their companions (`.dbf`, `.prj`, … of a `.shp`).
  ///
  /// - Throws: where a source is missing or cannot be read.
  static func value(of layer: LayerDeclaration, in workspace: Workspace) throws -> String {
    var digest = SourceDigest()
    digest.hash.add(CommandLineTool.version.utf8)
    try digest.add(file: FileContents.join(workspace.folder, "machizu.json"))
    try digest.add(file: FileContents.join(layer.folder, "layer.json"))
    for entry in layer.source?.files ?? [] {
      for match in try workspace.files(of: entry, in: layer) { try digest.add(source: match.path) }
    }
    return String(digest.hash.value, radix: 16)
  }

  /// The declarations of the layers that a map draws: who may see which rows and columns, beside what
  /// the store knows.
  static func value(ofDeclarations names: [String], in workspace: Workspace) throws -> String {
    var digest = SourceDigest()
    for name in names.sorted() {
      guard let id = LayerID(name), let layer = workspace[layer: id] else { continue }
      digest.hash.add(name.utf8)
      try digest.add(file: FileContents.join(layer.folder, "layer.json"))
    }
    return String(digest.hash.value, radix: 16)
  }

  private mutating func add(source path: String) throws {
    if FileContents.isFolder(path) {
      for name in FileContents.list(path) { try add(source: path + "/" + name) }
      return
    }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
    for companion in FileContents.list(folder) where companion.hasPrefix(stem + ".") {
      let file = FileContents.join(folder, companion)
      if !FileContents.isFolder(file) { try add(file: file) }
    }
  }

  /// Name and content, read piece by piece.
  private mutating func add(file path: String) throws(CommandError) {
    hash.add(path.utf8)
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path) }
      guard count > 0 else { return }
      hash.add(piece[..<count])
    }
  }

  private static func failure(_ path: String) -> CommandError {
    .refused("\(path) cannot be read: \(unsafe String(cString: strerror(errno))).")
  }
}
