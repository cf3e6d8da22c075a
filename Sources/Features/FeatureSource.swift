public import Geometry

/// Why features could not be read.
public enum SourceError: Error, Sendable, Equatable, CustomStringConvertible {
  case unreadable(layer: String, reason: String)
  /// What was read is damaged; it is made again for the next question.
  case damaged(layer: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let layer, let reason): "Layer \(layer) could not be read: \(reason)"
    case .damaged(let layer, let reason):
      "Layer \(layer) could not be read: \(reason) It is made again from the store; ask once more."
    }
  }
}

/// The door through which drawing and querying see features: always for one audience, so that what
/// the audience may not see does not exist behind it.
public protocol FeatureSource: Sendable {
  var audience: Audience { get }
  /// What revisions count from: two sources of one epoch have the same features where a layer's
  /// revisions agree.
  var epoch: String { get }
  /// A view of the layer pinned to one revision; nil when there is no such layer for this audience.
  func view(of layer: LayerID) throws(SourceError) -> (any LayerView)?
  /// Throws where something that the views have read is damaged: an answer made from it must not be
  /// given away.
  func confirm() throws(SourceError)
}

extension FeatureSource {
  /// Of what is never restored to an earlier state.
  public var epoch: String { "" }

  /// What lies in memory alone is not damaged.
  public func confirm() throws(SourceError) {}
}

/// One layer at one revision, as one audience sees it.
public protocol LayerView: Sendable {
  var layer: LayerID { get }
  var revision: Revision { get }
  /// The columns that the audience may see.
  var schema: Schema { get }
  /// Rows that the audience may see, those without a place included.
  var count: Int { get }
  /// The box around all visible places; empty when there are none.
  var bounds: GridBox { get }

  /// Fills `selection` with the features whose boxes meet `window`: geometry of the band for tiles of
  /// `zoom` and, a feature, the codes of `columns` (positions in `schema`).
  ///
  /// The order is unspecified; `Selection.sortByKey` makes it one of content.
  func search(_ window: GridBox, zoom: Int, columns: [Int], into selection: inout Selection)

  /// The same, where features that nobody wants may be left out before their geometry is read.
  ///
  /// - Parameter isWanted: is given the kind of a form and the codes of its columns. What it answers
  ///   depends on these alone.
  func search(
    _ window: GridBox, zoom: Int, columns: [Int],
    where isWanted: (_ kind: GeometryKind, _ codes: Span<UInt32>) -> Bool,
    into selection: inout Selection)

  /// Whether no feature's box meets `window`; false too where none of those that do is large enough
  /// to be shown at `zoom`.
  func isEmpty(_ window: GridBox, zoom: Int) -> Bool

  /// The value that a code of a column stands for.
  func value(column: Int, code: UInt32) -> Attribute
  /// How many codes a column has: codes are `0..<codeCount`.
  func codeCount(column: Int) -> Int

  /// Rows are numbered `0 ..< rowLimit` in the order of their keys; some may not be visible.
  var rowLimit: UInt32 { get }
  /// Whether the audience may see the row.
  func isVisible(row: UInt32) -> Bool
  func key(row: UInt32) -> FeatureKey
  /// The row with a key; nil when there is none that the audience may see.
  func row(key: FeatureKey) -> UInt32?
  /// The code of a column in a visible row.
  func code(row: UInt32, column: Int) -> UInt32
  /// The number under which the store keeps the row.
  func storeRow(_ row: UInt32) -> Int64
}

extension LayerView {
  public func search(
    _ window: GridBox, zoom: Int, columns: [Int],
    where isWanted: (_ kind: GeometryKind, _ codes: Span<UInt32>) -> Bool,
    into selection: inout Selection
  ) {
    search(window, zoom: zoom, columns: columns, into: &selection)
  }

  /// The value of a column in a visible row.
  public func value(row: UInt32, column: Int) -> Attribute {
    value(column: column, code: code(row: row, column: column))
  }
}

