internal import Features
internal import Lettering
internal import Raster
internal import Styling
internal import Synchronization

/// What workers have decided about labels, for the others of the same server or run.
///
/// The labels' plane is cut into cells of a tile's size; a cell holds what may stand in it, decided by
/// whoever drew it first. All decisions follow from features alone, so that it does not matter which
/// worker's are taken, nor whether a cell is found at all: one that is not is decided once more. A cell
/// is asked for and given out once for each tile that needs it, and a lock that is not free at once is
/// not waited for.
public final class LabelMemo: Sendable {
  /// All that decisions depend on: revisions of the layers and the store's epoch are in the identity,
  /// style, symbols, fonts and the renderer's version in the map's hash, the layers chosen are among
  /// those drawn.
  struct Scope: Hashable {
    var map: UInt64
    var identity: PinnedLayers.Identity
    var language: Language
    /// Positions in the document.
    var drawn: [Int]
  }

  /// One scope's part of a memo.
  struct Grid {
    fileprivate let memo: LabelMemo
    fileprivate let scope: Int

    func cell(_ id: LabelPlacement.BlockID) -> LabelCell? {
      memo.cell(Key(scope: scope, x: id.x, y: id.y))
    }

    func keep(_ cell: LabelCell, as id: LabelPlacement.BlockID) {
      memo.keep(cell, as: Key(scope: scope, x: id.x, y: id.y))
    }
  }

  fileprivate struct Key: Hashable {
    var scope: Int
    var x: Int64
    var y: Int64
  }

  /// Two generations: when the younger one is full, it becomes the older one.
  private final class Stripe: Sendable {
    struct State {
      var young: [Key: LabelCell] = [:]
      var old: [Key: LabelCell] = [:]
      var youngBytes = 0
      var oldBytes = 0
    }

    let state = Mutex(State())
  }

  private struct Scopes {
    var numbers: [Scope: Int] = [:]
    /// Never given twice, so that what a forgotten scope has left behind is not found any more.
    var next = 0
  }

  private static let stripeCount = 16
  private static let scopeLimit = 1024

  private let stripes = (0..<stripeCount).map { _ in Stripe() }
  private let scopes = Mutex(Scopes())
  private let generationBytes: Int

  /// - Parameter byteLimit: what the cells may take up, all together; who uses one keeps it for longer.
  public init(byteLimit: Int = 32 << 20) {
    generationBytes = max(byteLimit, 0) / (2 * Self.stripeCount)
  }

  /// About the bytes that the cells take up.
  public var byteCount: Int {
    stripes.reduce(0) { $0 + $1.state.withLock { $0.youngBytes + $0.oldBytes } }
  }

  /// Cells kept at the moment.
  public var count: Int {
    stripes.reduce(0) { $0 + $1.state.withLock { $0.young.count + $0.old.count } }
  }

  /// Forgets all cells.
  public func removeAll() {
    for stripe in stripes { stripe.state.withLock { $0 = Stripe.State() } }
  }

  func grid(_ scope: Scope) -> Grid {
    let number = scopes.withLock { scopes in
      if let known = scopes.numbers[scope] { return known }
      if scopes.numbers.count >= Self.scopeLimit { scopes.numbers.removeAll() }
      defer { scopes.next += 1 }
      scopes.numbers[scope] = scopes.next
      return scopes.next
    }
    return Grid(memo: self, scope: number)
  }

  private func stripe(_ key: Key) -> Stripe {
    stripes[Int(truncatingIfNeeded: key.x &+ 4 &* key.y) & (Self.stripeCount - 1)]
  }

  fileprivate func cell(_ key: Key) -> LabelCell? {
    stripe(key).state.withLockIfAvailable { state -> LabelCell? in
      if let found = state.young[key] { return found }
      guard let found = state.old[key] else { return nil }
      // What is still asked for outlives the generation. If it turns, the old ones go.
      state.old[key] = nil
      state.oldBytes -= found.byteCount
      insert(found, key, into: &state)
      return found
    } ?? nil
  }

  fileprivate func keep(_ cell: LabelCell, as key: Key) {
    guard cell.byteCount <= generationBytes else { return }
    _ = stripe(key).state.withLockIfAvailable { state in
      guard state.young[key] == nil, state.old[key] == nil else { return }
      insert(cell, key, into: &state)
    }
  }

  private func insert(_ cell: LabelCell, _ key: Key, into state: inout Stripe.State) {
    if state.youngBytes + cell.byteCount > generationBytes {
      (state.old, state.oldBytes) = (state.young, state.youngBytes)
      (state.young, state.youngBytes) = ([:], 0)
    }
    state.young[key] = cell
    state.youngBytes += cell.byteCount
  }
}

/// The labels and obstacles of one cell that may stand: what gives way is in nobody's way and is not
/// listed.
final class LabelCell: Sendable {
  /// Blocks in a row and in a column of a cell: four of 64 pixels are a tile.
  static let side: Int64 = 4

  struct Item {
    var seed: LabelSeed
    var candidate: LabelCandidate
    /// The place that it takes; negative where nothing has asked yet.
    var choice: Int32
  }

  struct Group {
    /// By block, row by row from the upper left.
    var items: [Item] = []
    /// Where each block's items end; none for no items.
    var ends: [Int32] = []
  }

  let groups: [Group]
  let byteCount: Int

  init(_ groups: [Group]) {
    self.groups = groups
    byteCount = groups.reduce(256) { $0 + $1.byteCount }
  }
}

extension LabelCell.Group {
  fileprivate var byteCount: Int {
    items.reduce(MemoryLayout<Self>.stride + 4 * ends.count) { $0 + $1.candidate.byteCount }
      + items.count * MemoryLayout<LabelCell.Item>.stride
  }
}

extension LabelCandidate {
  /// About the bytes that its arrays take up, as if none of them were shared.
  fileprivate var byteCount: Int {
    let header = 32
    var bytes = header + text.utf8.count + places.count * MemoryLayout<Place>.stride
    for place in places { bytes += header + place.boxes.count * MemoryLayout<LabelBox>.stride }
    if let icon = ink.icon { bytes += header + icon.image.bytes.count }
    switch ink.text?.form {
    case .glyphs(let glyphs): bytes += header + glyphs.count * MemoryLayout<GlyphPlacement>.stride
    case .block(let block):
      for line in block.lines {
        bytes += header + MemoryLayout<TextBlock.Line>.stride
        bytes += line.text.glyphs.count * MemoryLayout<ShapedText.Glyph>.stride
      }
    case nil: break
    }
    return bytes
  }
}
