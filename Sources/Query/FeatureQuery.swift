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
  /// A condition in CQL2 text.
  public var condition: String?
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
  case condition(FilterError, text: String)
  case unreadable(String)

  public var description: String {
    switch self {
    case .unknownLayer(let name, let nearest):
      "There is no layer “\(name)”." + Self.hint(nearest)
    case .unknownField(let name, let layer, let nearest):
      "Layer \(layer) has no column “\(name)”." + Self.hint(nearest)
    case .unknownFeature(let key, let layer): "Layer \(layer) has no feature “\(key)”."
    case .timeless(let layer):
      "Layer \(layer) has no “time” in its declaration, so it cannot be asked as of a day."
    case .condition(let error, let text):
      ([error.description] + error.caretLines(for: text)).joined(separator: "\n")
    case .unreadable(let reason): reason
    }
  }

  private static func hint(_ nearest: String?) -> String {
    nearest.map { " Did you mean “\($0)”?" } ?? ""
  }
}
