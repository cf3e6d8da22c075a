internal import CFiles
internal import Glibc
internal import Workspace

/// A folder that is filled under another name and gets its own in one step when it is whole.
///
/// The name may belong to a folder that was made in the same way (it holds `mark`), which is replaced
/// so that a reader finds the old one or the new one at any time; any other folder is refused.
struct NewFolder {
  let path: String
  /// Where it is filled.
  let partial: String
  private let lock: FileLock

  /// - Parameter mark: a file that such a folder holds.
  init(_ name: String, mark: String) throws {
    var name = name[...]
    while name.count > 1, name.hasSuffix("/") { name = name.dropLast() }
    path = String(name)
    partial = path + ".part"
    guard !path.isEmpty, path != "/", path != ".", path != ".." else {
      throw CommandError.usage("“\(path)” cannot be written to; name a folder of its own.")
    }
    if FileContents.exists(path) {
      guard FileContents.isFolder(path) else {
        throw CommandError.usage("\(path) is a file; name a folder.")
      }
      guard
        FileContents.exists(path + "/" + mark) || FileContents.list(path).isEmpty
      else {
        throw CommandError.usage(
          "\(path) holds other things (there is no \(mark)): name a new folder, or an empty one.")
      }
    }
    lock = try FileLock(
      path: path + ".lock", busy: "Another run writes \(path); wait for its end.")
    FileContents.remove(partial)
    try FileContents.makeFolder(partial)
  }

  /// Gives the folder its name; what had it before is removed.
  func finish() throws {
    guard unsafe machizu_sync_file_system(partial) == 0 else { throw failure() }
    if FileContents.exists(path) {
      if unsafe machizu_exchange_names(partial, path) == 0 {
        FileContents.remove(partial)
      } else if errno == EINVAL || errno == ENOSYS {
        // A file system that cannot exchange: for an instant there is no folder of the name.
        let former = path + ".former"
        FileContents.remove(former)
        try FileContents.move(path, to: former)
        try FileContents.move(partial, to: path)
        FileContents.remove(former)
      } else {
        throw failure()
      }
    } else {
      try FileContents.move(partial, to: path)
    }
    FileContents.remove(path + ".lock")
  }

  /// Removes what was written.
  func cancel() {
    FileContents.remove(partial)
    FileContents.remove(path + ".lock")
  }

  private func failure() -> CommandError {
    .failed("\(path) cannot be given its name: \(unsafe String(cString: strerror(errno))).")
  }
}
