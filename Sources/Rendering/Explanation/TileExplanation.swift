public import Geometry
public import Styling

/// Why a tile looks as it does: what was found, which rules drew it, which labels stand, which gave
/// way and to whom, and where the time went.
public struct TileExplanation: Sendable {
  /// A layer of the workspace as the tile's search saw it.
  public struct Source: Sendable {
    public var layer: String
    /// Features whose boxes meet the tile.
    public var featureCount: Int
  }

  /// One style layer and what came of it.
  public struct Rule: Sendable {
    public enum State: Sendable, Equatable {
      case drawn
      /// The style layer has no part at the tile's zoom.
      case otherZoom
      /// Not shown at first, and not named.
      case switchedOff
      /// The audience sees no such layer, or it was never imported.
      case noLayer
    }

    /// The style layer's id.
    public var id: String
    public var type: LayerType
    /// The layer of the workspace; nil for a background.
    public var layer: String?
    public var state: State
    /// Features of the tile that the rule draws.
    public var drawnCount: Int
    /// Labels are not in it: they are decided and drawn for all rules together.
    public var paintMilliseconds: Double
  }

  /// Whose label or symbol it is.
  public struct Owner: Sendable, Hashable {
    /// The style layer's id.
    public var rule: String
    public var layer: String
    public var key: String
    /// Empty for a symbol without text.
    public var text: String
    public var symbol: String?
  }

  /// A label that wants to stand in the tile.
  public struct Label: Sendable {
    public enum Outcome: Sendable {
      /// It stands at this one of its places, counted from 0 in the order of preference.
      case stands(place: Int)
      /// In the way of each of its places.
      case gaveWay([Obstruction])
      /// It fits neither inside its area nor along its line, or would reach too far.
      case noPlace
    }

    public var owner: Owner
    public var priority: Int
    /// The anchor in pixels of the picture from the tile's upper left corner; nil where there is none.
    public var anchor: SIMD2<Double>?
    public var outcome: Outcome
  }

  /// A standing label or symbol that kept another from its place.
  public struct Obstruction: Sendable, Hashable {
    public var owner: Owner
    /// Whether it says the same text too near, rather than covering the place.
    public var isRepeat: Bool
  }

  /// A feature at the place that was asked for, and every rule of its layer.
  public struct Feature: Sendable {
    public struct Match: Sendable {
      public enum Outcome: Sendable, Equatable {
        case drawn
        /// The filter does not select it.
        case filtered
        case notDrawn(Rule.State)
      }

      /// The style layer's id.
      public var rule: String
      public var outcome: Outcome
      /// Properties of the style with their values where it is drawn; else the columns and what else the
      /// filter asked.
      public var values: [(name: String, value: String)]
    }

    public var layer: String
    public var key: String
    public var kind: GeometryKind
    /// In paint order, bottom first.
    public var matches: [Match]
  }

  public var sources: [Source] = []
  /// In paint order, bottom first.
  public var rules: [Rule] = []
  /// Those that stand first, each in the order of placing.
  public var labels: [Label] = []
  /// Those at the place that was asked for, by layer and key.
  public var features: [Feature] = []
  /// Opening the views, reading nothing of the geometry.
  public var prepareMilliseconds = 0.0
  public var searchMilliseconds = 0.0
  public var paintMilliseconds = 0.0
  public var decideLabelsMilliseconds = 0.0
  public var drawLabelsMilliseconds = 0.0

  public init() {}
}
