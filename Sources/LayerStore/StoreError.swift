public import Projection
public import SQLite
public import Snapshot

/// Why the store could not be read or written.
public enum StoreError: Error, Sendable, CustomStringConvertible {
  case database(SQLiteError)
  case snapshot(SnapshotError)
  case projection(ProjectionError)
  case missing(path: String)
  case notAStore(path: String, reason: String)
  case unknownLayer(String)
  case unknownKey(layer: String, key: String)
  case damagedRow(layer: String, key: String, reason: String)
  case unreadableDeclaration(layer: String, reason: String)
  case folder(String)

  public var description: String {
    switch self {
    case .database(let error):
      isBusy
        ? "Another program is writing to the store; try again when it has finished. (\(error.message))"
        : error.description
    case .snapshot(let error): error.description
    case .projection(let error): error.description
    case .missing(let path):
      "There is no store at \(path) yet: run `machizu import` first."
    case .notAStore(let path, let reason): "\(path) is no Machizu store: \(reason)."
    case .unknownLayer(let name): "The store holds no layer “\(name)”: import it first."
    case .unknownKey(let layer, let key):
      "The layer \(layer) has no entry “\(key)”; `machizu query \(layer)` lists its keys."
    case .damagedRow(let layer, let key, let reason):
      "The row \(key) of layer \(layer) is damaged in the store: \(reason)"
    case .unreadableDeclaration(let layer, let reason): "Layer \(layer): \(reason)"
    case .folder(let message): message
    }
  }
}

extension StoreError {
  /// Another program holds the store's lock.
  public var isBusy: Bool {
    if case .database(let error) = self { error.isBusy } else { false }
  }

  /// Runs `body` with the errors of the modules below told as the store's own.
  static func wrapping<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    do {
      return try body()
    } catch let error as StoreError {
      throw error
    } catch let error as SQLiteError {
      throw .database(error)
    } catch let error as SnapshotError {
      throw .snapshot(error)
    } catch let error as ProjectionError {
      throw .projection(error)
    } catch {
      throw .folder("\(error)")
    }
  }
}