/// What a search found: integer geometry and column codes in arrays that are used again and again.
public struct Selection: Sendable {
  /// One feature: its parts are `parts[firstPart ..< firstPart + partCount]`.
  public struct Item: Sendable {
    /// The feature's row, which is also the position of its key among the layer's keys: paint order
    /// within a layer.
    public var row: UInt32
    public var kind: GeometryKind
    /// Vertices are `origin + (offset << shift)`.
    public var shift: UInt8
    public var firstPart: Int32
    public var partCount: Int32
    /// Where the item's codes start in `codes`; items of one form may share them.
    public var firstCode: Int32
    /// Items of one number agree in kind and codes: `0 ..< formCount`, or -1 where forms are not
    /// numbered.
    public var form: Int32
    public var originX: Int64
    public var originY: Int64
    public var box: GridBox
    /// Where a label of the feature is anchored: the point, the middle of the line, the polygon's
    /// pole of inaccessibility.
    public var anchor: GridPoint

    @inlinable
    public init(
      row: UInt32, kind: GeometryKind, firstPart: Int32, partCount: Int32, firstCode: Int32,
      form: Int32 = -1, shift: UInt8, originX: Int64, originY: Int64, box: GridBox,
      anchor: GridPoint
    ) {
      self.row = row
      self.kind = kind
      self.firstPart = firstPart
      self.partCount = partCount
      self.firstCode = firstCode
      self.form = form
      self.shift = shift
      self.originX = originX
      self.originY = originY
      self.box = box
      self.anchor = anchor
    }
  }

  /// One point, line or ring: vertices `firstVertex ..< firstVertex + vertexCount`.
  public struct Part: Sendable {
    public var firstVertex: Int32
    public var vertexCount: Int32

    @inlinable
    public init(firstVertex: Int32, vertexCount: Int32) {
      self.firstVertex = firstVertex
      self.vertexCount = vertexCount
    }
  }

  public var items: [Item] = []
  public var parts: [Part] = []
  /// x and y offsets from the item's origin.
  public var vertices: [SIMD2<Int32>] = []
  public var codes: [UInt32] = []
  /// How many forms are numbered.
  public var formCount = 0
  /// Whether a source that can should give the items in the order of keys at once, which leaves
  /// `sortByKey` nothing to do.
  public var prefersKeyOrder = false
  /// Memory of the sources that fill the selection.
  package var scratch = SearchScratch()

  public init() {}

  public mutating func removeAll() {
    items.removeAll(keepingCapacity: true)
    parts.removeAll(keepingCapacity: true)
    vertices.removeAll(keepingCapacity: true)
    codes.removeAll(keepingCapacity: true)
    formCount = 0
  }

  /// Orders the items by their keys, so that what is painted does not depend on the index.
  public mutating func sortByKey() {
    guard !isInKeyOrder else { return }
    // Items are large, so their keys are sorted and each item is moved once.
    var hits: [SearchHit] = []
    hits.reserveCapacity(items.count)
    for position in items.indices {
      hits.append(
        SearchHit(
          row: items[position].row, kind: items[position].kind, item: UInt32(position), form: 0))
    }
    SearchHit.sort(&hits, &scratch.others)
    items = hits.map { items[Int($0.item)] }
  }

  private var isInKeyOrder: Bool {
    var last: UInt64 = 0
    for position in items.indices {
      let word = SearchHit.word(row: items[position].row, kind: items[position].kind)
      if word < last { return false }
      last = word
    }
    return true
  }

  /// The vertex at a position of `vertices`, on the world grid.
  @inlinable
  public func point(_ position: Int, of item: Item) -> GridPoint {
    let offset = vertices[position]
    return GridPoint(
      x: item.originX + Int64(offset.x) << Int64(item.shift),
      y: item.originY + Int64(offset.y) << Int64(item.shift))
  }
}
