internal import Glibc

/// Reading font files and listing their folders: the module's only system calls.
enum FontFiles {
  /// The whole content of the file at `path`.
  static func bytes(of path: String) throws(LetteringError) -> FontBytes {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw LetteringError(.unreadable(errorNumber: errno), subject: path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw LetteringError(.unreadable(errorNumber: errno), subject: path)
    }
    // A folder or a pipe has no size to trust.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw LetteringError(.unreadable(errorNumber: EINVAL), subject: path)
    }
    let size = Int(status.st_size)
    guard size <= FontTables.byteLimit else {
      throw LetteringError(
        .tooLarge(byteCount: size, limit: FontTables.byteLimit), subject: path)
    }
    // What a package has installed is replaced by another file when it changes; a town's own font may
    // be written over or cut short while it is in use.
    if FontSet.standardFolders.contains(where: { path.hasPrefix($0 + "/") }),
      let mapped = FontBytes(mapping: descriptor, count: size)
    {
      return mapped
    }
    let bytes = FontBytes(capacity: size)
    while bytes.count < size {
      let count = unsafe read(
        descriptor, bytes.memory.baseAddress.map { unsafe $0 + bytes.count }, size - bytes.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw LetteringError(.unreadable(errorNumber: errno), subject: path)
      }
      guard count > 0 else { break }
      bytes.count += count
    }
    return bytes
  }

  /// The paths of the font files in `folder`, in order of their names; empty if it cannot be listed.
  ///
  /// The order is fixed because a folder's own order differs between machines.
  static func fonts(in folder: String) -> [String] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if isFont(name) { names.append(name) }
    }
    return names.sorted().map { folder + "/" + $0 }
  }

  private static func isFont(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".ttf", ".otf", ".ttc", ".otc"].contains { name.hasSuffix($0) }
  }
}

/// A font file's content at a place of its own, where HarfBuzz and FreeType read it, too: a font has
/// megabytes, so that it is there once only.
@safe final class FontBytes: @unchecked Sendable {
  fileprivate let memory: UnsafeMutableRawBufferPointer
  /// How many bytes were read; fixed as soon as the file is.
  fileprivate(set) var count: Int
  private let isMapped: Bool

  fileprivate init(capacity: Int) {
    unsafe memory = .allocate(byteCount: capacity, alignment: 16)
    count = 0
    isMapped = false
  }

  /// The file itself, whose pages the system has in memory already; nil where it cannot be had so.
  fileprivate init?(mapping descriptor: Int32, count: Int) {
    guard count > 0, let start = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      unsafe start != MAP_FAILED
    else { return nil }
    unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: count)
    self.count = count
    isMapped = true
  }

  deinit {
    if isMapped {
      unsafe munmap(memory.baseAddress, memory.count)
    } else {
      unsafe memory.deallocate()
    }
  }

  func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
  }
}
