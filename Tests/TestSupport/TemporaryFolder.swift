internal import Foundation
internal import Glibc
internal import Synchronization

/// A new, empty folder, removed with its owner, or at the end of the process for an owner that lives
/// as long as that.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init(_ name: String) throws {
    path = FileManager.default.temporaryDirectory.path + "/machizu-\(name)-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    Self.remaining.withLock { state in
      _ = state.insert(path)
    }
    Self.removal
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
    Self.remaining.withLock { state in
      _ = state.remove(path)
    }
  }

  private static let remaining = Mutex(Set<String>())

  private static let removal: Void = {
    atexit {
      for path in TemporaryFolder.remaining.withLock({ $0 }) {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }()

  /// Writes a file, with the folders above it.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    let folder = URL(filePath: file).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }
}

/// Reading files and folders, with an error that names them.
public enum TestFile {
  public static func read(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TestSupportError("\(path) cannot be read.")
    }
    return Array(data)
  }

  public static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// The files below a folder, as paths from it, in order.
  public static func list(_ folder: String) -> [String] {
    (FileManager.default.subpaths(atPath: folder) ?? []).filter { name in
      var isFolder: ObjCBool = false
      _ = unsafe FileManager.default.fileExists(
        atPath: folder + "/" + name, isDirectory: &isFolder)
      return !isFolder.boolValue
    }
    .sorted()
  }

  public static func copy(_ source: String, to target: String) throws {
    let folder = URL(filePath: target).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: source, toPath: target)
  }
}
