public import Formats
public import LayerStore
public import Workspace

/// Why a layer was not imported; the store is as it was before.
public enum ImportError: Error, Sendable, CustomStringConvertible {
  case noSource(layer: String)
  case missingFiles(layer: String, pattern: String)
  case unreadable(FormatError)
  case declaration(WorkspaceError)
  case store(StoreError)
  case unknownReference(layer: String, file: String, found: String?)
  case badField(layer: String, reason: String)
  case tooManyRemoved(layer: String, missing: Int, stored: Int, allowedPercent: Double)
  case rejectedRows(ImportReport)

  public var description: String {
    switch self {
    case .noSource(let layer): "Layer \(layer) declares no source, so there is nothing to import."
    case .missingFiles(let layer, let pattern):
      "Layer \(layer): no file matches “\(pattern)”; put the file there or correct layer.json."
    case .unreadable(let error): error.description
    case .declaration(let error): error.description
    case .store(let error): error.description
    case .unknownReference(let layer, let file, let found):
      "Layer \(layer): the reference system of \(file) is "
        + (found.map { "“\($0)”, which is not known" } ?? "not stated")
        + "; declare it in layer.json as \"crs\": \"EPSG:…\"."
    case .badField(let layer, let reason): "Layer \(layer): \(reason)"
    case .tooManyRemoved(let layer, let missing, let stored, let allowed):
      "Layer \(layer): this import would remove \(missing) of \(stored) rows, more than the "
        + "\(Self.percent(allowed)) that are allowed; if that is meant, repeat it with "
        + "--allow-removal \(Self.percent(100 * Double(missing) / Double(max(stored, 1)) + 1))."
    case .rejectedRows(let report):
      "Layer \(report.layer): \(report.rejected) of \(report.read) rows are refused, and --strict "
        + "takes all or none; nothing was changed."
    }
  }

  private static func percent(_ value: Double) -> String {
    "\(min(Int(value.rounded(.down)), 100))%"
  }

  /// Whether the input, rather than the work, was at fault.
  public var isRefusedInput: Bool {
    switch self {
    case .missingFiles, .unreadable, .unknownReference, .declaration, .badField, .noSource: true
    case .store, .tooManyRemoved, .rejectedRows: false
    }
  }
}
