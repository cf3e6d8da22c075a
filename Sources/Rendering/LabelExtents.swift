internal import Features
internal import Styling

/// How far the labels of style layers reach: what follows from the style and a layer's revision alone,
/// told once and kept whatever is decided about single labels.
struct LabelExtents {
  private struct ColumnKey: Hashable {
    var layer: LayerID
    var revision: Revision
    var audience: Audience
    var column: String
  }

  private struct ExtentKey: Hashable {
    /// Of the style layer.
    var position: Int
    var zoom: Double
    var revision: Revision
    var audience: Audience
  }

  private struct LayoutKey: Hashable {
    var position: Int
    var zoom: Double
  }

  /// Entries kept of a kind; when there are more, all are forgotten.
  private static let limit = 2048
  /// A longer text than any that is placed.
  private static let enough = 1000

  private var lengths: [ColumnKey: TextLength] = [:]
  private var extents: [ExtentKey: LabelExtent] = [:]
  private var layouts: [LayoutKey: SymbolLayouts] = [:]

  /// The layouts of a style layer at the zoom of `context`, which has no feature.
  mutating func layouts(
    of style: StyleLayer, at position: Int, in context: EvaluationContext
  ) -> SymbolLayouts {
    let key = LayoutKey(position: position, zoom: context.zoom)
    if let known = layouts[key] { return known }
    if layouts.count >= Self.limit { layouts.removeAll() }
    let made = style.symbolLayouts(in: context)
    layouts[key] = made
    return made
  }

  /// The greatest extent of a style layer's labels in a view for an audience.
  mutating func extent(
    of style: StyleLayer, at position: Int, base: SymbolLayout, zoom: Double, map: MapStyle,
    view: any LayerView, audience: Audience
  ) -> LabelExtent {
    let key = ExtentKey(
      position: position, zoom: zoom, revision: view.revision, audience: audience)
    if let known = extents[key] { return known }
    if extents.count >= Self.limit { extents.removeAll() }
    let made = LabelExtent(of: style, base: base, iconSide: map.symbols.longestSide) { column in
      longest(column, of: view, audience: audience)
    }
    extents[key] = made
    return made
  }

  /// The greatest length of a column's values in a view; none for a column that it has not.
  private mutating func longest(
    _ column: String, of view: any LayerView, audience: Audience
  ) -> TextLength {
    guard let position = view.schema.position(of: column) else { return .none }
    let key = ColumnKey(
      layer: view.layer, revision: view.revision, audience: audience, column: column)
    if let length = lengths[key] { return length }
    var longest = TextLength.none
    for code in 0..<UInt32(clamping: view.codeCount(column: position))
    where longest.ems < Self.enough {
      longest = longest.union(TextLength(ofValue: view.value(column: position, code: code)))
    }
    if lengths.count >= Self.limit { lengths.removeAll() }
    lengths[key] = longest
    return longest
  }
}
