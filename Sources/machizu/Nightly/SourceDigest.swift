internal import Features
internal import Glibc
internal import Workspace

/// A number made of every byte that an import of a layer reads: it changes when one of them does.
struct SourceDigest {
  private static let pieceBytes = 1 << 20

  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The declaration, the source files and their companions (`.dbf`, `.prj`, … of a `.shp`).
  ///
  /// - Throws: where a source is missing or cannot be read.
  static func value(of layer: LayerDeclaration, in workspace: Workspace) throws -> String {
    var digest = SourceDigest()
    digest.add(Array(CommandLineTool.version.utf8))
    try digest.add(file: FileContents.join(workspace.folder, "machizu.json"))
    try digest.add(file: FileContents.join(layer.folder, "layer.json"))
    for entry in layer.source?.files ?? [] {
      for match in try workspace.files(of: entry, in: layer) { try digest.add(source: match.path) }
    }
    return String(digest.state, radix: 16)
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
  private mutating func add(file path: String) throws(BilingualError) {
    add(Array(path.utf8))
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    while true {
      // Whole pieces, however the system cuts what it gives: the digest depends on their ends.
      var count = 0
      while count < piece.count {
        let got = unsafe piece.withUnsafeMutableBytes { buffer in
          unsafe read(descriptor, buffer.baseAddress! + count, buffer.count - count)
        }
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw Self.failure(path) }
        guard got > 0 else { break }
        count += got
      }
      guard count == piece.count else { return add(Array(piece[..<count])) }
      add(piece)
    }
  }

  /// Eight bytes at a time, and the length: FNV-1a's multiplication, with the high bits brought down.
  private mutating func add(_ bytes: [UInt8]) {
    var hash = state
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    let whole = bytes.count & ~7
    for start in stride(from: 0, to: whole, by: 8) {
      var word: UInt64 = 0
      for offset in 0..<8 { word |= UInt64(bytes[start + offset]) << UInt64(8 * offset) }
      mix(word)
    }
    for index in whole..<bytes.count { mix(UInt64(bytes[index])) }
    mix(UInt64(bytes.count))
    state = hash
  }

  private static func failure(_ path: String) -> BilingualError {
    let reason = unsafe String(cString: strerror(errno))
    return BilingualError(
      title: Title(
        japanese: "\(path)を読めません（\(JapaneseErrors.system(reason))）。",
        english: "\(path) cannot be read: \(reason)."))
  }
}
