internal import Formats

/// A zip archive of layers.
struct Archive {
  struct Member {
    /// The name without folder and ending.
    let name: String
    /// In the library's virtual file system.
    let path: String
  }

  let members: [Member]
  private let file: String

  init(path: String) throws(FormatError) {
    file = path
    let root = "/vsizip/{\(path)}"
    let paths = VirtualFile.paths(under: root).filter { path in
      let ending = ForeignFile.ending(of: path)
      return ForeignFile.endings.contains(ending) && ending != "zip" && ending != "shz"
        // What macOS adds beside each file of an archive.
        && !path.hasPrefix("__MACOSX/")
    }
    members = paths.sorted().map { Member(name: ForeignFile.stem(of: $0), path: "\(root)/\($0)") }
  }

  /// The one layer of the archive, or the named one.
  func member(named name: String?) throws(FormatError) -> Member {
    guard !members.isEmpty else {
      throw FormatError(
        .refused, file: file,
        reason:
          "the archive cannot be read or holds no Shapefile, GeoPackage, KML, GML, DXF or FlatGeobuf"
      )
    }
    let names = ForeignFile.list(members.map(\.name))
    guard let name else {
      guard members.count == 1 else {
        throw FormatError(
          .selection, file: file,
          reason: "the archive holds \(members.count) layers, name one of them: \(names)")
      }
      return members[0]
    }
    // In an archive of one file the name may be that of a layer inside it.
    if let member = members.first(where: { $0.name == name })
      ?? (members.count == 1 ? members[0] : nil)
    {
      return member
    }
    throw FormatError(
      .selection, file: file, reason: "the archive holds no layer “\(name)”; it holds \(names)")
  }
}
