internal import Synchronization

/// The leaf directories that were read lately, up to a number of entries.
///
/// Two generations: when the younger one is full, it becomes the older one, and what was in the
/// older one and not asked for since is given up.
final class LeafDirectories: Sendable {
  /// Entries of one generation, 24 bytes each: both together hold at most 24 MB.
  static let entryLimit = 1 << 19

  private struct State {
    var young: [UInt64: [PMTilesEntry]] = [:]
    var old: [UInt64: [PMTilesEntry]] = [:]
    var youngEntryCount = 0
  }

  private let state = Mutex(State())
  private let entryLimit: Int

  init(entryLimit: Int = LeafDirectories.entryLimit) {
    self.entryLimit = entryLimit
  }

  /// The directory at a place of the file, which `read` gets where it is not kept.
  func directory(
    at offset: UInt64, read: () throws(ArchiveError) -> [PMTilesEntry]
  ) throws(ArchiveError) -> [PMTilesEntry] {
    let known: [PMTilesEntry]? = state.withLock { state in
      if let found = state.young[offset] { return found }
      guard let found = state.old.removeValue(forKey: offset) else { return nil }
      keep(found, at: offset, in: &state)
      return found
    }
    if let known { return known }
    let entries = try read()
    state.withLock { keep(entries, at: offset, in: &$0) }
    return entries
  }

  /// Entries that are kept now.
  var entryCount: Int {
    state.withLock { state in
      state.young.values.reduce(0) { $0 + $1.count } + state.old.values.reduce(0) { $0 + $1.count }
    }
  }

  private func keep(_ entries: [PMTilesEntry], at offset: UInt64, in state: inout State) {
    // Another thread may have read the same one meanwhile.
    guard entries.count <= entryLimit, state.young[offset] == nil else { return }
    if state.youngEntryCount + entries.count > entryLimit {
      state.old = state.young
      state.young = [:]
      state.youngEntryCount = 0
    }
    state.old[offset] = nil
    state.young[offset] = entries
    state.youngEntryCount += entries.count
  }
}
