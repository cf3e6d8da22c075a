internal import FoundationEssentials
internal import Workspace

/// The viewer's page, scripts and styles, and Leaflet, read once at the start: no path is ever made
/// from what a client asks.
struct ViewerFiles: Sendable {
  private static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "png": "image/png", "svg": "image/svg+xml",
  ]
  /// The page may load scripts, styles and pictures from here and from nowhere else.
  private static let policy =
    "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; "
    + "frame-ancestors 'self'"

  let page: Response
  private let files: [String: Response]

  init() throws(ServingError) {
    let viewer = try Self.viewerFolder()
    let leaflet = try Self.leafletFolder()
    var files: [String: Response] = [:]
    Self.read(viewer, prefix: "", into: &files)
    Self.read(leaflet, prefix: "leaflet/", into: &files)
    Self.read(leaflet + "/images", prefix: "leaflet/images/", into: &files)
    guard let page = files["index.html"] else {
      throw .missingViewer(path: "index.html")
    }
    self.page = Self.guarded(page)
    self.files = files
  }

  /// The page of stored tiles with its files, by their addresses.
  static func published() throws(ServingError) -> [String: Response] {
    var files: [String: Response] = [:]
    for (path, bytes) in try MapPage().files {
      let suffix = path.split(separator: ".").last.map(String.init) ?? ""
      guard let type = types[suffix] else { continue }
      let file = Response.tagged(type: type, body: bytes)
      files[path] = path == "index.html" ? guarded(file) : file
    }
    return files
  }

  static func viewerFolder() throws(ServingError) -> String {
    guard let viewer = folder(installed: "viewer", inRepository: "Sources/Serving/Viewer") else {
      throw .missingViewer(path: "folder")
    }
    return viewer
  }

  static func leafletFolder() throws(ServingError) -> String {
    if let delivered = folder(installed: "leaflet", inRepository: nil) { return delivered }
    let packaged = "/usr/share/javascript/leaflet"
    guard FileContents.isFolder(packaged) else { throw .missingLeaflet(path: "folder") }
    return packaged
  }

  private static func guarded(_ page: Response) -> Response {
    var page = page
    page.headers.append(("Content-Security-Policy", policy))
    return page
  }

  /// A file by its address below /viewer/.
  subscript(name: String) -> Response? { files[name] }

  private static func read(
    _ folder: String, prefix: String, into files: inout [String: Response]
  ) {
    for name in FileContents.list(folder) {
      guard let dot = name.lastIndex(of: "."),
        let type = types[String(name[name.index(after: dot)...])],
        let bytes = try? FileContents.read(FileContents.join(folder, name), limitBytes: 4 << 20)
      else { continue }
      files[prefix + name] = .tagged(type: type, body: bytes)
    }
  }

  /// Where a delivery keeps its files, or where the repository does when it is run from a build.
  private static func folder(installed: String, inRepository: String?) -> String? {
    guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    var parent = URL(filePath: program).deletingLastPathComponent()
    let delivered = parent.deletingLastPathComponent().path + "/share/machizu/" + installed
    if FileContents.isFolder(delivered) { return delivered }
    guard let inRepository else { return nil }
    for _ in 0..<6 {
      let candidate = FileContents.join(parent.path, inRepository)
      if FileContents.isFolder(candidate) { return candidate }
      parent = parent.deletingLastPathComponent()
    }
    return nil
  }
}
