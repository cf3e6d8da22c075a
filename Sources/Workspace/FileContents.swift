internal import FoundationEssentials

/// Reading and listing of files, with errors that name the file.
public enum FileContents {
  /// All bytes of a file that is no longer than `limitBytes`.
  public static func read(
    _ path: String, limitBytes: Int = 1 << 30
  ) throws(WorkspaceError) -> [UInt8] {
    var isFolder: Bool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder else {
      throw WorkspaceError(file: path, message: "There is no such file.")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw WorkspaceError(file: path, message: "The file cannot be read; check its permissions.")
    }
    guard data.count <= limitBytes else {
      throw WorkspaceError(
        file: path, message: "The file has \(data.count) bytes; \(limitBytes) are allowed.")
    }
    return Array(data)
  }

  /// The names in a folder in code point order; empty when there is no such folder.
  public static func list(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  public static func isFolder(_ path: String) -> Bool {
    var isFolder: Bool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }

  public static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  public static func makeFolder(_ path: String) throws(WorkspaceError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw WorkspaceError(file: path, message: "The folder cannot be made; check permissions.")
    }
  }

  /// Writes beside and renames into place, so that the old file or the new one is there. What is no
  /// file, such as a pipe or /dev/null, is written to and stays what it is.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(WorkspaceError) {
    if isDevice(path) { return try writeThrough(path, bytes) }
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw WorkspaceError(
        file: path, message: "The file cannot be written; check free space and permissions.")
    }
  }

  /// `path` below `folder`, unless it is absolute.
  public static func join(_ folder: String, _ path: String) -> String {
    if path.hasPrefix("/") || folder.isEmpty || folder == "." { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }
}

extension FileContents {
  /// Deletes a file; nothing happens where there is none.
  public static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }
}

extension FileContents {
  /// Writes a file that nobody reads yet.
  public static func write(_ path: String, _ bytes: [UInt8]) throws(WorkspaceError) {
    if isDevice(path) { return try writeThrough(path, bytes) }
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      throw WorkspaceError(
        file: path, message: "The file cannot be written; check free space and permissions.")
    }
  }

  /// Copies a file to a place where none is.
  public static func copy(_ path: String, to target: String) throws(WorkspaceError) {
    do {
      try FileManager.default.copyItem(atPath: path, toPath: target)
    } catch {
      throw WorkspaceError(
        file: target,
        message: "The file cannot be copied here; check free space and permissions.")
    }
  }

  public static func move(_ path: String, to target: String) throws(WorkspaceError) {
    do {
      try FileManager.default.moveItem(atPath: path, toPath: target)
    } catch {
      throw WorkspaceError(file: target, message: "The folder cannot be given its name.")
    }
  }
}

extension FileContents {
  /// Whether a path leads to something that is there, yet neither a file nor a folder.
  private static func isDevice(_ path: String) -> Bool {
    guard let kind = kind(path) else { return false }
    guard kind == .typeSymbolicLink else { return kind != .typeRegular && kind != .typeDirectory }
    // What a link such as /dev/stdout leads to may have no path of its own.
    let target = Self.kind(URL(filePath: path).resolvingSymlinksInPath().path)
    return target != .typeRegular && target != .typeDirectory
  }

  private static func kind(_ path: String) -> FileAttributeType? {
    try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
  }

  private static func writeThrough(_ path: String, _ bytes: [UInt8]) throws(WorkspaceError) {
    do {
      try Data(bytes).write(to: URL(filePath: path))
    } catch {
      throw WorkspaceError(
        file: path, message: "The file cannot be written; check free space and permissions.")
    }
  }
}
