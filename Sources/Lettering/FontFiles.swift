internal import Glibc

/// Reading font files and listing their folders: the module's only system calls.
enum FontFiles {
  /// The whole content of the file at `path`.
  static func bytes(of path: String) throws(LetteringError) -> [UInt8] {
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
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size {
        let count = unsafe read(
          descriptor, buffer.baseAddress.map { unsafe $0 + filled }, size - filled)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { failure = errno }
        guard count > 0 else { return }
        filled += count
      }
    }
    guard failure == 0 else {
      throw LetteringError(.unreadable(errorNumber: failure), subject: path)
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
