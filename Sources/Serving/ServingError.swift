/// Why the server could not be started.
public enum ServingError: Error, Sendable, CustomStringConvertible {
  case cannotBind(host: String, port: Int, reason: String)
  case missingViewer(folders: [String])

  public var description: String {
    switch self {
    case .cannotBind(let host, let port, let reason):
      "The server cannot listen on \(host):\(port): \(reason). Choose another --port or --host."
    case .missingViewer(let folders):
      "Leaflet is missing: install libjs-leaflet, or put its files into \(folders.joined(separator: " or "))."
    }
  }
}
