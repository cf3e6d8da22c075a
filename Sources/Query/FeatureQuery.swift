public import Features
public import Geometry
public import Projection

/// What is asked of one layer. Everything that is not stated does not restrict.
public struct FeatureQuery: Sendable {
  public var layer: LayerID
  public var box: Box<Geographic>?
  /// A box in another system, whose coordinates decide; `box` must enclose it, and finds candidates.
  public var plane: PlaneBox?
  /// The features within a distance, in metres on the ellipsoid.
  public var near: Near?
  /// The features in an area: points on or within its border, lines and areas that share more with
  /// it than the border.
  public var area: Area?
  /// The day on which the entries must hold, by the layer's `time`; a missing end is open.
  public var asOf: CalendarDay?
  /// The time that the entries must meet, by the layer's `time`; a missing end is open.
  public var period: Period?
  /// A condition in CQL2 text.
  public var condition: String?
  /// The system of the geometries in `condition`, in the axis order of its authority; nil for longitude
  /// and latitude.
  public var conditionReference: ReferenceSystem?
  /// Words that must all be found in the texts of a feature, in the folded form of search.
  public var text: String?
  /// The columns of the answer in their order; nil for all.
  public var fields: [String]?
  public var sort: [SortKey] = []
  public var limit: Int?
  public var offset = 0

  public init(layer: LayerID) {
    self.layer = layer
  }

  /// An area that features are asked to lie in.
  public enum Area: Sendable, Hashable {
    /// The place of a feature of another layer, as the same audience sees it.
    case feature(LayerID, FeatureKey)
    /// Straight edges run between the vertices in the system of the layer that is asked.
    case shape(Shape<Geographic>)
  }

  /// A moment, or a span that may be open at one end, with its ends included.
  public struct Period: Sendable, Hashable {
    /// A date or a timestamp; nil for an open end.
    let from: String?
    let to: String?

    /// `2023-04-01`, `2023-04-01T00:00:00Z`, `2023-04-01/2024-03-31`, `../2024-03-31`, `2023-04-01/`.
    ///
    /// Nil for anything that has other signs or both ends open; whether its days exist is seen when it
    /// is asked for.
    public init?(_ text: String) {
      let ends = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      let signs = Set("0123456789TtZz:+-.".utf8)
      func end(_ text: String) -> String?? {
        if text.isEmpty || text == ".." { return .some(nil) }
        guard text.utf8.count <= 40, text.utf8.allSatisfy(signs.contains) else { return nil }
        return text
      }
      guard ends.count <= 2, let first = end(ends[0]), let last = end(ends[ends.count - 1]),
        first != nil || last != nil
      else { return nil }
      from = first
      to = last
    }
  }

  public struct Near: Sendable, Hashable {
    public var place: Point<Geographic>
    public var metres: Double

    public init(place: Point<Geographic>, metres: Double) {
      self.place = place
      self.metres = metres
    }
  }

  public struct PlaneBox: Sendable, Hashable {
    public var box: Box<Native>
    public var reference: ReferenceSystem

    public init(box: Box<Native>, reference: ReferenceSystem) {
      self.box = box
      self.reference = reference
    }
  }

  public struct SortKey: Sendable, Hashable {
    public var field: String
    public var isDescending: Bool

    /// `F` ascending, `-F` descending.
    public init(_ text: String) {
      isDescending = text.hasPrefix("-")
      field = isDescending ? String(text.dropFirst()) : text
    }
  }
}

/// Why a query was refused or failed.
public enum QueryError: Error, Sendable, CustomStringConvertible {
  case unknownLayer(String, nearest: String?)
  case unknownField(String, layer: String, nearest: String?)
  case unknownFeature(String, layer: String)
  /// The layer declares no time, or none that the audience may see.
  case timeless(String)
  /// A date or timestamp that does not exist.
  case badPeriod(FeatureQuery.Period)
  /// A layer that cannot be counted by, since it holds no polygons.
  case noAreas(String)
  /// Something that was asked for lies outside of a reference system.
  case outside(String)
  case condition(FilterError, text: String)
  case unreadable(String)
  /// What was read is damaged and is made again for the next question.
  case damaged(String)

  public var description: String {
    switch self {
    case .unknownLayer(let name, let nearest):
      "There is no layer “\(name)”." + Self.hint(nearest)
    case .unknownField(let name, let layer, let nearest):
      "Layer \(layer) has no column “\(name)”." + Self.hint(nearest)
    case .unknownFeature(let key, let layer): "Layer \(layer) has no feature “\(key)”."
    case .timeless(let layer):
      "Layer \(layer) has no time that this audience may see, so it cannot be asked as of a day."
    case .badPeriod(let period):
      "“\(period.from ?? "..")/\(period.to ?? "..")” is no time; a date such as 2023-04-01, a timestamp, or "
        + "two of them with / between are needed."
    case .noAreas(let layer):
      "Layer \(layer) holds no areas; counts per area need a layer of polygons."
    case .outside(let what): what
    case .condition(let error, let text):
      ([error.description] + error.caretLines(for: text)).joined(separator: "\n")
    case .unreadable(let reason), .damaged(let reason): reason
    }
  }

  private static func hint(_ nearest: String?) -> String {
    nearest.map { " Did you mean “\($0)”?" } ?? ""
  }
}
