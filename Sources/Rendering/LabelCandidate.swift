internal import Lettering
internal import Raster

/// A rectangle on the zoom's world grid, in 24.8 pixels.
struct LabelBox: Hashable {
  var minX: Int64
  var minY: Int64
  var maxX: Int64
  var maxY: Int64

  /// Whether the insides have a point in common: boxes may touch.
  func intersects(_ other: LabelBox) -> Bool {
    minX < other.maxX && other.minX < maxX && minY < other.maxY && other.minY < maxY
  }

  func grown(by margin: Int64) -> LabelBox { grown(x: margin, y: margin) }

  func grown(x: Int64, y: Int64) -> LabelBox {
    LabelBox(minX: minX - x, minY: minY - y, maxX: maxX + x, maxY: maxY + y)
  }

  func contains(_ other: LabelBox) -> Bool {
    minX <= other.minX && minY <= other.minY && maxX >= other.maxX && maxY >= other.maxY
  }

  func union(_ other: LabelBox) -> LabelBox {
    LabelBox(
      minX: min(minX, other.minX), minY: min(minY, other.minY), maxX: max(maxX, other.maxX),
      maxY: max(maxY, other.maxY))
  }
}

/// What decides who gives way: smaller stands first.
struct LabelRank: Comparable, Hashable {
  /// The style layer's priority; 1 wins.
  var priority: Int
  /// Counted from the uppermost style layer.
  var styleLayer: Int
  /// The feature's `symbol-sort-key`.
  var sortKey: Double
  /// A fixed hash of layer, key and part, so that an edit's effect stays local.
  var hash: UInt64

  static func < (left: LabelRank, right: LabelRank) -> Bool {
    (left.priority, left.styleLayer, left.sortKey, left.hash)
      < (right.priority, right.styleLayer, right.sortKey, right.hash)
  }
}

/// One label that wants to stand, with the places that it may take in the order of preference.
///
/// An object: it is named in many places and has many parts, each of which would be counted.
final class LabelCandidate: Sendable {
  /// What is drawn; all offsets in 24.8 pixels from the place's origin.
  struct Ink {
    var icon: IconInk?
    var text: TextInk?
  }

  struct IconInk {
    var image: Pixmap
    /// The upper left corner.
    var x: Int64
    var y: Int64
    var opacity: UInt8
  }

  struct TextInk: Equatable {
    enum Form: Equatable {
      case block(TextBlock)
      /// Glyphs at their places in the world.
      case glyphs([GlyphPlacement])
    }
    var form: Form
    var colour: Colour
    var halo: Halo?
  }

  /// One place: what it covers, and where the text's and the icon's origins go, in 24.8 world pixels.
  struct Place: Equatable {
    var boxes: [LabelBox]
    var bounds: LabelBox
    /// Around all pixels that are drawn on, halo included, and the boxes.
    var ink: LabelBox
    var textX: Int64 = 0
    var textY: Int64 = 0

    /// - Parameter ink: around what is drawn; it may leave the boxes, which only keep others away.
    init(boxes: [LabelBox], ink: LabelBox? = nil, textX: Int64 = 0, textY: Int64 = 0) {
      self.boxes = boxes
      self.textX = textX
      self.textY = textY
      let bounds = boxes.dropFirst().reduce(boxes[0]) { $0.union($1) }
      self.bounds = bounds
      self.ink = ink.map { $0.union(bounds) } ?? bounds
    }

    func overlaps(_ other: Place) -> Bool {
      guard bounds.intersects(other.bounds) else { return false }
      if boxes.count == 1 && other.boxes.count == 1 { return true }
      return boxes.contains { box in other.boxes.contains { box.intersects($0) } }
    }
  }

  let rank: LabelRank
  /// A hash of layer and key: a label does not give way to its own feature's symbol.
  let owner: UInt64
  let ink: Ink
  /// At least one.
  let places: [Place]
  /// Around all places.
  let reach: LabelBox
  let anchorX: Int64
  let anchorY: Int64
  /// Labels of one style layer with this text keep `repeatDistance` from each other.
  let text: String
  /// Of `text`, where repeats matter.
  let textHash: UInt64
  /// 24.8 pixels; 0 where repeats do not matter.
  let repeatDistance: Int64
  let allowsOverlap: Bool
  /// A symbol that is drawn with its layer and stands whatever happens; labels give way to it.
  let isObstacle: Bool

  init(
    rank: LabelRank, owner: UInt64, ink: Ink, places: [Place], anchorX: Int64, anchorY: Int64,
    text: String = "", textHash: UInt64 = 0,
    repeatDistance: Int64 = 0, allowsOverlap: Bool = false, isObstacle: Bool = false
  ) {
    self.rank = rank
    self.owner = owner
    self.ink = ink
    self.places = places
    self.anchorX = anchorX
    self.anchorY = anchorY
    self.text = text
    self.textHash = textHash
    self.repeatDistance = repeatDistance
    self.allowsOverlap = allowsOverlap
    self.isObstacle = isObstacle
    reach = places.dropFirst().reduce(places[0].bounds) { $0.union($1.bounds) }
  }
}

/// A label that stands.
struct StandingLabel {
  let candidate: LabelCandidate
  /// Position of the place that it took.
  let choice: Int
  /// Around all that is drawn there: each tile asks for it.
  let ink: LabelBox

  init(candidate: LabelCandidate, choice: Int) {
    self.candidate = candidate
    self.choice = choice
    ink = candidate.places[choice].ink
  }

  var place: LabelCandidate.Place { candidate.places[choice] }

  /// Whether it shows the same pixels and stands in the same labels' way as another.
  func isSame(as other: StandingLabel) -> Bool {
    let (icon, otherIcon) = (candidate.ink.icon, other.candidate.ink.icon)
    let iconsAgree =
      icon?.x == otherIcon?.x && icon?.y == otherIcon?.y && icon?.opacity == otherIcon?.opacity
      && icon?.image.width == otherIcon?.image.width && icon?.image.bytes == otherIcon?.image.bytes
    return iconsAgree && place == other.place && candidate.rank == other.candidate.rank
      && candidate.owner == other.candidate.owner && candidate.ink.text == other.candidate.ink.text
      && candidate.text == other.candidate.text
      && candidate.repeatDistance == other.candidate.repeatDistance
      && candidate.isObstacle == other.candidate.isObstacle
      && candidate.anchorX == other.candidate.anchorX
      && candidate.anchorY == other.candidate.anchorY
  }
}
