internal import Glibc
internal import LayerStore

/// What the store keeps of a file that is attached: its size, its hash and what kind of file it is.
struct AttachedFile {
  let byteCount: Int
  let hash: String
  let mediaType: String

  private static let pieceBytes = 1 << 20

  /// - Throws: where the file cannot be read.
  init(path: String) throws(CommandError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .refused("\(path) is no regular file.")
    }
    var hash = SHA256()
    var count = 0
    var head: [UInt8] = []
    while true {
      var read = 0
      let piece = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) {
        buffer, initialized in
        repeat {
          read = unsafe Glibc.read(descriptor, buffer.baseAddress, Self.pieceBytes)
        } while read < 0 && errno == EINTR
        initialized = max(read, 0)
      }
      guard read >= 0 else { throw Self.failure(path) }
      if read == 0 { break }
      if head.count < 16 { head += piece.prefix(16) }
      hash.add(piece)
      count += read
    }
    byteCount = count
    self.hash = hash.hexadecimal()
    mediaType = Self.mediaType(name: path, head: head)
  }

  private static func failure(_ path: String) -> CommandError {
    .refused("\(path) cannot be read: \(unsafe String(cString: strerror(errno))).")
  }

  private static let signatures: [(bytes: [UInt8], type: String)] = [
    (Array("%PDF-".utf8), "application/pdf"), ([0xFF, 0xD8, 0xFF], "image/jpeg"),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
    ([0x49, 0x49, 0x2A, 0x00], "image/tiff"), ([0x4D, 0x4D, 0x00, 0x2A], "image/tiff"),
    (Array("GIF8".utf8), "image/gif"),
  ]

  private static let endings: [String: String] = [
    "pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "tif": "image/tiff", "tiff": "image/tiff", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "txt": "text/plain", "csv": "text/csv", "dxf": "image/vnd.dxf",
    "dwg": "image/vnd.dwg", "xdw": "application/vnd.fujixerox.docuworks",
    "xbd": "application/vnd.fujixerox.docuworks.binder",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "zip": "application/zip",
    "mp4": "video/mp4",
  ]

  /// By the first bytes, since cameras and scanners misname files; else by the name's ending.
  static func mediaType(name: String, head: [UInt8]) -> String {
    if let found = signatures.first(where: { head.starts(with: $0.bytes) }) { return found.type }
    guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
    return endings[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
  }
}
