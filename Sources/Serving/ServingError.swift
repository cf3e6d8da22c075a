/// Why the server could not be started.
public enum ServingError: Error, Sendable, CustomStringConvertible {
  case cannotBind(host: String, port: Int, reason: String)
  case missingViewer(folders: [String])
  /// An archive of tiles whose description is unreadable.
  case damagedArchive(path: String, reason: String)
  /// An archive that was drawn for a wider audience than is served; both by their names.
  case wrongAudience(path: String, drawnFor: String, served: String)

  public var description: String {
    switch self {
    case .cannotBind(let host, let port, let reason):
      "The server cannot listen on \(host):\(port): \(reason). Choose another --port or --host."
    case .missingViewer(let folders):
      "Leaflet is missing: install libjs-leaflet, or put its files into \(folders.joined(separator: " or "))."
    case .damagedArchive(let path, let reason): "\(path): \(reason)."
    case .wrongAudience(let path, let drawnFor, let served):
      "\(path) was drawn for \(drawnFor) and must not be served to \(served): "
        + "draw it anew with --audience \(served), or serve it with --audience \(drawnFor)."
    }
  }
}
