internal import Features
internal import Geometry
internal import Snapshot
internal import Synchronization
internal import Workers
internal import Workspace

/// Makes the snapshot of a new layer from the rows that its import writes, on a thread of its own
/// beside the import, so that nothing is read back from the store.
///
/// It gives up where a row would come out of the store otherwise than it went in; the snapshot is then
/// made from the store.
final class SnapshotGathering {
  /// A row as it was written.
  struct Row: Sendable {
    let number: Int64
    let key: FeatureKey
    let shape: Shape<Native>?
    let values: [Attribute]
  }

  /// What the thread works on.
  private final class Making {
    private let places: GridPlaces
    private let publicRows: PublicRows
    private var builder: SnapshotBuilder

    init(_ layer: StoredLayer, _ declaration: LayerDeclaration) throws {
      places = try GridPlaces(layer)
      publicRows = try PublicRows(layer, declaration: declaration)
      builder = SnapshotBuilder(revision: layer.revision, columnCount: layer.fields.count)
    }

    func append(_ row: Row) throws {
      try builder.append(
        SnapshotRow(
          key: row.key, storeRow: row.number, audience: publicRows.audience(of: row.values),
          values: row.values, shapes: places.shapes(of: row.shape)))
    }

    func build() throws -> [UInt8] { try builder.build() }
  }

  private static let batchRows = 256
  private static let batchLimit = 64

  private let fields: [StoredField]
  private let pool: WorkerPool<Making?>
  private let bytes = Outcome()
  private var batch: [Row] = []
  private var isExact = true

  private final class Outcome: Sendable {
    let bytes = Mutex<[UInt8]?>(nil)
  }

  init(_ layer: StoredLayer, declaration: LayerDeclaration) {
    fields = layer.fields
    pool = WorkerPool(threads: 1, queueLimit: Self.batchLimit) {
      // What cannot be made here is told when the snapshot is made from the store.
      try? Making(layer, declaration)
    }
  }

  func add(_ row: IncomingRow, key: FeatureKey, number: Int64) {
    guard isExact else { return }
    guard row.unread.isEmpty, Self.isKept(row.shape),
      zip(row.values, fields).allSatisfy({ StoredValue.isKept($0, as: $1) })
    else {
      isExact = false
      return
    }
    batch.append(Row(number: number, key: key, shape: row.shape, values: row.values))
    if batch.count == Self.batchRows { send() }
  }

  /// Collections may be nested deeper than a stored geometry is read.
  private static func isKept(_ shape: Shape<Native>?) -> Bool {
    if case .collection = shape { false } else { true }
  }

  private func send() {
    let rows = batch
    batch = []
    batch.reserveCapacity(Self.batchRows)
    pool.submitWaiting { making in
      do {
        for row in rows { try making?.append(row) }
      } catch {
        making = nil
      }
    }
  }

  /// Says that no more rows come: the file is made while the import is committed.
  func finish() {
    guard isExact else { return }
    send()
    let outcome = bytes
    pool.submitWaiting { making in
      let made = try? making?.build()
      making = nil
      outcome.bytes.withLock { $0 = made }
    }
  }

  /// The file, waited for; nil where it must be made from the store.
  func take() -> [UInt8]? {
    pool.close()
    return isExact ? bytes.bytes.withLock { $0 } : nil
  }
}
