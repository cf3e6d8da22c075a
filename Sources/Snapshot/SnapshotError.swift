/// Why a snapshot file was refused or could not be written; it is made again from the store.
public enum SnapshotError: Error, Sendable, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case notASnapshot(path: String)
  case otherVersion(path: String, found: UInt32, expected: UInt32)
  case damaged(path: String, what: String)
  case unwritable(path: String, reason: String)
  case tooLarge(what: String, limit: Int)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
    case .notASnapshot(let path): "\(path) is no snapshot."
    case .otherVersion(let path, let found, let expected):
      "\(path) is a snapshot of version \(found); this program reads version \(expected)."
    case .damaged(let path, let what): "\(path) is damaged: \(what)."
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)."
    case .tooLarge(let what, let limit): "The layer has too many \(what); \(limit) are possible."
    }
  }
}
