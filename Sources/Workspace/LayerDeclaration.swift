public import Features

/// What layer.json says of one layer.
public struct LayerDeclaration: Sendable, Hashable {
  public enum Geometry: String, Sendable, CaseIterable {
    case point
    case line
    case polygon
    case any
    case none
  }

  /// How a feature is named for good.
  public enum Key: Sendable, Hashable {
    /// The values of these fields, joined with `/`.
    case fields([String])
    /// The content itself: rows are only added or removed.
    case content
  }

  /// The time at which an entry holds, by the names of its columns.
  public enum Time: Sendable, Hashable {
    case interval(from: String, to: String?)
    case moment(at: String, precision: String?)
  }

  public var id: LayerID
  /// The folder of layer.json, from which source paths count.
  public var folder: String
  public var title: Title
  public var group: Title?
  public var department: String?
  public var audience: Audience
  public var geometry: Geometry
  public var source: Source?
  public var key: Key
  public var label: String?
  public var fields: [Field]
  public var time: Time?
  public var relates: [String: LayerID]
  /// By the name of the field: columns that are worked out of the rows of another layer.
  public var joins: [String: Join]
  /// CQL2: the rows that the public sees; nil for all.
  public var publicWhere: String?
  public var licence: String?
  public var attribution: String?
  public var updated: String?

  /// A declaration with the least that a layer needs, for staff.
  public init(
    id: LayerID, folder: String, title: Title, geometry: Geometry, source: Source?, key: Key,
    label: String?, fields: [Field]
  ) {
    self.id = id
    self.folder = folder
    self.title = title
    self.geometry = geometry
    self.source = source
    self.key = key
    self.label = label
    self.fields = fields
    audience = .staff
    relates = [:]
    joins = [:]
  }

  /// A number for each row, of those rows of another layer that have its key in a column.
  public struct Join: Sendable, Hashable {
    public enum Aggregate: String, Sendable, CaseIterable {
      case count
      case sum
      case mean
      case min
      case max
    }

    /// The layer whose rows are counted.
    public var layer: LayerID
    /// The column of this layer.
    public var on: String
    /// The column of the other layer that holds the same.
    public var key: String
    public var aggregate: Aggregate
    /// The column of numbers of the other layer; nil where rows are counted.
    public var of: String?

    public init(
      layer: LayerID, on: String, key: String, aggregate: Aggregate, of: String? = nil
    ) {
      self.layer = layer
      self.on = on
      self.key = key
      self.aggregate = aggregate
      self.of = of
    }
  }

  /// Where the rows come from.
  public struct Source: Sendable, Hashable {
    public var files: [File]
    /// `auto` or the name of an encoding.
    public var encoding: String
    /// `EPSG:…`; nil where the files say it.
    public var crs: String?
    public var columns: Columns?
    /// The line of a CSV file that holds the column names, from 1.
    public var headerRow: Int?
    public var delimiter: String?
    public var comment: String?

    public init(files: [File], encoding: String = "auto", crs: String?, columns: Columns?) {
      self.files = files
      self.encoding = encoding
      self.crs = crs
      self.columns = columns
    }
  }

  public struct File: Sendable, Hashable {
    public var glob: String
    public var crs: String?
    public var encoding: String?
    /// The layer inside a file that holds several.
    public var layer: String?
    /// Values for columns by name; `$1` is what the glob's first star stood for.
    public var set: [String: String]

    public init(
      glob: String, crs: String? = nil, encoding: String? = nil, layer: String? = nil,
      set: [String: String] = [:]
    ) {
      self.glob = glob
      self.crs = crs
      self.encoding = encoding
      self.layer = layer
      self.set = set
    }
  }

  /// The columns of a CSV file that hold the place.
  public enum Columns: Sendable, Hashable {
    case degrees(longitude: String, latitude: String)
    case metres(east: String, north: String)
    case wkt(String)
  }
}
