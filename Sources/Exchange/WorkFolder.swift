internal import Formats
internal import Glibc

/// A private folder with a link to a .shp and the companions that it is to be read with. It is removed
/// when the owner lets go of it.
final class WorkFolder {
  private let path: String
  private var names: [String] = []

  var shp: String { "\(path)/source.shp" }

  /// Nil when `source` is no plain file or no folder can be made.
  init?(linking source: String) {
    guard !source.hasPrefix("/vsi") else { return nil }
    let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/machizu-exchange-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let base = buffer.baseAddress, let path = unsafe mkdtemp(base) else { return nil }
      return unsafe String(cString: path)
    }
    guard let made else { return nil }
    path = made
    guard link(source, ending: "shp") else { return nil }
  }

  deinit {
    for name in names { unsafe _ = unlink("\(path)/\(name)") }
    unsafe _ = rmdir(path)
  }

  /// Adds a link to a plain file; false when it cannot be made.
  func link(_ source: String, ending: String) -> Bool {
    let name = "source.\(ending)"
    guard let absolute = Self.absolute(source),
      unsafe symlink(absolute, "\(path)/\(name)") == 0
    else { return false }
    names.append(name)
    return true
  }

  func write(_ bytes: [UInt8], ending: String, shownAs file: String) throws(FormatError) {
    let name = "source.\(ending)"
    let target = unsafe fopen("\(path)/\(name)", "wbx")
    guard let target = unsafe target else {
      throw FormatError(
        .unreadable, file: file, reason: "its .\(ending) cannot be rebuilt in \(path)")
    }
    names.append(name)
    let written = unsafe fwrite(bytes, 1, bytes.count, target)
    guard unsafe fclose(target) == 0, written == bytes.count else {
      throw FormatError(
        .unreadable, file: file, reason: "its .\(ending) cannot be rebuilt in \(path)")
    }
  }

  private static func absolute(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}

/// Files of the machine itself.
enum PlainFile {
  /// Whether there is a file of this name that is neither folder nor pipe nor device.
  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG
  }
}
