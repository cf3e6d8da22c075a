internal import FoundationEssentials

extension Workspace {
  /// How the store names a file, so that the name holds on another machine: its path below the
  /// workspace's folder, or `name:rest` below one of the named paths.
  ///
  /// - Returns: nil for a file that lies in none of them.
  public func documentPath(of file: String) -> String? {
    let file = Self.absolute(file)
    var best: (name: String?, folder: String)?
    for (name, folder) in [(nil, folder)] + paths.sorted(by: { $0.key < $1.key }).map({ ($0, $1) })
    {
      let folder = Self.absolute(folder)
      let prefix = folder == "/" ? folder : folder + "/"
      // The innermost folder, and of equal ones the workspace itself.
      guard file.hasPrefix(prefix), prefix.utf8.count > best?.folder.utf8.count ?? 0 else {
        continue
      }
      best = (name, prefix)
    }
    guard let best else { return nil }
    let rest = String(file.dropFirst(best.folder.count))
    if let name = best.name { return "\(name):\(rest)" }
    return rest.contains(":") ? "./" + rest : rest
  }

  /// Where a file lies that the store names.
  ///
  /// - Returns: nil where machizu.json does not hold the named path.
  public func documentFile(_ path: String) -> String? {
    guard !path.hasPrefix("./"), let colon = path.firstIndex(of: ":") else {
      return FileContents.join(folder, path)
    }
    return paths[String(path[..<colon])].map {
      FileContents.join($0, String(path[path.index(after: colon)...]))
    }
  }

  /// Without `.`, `..` and repeated slashes; links are not followed.
  private static func absolute(_ path: String) -> String {
    let whole =
      path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." {
        _ = parts.popLast()
      } else {
        parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }
}

extension FileContents {
  /// The size of a file; nil where there is none.
  public static func byteCount(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
    return (attributes?[.size] as? UInt64).map { Int(clamping: $0) }
      ?? attributes?[.size] as? Int
  }
}
