public import Features
internal import Projection
internal import Snapshot
internal import Synchronization
public import Workspace

/// The layers of a running program: what the store holds, as snapshots that follow its commits.
///
/// Views are pinned: whoever holds one keeps reading the same revision while others get newer ones.
public final class Catalogue: Sendable {
  /// How often the store is asked whether it has changed.
  private static let checkInterval = Duration.milliseconds(50)

  public let workspace: Workspace
  /// The layers to open; nil for all.
  private let wanted: Set<LayerID>?
  private let files: SnapshotFiles
  private let state: Mutex<State>

  private struct State {
    var store: LayerStore
    var dataVersion: Int64
    var checkedAt: ContinuousClock.Instant
    var contents: CatalogueContents
  }

  /// Opens the store and the snapshots of the layers that are declared and imported.
  ///
  /// - Parameter wanted: only these; nil for all.
  public init(_ workspace: Workspace, only wanted: Set<LayerID>? = nil) throws(StoreError) {
    self.workspace = workspace
    self.wanted = wanted
    files = SnapshotFiles(workspace)
    let store = try LayerStore(path: workspace.storePath, access: .read)
    let version = try store.dataVersion()
    let contents = try Self.load(
      store, workspace: workspace, files: files, wanted: wanted, previous: nil)
    state = Mutex(
      State(store: store, dataVersion: version, checkedAt: .now, contents: contents))
  }

  /// What the store held when it was last looked at, at most 50 ms ago.
  ///
  /// A failure to read a newer state is thrown, and the old state is not served in its place.
  public func contents() throws(StoreError) -> CatalogueContents {
    try state.withLock { (state: inout State) throws(StoreError) -> CatalogueContents in
      let now = ContinuousClock.now
      guard now - state.checkedAt >= Self.checkInterval else { return state.contents }
      let version = try state.store.dataVersion()
      if version != state.dataVersion || !state.contents.isWhole {
        state.contents = try Self.load(
          state.store, workspace: workspace, files: files, wanted: wanted,
          previous: state.contents)
        state.dataVersion = version
      }
      state.checkedAt = now
      return state.contents
    }
  }

  private static func load(
    _ store: LayerStore, workspace: Workspace, files: SnapshotFiles, wanted: Set<LayerID>?,
    previous: CatalogueContents?
  ) throws(StoreError) -> CatalogueContents {
    // In one reading transaction: an import that commits meanwhile must not put its rows under the
    // revision that was read before it.
    let layers = try store.reading {
      var layers: [LayerID: CatalogueContents.Layer] = [:]
      for stored in try store.layers() {
        guard wanted?.contains(stored.id) ?? true,
          let declaration = workspace[layer: stored.id]
        else { continue }
        if let old = previous?.layers[stored.id], old.stored == stored {
          guard old.snapshot.damage != nil else {
            layers[stored.id] = old
            continue
          }
          FileContents.remove(old.snapshot.path)
        }
        let snapshot = try files.open(stored, in: store, declaration: declaration)
        layers[stored.id] = CatalogueContents.Layer(
          stored: stored, declaration: declaration,
          fields: try store.fields(of: stored, in: workspace), snapshot: snapshot)
      }
      return layers
    }
    if wanted == nil { files.removeStale(keeping: Set(layers.values.map(\.snapshot.path))) }
    return CatalogueContents(epoch: store.epoch, layers: layers)
  }
}

/// All layers of a store at one moment.
public struct CatalogueContents: Sendable {
  public let epoch: String
  let layers: [LayerID: Layer]

  // A class: pictures ask for layers again and again, and a copy of all this would cost more than the
  // answer.
  final class Layer: Sendable {
    let stored: StoredLayer
    let declaration: LayerDeclaration
    let fields: [Field]
    let snapshot: Snapshot
    /// One an audience: pictures ask for them again and again.
    private let views: [any LayerView]

    init(
      stored: StoredLayer, declaration: LayerDeclaration, fields: [Field], snapshot: Snapshot
    ) {
      self.stored = stored
      self.declaration = declaration
      self.fields = fields
      self.snapshot = snapshot
      views = Audience.allCases.map {
        SnapshotView(snapshot, layer: stored.id, fields: fields, audience: $0)
      }
    }

    func view(for audience: Audience) -> any LayerView { views[Int(audience.rawValue)] }
  }

  /// Whether nothing that was read of the snapshots so far is damaged.
  var isWhole: Bool { layers.values.allSatisfy { $0.snapshot.damage == nil } }

  /// Throws where something that was read of the snapshots is damaged; such a file is removed, so that
  /// it is made again.
  func confirm() throws(SourceError) {
    for layer in layers.values {
      guard let damage = layer.snapshot.damage else { continue }
      FileContents.remove(layer.snapshot.path)
      throw .damaged(layer: layer.stored.id.text, reason: damage.description)
    }
  }

  /// The features as an audience may see them.
  public func source(for audience: Audience) -> CatalogueSource {
    CatalogueSource(contents: self, audience: audience)
  }

  /// A number that changes whenever one of these layers changes, or the store is another.
  public func fingerprint(of names: [String]) -> UInt64 {
    var digest = ContentDigest()
    digest.add(epoch)
    for name in names {
      guard let id = LayerID(name), let layer = layers[id] else { continue }
      digest.add(name)
      digest.add(UInt64(bitPattern: layer.stored.revision))
    }
    return digest.value
  }

  /// The plane rectangular zone of most layers, 1 to 19; nil where none is stored in one.
  public var planeZone: Int? {
    var counts: [Int: Int] = [:]
    for layer in layers.values {
      if let zone = layer.stored.reference.planeZone?.zone { counts[zone, default: 0] += 1 }
    }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// The stored layer behind a view.
  public func stored(_ layer: LayerID) -> StoredLayer? { layers[layer]?.stored }
}

/// The catalogue's features for one audience.
public struct CatalogueSource: FeatureSource {
  public let audience: Audience
  public var epoch: String { contents.epoch }
  private let contents: CatalogueContents

  init(contents: CatalogueContents, audience: Audience) {
    self.contents = contents
    self.audience = audience
  }

  public func view(of layer: LayerID) throws(SourceError) -> (any LayerView)? {
    guard let found = contents.layers[layer], audience.sees(found.declaration.audience) else {
      return nil
    }
    return found.view(for: audience)
  }

  public func confirm() throws(SourceError) { try contents.confirm() }

  /// The declarations of the imported layers that the audience may see, in the order of ids.
  public var declarations: [LayerDeclaration] {
    contents.layers.values.map(\.declaration).filter { audience.sees($0.audience) }
      .sorted { $0.id < $1.id }
  }

  /// The ids of the imported layers that the audience may see, in order.
  public var layerIDs: [LayerID] { declarations.map(\.id) }
}
