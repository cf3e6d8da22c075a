public import Geometry

/// Why features could not be read.
public enum SourceError: Error, Sendable, Equatable, CustomStringConvertible {
  case unreadable(layer: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let layer, let reason): "Layer \(layer) could not be read: \(reason)"
    }
  }
}

/// The door through which drawing and querying see features: always for one audience, so that what
/// the audience may not see does not exist behind it.
public protocol FeatureSource: Sendable {
  var audience: Audience { get }
  /// A view of the layer pinned to one revision; nil when there is no such layer for this audience.
  func view(of layer: LayerID) throws(SourceError) -> (any LayerView)?
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
  /// The order is unspecified; `Selection.sortByRank` makes it one of content.
  func search(_ window: GridBox, zoom: Int, columns: [Int], into selection: inout Selection)

  /// The value that a code of a column stands for.
  func value(column: Int, code: UInt32) -> Attribute
  /// How many codes a column has: codes are `0..<codeCount`.
  func codeCount(column: Int) -> Int
  /// The key of a row that a selection named.
  func key(row: UInt32) -> FeatureKey
}

/// What a search found: integer geometry and column codes in arrays that are used again and again.
public struct Selection: Sendable {
  /// One feature: its parts are `parts[firstPart ..< firstPart + partCount]`.
  public struct Item: Sendable {
    public var row: UInt32
    /// Position of the feature's key among the layer's keys: paint order within a layer.
    public var rank: UInt32
    public var kind: GeometryKind
    public var firstPart: Int32
    public var partCount: Int32
    /// Where the item's codes start in `codes`.
    public var firstCode: Int32
    /// Vertices are `origin + (offset << shift)`.
    public var shift: UInt8
    public var originX: Int64
    public var originY: Int64
    public var box: GridBox
    /// Where a label of the feature is anchored: the point, the middle of the line, the polygon's
    /// pole of inaccessibility.
    public var anchor: GridPoint
  }

  /// One point, line or ring: vertices `firstVertex ..< firstVertex + vertexCount`.
  public struct Part: Sendable {
    public var firstVertex: Int32
    public var vertexCount: Int32
  }

  public var items: [Item] = []
  public var parts: [Part] = []
  /// x and y offsets from the item's origin.
  public var vertices: [SIMD2<Int32>] = []
  public var codes: [UInt32] = []

  public init() {}

  public mutating func removeAll() {
    items.removeAll(keepingCapacity: true)
    parts.removeAll(keepingCapacity: true)
    vertices.removeAll(keepingCapacity: true)
    codes.removeAll(keepingCapacity: true)
  }

  /// Orders the items by their keys, so that what is painted does not depend on the index.
  public mutating func sortByRank() {
    items.sort { ($0.rank, $0.kind.rawValue) < ($1.rank, $1.kind.rawValue) }
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
