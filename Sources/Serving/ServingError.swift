/// Why the server could not be started.
public enum ServingError: Error, Sendable, CustomStringConvertible {
  case cannotBind(host: String, port: Int, reason: String)
  /// Of the viewer's page, scripts and styles, which are the product's own.
  case missingViewer(path: String)
  case missingLeaflet(path: String)
  /// An archive of tiles whose description is unreadable.
  case damagedArchive(path: String, reason: String)
  /// An archive that was drawn for a wider audience than is served; both by their names.
  case wrongAudience(path: String, drawnFor: String, served: String)

  public var description: String {
    switch self {
    case .cannotBind(let host, let port, let reason):
      "The server cannot listen on \(host):\(port): \(reason). Choose another --port or --host."
    case .missingViewer(let path):
      "The viewer's \(path) is missing: run the program where it was built or installed; a copy of it "
        + "needs the folder Sources/Serving/Viewer as ../share/machizu/viewer beside it."
    case .missingLeaflet(let path):
      "Leaflet's \(path) is missing: install libjs-leaflet, or put its files into "
        + "../share/machizu/leaflet beside the program."
    case .damagedArchive(let path, let reason): "\(path): \(reason)."
    case .wrongAudience(let path, let drawnFor, let served):
      "\(path) was drawn for \(drawnFor) and must not be served to \(served): "
        + "draw it anew with --audience \(served), or serve it with --audience \(drawnFor)."
    }
  }
}
